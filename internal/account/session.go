package account

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/secret"
)

// Limits of parameter D18.
const (
	sessionLife = 12 * time.Hour
	sessionIdle = 60 * time.Minute
	// personalIdle: whoever was away for so long signs in again before personal data is shown.
	personalIdle = 15 * time.Minute
	// sessionsMost an account may have at once; one more ends the oldest.
	sessionsMost = 32
	maxFailures  = 5
	lockFor      = 15 * time.Minute
	touchEvery   = time.Minute
)

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

// over reports that the session is no longer one.
func (s session) over(now time.Time) bool {
	return now.Sub(s.created) >= sessionLife || now.Sub(s.seen) >= sessionIdle
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
	if got.over(now) {
		return ctx, nil
	}
	a, err := s.accounts.Find(ctx, got.account)
	if err != nil || !a.aliveAt(now) {
		return ctx, err
	}
	if ended, err := s.agencyEnded(ctx, a); err != nil || ended {
		if err != nil {
			return ctx, err
		}
		// Ended for good: an end that is put off later opens no old session.
		return ctx, s.DB.InTx(ctx, func(q controldb.Querier) error { return removeSession(ctx, q, hash) })
	}
	lapsed := got.lapsed || now.Sub(got.seen) >= personalIdle
	if lapsed && s.Personal != nil && s.Personal(r.Pattern) {
		// Ended, and not only refused here: the sign-in page must ask, and no other page may make it fresh again.
		return ctx, s.DB.InTx(ctx, func(q controldb.Querier) error { return removeSession(ctx, q, hash) })
	}
	if now.Sub(got.seen) >= touchEvery {
		if err := s.DB.InTx(ctx, func(q controldb.Querier) error { return touchSession(ctx, q, hash, now, lapsed) }); err != nil {
			return ctx, err
		}
	}
	from, _ := netip.ParseAddrPort(r.RemoteAddr) // zero when unknown, and then no address list matches
	return access.WithActor(ctx, actorOf(a, got.strong, got.auth, from.Addr().Unmap())), nil
}

// actorOf upholds invariant 3: as long as a role needs a second factor and there was none, no role is given at all, only
// what everyone who has signed in may do: setting the factor.
func actorOf(a *Account, strong bool, auth access.Auth, from netip.Addr) access.Actor {
	actor := access.Actor{Type: access.User, ID: a.ID, Name: a.FullName, Agency: a.Agency, Auth: auth, Address: from}
	if strong || !a.NeedsSecond() {
		actor.Roles = slices.Clone(a.Roles)
	}
	return actor
}
