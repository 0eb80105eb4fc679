package review

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/testkit"
)

const (
	operator = "H38.02"
	owner    = "H38.05"
	consumer = "H38.09"
	dataset  = owner + "/ho-ngheo"
)

var start = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC) // a Monday morning

// bench is reviews on a real store and log, in a world that a test changes.
type bench struct {
	*Service
	t       *testing.T
	clock   *clock.Adjustable
	owner   string
	fields  map[string]access.Class
	persons map[string]Person
	holders map[string]int
	ends    map[string]time.Time
	systems map[string]string
	told    []string
}

func newBench(t *testing.T, db *controldb.DB) *bench {
	t.Helper()
	c := clock.NewAdjustable(clock.Fixed(start))
	log, err := audit.Open(t.TempDir(), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	if err := log.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	calendar, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{
		t: t, clock: c, owner: owner, persons: map[string]Person{}, ends: map[string]time.Time{}, systems: map[string]string{"sys": consumer},
		fields:  map[string]access.Class{"ma_ho": access.ClassNormal, "chu_ho": access.ClassBasic, "dan_toc": access.ClassSensitive, "ma_xa": access.ClassNormal},
		holders: map[string]int{owner + "/steward": 1, owner + "/agency_head": 1},
	}
	rights := access.NewService(db, c, log)
	rights.Use(access.Sources{
		Dataset: func(context.Context, string) (*access.DatasetFacts, error) { return b.facts(), nil },
		Connection: func(context.Context, string) (access.ConnectionFacts, error) {
			return access.ConnectionFacts{State: "live"}, nil
		},
		Owned: func(_ context.Context, agency string) ([]string, error) {
			if agency == b.owner {
				return []string{dataset}, nil
			}
			return nil, nil
		},
	})
	b.Service = NewService(Parts{
		DB: db, Clock: c, Calendar: calendar, Log: log, Access: rights, World: world{b}, Inbox: inbox{b}, Operator: operator,
		Narrow: func(ctx context.Context, q controldb.Querier, who access.Actor, g access.Grant, n access.Narrowing, reason string) error {
			_, err := rights.NarrowGrant(ctx, q, who, g.ID, n, reason)
			return err
		},
	})
	b.sweep()
	return b
}

func (b *bench) facts() *access.DatasetFacts {
	return &access.DatasetFacts{Owner: b.owner, Served: true, Fields: b.fields}
}

type world struct{ *bench }

func (w world) Dataset(context.Context, string) (*access.DatasetFacts, error) { return w.facts(), nil }
func (w world) SystemOwner(_ context.Context, id string) (string, error)      { return w.systems[id], nil }
func (w world) Agency(_ context.Context, code string) (Agency, error) {
	end := w.ends[code]
	return Agency{Exists: end.IsZero() || w.clock.Now().Before(end), EndsAt: end}, nil
}
func (w world) Person(_ context.Context, name string) (Person, bool, error) {
	p, ok := w.persons[name]
	return p, ok, nil
}
func (w world) Holders(_ context.Context, agency string, role access.Role) (int, error) {
	return w.holders[agency+"/"+string(role)], nil
}

type inbox struct{ *bench }

func (i inbox) tell(format string, args ...any) error {
	i.told = append(i.told, fmt.Sprintf(format, args...))
	return nil
}
func (i inbox) ReviewWaits(_ context.Context, _ controldb.Querier, _ Campaign, agency string, n int) error {
	return i.tell("waits %s %d", agency, n)
}
func (i inbox) ReviewAnswered(_ context.Context, _ controldb.Querier, _ Campaign, agency string) error {
	return i.tell("answered %s", agency)
}
func (i inbox) ReviewSuspended(_ context.Context, _ controldb.Querier, _ Campaign, x Item) error {
	return i.tell("suspended %s", x.Number)
}
func (i inbox) AskWaits(_ context.Context, _ controldb.Querier, a Ask) error {
	return i.tell("ask %s %s", a.Kind, a.Number)
}
func (i inbox) AskAnswered(_ context.Context, _ controldb.Querier, a Ask) error {
	return i.tell("ask %s %s", a.State, a.Number)
}

func as(name, agency string, roles ...access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: name, Name: name, Agency: agency, Roles: roles, Auth: access.AuthTwo})
}

var (
	steward  = as("steward", owner, access.Steward)
	guard    = as("guard", operator, access.OpSecurity)
	guardTwo = as("guard two", operator, access.OpSecurity)
	admin    = as("admin", operator, access.OpAdmin)
	holder   = as("holder", consumer, access.Steward)
	stranger = as("stranger", "H38.10", access.Steward)
	job      = access.WithActor(context.Background(), access.JobActor("access review"))
)

func (b *bench) sweep() {
	b.t.Helper()
	if err := b.Sweep(job); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) follow() {
	b.t.Helper()
	for {
		more, err := b.Follow(job)
		if err != nil {
			b.t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// grant gives a right; change may alter it first.
func (b *bench) grant(change func(g *access.Grant)) access.Grant {
	b.t.Helper()
	now := b.clock.Now()
	g := access.Grant{
		Subject: access.Subject{Type: access.SubjectSystem, ID: "sys"}, Agency: consumer, Level: access.LevelUse, Dataset: dataset, SchemaVersion: 1, Purposes: []string{"QLNN"},
		Columns:    []access.Column{{Name: "ma_ho"}, {Name: "chu_ho"}, {Name: "ma_xa"}},
		Conditions: access.Conditions{CallsPerMinute: 20, CallsPerDay: 20_000, RecordsPerDay: 1000}, LegalBasis: "Điều 12", RequestID: "r1", ApprovedBy: "approver", ValidFrom: now, ValidTo: now.AddDate(0, 12, 0),
	}
	if change != nil {
		change(&g)
	}
	b.tx(func(q controldb.Querier) (err error) {
		g, err = b.Access.CreateGrant(context.Background(), q, access.JobActor("test"), g, true, access.Basis{})
		return err
	})
	return g
}

func (b *bench) tx(do func(q controldb.Querier) error) {
	b.t.Helper()
	if err := b.DB.InTx(context.Background(), do); err != nil {
		b.t.Fatal(err)
	}
}

// record writes a change of another slice into the log, as its service would.
func (b *bench) record(event, subject string, detail map[string]string) {
	b.t.Helper()
	b.tx(func(q controldb.Querier) error {
		return b.Log.Change(context.Background(), q, audit.Entry{Actor: access.JobActor("test").ForAudit(), Event: event, Subject: subject, Detail: detail})
	})
}

// used writes the decision of a call that got the fields.
func (b *bench) used(g access.Grant, fields ...string) {
	b.t.Helper()
	err := b.Log.Decide(context.Background(), &audit.Record{
		ID: ids.New(), At: b.clock.Now(), Channel: audit.ChannelGateway, Event: "data.list", Target: audit.Target{Grant: g.ID, Dataset: g.Dataset},
		Content: audit.Content{Fields: fields}, Decision: audit.Decision{Result: audit.Allow, Reason: audit.ReasonOK},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) status(g access.Grant) string {
	b.t.Helper()
	now, err := b.Access.GrantOf(context.Background(), b.DB, g.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.TrimSpace(string(now.Status) + " " + strings.Split(now.HeldBy, "/")[0])
}

func (b *bench) only(cause Cause) Campaign {
	b.t.Helper()
	all, err := b.ListCampaigns(guard, CampaignFilter{Cause: cause})
	if err != nil || len(all) != 1 {
		b.t.Fatalf("%d reviews %s, %v; want one", len(all), cause, err)
	}
	return all[0]
}

func (b *bench) items(c Campaign) []Item {
	b.t.Helper()
	items, err := b.ListItems(guard, ItemFilter{Campaign: c.ID})
	if err != nil {
		b.t.Fatal(err)
	}
	return items
}

func engines(t *testing.T, test func(b *bench)) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) { test(newBench(t, db)) })
}
