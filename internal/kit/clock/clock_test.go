package clock_test

import (
	"sync"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
)

func TestParseShift(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"+3d": 72 * time.Hour, "-2h": -2 * time.Hour, "+1w": 168 * time.Hour, "+90m": 90 * time.Minute,
		"+30s": 30 * time.Second, "+0d": 0, " +1d ": 24 * time.Hour,
	} {
		if got, err := clock.ParseShift(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "3d", "+d", "+", "+3", "+3y", "+-3d", "+3.5d", "+1h30m", "+999999999999w", "+99999999w"} {
		if got, err := clock.ParseShift(in); err == nil {
			t.Errorf("%q: accepted as %v", in, got)
		}
	}
}

func TestAdjustable(t *testing.T) {
	base := time.Date(2026, 9, 1, 12, 0, 0, 0, time.FixedZone("+07:00", 7*3600))
	c := clock.NewAdjustable(clock.Fixed(base))
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { c.Shift(time.Hour); _ = c.Now() })
	}
	wg.Wait()
	c.Shift(-2 * time.Hour)
	if c.Offset() != 48*time.Hour {
		t.Fatal(c.Offset())
	}
	if got := c.Now(); got.Location() != time.UTC || !got.Equal(base.Add(48*time.Hour)) {
		t.Fatal(got)
	}
}

func TestSystemIsUTC(t *testing.T) {
	if got := clock.System().Now(); got.Location() != time.UTC || time.Since(got) > time.Minute {
		t.Fatal(got)
	}
}
