package connectionweb

import (
	"context"
	"fmt"
	"strings"

	"lienthong/internal/access"
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
		{Name: t("connection.method"), Text: word("connection.method.", string(n.Method)), Help: n.MethodReason},
		{Name: t("connection.frequency"), Text: word("connection.frequency.", string(n.Frequency))},
		{Name: t("connection.response"), Text: i18n.Number(n.ResponseMillis)}, {Name: t("connection.environment"), Text: n.Environment},
		{Name: t("connection.contact"), Text: n.Contact.Name, Help: n.Contact.Email + " " + n.Contact.Phone}, {Name: t("connection.responsible"), Text: n.Responsible},
	}
	if len(n.Operations) > 0 {
		pairs = append(pairs, ui.Pair{Name: t("connection.test_subjects"), Text: strings.Join(n.TestSubjects, ", "), Help: n.TestBody})
	}
	return part{Card: ui.CardProps{Title: t("connection.need")}, Body: []templ.Component{ui.KeyValue(pairs...)}}
}

// comparePart sets requested and approved side by side (Điều 12.2b).
func (p *Pages) comparePart(ctx context.Context, t ui.T, v connection.View) part {
	n, approved := v.Request.Need, v.Request.Approved
	props := ui.TableProps{
		Caption: t("connection.compare"),
		Columns: []ui.Column{{Label: t("connection.content")}, {Label: t("connection.class")}, {Label: t("connection.requested")}, {Label: t("connection.approved")}},
	}
	for _, name := range n.Fields {
		x := v.Dataset.FieldOr(name)
		got, tone := approvedColumn(t, name, approved)
		props.Rows = append(props.Rows, ui.Row{Cells: []templ.Component{ui.Two(x.Label, name), ui.Text(t("connection.class." + string(x.Class))), ui.Text(t("connection.mask.")), got}, Tone: tone})
	}
	names := p.registers.Purposes(ctx)
	line := func(label, asked, got string) {
		if approved == nil {
			got = t("connection.not_yet")
		}
		row := ui.Cells(ui.Text(t(label)), ui.Muted("–"), orDash(asked), orDash(got))
		if approved != nil && got != asked {
			row.Tone = ui.Warn
		}
		props.Rows = append(props.Rows, row)
	}
	s := connection.Scope{}
	if approved != nil {
		s = *approved
	}
	line("connection.rows", orAll(t, n.Rows), orAll(t, s.Rows))
	if len(n.Operations) > 0 || len(s.Operations) > 0 {
		line("connection.operations", strings.Join(n.Operations, ", "), strings.Join(s.Operations, ", "))
	}
	if n.People() {
		line("connection.roles", roleNames(t, n.Roles), roleNames(t, s.Roles))
	}
	line("connection.purposes", purposeNames(n.Purposes, names), purposeNames(s.Purposes, names))
	line("connection.level", levelNames(t, []access.Level{n.Level}), levelNames(t, s.Levels))
	line("connection.l_calls_per_minute", i18n.Number(n.PeakPerMinute), i18n.Number(s.CallsPerMinute))
	line("connection.l_calls_per_day", i18n.Number(n.CallsPerDay), i18n.Number(s.CallsPerDay))
	line("connection.addresses", strings.Join(n.Addresses, ", "), strings.Join(s.Addresses, ", "))
	line("connection.validity", dates(n.From, n.To), dates(s.From, s.To))
	return part{Card: ui.CardProps{Title: t("connection.compare"), Lead: t("connection.compare_lead"), Flush: true}, Body: []templ.Component{ui.Table(props)}}
}

func orDash(s string) templ.Component {
	if s == "" {
		return ui.Muted("–")
	}
	return ui.Text(s)
}

func purposeNames(codes []string, names map[string]string) string {
	var out []string
	for _, code := range codes {
		out = append(out, nameIn(names, code))
	}
	return strings.Join(out, ", ")
}

func approvedColumn(t ui.T, name string, s *connection.Scope) (templ.Component, ui.Tone) {
	if s == nil {
		return ui.Muted(t("connection.not_yet")), ""
	}
	for _, c := range s.Columns {
		if c.Name != name {
			continue
		}
		if c.Mask == access.MaskNone {
			return ui.Text(t("connection.mask.")), ""
		}
		if c.Reveal {
			return ui.Two(t("connection.mask."+string(c.Mask)), t("connection.revealable")), ui.Warn
		}
		return ui.Two(t("connection.mask."+string(c.Mask)), c.Out()), ui.Warn
	}
	return ui.Badge(ui.State{Label: t("connection.refused_field"), Tone: ui.Warn}), ui.Warn
}

func orAll(t ui.T, rows []access.RowRule) string {
	if len(rows) == 0 {
		return t("connection.rows_all")
	}
	return rowText(rows)
}

func levelNames(t ui.T, levels []access.Level) string {
	var out []string
	for _, l := range levels {
		if l != "" {
			out = append(out, t("connection.level."+string(l)))
		}
	}
	return strings.Join(out, ", ")
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
	var pairs []ui.Pair
	for i := len(v.Configs) - 1; i >= 0; i-- {
		c := v.Configs[i]
		x := ui.Pair{Name: t("connection.config", c.Version), Value: ui.Mono(c.Digest), Help: fmt.Sprintf("%s · %s · %s", c.By.Name, i18n.DateTime(c.At), c.Reason)}
		if c.Of > 0 {
			x.Help += " · " + t("connection.config_of", c.Of)
		}
		if c.Version == v.Request.Config {
			s := ui.State{Label: t("connection.unreviewed"), Tone: ui.Warn}
			if v.Request.Reviewed == c.Version {
				s = ui.State{Label: t("connection.reviewed"), Tone: ui.Good}
			}
			x.Value = ui.Group(ui.Badge(s), ui.Mono(c.Digest))
		}
		pairs = append(pairs, x)
	}
	return part{Card: ui.CardProps{Title: t("connection.configs")}, Body: []templ.Component{ui.KeyValue(pairs...)}}
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
