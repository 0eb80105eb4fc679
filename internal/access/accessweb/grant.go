package accessweb

import (
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// statusOf is how a grant stands at the moment: its status, and whether its time has come and not gone.
func statusOf(t ui.T, g access.Grant, now time.Time) ui.State {
	switch {
	case g.Status == access.GrantSuspended:
		return ui.State{Label: t("access.status.suspended"), Tone: ui.Warn, Icon: ui.IconPaused}
	case g.Status == access.GrantEnded:
		return ui.State{Label: t("access.status.ended"), Tone: ui.Neutral, Icon: ui.IconStopped}
	case now.Before(g.ValidFrom):
		return ui.State{Label: t("access.status.future"), Tone: ui.Info}
	case !now.Before(g.ValidTo):
		return ui.State{Label: t("access.status.expired"), Tone: ui.Bad, Icon: ui.IconDeadline}
	}
	return ui.State{Label: t("access.status.active"), Tone: ui.Good}
}

func levelOf(t ui.T, l access.Level) string { return t("access.level." + string(l)) }

func validity(t ui.T, g access.Grant) string {
	return t("access.from_to", i18n.Date(g.ValidFrom), i18n.Date(g.ValidTo))
}

// columnsCell counts the fields and says which of them leave masked.
func columnsCell(t ui.T, g access.Grant) templ.Component {
	var masked []string
	for _, c := range g.Columns {
		if c.Mask != access.MaskNone {
			masked = append(masked, c.Name)
		}
	}
	if len(masked) == 0 {
		return ui.Text(t("access.fields_count", len(g.Columns)))
	}
	return ui.Two(t("access.fields_count", len(g.Columns)), t("access.fields_masked", len(masked))+": "+strings.Join(masked, ", "))
}

// columnsTable lists every granted field with what happens to its value.
func columnsTable(t ui.T, g access.Grant) ui.TableProps {
	props := ui.TableProps{Caption: t("access.grant_columns"), Columns: []ui.Column{{Label: t("access.col_columns")}, {Label: t("access.col_mask")}}}
	for _, c := range g.Columns {
		field := ui.Mono(c.Name)
		if c.Out() != c.Name {
			field = ui.Group(ui.Mono(c.Name), ui.Muted(t("access.masked_as", c.Out())))
		}
		state := ui.State{Label: t("access.mask.none"), Tone: ui.Neutral, Icon: ui.IconSee}
		if c.Mask != access.MaskNone {
			state = ui.State{Label: t("access.mask." + string(c.Mask)), Tone: ui.Info, Icon: ui.IconHidden}
		}
		props.Rows = append(props.Rows, ui.Cells(field, ui.Badge(state)))
	}
	return props
}

// rowRules says which rows the grant opens.
func rowRules(t ui.T, g access.Grant) string {
	if len(g.Rows) == 0 {
		return t("access.grant_all_rows")
	}
	rules := make([]string, len(g.Rows))
	for i, r := range g.Rows {
		rules[i] = r.Column + " = " + strings.Join(r.In, ", ")
	}
	return strings.Join(rules, "; ")
}

// conditions says in words what else the grant demands.
func conditions(t ui.T, c access.Conditions) []string {
	var out []string
	if len(c.Addresses) > 0 {
		list := make([]string, len(c.Addresses))
		for i, a := range c.Addresses {
			list[i] = a.String()
		}
		out = append(out, t("access.cond_addresses", strings.Join(list, ", ")))
	}
	if c.HourFrom != 0 || c.HourTo != 0 {
		out = append(out, t("access.cond_hours", c.HourFrom, c.HourTo))
	}
	for _, x := range []struct {
		on  bool
		key string
	}{{c.CaseRequired, "access.cond_case"}, {c.OfficerRequired, "access.cond_officer"}, {c.StrongAuth, "access.cond_strong"}} {
		if x.on {
			out = append(out, t(x.key))
		}
	}
	for _, x := range []struct {
		limit int64
		key   string
	}{{c.CallsPerMinute, "access.cond_minute"}, {c.CallsPerDay, "access.cond_day"}, {c.RecordsPerCall, "access.cond_call"}, {c.RecordsPerDay, "access.cond_records"}, {c.PersonsPerDay, "access.cond_persons"}} {
		if x.limit > 0 {
			out = append(out, t(x.key, i18n.Number(x.limit)))
		}
	}
	return out
}
