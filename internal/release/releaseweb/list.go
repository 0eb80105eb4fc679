package releaseweb

import (
	"net/http"
	"net/url"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/release"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const pageSize = 50

// searchForm is what the address of a table of entries says.
type searchForm struct {
	Text   string `form:"q"`
	Change string `form:"change"`
	Owner  string `form:"owner"`
	After  string `form:"after"`
}

func (f searchForm) filter() release.Filter {
	return release.Filter{Text: f.Text, Owner: f.Owner, Change: release.Change(f.Change), After: f.After, Limit: pageSize}
}

// path of the same table behind a cursor; without one, its first page.
func (f searchForm) path(at, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": f.Text, "change": f.Change, "owner": f.Owner, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return (&url.URL{Path: at, RawQuery: q.Encode()}).RequestURI()
}

func listPath(list release.List) string { return "/release/" + string(list) }

// showList is the screen of a list: what is in force, and all its releases.
func (p *Pages) showList(list release.List) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var in searchForm
		if err := web.Decode(r, &in); err != nil {
			return err
		}
		all, err := p.Releases.List(r.Context(), list)
		if err != nil {
			return err
		}
		t := p.shell.T(r)
		view := pageView{
			Head:  ui.Head{Title: t("release.list." + string(list)), Lead: t("release.lead." + string(list)), Actions: p.listActions(r, t, list, all)},
			Above: []templ.Component{ui.Tabs(t("release.lists"), listTabs(t, list))},
		}
		current := inForce(all)
		if current == nil {
			view.Main = append(view.Main, part{Body: []templ.Component{ui.EmptyState(p.noneYet(r, t, list, all))}})
		} else {
			view.Above = append(view.Above, alteredNote(t, current.Altered)...)
			entries, err := p.entriesPart(r, t, current, in, listPath(list))
			if err != nil {
				return err
			}
			view.Main = append(view.Main, part{Card: p.forceCard(t, current), Body: []templ.Component{ui.KeyValue(decisionPairs(t, current)...), fileButtons(t, current)}}, entries)
		}
		if len(all) > 0 {
			view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("release.all"), Lead: t("release.all_lead"), Flush: true}, Body: []templ.Component{ui.Table(releaseTable(t, all))}})
		}
		return p.shell.Render(w, r, web.Page{Title: t("release.list." + string(list)), Crumbs: []ui.Crumb{{Label: t("release.list." + string(list))}}, Body: page(view)})
	}
}

func (p *Pages) forceCard(t ui.T, v *release.View) ui.CardProps {
	return ui.CardProps{Title: t("release.in_force_now", v.Number), Actions: []ui.Action{{Label: t("release.see"), Path: v.Path(), Icon: ui.IconSee}}}
}

func listTabs(t ui.T, current release.List) []ui.Tab {
	var tabs []ui.Tab
	for _, l := range release.Lists() {
		tabs = append(tabs, ui.Tab{Label: t("release.short." + string(l)), Path: listPath(l), Current: l == current})
	}
	return tabs
}

// inForce is the release that is the list now; nil while none is.
func inForce(all []release.View) *release.View {
	for i := range all {
		if all[i].Standing == release.InForce {
			return &all[i]
		}
	}
	return nil
}

// draftOf is the draft under way; nil while there is none.
func draftOf(all []release.View) *release.View {
	if len(all) > 0 && all[0].State != release.Issued {
		return &all[0]
	}
	return nil
}

func (p *Pages) listActions(r *http.Request, t ui.T, list release.List, all []release.View) []ui.Action {
	var more []ui.Action
	if list == release.Open {
		more = []ui.Action{{Label: t("release.publications"), Path: publicationsPath, Icon: ui.IconOpen}}
	}
	if d := draftOf(all); d != nil {
		return append(more, ui.Action{Label: t("release.go_draft", d.Number), Path: d.Path(), Icon: ui.IconDraft, Kind: ui.Primary})
	}
	if !access.ActorOf(r.Context()).Can(access.ReleasePrepare) {
		return more
	}
	return append(more, ui.Action{Label: t("release.do.open", len(all)+1), Path: listPath(list), Icon: ui.IconAdd, Kind: ui.Primary, Post: true})
}

func (p *Pages) noneYet(r *http.Request, t ui.T, list release.List, all []release.View) ui.Empty {
	e := ui.Empty{Icon: ui.IconDecision, Title: t("release.none"), Text: t("release.none_text")}
	switch {
	case draftOf(all) != nil:
		e.Text = t("release.none_draft")
	case len(all) > 0:
		e.Text = t("release.none_coming", i18n.Date(all[0].Decision.Effective))
	case access.ActorOf(r.Context()).Can(access.ReleasePrepare):
		e.Text = t("release.none_prepare." + string(list))
	}
	return e
}

func alteredNote(t ui.T, altered bool) []templ.Component {
	if !altered {
		return nil
	}
	return []templ.Component{ui.Alert(ui.Note{Tone: ui.Bad, Title: t("release.altered"), Text: t("release.altered_text")})}
}

func releaseTable(t ui.T, all []release.View) ui.TableProps {
	props := ui.TableProps{
		Caption: t("release.all"),
		Columns: []ui.Column{{Label: t("release.col_release")}, {Label: t("release.col_decision")}, {Label: t("release.col_effective")}, {Label: t("release.col_signer")},
			{Label: t("release.col_entries"), Number: true}, {Label: t("release.col_state")}},
	}
	for _, v := range all {
		decision, effective := ui.Muted("–"), ui.Muted("–")
		if v.State == release.Issued {
			decision, effective = ui.Two(v.Decision.Number, i18n.Date(v.Decision.Date)), ui.Day(v.Decision.Effective)
		}
		props.Rows = append(props.Rows, ui.Cells(
			ui.Link(t("release.number", v.Number), v.Path()), decision, effective, ui.Text(v.Decision.Signer), ui.Number(int64(v.Counts.Held)), ui.Badge(stateOf(t, v)),
		))
	}
	return props
}

// stateOf shows where a release stands.
func stateOf(t ui.T, v release.View) ui.State {
	if v.Altered {
		return ui.State{Label: t("release.altered_short"), Tone: ui.Bad}
	}
	if v.State == release.Issued {
		s := ui.State{Label: t("release.standing." + string(v.Standing)), Tone: ui.Good}
		switch v.Standing {
		case release.Coming:
			s.Tone, s.Icon = ui.Info, ui.IconWaiting
		case release.Superseded:
			s.Tone, s.Icon = ui.Neutral, ui.IconHistory
		}
		return s
	}
	s := ui.State{Label: t("release.state." + string(v.State)), Tone: ui.Info}
	switch v.State {
	case release.Draft:
		s.Tone, s.Icon = ui.Neutral, ui.IconDraft
	case release.Reviewing:
		s.Tone = ui.Warn
	case release.Discarded:
		s.Tone, s.Icon = ui.Neutral, ui.IconStopped
	}
	return s
}

// entriesPart is the table of the entries of a release, with its search and what became otherwise.
func (p *Pages) entriesPart(r *http.Request, t ui.T, v *release.View, in searchForm, at string) (part, error) {
	found, altered, err := p.Releases.Lines(r.Context(), v.List, v.Number, in.filter())
	if err != nil {
		return part{}, err
	}
	body := []templ.Component{}
	if altered && !v.Altered {
		body = append(body, pad(alteredNote(t, true)...))
	}
	if at == v.Path() && (v.Base != "" || v.Counts.LeftOut > 0) {
		body = append(body, pad(ui.Tabs(t("release.changes"), changeTabs(t, v, in))))
	}
	body = append(body, pad(ui.SearchForm(at, "q", in.Text, t("release.search"), t("release.find"))), ui.Table(p.entryTable(t, v, in, at, found)))
	return part{Card: ui.CardProps{ID: "entries", Title: t("release.entries"), Flush: true}, Body: body}, nil
}

func changeTabs(t ui.T, v *release.View, in searchForm) []ui.Tab {
	tab := func(change release.Change, key string, n int) ui.Tab {
		return ui.Tab{
			Label: t(key), Path: searchForm{Change: string(change)}.path(v.Path(), "") + "#entries", Count: strconv.Itoa(n), Current: in.Change == string(change),
		}
	}
	tabs := []ui.Tab{tab("", "release.change.all", v.Counts.Held), tab(release.Added, "release.change.added", v.Counts.Added),
		tab(release.Changed, "release.change.changed", v.Counts.Changed), tab(release.Removed, "release.change.removed", v.Counts.Removed)}
	if v.Counts.LeftOut > 0 {
		tabs = append(tabs, tab(release.LeftOut, "release.change.left_out", v.Counts.LeftOut))
	}
	return tabs
}

func (p *Pages) entryTable(t ui.T, v *release.View, in searchForm, at string, found release.Page) ui.TableProps {
	props := ui.TableProps{
		Caption: t("release.entries"),
		Columns: []ui.Column{{Label: t("release.col_entry")}, {Label: t("release.col_owner")}, {Label: t("release.col_content." + string(v.List))}},
		Empty:   ui.Empty{Icon: ui.IconList, Title: t("release.no_entries"), Text: t("release.no_entries_text")},
		Pages:   &ui.PageLinks{Summary: t("release.shown", i18n.Number(int64(len(found.Lines))))},
	}
	changes := at == v.Path() && (v.Base != "" || v.Counts.LeftOut > 0)
	if changes {
		props.Columns = append(props.Columns, ui.Column{Label: t("release.col_change")})
	}
	if in.Text != "" || in.Change != "" {
		props.Empty = ui.Empty{Icon: ui.IconFilter, Title: t("release.no_match"), Action: &ui.Action{Label: t("release.show_all"), Path: at}}
	}
	if found.Next != "" {
		props.Pages.Next = in.path(at, found.Next)
	}
	if in.After != "" {
		props.Pages.Previous = in.path(at, "")
	}
	for _, l := range found.Lines {
		row := ui.Cells(ui.LinkTwo(l.Name, entryPath(v, l.Subject), l.Subject), ui.Text(l.OwnerName), gist(t, v.List, l.Entry))
		if changes {
			row.Cells = append(row.Cells, changeCell(t, l))
		}
		props.Rows = append(props.Rows, row)
	}
	return props
}

func entryPath(v *release.View, subject string) string {
	return (&url.URL{Path: v.Path() + "/entry", RawQuery: url.Values{"subject": {subject}}.Encode()}).RequestURI()
}

// gist is what a reader looks for first: of data how and how often it is shared, of a system its group.
func gist(t ui.T, list release.List, e release.Entry) templ.Component {
	if list == release.Systems {
		return ui.Text(word(t, "system.category.", e.Group))
	}
	return ui.Two(word(t, "catalog.method.", e.Method), word(t, "catalog.frequency.", e.Frequency))
}

func word(t ui.T, prefix, code string) string {
	if code == "" {
		return "–"
	}
	return t(prefix + code)
}

func changeState(t ui.T, c release.Change) ui.State {
	s := ui.State{Label: t("release.change." + string(c)), Tone: ui.Neutral, Icon: ui.IconDone}
	switch c {
	case release.Added:
		s.Tone, s.Icon = ui.Good, ui.IconAdd
	case release.Changed:
		s.Tone, s.Icon = ui.Info, ui.IconEdit
	case release.Removed:
		s.Tone, s.Icon = ui.Warn, ui.IconRemove
	case release.LeftOut:
		s.Tone, s.Icon = ui.Neutral, ui.IconHidden
	}
	return s
}

func changeCell(t ui.T, l *release.Line) templ.Component {
	more := l.Reason
	for i, m := range l.Members {
		if m == "sharing" {
			continue
		}
		if i > 0 && more != "" {
			more += ", "
		}
		more += t("release.member." + m)
	}
	if more == "" {
		return ui.Badge(changeState(t, l.Change))
	}
	return ui.Lines(ui.Badge(changeState(t, l.Change)), ui.Muted(more))
}
