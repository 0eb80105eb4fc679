package account

import (
	"context"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/secret"
)

// EnsureSetUpToken gives a one-time token for the first account while there is none. Each start makes a new one and the
// older ends.
func (s *Service) EnsureSetUpToken(ctx context.Context) (token string, needed bool, err error) {
	n, err := countAccounts(ctx, s.DB)
	if err != nil || n > 0 {
		return "", false, err
	}
	token = ids.Token(15)
	return token, true, s.DB.InTx(ctx, func(q controldb.Querier) error {
		return insertLink(ctx, q, secret.HashToken(token), "", s.Clock.Now().Add(linkLife))
	})
}

// SetUp makes the first account, an op_admin of the operator's agency.
func (s *Service) SetUp(ctx context.Context, token, username, fullName, password string) (*Account, error) {
	a := s.fresh(New{Username: username, FullName: fullName, Agency: s.Operator, Roles: []access.Role{access.OpAdmin}}, "set-up")
	if err := a.check(s.Operator); err != nil {
		return nil, err
	}
	if f := checkPassword(password, a.Username); f != nil {
		return nil, f
	}
	a.password = secret.HashPassword(password)
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		n, err := countAccounts(ctx, q)
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "account.set_up_done")
		}
		account, err := takeLink(ctx, q, secret.HashToken(strings.ToUpper(strings.TrimSpace(token))), s.Clock.Now())
		if err != nil {
			return err
		}
		if account != "" {
			return fault.New(fault.Denied, "account.link_invalid")
		}
		return s.insert(ctx, q, access.Actor{Type: access.User, ID: a.ID, Name: a.FullName, Agency: a.Agency, Auth: access.AuthNone}, a)
	})
	return a, err
}

// TakeLink sets the first password by a one-time link.
func (s *Service) TakeLink(ctx context.Context, token, password string) error {
	if f := checkPassword(password, ""); f != nil {
		return f
	}
	hash := secret.HashPassword(password)
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		id, err := takeLink(ctx, q, secret.HashToken(strings.TrimSpace(token)), s.Clock.Now())
		if err != nil {
			return err
		}
		a, err := findAccount(ctx, q, id)
		if err != nil {
			return err
		}
		if f := checkPassword(password, a.Username); f != nil {
			return f // the transaction takes the link back
		}
		a.password, a.ChangedAt = hash, s.Clock.Now()
		return s.save(ctx, q, access.Actor{Type: access.User, ID: a.ID, Name: a.FullName, Agency: a.Agency}, a, "account.password", map[string]string{"by": "one-time link"})
	})
}

// ChangePassword of one's own account ends all its sessions, this one too.
func (s *Service) ChangePassword(ctx context.Context, old, password string) error {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return err
	}
	a, err := findAccount(ctx, s.DB, who.ID)
	if err != nil {
		return err
	}
	if !secret.VerifyPassword(a.password, old) {
		return fault.New(fault.Invalid, "account.password_wrong").At("old")
	}
	if f := checkPassword(password, a.Username); f != nil {
		return f
	}
	hash := secret.HashPassword(password)
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		a, err := findAccount(ctx, q, who.ID)
		if err != nil {
			return err
		}
		a.password, a.ChangedAt = hash, s.Clock.Now()
		if err := removeSessions(ctx, q, a.ID, s.Clock.Now().Add(-sessionLife)); err != nil {
			return err
		}
		return s.save(ctx, q, who, a, "account.password", map[string]string{"by": "its holder"})
	})
}

// Enrol sets a second factor: code proves that the app has the secret. It gives the recovery codes, which exist in clear
// here only, and ends the account's sessions, so that the next sign-in uses the factor.
func (s *Service) Enrol(ctx context.Context, totpSecret, code string) ([]string, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	step, ok, err := matchCode(totpSecret, strings.Join(strings.Fields(code), ""), now, -1)
	if err != nil || !ok {
		return nil, fault.New(fault.Invalid, "account.code_wrong").At("code").Because(err)
	}
	codes, hashes := make([]string, 10), make([]string, 10)
	for i := range codes {
		codes[i] = ids.Token(7)
		hashes[i] = secret.HashToken(codes[i])
	}
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		a, err := findAccount(ctx, q, who.ID)
		if err != nil {
			return err
		}
		if a.totp != "" {
			return fault.New(fault.Conflict, "account.second_factor_set")
		}
		a.totp, a.step, a.recovery, a.ChangedAt = s.sealer.seal(a.ID, totpSecret), step, hashes, now
		if err := removeSessions(ctx, q, a.ID, now.Add(-sessionLife)); err != nil {
			return err
		}
		return s.save(ctx, q, who, a, "account.second_factor", map[string]string{"kind": "totp"})
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}
