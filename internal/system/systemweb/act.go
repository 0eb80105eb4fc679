package systemweb

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// actForm holds the answers of every step; each step reads its own.
type actForm struct {
	Reason  string `form:"reason"`
	ValidTo string `form:"valid_to"`
	Label   string `form:"label"`
	JWK     string `form:"jwk"`
	Method  string `form:"method"`
	Bound   bool   `form:"bound"`
	CSR     string `form:"csr"`
	Days    int    `form:"days"`
	Overlap int    `form:"overlap_days"`
	Code    string `form:"code"`
	levelForm
	planForm
}

// act is one step on a system with a page of its own: what it asks, and what it does. A step that makes a secret answers
// with the page that shows it.
type act struct {
	pattern    string
	permission access.Permission
	key        string // of its title; key_lead says what follows from it
	danger     bool
	icon       ui.Icon
	anchor     string // part of the system's page that shows what was done
	upload     bool   // the form carries a file
	hidden     func(f actForm) []ui.Hidden
	start      func(s *system.System) actForm
	begin      func(ctx context.Context, r *http.Request, s *system.System) (actForm, []ui.Pair, error) // instead of start: with what is known already
	fields     func(t ui.T, f actForm, errs ui.FormErrors) []templ.Component
	do         func(ctx context.Context, r *http.Request, f actForm) (shown *system.Issued, err error)
}

func (p *Pages) acts() []act {
	return append(append(p.certificateActs(), p.levelActs()...), []act{
		{pattern: "/system/{id}/suspend", permission: access.AccessSuspend, key: "system.suspend", icon: ui.IconPaused, danger: true, fields: reasonField, do: p.suspend},
		{pattern: "/system/{id}/resume", permission: access.AccessSuspend, key: "system.resume", icon: ui.IconStart, fields: reasonField, do: p.resume},
		{pattern: "/system/{id}/credential/{cid}/pick-up", permission: access.SystemSecret, key: "system.pick_up", icon: ui.IconGrant, fields: noFields, do: p.pickUp},
		{pattern: "/system/{id}/credential/{cid}/rotate", permission: access.SystemSecret, key: "system.rotate", icon: ui.IconRetry, fields: noFields, do: p.rotate},
		{pattern: "/system/{id}/credential", permission: access.SystemCredential, key: "system.issue", icon: ui.IconGrant, start: p.startCredential, fields: credentialFields, do: p.issue},
		{pattern: "/system/{id}/credential/{cid}/revoke", permission: access.SystemCredential, key: "system.revoke", icon: ui.IconStopped, danger: true, fields: reasonField, do: p.revoke},
		{pattern: "/system/{id}/client-key", permission: access.SystemCredential, key: "system.client_key_add", icon: ui.IconProof, start: p.startCredential, fields: clientKeyFields, do: p.addClientKey},
		{pattern: "/system/{id}/client-key/{kid}/revoke", permission: access.SystemCredential, key: "system.client_key_revoke", icon: ui.IconStopped, danger: true, fields: reasonField, do: p.revokeClientKey},
		{pattern: "/system/{id}/certificate-bound", permission: access.SystemCredential, key: "system.bound", icon: ui.IconProof, start: startBound, fields: boundFields, do: p.bind},
		{pattern: "/system/{id}/officer-key", permission: access.SystemCredential, key: "system.key_add", icon: ui.IconProof, fields: keyFields, do: p.addKey},
	}...)
}

// ask shows the page of a step.
func (p *Pages) ask(a act) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.actPage(w, r, a, nil, nil)
	}
}

// take does a step.
func (p *Pages) take(a act) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var form actForm
		err := a.decode(r, &form)
		var issued *system.Issued
		if err == nil {
			issued, err = a.do(r.Context(), r, form)
		}
		if err != nil {
			return p.actPage(w, r, a, &form, err)
		}
		if issued != nil {
			return p.showSecret(w, r, issued)
		}
		http.Redirect(w, r, path(r.PathValue("id"))+a.anchor, http.StatusSeeOther)
		return nil
	}
}

// decode reads the form of a step, with its file.
func (a act) decode(r *http.Request, form *actForm) error {
	if !a.upload || !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return web.Decode(r, form)
	}
	return web.DecodeUpload(r, form, func(u web.Upload) (err error) {
		if u.Field == "file" && form.file == nil {
			form.file, err = system.ReadAttached(u.Name, u.Body)
		}
		return err
	})
}

// actPage asks what a step needs, with what a refused one was refused for.
func (p *Pages) actPage(w http.ResponseWriter, r *http.Request, a act, form *actForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	s, err := p.systems.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	start := actForm{}
	var known []ui.Pair
	switch {
	case a.begin != nil:
		if start, known, err = a.begin(r.Context(), r, s); err != nil {
			return err
		}
	case a.start != nil:
		start = a.start(s)
	}
	if form == nil {
		form = &start
	}
	t := p.shell.T(r)
	var hidden []ui.Hidden
	if a.hidden != nil {
		hidden = a.hidden(*form)
	}
	page := web.Page{
		Title: t(a.key), Crumbs: []ui.Crumb{{Label: t("system.register"), Path: "/system"}, {Label: s.Name, Path: path(s.ID)}, {Label: t(a.key)}}, Narrow: true,
		Body: actBody(ui.Head{Eyebrow: s.Name, Title: t(a.key), Lead: t(a.key + "_lead")},
			ui.FormProps{Action: r.URL.EscapedPath(), Submit: t(a.key), Icon: a.icon, Danger: a.danger, Cancel: path(s.ID), Errors: errs, Upload: a.upload, Hidden: hidden}, known, a.fields(t, *form, errs)),
	}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// showSecret shows a new secret. Invariant 1: there is no redirect, for its address would have to carry the secret.
func (p *Pages) showSecret(w http.ResponseWriter, r *http.Request, i *system.Issued) error {
	s, err := p.systems.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	w.Header().Set("Cache-Control", "no-store")
	return p.shell.Render(w, r, web.Page{
		Title: t("system.issued"), Crumbs: []ui.Crumb{{Label: t("system.register"), Path: "/system"}, {Label: s.Name, Path: path(s.ID)}, {Label: t("system.issued")}}, Narrow: true, Status: http.StatusCreated,
		Body: secretPage(secretView{
			T: t, Head: ui.Head{Eyebrow: s.Name, Title: t("system.issued"), Lead: t("system.issued_lead", i18n.DateTime(i.Credential.ValidTo))},
			ClientID: i.Credential.ClientID, Secret: i.Secret.Reveal(), Back: ui.Action{Label: t("system.back"), Path: path(s.ID), Icon: ui.IconBack, Kind: ui.Primary},
		}),
	})
}

func (p *Pages) suspend(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	_, err := p.systems.Suspend(ctx, r.PathValue("id"), f.Reason)
	return nil, err
}

func (p *Pages) resume(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	_, err := p.systems.Resume(ctx, r.PathValue("id"), f.Reason)
	return nil, err
}

func (p *Pages) issue(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	to, wrong := day("valid_to", f.ValidTo)
	if wrong != nil {
		return nil, wrong
	}
	_, err := p.systems.IssueClient(ctx, r.PathValue("id"), system.Method(cmp.Or(f.Method, string(system.BySecret))), f.Label, to)
	return nil, err
}

func (p *Pages) pickUp(ctx context.Context, r *http.Request, _ actForm) (*system.Issued, error) {
	issued, err := p.systems.PickUp(ctx, r.PathValue("id"), r.PathValue("cid"))
	return &issued, err
}

func (p *Pages) rotate(ctx context.Context, r *http.Request, _ actForm) (*system.Issued, error) {
	issued, err := p.systems.Rotate(ctx, r.PathValue("id"), r.PathValue("cid"))
	return &issued, err
}

// noFields: the step asks nothing but whether it is meant.
func noFields(ui.T, actForm, ui.FormErrors) []templ.Component { return nil }

func (p *Pages) revoke(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	return nil, p.systems.RevokeCredential(ctx, r.PathValue("id"), r.PathValue("cid"), f.Reason)
}

func (p *Pages) addKey(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	_, err := p.systems.AddOfficerKey(ctx, r.PathValue("id"), f.JWK)
	return nil, err
}
