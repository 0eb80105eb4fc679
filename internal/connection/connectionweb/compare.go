package connectionweb

import (
	"context"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// comparePart sets requested and approved side by side, with the reason of each difference (Điều 12.2b).
func (p *Pages) comparePart(ctx context.Context, t ui.T, v connection.View) part {
	n, approved := v.Request.Need, v.Request.Approved
	props := ui.TableProps{
		Caption: t("connection.compare"),
		Columns: []ui.Column{{Label: t("connection.content")}, {Label: t("connection.requested")}, {Label: t("connection.approved")}, {Label: t("connection.difference")}},
	}
	for _, name := range n.Fields {
		x := v.Dataset.FieldOr(name)
		got, tone := approvedColumn(t, name, approved)
		why := templ.Component(ui.Muted("–"))
		if tone != "" {
			why = orDash(whyNarrower(t, v.Request, name))
		}
		props.Rows = append(props.Rows, ui.Row{Cells: []templ.Component{ui.Two(x.Label+" ("+name+")", fieldHint(t, v.Dataset, x)), ui.Text(t("connection.mask.")), got, why}, Tone: tone})
	}
	s := connection.Scope{}
	if approved != nil {
		s = *approved
	}
	for _, l := range p.scopeLines(ctx, t, n, s) {
		row := ui.Cells(ui.Text(t(l.label)), orDash(l.asked), orDash(l.got), ui.Muted("–"))
		switch {
		case approved == nil:
			row.Cells[2] = ui.Muted(t("connection.not_yet"))
		case l.got != l.asked:
			row.Tone, row.Cells[3] = ui.Warn, ui.Text(t("connection.narrowed"))
		}
		props.Rows = append(props.Rows, row)
	}
	return part{Card: ui.CardProps{Title: t("connection.compare"), Lead: t("connection.compare_lead"), Flush: true}, Body: []templ.Component{ui.Table(props)}}
}

// whyNarrower is the reason that appraisal or owner gave for giving less of a field than was asked.
func whyNarrower(t ui.T, r *connection.Request, name string) string {
	if o := r.Opinion; o != nil && slices.Contains(o.Exclude, name) {
		return strings.TrimSpace(t("connection.owner_limits") + ": " + o.Limits)
	}
	return r.Checklist.Fields[name].Comment
}

// scopeLine is one point of a scope, as asked and as approved.
type scopeLine struct{ label, asked, got string }

func (p *Pages) scopeLines(ctx context.Context, t ui.T, n connection.Need, s connection.Scope) []scopeLine {
	names := p.registers.Purposes(ctx)
	out := []scopeLine{{"connection.rows", orAll(t, n.Rows), orAll(t, s.Rows)}}
	if len(n.Operations) > 0 || len(s.Operations) > 0 {
		out = append(out, scopeLine{"connection.operations", strings.Join(n.Operations, ", "), strings.Join(s.Operations, ", ")})
	}
	if n.People() {
		out = append(out, scopeLine{"connection.roles", roleNames(t, n.Roles), roleNames(t, s.Roles)})
	}
	return append(out,
		scopeLine{"connection.purposes", purposeNames(n.Purposes, names), purposeNames(s.Purposes, names)},
		scopeLine{"connection.level", levelNames(t, []access.Level{n.Level}), levelNames(t, s.Levels)},
		scopeLine{"connection.l_calls_per_minute", i18n.Number(n.PeakPerMinute), i18n.Number(s.CallsPerMinute)},
		scopeLine{"connection.l_calls_per_day", i18n.Number(n.CallsPerDay), i18n.Number(s.CallsPerDay)},
		scopeLine{"connection.addresses", strings.Join(n.Addresses, ", "), strings.Join(s.Addresses, ", ")},
		scopeLine{"connection.validity", dates(n.From, n.To), dates(s.From, s.To)})
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
