package account

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// Limits of parameter D18.
const (
	sessionLife = 12 * time.Hour
	sessionIdle = 60 * time.Minute
	maxFailures = 5
	lockFor     = 15 * time.Minute
	touchEvery  = time.Minute
)

// Signed is a new session. Token exists in clear here only.
type Signed struct {
	Token   secret.Redacted
	Account *Account
	Expires time.Time
	Strong  bool
}

// SignIn opens a session. Invariant 2: whatever is wrong, the answer is the same and costs the same.
func (s *Service) SignIn(ctx context.Context, username, password, code string, from netip.Addr) (Signed, error) {
	if !s.attempts.allowed(from) {
		return Signed{}, fault.New(fault.Limited, "account.too_many")
	}
	username = strings.ToLower(strings.TrimSpace(username))
	found, err := findByName(ctx, s.DB, username)
	if err != nil {
		return Signed{}, err
	}
	kept := ""
	if found != nil {
		kept = found.password
	}
	right := secret.VerifyPassword(kept, password) // costs the same for nobody
	now := s.Clock.Now()
	if found == nil || !right || !found.aliveAt(now) || now.Before(found.lockedTo) {
		return Signed{}, s.failed(ctx, found, username, from)
	}
	if found.totp != "" && strings.TrimSpace(code) == "" {
		return Signed{}, fault.New(fault.Unauthenticated, "account.code_required").At("code")
	}
	return s.open(ctx, found.ID, username, code, from)
}

// open checks the second factor and makes the session in one transaction, so that of two sign-ins with one code one wins.
func (s *Service) open(ctx context.Context, id, username, code string, from netip.Addr) (Signed, error) {
	out := Signed{Token: secret.Redacted(secret.NewToken(32))}
	wrong := false
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		wrong = false
		now := s.Clock.Now()
		a, err := findAccount(ctx, q, id)
		if err != nil {
			return err
		}
		if a.totp != "" {
			ok, err := s.useCode(a, code, now)
			if err != nil {
				return err
			}
			if wrong = !ok; wrong {
				return nil
			}
			out.Strong = true
		}
		a.failures, a.lockedTo, a.LastSignIn = 0, time.Time{}, now
		out.Account, out.Expires = a, now.Add(sessionLife)
		if err := insertSession(ctx, q, session{hash: secret.HashToken(out.Token.Reveal()), account: id, strong: out.Strong, created: now, seen: now}); err != nil {
			return err
		}
		return saveAccount(ctx, q, a)
	})
	if err != nil {
		return Signed{}, err
	}
	if wrong {
		return Signed{}, s.failed(ctx, &Account{ID: id}, username, from)
	}
	actor := actorOf(out.Account, out.Strong, from)
	return out, s.Log.Note(ctx, &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "auth.login", Actor: actor.ForAudit(), Client: audit.Client{IP: address(from)},
	})
}

// useCode takes a code of the authenticator app, or a recovery code, which is then gone.
func (s *Service) useCode(a *Account, code string, now time.Time) (bool, error) {
	code = strings.ToUpper(strings.Join(strings.Fields(code), ""))
	plain, err := s.sealer.open(a.ID, a.totp)
	if err != nil {
		return false, err
	}
	if step, ok, err := matchCode(plain, code, now, a.step); err != nil {
		return false, err
	} else if ok {
		a.step = step
		return true, nil
	}
	for i, hash := range a.recovery {
		if secret.EqualHash(hash, secret.HashToken(code)) {
			a.recovery = append(a.recovery[:i:i], a.recovery[i+1:]...)
			return true, nil
		}
	}
	return false, nil
}

// failed counts the failure, records it, and gives the one answer.
func (s *Service) failed(ctx context.Context, found *Account, username string, from netip.Addr) error {
	s.attempts.note(from)
	rec := &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "auth.fail", Client: audit.Client{IP: address(from)},
		Decision: audit.Decision{Result: audit.Deny, Reason: audit.ReasonAuthn, PolicyVersion: access.PolicyVersion},
		Result:   audit.Result{Status: "401", ErrorCode: "account.sign_in_failed"}, Actor: audit.Actor{Type: "user"},
	}
	if found != nil { // of an unknown name nothing is kept: it may be a password typed into the wrong field
		rec.Actor.AccountID, rec.Subject = found.ID, "account/"+username
		err := s.DB.InTx(ctx, func(q controldb.Querier) error {
			a, err := findAccount(ctx, q, found.ID)
			if err != nil {
				return err
			}
			now := s.Clock.Now()
			if now.Before(a.lockedTo) {
				return nil
			}
			if a.failures++; a.failures >= maxFailures {
				a.failures, a.lockedTo = 0, now.Add(lockFor)
			}
			return saveAccount(ctx, q, a)
		})
		if err != nil {
			return err
		}
	}
	if err := s.Log.Note(ctx, rec); err != nil {
		return err
	}
	return fault.New(fault.Unauthenticated, "account.sign_in_failed").At("password")
}

func address(a netip.Addr) string {
	if a.IsValid() {
		return a.String()
	}
	return ""
}

// SignOut ends the session of the token.
func (s *Service) SignOut(ctx context.Context, token string) error {
	who := access.ActorOf(ctx)
	if err := s.DB.InTx(ctx, func(q controldb.Querier) error { return removeSession(ctx, q, secret.HashToken(token)) }); err != nil {
		return err
	}
	if who.Type != access.User {
		return nil
	}
	return s.Log.Note(ctx, &audit.Record{Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "auth.logout", Actor: who.ForAudit()})
}

// CookieName of the session. The prefix binds the cookie to HTTPS and to the whole host.
func (s *Service) CookieName() string {
	if s.HTTPS {
		return "__Host-lienthong"
	}
	return "lienthong"
}

// TokenOf finds the session's token in a request: the cookie of a browser, or the bearer token of a program.
func (s *Service) TokenOf(r *http.Request) string {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(bearer)
	}
	if c, err := r.Cookie(s.CookieName()); err == nil {
		return c.Value
	}
	return ""
}

// Authenticate puts the actor of a request into its context; without a valid session the context stays as it is.
func (s *Service) Authenticate(r *http.Request) (context.Context, error) {
	ctx := r.Context()
	token := s.TokenOf(r)
	if token == "" {
		return ctx, nil
	}
	hash := secret.HashToken(token)
	got, err := s.sessions.Find(ctx, hash)
	if err != nil || got == nil {
		return ctx, err
	}
	now := s.Clock.Now()
	if now.Sub(got.created) >= sessionLife || now.Sub(got.seen) >= sessionIdle {
		return ctx, nil
	}
	a, err := s.accounts.Find(ctx, got.account)
	if err != nil || !a.aliveAt(now) {
		return ctx, err
	}
	if now.Sub(got.seen) >= touchEvery {
		if err := s.DB.InTx(ctx, func(q controldb.Querier) error { return touchSession(ctx, q, hash, now) }); err != nil {
			return ctx, err
		}
	}
	from, _ := netip.ParseAddrPort(r.RemoteAddr) // zero when unknown, and then no address list matches
	return access.WithActor(ctx, actorOf(a, got.strong, from.Addr().Unmap())), nil
}

// actorOf upholds invariant 3: without the second factor, roles that need one are not given.
func actorOf(a *Account, strong bool, from netip.Addr) access.Actor {
	actor := access.Actor{Type: access.User, ID: a.ID, Name: a.FullName, Agency: a.Agency, Auth: access.AuthPassword, Address: from}
	if strong {
		actor.Auth = access.AuthTwo
	}
	for _, r := range a.Roles {
		if strong || !r.NeedsStrongAuth() {
			actor.Roles = append(actor.Roles, r)
		}
	}
	return actor
}

// attempts bounds failed sign-ins from one address: 30 in 5 minutes.
type attempts struct {
	clock clock.Clock
	mu    sync.Mutex
	kept  map[netip.Addr][]time.Time
}

const (
	attemptsMost   = 30
	attemptsWithin = 5 * time.Minute
	attemptsKept   = 10_000 // addresses; beyond that the memory is emptied rather than grown
)

func newAttempts(c clock.Clock) *attempts {
	return &attempts{clock: c, kept: make(map[netip.Addr][]time.Time)}
}

func (a *attempts) allowed(from netip.Addr) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.recent(from)) < attemptsMost
}

func (a *attempts) note(from netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.kept) >= attemptsKept {
		clear(a.kept)
	}
	a.kept[from] = append(a.recent(from), a.clock.Now())
}

func (a *attempts) recent(from netip.Addr) []time.Time {
	after := a.clock.Now().Add(-attemptsWithin)
	list := a.kept[from]
	for len(list) > 0 && list[0].Before(after) {
		list = list[1:]
	}
	return list
}
