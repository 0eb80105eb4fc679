package account

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account/sso"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// flow is a request to a provider, sealed in a cookie of the browser that makes it.
type flow struct {
	sso.Start
	Provider string `json:"provider"`
	Next     string `json:"next"`
	Link     string `json:"link,omitempty"` // account to which the identity is to be linked; empty: a sign-in
	Until    int64  `json:"until"`
}

const (
	flowUse = "single sign-on"
	// FlowLife is how long a person may take at the provider.
	FlowLife = 10 * time.Minute
)

// Why a single sign-on failed, for the access log only.
const (
	causeUnlinked = "identity is linked to no account"
	causeProvider = "identity provider"
)

// Going is the way to a provider: the address, and what the browser keeps until it comes back.
type Going struct {
	URL    string
	Cookie string
}

// Came is what a person came back with: a session, or a ticket for SecondStep, or a new link.
type Came struct {
	Signed Signed
	Ticket string
	Next   string
	Linked bool
}

func (s *Service) provider(key string) *sso.Provider {
	for _, p := range s.providers {
		if p.Key == key {
			return p
		}
	}
	return nil
}

// BeginSSO begins a sign-in at a provider.
func (s *Service) BeginSSO(ctx context.Context, key, next string) (Going, error) {
	return s.goTo(ctx, key, flow{Next: next})
}

// BeginLink begins to link an identity to the account of whoever is signed in. Password and code are asked again: a
// session that was left open must not give somebody a way in for ever.
func (s *Service) BeginLink(ctx context.Context, key, password, code string, from From) (Going, error) {
	a, err := s.confirm(ctx, password, code, from)
	if err != nil {
		return Going{}, err
	}
	if a.totp == "" {
		return Going{}, fault.New(fault.Denied, "account.link_needs_second")
	}
	return s.goTo(ctx, key, flow{Link: a.ID, Next: "/me"})
}

func (s *Service) goTo(ctx context.Context, key string, f flow) (Going, error) {
	p := s.provider(key)
	if p == nil {
		return Going{}, fault.New(fault.NotFound, "account.provider_unknown")
	}
	start, err := p.Begin(ctx)
	if err != nil {
		return Going{}, err
	}
	f.Start, f.Provider, f.Until = start, key, micro(s.Clock.Now().Add(FlowLife))
	text, err := json.Marshal(f)
	return Going{start.URL, s.sealer.seal(flowUse, string(text))}, err
}

// FinishSSO ends what BeginSSO or BeginLink began. cookie is what this browser kept.
func (s *Service) FinishSSO(ctx context.Context, key, cookie string, answer sso.Answer, from From) (Came, error) {
	f, ok := s.openFlow(cookie)
	p := s.provider(key)
	if p == nil || !ok || f.Provider != key || !f.Same(answer) || f.Link != "" && access.ActorOf(ctx).ID != f.Link {
		return Came{}, fault.New(fault.Unauthenticated, "account.sso_state")
	}
	if !s.attempts.take(from.Address) {
		return Came{}, fault.New(fault.Limited, "account.too_many")
	}
	// Spent before the provider is asked: an answer that is sent twice opens nothing, whatever became of the first.
	if err := s.once(ctx, "sso "+secret.HashToken(f.State), moment(f.Until)); err != nil {
		return Came{}, err
	}
	who, err := p.Finish(ctx, f.Start, answer)
	if err != nil {
		if fault.Of(err).Kind == fault.Unauthenticated {
			return Came{}, errors.Join(err, s.recordRefusal(ctx, nil, causeProvider, from, "account.sso_refused"))
		}
		s.attempts.give(from.Address) // no failure of theirs
		return Came{}, err
	}
	if f.Link != "" {
		if err := s.link(ctx, f.Link, who); err != nil {
			return Came{}, err
		}
		s.attempts.give(from.Address)
		return Came{Next: f.Next, Linked: true}, nil
	}
	came, err := s.enterBy(ctx, who, from)
	came.Next = f.Next
	if err == nil {
		s.attempts.give(from.Address)
	}
	return came, err
}

func (s *Service) openFlow(cookie string) (f flow, ok bool) {
	text, err := s.sealer.open(flowUse, cookie)
	if err != nil || json.Unmarshal([]byte(text), &f) != nil {
		return f, false
	}
	return f, s.Clock.Now().Before(moment(f.Until))
}

// once refuses what has been used before.
func (s *Service) once(ctx context.Context, id string, validTo time.Time) error {
	var first bool
	err := s.DB.InTx(ctx, func(q controldb.Querier) (err error) {
		first, err = spend(ctx, q, id, s.Clock.Now(), validTo)
		return err
	})
	if err == nil && !first {
		return fault.New(fault.Unauthenticated, "account.used_before")
	}
	return err
}

// enterBy opens the account to which an identity is linked. Nothing else of the identity counts: no account is made, and
// none is found by an e-mail address or a name (T27).
func (s *Service) enterBy(ctx context.Context, who sso.Identity, from From) (Came, error) {
	var came Came
	var a *Account
	cause, code := "", ""
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		came, a, cause, code = Came{}, nil, "", ""
		linked, ok, err := findIdentity(ctx, q, who.Issuer, who.Subject)
		if err != nil {
			return err
		}
		if !ok {
			cause, code = causeUnlinked, "account.sso_unlinked"
			return nil
		}
		if a, err = findAccount(ctx, q, linked.account); err != nil {
			return err
		}
		now := s.Clock.Now()
		if !a.aliveAt(now) || s.dormant(a, now) {
			cause, code = causeClosed, "account.closed"
			return nil
		}
		if ended, err := s.agencyEnded(ctx, a); err != nil || ended {
			cause, code = causeAgency, "account.agency_ended"
			return err
		}
		if err := useIdentity(ctx, q, linked, now); err != nil {
			return err
		}
		if a.totp != "" && !who.Strong { // an account with a second factor is never opened by one factor
			came.Ticket = s.sealer.seal(ticketUse, s.newTicket(a, access.AuthSSO).text())
			return nil
		}
		auth := access.AuthSSO
		if who.Strong {
			auth = access.AuthSSOTwo
		}
		came.Signed, err = s.begin(ctx, q, a, auth, from)
		return err
	})
	switch {
	case err != nil:
		return Came{}, err
	case cause != "":
		if err := s.recordRefusal(ctx, a, cause, from, code); err != nil {
			return Came{}, err
		}
		if cause == causeAgency {
			return Came{}, fault.New(fault.Denied, code, a.Agency)
		}
		return Came{}, fault.New(fault.Denied, code)
	case came.Ticket != "":
		return came, nil
	}
	return came, s.recordEntry(ctx, came.Signed, from)
}

// link binds an identity to an account for its holder, who has confirmed password and code in this browser.
func (s *Service) link(ctx context.Context, account string, who sso.Identity) error {
	by, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		a, err := findAccount(ctx, q, account)
		if err != nil {
			return err
		}
		return s.addIdentity(ctx, q, by, a, who)
	})
}

func (s *Service) addIdentity(ctx context.Context, q controldb.Querier, by access.Actor, a *Account, who sso.Identity) error {
	if err := insertIdentity(ctx, q, Identity{Issuer: who.Issuer, Subject: who.Subject, LinkedAt: s.Clock.Now(), LinkedBy: by.ID, account: a.ID}); err != nil {
		return err
	}
	return s.Log.Change(ctx, q, audit.Entry{Actor: by.ForAudit(), Event: "account.identity", Subject: "account/" + a.Username, Agency: a.Agency, Detail: map[string]string{"linked": who.Issuer}})
}

// LinkAs links an identity to somebody else's account, for an administrator who knows the person's name at the provider.
func (s *Service) LinkAs(ctx context.Context, id, key, subject string) (*Account, error) {
	if err := s.linkable(key, subject); err != nil {
		return nil, err
	}
	who := access.ActorOf(ctx)
	do := s.newLink(ctx, who.ID, key, subject)
	return s.change(ctx, id, "account.identity", func(q controldb.Querier, a *Account) (map[string]string, error) {
		if err := s.alone(ctx, q, who, a.Roles); err != nil { // another way into the account
			return nil, err
		}
		return do(q, a)
	})
}

func (s *Service) linkable(key, subject string) error {
	if s.provider(key) == nil {
		return fault.New(fault.NotFound, "account.provider_unknown")
	}
	if subject == "" || len(subject) > 255 {
		return fault.New(fault.Invalid, "account.subject_form").At("subject")
	}
	return nil
}

func (s *Service) newLink(ctx context.Context, by, key, subject string) func(q controldb.Querier, a *Account) (map[string]string, error) {
	return func(q controldb.Querier, a *Account) (map[string]string, error) {
		p := s.provider(key)
		if p == nil {
			return nil, fault.New(fault.NotFound, "account.provider_unknown")
		}
		return map[string]string{"linked": p.Issuer}, insertIdentity(ctx, q, Identity{Issuer: p.Issuer, Subject: subject, LinkedAt: s.Clock.Now(), LinkedBy: by, account: a.ID})
	}
}

// UnlinkAs takes an identity away from somebody else's account.
func (s *Service) UnlinkAs(ctx context.Context, id, issuer string) (*Account, error) {
	return s.change(ctx, id, "account.identity", func(q controldb.Querier, a *Account) (map[string]string, error) {
		removed, err := removeIdentity(ctx, q, a.ID, issuer)
		if err == nil && !removed {
			err = fault.New(fault.NotFound, "account.identity_not_found")
		}
		return map[string]string{"unlinked": issuer}, err
	})
}

// Unlink takes an identity away from one's own account.
func (s *Service) Unlink(ctx context.Context, issuer string) error {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return err
	}
	if !who.Auth.Strong() {
		return fault.New(fault.Denied, "account.strong_needed")
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		a, err := findAccount(ctx, q, who.ID)
		if err != nil {
			return err
		}
		removed, err := removeIdentity(ctx, q, a.ID, issuer)
		if err != nil {
			return err
		}
		if !removed {
			return fault.New(fault.NotFound, "account.identity_not_found")
		}
		return s.Log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "account.identity", Subject: "account/" + a.Username, Agency: a.Agency, Detail: map[string]string{"unlinked": issuer}})
	})
}

// Identities lists those of an account: one's own, or anybody's for whoever may read accounts.
func (s *Service) Identities(ctx context.Context, account string) ([]Identity, error) {
	if err := s.mayLook(ctx, account); err != nil {
		return nil, err
	}
	return listIdentities(ctx, s.DB, account)
}

func (s *Service) mayLook(ctx context.Context, account string) error {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil || who.ID == account {
		return err
	}
	_, err = s.Find(ctx, account)
	return err
}
