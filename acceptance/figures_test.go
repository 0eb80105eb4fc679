package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/testkit/browser"
)

// BenchmarkFigures measures what people wait for at the shipped binary, one person at a time: the list of 500 agencies, a
// sign-in, the proof of a record, and the first visit of an office PC on a line of 256 kbit/s.
func BenchmarkFigures(b *testing.B) {
	s := harness.Start(b, harness.Options{})
	admin := s.SetUpAdmin(b)
	rows := []string{"code,name,kind,parent,valid_from"}
	for i := range 500 {
		rows = append(rows, fmt.Sprintf("H38.%d,Đơn vị thử số %d,department,,2025-07-01", 1000+i, i))
	}
	ok(b, admin.With("Content-Type", "text/csv").Post("/api/v1/agencies/import", strings.Join(rows, "\n")), http.StatusOK)
	auditor := admin.Hire(b, "kiem.toan", "Nguyễn Kiểm Toán", "H38.1000", nil, "auditor")
	steward := admin.Hire(b, "dau.moi", "Trần Đầu Mối", "H38.1001", nil, "steward")
	b.ResetTimer()
	timed(b, "agency-page", 20, func() { ok(b, admin.Get("/agency"), http.StatusOK) })
	timed(b, "agency-list", 20, func() { ok(b, admin.Get("/api/v1/agencies?limit=500"), http.StatusOK) })
	open := harness.NewClient(b, s.Console)
	timed(b, "sign-in", 30, func() {
		ok(b, open.Post("/api/v1/account/sign-in", m{"username": steward.Username, "password": harness.Password}), http.StatusOK)
	})
	timed(b, "proof", 200, func() { ok(b, auditor.Get("/api/v1/audit/records/7/proof"), http.StatusOK) })
	firstVisit(b, s.Console, admin.Token())
	b.ReportMetric(0, "ns/op")
}

// timed reports the median and the slowest of n calls in milliseconds.
func timed(b *testing.B, name string, n int, call func()) {
	b.Helper()
	took := make([]time.Duration, n)
	for i := range took {
		began := time.Now()
		call()
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[n/2].Microseconds())/1000, name+"-p50-ms")
	b.ReportMetric(float64(took[n-1].Microseconds())/1000, name+"-max-ms")
}

// firstVisit opens pages with an empty cache on a slow line.
func firstVisit(b *testing.B, base, token string) {
	b.Helper()
	v := browser.New(b)
	v.Call("Network.setCacheDisabled", map[string]any{"cacheDisabled": true}, nil)
	v.Call("Network.emulateNetworkConditions", map[string]any{"offline": false, "latency": 100, "downloadThroughput": 32_000, "uploadThroughput": 32_000}, nil)
	for _, page := range []struct{ name, path, token string }{{"sign-in-page", "/sign-in", ""}, {"first-page", "/", token}} {
		v.Forget()
		if page.token != "" {
			v.Carry(base, &http.Cookie{Name: "lienthong", Value: page.token})
		}
		v.Open(base + page.path)
		var got struct{ Bytes, Usable, Loaded float64 }
		text := v.Say(`JSON.stringify({bytes: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((n, e) => n + e.transferSize, 0),
			usable: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd, loaded: performance.getEntriesByType("navigation")[0].loadEventEnd})`)
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			b.Fatalf("%s: %v", text, err)
		}
		b.ReportMetric(got.Bytes/1000, page.name+"-KB")
		b.ReportMetric(got.Usable/1000, page.name+"-usable-s-at-256kbit")
		b.ReportMetric(got.Loaded/1000, page.name+"-loaded-s-at-256kbit")
	}
}
