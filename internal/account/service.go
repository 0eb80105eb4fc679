package account

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"lienthong/internal/access"
	"lienthong/internal/account/sso"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/secret"
)

// linkLife is how long a one-time link works.
const linkLife = 72 * time.Hour

// Agencies tells whether an agency may have accounts now; agency implements it.
type Agencies interface {
	Active(ctx context.Context, code string) (bool, error)
	// Ended reports an agency that is known and does not exist now.
	Ended(ctx context.Context, code string) (bool, error)
}

// Incidents takes what somebody must look at; incident implements it.
type Incidents interface {
	Open(ctx context.Context, kind, severity, summary string, refs map[string]string) error
}

// Parts are what the service stands on.
type Parts struct {
	DB        *controldb.DB
	Clock     clock.Clock
	Log       *audit.Log
	Agencies  Agencies
	Incidents Incidents                 // nil: failures stand in the access log only
	Operator  string                    // code of the operator's agency
	Key       []byte                    // 32 bytes: seals second factors
	HTTPS     bool                      // cookies are sent over HTTPS only
	Dormant   time.Duration             // an account that nobody used for so long is closed; 90 days when 0
	Personal  func(pattern string) bool // routes that show personal data: their sessions end after 15 minutes unused; nil: none
	Origin    string                    // public address of the console; passkeys and single sign-on need it
	// Proposed hears of every step of a proposal in its transaction, for the inbox; may be nil.
	Proposed  func(ctx context.Context, q controldb.Querier, p *Proposal) error
	Providers []sso.Config // identity providers for single sign-on
}

// dormancy is that of parameter D18.
const dormancy = 90 * 24 * time.Hour

// Service keeps accounts and sessions.
type Service struct {
	Parts
	sealer    sealer
	providers []*sso.Provider
	passkeys  *webauthn.WebAuthn // nil where browsers would refuse: without HTTPS, or at an address without a name
	accounts  *controldb.Fresh[*Account]
	sessions  *controldb.Fresh[*session]
	attempts  *attempts
}

// NewService builds the service.
func NewService(p Parts) (*Service, error) {
	sealer, err := newSealer(p.Key)
	if err != nil {
		return nil, err
	}
	if p.Dormant == 0 {
		p.Dormant = dormancy
	}
	s := &Service{Parts: p, sealer: sealer, attempts: newAttempts(p.Clock)}
	for _, c := range p.Providers {
		one, err := sso.New(c, p.Origin, p.Clock)
		if err != nil {
			return nil, err
		}
		if s.provider(c.Key) != nil {
			return nil, fmt.Errorf("identity provider %q is configured twice", c.Key)
		}
		s.providers = append(s.providers, one)
	}
	if s.passkeys, err = newPasskeys(p.Origin); err != nil {
		return nil, err
	}
	p.Log.Keep("account", keeper())
	s.accounts = controldb.NewFresh(p.DB, 20_000, func(ctx context.Context, id string) (*Account, error) { return findAccount(ctx, p.DB, id) })
	s.sessions = controldb.NewFresh(p.DB, 50_000, func(ctx context.Context, hash string) (*session, error) {
		got, ok, err := findSession(ctx, p.DB, hash)
		if err != nil || !ok {
			return nil, err
		}
		return &got, nil
	})
	return s, nil
}

// New is what an administrator says of a new account. Password and TOTPSecret are for the demo and for tests only:
// everybody else begins with a one-time link.
type New struct {
	Username   string        `json:"username"`
	FullName   string        `json:"full_name"`
	Agency     string        `json:"agency"`
	Roles      []access.Role `json:"roles"`
	ValidTo    time.Time     `json:"valid_to,omitzero"`
	Sponsor    string        `json:"sponsor,omitempty"`
	Commitment string        `json:"commitment,omitempty"`

	Password   string `json:"-"`
	TOTPSecret string `json:"-"`
}

// Create adds an account and gives the one-time token of its first password; the token is empty when a password was given.
func (s *Service) Create(ctx context.Context, n New) (*Account, secret.Redacted, error) {
	who, err := access.Require(ctx, access.AccountChange)
	if err != nil {
		return nil, "", err
	}
	a := s.fresh(n, who.ID)
	if err := s.checked(ctx, a); err != nil {
		return nil, "", err
	}
	if err := s.ready(a, n); err != nil {
		return nil, "", err
	}
	token := secret.NewToken(24)
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := s.alone(ctx, q, who, a.Roles); err != nil {
			return err
		}
		if err := s.insert(ctx, q, who, a); err != nil {
			return err
		}
		if n.Password != "" {
			token = ""
			return nil
		}
		return insertLink(ctx, q, secret.HashToken(token), a.ID, s.Clock.Now().Add(linkLife))
	})
	if err != nil {
		return nil, "", err
	}
	return a, secret.Redacted(token), nil
}

func (s *Service) fresh(n New, by string) *Account {
	now := s.Clock.Now()
	return &Account{
		ID: ids.New(), Username: n.Username, FullName: n.FullName, Agency: n.Agency, Roles: slices.Clone(n.Roles), Active: true, ValidTo: n.ValidTo,
		Sponsor: n.Sponsor, Commitment: n.Commitment, CreatedAt: now, CreatedBy: by, ChangedAt: now, step: -1,
	}
}

// ready sets the password and second factor that were given with a new account.
func (s *Service) ready(a *Account, n New) error {
	if n.Password != "" {
		if f := checkPassword(n.Password, a.Username); f != nil {
			return f
		}
		a.password = secret.HashPassword(n.Password)
	}
	if n.TOTPSecret != "" {
		if _, err := TOTPCode(n.TOTPSecret, s.Clock.Now()); err != nil {
			return err
		}
		a.totp, a.TwoFactor = s.sealer.seal(a.ID, n.TOTPSecret), true
	}
	return nil
}

func (s *Service) checked(ctx context.Context, a *Account) error {
	if err := a.check(s.Operator); err != nil {
		return err
	}
	if !a.ValidTo.IsZero() && !a.ValidTo.After(s.Clock.Now()) {
		return fault.New(fault.Invalid, "account.valid_to_past").At("valid_to")
	}
	for _, body := range []struct{ field, code string }{{"agency", a.Agency}, {"sponsor", a.Sponsor}} {
		if body.code == "" {
			continue
		}
		active, err := s.Agencies.Active(ctx, body.code)
		if err != nil {
			return err
		}
		if !active {
			return fault.New(fault.Invalid, "account.agency_inactive", body.code).At(body.field)
		}
	}
	return nil
}

// StateOf is the state of an account now.
func (s *Service) StateOf(a *Account) State {
	now := s.Clock.Now()
	switch {
	case !a.Active:
		return StateDisabled
	case !a.aliveAt(now):
		return StateEnded
	case s.dormant(a, now):
		return StateDormant
	}
	return StateActive
}

// agencyEnded reports that the account's agency, or the one that answers for a vendor, exists no more. The operator's own
// agency never ends for its accounts: the configuration names it, and with it the last administrator would be locked out.
func (s *Service) agencyEnded(ctx context.Context, a *Account) (bool, error) {
	for _, code := range []string{a.Agency, a.Sponsor} {
		if code == "" || code == s.Operator {
			continue
		}
		if ended, err := s.Agencies.Ended(ctx, code); err != nil || ended {
			return ended, err
		}
	}
	return false, nil
}

// dormant reports that nobody used the account for so long that it is closed until an administrator enables it again.
func (s *Service) dormant(a *Account, now time.Time) bool {
	last := a.ChangedAt
	if a.LastSignIn.After(last) {
		last = a.LastSignIn
	}
	return now.Sub(last) >= s.Dormant
}

func (s *Service) insert(ctx context.Context, q controldb.Querier, who access.Actor, a *Account) error {
	if taken, err := findByName(ctx, q, a.Username); err != nil {
		return err
	} else if taken != nil {
		return fault.New(fault.Conflict, "account.username_taken", a.Username).At("username")
	}
	return s.save(ctx, q, who, a, "account.create", nil)
}

func (s *Service) save(ctx context.Context, q controldb.Querier, who access.Actor, a *Account, event string, detail map[string]string) error {
	if err := saveAccount(ctx, q, a); err != nil {
		if controldb.IsUnique(err) {
			return fault.New(fault.Conflict, "account.username_taken", a.Username).At("username")
		}
		return err
	}
	if detail == nil {
		detail = map[string]string{"roles": roleText(a.Roles), "sponsor": a.Sponsor, "commitment": a.Commitment}
		if !a.ValidTo.IsZero() {
			detail["valid_to"] = i18n.Date(a.ValidTo)
		}
		maps.DeleteFunc(detail, func(_, v string) bool { return v == "" })
	}
	return s.Log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: event, Subject: "account/" + a.Username, Agency: a.Agency, Detail: detail})
}

func roleText(roles []access.Role) string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return strings.Join(out, ",")
}

// Find shows one account.
func (s *Service) Find(ctx context.Context, id string) (*Account, error) {
	who, err := access.Require(ctx, access.AccountRead)
	if err != nil {
		return nil, err
	}
	a, err := findAccount(ctx, s.DB, id)
	if err != nil {
		return nil, err
	}
	if !who.CanFor(access.AccountRead, a.Agency) {
		return nil, fault.New(fault.NotFound, "account.not_found")
	}
	return a, nil
}

// NameOf is the name of the person behind an account, for what somebody did; empty when there is no such account.
func (s *Service) NameOf(ctx context.Context, id string) string {
	a, err := s.accounts.Find(ctx, id)
	if err != nil {
		return ""
	}
	return a.FullName
}

// Person is the actor behind an account and whether it is in use, for what is told to people; nothing is decided by it.
func (s *Service) Person(ctx context.Context, id string) (access.Actor, bool, error) {
	a, err := s.accounts.Find(ctx, id)
	if fault.Is(err, "account.not_found") {
		return access.Actor{}, false, nil
	}
	if err != nil {
		return access.Actor{}, false, err
	}
	ended, err := s.agencyEnded(ctx, a)
	return actorOf(a, true, access.AuthNone, netip.Addr{}), s.StateOf(a) == StateActive && !ended, err
}

// List shows accounts: all to the operator and the auditor, to others those of their agency.
func (s *Service) List(ctx context.Context, f Filter) ([]*Account, error) {
	who, err := access.Require(ctx, access.AccountRead)
	if err != nil {
		return nil, err
	}
	if !who.Operates() {
		f.Agency = who.Agency
	}
	return listAccounts(ctx, s.DB, f)
}

// Own is the account of whoever is signed in.
func (s *Service) Own(ctx context.Context) (*Account, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return nil, err
	}
	return findAccount(ctx, s.DB, who.ID)
}

// Facts are what the decision rests on: nil when the account does not exist.
func (s *Service) Facts(ctx context.Context, who access.Actor) (*access.AccountFacts, error) {
	a, err := s.accounts.Find(ctx, who.ID)
	if fault.Is(err, "account.not_found") {
		return nil, nil //nolint:nilnil // Facts says by nil that the thing does not exist
	}
	if err != nil {
		return nil, err
	}
	ended, err := s.agencyEnded(ctx, a)
	return &access.AccountFacts{Active: a.aliveAt(s.Clock.Now()) && !ended}, err
}
