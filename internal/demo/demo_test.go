package demo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/account"
	"lienthong/internal/app"
	"lienthong/internal/demo/world"
)

// output is what the running demo prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

type running struct {
	t       *testing.T
	base    string
	out     *output
	stopped chan error
	stop    context.CancelFunc
}

const seed = 5

// start runs the demo as the command does, and waits until it is loaded.
func start(t *testing.T, folder string) *running {
	t.Helper()
	console, exchange, portal := freePort(t), freePort(t), freePort(t)
	conf, _, err := app.LoadConfig("", nil, map[string]string{
		"data_dir": folder, "console.listen": console, "exchange.listen": exchange, "portal.listen": portal,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, base: "http://" + console, out: &output{}, stopped: make(chan error, 1), stop: cancel}
	go func() {
		r.stopped <- app.Serve(ctx, app.Options{Config: conf, Out: r.out, Err: io.Discard, Demo: &app.Demo{Seed: seed}})
	}()
	t.Cleanup(cancel)
	deadline := time.After(3 * time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(r.out.String(), "demo: ready") {
		select {
		case err := <-r.stopped:
			t.Fatalf("the demo ended while it loaded: %v\n%s", err, r.out)
		case <-deadline:
			t.Fatalf("the demo was not loaded in time\n%s", r.out)
		case <-tick.C:
		}
	}
	return r
}

func (r *running) end() {
	r.t.Helper()
	r.stop()
	if err := <-r.stopped; err != nil {
		r.t.Fatalf("the demo ended with %v", err)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (r *running) call(method, path, token string, body any, into any) int {
	r.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, r.base+path, bytes.NewReader(text))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if into != nil && resp.StatusCode < 300 {
		if err := json.Unmarshal(got, into); err != nil {
			r.t.Fatalf("%s %s: %v\n%.500s", method, path, err, got)
		}
	}
	if resp.StatusCode >= 300 {
		r.t.Logf("%s %s: %d %.500s", method, path, resp.StatusCode, got)
	}
	return resp.StatusCode
}

// signIn gives the session's token.
func (r *running) signIn(a world.Account) string {
	r.t.Helper()
	code, err := account.TOTPCode(a.TOTPSecret, time.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	var got struct {
		Token  string
		Strong bool
	}
	if status := r.call(http.MethodPost, "/api/v1/account/sign-in", "", map[string]string{"username": a.Username, "password": world.Password, "code": code}, &got); status != http.StatusOK || !got.Strong {
		r.t.Fatalf("%s cannot sign in: %d, strong %v", a.Username, status, got.Strong)
	}
	return got.Token
}

// list reads every page of a list of the API.
func (r *running) list(path, token string) []map[string]any {
	r.t.Helper()
	var all []map[string]any
	for next := ""; ; {
		var page map[string]json.RawMessage
		at := path + "?limit=200"
		if next != "" {
			at += "&after=" + next
		}
		if status := r.call(http.MethodGet, at, token, nil, &page); status != http.StatusOK {
			r.t.Fatalf("list %s: %d", path, status)
		}
		next = ""
		for name, raw := range page {
			var rows []map[string]any
			if json.Unmarshal(raw, &rows) == nil {
				all = append(all, rows...)
			} else if name == "next" {
				_ = json.Unmarshal(raw, &next) // absent on the last page
			}
		}
		if next == "" {
			return all
		}
	}
}

func find(accounts []world.Account, username string) world.Account {
	for _, a := range accounts {
		if a.Username == username {
			return a
		}
	}
	return world.Account{}
}

// TestDemoLoadsThroughTheServices runs the whole demo twice on one folder: what stands after the first time stands after
// the second, and nothing twice.
func TestDemoLoadsThroughTheServices(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the whole platform")
	}
	w, err := world.Generate(seed, world.Demo())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	// A code of the second factor opens one session, so each run has an engineer of its own.
	for i, username := range []string{"vanhanh.kythuat", "vanhanh.kythuat2"} {
		run := []string{"first", "second"}[i]
		r := start(t, folder)
		if !strings.Contains(r.out.String(), fmt.Sprint("seed ", seed)) {
			t.Errorf("%s: the seed is not printed", run)
		}
		engineer := r.signIn(find(w.Accounts, username))
		states := map[any]int{}
		for _, q := range r.list("/api/v1/connections/requests", engineer) {
			if q["state"] == "security_check" { // a violation takes it over to the full process at the next sweep
				q["state"] = "appraising"
			}
			states[q["state"]]++
		}
		want := map[any]int{
			"live": 7, "testing": 1, "acceptance": 1, "suspended": 2, "owner_opinion": 1, "appraising": 2, "submitted": 1, "rejected": 1, "returned": 1, "provisioning": 1, "terminated": 1,
		} // a draft is shown to its own agency only
		if fmt.Sprint(states) != fmt.Sprint(want) {
			t.Errorf("%s: requests %v, want %v", run, states, want)
		}
		deliveries := map[any]map[string]any{}
		for _, d := range r.list("/api/v1/ingest/deliveries", engineer) {
			if deliveries[d["file_name"]] != nil {
				t.Errorf("%s: %v was delivered twice", run, d["file_name"])
			}
			deliveries[d["file_name"]] = d
		}
		for _, d := range w.Datasets {
			if len(d.Files) > 0 && deliveries[d.Files[0].Name]["state"] != "published" {
				t.Errorf("%s: %s is %v", run, d.Files[0].Name, deliveries[d.Files[0].Name]["state"])
			}
		}
		if counts, _ := deliveries["tro-cap.csv"]["counts"].(map[string]any); counts["rejected"] != float64(len(w.Truth.Lists.Short)) || counts["read"] != float64(2510) {
			t.Errorf("%s: allowances %v", run, counts)
		}
		for _, name := range []string{"thua-dat-cu-khong-ngay.csv", "tram-y-te-thang-sau.csv"} {
			if s := deliveries[name]["state"]; s != "held" && s != "rejected" {
				t.Errorf("%s: %s is %v", run, name, s)
			}
		}
		if run == "second" {
			everyRoleSignsIn(t, r, w)
		}
		r.end()
	}
}

func everyRoleSignsIn(t *testing.T, r *running, w *world.World) {
	t.Helper()
	seen := map[string]bool{"op_engineer": true}
	for _, a := range w.Accounts {
		role := string(a.Roles[0])
		if seen[role] {
			continue
		}
		seen[role] = true
		r.signIn(a)
	}
}
