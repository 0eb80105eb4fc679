package exchange_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lienthong/internal/kit/httpx"
)

// The gateway under measurement runs in a process of its own, so that its CPU time holds neither the load's nor the
// provider's. It is this test binary, started with benchRole set.
const (
	benchRole = "LIENTHONG_BENCH_ROLE"
	benchConn = 64
)

func kilobyte() string {
	var s strings.Builder
	s.WriteString(`{"data":[{"so_dinh_danh":"999190000123","ho_ten":"Giàng A Páo","xa":"02701","dan_toc":"Mông"`)
	for i := 0; s.Len() < 1000; i++ {
		fmt.Fprintf(&s, `,"truong_%02d":"giá trị %d"`, i, i)
	}
	return s.String() + `}]}`
}

// BenchmarkChild is the measured process: it serves until its input ends and answers each line with its CPU time.
func BenchmarkChild(b *testing.B) {
	role := os.Getenv(benchRole)
	if role == "" {
		b.Skip("started by the other benchmarks")
	}
	kind, provider, _ := strings.Cut(role, "|")
	var addr, token string
	if kind == "bare" {
		u, _ := url.Parse("http://" + provider + "/api")
		p := httputil.NewSingleHostReverseProxy(u)
		p.Transport = &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256}
		srv := httptest.NewServer(p)
		addr, token = strings.TrimPrefix(srv.URL, "http://"), "none"
	} else {
		httpx.TuneCollector() // as the shipped server does
		x := StartBefore(b, provider, Operations("GET /ho-so"))
		addr, token = x.Addr, x.Token
	}
	fmt.Fprintf(os.Stderr, "addr %s %s\n", addr, token)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		fmt.Fprintf(os.Stderr, "cpu %d\n", (u.Utime.Nano()+u.Stime.Nano())/1000)
	}
}

type child struct {
	addr, token string
	in          io.WriteCloser
	out         *bufio.Scanner
}

func start(b *testing.B, kind, provider string) *child {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkChild$", "-test.benchtime=1x")
	if f := os.Getenv("LIENTHONG_BENCH_PROFILE"); f != "" && kind != "bare" {
		cmd.Args = append(cmd.Args, "-test.cpuprofile="+f)
	}
	cmd.Env = append(os.Environ(), benchRole+"="+kind+"|"+provider)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	errs, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	c := &child{in: in, out: bufio.NewScanner(errs)}
	b.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	for c.out.Scan() {
		if n, _ := fmt.Sscanf(c.out.Text(), "addr %s %s", &c.addr, &c.token); n == 2 {
			return c
		}
	}
	b.Fatal("the measured process did not start")
	return nil
}

func (c *child) cpu(b *testing.B) int64 {
	b.Helper()
	_, _ = io.WriteString(c.in, "\n")
	for c.out.Scan() {
		var us int64
		if n, _ := fmt.Sscanf(c.out.Text(), "cpu %d", &us); n == 1 {
			return us
		}
	}
	b.Fatal("the measured process ended")
	return 0
}

// load sends n requests over benchConn kept connections and returns the time and the CPU time per request.
func (c *child) load(b *testing.B, n int) (wall time.Duration, cpu float64) {
	b.Helper()
	req := []byte("GET /svc/H38.04/hotich/khai-sinh/ho-so?xa=02701 HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer " + c.token + "\r\nLienthong-Purpose: QLNN\r\nAccept: application/json\r\n\r\n")
	before, began := c.cpu(b), time.Now()
	var left atomic.Int64
	left.Store(int64(n))
	var work sync.WaitGroup
	for range benchConn {
		work.Go(func() {
			conn, err := net.Dial("tcp", c.addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			br := bufio.NewReader(conn)
			for left.Add(-1) >= 0 {
				if _, err := conn.Write(req); err != nil {
					b.Error(err)
					return
				}
				if err := skipAnswer(br); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	wall = time.Since(began)
	return wall, float64(c.cpu(b)-before) / float64(n)
}

func skipAnswer(br *bufio.Reader) error {
	length := -1
	for i := 0; ; i++ {
		line, err := br.ReadSlice('\n')
		if err != nil {
			return err
		}
		if i == 0 && !strings.HasPrefix(string(line), "HTTP/1.1 200 ") {
			return fmt.Errorf("answer %q", line)
		}
		if len(line) == 2 {
			break
		}
		if strings.HasPrefix(string(line), "Content-Length: ") {
			_, _ = fmt.Sscanf(string(line[16:]), "%d", &length)
		}
	}
	_, err := br.Discard(length)
	return err
}

func benchProvider(b *testing.B) string {
	body := []byte(kilobyte())
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = []string{"application/json"}
		_, _ = w.Write(body)
	}))
	b.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://")
}

func benchOne(b *testing.B, kind string) {
	c := start(b, kind, benchProvider(b))
	c.load(b, 2000)
	b.ResetTimer()
	wall, cpu := c.load(b, b.N)
	b.ReportMetric(cpu, "cpu-µs/req")
	b.ReportMetric(float64(b.N)/wall.Seconds(), "req/s")
}

// BenchmarkExchange is a call with token, decision, field filter and durable evidence.
func BenchmarkExchange(b *testing.B) { benchOne(b, "exchange") }

// BenchmarkBareReverseProxy is httputil.ReverseProxy with nothing around it.
func BenchmarkBareReverseProxy(b *testing.B) { benchOne(b, "bare") }

// BenchmarkRatio measures both in interleaved rounds of one run: P1 and P2 of the goals.
func BenchmarkRatio(b *testing.B) {
	provider := benchProvider(b)
	bare, gateway := start(b, "bare", provider), start(b, "exchange", provider)
	bare.load(b, 2000)
	gateway.load(b, 2000)
	const rounds, each = 5, 8000
	var cpu [2]float64
	var wall [2]time.Duration
	b.ResetTimer()
	for range rounds {
		for i, c := range []*child{bare, gateway} {
			w, u := c.load(b, each)
			cpu[i] += u / rounds
			wall[i] += w
		}
	}
	b.ReportMetric(cpu[0], "bare-cpu-µs/req")
	b.ReportMetric(cpu[1], "exchange-cpu-µs/req")
	b.ReportMetric(cpu[1]/cpu[0], "cpu-ratio")
	b.ReportMetric(rounds*each/wall[0].Seconds(), "bare-req/s")
	b.ReportMetric(rounds*each/wall[1].Seconds(), "exchange-req/s")
	b.ReportMetric(wall[0].Seconds()/wall[1].Seconds(), "throughput-ratio")
}
