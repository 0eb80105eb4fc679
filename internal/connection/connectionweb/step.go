package connectionweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/connection"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func may(v connection.View, actions ...connection.Action) bool {
	return slices.ContainsFunc(actions, func(a connection.Action) bool { return slices.Contains(v.Actions, a) })
}

// verbOf names the step's form of an action; several actions may share one.
func (p *Pages) verbOf(a connection.Action) (string, bool) {
	if a == connection.ActProvision {
		return "provision", true
	}
	for _, s := range p.steps() {
		if slices.Contains(s.actions, a) {
			return s.verb, true
		}
	}
	return "", false
}

// actionOf is the action that the verb stands for in the present state.
func (p *Pages) actionOf(v connection.View, verb string) (connection.Action, bool) {
	for _, a := range v.Actions {
		if got, known := p.verbOf(a); known && got == verb {
			return a, true
		}
	}
	return "", false
}

func (p *Pages) showStep(verb string) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.renderStep(w, r, connection.ID(r.PathValue("id")), typed{verb: verb})
	}
}

// renderStep shows the form of one step, beside what the one who takes it must see.
func (p *Pages) renderStep(w http.ResponseWriter, r *http.Request, id connection.ID, typed typed) error {
	v, err := p.connections.Find(r.Context(), id)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	action, offered := p.actionOf(v, typed.verb)
	if typed.verb == "rollback" && may(v, connection.ActReconfigure) {
		action, offered = "rollback", true
	}
	if !offered && !typed.errors.Any() { // a step that is over, or not the reader's: the request says where it stands
		http.Redirect(w, r, path(id), http.StatusSeeOther)
		return nil
	}
	title := t("connection.action." + string(action))
	if !offered {
		title = t("connection.next")
	}
	f := filler{t: t, values: typed.values, errors: typed.errors, must: mustStep(typed.verb), purposes: p.registers.Purposes(r.Context()), asked: r.URL.Query().Get("version")}
	props := ui.FormProps{
		Action: path(id) + "/" + typed.verb, Submit: title, Cancel: path(id), Errors: typed.errors, Danger: dangerous(typed.verb),
		Hidden: []ui.Hidden{{Name: "revision", Value: number(v.Request.Revision)}},
	}
	status := 0
	if typed.errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	main := append([]part{{Body: []templ.Component{form(props, p.stepFields(f, v, typed.verb)...)}}}, p.beside(r, t, v, typed.verb)...)
	return p.shell.Render(w, r, web.Page{
		Title: title, Status: status, Narrow: true, Crumbs: p.crumbs(t, v.Request, title),
		Body: page(pageView{Head: ui.Head{Eyebrow: name(t, v.Request), Title: title, Lead: v.Dataset.Name + " → " + consumerName(t, v.Request.Need, v.System)}, Main: main}),
	})
}

func dangerous(verb string) bool {
	return slices.Contains([]string{"withdraw", "recall", "reject", "suspend", "terminate", "fail-testing"}, verb)
}

// beside is what must be seen to decide.
func (p *Pages) beside(r *http.Request, t ui.T, v connection.View, verb string) []part {
	switch verb {
	case "start-appraisal", "return", "appraise", "ask-owner", "opinion", "reject", "escalate":
		parts := []part{p.needPart(t, v), statementsPart(t, v), p.comparePart(r.Context(), t, v), securityPart(t, v)}
		if v.Request.Opinion != nil {
			parts = append([]part{p.opinionPart(r.Context(), t, v)}, parts...)
		}
		return parts
	case "start-check", "return-check", "pass-check", "object", "continue":
		return p.besideCheck(r, t, v)
	case "approve":
		return []part{checklistPart(t, v), statementsPart(t, v), p.opinionPart(r.Context(), t, v), securityPart(t, v)}
	case "provision":
		return []part{planPart(t, v.Dataset, connection.PlanOf(v.Request, v.Dataset)), p.comparePart(r.Context(), t, v)}
	case "review":
		return append(p.reviewParts(r, v), p.comparePart(r.Context(), t, v))
	case "confirm-operator", "confirm-owner", "confirm-requester":
		return append(reportParts(t, v), p.comparePart(r.Context(), t, v))
	}
	return nil
}

// mustStep are the fields that a step is refused without.
func mustStep(verb string) []string {
	return map[string][]string{
		"submit": {"attest"}, "recall": {"comment"}, "return": {"missing_items"}, "ask-owner": {"questions"}, "opinion": {"stand"}, "suspend": {"reason_class"},
		"return-check": {"missing_items"}, "object": {"comment", "legal_citation"}, "continue": {"decision_number", "decision_title"}, "order": {"decision_number"},
	}[verb]
}

// stepFields are the fields of a step's form.
func (p *Pages) stepFields(f filler, v connection.View, verb string) []templ.Component {
	t, r := f.t, v.Request
	reason := f.required("comment", "connection.l_reason", "")
	comment := f.area("comment", "connection.l_comment", "", "")
	papers := fieldRow(f.text("document_number", "connection.l_document_number", ""), f.text("document_title", "connection.l_document_title", ""))
	citation := f.area("legal_citation", "connection.l_citation", "connection.l_citation_hint", "")
	decision := fieldRow(f.text("decision_number", "connection.l_decision_number", ""), f.text("decision_title", "connection.l_decision_title", ""))
	switch verb {
	case "submit":
		if r.State == connection.Returned {
			return []templ.Component{keptLines(r.Missing), f.area("comment", "connection.l_answer", "", ""), papers, f.check("attest", "connection.l_attest", false)}
		}
		return []templ.Component{comment, papers, f.check("attest", "connection.l_attest", false)}
	case "return":
		return []templ.Component{f.area("missing_items", "connection.l_missing", "connection.one_per_line", ""), comment}
	case "appraise":
		return append(checklistFields(f, r, v.Dataset), comment)
	case "ask-owner":
		return []templ.Component{f.area("questions", "connection.l_questions", "", ""), papers}
	case "opinion":
		stands := coded(t, "connection.stand.", []connection.Stand{connection.Agree, connection.AgreeLimits, connection.Object})
		return []templ.Component{
			f.choose("stand", "connection.l_stand", "", stands), f.several("exclude_fields", "connection.l_exclude", "", nil, fieldOptions(t, r.Need.Fields, v.Dataset)),
			f.area("limits", "connection.l_limits", "", ""), citation, comment, papers,
		}
	case "approve":
		fields := approveFields(f, v)
		if r.State == connection.Escalated {
			fields = append([]templ.Component{decision}, fields...)
		}
		return append(fields, comment)
	case "reject":
		if r.State == connection.Escalated {
			return []templ.Component{decision, reason, citation, papers}
		}
		return []templ.Component{reason, citation, papers}
	case "reconfigure":
		x := connection.Parameters{}
		if r.InForce != nil {
			x = r.InForce.Parameters
		}
		return append(parameterFields(f, x), reason)
	case "provision":
		return append(provisionFields(f, v), comment, papers)
	case "rollback":
		return []templ.Component{f.sure("version", "connection.l_version", f.asked, versions(v)), reason}
	case "review":
		return []templ.Component{hidden("version", number(r.Config)), f.check("ok", "connection.l_ok", false), comment}
	case "suspend":
		return []templ.Component{f.choose("reason_class", "connection.l_reason_class", "", coded(t, "connection.pause.", connection.PauseClasses())), reason, f.date("expected_end", "connection.l_expected_end", "")}
	case "ask-suspend":
		return []templ.Component{reason, f.date("expected_end", "connection.l_expected_end", "")}
	case "pass-check", "return-check", "object", "continue", "order":
		return shortenedFields(f, v, verb)
	case "withdraw", "recall", "escalate", "resume", "terminate", "retest", "fail-testing":
		return []templ.Component{reason, papers}
	}
	return []templ.Component{comment, papers}
}

func plainOptions(values []string) []ui.Option {
	var out []ui.Option
	for _, x := range values {
		out = append(out, ui.Option{Value: x, Label: x})
	}
	return out
}

func namedOptions(codes []string, names map[string]string) []ui.Option {
	var out []ui.Option
	for _, code := range codes {
		out = append(out, ui.Option{Value: code, Label: nameIn(names, code), Hint: code})
	}
	return out
}

// parameterFields begin with the parameters in force, before the first version with those that follow from the approval.
func parameterFields(f filler, x connection.Parameters) []templ.Component {
	num := func(name string, kept int64) templ.Component {
		c := f.field(name, "connection.l_"+name, number(kept))
		c.Type, c.InputMode, c.Short = "number", "numeric", true
		return ui.Input(c)
	}
	share := func(name string, kept float64) templ.Component {
		c := f.field(name, "connection.l_"+name, strings.ReplaceAll(strconv.FormatFloat(kept, 'f', -1, 64), ".", ","))
		c.InputMode, c.Short = "decimal", true
		return ui.Input(c)
	}
	return []templ.Component{
		fieldSet(f.t("connection.fs_parameters"), "",
			fieldRow(num("timeout_ms", x.TimeoutMillis), num("retries", x.Retries), num("cache_seconds", x.CacheSeconds)),
			fieldRow(num("page_size", x.PageSize), share("alert_error_percent", x.AlertErrors*100)),
			f.text("schedule", "connection.l_schedule", x.Schedule)),
		fieldSet(f.t("connection.fs_thresholds"), f.t("connection.fs_thresholds_hint"),
			fieldRow(num("test_calls", x.TestCalls), num("max_p95_ms", x.MaxP95Millis), share("max_error_percent", x.MaxErrorRate*100)),
			fieldRow(num("sample_records", x.SampleRecords), share("min_accuracy_pct", x.MinAccuracyPct))),
	}
}

func versions(v connection.View) []ui.Option {
	var out []ui.Option
	for _, c := range v.Configs {
		out = append(out, ui.Option{Value: number(c.Version), Label: number(c.Version) + " · " + c.Reason})
	}
	return out
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
