package viewweb

import (
	"net/http"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/flow"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// lookForm is what is asked. Value is read and never written back (invariant 1).
type lookForm struct {
	Purpose string   `form:"purpose"`
	Case    string   `form:"case"`
	Column  string   `form:"column"`
	Value   string   `form:"value"`
	Ticket  string   `form:"ticket"`
	Unmask  []string `form:"unmask"`
	Lift    bool     `form:"lift"` // the form of unmasked values was sent, with or without fields
	Reason  string   `form:"reason"`
	After   string   `form:"after"`
}

// byPage is the choice of reading pages instead of looking up one record.
const byPage = "-"

func (f lookForm) look(r *http.Request, code string) flow.Look {
	l := flow.Look{
		ID: httpx.RequestIDOf(r.Context()), Dataset: code, Operation: r.Method + " " + one, UserAgent: short(r.UserAgent()),
		Purpose: f.Purpose, Case: f.Case, Column: f.Column, Value: f.Value, Ticket: f.Ticket, Unmask: f.Unmask, Reason: f.Reason, After: f.After,
	}
	if l.Column == byPage {
		l.Column, l.Value = "", ""
	}
	return l
}

// ask is the form before anything is looked at.
func (p *Pages) ask(w http.ResponseWriter, r *http.Request) error {
	o, err := p.find(r.Context(), codeOf(r))
	if fault.Is(err, "access.grant_missing") {
		return p.forbidden(w, r)
	}
	if err != nil {
		return err
	}
	return p.form(w, r, o, asked{})
}

func codeOf(r *http.Request) string { return r.PathValue("owner") + "/" + r.PathValue("slug") }

// forbidden is the page of a dataset that the reader may not see.
func (p *Pages) forbidden(w http.ResponseWriter, r *http.Request) error {
	t := p.shell.T(r)
	return p.render(w, r, web.Page{
		Title: t("view.title"), Status: http.StatusForbidden, Narrow: true, Crumbs: []ui.Crumb{{Label: t("view.title"), Path: root}, {Label: codeOf(r)}},
		Body: page(pageView{
			Head: ui.Head{Eyebrow: codeOf(r), Title: t("view.title")},
			Main: []part{{Body: []templ.Component{ui.EmptyState(p.nothing(r, t, codeOf(r)))}}},
		}),
	})
}

// look answers one look: the records, or the form again with what was wrong.
func (p *Pages) look(w http.ResponseWriter, r *http.Request) error {
	var f lookForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	o, err := p.find(r.Context(), codeOf(r))
	if fault.Is(err, "access.grant_missing") {
		o, err = offer{}, nil // the refusal is decided and recorded like any other
	}
	if err != nil {
		return err
	}
	if err = f.complete(o); err == nil {
		var seen flow.Seen
		if seen, err = p.View.Run(r.Context(), f.look(r, codeOf(r))); err == nil {
			return p.seen(w, r, o, f, seen)
		}
	}
	if len(o.grants) == 0 {
		if fault.Is(err, "access.grant_missing") {
			return p.forbidden(w, r)
		}
		return err
	}
	return p.refused(w, r, o, f, err)
}

// complete says beside the fields what is missing before the question is put.
func (f lookForm) complete(o offer) error {
	var faults []*fault.Fault
	missing := func(bad bool, field, code string) {
		if bad {
			faults = append(faults, fault.New(fault.Invalid, code).At(field))
		}
	}
	if len(o.grants) > 0 {
		missing(f.Purpose == "", "purpose", "view.purpose_missing")
		missing(f.Case == "" && o.personal(), "case", "view.case_missing")
		missing(f.Column == "", "column", "view.column_missing")
		missing(f.Lift && len(f.Unmask) == 0, "unmask", "view.unmask_missing")
		missing(f.Lift && len([]rune(f.Reason)) < 10, "reason", "view.reason_missing")
	}
	return fault.Collect(faults...)
}

// asked is the form with what was typed and why it was refused.
type asked struct {
	lookForm
	errors ui.FormErrors
	note   *ui.Note
	action *ui.Action
	empty  *ui.Empty
	status int
}

func (p *Pages) refused(w http.ResponseWriter, r *http.Request, o offer, f lookForm, err error) error {
	t, fa := p.shell.T(r), fault.Of(err)
	a := asked{lookForm: f, status: fa.Kind.Status()}
	if errors, form := p.shell.Refused(r, err); form {
		a.errors = errors
		return p.form(w, r, o, a)
	}
	switch fa.Kind {
	case fault.NotFound:
		a.empty = &ui.Empty{Icon: ui.IconSearch, Title: t("view.not_found"), Text: t(fa.Code, fa.Args...)}
	case fault.Denied, fault.Limited:
		a.note = &ui.Note{Tone: ui.Bad, Title: t("view.refused"), Text: t(fa.Code, fa.Args...) + " " + t("view.reference", httpx.RequestIDOf(r.Context()))}
		if fa.Code == "access.strong_auth_required" {
			a.action = secondFactor(t)
		}
	default:
		return err
	}
	return p.form(w, r, o, a)
}

func secondFactor(t ui.T) *ui.Action {
	return &ui.Action{Label: t("view.second_factor_do"), Path: "/me/second-factor", Icon: ui.IconLocked}
}

// form asks for purpose, case and identifier.
func (p *Pages) form(w http.ResponseWriter, r *http.Request, o offer, a asked) error {
	t := p.shell.T(r)
	v := pageView{
		Head:  ui.Head{Eyebrow: string(o.Code), Title: o.Name, Lead: t("view.form_lead", p.Agency(r.Context(), o.Owner))},
		Aside: []part{p.scope(t, o)},
	}
	if a.note == nil && o.personal() && !access.ActorOf(r.Context()).Auth.Strong() {
		a.note, a.action = &ui.Note{Tone: ui.Warn, Title: t("view.second_factor"), Text: t("view.second_factor_text")}, secondFactor(t)
	}
	if a.note != nil {
		v.Above = append(v.Above, ui.Alert(*a.note))
	}
	if a.action != nil {
		v.Above = append(v.Above, ui.Buttons(*a.action))
	}
	if a.empty != nil {
		v.Main = append(v.Main, part{Body: []templ.Component{ui.EmptyState(*a.empty)}})
	}
	if a.Lift && a.Ticket != "" && a.errors.Any() && a.errors.Of("value") == "" {
		v.Main = append(v.Main, liftForm(t, o, a, o.liftable(nil)))
		a.errors, a.lookForm = ui.FormErrors{}, lookForm{Purpose: a.Purpose, Case: a.Case, Column: a.Column}
	}
	v.Main = append(v.Main, part{Card: ui.CardProps{Title: t("view.ask"), Lead: t("view.recorded")}, Body: []templ.Component{p.askForm(r, t, o, a)}})
	return p.render(w, r, web.Page{Title: o.Name, Status: a.status, Crumbs: []ui.Crumb{{Label: t("view.title"), Path: root}, {Label: string(o.Code)}}, Body: page(v)})
}

func (p *Pages) askForm(r *http.Request, t ui.T, o offer, a asked) templ.Component {
	names := p.Purposes(r.Context())
	var purposes, ways []ui.Option
	for _, code := range o.purposes() {
		purposes = append(purposes, ui.Option{Value: code, Label: purposeName(code, names)})
	}
	for _, f := range o.keys() {
		ways = append(ways, ui.Option{Value: f.Name, Label: f.Label})
	}
	ways = append(ways, ui.Option{Value: byPage, Label: t("view.by_page"), Hint: t("view.by_page_hint")})
	if a.Purpose == "" && len(purposes) == 1 {
		a.Purpose = purposes[0].Value
	}
	if a.Column == "" {
		a.Column = ways[0].Value
	}
	return form(ui.FormProps{Action: pathOf(string(o.Code)), Submit: t("view.look"), Icon: ui.IconSearch, Errors: a.errors},
		ui.Select(ui.Choice{Field: ui.Field{Name: "purpose", Label: t("view.purpose"), Value: a.Purpose, Required: true, Error: a.errors.Of("purpose")}, Options: purposes}),
		ui.Input(ui.Field{Name: "case", Label: t("view.case"), Hint: t("view.case_hint"), Value: a.Case, Required: o.personal(), Optional: !o.personal(), MaxLength: 200, Error: a.errors.Of("case"), Autocomplete: "off"}),
		ui.Radios(ui.Choice{Field: ui.Field{Name: "column", Label: t("view.way"), Value: a.Column, Required: true, Error: a.errors.Of("column")}, Options: ways}),
		ui.Input(ui.Field{Name: "value", Label: t("view.value"), Hint: t("view.value_hint"), MaxLength: 200, Error: a.errors.Of("value"), Autocomplete: "off"}),
	)
}

// scope says beside the form what will be seen and what stays masked.
func (p *Pages) scope(t ui.T, o offer) part {
	var pairs []ui.Pair
	for _, c := range o.columns() {
		how := t("view.mask." + string(c.Mask))
		if c.Reveal && c.Mask.Liftable() {
			how += "; " + t("view.liftable")
		}
		pairs = append(pairs, ui.Pair{Name: o.label(c.Name, c.Out()), Text: how})
	}
	for _, g := range o.grants {
		for _, rule := range g.Rows {
			pairs = append(pairs, ui.Pair{Name: t("view.rows", o.label(rule.Column, rule.Column)), Text: joined(rule.In)})
		}
	}
	return part{Card: ui.CardProps{Title: t("view.scope"), Lead: t("view.scope_lead")}, Body: []templ.Component{ui.KeyValue(pairs...)}}
}

func joined(list []string) string {
	const most = 12
	text := ""
	for i, s := range slices.Compact(slices.Clone(list)) {
		switch {
		case i == most:
			return text + ", …"
		case i > 0:
			text += ", "
		}
		text += s
	}
	return text
}
