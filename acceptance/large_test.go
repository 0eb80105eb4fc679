package acceptance

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// BenchmarkLarge measures the lists that people open at the size of a province after ten years: 500 agencies, 5,000
// datasets, 50,000 grants, 200,000 requests, which `lienthong demo --large` makes. LIENTHONG_TEST_LARGE names a folder that
// keeps the province between runs.
func BenchmarkLarge(b *testing.B) {
	folder := os.Getenv("LIENTHONG_TEST_LARGE")
	if folder == "" {
		b.Skip("LIENTHONG_TEST_LARGE names no folder; making the province takes a quarter of an hour")
	}
	s := harness.Start(b, harness.Options{Demo: true, Dir: folder, Args: []string{"--large"}})
	for until := time.Now().Add(time.Hour); !strings.Contains(s.Output(), "demo: ready"); time.Sleep(time.Second) {
		if !s.Alive() || time.Now().After(until) {
			b.Fatal("the large demo is not ready")
		}
	}
	open := harness.NewClient(b, s.Console)
	as := func(name string) *harness.Client {
		var got struct{ Token string }
		ok(b, open.Post("/api/v1/account/sign-in", m{"username": name, "password": demoPassword, "code": demoCode(b, open, name)}), http.StatusOK).Into(b, &got)
		return harness.NewClient(b, s.Console).With("Authorization", "Bearer "+got.Token)
	}
	operator, steward, head := as("vanhanh.thamdinh"), as("nnmt.daumoi"), as("nnmt.lanhdao")
	b.ResetTimer()
	for _, page := range []struct {
		name string
		who  *harness.Client
		path string
	}{
		{"agencies", operator, "/agency"}, {"systems", operator, "/system"}, {"systems-group", operator, "/system?category=sector"},
		{"datasets", operator, "/catalog"}, {"datasets-search", operator, "/catalog?q=ho+ngheo"}, {"datasets-steward", steward, "/catalog"},
		{"grants", operator, "/access/grants"}, {"grants-steward", steward, "/access/grants"}, {"excess", operator, "/reviews/excess"},
		{"requests", operator, "/connections"}, {"requests-waiting", operator, "/connections?show=waiting"}, {"requests-steward", steward, "/connections"},
		{"requests-state", operator, "/connections?state=appraising"},
		{"tasks", operator, "/tasks"}, {"first-page", operator, "/"}, {"owner-board", head, "/obligation/owner"}, {"compliance", operator, "/obligation"},
		{"releases", steward, "/release/catalogue"}, {"dictionary", steward, "/dictionary"}, {"reviews", operator, "/reviews"},
		{"api-requests", operator, "/api/v1/connections/requests?limit=100"}, {"api-datasets", operator, "/api/v1/datasets?limit=100"}, {"api-grants", operator, "/api/v1/access/grants?limit=100"},
	} {
		spread(b, page.name, 40, 0.95, func(int) { page.who.Get(page.path) }, page.who.Get(page.path).Status)
	}
	words := []string{"hộ nghèo", "ho ngheo", "hoc sinh", "Dat dai", "bao hiem y te", "thu ngan sach", "đường giao thông", "cho phien", "nguoi cao tuoi", "khai sinh"}
	spread(b, "search", 200, 0.99, func(i int) {
		steward.Get("/api/v1/datasets?limit=20&q=" + url.QueryEscape(words[i%len(words)]))
	}, steward.Get("/api/v1/datasets?limit=20&q=ngheo").Status)
	b.ReportMetric(0, "ns/op")
}

// spread reports a quantile of n calls in milliseconds. A page that does not answer well is told and not measured.
func spread(b *testing.B, name string, n int, quantile float64, call func(i int), status int) {
	b.Helper()
	if status != http.StatusOK {
		b.Errorf("%s answers %d", name, status)
		return
	}
	took := make([]time.Duration, n)
	for i := range took {
		began := time.Now()
		call(i)
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	at := min(int(float64(n)*quantile), n-1)
	b.ReportMetric(float64(took[at].Microseconds())/1000, fmt.Sprintf("%s-p%.0f-ms", name, quantile*100))
}
