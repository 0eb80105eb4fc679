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

// NeedsSetUp reports that there is no account yet.
func (s *Service) NeedsSetUp(ctx context.Context) (bool, error) {
	n, err := countAccounts(ctx, s.DB)
	return n == 0, err
}

// SetUp makes the first account, an op_admin of the operator's agency.
func (s *Service) SetUp(ctx context.Context, token, username, fullName, password string) (*Account, error) {
	a := s.fresh(New{Username: username, FullName: fullName, Agency: s.Operator, Roles: []access.Role{access.OpAdmin}}, "set-up")
	if err := s.notSetUp(ctx, s.DB); err != nil { // before anything that costs
		return nil, err
	}
	if err := a.check(s.Operator); err != nil {
		return nil, err
	}
	if f := checkPassword(password, a.Username); f != nil {
		return nil, f
	}
	a.password = secret.HashPassword(password)
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := s.notSetUp(ctx, q); err != nil {
			return err
		}
		account, err := takeLink(ctx, q, secret.HashToken(strings.ToUpper(strings.TrimSpace(token))), s.Clock.Now())
		if err != nil {
			return err
		}
		if account != nobody {
			return fault.New(fault.Denied, "account.link_invalid")
		}
		return s.insert(ctx, q, holder(a), a)
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

func (s *Service) notSetUp(ctx context.Context, q controldb.Querier) error {
	n, err := countAccounts(ctx, q)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "account.set_up_done")
	}
	return nil
}

// holder is the account's person before a session exists: a link proves who it is.
func holder(a *Account) access.Actor {
	return access.Actor{Type: access.User, ID: a.ID, Name: a.FullName, Agency: a.Agency, Auth: access.AuthNone}
}

// LinkHolder is whose one-time link it is, without using it up.
func (s *Service) LinkHolder(ctx context.Context, token string) (*Account, error) {
	id, err := findLink(ctx, s.DB, secret.HashToken(strings.TrimSpace(token)), s.Clock.Now())
	if err != nil {
		return nil, err
	}
	if id == nobody { // the set-up token is for SetUp
		return nil, fault.New(fault.Denied, "account.link_invalid")
	}
	return findAccount(ctx, s.DB, id)
}

// TakeLink sets the first password by a one-time link. A password that is refused leaves the link as it was.
func (s *Service) TakeLink(ctx context.Context, token, password string) error {
	a, err := s.LinkHolder(ctx, token)
	if err != nil {
		return err
	}
	if f := checkPassword(password, a.Username); f != nil {
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
		return s.setPassword(ctx, q, holder(a), a, hash, "one-time link")
	})
}

func (s *Service) setPassword(ctx context.Context, q controldb.Querier, who access.Actor, a *Account, hash, by string) error {
	a.password, a.ChangedAt = hash, s.Clock.Now()
	if err := removeSessions(ctx, q, a.ID); err != nil {
		return err
	}
	return s.save(ctx, q, who, a, "account.password", map[string]string{"by": by})
}

// ChangePassword of one's own account ends all its sessions, this one too. A wrong present password counts like a failed
// sign-in, so that a session somebody left open is no place to guess it.
func (s *Service) ChangePassword(ctx context.Context, old, password string) error {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return err
	}
	a, err := findAccount(ctx, s.DB, who.ID)
	if err != nil {
		return err
	}
	right := secret.VerifyPassword(a.password, old)
	if locked, err := findLock(ctx, s.DB, a.ID); err != nil {
		return err
	} else if s.Clock.Now().Before(locked) {
		return fault.New(fault.Limited, "account.locked")
	}
	if !right {
		if err := s.refuse(ctx, a, causePassword, From{Address: who.Address}); !fault.Is(err, "account.sign_in_failed") {
			return err
		}
		return fault.New(fault.Invalid, "account.password_wrong").At("old")
	}
	if f := checkPassword(password, a.Username); f != nil {
		return f
	}
	if old == password {
		return fault.New(fault.Invalid, "account.password_same").At("password")
	}
	hash := secret.HashPassword(password)
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		now, err := findAccount(ctx, q, who.ID)
		if err != nil {
			return err
		}
		if now.password != a.password {
			return fault.New(fault.Invalid, "account.password_wrong").At("old")
		}
		return s.setPassword(ctx, q, who, now, hash, "its holder")
	})
}

// Enrolment is a second factor that is being set. Ticket is the sealed secret: what comes back is what was given, for
// this account, and not a weak secret of somebody's choice.
type Enrolment struct {
	Secret string
	Ticket string
}

// BeginEnrol makes a secret for the authenticator app of whoever is signed in. Nothing is kept until Enrol.
func (s *Service) BeginEnrol(ctx context.Context) (Enrolment, error) {
	a, err := s.Own(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	if a.totp != "" {
		return Enrolment{}, fault.New(fault.Conflict, "account.second_factor_set")
	}
	if err := s.strongIfSet(ctx, access.ActorOf(ctx), a); err != nil { // a password alone must not add a factor beside a passkey
		return Enrolment{}, err
	}
	value := NewTOTPSecret()
	return Enrolment{value, s.sealer.seal(enrolUse+a.ID, value)}, nil
}

// ResumeEnrol reads a ticket again, to show the same secret after a wrong code.
func (s *Service) ResumeEnrol(ctx context.Context, sealed string) (Enrolment, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return Enrolment{}, err
	}
	value, err := s.sealer.open(enrolUse+who.ID, sealed)
	if err != nil {
		return Enrolment{}, fault.New(fault.Invalid, "account.enrol_expired").At("code").Because(err)
	}
	return Enrolment{value, sealed}, nil
}

const enrolUse = "enrol "

// Enrol sets the second factor: code proves that the app has the secret. It gives the recovery codes, which exist in
// clear here only, and ends the account's sessions, so that the next sign-in uses the factor.
func (s *Service) Enrol(ctx context.Context, sealed, code string) ([]string, error) {
	e, err := s.ResumeEnrol(ctx, sealed)
	if err != nil {
		return nil, err
	}
	who, now := access.ActorOf(ctx), s.Clock.Now()
	step, ok, err := matchCode(e.Secret, plainCode(code), now, -1)
	if err != nil || !ok {
		return nil, fault.New(fault.Invalid, "account.code_wrong").At("code").Because(err)
	}
	codes, hashes := newRecoveryCodes()
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		a, err := findAccount(ctx, q, who.ID)
		if err != nil {
			return err
		}
		if a.totp != "" {
			return fault.New(fault.Conflict, "account.second_factor_set")
		}
		a.totp, a.step, a.recovery, a.ChangedAt = s.sealer.seal(a.ID, e.Secret), step, hashes, now
		if err := removeSessions(ctx, q, a.ID); err != nil {
			return err
		}
		if err := s.save(ctx, q, who, a, "account.second_factor", map[string]string{"kind": "totp"}); err != nil {
			return err
		}
		_, err = s.setUpOver(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// newRecoveryCodes are ten codes, in groups of four as people copy them, with the hashes of their plain form.
func newRecoveryCodes() (codes, hashes []string) {
	for range 10 {
		plain := ids.Token(10)
		hashes = append(hashes, secret.HashToken(plain))
		codes = append(codes, plain[:4]+"-"+plain[4:8]+"-"+plain[8:12]+"-"+plain[12:])
	}
	return codes, hashes
}
