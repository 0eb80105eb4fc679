package systemweb

import (
	"context"
	"net/http"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// clientKeysCard shows the keys with which the system signs for itself, those in force first to be acted upon.
func (p *Pages) clientKeysCard(ctx context.Context, t ui.T, s *system.System, who access.Actor) (*part, error) {
	list, err := p.systems.ClientKeys(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	may, now := who.Can(access.SystemCredential), p.clock.Now()
	c := &part{Card: ui.CardProps{ID: "client-keys", Title: t("system.client_keys"), Lead: t("system.client_keys_lead"), Flush: true}, Table: ui.TableProps{
		Caption: t("system.client_keys"), Columns: []ui.Column{{Label: t("system.kid")}, {Label: t("system.credential_to")}, {Label: t("system.col_state")}},
		Empty: ui.Empty{Icon: ui.IconProof, Title: t("system.client_keys_none"), Text: t("system.client_keys_none_text")},
	}}
	if may {
		c.Card.Actions = []ui.Action{{Label: t("system.client_key_add"), Path: path(s.ID) + "/client-key", Icon: ui.IconAdd}}
	}
	for _, k := range list {
		state := []templ.Component{ui.Badge(keyState(t, k, now))}
		if k.RevokedReason != "" {
			state = append(state, ui.Muted(k.RevokedReason))
		}
		if may && k.ValidAt(now) {
			state = append(state, ui.Button(ui.Action{Label: t("system.revoke"), Path: path(s.ID) + "/client-key/" + k.ID + "/revoke", Icon: ui.IconStopped, Kind: ui.Danger}))
		}
		c.Table.Rows = append(c.Table.Rows, ui.Cells(ui.Group(named(k.KID, k.Label, ui.Muted(k.Alg))...),
			ui.Two(i18n.DateTime(k.ValidTo), t("system.made", i18n.DateTime(k.CreatedAt))), ui.Group(state...)))
	}
	return c, nil
}

// named is an id with what it is for, where that was said, and more.
func named(id, label string, more templ.Component) []templ.Component {
	if label == "" {
		return []templ.Component{ui.Mono(id), more}
	}
	return []templ.Component{ui.Mono(id), ui.Muted(label), more}
}

func keyState(t ui.T, k *system.ClientKey, now time.Time) ui.State {
	return credentialState(t, &system.Credential{ValidTo: k.ValidTo, RevokedAt: k.RevokedAt}, now)
}

func methodField(t ui.T, f actForm, errs ui.FormErrors) templ.Component {
	c := ui.Choice{Field: ui.Field{Name: "method", Label: t("system.method"), Error: errs.Of("method"), Required: true}}
	for _, m := range system.Methods() {
		on := f.Method == string(m) || f.Method == "" && m == system.BySecret
		c.Options = append(c.Options, ui.Option{Value: string(m), Label: t("system.method_" + string(m)), Hint: t("system.method_hint_" + string(m)), On: on})
	}
	return ui.Radios(c)
}

func clientKeyFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	return append([]templ.Component{ui.Textarea(ui.Field{
		Name: "jwk", Label: t("system.client_key"), Hint: t("system.client_key_hint"), Value: f.JWK, Error: errs.Of("jwk"), Required: true, Rows: 8, MaxLength: 8000,
	})}, credentialEnd(t, f, errs)...)
}

func startBound(s *system.System) actForm { return actForm{Bound: s.CertificateBound} }

func boundFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	on := ""
	if f.Bound {
		on = "1"
	}
	return append([]templ.Component{ui.Checkbox(ui.Field{Name: "bound", Label: t("system.bound_check"), Hint: t("system.bound_hint"), Value: on})}, reasonField(t, f, errs)...)
}

func (p *Pages) addClientKey(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	to, wrong := day("valid_to", f.ValidTo)
	if wrong != nil {
		return nil, wrong
	}
	_, err := p.systems.AddClientKey(ctx, r.PathValue("id"), f.JWK, f.Label, to)
	return nil, err
}

func (p *Pages) revokeClientKey(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	return nil, p.systems.RevokeClientKey(ctx, r.PathValue("id"), r.PathValue("kid"), f.Reason)
}

func (p *Pages) bind(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	_, err := p.systems.BindCertificates(ctx, r.PathValue("id"), f.Bound, f.Reason)
	return nil, err
}
