package crash

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/acceptance/invariant"
)

// readyWithin is how long a restart may take, with a log of some thousand records (I9).
const readyWithin = 10 * time.Second

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func number(t *testing.T, name string, usual int64) int64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestKill is F01: the server is killed at random moments under mixed work; after each start I1 to I9 hold.
func TestKill(t *testing.T) {
	rounds := int(number(t, "LIENTHONG_TEST_CRASH_ROUNDS", 10))
	seed := number(t, "LIENTHONG_TEST_SEED", time.Now().UnixNano()%1_000_000)
	t.Logf("seed %d, %d rounds; repeat with LIENTHONG_TEST_SEED=%d", seed, rounds, seed)
	w := newWorld(t, harness.Options{})
	w.populate()
	w.prepare(rounds)
	j := w.newJudge(seed)
	for w.number = 1; w.number <= rounds && !t.Failed(); w.number++ {
		if w.number%renew == 0 {
			w.replace()
		}
		j.judge(w.fault(seed, j, w.Kill, func() {}))
	}
	j.sum()
}

// populate brings the world to three live connections of one dataset that is in the warehouse and behind a service.
func (w *world) populate() {
	w.t.Helper()
	w.system(source, "Phần mềm quan trắc", owner)
	w.register("tram-quan-trac")
	if d := w.deliver(dataset, "dau-tien"); d.State != "published" {
		w.t.Fatalf("the first load is %+v", d)
	}
	w.serveProvider()
	for _, id := range []string{"gd-ho-so", "gd-truong", "gd-thu-vien"} {
		w.system(id, "Phần mềm "+id, consumer)
		w.parties = append(w.parties, w.connect(id, dataset))
	}
}

// renew is after how many rounds another system takes the place of the one whose credentials come and go: the register
// shows the newest 500 of a system.
const renew = 15

// prepare connects the systems that will take that place, before anything is judged.
func (w *world) prepare(rounds int) {
	w.t.Helper()
	for n := range rounds / renew {
		id := "gd-them-" + letters(n)
		w.system(id, "Phần mềm "+id, consumer)
		w.spare = append(w.spare, w.connect(id, dataset))
	}
}

func (w *world) replace() {
	w.former = append(w.former, w.parties[0])
	w.parties[0], w.spare = w.spare[0], w.spare[1:]
}

// fault is one round: work, the strike that ends the server, the healing of what it stands on, the start, and the reading
// of what is there.
func (w *world) fault(seed int64, j *judge, strike, heal func()) *history {
	w.t.Helper()
	h := &history{History: invariant.History{Seed: seed, Base: j.base, Runs: []invariant.Run{{Started: j.started}}, Earlier: j.loads}}
	l := &load{w: w, h: h, round: w.number, seed: uint64(seed)} //nolint:gosec // any number will do
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.record(h)
	chance := l.chances(0)
	moment := time.Duration(100+chance.IntN(1100)) * time.Millisecond
	var trigger <-chan struct{}
	if chance.IntN(3) == 0 {
		trigger = w.arm(1+chance.IntN(60), ctx.Done())
	}
	l.start(ctx)
	select {
	case <-time.After(moment):
	case <-trigger:
	}
	h.Runs[0].Killed = time.Now()
	strike()
	cancel()
	l.group.Wait()
	heal()
	began := time.Now()
	w.Run()
	j.ready(time.Since(began))
	j.started = began
	h.Runs = append(h.Runs, invariant.Run{Started: began})
	w.record(h) // nothing is armed any more
	w.after(l)
	w.state(h)
	return h
}

// after makes the calls that show that the platform works again, and that what was taken away stays away (I6).
func (w *world) after(l *load) {
	w.t.Helper()
	c, p := newCaller(w, l.h), w.parties[0]
	token := l.token(c, p.System, p.Credential, p.Client, p.Secret)
	kept := invariant.Call{System: p.System, Credential: p.Credential, Purpose: purpose, Dataset: dataset}
	for _, path := range []string{pagePath, servicePath} {
		kept.Tag, kept.Provider = l.tag(), path == servicePath
		if got, body := c.call(l.get(path, token), kept); got.Status != http.StatusOK {
			w.t.Errorf("I9: after the start %s answers %d %s", path, got.Status, body)
		}
	}
	w.mu.Lock()
	closed := w.closed[max(0, len(w.closed)-20):]
	w.mu.Unlock()
	for _, r := range closed {
		l.page(c, r.party, r.credential, r.token)
		if again := l.token(c, r.party.System, r.credential, r.client, r.secret); again != "" {
			w.t.Errorf("I6: the revoked credential %s got a token", r.key)
			l.page(c, r.party, r.credential, again)
		}
	}
	p = w.parties[2]
	if token := l.token(c, p.System, p.Credential, p.Client, p.Secret); token != "" {
		l.page(c, p, p.Credential, token)
	}
}

// judge holds what lasts over all rounds.
type judge struct {
	w       *world
	key     string
	kept    [][]byte // checkpoints, as an outside party would keep them
	base    int64
	started time.Time
	sizes   []int64
	whole   invariant.History
	first   int64
	slowest time.Duration
	killed  int
	loads   map[string]int // of all rounds so far
}

func (w *world) newJudge(seed int64) *judge {
	w.t.Helper()
	j := &judge{w: w, started: time.Now(), whole: invariant.History{Seed: seed}, loads: map[string]int{loadKey("dau-tien"): rows}}
	j.keepCheckpoint()
	e := j.evidence(0)
	j.base, j.first = e.Size(), e.Size()
	j.whole.Base = j.first
	return j
}

func (j *judge) keepCheckpoint() {
	j.w.t.Helper()
	var got struct {
		Checkpoint string
		Key        string `json:"verifier_key"`
	}
	open := harness.NewClient(j.w.t, j.w.Console)
	j.w.must(open.Get("/api/v1/audit/checkpoint")).Into(j.w.t, &got)
	if j.key != "" && j.key != got.Key {
		j.w.t.Errorf("I7: the log's key has changed from %s to %s", j.key, got.Key)
	}
	j.key = got.Key
	if got.Checkpoint != "" {
		j.kept = append(j.kept[max(0, len(j.kept)-1):], []byte(got.Checkpoint))
	}
}

func (j *judge) evidence(from int64) invariant.Evidence {
	j.w.t.Helper()
	e, err := invariant.ReadEvidence(j.w.auditDir(), j.key, j.kept, from)
	if err != nil {
		j.w.t.Fatal(err)
	}
	e.Sizes = j.sizes
	return e
}

func (j *judge) ready(took time.Duration) {
	j.slowest = max(j.slowest, took)
	j.killed++
	if took > readyWithin {
		j.w.t.Errorf("I9: ready only %v after the start", took)
	}
}

// judge checks one round. The outcomes of the calls after the start may still be on their way to the disk, so a missing
// one is looked for again before it counts.
func (j *judge) judge(h *history) {
	j.w.t.Helper()
	h.Bans = append(h.Bans, j.w.bans...)
	var broken []invariant.Violation
	var e invariant.Evidence
	for until := time.Now().Add(3 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		e = j.evidence(j.base)
		broken = invariant.Check(h.History, e)
		if len(broken) == 0 || time.Now().After(until) {
			break
		}
	}
	for i, v := range broken {
		if i == 10 {
			j.w.t.Errorf("and %d more", len(broken)-10)
			break
		}
		j.w.t.Errorf("round %d: %s", j.w.number, v)
	}
	if len(broken) > 0 {
		j.keep(h)
	}
	served, others := 0, map[string]int{}
	for _, c := range h.Calls {
		switch {
		case c.Status == http.StatusOK && !c.Token:
			served++
		case c.Status != http.StatusOK:
			others[itoa(int64(c.Status))+" "+c.Code]++
		}
	}
	j.w.t.Logf("round %d: %d calls (%d served, others %v), %d at the provider, %d writes, %d records", j.w.number, len(h.Calls), served, others, len(h.Seen), len(h.Writes), e.Size()-j.base)
	j.base, j.sizes = e.Size(), append(j.sizes, e.Size())
	j.whole.Runs = append(j.whole.Runs, h.Runs...)
	j.whole.Calls = append(j.whole.Calls, h.Calls...)
	j.whole.Seen = append(j.whole.Seen, h.Seen...)
	j.whole.Writes = append(j.whole.Writes, h.Writes...)
	j.whole.Found = append(j.whole.Found, h.Found...)
	for _, x := range h.Writes {
		if x.Rows > 0 {
			j.loads[x.Key] = x.Rows
		}
	}
	j.keepCheckpoint()
}

// keep lays the history where the checker can read it again.
func (j *judge) keep(h *history) {
	j.w.t.Helper()
	dir := os.Getenv("LIENTHONG_TEST_KEEP")
	if dir == "" {
		dir = os.TempDir()
	}
	path := filepath.Join(dir, "lienthong-history-"+itoa(h.Seed)+".json")
	text, err := json.Marshal(h.History)
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err == nil {
		err = os.RemoveAll(path + ".audit") // of an earlier run with this seed
	}
	if err == nil {
		err = os.CopyFS(path+".audit", os.DirFS(j.w.auditDir()))
	}
	j.w.t.Logf("history kept as %s, log as %s.audit, key %s (%v)", path, path, j.key, err)
}

// sum judges everything at once: what the first round acknowledged must still be there after the last kill.
func (j *judge) sum() {
	j.w.t.Helper()
	j.whole.Found, j.whole.Earlier = nil, map[string]int{loadKey("dau-tien"): rows}
	all := &history{History: j.whole}
	j.w.stateOfAll(all)
	for i, v := range invariant.Check(all.History, j.evidence(j.first)) {
		if i == 10 {
			break
		}
		j.w.t.Errorf("at the end: %s", v)
	}
	j.w.t.Logf("%d kills, %d calls, %d writes, %d records; slowest start %v", j.killed, len(j.whole.Calls), len(j.whole.Writes), j.base, j.slowest)
}
