package account

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// confirm asks whoever is signed in for the password again, and for a code when there is a second factor, before a new
// way into the account is added. Failures count like those of a sign-in. Who has a second factor must have used it in
// this session too.
func (s *Service) confirm(ctx context.Context, password, code string, from From) (*Account, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return nil, err
	}
	a, err := findAccount(ctx, s.DB, who.ID)
	if err != nil {
		return nil, err
	}
	if err := s.strongIfSet(ctx, who, a); err != nil {
		return nil, err
	}
	if locked, err := findLock(ctx, s.DB, a.ID); err != nil {
		return nil, err
	} else if s.Clock.Now().Before(locked) {
		return nil, fault.New(fault.Limited, "account.locked")
	}
	if !secret.VerifyPassword(a.password, password) {
		if err := s.refuse(ctx, a, causePassword, from); !fault.Is(err, "account.sign_in_failed") {
			return nil, err
		}
		return nil, fault.New(fault.Invalid, "account.password_wrong").At("old")
	}
	return a, s.takeCode(ctx, a, code, from)
}

// takeCode uses a code up, so that it opens nothing else. Lock, code and count are one transaction, as in open.
func (s *Service) takeCode(ctx context.Context, a *Account, code string, from From) error {
	if a.totp == "" {
		return nil
	}
	var cause string
	var locked bool
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		now := s.Clock.Now()
		until, err := findLock(ctx, q, a.ID)
		if err != nil {
			return err
		}
		if cause, locked = causeLocked, false; now.Before(until) {
			return nil
		}
		fresh, err := findAccount(ctx, q, a.ID)
		if err != nil {
			return err
		}
		if cause, err = s.useCode(fresh, code, now); err != nil {
			return err
		}
		if cause != "" {
			locked, err = countFailure(ctx, q, a.ID, now)
			return err
		}
		return saveAccount(ctx, q, fresh)
	})
	if err != nil || cause == "" {
		return err
	}
	if err := s.record(ctx, a, cause, locked, from); !fault.Is(err, "account.sign_in_failed") {
		return err
	}
	return fault.New(fault.Invalid, "account.code_wrong").At("code")
}

// strongIfSet refuses a session of one factor once the account has two.
func (s *Service) strongIfSet(ctx context.Context, who access.Actor, a *Account) error {
	if who.Auth.Strong() {
		return nil
	}
	keys, err := listPasskeys(ctx, s.DB, a.ID)
	if err != nil {
		return err
	}
	if a.totp != "" || len(keys) > 0 {
		return fault.New(fault.Denied, "account.strong_needed")
	}
	return nil
}
