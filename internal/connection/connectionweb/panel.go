package connectionweb

import (
	"fmt"
	"strings"

	"lienthong/internal/connection"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// needPart is what was registered, without the scope, which stands in the comparison.
func (p *Pages) needPart(t ui.T, v connection.View) part {
	n := v.Request.Need
	word := func(prefix, code string) string {
		if code == "" {
			return ""
		}
		return t(prefix + code)
	}
	if n.People() {
		return part{Card: ui.CardProps{Title: t("connection.need")}, Body: []templ.Component{ui.KeyValue(peoplePairs(t, n)...)}}
	}
	pairs := []ui.Pair{
		{Name: t("connection.legal_basis"), Text: n.LegalBasis}, {Name: t("connection.procedures"), Text: strings.Join(n.Procedures, ", ")},
		{Name: t("connection.subjects"), Text: i18n.Number(n.Subjects)}, {Name: t("connection.impact"), Text: n.ImpactAssessment},
		{Name: t("connection.method"), Text: word("connection.method.", string(n.Method)), Help: methodHelp(t, v.Request)},
		{Name: t("connection.readiness"), Text: word("connection.readiness.", string(n.Readiness))},
		{Name: t("connection.frequency"), Text: word("connection.frequency.", string(n.Frequency))},
		{Name: t("connection.response"), Text: i18n.Number(n.ResponseMillis)}, {Name: t("connection.environment"), Text: n.Environment},
		{Name: t("connection.contact"), Text: n.Contact.Name, Help: n.Contact.Email + " " + n.Contact.Phone}, {Name: t("connection.responsible"), Text: n.Responsible},
	}
	if len(n.Operations) > 0 {
		pairs = append(pairs, ui.Pair{Name: t("connection.test_subjects"), Text: strings.Join(n.TestSubjects, ", "), Help: n.TestBody})
	}
	return part{Card: ui.CardProps{Title: t("connection.need")}, Body: []templ.Component{ui.KeyValue(pairs...)}}
}

// methodHelp says which method was advised, and why another one was chosen.
func methodHelp(t ui.T, r *connection.Request) string {
	if r.Advice == nil {
		return r.Need.MethodReason
	}
	advised := t("connection.advised", t("connection.method."+string(r.Advice.Method)))
	if r.Advice.Departs {
		return advised + ". " + t("connection.method_reason") + ": " + r.Need.MethodReason
	}
	return advised
}

func checklistPart(t ui.T, v connection.View) part {
	r := v.Request
	var pairs []ui.Pair
	for _, item := range connection.Items() {
		f := r.Checklist.Items[item]
		x := ui.State{Label: t("connection.answer.comment"), Tone: ui.Neutral}
		switch f.Answer {
		case connection.Pass:
			x = ui.State{Label: t("connection.answer.pass"), Tone: ui.Good}
		case connection.Fail:
			x = ui.State{Label: t("connection.answer.fail"), Tone: ui.Bad}
		}
		pairs = append(pairs, ui.Pair{Name: t("connection.item." + string(item)), Value: ui.Badge(x), Help: f.Comment})
	}
	return part{Card: ui.CardProps{Title: t("connection.checklist")}, Body: []templ.Component{ui.KeyValue(pairs...)}}
}

func securityPart(t ui.T, v connection.View) part {
	var pairs []ui.Pair
	for _, s := range v.Security {
		x := ui.State{Label: t("connection.pass"), Tone: ui.Good}
		if s.Blocks {
			x = ui.State{Label: t("connection.fail"), Tone: ui.Bad}
		}
		label := t("connection.check." + s.What)
		if s.What == "level" {
			label = t("connection.check.level", s.Required, s.Has)
		}
		pairs = append(pairs, ui.Pair{Name: label, Value: ui.Badge(x), Help: fieldLabel(v.Dataset, s.Field)})
	}
	return part{Card: ui.CardProps{Title: t("connection.security")}, Body: []templ.Component{ui.KeyValue(pairs...)}}
}

func fieldLabel(d connection.Dataset, name string) string {
	if name == "" {
		return ""
	}
	return d.FieldOr(name).Label
}

func configPart(t ui.T, v connection.View) part {
	props := ui.TableProps{Caption: t("connection.configs"), Columns: []ui.Column{{Label: t("connection.l_version")}, {Label: t("connection.col_state")}, {Label: t("connection.l_reason")}, {Label: t("connection.made_by")}}}
	for i := len(v.Configs) - 1; i >= 0; i-- {
		c := v.Configs[i]
		reason := c.Reason
		if c.Of > 0 {
			reason += " · " + t("connection.config_of", c.Of)
		}
		props.Rows = append(props.Rows, ui.Cells(ui.LinkTwo(t("connection.config", c.Version), configLink(v.Request.ID, c), c.Digest[:min(12, len(c.Digest))]),
			ui.Badge(configState(t, v.Request, c)), orDash(reason), ui.Two(c.By.Name, i18n.DateTime(c.At))))
	}
	return part{Card: ui.CardProps{Title: t("connection.configs"), Lead: t("connection.configs_lead"), Flush: true}, Body: []templ.Component{ui.Table(props)}}
}

// reportParts is the newest test report: three verdicts with numbers, then the cases.
func reportParts(t ui.T, v connection.View) []part {
	if len(v.Runs) == 0 {
		return nil
	}
	run := v.Runs[0]
	tile := func(label string, pass bool, note string) ui.Tile {
		x := ui.Tile{Label: t(label), Value: t("connection.fail"), Tone: ui.Bad, Note: note}
		if pass {
			x.Value, x.Tone = t("connection.pass"), ui.Good
		}
		return x
	}
	st, ac, sa := run.Stability, run.Accuracy, run.Safety
	tiles := ui.Stats(
		tile("connection.stability", st.Pass, t("connection.stability_note", st.Calls, st.Errors, st.P95Millis, st.MaxP95)),
		tile("connection.accuracy", ac.Pass, t("connection.accuracy_note", ac.Percent, ac.Compared, ac.Records, ac.MinPercent)),
		tile("connection.safety", sa.Pass, t("connection.safety_note", sa.Denied, sa.Cases)))
	props := ui.TableProps{
		Caption: t("connection.report", run.Seq),
		Columns: []ui.Column{{Label: t("connection.col_case")}, {Label: t("connection.col_result")}, {Label: t("connection.col_got")}, {Label: t("connection.col_evidence")}},
	}
	for _, c := range run.Cases {
		x, row := ui.State{Label: t("connection.pass"), Tone: ui.Good}, ui.Row{}
		if !c.Pass {
			x, row.Tone = ui.State{Label: t("connection.why." + c.Why), Tone: ui.Bad}, ui.Bad
		}
		got := []templ.Component{ui.Text(fmt.Sprint(c.Status, " · ", c.Millis, " ms")), ui.Muted(c.Code)}
		if !c.Pass {
			got = append(got, ui.Muted(t("connection.col_expected")+": "+c.Expected))
		}
		row.Cells = []templ.Component{ui.Two(t("connection.case."+c.Name), c.Subject), ui.Badge(x), ui.Lines(got...), evidence(c.Evidence)}
		props.Rows = append(props.Rows, row)
	}
	hash := ui.KeyValue(ui.Pair{Name: t("connection.hash"), Value: ui.Mono(run.Hash)})
	return []part{{Card: ui.CardProps{ID: "report", Title: t("connection.report", run.Seq), Lead: t("connection.report_lead")}, Body: []templ.Component{tiles, ui.Table(props), hash}}}
}

// evidence leads to the call that the platform made; its page shows decision, outcome and place in the log.
func evidence(id string) templ.Component {
	if id == "" {
		return ui.Muted("–")
	}
	return ui.Link(id[max(0, len(id)-8):], "/exchange/calls/"+id)
}
