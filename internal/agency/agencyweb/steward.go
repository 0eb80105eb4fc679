package agencyweb

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

// stewardView is who answers for the agency's data, and who did.
type stewardView struct {
	Active    []ui.Pair
	Note      *ui.Note // why it is somebody else's, or that there is none
	All       ui.TableProps
	Form      ui.FormProps
	Name      ui.Field
	Account   ui.Field
	Decision  ui.Field
	Datasets  ui.Field
	Deputy    ui.Field
	From, To  ui.Field
	Designate bool
}

func (p *Pages) stewardView(ctx context.Context, t ui.T, a *agency.Agency, form stewardForm, errs ui.FormErrors) (*stewardView, error) {
	active, err := p.agencies.ActiveSteward(ctx, a.Code)
	if err != nil {
		return nil, err
	}
	all, err := p.agencies.Stewards(ctx, a.Code)
	if err != nil {
		return nil, err
	}
	may := access.ActorOf(ctx).Can(access.AgencyChange)
	v := &stewardView{All: p.designations(t, a, all, may), Designate: may, Note: p.stewardNote(ctx, t, a, active)}
	if active != nil {
		v.Active = []ui.Pair{
			{Name: t("agency.steward_name"), Text: active.Name}, {Name: t("agency.steward_deputy"), Text: active.Deputy},
			{Name: t("agency.steward_decision"), Text: active.Decision}, {Name: t("agency.steward_datasets"), Text: covered(t, active)},
			{Name: t("agency.steward_from"), Value: ui.Day(active.ValidFrom)},
		}
	}
	v.fill(t, a, form, errs)
	return v, nil
}

// stewardNote says that the steward is the parent's (Điều 2.1c), or that there is none and what that stops.
func (p *Pages) stewardNote(ctx context.Context, t ui.T, a *agency.Agency, active *agency.Steward) *ui.Note {
	switch {
	case active == nil:
		return &ui.Note{Tone: ui.Warn, Title: t("agency.steward_none"), Text: t("agency.steward_none_text")}
	case active.Agency != a.Code:
		return &ui.Note{Tone: ui.Info, Title: t("agency.steward_inherited"), Text: t("agency.steward_inherited_text", p.name(ctx, active.Agency))}
	}
	return nil
}

func covered(t ui.T, s *agency.Steward) string {
	if len(s.Datasets) == 0 {
		return t("agency.steward_all_data")
	}
	return strings.Join(s.Datasets, ", ")
}

func (p *Pages) designations(t ui.T, a *agency.Agency, all []*agency.Steward, may bool) ui.TableProps {
	props := ui.TableProps{
		Caption: t("agency.designations"),
		Columns: []ui.Column{{Label: t("agency.steward_name")}, {Label: t("agency.steward_datasets")}, {Label: t("agency.steward_period")}, {Label: t("agency.col_state")}},
		Empty:   ui.Empty{Icon: ui.IconAccounts, Title: t("agency.designations_none")},
	}
	for _, s := range all {
		state := ui.Badge(p.designationState(t, s))
		if may && p.mayEnd(s) {
			state = ui.Group(state, ui.Button(ui.Action{
				Label: t("agency.steward_end"), Path: path(a.Code) + "/steward/" + s.ID + "/end", Icon: ui.IconStopped, Kind: ui.Danger, Post: true,
				Confirm: t("agency.steward_end_confirm", s.Name),
			}))
		}
		props.Rows = append(props.Rows, ui.Cells(ui.Two(s.Name, s.Decision), ui.Text(covered(t, s)), ui.Two(period(t, s)), state))
	}
	return props
}

// period is a first day and a last.
func period(t ui.T, s *agency.Steward) (from, to string) {
	from = i18n.Date(s.ValidFrom)
	if end := endOf(s); !end.IsZero() {
		return from, t("agency.until", i18n.Date(end))
	}
	return from, t("agency.no_end")
}

func endOf(s *agency.Steward) time.Time {
	if !s.EndedAt.IsZero() {
		return s.EndedAt
	}
	return s.ValidTo
}

func (p *Pages) designationState(t ui.T, s *agency.Steward) ui.State {
	now := p.clock.Now()
	switch {
	case s.ActiveAt(now):
		return ui.State{Label: t("agency.steward_active"), Tone: ui.Good}
	case s.EndedAt.IsZero() && now.Before(s.ValidFrom):
		return ui.State{Label: t("agency.steward_future"), Tone: ui.Info}
	}
	return ui.State{Label: t("agency.steward_ended"), Tone: ui.Neutral, Icon: ui.IconStopped}
}

// mayEnd reports a designation that is in force or will be.
func (p *Pages) mayEnd(s *agency.Steward) bool {
	return s.EndedAt.IsZero() && (s.ValidTo.IsZero() || p.clock.Now().Before(s.ValidTo))
}

func (v *stewardView) fill(t ui.T, a *agency.Agency, f stewardForm, errs ui.FormErrors) {
	v.Form = ui.FormProps{Action: path(a.Code) + "/steward", Submit: t("agency.steward_save"), Icon: ui.IconDone, Errors: errs}
	field := func(name, label, value string) ui.Field {
		return ui.Field{Name: name, Label: t(label), Value: value, Error: errs.Of(name)}
	}
	v.Name = field("name", "agency.steward_name", f.Name)
	v.Name.Required, v.Name.MaxLength, v.Name.Hint = true, 200, t("agency.steward_name_hint")
	v.Decision = field("decision", "agency.steward_decision", f.Decision)
	v.Decision.Required, v.Decision.MaxLength, v.Decision.Hint = true, 200, t("agency.steward_decision_hint")
	v.Account = field("account", "agency.steward_account", f.Account)
	v.Account.Optional, v.Account.Short = true, true
	v.Datasets = field("datasets", "agency.steward_datasets", f.Datasets)
	v.Datasets.Optional, v.Datasets.Hint = true, t("agency.steward_datasets_hint")
	v.Deputy = field("deputy", "agency.steward_deputy", f.Deputy)
	v.Deputy.Optional = true
	v.From = field("valid_from", "agency.steward_from", f.ValidFrom)
	v.From.Required, v.From.Type = true, "date"
	v.To = field("valid_to", "agency.steward_to", f.ValidTo)
	v.To.Optional, v.To.Type = true, "date"
}
