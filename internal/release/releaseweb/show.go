package releaseweb

import (
	"net/http"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/release"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// find reads the release that the address names.
func (p *Pages) find(r *http.Request) (release.View, error) {
	list, number, err := address(r)
	if err != nil {
		return release.View{}, err
	}
	return p.Releases.Find(r.Context(), list, number)
}

// crumbs lead to a page of a release.
func crumbs(t ui.T, v release.View, last string) []ui.Crumb {
	way := []ui.Crumb{{Label: t("release.list." + string(v.List)), Path: listPath(v.List)}}
	if last == "" {
		return append(way, ui.Crumb{Label: t("release.number", v.Number)})
	}
	return append(way, ui.Crumb{Label: t("release.number", v.Number), Path: v.Path()}, ui.Crumb{Label: last})
}

func (p *Pages) head(t ui.T, v release.View) ui.Head {
	state := stateOf(t, v)
	return ui.Head{Eyebrow: t("release.list." + string(v.List)), Title: t("release.number", v.Number), State: &state}
}

// showRelease is the page of a draft or of what was issued.
func (p *Pages) showRelease(w http.ResponseWriter, r *http.Request) error {
	var in searchForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v, err := p.find(r)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	entries, err := p.entriesPart(r, t, &v, in, v.Path())
	if err != nil {
		return err
	}
	view := pageView{Head: p.head(t, v), Above: append(alteredNote(t, v.Altered), p.standingNote(t, v)...)}
	view.Head.Actions = p.actions(r, t, v)
	view.Below = append(view.Below, entries)
	if v.State == release.Issued {
		view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("release.decision")}, Body: []templ.Component{ui.KeyValue(decisionPairs(t, &v)...)}})
	} else {
		view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("release.summary")}, Body: []templ.Component{ui.KeyValue(countPairs(t, v)...)}})
	}
	if len(v.Files) > 0 {
		view.Main = append(view.Main, part{Card: ui.CardProps{ID: "files", Title: t("release.files"), Lead: t("release.files_lead")}, Body: []templ.Component{ui.KeyValue(filePairs(t, v)...)}})
	}
	view.Aside = append(view.Aside, part{Card: ui.CardProps{Title: t("release.way")}, Body: []templ.Component{ui.Stepper(t("release.way"), p.way(t, v))}})
	more, err := p.compareForm(r, t, v)
	if err != nil {
		return err
	}
	view.Aside = append(view.Aside, more...)
	return p.shell.Render(w, r, web.Page{Title: p.title(r.Context(), v.List, v.Number), Crumbs: crumbs(t, v, ""), Body: page(view)})
}

// standingNote says in a sentence what a reader must know first.
func (p *Pages) standingNote(t ui.T, v release.View) []templ.Component {
	note := ui.Note{Tone: ui.Info}
	switch {
	case v.State == release.Issued && v.Standing == release.Coming:
		note.Title, note.Text = t("release.coming_note", i18n.Date(v.Decision.Effective)), t("release.coming_text")
	case v.State == release.Issued && v.Standing == release.Superseded:
		note.Title, note.Text = t("release.superseded_note"), t("release.superseded_text")
	case v.State == release.Issued:
		return nil
	default:
		note.Title, note.Text = t("release.note."+string(v.State)), t("release.note_text."+string(v.State), i18n.Date(v.Deadline.Add(-time.Second)))
	}
	return []templ.Component{ui.Alert(note)}
}

// decisionPairs are what the decision says.
func decisionPairs(t ui.T, v *release.View) []ui.Pair {
	return []ui.Pair{
		{Name: t("release.col_decision"), Text: v.Decision.Number}, {Name: t("release.field_date"), Value: ui.Day(v.Decision.Date)},
		{Name: t("release.col_effective"), Value: ui.Day(v.Decision.Effective)}, {Name: t("release.col_signer"), Text: v.Decision.Signer},
		{Name: t("release.col_entries"), Text: strconv.Itoa(v.Counts.Held)},
	}
}

// fileButtons give out the files of what is in force.
func fileButtons(t ui.T, v *release.View) templ.Component {
	var actions []ui.Action
	for _, f := range v.Files {
		if !f.Issued() {
			continue
		}
		actions = append(actions, ui.Action{Label: t("release.file." + f.Kind), Path: filePath(v, f.Kind), Icon: ui.IconDownload})
	}
	return ui.Buttons(actions...)
}

func filePath(v *release.View, kind string) string { return v.Path() + "/files/" + kind }

// filePairs are the files with their digests, to be compared with a copy.
func filePairs(t ui.T, v release.View) []ui.Pair {
	var pairs []ui.Pair
	for _, f := range v.Files {
		pairs = append(pairs, ui.Pair{Name: t("release.file." + f.Kind), Value: ui.Lines(ui.Link(f.Name, filePath(&v, f.Kind)), ui.Muted(size(f.Size)+" · SHA-256"), ui.Mono(f.SHA256))})
	}
	return pairs
}

// countPairs say how a draft stands against the release before.
func countPairs(t ui.T, v release.View) []ui.Pair {
	pairs := []ui.Pair{{Name: t("release.change.all"), Text: i18n.Number(int64(v.Counts.Held))}}
	if v.Base != "" {
		pairs = append(pairs, ui.Pair{Name: t("release.change.added"), Text: i18n.Number(int64(v.Counts.Added))}, ui.Pair{Name: t("release.change.changed"), Text: i18n.Number(int64(v.Counts.Changed))},
			ui.Pair{Name: t("release.change.removed"), Text: i18n.Number(int64(v.Counts.Removed))})
	}
	if v.Counts.LeftOut > 0 {
		pairs = append(pairs, ui.Pair{Name: t("release.change.left_out"), Text: i18n.Number(int64(v.Counts.LeftOut))})
	}
	return append(pairs, ui.Pair{Name: t("release.collected"), Value: ui.Moment(v.CollectedAt)})
}

// size as people read it.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return i18n.Number(n>>20) + " MB"
	case n >= 1<<10:
		return i18n.Number(n>>10) + " KB"
	}
	return i18n.Number(n) + " B"
}

// way shows the steps with who took them.
func (p *Pages) way(t ui.T, v release.View) []ui.Step {
	reached := map[release.State]release.Step{}
	for _, s := range v.Steps {
		reached[s.To] = s // the last time counts
	}
	var out []ui.Step
	over := false
	for _, state := range []release.State{release.Draft, release.Consultation, release.Reviewing, release.Approved, release.Issued} {
		took, done := reached[state]
		step := ui.Step{Label: t("release.state." + string(state)), State: ui.StepTodo}
		if done && !over {
			step.State, step.Who, step.When, step.Note = ui.StepDone, took.ByName, took.At, took.Reason
		}
		if state == v.State {
			over = true
			if state != release.Issued {
				step.State = ui.StepCurrent
			}
			if state == release.Consultation {
				step.Due, step.Overdue = v.Deadline.Add(-time.Second), !p.Clock.Now().Before(v.Deadline)
			}
		}
		out = append(out, step)
	}
	in := ui.Step{Label: t("release.standing.in_force"), State: ui.StepTodo}
	switch v.Standing {
	case release.InForce, release.Superseded:
		in.State, in.When = ui.StepDone, v.Decision.Effective
	case release.Coming:
		in.State, in.Due = ui.StepCurrent, v.Decision.Effective
	}
	return append(out, in)
}

// actions are what the reader may do next, the most likely first.
func (p *Pages) actions(r *http.Request, t ui.T, v release.View) []ui.Action {
	who := access.ActorOf(r.Context())
	var out []ui.Action
	if v.State == release.Consultation && who.Can(access.ReleaseComment) {
		out = append(out, ui.Action{Label: t("release.give_opinion"), Path: v.Path() + "/opinion", Icon: ui.IconEdit, Kind: ui.Primary})
	}
	if v.State != release.Draft && (who.Operates() || who.Can(access.ReleaseComment)) {
		out = append(out, ui.Action{Label: t("release.opinions"), Path: v.Path() + "/opinions", Icon: ui.IconList})
	}
	for _, s := range p.steps() {
		if who.Can(s.permission) && s.offered(v) {
			a := ui.Action{Label: t("release.do." + s.verb), Path: v.Path() + "/" + s.verb, Icon: s.icon}
			if s.main {
				a.Kind = ui.Primary
			}
			out = append(out, a)
		}
	}
	return out
}

// compareForm leads to the comparison with another release of the list.
func (p *Pages) compareForm(r *http.Request, t ui.T, v release.View) ([]part, error) {
	all, err := p.Releases.List(r.Context(), v.List)
	if err != nil {
		return nil, err
	}
	c := ui.Choice{NoEmpty: true, Field: ui.Field{Name: "with", Label: t("release.compare_with")}}
	for _, x := range all {
		if x.Number != v.Number && x.State == release.Issued {
			c.Options = append(c.Options, ui.Option{Value: strconv.FormatInt(x.Number, 10), Label: t("release.number", x.Number) + " · " + x.Decision.Number})
		}
	}
	if len(c.Options) == 0 {
		return nil, nil
	}
	return []part{{Card: ui.CardProps{Title: t("release.compare")}, Body: []templ.Component{
		form(ui.FormProps{Action: v.Path() + "/compare", Get: true, Submit: t("release.compare"), Icon: ui.IconReview}, ui.Select(c)),
	}}}, nil
}
