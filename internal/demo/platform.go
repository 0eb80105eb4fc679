package demo

import (
	"context"
	"fmt"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/demo/world"
	"lienthong/internal/dictionary"
	"lienthong/internal/exchange"
	"lienthong/internal/flow"
	"lienthong/internal/incident"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/privacy"
	"lienthong/internal/release"
	"lienthong/internal/review"
	"lienthong/internal/system"
)

// Platform is what the demo is loaded into; app fills it. Both listeners must be open and the deliveries' worker must
// run, since connections are tested over HTTP.
type Platform struct {
	Clock       clock.Clock
	Access      *access.Service
	Agency      *agency.Service
	Account     *account.Service
	System      *system.Service
	Dictionary  *dictionary.Service
	Catalog     *catalog.Service
	Ingest      *ingest.Service
	Incidents   *incident.Service
	Connections *connection.Service
	Exchange    *exchange.Service
	Releases    *release.Service
	Privacy     *privacy.Service
	Reviews     *review.Service // nil: no review is shown
	Grants      *flow.GrantConnection
	Tests       *flow.TestConnection
	ExchangeURL string                           // where consuming systems call
	Say         func(format string, args ...any) // tells the operator how far it is; nil says nothing
}

// loader is one loading under way.
type loader struct {
	Platform
	w      *world.World
	people map[string]access.Actor // by username
	loaded *Loaded
	served bool // the agencies' systems run
}

func (l *loader) say(format string, args ...any) {
	if l.Say != nil {
		l.Say(format, args...)
	}
}

// founder makes the first accounts, as the holder of the set-up token would.
func founder() access.Actor {
	return access.Actor{
		Type: access.User, ID: "demo", Name: "Khởi tạo dữ liệu mẫu", Agency: world.Operator, Roles: []access.Role{access.OpAdmin}, Auth: access.AuthLocal,
	}
}

// as is the context in which a person of the demo acts.
func (l *loader) as(ctx context.Context, username string) context.Context {
	return access.WithActor(ctx, l.people[username])
}

// of finds who holds a role in an agency.
func (l *loader) of(agency string, role access.Role) (string, error) {
	for _, a := range l.w.Accounts {
		if a.Agency == agency && slices.Contains(a.Roles, role) {
			return a.Username, nil
		}
	}
	return "", fmt.Errorf("nobody in the demo is %s of %s", role, agency)
}

func (l *loader) steward(ctx context.Context, agency string) (context.Context, error) {
	name, err := l.of(agency, access.Steward)
	return l.as(ctx, name), err
}

func (l *loader) head(ctx context.Context, agency string) (context.Context, error) {
	name, err := l.of(agency, access.AgencyHead)
	return l.as(ctx, name), err
}

// People of the operator.
const (
	admin     = "quantri.hethong"
	appraiser = "vanhanh.thamdinh"
	approver  = "vanhanh.pheduyet"
	engineer  = "vanhanh.kythuat"
	second    = "vanhanh.kythuat2"
	security  = "vanhanh.antoan"
)
