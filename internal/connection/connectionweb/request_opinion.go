package connectionweb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/connection"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) acceptancePart(ctx context.Context, t ui.T, v connection.View) part {
	r := v.Request
	said := r.Confirmed
	var pairs []ui.Pair
	if r.Minutes != nil {
		said = r.Minutes.Participants
		pairs = append(pairs, ui.Pair{Name: t("connection.minutes"), Value: ui.Mono(r.Minutes.Number)}, ui.Pair{Name: t("connection.hash"), Value: ui.Mono(r.Minutes.RunHash)})
	}
	for _, side := range []connection.Side{connection.Operator, connection.Owner, connection.Requester} {
		c, has := said[side]
		x := ui.Pair{Name: t("connection.side." + string(side)), Value: ui.Badge(ui.State{Label: t("connection.unconfirmed"), Tone: ui.Neutral})}
		if has {
			x.Value = ui.Group(ui.Badge(ui.State{Label: t("connection.confirmed_at"), Tone: ui.Good}), ui.Moment(c.At))
			x.Help = c.By.Name + " · " + p.registers.Agency(ctx, c.By.Agency)
		} else if r.Minutes != nil && r.Minutes.OwnerSilent {
			x.Help = t("connection.owner_silent")
		} else if !slices.Contains(r.Route.Confirming(), side) {
			x.Help = t("connection.confirm_optional")
		}
		pairs = append(pairs, x)
	}
	body := []templ.Component{ui.KeyValue(pairs...)}
	if r.Minutes != nil {
		body = append(body, paperButton(t, r.ID, minutesPaper))
	}
	return part{Card: ui.CardProps{Title: t("connection.confirmations")}, Body: body}
}

func dates(from, to connection.Day) string {
	show := func(d connection.Day) string {
		at, ok := d.Start()
		if !ok {
			return "…"
		}
		return i18n.Date(at)
	}
	if from == "" && to == "" {
		return ""
	}
	return show(from) + " – " + show(to)
}

func (p *Pages) opinionPart(_ context.Context, t ui.T, v connection.View) part {
	o := v.Request.Opinion
	if o == nil {
		return part{Card: ui.CardProps{Title: t("connection.opinion")}, Body: []templ.Component{ui.Muted(t("connection.opinion_none"))}}
	}
	pairs := []ui.Pair{{Name: t("connection.l_questions"), Text: o.Questions}}
	if o.Stand != "" {
		pairs = append(pairs, ui.Pair{Name: t("connection.l_stand"), Text: t("connection.stand." + string(o.Stand)), Help: fmt.Sprintf("%s · %s", o.By.Name, i18n.DateTime(o.At))},
			ui.Pair{Name: t("connection.l_exclude"), Text: strings.Join(fieldLabels(v.Dataset, o.Exclude), ", ")}, ui.Pair{Name: t("connection.l_limits"), Text: o.Limits}, ui.Pair{Name: t("connection.l_citation"), Text: o.Citation})
	}
	body := []templ.Component{ui.KeyValue(pairs...)}
	if o.Deemed {
		body = append(body, ui.Alert(ui.Note{Tone: ui.Warn, Text: t("connection.opinion_deemed")}))
	}
	return part{Card: ui.CardProps{Title: t("connection.opinion")}, Body: body}
}

func fieldLabels(d connection.Dataset, names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, d.FieldOr(name).Label)
	}
	return out
}
