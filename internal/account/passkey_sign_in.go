package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Why a sign-in by passkey failed, for the access log only.
const (
	causePasskey = "passkey"
	causeCloned  = "counter of the passkey went back"
)

// BeginPasskeySignIn asks the browser for any passkey of this console; nobody says who they are.
func (s *Service) BeginPasskeySignIn() (Ceremony, error) {
	if s.passkeys == nil {
		return Ceremony{}, fault.New(fault.NotFound, "account.passkeys_off")
	}
	options, data, err := s.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin sign-in by passkey: %w", err)
	}
	return s.sealCeremony(passUse, "", options, data)
}

// SignInByPasskey opens a session with a second factor: the key, and the finger or PIN that opened it. The lock of
// guessed passwords does not keep it out: nothing about it can be guessed.
func (s *Service) SignInByPasskey(ctx context.Context, ticket, response string, from From) (Signed, error) {
	if s.passkeys == nil {
		return Signed{}, fault.New(fault.NotFound, "account.passkeys_off")
	}
	if !s.attempts.take(from.Address) {
		return Signed{}, fault.New(fault.Limited, "account.too_many")
	}
	c, err := s.openCeremony(ctx, passUse, ticket)
	if err != nil {
		return Signed{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return Signed{}, errors.Join(fault.New(fault.Unauthenticated, "account.passkey_failed").Because(err), s.recordRefusal(ctx, nil, causePasskey, from, "account.passkey_failed"))
	}
	var out Signed
	var refusal keyRefusal
	err = s.DB.InTx(ctx, func(q controldb.Querier) (err error) {
		out, refusal, err = s.admitKey(ctx, q, c.Session, parsed, from)
		return err
	})
	switch {
	case err != nil:
		return Signed{}, err
	case refusal.cause != "":
		return Signed{}, s.refuseKey(ctx, refusal, from)
	}
	s.attempts.give(from.Address)
	return out, s.recordEntry(ctx, out, from)
}

// keyRefusal is what is wrong with an answer; of whom, when that is known for sure.
type keyRefusal struct {
	account *Account
	cause   string
	code    string
	why     error
}

// admitKey checks the answer against the passkey as it stands in this transaction, so that of two answers with one
// counter one counts.
func (s *Service) admitKey(ctx context.Context, q controldb.Querier, data webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData, from From) (Signed, keyRefusal, error) {
	k, ok, err := findPasskey(ctx, q, keyID(parsed.RawID))
	if err != nil {
		return Signed{}, keyRefusal{}, err
	}
	if !ok {
		return Signed{}, keyRefusal{cause: causePasskey, code: "account.passkey_failed"}, nil
	}
	a, err := findAccount(ctx, q, k.account)
	if err != nil {
		return Signed{}, keyRefusal{}, err
	}
	h, err := s.holderOf(ctx, q, a)
	if err != nil {
		return Signed{}, keyRefusal{}, err
	}
	find := func(_, handle []byte) (webauthn.User, error) {
		if string(handle) != a.ID {
			return nil, errors.New("the passkey names another account")
		}
		return h, nil
	}
	_, used, err := s.passkeys.ValidatePasskeyLogin(find, data, parsed)
	now := s.Clock.Now()
	switch {
	case err != nil:
		return Signed{}, keyRefusal{cause: causePasskey, code: "account.passkey_failed", why: err}, nil
	case used.Authenticator.CloneWarning:
		return Signed{}, keyRefusal{account: a, cause: causeCloned, code: "account.passkey_cloned"}, nil
	case !a.aliveAt(now) || s.dormant(a, now):
		return Signed{}, keyRefusal{account: a, cause: causeClosed, code: "account.closed"}, nil
	}
	if ended, err := s.agencyEnded(ctx, a); err != nil || ended {
		return Signed{}, keyRefusal{account: a, cause: causeAgency, code: "account.agency_ended"}, err
	}
	if err := s.sealKey(&k, used); err != nil {
		return Signed{}, keyRefusal{}, err
	}
	if err := usePasskey(ctx, q, k.ID, k.credential, now); err != nil {
		return Signed{}, keyRefusal{}, err
	}
	out, err := s.begin(ctx, q, a, access.AuthPasskey, from)
	return out, keyRefusal{}, err
}

func (s *Service) refuseKey(ctx context.Context, no keyRefusal, from From) error {
	if err := s.recordRefusal(ctx, no.account, no.cause, from, no.code); err != nil {
		return err
	}
	if no.cause == causeCloned && s.Incidents != nil {
		err := s.Incidents.Open(ctx, "security", "high", "Khóa truy cập của tài khoản "+no.account.Username+" có thể đã bị sao chép: bộ đếm của khóa lùi lại", map[string]string{
			"agency": no.account.Agency, "source": "account/" + no.account.Username, "account": no.account.Username,
		})
		if err != nil {
			return err
		}
	}
	switch no.cause {
	case causeClosed:
		return fault.New(fault.Denied, no.code)
	case causeAgency:
		return fault.New(fault.Denied, no.code, no.account.Agency)
	}
	return fault.New(fault.Unauthenticated, no.code).Because(no.why)
}
