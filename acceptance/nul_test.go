package acceptance

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/testkit"
)

// U+0000 in any input is refused with a sentence, on either control store, and breaks nothing: PostgreSQL keeps no text
// that holds it.
func TestNULIsRefusedEverywhere(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { nulEverywhere(t, harness.Options{}) })
	t.Run("postgresql", func(t *testing.T) {
		if os.Getenv(testkit.PostgresURL) == "" {
			testkit.Skip(t, testkit.PostgresURL+" is not set")
		}
		nulEverywhere(t, harness.Options{Args: []string{"--set", "database_url=" + testkit.PostgresDatabase(t)}})
	})
}

func nulEverywhere(t *testing.T, o harness.Options) {
	p := withData(t, o, 20)
	open := harness.NewClient(t, p.Console)
	form := func(who *harness.Person, path string, values url.Values) harness.Answer {
		return who.With("Content-Type", "application/x-www-form-urlencoded").With("Origin", p.Console).Post(path, values.Encode())
	}
	const bad = "Phòng\x00Dữ liệu"
	for what, a := range map[string]harness.Answer{
		"an agency":          p.admin.Do(http.MethodPut, "/api/v1/agencies/H38.10.55", m{"name": bad, "kind": "service_unit", "parent": foreign, "valid_from": "2026-01-01"}),
		"a purpose":          p.admin.Post("/api/v1/purposes", m{"code": "QLNN.NUL", "parent": "QLNN", "name": bad, "name_en": "x", "case_required": false, "procedure": ""}),
		"a system":           p.engineer.Post("/api/v1/systems", m{"id": "he-thong-nul", "name": bad, "owner": owner, "category": "sector", "layer": "source", "contact": "x"}),
		"a sign-in":          open.Post("/api/v1/account/sign-in", m{"username": "quan\x00tri", "password": harness.Password}),
		"a search":           p.auditor.Post("/api/v1/audit/search", m{"reason": "Kiểm tra\x00 định kỳ theo kế hoạch"}),
		"an address":         p.admin.Get("/api/v1/agencies/H38%00"),
		"a query":            p.admin.Get("/api/v1/agencies?q=a%00b"),
		"a page's query":     p.ownerSteward.Get("/catalog?q=%00"),
		"a form":             form(p.auditor, "/audit/search", url.Values{"reason": {"Kiểm tra\x00 định kỳ"}}),
		"the name of a file": send(p.ownerSteward, households, file(20), url.Values{"file_name": {"a\x00.csv"}}),
		"JSON":               p.ownerSteward.With("Content-Type", "application/json").Post("/api/v1/ingest/deliveries?dataset="+households+"&system="+sourceSystem+"&declaration=not-secret", `[{"ma_ho":"a\u0000b"}]`),
	} {
		if a.Status != http.StatusBadRequest && a.Status != http.StatusUnprocessableEntity || strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem") && (a.Code() == "" || !vietnamese(a.String())) {
			t.Errorf("%s: %s", what, a)
		}
		if a.Status < 300 {
			t.Errorf("%s was taken", what)
		}
	}
	sent := send(p.ownerSteward, households, with(file(20), map[int]string{3: strings.Replace(household(2, "02701"), "Giàng", "Gi\x00ng", 1)}), nil)
	var d delivery
	sent.Into(t, &d)
	if d = wait(t, p.ownerSteward, d.ID); d.State != "rejected" || d.Refusal.Code != "ingest.nul_byte" || !vietnamese(d.Detail) {
		t.Errorf("CSV: %+v", d)
	}
	if resp := harness.Raw(t, p.Console, "GET /api/v1/agencies HTTP/1.1\r\nHost: "+strings.TrimPrefix(p.Console, "http://")+"\r\nX-A: a\x00b\r\n\r\n"); resp != nil && resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a header: %d", resp.StatusCode)
	}
	token := harness.NewClient(t, p.Exchange).With("Content-Type", "application/x-www-form-urlencoded")
	if a := token.Post("/oauth2/token", "grant_type=client_credentials&client_id=a%00b&client_secret=x"); a.Status >= 500 || a.Status < 400 {
		t.Errorf("a client id: %s", a)
	}
	basic := token.With("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("a%00b:x")))
	if a := basic.Post("/oauth2/token", "grant_type=client_credentials"); a.Status >= 500 || a.Status < 400 {
		t.Errorf("a client id by Basic: %s", a)
	}
	ok(t, p.admin.Do(http.MethodPut, "/api/v1/agencies/H38.10.55", m{"name": "Phòng Dữ liệu", "kind": "service_unit", "parent": foreign, "valid_from": "2026-01-01"}), http.StatusOK)
	if strings.Contains(p.Output(), `"status":500`) {
		t.Error("something broke")
	}
}
