package crash

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// bareRole makes this test binary a bare reverse proxy, so that it runs in a process of its own as the platform does.
const bareRole = "LIENTHONG_TEST_BENCH_BARE"

// BenchmarkBareChild serves until its input ends.
func BenchmarkBareChild(b *testing.B) {
	to := os.Getenv(bareRole)
	if to == "" {
		b.Skip("started by BenchmarkHalfLoad")
	}
	u, err := url.Parse(to)
	if err != nil {
		b.Fatal(err)
	}
	p := httputil.NewSingleHostReverseProxy(u)
	p.Transport = &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256}
	srv := httptest.NewServer(p)
	defer srv.Close()
	fmt.Fprintln(os.Stderr, "addr", srv.URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func bareProxy(b *testing.B, to string) (addr string, pid int) {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "xxx", "-test.bench", "BareChild", "-test.benchtime", "1x")
	cmd.Env = append(os.Environ(), bareRole+"="+to)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if addr, ok := strings.CutPrefix(lines.Text(), "addr "); ok {
			return addr, cmd.Process.Pid
		}
	}
	b.Fatal("the bare proxy did not start")
	return "", 0
}

// target is one side of the comparison.
type target struct {
	name, url, token string
	n                atomic.Int64
	client           *http.Client
}

func newTarget(name, url, token string) *target {
	return &target{name: name, url: url, token: token, client: &http.Client{Transport: &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256}}}
}

func (g *target) call() error {
	req, err := http.NewRequest(http.MethodGet, g.url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+g.token)
	req.Header.Set("Lienthong-Purpose", purpose)
	req.Header.Set("Lienthong-Case", "do-luong")
	resp, err := g.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", g.name, resp.StatusCode)
	}
	return nil
}

const connections = 64

// most is the throughput with all connections busy.
func (g *target) most(b *testing.B, d time.Duration) float64 {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	var done atomic.Int64
	var group sync.WaitGroup
	for range connections {
		group.Go(func() {
			for ctx.Err() == nil {
				if err := g.call(); err != nil {
					b.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	group.Wait()
	return float64(done.Load()) / d.Seconds()
}

// at makes calls at a fixed rate and gives the times from when each was due: a late start counts.
func (g *target) at(b *testing.B, rate float64, d time.Duration) []time.Duration {
	b.Helper()
	due := make(chan time.Time, 1<<16)
	took := make([][]time.Duration, connections)
	var group sync.WaitGroup
	for i := range connections {
		group.Go(func() {
			for t := range due {
				if err := g.call(); err != nil {
					b.Error(err)
				}
				took[i] = append(took[i], time.Since(t))
			}
		})
	}
	// The runtime's own timers wake once in a millisecond, which would make bursts of three calls and more; the kernel's
	// are finer, and wake a thread of their own.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began, n := time.Now(), int(rate*d.Seconds())
	for i := range n {
		t := began.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		for wait := time.Until(t); wait > 0; wait = time.Until(t) {
			pause := syscall.NsecToTimespec(wait.Nanoseconds())
			_ = syscall.Nanosleep(&pause, nil) // cut short, it goes on with what is left
		}
		due <- t
	}
	close(due)
	group.Wait()
	all := slices.Concat(took...)
	slices.Sort(all)
	return all
}

func quantile(all []time.Duration, q float64) float64 {
	return float64(all[int(q*float64(len(all)-1))].Microseconds())
}

// probeDisk gives the times of an fdatasync of 512 bytes in the folder.
func probeDisk(b *testing.B, dir string, n int) []time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "probe"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	block := make([]byte, 512)
	all := make([]time.Duration, n)
	for i := range all {
		began := time.Now()
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
		all[i] = time.Since(began)
	}
	slices.Sort(all)
	return all
}

// BenchmarkHalfLoad is P3: what a call through the shipped binary costs in time, over a bare reverse proxy to the same
// provider, at half of the most that the platform can do, and at a quarter. Both sides and the disk are measured in interleaved rounds; rounds in
// which others used the machine are made again.
func BenchmarkHalfLoad(b *testing.B) {
	w := newWorld(b, harness.Options{})
	w.populate()
	provider := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, `{"data":[{"ma":"tram-01","lo":"`+strings.Repeat("x", 900)+`","gia_tri":7}]}`)
	}))
	defer provider.Close()
	w.must(w.engineer.Post("/api/v1/exchange/services", m{
		"id": "", "version": 0, "status": "active", "owner": owner, "system": source, "name": "so-lieu", "dataset": dataset, "base": provider.URL, "addresses": []string{"127.0.0.0/8"},
		"operations": []m{{"method": "GET", "path": "/tram", "records": "$.data"}},
	}))
	l, p := &load{w: w, h: &history{}}, w.parties[0]
	token := l.token(newCaller(w, l.h), p.System, p.Credential, p.Client, p.Secret)
	through := newTarget("the exchange", w.Exchange+servicePath, token)
	addr, proxy := bareProxy(b, provider.URL)
	bare := newTarget("the bare proxy", addr+"/tram", token)
	server, err := w.pid()
	if err != nil {
		b.Fatal(err)
	}
	through.most(b, time.Second) // warm
	bare.most(b, time.Second)
	var rates, added, quarter, withP50, bareP50, diskP50, withP99, bareP99, diskP99, noise []float64
	b.ResetTimer()
	until := time.Now().Add(wait(b))
	for len(rates) < 5 {
		before := ticks(b, os.Getpid(), server, proxy)
		rate := through.most(b, 2*time.Second)
		disk := probeDisk(b, w.auditDir(), 400)
		own, other := through.at(b, rate/2, 3*time.Second), bare.at(b, rate/2, 3*time.Second)
		less := quantile(through.at(b, rate/4, 3*time.Second), .5) - quantile(bare.at(b, rate/4, 3*time.Second), .5)
		others := ticks(b, os.Getpid(), server, proxy).others(before)
		b.Logf("others %.0f%%: most %.0f/s, p50 %.0f, bare %.0f, fdatasync %.0f µs; at a quarter %.0f more", others, rate, quantile(own, .5), quantile(other, .5), quantile(disk, .5), less)
		if others > mostNoise && time.Now().Before(until) {
			continue
		}
		rates, noise = append(rates, rate), append(noise, others)
		withP50, bareP50, diskP50 = append(withP50, quantile(own, .5)), append(bareP50, quantile(other, .5)), append(diskP50, quantile(disk, .5))
		withP99, bareP99, diskP99 = append(withP99, quantile(own, .99)), append(bareP99, quantile(other, .99)), append(diskP99, quantile(disk, .99))
		added, quarter = append(added, quantile(own, .5)-quantile(other, .5)), append(quarter, less)
	}
	b.StopTimer()
	median := func(all []float64) float64 { s := slices.Sorted(slices.Values(all)); return s[len(s)/2] }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(rates), "max-req/s")
	b.ReportMetric(median(withP50), "p50-µs")
	b.ReportMetric(median(bareP50), "bare-p50-µs")
	b.ReportMetric(median(added), "added-p50-µs")
	b.ReportMetric(median(quarter), "added-p50-µs-at-quarter")
	b.ReportMetric(median(diskP50), "fdatasync-p50-µs")
	b.ReportMetric(median(withP99), "p99-µs")
	b.ReportMetric(median(bareP99), "bare-p99-µs")
	b.ReportMetric(median(diskP99), "fdatasync-p99-µs")
	b.ReportMetric(median(noise), "others-cpu-%")
}

// mostNoise is how much of the machine others may use, in percent, for a round to count.
const mostNoise = 12

// wait is how long quiet rounds are waited for; after it every round counts, and the report says how noisy they were.
func wait(b *testing.B) time.Duration {
	b.Helper()
	text := os.Getenv("LIENTHONG_TEST_BENCH_WAIT")
	if text == "" {
		return time.Minute
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		b.Fatal(err)
	}
	return d
}
