package httpx

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

func TestLanguageOfTheCaller(t *testing.T) {
	for header, want := range map[string]i18n.Lang{
		"": i18n.Vi, "vi": i18n.Vi, "en": i18n.En, "en-GB,en;q=0.9": i18n.En, "vi-VN,vi;q=0.9,en;q=0.8": i18n.Vi,
		"en;q=0.5,vi;q=0.6": i18n.Vi, "fr": i18n.Vi, "en;q=0": i18n.Vi, "en;q=x": i18n.Vi, "*": i18n.Vi, "EN": i18n.En, "en, vi": i18n.Vi,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", header)
		if got := AcceptLang(r); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestPreferenceForJSON(t *testing.T) {
	for header, want := range map[string]bool{
		"application/json": true, "text/html,application/xhtml+xml,*/*;q=0.8": false, "application/problem+json": true,
		"application/json;q=0.5, text/html;q=0.6": false, "text/html;q=0.5, application/json": true,
	} {
		for _, other := range []bool{true, false} {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Accept", header)
			if got := PrefersJSON(r, other); got != want {
				t.Errorf("%q: %v", header, got)
			}
		}
	}
	for _, header := range []string{"", "*/*", "text/csv"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", header)
		if !PrefersJSON(r, true) || PrefersJSON(r, false) {
			t.Errorf("%q has a preference", header)
		}
	}
}

func TestProblemNeverTellsTheCause(t *testing.T) {
	catalog, err := i18n.NewCatalog(Messages, i18n.Messages{"test.known": {Vi: "Sai mã {0}.", En: "Wrong code {0}."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		err    error
		status int
		code   string
		detail string
		errors int
	}{
		{"a fault", fault.New(fault.Invalid, "test.known", "7").At("code"), 422, "test.known", "Sai mã 7.", 1},
		{"a wrapped fault", errorsJoin(fault.New(fault.NotFound, "test.known", "7").Because(errors.New("secret"))), 404, "test.known", "Sai mã 7.", 0},
		{"a code without a sentence", fault.New(fault.Denied, "test.unknown"), 403, "test.unknown", "Không có quyền", 0},
		{"several", fault.Collect(fault.New(fault.Invalid, "test.known", "1").At("a"), fault.New(fault.Invalid, "test.known", "2").At("b")), 422, "input.several", "Có 2 nội dung cần sửa. Đề nghị xem từng mục được đánh dấu rồi gửi lại.", 2},
		{"anything else", errors.New("secret"), 500, "internal", catalog.Say(i18n.Vi, "internal", "REF"), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r = r.WithContext(WithRequestID(r.Context(), "REF"))
			rec := httptest.NewRecorder()
			noted := &Recorder{ResponseWriter: rec}
			WriteProblem(noted, r, catalog, c.err)
			var p Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if rec.Code != c.status || p.Status != c.status || p.Code != c.code || p.Detail != c.detail || p.Instance != "REF" || len(p.Errors) != c.errors {
				t.Errorf("%d %+v", rec.Code, p)
			}
			if noted.Fault == nil || noted.Fault.Code != c.code {
				t.Error("the log does not learn of the fault")
			}
		})
	}
}

func errorsJoin(err error) error { return errors.Join(errors.New("secret context"), err) }

func TestEveryKindHasATitle(t *testing.T) {
	catalog, err := i18n.NewCatalog(Messages)
	if err != nil {
		t.Fatal(err)
	}
	for k := fault.Internal; k <= fault.LargeHead; k++ {
		if title := Title(k, catalog, i18n.Vi); k.Status() == 0 || title == "" || title[:min(5, len(title))] == "http." {
			t.Errorf("kind %d: status %d, title %q", k, k.Status(), title)
		}
	}
}

func TestRequestIDIsFresh(t *testing.T) {
	seen := map[string]bool{}
	h := RequestID(clock.Fixed(time.Unix(0, 0)), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen[RequestIDOf(r.Context())] = true
	}))
	for range 100 {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set(RequestIDHeader, "forged")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if len(seen) != 100 || seen["forged"] {
		t.Errorf("%d ids", len(seen))
	}
}

func TestRecorderCountsTheFinalAnswer(t *testing.T) {
	rec := &Recorder{ResponseWriter: nowhere{}}
	rec.WriteHeader(http.StatusEarlyHints)
	rec.WriteHeader(http.StatusTeapot)
	_, _ = rec.Write([]byte("abc"))
	if rec.Status != http.StatusTeapot || rec.Bytes != 3 {
		t.Errorf("%+v", rec)
	}
}

type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}
