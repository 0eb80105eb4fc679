package reviewweb

import (
	"context"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/review"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// say speaks the reader's language.
func (p *Pages) say(ctx context.Context) ui.T { return p.shell.T(new(http.Request).WithContext(ctx)) }

func campaignState(t ui.T, c review.Campaign) ui.State {
	switch c.State {
	case review.Closed:
		return ui.State{Label: t("review.state.closed"), Tone: ui.Neutral, Icon: ui.IconDone}
	case review.Collecting:
		return ui.State{Label: t("review.state.collecting"), Tone: ui.Info, Icon: ui.IconRunning}
	}
	return ui.State{Label: t("review.state.running"), Tone: ui.Info, Icon: ui.IconWaiting}
}

func itemState(t ui.T, s review.ItemState) ui.State {
	state := ui.State{Label: t("review.item." + string(s)), Tone: ui.Neutral}
	switch s {
	case review.ItemOpen:
		state.Tone, state.Icon = ui.Info, ui.IconWaiting
	case review.ItemKept:
		state.Tone = ui.Good
	case review.ItemNarrowing, review.ItemRevoking:
		state.Tone, state.Icon = ui.Warn, ui.IconWaiting
	case review.ItemNarrowed, review.ItemRevoked:
		state.Icon = ui.IconDone
	case review.ItemSuspended:
		state.Tone, state.Icon = ui.Bad, ui.IconPaused
	}
	return state
}

func askState(t ui.T, a review.Ask) ui.State {
	switch {
	case a.State == review.AskDone:
		return ui.State{Label: t("review.ask_state.done"), Tone: ui.Good}
	case a.State == review.AskRefused:
		return ui.State{Label: t("review.ask_state.refused"), Tone: ui.Neutral, Icon: ui.IconClose}
	case a.Late:
		return ui.State{Label: t("review.ask_late"), Tone: ui.Bad, Icon: ui.IconDeadline}
	}
	return ui.State{Label: t("review.ask_state.open"), Tone: ui.Info, Icon: ui.IconWaiting}
}

// title names a review: what it is, and of what.
func (p *Pages) title(ctx context.Context, t ui.T, c review.Campaign) string {
	of := c.Of
	kind, id, found := strings.Cut(c.Of, "/")
	switch {
	case !found:
		return t("review.cause." + string(c.Cause))
	case kind == "dataset":
		of = nameIn(p.registers.Datasets(ctx), id)
	case kind == "agency":
		of = p.registers.Agency(ctx, id)
	case kind == "system":
		of = p.registers.Subject(ctx, access.Subject{Type: access.SubjectSystem, ID: id})
	case kind == "account":
		of = id
	}
	return t("review.cause."+string(c.Cause)) + ": " + of
}

func nameIn(names map[string]string, code string) string {
	if name := names[code]; name != "" {
		return name
	}
	return code
}

// subject names who holds a grant; a role is said in words.
func (p *Pages) subject(ctx context.Context, t ui.T, s access.Subject) string {
	if s.Type == access.SubjectAgencyRole {
		if _, role, found := strings.Cut(s.ID, "/"); found {
			return t(web.RoleKey(access.Role(role)))
		}
	}
	return p.registers.Subject(ctx, s)
}

func grantLink(number, id string) templ.Component { return ui.Link(number, "/access/grants/"+id) }

// refusedForm says what a form was refused for; what it cannot say is the caller's.
func (p *Pages) refusedForm(r *http.Request, err error) (ui.FormErrors, int, error) {
	errs, shown := p.shell.Refused(r, err)
	if err != nil && !shown {
		return errs, 0, err
	}
	if err == nil {
		return errs, 0, nil
	}
	return errs, fault.Of(err).Kind.Status(), nil
}

func reasonField(t ui.T, name, label, value string, errs ui.FormErrors) ui.Field {
	return ui.Field{Name: name, Label: t(label), Hint: t("review.reason_hint"), Value: value, Error: errs.Of(name), Required: true, MaxLength: 1000, Rows: 3}
}

// narrowText says in words what a narrowing takes away.
func narrowText(t ui.T, n access.Narrowing) string {
	var parts []string
	if len(n.Drop) > 0 {
		parts = append(parts, t("review.drops", strings.Join(n.Drop, ", ")))
	}
	for name, mask := range n.Masks {
		parts = append(parts, t("review.masks", name, t("access.mask."+string(mask))))
	}
	if len(n.DropPurposes) > 0 {
		parts = append(parts, t("review.drops_purposes", strings.Join(n.DropPurposes, ", ")))
	}
	for _, q := range []struct {
		name string
		v    int64
	}{{"calls_per_minute", n.CallsPerMinute}, {"calls_per_day", n.CallsPerDay}, {"records_per_call", n.RecordsPerCall}, {"records_per_day", n.RecordsPerDay}, {"persons_per_day", n.PersonsPerDay}} {
		if q.v > 0 {
			parts = append(parts, t("review.quota."+q.name)+": "+i18n.Number(q.v))
		}
	}
	if !n.ValidTo.IsZero() {
		parts = append(parts, t("review.ends", i18n.Date(n.ValidTo)))
	}
	return strings.Join(parts, "; ")
}
