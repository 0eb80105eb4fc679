package web

import (
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/audit/history"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

const (
	pastPage  = 25  // changes of one page
	pastShown = 12  // members of one change that are shown at once; the rest stands behind a switch
	pastMost  = 500 // members of a state on one page
)

func (s *Shell) words(r *http.Request, p Past) pastWords {
	return pastWords{ctx: r.Context(), shell: s, t: s.T(r), past: p}
}

// showHistory lists the changes of a thing, the newest first.
func (s *Shell) showHistory(w http.ResponseWriter, r *http.Request, p Past) error {
	of, err := s.pastOf(r, p)
	if err != nil {
		return err
	}
	if r.URL.Query().Get(asOfParam) != "" {
		return s.showAsOf(w, r, p)
	}
	return s.renderHistory(w, r, p, of, nil)
}

// renderHistory shows the list, with what a date was refused for.
func (s *Shell) renderHistory(w http.ResponseWriter, r *http.Request, p Past, of PastOf, refusal error) error {
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	list, err := s.deps.History.History(r.Context(), p.Kind+"/"+of.ID, max(before, 0), pastPage+1)
	if err != nil {
		return err
	}
	words := s.words(r, p)
	v := ui.PastView{T: words.t, Head: ui.Head{Title: words.t("web.past_title"), Lead: of.Title}, Date: s.dateForm(r, refusal)}
	if len(list) > pastPage {
		list = list[:pastPage]
		v.Pages.Next = pathOf(r.URL.Path) + "?before=" + strconv.FormatInt(list[pastPage-1].Number, 10)
	}
	if before > 0 {
		v.Pages.Previous = pathOf(r.URL.Path)
	}
	for _, one := range list {
		v.Changes = append(v.Changes, s.pastChange(r, words, one))
	}
	page := Page{Title: words.t("web.past_title") + " – " + of.Title, Crumbs: pastCrumbs(words.t, of, words.t("web.past_history")), Body: ui.History(v)}
	if refusal != nil {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return s.Render(w, r, page)
}

func pastCrumbs(t ui.T, of PastOf, last string) []ui.Crumb {
	crumbs := []ui.Crumb{{Label: t(of.ListKey), Path: of.ListPath}}
	if of.Path != "" {
		crumbs = append(crumbs, ui.Crumb{Label: of.Title, Path: of.Path})
	}
	return append(crumbs, ui.Crumb{Label: last})
}

func (s *Shell) pastChange(r *http.Request, words pastWords, v audit.Version) ui.PastChange {
	c := ui.PastChange{Number: v.Number, What: words.event(v.Event), Who: v.Actor.Name, When: v.At, Reason: v.Reason}
	if c.Who == "" {
		c.Who = v.Actor.AccountID
	}
	if code := v.Actor.AgencyCode; code != "" {
		if s.deps.AgencyName != nil {
			code = s.deps.AgencyName(r.Context(), code)
		}
		c.Who += " · " + code
	}
	for _, m := range v.Changes {
		if words.internal(m.Field, m.Before, m.After) {
			continue
		}
		c.Members = append(c.Members, ui.PastMember{Name: words.member(m.Field), Before: words.value(m.Field, m.Before), After: words.value(m.Field, m.After)})
	}
	if len(c.Members) > pastShown {
		c.Members, c.Rest = c.Members[:pastShown], c.Members[pastShown:]
	}
	c.More = v.More
	return c
}

// dateForm asks for a date, with what the last one was refused for.
func (s *Shell) dateForm(r *http.Request, refusal error) ui.PastDate {
	t := s.T(r)
	errs, _ := s.Refused(r, refusal)
	d := ui.PastDate{
		Form:  ui.FormProps{Action: pathOf(strings.TrimSuffix(r.URL.Path, "/history")) + "/history", Get: true, Submit: t("web.as_of_show"), Icon: ui.IconHistory, Errors: errs},
		Field: ui.Field{Name: asOfParam, Label: t("web.as_of"), Hint: t("web.as_of_hint"), Type: "date", Short: true},
	}
	if text := r.URL.Query().Get(asOfParam); len(text) <= 40 {
		d.Field.Value = text
	}
	for _, e := range errs.Items {
		d.Field.Error = e.Text
	}
	return d
}

// showAsOf shows the state at a date, rebuilt from the history, without anything that could be done.
func (s *Shell) showAsOf(w http.ResponseWriter, r *http.Request, p Past) error {
	of, err := s.pastOf(r, p)
	if err != nil {
		return err
	}
	text := r.URL.Query().Get(asOfParam)
	at, err := s.asOf(text)
	if err != nil {
		return s.renderHistory(w, r, p, of, err)
	}
	version, err := s.deps.History.StateAt(r.Context(), p.Kind+"/"+of.ID, at)
	if err != nil {
		return err
	}
	values, err := history.Flatten(version.Body)
	if err != nil {
		return err
	}
	words := s.words(r, p)
	t := words.t
	v := ui.PastStateView{
		T: t, Head: ui.Head{Title: of.Title, Eyebrow: t("web.as_of_title")}, Date: s.dateForm(r, nil),
		Banner: ui.Note{Tone: ui.Warn, Title: t("web.as_of_banner", i18n.DateTime(at)), Text: t("web.as_of_text", version.Number, i18n.DateTime(version.At), version.Actor.Name)},
		Table:  ui.TableProps{Caption: t("web.as_of_banner", i18n.DateTime(at)), Columns: []ui.Column{{Label: t("web.past_member")}, {Label: t("web.past_value")}}},
	}
	for i, m := range values {
		if i == pastMost {
			v.Cut = t("web.past_cut", pastMost, len(values))
			break
		}
		if words.internal(m.Field, m.Text) {
			continue
		}
		v.Table.Rows = append(v.Table.Rows, ui.Cells(ui.Text(words.member(m.Field)), ui.Text(words.value(m.Field, m.Text))))
	}
	return s.Render(w, r, Page{Title: of.Title, Crumbs: pastCrumbs(t, of, t("web.as_of_title")), Body: ui.PastState(v)})
}
