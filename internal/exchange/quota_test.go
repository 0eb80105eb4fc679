package exchange_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jws"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/testkit"
)

// together makes 64 calls at once and counts the answers by status and code.
func together(t *testing.T, b *Bench, method, target, body string) map[string]int {
	t.Helper()
	var mu sync.Mutex
	var work sync.WaitGroup
	got := map[string]int{}
	gun := make(chan struct{})
	for range 64 {
		work.Go(func() {
			<-gun
			var r io.Reader
			if body != "" {
				r = strings.NewReader(body)
			}
			req, err := http.NewRequestWithContext(context.Background(), method, "http://"+b.Addr+target, r)
			if err != nil {
				t.Error(err)
				return
			}
			req.Host = Host
			req.Header.Set("Authorization", "Bearer "+b.Token)
			req.Header.Set("Lienthong-Purpose", Purpose)
			if body != "" {
				req.Header.Set("Content-Type", "application/json")
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			text, _ := io.ReadAll(resp.Body)
			code := Reply{Body: string(text)}.Code()
			mu.Lock()
			defer mu.Unlock()
			got[fmt.Sprint(resp.StatusCode, " ", code)]++
		})
	}
	close(gun)
	work.Wait()
	return got
}

func sum(got map[string]int, prefix string) (n int) {
	for k, v := range got {
		if strings.HasPrefix(k, prefix) {
			n += v
		}
	}
	return n
}

// T58, R21.4c: calls of one moment take no more than the quota, of calls, records and persons, from the warehouse and
// from a provider.
func TestQuotasHoldUnderParallelCalls(t *testing.T) {
	rows := func(b *Bench) {
		for i := range 40 {
			b.Rows = append(b.Rows, map[string]any{"so_dinh_danh": fmt.Sprintf("99919000%04d", i), "ho_ten": "A", "xa": "02701"})
		}
	}
	for name, row := range map[string]struct {
		conditions           access.Conditions
		method, target, body string
		allowed              int
	}{
		"calls a minute":                  {access.Conditions{CallsPerMinute: 7}, "GET", data + "/records?limit=1", "", 7},
		"calls a day":                     {access.Conditions{CallsPerDay: 7}, "GET", data + "/records?limit=1", "", 7},
		"records a day":                   {access.Conditions{RecordsPerDay: 35}, "GET", data + "/records?limit=5", "", 7},
		"persons a day":                   {access.Conditions{PersonsPerDay: 35}, "GET", data + "/records?limit=5", "", 7},
		"look-ups, persons a day":         {access.Conditions{PersonsPerDay: 7}, "POST", data + "/lookup", `{"key":{"so_dinh_danh":"999190000007"}}`, 7},
		"a provider's records a day":      {access.Conditions{RecordsPerDay: 9}, "POST", svc + "/tim", `{"q":"x"}`, 4},
		"a provider's records in a call":  {access.Conditions{RecordsPerCall: 1}, "POST", svc + "/tim", `{"q":"x"}`, 0},
		"a provider's records all unused": {access.Conditions{RecordsPerDay: 1}, "POST", svc + "/tim", `{"q":"x"}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := Start(t, Operations("POST /tim"), func(g *access.Grant) { g.Conditions = row.conditions })
			rows(b)
			b.Provider.Says(Answer(200, `{"data":[{"so_dinh_danh":"999190000001","xa":"02701"},{"so_dinh_danh":"999190000002","xa":"02701"}]}`))
			got := together(t, b, row.method, row.target, row.body)
			allowed := sum(got, "200")
			if allowed > row.allowed || allowed+sum(got, "429")+sum(got, "403") != 64 {
				t.Fatalf("%v, at most %d may pass", got, row.allowed)
			}
			// What parallel calls held and did not use is there again: one by one, the quota is used up to its end.
			for range 64 {
				r := b.Call(row.method, row.target, "", row.body)
				if r.Status != 200 {
					break
				}
				allowed++
			}
			if allowed != row.allowed {
				t.Fatalf("%d calls passed, want %d", allowed, row.allowed)
			}
		})
	}
}

// A call that fails or never ends gives back what it held.
func TestFailedCallsHoldNothing(t *testing.T) {
	b := Start(t, Operations("GET /ho-so/{so}"), func(g *access.Grant) { g.Conditions = access.Conditions{RecordsPerDay: 1} })
	b.Provider.Says(Answer(500, `{}`))
	for range 3 {
		if got := b.Call("GET", svc+"/ho-so/1", "", ""); got.Status != http.StatusBadGateway {
			t.Fatalf("%+v", got)
		}
	}
	b.Provider.Says(Answer(200, `{"so_dinh_danh":"999190000001","xa":"02701"}`))
	if got := b.Call("GET", svc+"/ho-so/1", "", ""); got.Status != 200 {
		t.Errorf("%+v", got)
	}
	if got := b.Call("GET", svc+"/ho-so/1", "", ""); got.Code() != "access.quota_records_day" {
		t.Errorf("%+v", got)
	}
}

// T19: an assertion counts once, also after a restart, on a second node, and when it comes many times at once.
func TestAssertionsCountOnceEverywhere(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := StartOn(t, db, func(g *access.Grant) { g.Conditions.OfficerRequired = true })
		first := b.Addr
		b.serve() // a second server on the same store
		second := b.Addr
		call := func(addr, assertion string) Reply {
			b.Addr = addr
			return b.Call("GET", data+"/records", "Lienthong-Officer: "+assertion+"\r\n", "")
		}
		plain := func(jws.Headers, map[string]any) {}
		used := sign(t, b, plain)
		generation := db.Generation()
		if got := call(first, used); got.Status != 200 {
			t.Fatalf("%+v", got)
		}
		if db.Generation() != generation {
			t.Error("a used assertion makes every kept fact stale")
		}
		for _, addr := range []string{first, second} {
			if got := call(addr, used); got.Status != 401 || got.Code() != "exchange.officer_replayed" {
				t.Errorf("replay: %+v", got)
			}
		}
		once := sign(t, b, plain)
		var passed atomic.Int64
		var work sync.WaitGroup
		for i := range 64 {
			work.Go(func() {
				req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+[]string{first, second}[i%2]+data+"/records", nil)
				req.Host = Host
				req.Header = http.Header{"Authorization": {"Bearer " + b.Token}, "Lienthong-Purpose": {Purpose}, "Lienthong-Officer": {once}}
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				if resp.StatusCode == http.StatusOK {
					passed.Add(1)
				}
			})
		}
		work.Wait()
		if passed.Load() != 1 {
			t.Errorf("one assertion passed %d times", passed.Load())
		}
		kept := func() (n int) {
			b.must(db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM exchange_officer_used`).Scan(&n))
			return n
		}
		if kept() != 2 {
			t.Errorf("%d assertions are remembered", kept())
		}
		b.Clock.Shift(5 * time.Minute)
		if got := call(first, sign(t, b, plain)); got.Status != 200 || kept() != 1 {
			t.Errorf("%d, and %d assertions are remembered after five minutes", got.Status, kept())
		}
		if got := call(first, sign(t, b, func(_ jws.Headers, c map[string]any) { c["sub"] = Citizen })); got.Code() != "exchange.officer_person" || strings.Contains(b.Raw(), Citizen) {
			t.Errorf("a person's number as officer: %+v", got)
		}
	})
}
