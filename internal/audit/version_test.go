package audit_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

type thing struct {
	Name  string `json:"name"`
	Phone string `json:"phone" history:"hash"`
}

// things is a slice as the log sees it: a table of things that are changed and recorded in one transaction.
type things struct {
	db  *controldb.DB
	log *audit.Log
	now thing
}

func (s *things) change(next thing, fail error) error {
	return s.db.InTx(context.Background(), func(q controldb.Querier) error {
		s.now = next
		e := audit.Entry{Actor: audit.Actor{Type: "user", AccountID: "a1", Name: "Lò Thị Sửa", AgencyCode: "H38.02"}, Event: "thing.change", Subject: "thing/1", Reason: "theo công văn"}
		if err := s.log.Change(context.Background(), q, e); err != nil {
			return err
		}
		return fail
	})
}

func TestChangesLeaveTheStateBeforeAndAfter(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		ctx := context.Background()
		log := audittest.Log(t, db)
		s := &things{db: db, log: log, now: thing{Name: "cũ"}}
		log.Keep("thing", audit.Keeper{
			State: func(context.Context, controldb.Querier, string) (any, error) { return s.now, nil },
			List:  func(context.Context, controldb.Querier) ([]string, error) { return []string{"1"}, nil },
		})
		for range 2 { // the second start finds nothing missing
			if err := log.KeepAll(ctx, db, audit.Actor{Type: "job", Name: "start"}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * time.Millisecond)
		if err := s.change(thing{"mới", "0999000111"}, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.change(thing{"không thành", ""}, errors.New("boom")); err == nil {
			t.Fatal("a failing change went through")
		}
		if err := s.change(thing{"mới", "0999000111"}, nil); err != nil { // recorded, but nothing is otherwise
			t.Fatal(err)
		}
		list, err := log.History(ctx, "thing/1", 0, 10)
		if err != nil || len(list) != 3 {
			t.Fatalf("%d versions, %v", len(list), err)
		}
		if v := list[0]; len(v.Changes) != 0 || v.Digest != list[1].Digest {
			t.Errorf("a change of nothing: %+v", v)
		}
		v := list[1]
		if v.Number != 2 || v.Actor.Name != "Lò Thị Sửa" || v.Reason != "theo công văn" || len(v.Changes) != 2 {
			t.Fatalf("got %+v", v)
		}
		if c := v.Changes[0]; c.Field != "name" || c.Before != "cũ" || c.After != "mới" {
			t.Errorf("got %+v", c)
		}
		if c := v.Changes[1]; c.Field != "phone" || c.Before != "" || !strings.Contains(c.After, ":") || strings.Contains(c.After, "0999") {
			t.Errorf("a sensitive value is kept as %q", c.After)
		}
		if more, err := log.History(ctx, "thing/1", 2, 10); err != nil || len(more) != 1 || more[0].Event != audit.EventFirstState {
			t.Errorf("the page after version 2: %+v, %v", more, err)
		}
		then, err := log.StateAt(ctx, "thing/1", v.At.Add(-time.Microsecond))
		if err != nil || !strings.Contains(string(then.Body), "cũ") {
			t.Errorf("before the change: %s, %v", then.Body, err)
		}
		now, err := log.StateAt(ctx, "thing/1", v.At.Add(time.Hour))
		if err != nil || now.Number != 3 || !strings.Contains(string(now.Body), "mới") {
			t.Errorf("after the changes: %+v, %v", now, err)
		}
		if _, err := log.StateAt(ctx, "thing/1", time.Now().AddDate(-1, 0, 0)); !fault.Is(err, "audit.no_state_then") {
			t.Errorf("before it was there: %v", err)
		}
	})
}
