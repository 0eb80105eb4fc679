package accountweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const proposalsPath = "/account/proposals"

// proposed keeps what needs a second person as a proposal and leads to the list of them; any other outcome is given back.
func (p *Pages) proposed(w http.ResponseWriter, r *http.Request, err error, ask account.Ask) (done bool, _ error) {
	if !fault.Is(err, "account.second_person") {
		return false, err
	}
	if _, err := p.account.Propose(r.Context(), ask); err != nil {
		return false, err
	}
	return true, web.Redirect(w, r, proposalsPath)
}

func (p *Pages) listProposals(w http.ResponseWriter, r *http.Request) error {
	all, err := p.account.Proposals(r.Context())
	if err != nil {
		return err
	}
	t, who := p.shell.T(r), access.ActorOf(r.Context())
	table := ui.TableProps{
		Caption: t("account.proposals"),
		Columns: []ui.Column{{Label: t("account.proposal_what")}, {Label: t("account.proposal_by")}, {Label: t("account.proposal_until")}, {Label: t("account.proposal_do")}},
		Empty:   ui.Empty{Icon: ui.IconAccounts, Title: t("account.proposals_none"), Text: t("account.proposals_none_text")},
	}
	for _, one := range all {
		table.Rows = append(table.Rows, ui.Cells(ui.Two(t("account.proposal."+string(one.Kind), one.FullName, one.Username), roleNames(t, one.Roles)),
			ui.Two(one.ByName, i18n.DateTime(one.At)), ui.Moment(one.ValidTo), ui.Group(p.proposalSteps(t, who, one)...)))
	}
	return p.shell.Render(w, r, web.Page{Title: t("account.proposals"), Crumbs: []ui.Crumb{{Label: t("account.proposals")}},
		Body: proposalsPage(ui.Head{Title: t("account.proposals"), Lead: t("account.proposals_lead")}, table)})
}

// proposalSteps are what the reader may do: the proposer takes it back, a second person confirms or refuses.
func (p *Pages) proposalSteps(t ui.T, who access.Actor, one *account.Proposal) []templ.Component {
	path := proposalsPath + "/" + one.ID
	refuse := ui.Button(ui.Action{Label: t("account.proposal_refuse"), Path: path + "/refuse", Post: true, Kind: ui.Danger})
	if who.ID == one.By || who.ID == one.Account {
		return []templ.Component{ui.Muted(t("account.proposal_other")), refuse}
	}
	return []templ.Component{ui.Button(ui.Action{Label: t("account.proposal_confirm"), Path: path + "/confirm", Post: true, Kind: ui.Primary, Confirm: t("account.proposal_sure")}), refuse}
}

func (p *Pages) confirmProposal(w http.ResponseWriter, r *http.Request) error {
	_, token, err := p.account.Confirm(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if token != "" {
		return p.renderLinkOnce(w, r, token.Reveal())
	}
	return web.Redirect(w, r, proposalsPath)
}

func (p *Pages) refuseProposal(w http.ResponseWriter, r *http.Request) error {
	if err := p.account.Refuse(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, proposalsPath)
}

func (p *Pages) proposalOperations(api *web.API) {
	op := func(id, method, path string, perm access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: "account-" + id, Method: method, Path: "/account/proposals" + path, Permission: perm, Tag: "account", Summary: summary}
	}
	web.Op(api, op("proposals", http.MethodGet, "", access.AccountConfirm, "Proposals about operator accounts that wait for a second person"), p.opProposals)
	web.Op(api, op("propose", http.MethodPost, "", access.AccountChange, "Propose what a second person must confirm: accounts and roles of the operator, their resets and identities"), p.opPropose)
	web.Op(api, op("proposal-confirm", http.MethodPost, "/{id}/confirm", access.AccountConfirm, "Confirm somebody else's proposal; for a new or reset account the answer holds the one-time token"), p.opConfirm)
	web.Op(api, op("proposal-refuse", http.MethodPost, "/{id}/refuse", access.AccountConfirm, "Refuse a proposal, or take one's own back"), p.opRefuse)
}

type proposalsOut struct {
	Body struct {
		Proposals []*account.Proposal `json:"proposals"`
	}
}

func (p *Pages) opProposals(ctx context.Context, _ *struct{}) (*proposalsOut, error) {
	all, err := p.account.Proposals(ctx)
	if err != nil {
		return nil, err
	}
	out := &proposalsOut{}
	out.Body.Proposals = append([]*account.Proposal{}, all...)
	return out, nil
}

type proposalOut struct{ Body *account.Proposal }

func (p *Pages) opPropose(ctx context.Context, in *struct{ Body account.Ask }) (*proposalOut, error) {
	got, err := p.account.Propose(ctx, in.Body)
	return &proposalOut{got}, err
}

type proposalIn struct {
	ID string `path:"id" maxLength:"64"`
}

func (p *Pages) opConfirm(ctx context.Context, in *proposalIn) (*accountCreated, error) {
	a, token, err := p.account.Confirm(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &accountCreated{}
	out.Body.Account, out.Body.Token = a, token.Reveal()
	return out, nil
}

func (p *Pages) opRefuse(ctx context.Context, in *proposalIn) (*struct{}, error) {
	return nil, p.account.Refuse(ctx, in.ID)
}
