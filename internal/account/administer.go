package account

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// change is the shape of every administrator's change: it ends the account's sessions (invariant 6).
func (s *Service) change(ctx context.Context, id, event string, do func(q controldb.Querier, a *Account) (map[string]string, error)) (*Account, error) {
	who, err := access.Require(ctx, access.AccountChange)
	if err != nil {
		return nil, err
	}
	if who.ID == id {
		return nil, fault.New(fault.Denied, "account.own_account")
	}
	return s.changeAs(ctx, who, id, event, do)
}

func (s *Service) changeAs(ctx context.Context, who access.Actor, id, event string, do func(q controldb.Querier, a *Account) (map[string]string, error)) (*Account, error) {
	var out *Account
	err := s.DB.InTx(ctx, func(q controldb.Querier) (err error) {
		if _, err := s.setUpOver(ctx, q); err != nil { // before the change may take one of the two away
			return err
		}
		out, err = s.changeIn(ctx, q, who, id, event, do)
		return err
	})
	return out, err
}

func (s *Service) changeIn(ctx context.Context, q controldb.Querier, who access.Actor, id, event string, do func(q controldb.Querier, a *Account) (map[string]string, error)) (*Account, error) {
	a, err := findAccount(ctx, q, id)
	if err != nil {
		return nil, err
	}
	detail, err := do(q, a)
	if err != nil {
		return nil, err
	}
	a.ChangedAt = s.Clock.Now()
	if err := removeSessions(ctx, q, a.ID); err != nil {
		return nil, err
	}
	return a, s.save(ctx, q, who, a, event, detail)
}

// ChangeRoles gives an account other roles.
func (s *Service) ChangeRoles(ctx context.Context, id string, roles []access.Role) (*Account, error) {
	do := s.newRoles(roles)
	return s.change(ctx, id, "account.roles", func(q controldb.Querier, a *Account) (map[string]string, error) {
		if err := s.alone(ctx, q, access.ActorOf(ctx), slices.Concat(a.Roles, roles)); err != nil {
			wanted := *a // what cannot be is said first
			if _, wrong := do(q, &wanted); wrong != nil {
				return nil, wrong
			}
			return nil, err
		}
		return do(q, a)
	})
}

func (s *Service) newRoles(roles []access.Role) func(q controldb.Querier, a *Account) (map[string]string, error) {
	return func(_ controldb.Querier, a *Account) (map[string]string, error) {
		before := roleText(a.Roles)
		a.Roles = slices.Clone(roles)
		return map[string]string{"before": before, "after": roleText(roles)}, a.check(s.Operator)
	}
}

// SetActive disables an account, or lets it sign in again.
func (s *Service) SetActive(ctx context.Context, id string, active bool) (*Account, error) {
	event := "account.disable"
	if active {
		event = "account.enable"
	}
	return s.change(ctx, id, event, func(q controldb.Querier, a *Account) (map[string]string, error) {
		before := a.Active
		a.Active = active
		return map[string]string{"before": strconv.FormatBool(before), "after": strconv.FormatBool(active)}, clearFailures(ctx, q, a.ID)
	})
}

// Reset takes password and second factor away and gives the one-time token of a new beginning.
func (s *Service) Reset(ctx context.Context, id string) (secret.Redacted, error) {
	token := secret.NewToken(24)
	do := s.reset(ctx, token)
	_, err := s.change(ctx, id, "account.reset", func(q controldb.Querier, a *Account) (map[string]string, error) {
		if err := s.alone(ctx, q, access.ActorOf(ctx), a.Roles); err != nil {
			return nil, err
		}
		return do(q, a)
	})
	if err != nil {
		return "", err
	}
	return secret.Redacted(token), nil
}

func (s *Service) reset(ctx context.Context, token string) func(q controldb.Querier, a *Account) (map[string]string, error) {
	return func(q controldb.Querier, a *Account) (map[string]string, error) {
		a.password, a.totp, a.recovery, a.TwoFactor = "", "", nil, false
		if err := errors.Join(clearFailures(ctx, q, a.ID), removeWays(ctx, q, a.ID)); err != nil {
			return nil, err
		}
		return map[string]string{"reset": "password, second factor, passkeys, identities"}, insertLink(ctx, q, secret.HashToken(token), a.ID, s.Clock.Now().Add(linkLife))
	}
}

// Recover is Reset for whoever holds the server: when the only administrator has lost phone or password, or was away for
// so long that the account is closed. Only a command on the server itself may call it.
func (s *Service) Recover(ctx context.Context, username string) (secret.Redacted, error) {
	a, err := findByName(ctx, s.DB, strings.ToLower(strings.TrimSpace(username)))
	if err != nil {
		return "", err
	}
	if a == nil {
		return "", fault.New(fault.NotFound, "account.not_found")
	}
	token := secret.NewToken(24)
	_, err = s.changeAs(ctx, access.JobActor("account recover"), a.ID, "account.recover", func(q controldb.Querier, a *Account) (map[string]string, error) {
		a.Active = true
		return s.reset(ctx, token)(q, a)
	})
	if err != nil {
		return "", err
	}
	return secret.Redacted(token), nil
}
