package system_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/system"
)

// contact is who picks up the secrets of tthc.
func contact() context.Context { return as("H38.02", access.Steward) }

// issued is a credential of tthc with its secret picked up.
func (w *world) issued(t *testing.T, label string, to time.Time) system.Issued {
	t.Helper()
	c, err := w.IssueCredential(engineer(), "tthc", label, to)
	if err != nil {
		t.Fatal(err)
	}
	return w.pickedUp(t, c)
}

func (w *world) pickedUp(t *testing.T, c *system.Credential) system.Issued {
	t.Helper()
	got, err := w.PickUp(contact(), "tthc", c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestOnlyTheOwnAgencyHoldsTheSecret(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		w.registered(t)
		var waits []bool
		w.OnCredential(func(_ context.Context, _ controldb.Querier, sys *system.System, c *system.Credential) error {
			waits = append(waits, sys.ID == "tthc" && c.Waiting() && c.RevokedAt.IsZero())
			return nil
		})
		c, err := w.IssueCredential(engineer(), "tthc", "khóa", now.AddDate(0, 6, 0))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.CheckSecret(context.Background(), c.ClientID, ""); !fault.Is(err, "system.client_invalid") {
			t.Fatalf("a credential without a secret opens: %v", err)
		}
		for name, ctx := range map[string]context.Context{
			"the engineer who made it": engineer(), "the security officer": security(), "the administrator": as("H38.02", access.OpAdmin), "an analyst of the agency": as("H38.02", access.Analyst),
		} {
			if _, err := w.PickUp(ctx, "tthc", c.ID); !fault.Is(err, "access.permission_missing") {
				t.Errorf("%s picks up: %v", name, err)
			}
		}
		if _, err := w.PickUp(as("H38.04", access.Steward), "tthc", c.ID); !fault.Is(err, "system.secret_own") {
			t.Errorf("the steward of another agency picks up: %v", err)
		}
		if _, err := w.Rotate(contact(), "tthc", c.ID); !fault.Is(err, "system.secret_waiting") {
			t.Errorf("a secret that nobody has is changed: %v", err)
		}
		first := w.oneOfMany(t, c)
		if _, err := w.CheckSecret(context.Background(), c.ClientID, first.Secret.Reveal()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.PickUp(contact(), "tthc", c.ID); !fault.Is(err, "system.secret_taken") {
			t.Errorf("a second pick-up: %v", err)
		}
		if len(waits) != 2 || !waits[0] || waits[1] {
			t.Errorf("the agency was told %v", waits)
		}
		w.rotation(t, first)
	})
}

// oneOfMany picks up many times at once.
func (w *world) oneOfMany(t *testing.T, c *system.Credential) (got system.Issued) {
	t.Helper()
	const many = 8
	results, errs := make([]system.Issued, many), make([]error, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() { results[i], errs[i] = w.PickUp(contact(), "tthc", c.ID) })
	}
	wg.Wait()
	won := 0
	for i, err := range errs {
		switch {
		case err == nil:
			won++
			got = results[i]
		case !fault.Is(err, "system.secret_taken"):
			t.Errorf("got %v", err)
		}
	}
	if won != 1 {
		t.Fatalf("%d picked the one secret up", won)
	}
	return got
}

// rotation: old and new overlap for a week, the new one ends when the old one would have.
func (w *world) rotation(t *testing.T, old system.Issued) {
	t.Helper()
	opens := func(i system.Issued) bool {
		_, err := w.CheckSecret(context.Background(), i.Credential.ClientID, i.Secret.Reveal())
		return err == nil
	}
	if _, err := w.Rotate(engineer(), "tthc", old.Credential.ID); !fault.Is(err, "access.permission_missing") {
		t.Errorf("the engineer changes a secret: %v", err)
	}
	next, err := w.Rotate(contact(), "tthc", old.Credential.ID)
	if err != nil {
		t.Fatal(err)
	}
	if next.Credential.ClientID == old.Credential.ClientID || !next.Credential.ValidTo.Equal(old.Credential.ValidTo) || !opens(old) || !opens(next) {
		t.Fatal("old and new do not overlap")
	}
	w.clock.Shift(7*24*time.Hour + time.Second)
	defer w.clock.Shift(-7*24*time.Hour - time.Second)
	if opens(old) || !opens(next) {
		t.Fatal("after a week the old secret still opens, or the new one does not")
	}
	if _, err := w.Rotate(contact(), "tthc", old.Credential.ID); !fault.Is(err, "system.credential_over") {
		t.Errorf("got %v", err)
	}
}
