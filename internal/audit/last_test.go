package audit

import (
	"context"
	"testing"
	"time"
)

func TestLastSuccessOfSystemsAndDatasets(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir)
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	call := func(id, system, actor, operation, code string, allow, probe bool) {
		t.Helper()
		r := &Record{
			ID: id, At: at, Kind: KindDecision, Channel: ChannelGateway, Event: "data.read", Actor: Actor{Type: actor, AccountID: system},
			Target: Target{Dataset: "H38.05/ho-ngheo", Connection: "c1", Operation: operation}, Decision: Decision{Result: Allow},
		}
		if !allow {
			r.Decision = Decision{Result: Deny, Reason: ReasonPurpose}
		}
		if probe {
			r.Detail = map[string]string{ProbeDetail: "c1"}
		}
		if err := l.Decide(context.Background(), r); err != nil {
			t.Fatal(err)
		}
		if allow {
			l.Outcome(&Record{Of: id, At: at.Add(time.Second), Channel: ChannelGateway, Event: "data.read", Result: Result{Status: "200", ErrorCode: code}})
		}
		at = at.Add(time.Hour)
	}
	const warehouse = "GET /data/{owner}/{dataset}"
	call("a1", "tthc", "system", warehouse, "", true, false)
	first := at.Add(-time.Hour + time.Second)
	call("a2", "tthc", "system", warehouse, "exchange.upstream_failed", true, false) // did not succeed
	call("a3", "tthc", "system", warehouse, "", false, false)                        // refused
	call("a4", "ioc", "system", warehouse, "", true, true)                           // the platform's own test
	call("a5", "u1", "user", "SCREEN record", "", true, false)                       // a person
	call("a6", "giao-duc", "system", "POST /svc/H38.04/ho-tich/khai-sinh/tra-cuu", "", true, false)
	last := at.Add(-time.Hour + time.Second)
	call("a7", "tthc", "system", warehouse, "", false, false) // answers when it is on disk, and with it the outcome before
	check := func(l *Log) {
		t.Helper()
		for way, want := range map[Way]map[string]time.Time{
			WayCalls: {"tthc": first, "giao-duc": last}, WayServes: {"ho-tich": last}, WayDataset: {"H38.05/ho-ngheo": last}, WayDelivers: {},
		} {
			got, err := l.LastSuccess(context.Background(), way)
			if err != nil || len(got) != len(want) {
				t.Fatalf("%s: %v %v, want %v", way, got, err, want)
			}
			for name, at := range want {
				if !got[name].Equal(at) {
					t.Errorf("%s of %s: %s, want %s", way, name, got[name], at)
				}
			}
		}
	}
	check(l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	check(openLog(t, dir)) // it is durable
}
