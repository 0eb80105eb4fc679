package systemweb

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) showSystem(w http.ResponseWriter, r *http.Request) error {
	ctx, t := r.Context(), p.shell.T(r)
	stands, err := p.systems.FindStanding(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	s := &stands.System
	who, state := access.ActorOf(ctx), statusState(t, stands.Status)
	if s.Suspended {
		state = stateOf(t, s)
	}
	v := detailView{T: t, Head: ui.Head{Eyebrow: s.ID, Title: s.Name, State: &state, Actions: headActions(t, s, who)},
		Facts: p.facts(ctx, t, s), Level: p.levelFacts(t, s),
		MayBind: who.Can(access.SystemCredential), BindPath: path(s.ID) + "/certificate-bound"}
	if s.Suspended {
		v.Suspended = &ui.Note{Tone: ui.Warn, Title: t("system.suspended_note"), Text: s.SuspendedReason}
	}
	if v.Use, err = p.useFacts(ctx, t, stands); err != nil {
		return err
	}
	v.Plan = p.planFacts(t, stands)
	v.MayPlan, v.PlanPath = who.Can(access.SystemRegister) && who.Agency == s.Owner && stands.Status != system.Connected, path(s.ID)+"/plan"
	if who.ActsFor(s.Owner) {
		if v.Dossiers, err = p.levelCard(ctx, t, s, who); err != nil {
			return err
		}
	}
	list, err := p.systems.Credentials(ctx, s.ID)
	switch {
	case err == nil:
		v.Credentials = p.credentialsCard(t, s, list, who)
		if v.ClientKeys, err = p.clientKeysCard(ctx, t, s, who); err != nil {
			return err
		}
		if v.Certificates, err = p.certificatesCard(ctx, t, s, who); err != nil {
			return err
		}
		if v.Keys, err = p.keysCard(ctx, t, s, who); err != nil {
			return err
		}
	case fault.Of(err).Kind != fault.Denied: // to others the register tells that the system is there, not how it signs in
		return err
	}
	return p.shell.Render(w, r, web.Page{
		Title: s.Name, Crumbs: []ui.Crumb{{Label: t("system.register"), Path: "/system"}, {Label: s.Name}}, Body: detailPage(v),
	})
}

func headActions(t ui.T, s *system.System, who access.Actor) []ui.Action {
	var actions []ui.Action
	if who.CanFor(access.SystemRegister, s.Owner) {
		actions = append(actions, ui.Action{Label: t("system.edit"), Path: path(s.ID) + "/edit", Icon: ui.IconEdit})
	}
	switch {
	case !who.Can(access.AccessSuspend):
	case s.Suspended:
		actions = append(actions, ui.Action{Label: t("system.resume"), Path: path(s.ID) + "/resume", Icon: ui.IconStart, Kind: ui.Primary})
	default:
		actions = append(actions, ui.Action{Label: t("system.suspend"), Path: path(s.ID) + "/suspend", Icon: ui.IconPaused, Kind: ui.Danger})
	}
	return actions
}

func (p *Pages) facts(ctx context.Context, t ui.T, s *system.System) []ui.Pair {
	pairs := []ui.Pair{
		{Name: t("system.field_id"), Value: ui.Mono(s.ID)},
		{Name: t("system.field_owner"), Value: p.body(ctx, s.Owner)},
		{Name: t("system.field_category"), Text: t("system.category." + string(s.Category))},
		{Name: t("system.field_layer"), Text: t("system.layer." + string(s.Layer))},
		{Name: t("system.field_operator"), Text: s.Operator},
		{Name: t("system.field_vendor"), Value: p.body(ctx, s.Vendor)},
		{Name: t("system.field_technology"), Text: s.Technology},
		{Name: t("system.field_address"), Value: linkOrNil(s.Address)},
		{Name: t("system.field_api"), Text: apiText(t, s)},
		{Name: t("system.field_contact"), Text: s.Contact},
		{Name: t("system.field_security_contact"), Text: s.Security},
	}
	sources := ui.Pair{Name: t("system.field_sources"), Text: t("system.sources_any")}
	if len(s.Sources) > 0 {
		sources.Value = ui.Mono(networkText(s.Sources))
	}
	return append(pairs, sources, ui.Pair{Name: t("system.registered"), Value: ui.Moment(s.CreatedAt)}, ui.Pair{Name: t("system.changed"), Value: ui.Moment(s.ChangedAt)})
}

func apiText(t ui.T, s *system.System) string {
	if s.API == "" {
		return s.APINote
	}
	text := t("system.api." + string(s.API))
	if s.APINote != "" {
		text += ". " + s.APINote
	}
	return text
}

// useFacts are what traffic shows of a system: nobody types them in (Điều 8.3a).
func (p *Pages) useFacts(ctx context.Context, t ui.T, s *system.Standing) ([]ui.Pair, error) {
	listed := ui.Badge(ui.State{Label: t("system.listed_no"), Tone: ui.Neutral})
	if s.Listed != "" {
		listed = ui.Badge(ui.State{Label: t("system.listed_by", s.Listed), Tone: ui.Info, Icon: ui.IconDecision})
	}
	pairs := []ui.Pair{
		{Name: t("system.col_status"), Value: ui.Lines(ui.Badge(statusState(t, s.Status)), ui.Muted(t("system.since", i18n.DateTime(s.Since))))},
		{Name: t("system.last_success"), Text: lastText(t, s)}, {Name: t("system.listed"), Value: listed},
	}
	if p.use == nil {
		return pairs, nil
	}
	uses, serves, err := p.use(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	return append(pairs, ui.Pair{Name: t("system.serves"), Value: datasetLinks(t, serves)}, ui.Pair{Name: t("system.uses"), Value: datasetLinks(t, uses)}), nil
}

// datasetLinks lead to datasets by their names.
func datasetLinks(t ui.T, list []Named) templ.Component {
	if len(list) == 0 {
		return ui.Muted(t("system.none"))
	}
	var links []templ.Component
	for _, d := range list {
		links = append(links, ui.LinkTwo(d.Name, "/catalog/"+d.Code, d.Code))
	}
	return ui.Lines(links...)
}

// planFacts are the plan of a system that is not connected; nothing while none is owed and none was made.
func (p *Pages) planFacts(t ui.T, s *system.Standing) []ui.Pair {
	if s.Plan == nil && s.Need == system.NeedNothing {
		return nil
	}
	pairs := []ui.Pair{{Name: t("system.col_state"), Value: ui.Badge(needState(t, s))}}
	if s.Plan != nil {
		pairs = append(pairs, ui.Pair{Name: t("system.plan_target_field"), Value: ui.Day(s.Plan.TargetAt)}, ui.Pair{Name: t("system.plan_steps_field"), Text: s.Plan.Steps},
			ui.Pair{Name: t("system.plan_obstacles_field"), Text: s.Plan.Obstacles}, ui.Pair{Name: t("system.plan_by"), Value: ui.Two(s.Plan.SetName, i18n.DateTime(s.Plan.SetAt))})
	}
	return pairs
}

// body leads to an agency's page, for those who may open it.
func (p *Pages) body(ctx context.Context, code string) templ.Component {
	switch {
	case code == "":
		return nil
	case access.ActorOf(ctx).Can(access.AgencyRead):
		return ui.LinkTwo(p.agency(ctx, code), "/agency/"+url.PathEscape(code), code)
	}
	return ui.Two(p.agency(ctx, code), code)
}

func linkOrNil(address string) templ.Component {
	if address == "" {
		return nil
	}
	return ui.Link(address, address)
}

func (p *Pages) levelFacts(t ui.T, s *system.System) []ui.Pair {
	pairs := []ui.Pair{{Name: t("system.level"), Value: ui.Badge(levelState(t, s, p.clock.Now()))}}
	if s.Level > 0 {
		decided := s.LevelDecision
		if !s.LevelDecidedAt.IsZero() {
			decided = t("system.level_decided_on", s.LevelDecision, i18n.Date(s.LevelDecidedAt))
		}
		pairs = append(pairs, ui.Pair{Name: t("system.level_decision"), Value: ui.Two(decided, s.LevelAuthority)}, ui.Pair{Name: t("system.level_to"), Value: ui.Day(s.LevelValidTo)}, ui.Pair{Name: t("system.level_review"), Value: ui.Day(s.LevelReviewAt)})
	}
	if e := s.Exception; e != nil {
		pairs = append(pairs, ui.Pair{Name: t("system.level_kind.exception"), Value: ui.Two(e.Decision, t("system.exception_until", e.Level, i18n.Date(e.To)))}, ui.Pair{Name: t("system.level_measures_field"), Text: e.Measures})
	}
	demand := ui.State{Label: t("system.bound_off"), Tone: ui.Neutral}
	if s.CertificateBound {
		demand = ui.State{Label: t("system.bound_on"), Tone: ui.Good}
	}
	return append(pairs, ui.Pair{Name: t("system.checked"), Value: ui.Day(s.CheckedAt)}, ui.Pair{Name: t("system.field_bound"), Value: ui.Badge(demand)})
}

func (p *Pages) credentialsCard(t ui.T, s *system.System, list []*system.Credential, who access.Actor) *part {
	may, now := who.Can(access.SystemCredential), p.clock.Now()
	c := &part{Card: ui.CardProps{ID: "credentials", Title: t("system.credentials"), Lead: t("system.credentials_lead"), Flush: true}, Table: ui.TableProps{
		Caption: t("system.credentials"),
		Columns: []ui.Column{{Label: t("system.client_id")}, {Label: t("system.credential_to")}, {Label: t("system.col_state")}},
		Empty:   ui.Empty{Icon: ui.IconGrant, Title: t("system.credentials_none"), Text: t("system.credentials_none_text")},
	}}
	if may {
		c.Card.Actions = []ui.Action{{Label: t("system.issue"), Path: path(s.ID) + "/credential", Icon: ui.IconAdd}}
	}
	for _, one := range list {
		how := ui.Muted(t("system.method_" + string(one.Method)))
		id := ui.Group(ui.Mono(one.ClientID), how, ui.Muted(one.Label))
		if one.Connection != "" {
			id = ui.Group(ui.Mono(one.ClientID), how, ui.Link(t("system.of_connection"), "/connections/"+one.Connection))
		}
		state := []templ.Component{ui.Badge(credentialState(t, one, now))}
		if !one.PickedUpAt.IsZero() {
			state = append(state, ui.Muted(t("system.picked_up", one.PickedUpBy, i18n.DateTime(one.PickedUpAt))))
		}
		if one.RevokedReason != "" {
			state = append(state, ui.Muted(one.RevokedReason))
		}
		if one.ValidAt(now) && one.Method == system.BySecret && who.Can(access.SystemSecret) && who.Agency == s.Owner {
			step := ui.Action{Label: t("system.rotate"), Path: path(s.ID) + "/credential/" + one.ID + "/rotate", Icon: ui.IconRetry}
			if one.Waiting() {
				step = ui.Action{Label: t("system.pick_up"), Path: path(s.ID) + "/credential/" + one.ID + "/pick-up", Icon: ui.IconGrant, Kind: ui.Primary}
			}
			state = append(state, ui.Button(step))
		}
		if may && one.ValidAt(now) {
			state = append(state, ui.Button(ui.Action{Label: t("system.revoke"), Path: path(s.ID) + "/credential/" + one.ID + "/revoke", Icon: ui.IconStopped, Kind: ui.Danger}))
		}
		c.Table.Rows = append(c.Table.Rows, ui.Cells(id, ui.Two(i18n.DateTime(one.ValidTo), t("system.made", i18n.DateTime(one.CreatedAt))), ui.Group(state...)))
	}
	return c
}

func credentialState(t ui.T, c *system.Credential, now time.Time) ui.State {
	switch {
	case !c.RevokedAt.IsZero():
		return ui.State{Label: t("system.credential_state_revoked"), Tone: ui.Bad, Icon: ui.IconStopped}
	case !c.ValidAt(now):
		return ui.State{Label: t("system.credential_state_expired"), Tone: ui.Neutral, Icon: ui.IconWaiting}
	}
	if c.Waiting() {
		return ui.State{Label: t("system.credential_state_waiting"), Tone: ui.Warn, Icon: ui.IconWaiting}
	}
	return ui.State{Label: t("system.credential_state_valid"), Tone: ui.Good}
}

func (p *Pages) keysCard(ctx context.Context, t ui.T, s *system.System, who access.Actor) (*part, error) {
	list, err := p.systems.OfficerKeys(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	may := who.Can(access.SystemCredential)
	c := &part{Card: ui.CardProps{ID: "officer-keys", Title: t("system.keys"), Lead: t("system.keys_lead"), Flush: true}, Table: ui.TableProps{
		Caption: t("system.keys"), Columns: []ui.Column{{Label: t("system.kid")}, {Label: t("system.col_made")}},
		Empty: ui.Empty{Icon: ui.IconProof, Title: t("system.keys_none"), Text: t("system.keys_none_text")},
	}}
	if may {
		c.Card.Actions = []ui.Action{{Label: t("system.key_add"), Path: path(s.ID) + "/officer-key", Icon: ui.IconAdd}}
		c.Table.Columns = append(c.Table.Columns, ui.Column{Label: t("system.actions"), Hidden: true})
	}
	for _, k := range list {
		row := ui.Cells(ui.Mono(k.ID), ui.Moment(k.CreatedAt))
		if may {
			row.Cells = append(row.Cells, ui.Button(ui.Action{
				Label: t("system.key_remove"), Path: path(s.ID) + "/officer-key/remove", Icon: ui.IconRemove, Kind: ui.Danger, Post: true,
				Confirm: t("system.key_remove_confirm", k.ID), Fields: []ui.Hidden{{Name: "kid", Value: k.ID}},
			}))
		}
		c.Table.Rows = append(c.Table.Rows, row)
	}
	return c, nil
}

func (p *Pages) removeKey(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		KID string `form:"kid"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	if err := p.systems.RemoveOfficerKey(r.Context(), r.PathValue("id"), form.KID); err != nil {
		return err
	}
	http.Redirect(w, r, path(r.PathValue("id"))+"#officer-keys", http.StatusSeeOther)
	return nil
}
