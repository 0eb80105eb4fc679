package account

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// Session is one place where an account is signed in, as its holder sees it.
type Session struct {
	ID      string      `json:"id"`
	Auth    access.Auth `json:"auth" doc:"How it was opened"`
	Address string      `json:"address,omitempty"`
	Agent   string      `json:"agent,omitempty" doc:"What the browser or program says of itself"`
	Created time.Time   `json:"created_at"`
	Seen    time.Time   `json:"seen_at" doc:"Last use, to the minute"`
	Current bool        `json:"current" doc:"The session of this request"`
}

// publicID names a session without being of any use to open it.
func (s session) publicID() string { return s.hash[:16] }

// Sessions lists where whoever is signed in is signed in; token is that of this request.
func (s *Service) Sessions(ctx context.Context, token string) ([]Session, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return nil, err
	}
	all, err := listSessions(ctx, s.DB, who.ID)
	if err != nil {
		return nil, err
	}
	now, own := s.Clock.Now(), secret.HashToken(token)
	var out []Session
	for _, one := range all {
		if one.over(now) {
			continue
		}
		out = append(out, Session{one.publicID(), one.auth, one.address, one.agent, one.created, one.seen, one.hash == own})
	}
	return out, nil
}

// EndSession ends one session of one's own.
func (s *Service) EndSession(ctx context.Context, id string) error {
	n, err := s.endWhere(ctx, func(one session) bool { return one.publicID() == id })
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "account.session_not_found")
	}
	return err
}

// EndOtherSessions ends all sessions of one's own but the one of token.
func (s *Service) EndOtherSessions(ctx context.Context, token string) (int, error) {
	own := secret.HashToken(token)
	return s.endWhere(ctx, func(one session) bool { return one.hash != own })
}

func (s *Service) endWhere(ctx context.Context, match func(session) bool) (ended int, err error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return 0, err
	}
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		ended = 0
		all, err := listSessions(ctx, q, who.ID)
		if err != nil {
			return err
		}
		for _, one := range all {
			if !match(one) {
				continue
			}
			if err := removeSession(ctx, q, one.hash); err != nil {
				return err
			}
			ended++
		}
		return nil
	})
	if err != nil || ended == 0 {
		return ended, err
	}
	return ended, s.Log.Note(ctx, &audit.Record{Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "auth.logout", Actor: who.ForAudit(), Detail: map[string]string{"by": "list of sessions"}})
}
