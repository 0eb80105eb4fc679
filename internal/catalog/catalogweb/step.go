package catalogweb

import (
	"context"
	"net/http"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// stepForm is what a step may ask; each asks part of it. The names are those of the register's faults.
type stepForm struct {
	NotSecret   bool   `form:"declaration"`
	Attest      bool   `form:"attestation"`
	Comments    string `form:"comments"`
	Basis       string `form:"basis"`
	Decision    string `form:"decision"`
	Reason      string `form:"reason"`
	Replacement string `form:"replacement"`
	Agency      string `form:"agency"`
	System      string `form:"official_system"`
	From        string `form:"from"`
}

// step is one thing that can be done with a dataset.
type step struct {
	verb       string // last part of the address; its messages are catalog.do.<verb> and catalog.do.<verb>_lead
	permission access.Permission
	icon       ui.Icon
	danger     bool
	offered    func(d catalog.Dataset) bool // whether the state takes it
	fields     func(ctx context.Context, f filler) ([]templ.Component, error)
	take       func(ctx context.Context, id catalog.ID, in stepForm) (catalog.Dataset, error)
}

func leadsTo(to catalog.State) func(catalog.Dataset) bool {
	return func(d catalog.Dataset) bool { return slices.Contains(d.State.Next(), to) }
}

// steps in the order in which a page offers them.
func (p *Pages) steps() []step {
	c := p.Catalog
	return []step{
		{verb: "register", permission: access.CatalogRegister, icon: ui.IconSend, offered: leadsTo(catalog.Registered), fields: declarations,
			take: func(ctx context.Context, id catalog.ID, in stepForm) (catalog.Dataset, error) {
				return c.Register(ctx, id, in.NotSecret, in.Attest)
			}},
		{verb: "review", permission: access.CatalogReview, icon: ui.IconReview, offered: leadsTo(catalog.Reviewed), fields: textField("basis", true),
			take: func(ctx context.Context, id catalog.ID, in stepForm) (catalog.Dataset, error) {
				return c.Review(ctx, id, in.Basis)
			}},
		{verb: "return", permission: access.CatalogReview, icon: ui.IconBack, offered: leadsTo(catalog.Returned), fields: textField("comments", true),
			take: func(ctx context.Context, id catalog.ID, in stepForm) (catalog.Dataset, error) {
				return c.Return(ctx, id, in.Comments)
			}},
		{verb: "approve", permission: access.CatalogApprove, icon: ui.IconDone, fields: noFields, offered: func(d catalog.Dataset) bool {
			return d.State == catalog.Reviewed && d.Classification.Scope != catalog.Private
		}, take: func(ctx context.Context, id catalog.ID, _ stepForm) (catalog.Dataset, error) {
			return c.Approve(ctx, id)
		}},
		{verb: "accept-schema", permission: access.CatalogReview, icon: ui.IconDone, fields: noFields,
			offered: func(d catalog.Dataset) bool { return d.State == catalog.ChangePending },
			take: func(ctx context.Context, id catalog.ID, _ stepForm) (catalog.Dataset, error) {
				return c.AcceptSchema(ctx, id)
			}},
		{verb: "resume", permission: access.CatalogReview, icon: ui.IconStart, fields: noFields,
			offered: func(d catalog.Dataset) bool { return d.State == catalog.Suspended },
			take: func(ctx context.Context, id catalog.ID, _ stepForm) (catalog.Dataset, error) {
				return c.Resume(ctx, id)
			}},
		{verb: "suspend", permission: access.CatalogReview, icon: ui.IconPaused, danger: true, offered: leadsTo(catalog.Suspended), fields: textField("reason", true),
			take: func(ctx context.Context, id catalog.ID, in stepForm) (catalog.Dataset, error) {
				return c.Suspend(ctx, id, in.Reason)
			}},
		{verb: "transfer", permission: access.CatalogTransfer, icon: ui.IconAgency, fields: p.transferFields, take: p.transfer,
			offered: func(d catalog.Dataset) bool { return d.State != catalog.Retired }},
		{verb: "retire", permission: access.CatalogApprove, icon: ui.IconStopped, danger: true, offered: leadsTo(catalog.Retiring), fields: retireFields,
			take: func(ctx context.Context, id catalog.ID, in stepForm) (catalog.Dataset, error) {
				return c.Retire(ctx, id, catalog.Code(in.Replacement), in.Reason)
			}},
		{verb: "end", permission: access.CatalogApprove, icon: ui.IconStopped, danger: true, offered: leadsTo(catalog.Retired), fields: noFields, take: p.end},
	}
}

func noFields(context.Context, filler) ([]templ.Component, error) { return nil, nil }

func declarations(_ context.Context, f filler) ([]templ.Component, error) {
	return []templ.Component{
		ui.Checkbox(must(f.box("declaration", "catalog.declaration", false))),
		ui.Checkbox(must(f.box("attestation", "catalog.attestation", false))),
	}, nil
}

// textField is a step that asks one text, long or short.
func textField(name string, long bool) func(context.Context, filler) ([]templ.Component, error) {
	return func(_ context.Context, f filler) ([]templ.Component, error) {
		x := hinted(must(f.field(name, "catalog."+name, "")), f.t("catalog."+name+"_hint"))
		x.MaxLength = 2000
		if long {
			return []templ.Component{ui.Textarea(x)}, nil
		}
		return []templ.Component{ui.Input(x)}, nil
	}
}

func retireFields(_ context.Context, f filler) ([]templ.Component, error) {
	return []templ.Component{
		ui.Input(short(hinted(f.field("replacement", "catalog.replacement", ""), f.t("catalog.replacement_hint")))),
		ui.Textarea(hinted(f.field("reason", "catalog.reason", ""), f.t("catalog.reason_hint"))),
	}, nil
}

func (p *Pages) transferFields(ctx context.Context, f filler) ([]templ.Component, error) {
	agencies, err := p.Sources.Agencies(ctx)
	if err != nil {
		return nil, err
	}
	return []templ.Component{
		ui.Select(choice(must(f.field("agency", "catalog.new_owner", "")), named(agencies))),
		ui.Input(short(hinted(must(f.field("official_system", "catalog.new_system", "")), f.t("catalog.new_system_hint")))),
		ui.Input(hinted(must(f.field("decision", "catalog.decision", "")), f.t("catalog.decision_hint"))),
		ui.Input(must(f.date("from", "catalog.from", ""))),
	}, nil
}

// transfer takes effect at the beginning of a day in Viet Nam.
func (p *Pages) transfer(ctx context.Context, id catalog.ID, in stepForm) (catalog.Dataset, error) {
	var from time.Time
	if in.From != "" {
		day, problem := dictionary.ParseDay(in.From)
		if problem != nil {
			return catalog.Dataset{}, problem.Fault("from")
		}
		y, m, d := day.Time().Date()
		from = time.Date(y, m, d, 0, 0, 0, 0, i18n.Zone)
	}
	if in.Agency == "" {
		return catalog.Dataset{}, fault.New(fault.Invalid, "catalog.owner_required").At("agency")
	}
	return p.Catalog.TransferOwner(ctx, id, in.Agency, in.System, in.Decision, from)
}

// end counts the grants that would lose their data.
func (p *Pages) end(ctx context.Context, id catalog.ID, _ stepForm) (catalog.Dataset, error) {
	d, err := p.Catalog.Find(ctx, id)
	if err != nil {
		return d, err
	}
	left, err := p.Sources.GrantsLeft(ctx, d.Code)
	if err != nil {
		return d, err
	}
	return p.Catalog.End(ctx, id, left)
}

// mayTake reports that the step is this person's to take now.
func mayTake(a access.Actor, s step, d catalog.Dataset) bool {
	return a.CanFor(s.permission, d.Owner) && s.offered(d)
}

func (p *Pages) showStep(s step) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		d, err := p.find(r)
		if err != nil {
			return err
		}
		return p.stepPage(w, r, s, d, nil)
	}
}

func (p *Pages) takeStep(s step) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var in stepForm
		if err := web.Decode(r, &in); err != nil {
			return err
		}
		d, err := p.find(r)
		if err != nil {
			return err
		}
		_, err = s.take(r.Context(), d.ID, in)
		if fault.Is(err, "catalog.wrong_state") && s.verb == "register" && d.RegisteredBy == access.ActorOf(r.Context()).ID {
			err = nil // sent twice, or again from the page before: it is registered
		}
		if err != nil {
			return p.stepPage(w, r, s, d, err)
		}
		http.Redirect(w, r, path(d.Code)+"?tab=status", http.StatusSeeOther)
		return nil
	}
}

func (p *Pages) stepPage(w http.ResponseWriter, r *http.Request, s step, d catalog.Dataset, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	if _, err := access.RequireFor(r.Context(), s.permission, d.Owner); err != nil {
		return err
	}
	t := p.shell.T(r)
	f := filler{t: t, errors: errs}
	if shown {
		f.typed = r.PostForm
	}
	fields, err := s.fields(r.Context(), f)
	if err != nil {
		return err
	}
	own, elsewhere := parted(t, d, errs, s)
	title := t("catalog.do." + s.verb)
	state := stateOf(t, d.State)
	view := pageView{Head: ui.Head{Eyebrow: string(d.Code), Title: d.Name, State: &state}, Above: elsewhere}
	view.Main = []part{{
		Card: ui.CardProps{Title: title, Lead: t("catalog.do." + s.verb + "_lead")},
		Body: []templ.Component{form(ui.FormProps{Action: path(d.Code) + "/" + s.verb, Submit: title, Icon: s.icon, Danger: s.danger, Cancel: path(d.Code), Errors: own}, fields)},
	}}
	if !s.offered(d) && !shown {
		view.Main[0].Body = []templ.Component{ui.EmptyState(ui.Empty{Icon: s.icon, Title: t("catalog.step_over"), Text: t("catalog.step_over_text", t("catalog.state."+string(d.State))), Action: &ui.Action{Label: t("catalog.back"), Path: path(d.Code)}})}
	}
	page := web.Page{Title: title, Narrow: true, Crumbs: crumbs(t, d, title), Body: page(view)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// parted keeps at the step the errors that it can correct; those of the registration lead to the form that holds the
// field.
func parted(t ui.T, d catalog.Dataset, errs ui.FormErrors, s step) (own ui.FormErrors, elsewhere []templ.Component) {
	if s.verb != "register" {
		return errs, nil
	}
	var items []ui.Action
	own.Text = errs.Text
	for _, item := range errs.Items {
		switch item.Field {
		case "declaration", "attestation":
			own.Items = append(own.Items, item)
		default:
			items = append(items, ui.Action{Label: item.Text, Path: whereToFill(d, item.Field, "")})
		}
	}
	if len(items) > 0 {
		elsewhere = []templ.Component{wrong(t("catalog.incomplete"), items)}
	}
	return own, elsewhere
}
