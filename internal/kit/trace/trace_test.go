package trace

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestTraceparentOfTheCaller(t *testing.T) {
	const trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for header, ok := range map[string]bool{
		"00-" + trace + "-" + span + "-01":                          true,
		"00-" + trace + "-" + span + "-00":                          true,
		"cc-" + trace + "-" + span + "-01-what-comes-later":         true,
		"cc-" + trace + "-" + span + "-01":                          true,
		"":                                                          false,
		"00":                                                        false,
		"00-" + trace + "-" + span + "-01-more":                     false,
		"cc-" + trace + "-" + span + "-01x":                         false,
		"ff-" + trace + "-" + span + "-01":                          false,
		"00-" + strings.ToUpper(trace) + "-" + span + "-01":         false,
		"00-" + strings.Repeat("0", 32) + "-" + span + "-01":        false,
		"00-" + trace + "-0000000000000000-01":                      false,
		"00-" + trace[:31] + "g-" + span + "-01":                    false,
		"00_" + trace + "-" + span + "-01":                          false,
		"00-" + trace + "-" + span + "-0g":                          false,
		"999060000001-999060000001-999060000001-999060000001-99999": false,
	} {
		c := Begin("R", time.Now())
		own := c.ID()
		c.Join(header)
		if joined := c.ID() == trace && c.Parent() == span; joined != ok || !ok && (c.ID() != own || c.Parent() != "") {
			t.Errorf("%q: trace %s, parent %q", header, c.ID(), c.Parent())
		}
		_, _, _, valid := parse(c.Header())
		if !valid || strings.Contains(c.Header(), span) || !strings.Contains(c.Header(), c.ID()) {
			t.Errorf("%q: passed on as %s", header, c.Header())
		}
	}
	if a, b := Begin("A", time.Now()), Begin("B", time.Now()); a.ID() == b.ID() {
		t.Error("two calls have one trace")
	}
}

func FuzzTraceparent(f *testing.F) {
	f.Add("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	f.Add("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x")
	f.Fuzz(func(t *testing.T, h string) {
		c := Begin("R", time.Now())
		c.Join(h)
		if _, _, _, ok := parse(c.Header()); !ok {
			t.Errorf("%q is passed on as %q", h, c.Header())
		}
	})
}

func TestStepsAddUp(t *testing.T) {
	c := Begin("R", time.Now())
	ctx := With(context.Background(), c)
	Of(ctx).Done("one")
	time.Sleep(2 * time.Millisecond)
	Of(ctx).Done("two")
	for range 2 * maxSteps {
		Of(ctx).Done("more")
	}
	c.End("GET /x", 200, "")
	var sum time.Duration
	for _, s := range c.Steps() {
		sum += s.Took
	}
	if len(c.Steps()) != maxSteps || c.Steps()[1].Name != "two" || c.Steps()[1].Took < 2*time.Millisecond || sum > c.Took {
		t.Errorf("%+v in %v", c.Steps(), c.Took)
	}
	nobody := Of(context.Background())
	nobody.Done("outside a call") // must not fail
	nobody.Join("")
	if nobody.Header() != "" {
		t.Error("a header without a call")
	}
}

func TestSlowCallsOutliveABusyMinute(t *testing.T) {
	l := NewLog(4, 2, time.Second)
	end := func(id string, took time.Duration) {
		c := Begin(id, time.Unix(int64(len(id)), 0))
		c.Took = took
		l.Keep(c)
	}
	end("late", time.Second)
	for i := range 100 {
		end("quick "+strconv.Itoa(i), time.Millisecond)
	}
	if _, found := l.Find("late"); !found {
		t.Error("the slow call is gone")
	}
	if _, found := l.Find("quick 95"); found {
		t.Error("memory is not bounded")
	}
	if _, found := l.Find("quick 99"); !found {
		t.Error("the newest call is gone")
	}
	end("later", time.Minute)
	if slow := l.Slow(); len(slow) != 2 || slow[0].Request != "later" {
		t.Errorf("%d slow calls", len(slow))
	}
}
