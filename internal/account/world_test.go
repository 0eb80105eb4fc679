package account

import (
	"bytes"
	"context"
	"net/netip"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

const (
	operator = "H38.02"
	phrase   = "ruộng bậc thang mùa lúa chín"
)

var (
	noon  = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
	desk  = netip.MustParseAddr("192.0.2.7")
	place = From{Address: desk, Agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
	admin = access.Actor{Type: access.User, ID: "admin", Name: "Quản trị thử", Agency: operator, Roles: []access.Role{access.OpAdmin}, Auth: access.AuthTwo}
)

type bodies map[string]bool

func (b bodies) Active(_ context.Context, code string) (bool, error) { return b[code], nil }

func (b bodies) Ended(_ context.Context, code string) (bool, error) {
	active, known := b[code]
	return known && !active, nil
}

// opened keeps the incidents that the service asked for.
type opened []string

func (o *opened) Open(_ context.Context, kind, severity, summary string, _ map[string]string) error {
	*o = append(*o, kind+" "+severity+": "+summary)
	return nil
}

type world struct {
	*Service
	t         *testing.T
	clock     *clock.Adjustable
	incidents *opened
	bodies    bodies
}

func newWorld(t *testing.T) *world { return worldOn(t, testkit.DB(t)) }

func worldOn(t *testing.T, db *controldb.DB) *world {
	return worldWith(t, db, clock.Fixed(noon), func(*Parts) {})
}

func worldWith(t *testing.T, db *controldb.DB, base clock.Clock, change func(*Parts)) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewAdjustable(base), incidents: &opened{}, bodies: bodies{operator: true, "H38.04": true}}
	parts := Parts{
		DB: db, Clock: w.clock, Log: audittest.Log(t, db), Agencies: w.bodies, Incidents: w.incidents,
		Operator: operator, Key: bytes.Repeat([]byte{5}, 32),
	}
	change(&parts)
	s, err := NewService(parts)
	if err != nil {
		t.Fatal(err)
	}
	w.Service = s
	return w
}

func as(who access.Actor) context.Context { return access.WithActor(context.Background(), who) }

// person makes an account that can sign in with phrase, and with a second factor when secret is given.
func (w *world) person(username, secret string, roles ...access.Role) *Account {
	w.t.Helper()
	n := New{Username: username, FullName: "Người Giả Định", Agency: "H38.04", Roles: roles, Password: phrase, TOTPSecret: secret}
	if len(roles) > 0 && roles[0].Province() {
		n.Agency = operator
	}
	a, _, err := w.Create(as(admin), n)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) code(secret string) string {
	w.t.Helper()
	code, err := TOTPCode(secret, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// enter signs in or fails the test.
func (w *world) enter(username, code string) Signed {
	w.t.Helper()
	got, err := w.SignIn(context.Background(), username, phrase, code, place)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

func (w *world) fails(err error, code string) {
	w.t.Helper()
	if !fault.Is(err, code) {
		w.t.Fatalf("got %v, want %s", err, code)
	}
}

// events are the access log's records of one event, oldest first.
func (w *world) events(event string) []*audit.Record {
	w.t.Helper()
	page, err := w.Log.List(context.Background(), audit.Filter{Event: event, Limit: 200})
	if err != nil {
		w.t.Fatal(err)
	}
	var out []*audit.Record
	for i := len(page.Items) - 1; i >= 0; i-- {
		out = append(out, page.Items[i].Record)
	}
	return out
}
