package incident

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

var night = time.Date(2026, 11, 29, 19, 0, 0, 0, time.UTC)

func newService(t *testing.T, db *controldb.DB) (*Service, *audit.Log) {
	t.Helper()
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
	cal, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	return NewService(db, clock.Fixed(night), cal, log), log
}

func as(agency string, role access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "person", Name: "Người thử", Agency: agency, Roles: []access.Role{role}})
}

var outage = Detection{Kind: Availability, Severity: High, Summary: "Không gọi được dịch vụ của chủ quản", Agency: "H38.04", Source: "exchange"}

func TestTheSameDetectionIsOneIncidentWhileItIsOpen(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		s, log := newService(t, db)
		ctx, officer := context.Background(), as("H38.02", access.OpSecurity)
		first, err := s.Open(ctx, outage)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Open(ctx, outage)
		if err != nil || again.ID != first.ID {
			t.Fatalf("the second detection: %v, %v", again, err)
		}
		if err := s.Step(officer, first.ID, FalseAlarm, "Do bảo trì theo kế hoạch"); err != nil {
			t.Fatal(err)
		}
		next, err := s.Open(ctx, outage)
		if err != nil || next.ID == first.ID || next.Number != "2026-0002/SC" {
			t.Fatalf("after the end: %+v, %v; want a new incident with the next number", next, err)
		}
		got, err := s.Find(officer, first.ID)
		if err != nil || len(got.Steps) != 3 || !got.DetectedAt.Equal(night) {
			t.Fatalf("steps %+v, %v; want detection, second detection and end", got, err)
		}
		page, err := log.List(ctx, audit.Filter{Event: "incident.*"})
		if err != nil || len(page.Items) != 3 {
			t.Fatalf("%d records, %v; want two openings and one step", len(page.Items), err)
		}
	})
}

func TestStepsAreThoseOfTheTable(t *testing.T) {
	s, _ := newService(t, testkit.DB(t))
	officer := as("H38.02", access.OpSecurity)
	i, err := s.Open(context.Background(), outage)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, code string
		ctx        context.Context
		id         string
		to         State
		comment    string
	}{
		{"nobody", "access.sign_in_required", context.Background(), i.ID, Triaged, "Đã xác định phạm vi"},
		{"who may only read", "access.permission_missing", as("H38.09", access.Auditor), i.ID, Triaged, "Đã xác định phạm vi"},
		{"short comment", "incident.comment_missing", officer, i.ID, Triaged, "  ngắn       "},
		{"a state that cannot follow", "incident.step_not_possible", officer, i.ID, Closed, "Đóng ngay lập tức"},
		{"unknown state", "incident.step_not_possible", officer, i.ID, "gone", "Đóng ngay lập tức"},
		{"unknown incident", "incident.not_found", officer, "none", Triaged, "Đã xác định phạm vi"},
	} {
		if err := s.Step(c.ctx, c.id, c.to, c.comment); !fault.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	for _, to := range []State{Triaged, Containing, Contained, Recovering, Review, Closed} {
		if err := s.Step(officer, i.ID, to, "Nội dung xử lý của bước"); err != nil {
			t.Fatalf("to %s: %v", to, err)
		}
	}
	if err := s.Step(officer, i.ID, Triaged, "Mở lại sự cố đã đóng"); !fault.Is(err, "incident.step_not_possible") {
		t.Errorf("after the end: %v", err)
	}
}

func TestUnknownKindAndForeignReaderAreRefused(t *testing.T) {
	s, _ := newService(t, testkit.DB(t))
	bad := outage
	bad.Kind = "weather"
	if _, err := s.Open(context.Background(), bad); !fault.Is(err, "incident.kind_unknown") {
		t.Errorf("unknown kind: %v", err)
	}
	if _, err := s.List(as("H38.04", access.Analyst), Filter{}); !fault.Is(err, "access.permission_missing") {
		t.Errorf("a reader without the right: %v", err)
	}
	if _, err := s.Find(context.Background(), "x"); !fault.Is(err, "access.sign_in_required") {
		t.Errorf("nobody: %v", err)
	}
}
