package access

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

// desk is the service with one grant of the system "tthc" on birth records.
type desk struct {
	*Service
	db    *controldb.DB
	log   *audit.Log
	grant Grant
}

func newDesk(t *testing.T, db *controldb.DB) *desk {
	t.Helper()
	log, err := audit.Open(t.TempDir(), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	ctx := context.Background()
	if err := log.UseOutbox(ctx, db); err != nil {
		t.Fatal(err)
	}
	_, facts := world()
	d := &desk{Service: NewService(db, clock.Fixed(noon), log), db: db, log: log}
	d.Use(Sources{
		Owned: func(_ context.Context, agency string) ([]string, error) {
			return map[string][]string{"H38.04": {"H38.04/khai-sinh", "H38.04/khai-tu"}}[agency], nil
		},
		Account: func(_ context.Context, a Actor) (*AccountFacts, error) {
			if a.ID == "stranger" {
				return nil, nil
			}
			return facts.Account, nil
		},
		Dataset: func(_ context.Context, code string) (*DatasetFacts, error) {
			if code != "H38.04/khai-sinh" {
				return nil, nil
			}
			return facts.Dataset, nil
		},
		System: func(_ context.Context, id string) (*SystemFacts, error) {
			if id != "tthc" {
				return nil, nil
			}
			return facts.System, nil
		},
		Connection: func(context.Context, string) (ConnectionFacts, error) { return ConnectionFacts{State: "live"}, nil },
	})
	if err := d.AddPurpose(person("H38.02", OpAdmin), Purpose{Code: "DVC-TTHC.BT", Parent: "DVC-TTHC", Name: "Hỗ trợ học sinh bán trú", NameEn: "Allowance"}); err != nil {
		t.Fatal(err)
	}
	g := facts.Grants[0]
	g.RequestID, g.LegalBasis = "c1", "Điều 12"
	err = db.InTx(ctx, func(q controldb.Querier) error {
		var err error
		d.grant, err = d.CreateGrant(ctx, q, Actor{Type: User, ID: "approver", Name: "Người phê duyệt", Agency: "H38.02"}, g, true, Basis{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func person(agency string, roles ...Role) context.Context {
	return WithActor(context.Background(), Actor{Type: User, ID: "person", Name: "Người thử", Agency: agency, Roles: roles, Auth: AuthTwo})
}

func question() Request {
	r, _ := world()
	r.At, r.Columns = time.Time{}, nil
	return r
}

func TestGrantIsFoundByTheOwnAgencyAndTheOperatorOnly(t *testing.T) {
	d := newDesk(t, testkit.DB(t))
	for _, c := range []struct {
		name string
		ctx  context.Context
		code string
	}{
		{"own agency", person("H38.01", AgencyHead), ""},
		{"operator", person("H38.02", OpSecurity), ""},
		{"auditor", person("H38.09", Auditor), ""},
		{"another agency is not told that it exists", person("H38.05", AgencyHead), "access.grant_not_found"},
		{"a role without the right", person("H38.01", Analyst), "access.permission_missing"},
		{"nobody", context.Background(), "access.sign_in_required"},
	} {
		got, err := d.FindGrant(c.ctx, d.grant.ID)
		if c.code != "" && !fault.Is(err, c.code) || c.code == "" && (err != nil || got.Number != d.grant.Number) {
			t.Errorf("%s: %v, %v", c.name, got.Number, err)
		}
	}
	if _, err := d.FindGrant(person("H38.02", OpSecurity), "unknown"); !fault.Is(err, "access.grant_not_found") {
		t.Errorf("unknown grant: %v", err)
	}
}

// The consumer sees its grants, the owner who has grants on its data, and nobody of another agency either.
func TestGrantsAreSeenByTheirTwoAgencies(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		d := newDesk(t, db)
		for name, c := range map[string]struct {
			ctx  context.Context
			want int
		}{
			"consumer": {person("H38.01", Steward), 1}, "owner": {person("H38.04", Steward), 1}, "head of the owner": {person("H38.04", AgencyHead), 1},
			"another agency": {person("H38.05", Steward), 0}, "operator": {person("H38.02", OpSecurity), 1},
		} {
			all, err := d.Grants(c.ctx, GrantFilter{})
			if err != nil || len(all) != c.want {
				t.Errorf("%s sees %d grants, want %d; %v", name, len(all), c.want, err)
			}
			_, err = d.FindGrant(c.ctx, d.grant.ID)
			_, history := d.GrantHistory(c.ctx, d.grant)
			if (err == nil) != (c.want == 1) || (history == nil) != (c.want == 1) || err != nil && !fault.Is(err, "access.grant_not_found") {
				t.Errorf("%s: %v, %v", name, err, history)
			}
		}
	})
}

func TestHistoryTellsEveryChangeOfTheStatus(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		d, ctx := newDesk(t, db), context.Background()
		officer := Actor{Type: User, ID: "officer", Name: "Người giám sát", Agency: "H38.02"}
		for _, s := range []GrantStatus{GrantSuspended, GrantActive, GrantEnded} {
			if err := db.InTx(ctx, func(q controldb.Querier) error { return d.SetStatus(ctx, q, officer, "c1", s, "Lý do "+string(s)) }); err != nil {
				t.Fatal(err)
			}
		}
		got, err := d.GrantHistory(person("H38.02", OpSecurity), d.grant)
		if err != nil || len(got) != 4 {
			t.Fatalf("history %+v, %v; want 4 events", got, err)
		}
		for i, want := range []GrantStatus{GrantEnded, GrantActive, GrantSuspended, GrantActive} {
			if got[i].Status != want {
				t.Errorf("event %d is %s, want %s", i, got[i].Status, want)
			}
		}
		if got[0].Reason != "Lý do ended" || got[0].Who != "Người giám sát" || got[3].Who != "Người phê duyệt" {
			t.Errorf("events lack who or why: %+v", got)
		}
		if _, err := d.GrantHistory(person("H38.05", AgencyHead), d.grant); !fault.Is(err, "access.other_agency") {
			t.Errorf("another agency: %v", err)
		}
	})
}

func TestTryAnswersLikeDecideAndGivesNothing(t *testing.T) {
	d := newDesk(t, testkit.DB(t))
	ctx := person("H38.02", OpAppraiser)
	for _, c := range []struct {
		name  string
		code  string
		check Check
		spoil func(*Request)
	}{
		{"all checks pass", "", CheckOK, func(*Request) {}},
		{"wrong purpose", "access.purpose_mismatch", CheckPurpose, func(r *Request) { r.Purpose = "QLNN" }},
		{"field outside", "access.field_not_granted", CheckScope, func(r *Request) { r.Columns = []string{"dia_chi"} }},
		{"no such dataset", "access.grant_missing", CheckGrant, func(r *Request) { r.Dataset = "H38.04/none" }},
		{"unknown caller", "access.sign_in_required", CheckAuthn, func(r *Request) { r.Actor.ID = "stranger" }},
		{"after the end", "access.grant_expired", CheckTime, func(r *Request) { r.At = noon.AddDate(2, 0, 0) }},
	} {
		r := question()
		c.spoil(&r)
		got, err := d.Try(ctx, r)
		if err != nil || got.Check != c.check || got.Code != c.code || got.Allowed != (c.code == "") {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	facts, err := d.Facts(ctx, question())
	if err != nil || facts.Usage[d.grant.ID] != (Usage{}) {
		t.Errorf("questions were counted as calls: %+v, %v", facts.Usage, err)
	}
	page, err := d.log.List(ctx, audit.Filter{Event: "access.try"})
	if err != nil || len(page.Items) != 6 {
		t.Fatalf("%d records of questions, %v; want 6", len(page.Items), err)
	}
	if r := page.Items[5].Record; r.Kind != audit.KindChange || r.Detail["result"] != audit.Allow || r.Actor.AccountID != "person" || r.Target.Dataset != "H38.04/khai-sinh" {
		t.Errorf("record of the question: %+v", r)
	}
	if page, _ := d.log.List(ctx, audit.Filter{Kind: audit.KindDecision}); len(page.Items) != 0 {
		t.Error("a question stands in the log as an access")
	}
}

func TestTryTellsNobodyWhatOthersMay(t *testing.T) {
	d := newDesk(t, testkit.DB(t))
	for _, c := range []struct {
		name string
		ctx  context.Context
		do   func(*Request)
		code string
	}{
		{"own system", person("H38.01", AgencyHead), func(*Request) {}, ""},
		{"oneself", person("H38.01", AgencyHead), func(r *Request) { r.Actor = Actor{Type: User, ID: "person", Agency: "H38.01"} }, ""},
		{"system of another agency", person("H38.05", AgencyHead), func(*Request) {}, "access.other_agency"},
		{"system of another agency, said to be one's own", person("H38.05", AgencyHead), func(r *Request) { r.Actor.Agency = "H38.05" }, "access.other_agency"},
		{"system that does not exist", person("H38.05", AgencyHead), func(r *Request) { r.Actor.ID, r.Actor.Agency = "none", "H38.05" }, "access.other_agency"},
		{"a colleague", person("H38.01", AgencyHead), func(r *Request) { r.Actor = Actor{Type: User, ID: "colleague", Agency: "H38.01"} }, "access.other_agency"},
		{"oneself in another agency", person("H38.05", AgencyHead), func(r *Request) { r.Actor = Actor{Type: User, ID: "person", Agency: "H38.01"} }, "access.other_agency"},
		{"without the right", person("H38.01", Analyst), func(*Request) {}, "access.permission_missing"},
		{"nobody", context.Background(), func(*Request) {}, "access.sign_in_required"},
	} {
		r := question()
		c.do(&r)
		if _, err := d.Try(c.ctx, r); c.code != "" && !fault.Is(err, c.code) || c.code == "" && err != nil {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
}

func TestTryIsRefusedWhenItCannotBeRecorded(t *testing.T) {
	d := newDesk(t, testkit.DB(t))
	if err := d.log.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Try(person("H38.02", OpAppraiser), question()); err == nil {
		t.Fatal("the question was answered without a record")
	}
}

func TestNewPurposeIsAChildWithCodeAndNames(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		d := newDesk(t, db)
		good := Purpose{Code: "QLNN.HN-1", Parent: "QLNN", Name: "Rà soát hộ nghèo", NameEn: "Review of poor households"}
		for _, c := range []struct {
			name, code, field string
			do                func(*Purpose)
		}{
			{"small letters", "access.purpose_code_invalid", "code", func(p *Purpose) { p.Code = "qlnn.hn" }},
			{"line break", "access.purpose_code_invalid", "code", func(p *Purpose) { p.Code = "QLNN\nA" }},
			{"no name", "access.purpose_name_missing", "name", func(p *Purpose) { p.Name = "" }},
			{"no English name", "access.purpose_name_missing", "name_en", func(p *Purpose) { p.NameEn = "" }},
			{"under a child", "access.purpose_not_root", "parent", func(p *Purpose) { p.Parent = "DVC-TTHC.BT" }},
			{"under nothing", "access.purpose_not_root", "parent", func(p *Purpose) { p.Parent = "" }},
			{"code of another", "access.purpose_taken", "code", func(p *Purpose) { p.Code = "DVC-TTHC.BT" }},
		} {
			bad := good
			c.do(&bad)
			if err := d.AddPurpose(person("H38.02", OpAdmin), bad); !fault.Is(err, c.code) || fault.Of(err).Field != c.field {
				t.Errorf("%s: %v, want %s at %s", c.name, err, c.code, c.field)
			}
		}
		if err := d.AddPurpose(person("H38.01", AgencyHead), good); !fault.Is(err, "access.permission_missing") {
			t.Errorf("without the right: %v", err)
		}
		if err := d.AddPurpose(person("H38.02", OpAdmin), good); err != nil {
			t.Errorf("a good one: %v", err)
		}
	})
}
