package connectionweb

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// needForm is the form of registration.
type needForm struct {
	Revision    int64    `form:"revision"`
	System      string   `form:"system"`
	Roles       []string `form:"roles"`
	Dataset     string   `form:"dataset"`
	Purposes    []string `form:"purposes"`
	LegalBasis  string   `form:"legal_basis"`
	Procedures  string   `form:"procedures"`
	Fields      []string `form:"fields"`
	Rows        string   `form:"rows"`
	Operations  []string `form:"operations"`
	Tests       string   `form:"test_subjects"`
	TestBody    string   `form:"test_body"`
	Subjects    int64    `form:"expected_subjects"`
	Level       string   `form:"level"`
	Impact      string   `form:"impact_assessment"`
	Method      string   `form:"method"`
	Reason      string   `form:"method_reason"`
	Automation  string   `form:"automation_date"`
	Frequency   string   `form:"frequency"`
	CallsPerDay int64    `form:"calls_per_day"`
	Peak        int64    `form:"peak_per_minute"`
	Response    int64    `form:"response_ms"`
	From        string   `form:"valid_from"`
	To          string   `form:"valid_to"`
	Addresses   string   `form:"source_addresses"`
	Environment string   `form:"environment"`
	Name        string   `form:"technical_contact.name"`
	Email       string   `form:"technical_contact.email"`
	Phone       string   `form:"technical_contact.phone"`
	Responsible string   `form:"responsible_person"`
}

func (f needForm) need() connection.Need {
	return connection.Need{
		System: f.System, Roles: rolesOf(f.Roles), Dataset: f.Dataset, Purposes: f.Purposes, LegalBasis: f.LegalBasis, Procedures: lines(f.Procedures), Fields: f.Fields,
		Rows: rowRules(f.Rows), Operations: f.Operations, TestSubjects: lines(f.Tests), TestBody: clean(f.TestBody), Subjects: f.Subjects, Level: access.Level(f.Level), ImpactAssessment: f.Impact, Method: connection.Method(f.Method),
		MethodReason: f.Reason, AutomationDate: connection.Day(f.Automation), Frequency: connection.Frequency(f.Frequency), CallsPerDay: f.CallsPerDay,
		PeakPerMinute: f.Peak, ResponseMillis: f.Response, Addresses: lines(f.Addresses), Environment: f.Environment,
		Contact: connection.Contact{Name: f.Name, Email: f.Email, Phone: f.Phone}, Responsible: f.Responsible,
		From: connection.Day(f.From), To: connection.Day(f.To),
	}
}

// newRequest asks for dataset and system first; with them it shows the fields and their classes.
func (p *Pages) newRequest(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if q.Get("dataset") == "" || q.Get("system") == "" {
		return p.renderChoice(w, r)
	}
	if q.Get("system") == forPeople {
		return p.renderNeed(w, r, needPage{need: connection.Need{Dataset: q.Get("dataset"), Level: access.LevelView}, action: "/connections"})
	}
	n := connection.Need{Dataset: q.Get("dataset"), System: q.Get("system"), Level: access.LevelUse, Method: "api"}
	return p.renderNeed(w, r, needPage{need: n, action: "/connections"})
}

func (p *Pages) renderChoice(w http.ResponseWriter, r *http.Request) error {
	t := p.shell.T(r)
	datasets, err := p.registers.Datasets(r.Context())
	if err != nil {
		return err
	}
	systems, err := p.registers.Systems(r.Context(), access.ActorOf(r.Context()).Agency)
	if err != nil {
		return err
	}
	f := filler{t: t}
	q := r.URL.Query()
	body := form(ui.FormProps{Action: "/connections/new", Get: true, Submit: t("connection.continue"), Icon: ui.IconNext, Cancel: "/connections"},
		f.choose("dataset", "connection.dataset", q.Get("dataset"), named(datasets)), f.choose("system", "connection.consumer", q.Get("system"), append(named(systems), ui.Option{Value: forPeople, Label: t("connection.people_choice")})))
	return p.shell.Render(w, r, web.Page{
		Title: t("connection.new"), Narrow: true, Crumbs: []ui.Crumb{{Label: t("connection.list"), Path: "/connections"}, {Label: t("connection.new")}},
		Body: page(pageView{
			Head: ui.Head{Title: t("connection.new"), Lead: t("connection.new_lead")},
			Main: []part{{Card: ui.CardProps{Title: t("connection.choose_first"), Lead: t("connection.choose_lead")}, Body: []templ.Component{body}}},
		}),
	})
}

func named(all []Named) []ui.Option {
	out := make([]ui.Option, 0, len(all))
	for _, n := range all {
		out = append(out, ui.Option{Value: n.Code, Label: n.Name + " (" + n.Code + ")"})
	}
	return out
}

// needPage is the form of a new or an existing need.
type needPage struct {
	need     connection.Need
	action   string
	back     string
	revision int64
	title    string
	typed    typed
}

func (p *Pages) renderNeed(w http.ResponseWriter, r *http.Request, v needPage) error {
	t := p.shell.T(r)
	c, err := p.connections.Choices(r.Context(), v.need.Dataset, v.need.System)
	if err != nil {
		return err
	}
	if v.title == "" {
		v.title = t("connection.new")
	}
	if v.back == "" {
		v.back = "/connections"
	}
	props := ui.FormProps{Action: v.action, Submit: t("connection.save_draft"), Icon: ui.IconDraft, Cancel: v.back, Errors: v.typed.errors}
	f := filler{t: t, values: v.typed.values, errors: v.typed.errors, must: mustNeed(v.need)}
	fields := append([]templ.Component{hidden("dataset", v.need.Dataset), hidden("system", v.need.System), hidden("revision", number(v.revision))}, needFields(f, v.need, c)...)
	status := 0
	if v.typed.errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	lead := c.Dataset.Name + " → " + consumerName(t, v.need, c.System)
	if c.Dataset.Code == "" {
		lead = t("connection.no_dataset")
	}
	return p.shell.Render(w, r, web.Page{
		Title: v.title, Narrow: true, Status: status, Crumbs: []ui.Crumb{{Label: t("connection.list"), Path: "/connections"}, {Label: v.title}},
		Body: page(pageView{Head: ui.Head{Eyebrow: v.need.Dataset, Title: v.title, Lead: lead}, Main: []part{{Card: ui.CardProps{Lead: t("connection.need_lead")}, Body: []templ.Component{form(props, fields...)}}}}),
	})
}

// needLabels are the fields of the need that a refusal may name, with their labels.
func needLabels() map[string]string {
	return map[string]string{
		"purposes": "connection.purposes", "legal_basis": "connection.legal_basis", "procedures": "connection.procedures", "fields": "connection.fields",
		"roles": "connection.roles", "rows": "connection.rows", "expected_subjects": "connection.subjects", "level": "connection.level", "impact_assessment": "connection.impact",
		"operations": "connection.operations", "test_subjects": "connection.test_subjects", "test_body": "connection.test_body",
		"method": "connection.method", "method_reason": "connection.method_reason", "automation_date": "connection.automation",
		"frequency": "connection.frequency", "calls_per_day": "connection.calls_per_day", "peak_per_minute": "connection.peak",
		"response_ms": "connection.response", "valid_from": "connection.from", "valid_to": "connection.to", "source_addresses": "connection.addresses",
		"environment": "connection.environment", "technical_contact.name": "connection.contact_name", "technical_contact.email": "connection.contact_email",
		"technical_contact.phone": "connection.contact_phone", "responsible_person": "connection.responsible",
	}
}

// mustNeed are the fields without which no need can be submitted; a draft may lack them.
func mustNeed(n connection.Need) []string {
	if n.People() {
		return []string{
			"roles", "purposes", "legal_basis", "fields", "expected_subjects", "level", "calls_per_day", "peak_per_minute", "valid_from", "valid_to",
			"source_addresses", "responsible_person",
		}
	}
	return []string{
		"purposes", "legal_basis", "fields", "expected_subjects", "level", "method", "frequency", "calls_per_day", "peak_per_minute", "response_ms",
		"valid_from", "valid_to", "source_addresses", "environment", "technical_contact.name", "technical_contact.email", "technical_contact.phone", "responsible_person",
	}
}

func needFields(f filler, n connection.Need, c connection.Choices) []templ.Component {
	t := f.t
	var purposes, fields []ui.Option
	for _, x := range c.Purposes {
		if x.Active {
			purposes = append(purposes, ui.Option{Value: x.Code, Label: x.Name, Hint: x.Code})
		}
	}
	for _, x := range c.Dataset.Fields {
		fields = append(fields, ui.Option{Value: x.Name, Label: x.Label + " (" + x.Name + ")", Hint: t("connection.class." + string(x.Class))})
	}
	if n.People() {
		return peopleFields(f, n, purposes, fields)
	}
	out := []templ.Component{
		fieldSet(t("connection.fs_what"), "",
			f.several("purposes", "connection.purposes", "connection.purposes_hint", n.Purposes, purposes),
			f.area("legal_basis", "connection.legal_basis", "connection.legal_hint", n.LegalBasis),
			f.area("procedures", "connection.procedures", "connection.one_per_line", strings.Join(n.Procedures, "\n")),
			f.several("fields", "connection.fields", "connection.fields_hint", n.Fields, fields),
			f.area("rows", "connection.rows", "connection.rows_hint", rowText(n.Rows)),
			fieldRow(f.number("expected_subjects", "connection.subjects", n.Subjects), f.choose("level", "connection.level", string(n.Level), coded(t, "connection.level.", systemLevels()))),
			hinted(f, "impact_assessment", "connection.impact", "connection.impact_hint", n.ImpactAssessment)),
		fieldSet(t("connection.fs_how"), "",
			fieldRow(f.choose("method", "connection.method", string(n.Method), coded(t, "connection.method.", connection.Methods())),
				f.choose("frequency", "connection.frequency", string(n.Frequency), coded(t, "connection.frequency.", connection.Frequencies()))),
			fieldRow(f.text("method_reason", "connection.method_reason", n.MethodReason), f.date("automation_date", "connection.automation", string(n.AutomationDate))),
			fieldRow(f.number("calls_per_day", "connection.calls_per_day", n.CallsPerDay), f.number("peak_per_minute", "connection.peak", n.PeakPerMinute),
				f.number("response_ms", "connection.response", n.ResponseMillis)),
			fieldRow(f.date("valid_from", "connection.from", string(n.From)), f.date("valid_to", "connection.to", string(n.To)))),
		fieldSet(t("connection.fs_who"), "",
			f.area("source_addresses", "connection.addresses", "connection.addresses_hint", strings.Join(n.Addresses, "\n")),
			hinted(f, "environment", "connection.environment", "connection.environment_hint", n.Environment),
			fieldRow(f.text("technical_contact.name", "connection.contact_name", n.Contact.Name), f.text("technical_contact.email", "connection.contact_email", n.Contact.Email),
				f.text("technical_contact.phone", "connection.contact_phone", n.Contact.Phone)),
			f.text("responsible_person", "connection.responsible", n.Responsible)),
	}
	if len(c.Dataset.Operations) == 0 {
		return out
	}
	return slices.Insert(out, 1, fieldSet(t("connection.fs_operations"), t("connection.fs_operations_hint"),
		f.several("operations", "connection.operations", "connection.operations_hint", n.Operations, operationOptions(t, c.Dataset.Operations)),
		f.area("test_subjects", "connection.test_subjects", "connection.test_subjects_hint", strings.Join(n.TestSubjects, "\n")),
		f.area("test_body", "connection.test_body", "connection.test_body_hint", n.TestBody)))
}

// operationOptions are the declared operations, each with what it does and where.
func operationOptions(t ui.T, all []connection.Operation) []ui.Option {
	var out []ui.Option
	for _, o := range all {
		what := "connection.operation_read"
		switch {
		case !o.Active:
			what = "connection.operation_paused"
		case o.Updates:
			what = "connection.operation_update"
		}
		out = append(out, ui.Option{Value: o.Code, Label: o.Code, Hint: t(what) + " · " + o.Service})
	}
	return out
}

func hinted(f filler, name, label, hint, kept string) templ.Component {
	x := f.field(name, label, kept)
	x.Hint = f.t(hint)
	return ui.Input(x)
}

func systemLevels() []access.Level {
	return []access.Level{access.LevelUse, access.LevelUpdate, access.LevelShare}
}

func (p *Pages) createRequest(w http.ResponseWriter, r *http.Request) error {
	var f needForm
	err := web.Decode(r, &f)
	var made *connection.Request
	if err == nil {
		made, err = p.connections.Create(r.Context(), f.need())
	}
	if err == nil {
		http.Redirect(w, r, path(made.ID), http.StatusSeeOther)
		return nil
	}
	errs, shown := p.shell.Refused(r, err)
	if !shown {
		return err
	}
	return p.renderNeed(w, r, needPage{need: f.need(), action: "/connections", typed: typed{values: r.Form, errors: errs}})
}

func (p *Pages) editRequest(w http.ResponseWriter, r *http.Request) error {
	v, err := p.connections.Find(r.Context(), connection.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if !may(v, connection.ActChange) {
		return fault.New(fault.Conflict, "connection.wrong_state", connection.ActChange, v.Request.State)
	}
	id := v.Request.ID
	return p.renderNeed(w, r, needPage{need: v.Request.Need, action: path(id) + "/edit", back: path(id), revision: v.Request.Revision, title: p.shell.T(r)("connection.edit")})
}

func (p *Pages) changeRequest(w http.ResponseWriter, r *http.Request) error {
	id := connection.ID(r.PathValue("id"))
	var f needForm
	err := web.Decode(r, &f)
	if err == nil {
		err = p.change(r, id, f)
	}
	if err == nil {
		http.Redirect(w, r, path(id), http.StatusSeeOther)
		return nil
	}
	errs, shown := p.shell.Refused(r, err)
	if !shown {
		return err
	}
	return p.renderNeed(w, r, needPage{
		need: f.need(), action: path(id) + "/edit", back: path(id), revision: f.Revision, title: p.shell.T(r)("connection.edit"), typed: typed{values: r.Form, errors: errs},
	})
}

// change sends the whole form as a patch, so that page and API share one way in; what was emptied is emptied.
func (p *Pages) change(r *http.Request, id connection.ID, f needForm) error {
	patch := map[string]any{}
	n := f.need()
	for name, value := range map[string]any{
		"roles": n.Roles, "purposes": n.Purposes, "legal_basis": n.LegalBasis, "procedures": n.Procedures, "fields": n.Fields, "rows": n.Rows, "operations": n.Operations,
		"test_subjects": n.TestSubjects, "test_body": n.TestBody, "expected_subjects": n.Subjects,
		"level": n.Level, "impact_assessment": n.ImpactAssessment, "method": n.Method, "method_reason": n.MethodReason, "automation_date": n.AutomationDate,
		"frequency": n.Frequency, "calls_per_day": n.CallsPerDay, "peak_per_minute": n.PeakPerMinute, "response_ms": n.ResponseMillis, "valid_from": n.From,
		"valid_to": n.To, "source_addresses": n.Addresses, "environment": n.Environment, "technical_contact": n.Contact, "responsible_person": n.Responsible,
		"schema_version": 0,
	} {
		patch[name] = value
	}
	raw, err := json.Marshal(patch)
	if err != nil {
		return err
	}
	_, err = p.connections.Change(r.Context(), id, f.Revision, raw)
	return err
}

func (p *Pages) copyRequest(w http.ResponseWriter, r *http.Request) error {
	made, err := p.connections.Copy(r.Context(), connection.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	http.Redirect(w, r, path(made.ID), http.StatusSeeOther)
	return nil
}
