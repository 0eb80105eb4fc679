package account

import (
	"context"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/secret"
)

// proposalLife is how long a proposal waits for the second person.
const proposalLife = 72 * time.Hour

// ProposalKind is what is proposed.
type ProposalKind string

// The kinds: all that gives somebody a role of the operator, or a new way into the account of one who has such a role.
const (
	ProposeCreate ProposalKind = "create"
	ProposeRoles  ProposalKind = "roles"
	ProposeReset  ProposalKind = "reset"
	ProposeLink   ProposalKind = "link"
)

// ProposalState is how far a proposal has come.
type ProposalState string

// The states of a proposal.
const (
	ProposalOpen      ProposalState = "open"
	ProposalConfirmed ProposalState = "confirmed"
	ProposalRefused   ProposalState = "refused"
	ProposalExpired   ProposalState = "expired"
)

// Proposal waits for a second person (section 6.5 of the requirements).
type Proposal struct {
	ID         string        `json:"id"`
	Kind       ProposalKind  `json:"kind"`
	Account    string        `json:"account,omitempty" doc:"Id of the account; absent for a new one"`
	Username   string        `json:"username"`
	FullName   string        `json:"full_name"`
	New        *New          `json:"new,omitempty"`
	Roles      []access.Role `json:"roles,omitempty" doc:"Roles that the account would have"`
	Provider   string        `json:"provider,omitempty"`
	Subject    string        `json:"subject,omitempty"`
	By         string        `json:"proposed_by" doc:"Account of the proposer"`
	ByName     string        `json:"proposed_by_name"`
	At         time.Time     `json:"proposed_at"`
	ValidTo    time.Time     `json:"valid_to" doc:"After that it can no longer be confirmed"`
	State      ProposalState `json:"state"`
	Decided    string        `json:"decided_by,omitempty"`
	DecidedAt  time.Time     `json:"decided_at,omitzero"`
	ChangedWas time.Time     `json:"account_changed_at,omitzero" doc:"Last change of the account when it was proposed: a later one makes the proposal void"`
}

// Ask is what somebody proposes; each kind reads its own part.
type Ask struct {
	Kind     ProposalKind  `json:"kind" enum:"create,roles,reset,link"`
	Account  string        `json:"account,omitempty" doc:"Id of the account; for all kinds but create"`
	New      *New          `json:"new,omitempty" doc:"For create"`
	Roles    []access.Role `json:"roles,omitempty" doc:"For roles"`
	Provider string        `json:"provider,omitempty" doc:"For link"`
	Subject  string        `json:"subject,omitempty" doc:"For link"`
}

// guarded reports a role whose holder works for the whole province: nobody alone may give it, or open its holder's account.
func guarded(roles []access.Role) bool { return slices.ContainsFunc(roles, access.Role.Province) }

// alone upholds invariant 10. While the platform is being set up there is no second person; who holds the server itself
// needs none.
func (s *Service) alone(ctx context.Context, q controldb.Querier, who access.Actor, roles []access.Role) error {
	if !guarded(roles) || who.Auth == access.AuthLocal {
		return nil
	}
	over, err := s.setUpOver(ctx, q)
	if err != nil {
		return err
	}
	if over {
		return fault.New(fault.Conflict, "account.second_person")
	}
	return nil
}

// setUpOver reports that two people could once confirm each other. It is kept, so that disabling one of them does not bring
// the time back in which one person may do everything.
func (s *Service) setUpOver(ctx context.Context, q controldb.Querier) (bool, error) {
	over, err := setUpEnded(ctx, q)
	if err != nil || over {
		return over, err
	}
	n, err := countConfirmers(ctx, q)
	if err != nil || n < 2 {
		return false, err
	}
	if err := endSetUp(ctx, q, s.Clock.Now()); err != nil {
		return false, err
	}
	return true, s.Log.Change(ctx, q, audit.Entry{Actor: access.JobActor("account set-up").ForAudit(), Event: "account.set_up_end", Subject: "account.set_up/platform"})
}

// SetUpRuns tells whether one administrator still acts alone; a page says so.
func (s *Service) SetUpRuns(ctx context.Context) (bool, error) {
	over, err := setUpEnded(ctx, s.DB)
	if err != nil || over {
		return false, err
	}
	n, err := countConfirmers(ctx, s.DB)
	return n < 2, err
}

// Propose keeps what another administrator or security officer must confirm.
func (s *Service) Propose(ctx context.Context, ask Ask) (*Proposal, error) {
	who, err := access.Require(ctx, access.AccountChange)
	if err != nil {
		return nil, err
	}
	if who.ID == ask.Account {
		return nil, fault.New(fault.Denied, "account.own_account")
	}
	now := s.Clock.Now()
	p := &Proposal{ID: ids.New(), Kind: ask.Kind, By: who.ID, ByName: who.Name, At: now, ValidTo: now.Add(proposalLife), State: ProposalOpen}
	if err := s.fillProposal(ctx, p, ask, who); err != nil {
		return nil, err
	}
	return p, s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := saveProposal(ctx, q, p); err != nil {
			return err
		}
		return s.noteProposal(ctx, q, who, p, "account.propose")
	})
}

// fillProposal checks what is asked as if it were done now, so that nobody is asked to confirm what cannot be.
func (s *Service) fillProposal(ctx context.Context, p *Proposal, ask Ask, who access.Actor) error {
	if ask.Kind == ProposeCreate {
		if ask.New == nil {
			return fault.New(fault.Invalid, "account.proposal_form").At("new")
		}
		n := *ask.New
		n.Password, n.TOTPSecret = "", ""
		a := s.fresh(n, who.ID)
		if err := s.checked(ctx, a); err != nil {
			return err
		}
		if taken, err := findByName(ctx, s.DB, a.Username); err != nil {
			return err
		} else if taken != nil {
			return fault.New(fault.Conflict, "account.username_taken", a.Username).At("username")
		}
		p.New, p.Username, p.FullName, p.Roles = &n, a.Username, a.FullName, n.Roles
		return nil
	}
	a, err := findAccount(ctx, s.DB, ask.Account)
	if err != nil {
		return err
	}
	p.Account, p.Username, p.FullName, p.Roles, p.ChangedWas = a.ID, a.Username, a.FullName, a.Roles, a.ChangedAt
	switch ask.Kind {
	case ProposeRoles:
		a.Roles, p.Roles = slices.Clone(ask.Roles), slices.Clone(ask.Roles)
		return a.check(s.Operator)
	case ProposeReset:
		return nil
	case ProposeLink:
		p.Provider, p.Subject = ask.Provider, ask.Subject
		return s.linkable(ask.Provider, ask.Subject)
	}
	return fault.New(fault.Invalid, "account.proposal_form").At("kind")
}

// Confirm does what was proposed, by a second person. Of a new or reset account it gives the one-time token.
func (s *Service) Confirm(ctx context.Context, id string) (*Account, secret.Redacted, error) {
	who, err := access.Require(ctx, access.AccountConfirm)
	if err != nil {
		return nil, "", err
	}
	var out *Account
	shown, token := false, secret.NewToken(24)
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		p, err := s.waiting(ctx, q, id)
		if err != nil {
			return err
		}
		shown = p.Kind == ProposeCreate || p.Kind == ProposeReset
		if who.ID == p.By || who.ID == p.Account { // neither one's own proposal, nor one for oneself
			return fault.New(fault.Denied, "account.second_person_same")
		}
		if out, err = s.carryOut(ctx, q, who, p, token); err != nil {
			return err
		}
		return s.decided(ctx, q, who, p, ProposalConfirmed)
	})
	if err != nil {
		return nil, "", err
	}
	if !shown {
		token = ""
	}
	return out, secret.Redacted(token), nil
}

// Refuse ends a proposal that is not confirmed; the proposer may take it back too.
func (s *Service) Refuse(ctx context.Context, id string) error {
	who, err := access.Require(ctx, access.AccountConfirm)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		p, err := s.waiting(ctx, q, id)
		if err != nil {
			return err
		}
		return s.decided(ctx, q, who, p, ProposalRefused)
	})
}

// Proposals lists those that wait, the oldest first.
func (s *Service) Proposals(ctx context.Context) ([]*Proposal, error) {
	if _, err := access.Require(ctx, access.AccountConfirm); err != nil {
		return nil, err
	}
	all, err := listProposals(ctx, s.DB)
	now := s.Clock.Now()
	return slices.DeleteFunc(all, func(p *Proposal) bool { return !now.Before(p.ValidTo) }), err
}

// ExpireProposals ends those that nobody confirmed in time. A job calls it.
func (s *Service) ExpireProposals(ctx context.Context) error {
	who, now := access.ActorOf(ctx), s.Clock.Now()
	if who.Type != access.Job {
		return fault.New(fault.Denied, "access.permission_missing", access.AccountConfirm)
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		all, err := listProposals(ctx, q)
		if err != nil {
			return err
		}
		for _, p := range all {
			if now.Before(p.ValidTo) {
				continue
			}
			if err := s.decided(ctx, q, who, p, ProposalExpired); err != nil {
				return err
			}
		}
		return nil
	})
}

// waiting finds a proposal that can still be decided.
func (s *Service) waiting(ctx context.Context, q controldb.Querier, id string) (*Proposal, error) {
	p, err := findProposal(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if p.State != ProposalOpen || !s.Clock.Now().Before(p.ValidTo) {
		return nil, fault.New(fault.Conflict, "account.proposal_over")
	}
	return p, nil
}

// carryOut does what was proposed, by the rules of now.
func (s *Service) carryOut(ctx context.Context, q controldb.Querier, who access.Actor, p *Proposal, token string) (*Account, error) {
	if p.Kind == ProposeCreate {
		a := s.fresh(*p.New, p.By)
		if err := s.checked(ctx, a); err != nil {
			return nil, err
		}
		if err := s.insert(ctx, q, who, a); err != nil {
			return nil, err
		}
		return a, insertLink(ctx, q, secret.HashToken(token), a.ID, s.Clock.Now().Add(linkLife))
	}
	event, do := "account.reset", s.reset(ctx, token)
	switch p.Kind {
	case ProposeRoles:
		event, do = "account.roles", s.newRoles(p.Roles)
	case ProposeLink:
		event, do = "account.identity", s.newLink(ctx, p.By, p.Provider, p.Subject)
	}
	return s.changeIn(ctx, q, who, p.Account, event, func(q controldb.Querier, a *Account) (map[string]string, error) {
		if !a.ChangedAt.Equal(p.ChangedWas) {
			return nil, fault.New(fault.Conflict, "account.proposal_stale")
		}
		detail, err := do(q, a)
		if detail != nil {
			detail["proposal"], detail["proposed_by"] = p.ID, p.ByName
		}
		return detail, err
	})
}

func (s *Service) decided(ctx context.Context, q controldb.Querier, who access.Actor, p *Proposal, state ProposalState) error {
	p.State, p.Decided, p.DecidedAt = state, who.Name, s.Clock.Now()
	if err := saveProposal(ctx, q, p); err != nil {
		return err
	}
	return s.noteProposal(ctx, q, who, p, "account.proposal_"+string(state))
}

// noteProposal records a step of a proposal, and tells whoever keeps the inbox.
func (s *Service) noteProposal(ctx context.Context, q controldb.Querier, who access.Actor, p *Proposal, event string) error {
	if s.Proposed != nil {
		if err := s.Proposed(ctx, q, p); err != nil {
			return err
		}
	}
	detail := map[string]string{"account": p.Username, "kind": string(p.Kind), "roles": roleText(p.Roles), "proposed_by": p.ByName}
	return s.Log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: event, Subject: "account.proposal/" + p.ID, Agency: s.Operator, Detail: detail})
}
