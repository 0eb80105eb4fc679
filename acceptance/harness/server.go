// Package harness drives the shipped binary from outside, as a person, another system and an attacker would: it builds
// it once, starts it on a folder of its own, and talks to it over the network only.
package harness

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var build struct {
	once sync.Once
	path string
	err  error
}

// Binary builds cmd/lienthong once per test process and gives its path.
func Binary(t testing.TB) string {
	t.Helper()
	build.once.Do(func() {
		dir := os.Getenv("LIENTHONG_TEST_TMP")
		if dir == "" {
			dir, build.err = os.MkdirTemp("", "lienthong-bin")
			if build.err != nil {
				return
			}
		}
		build.path = filepath.Join(dir, fmt.Sprintf("lienthong-%d", os.Getpid()))
		cmd := exec.Command("go", "build", "-o", build.path, "lienthong/cmd/lienthong")
		if out, err := cmd.CombinedOutput(); err != nil {
			build.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if build.err != nil {
		t.Fatal(build.err)
	}
	return build.path
}

// Server is one running lienthong.
type Server struct {
	t        testing.TB
	Dir      string
	Console  string // http://127.0.0.1:port
	Exchange string
	Metrics  string // http://127.0.0.1:port/metrics, with Options.Metrics
	SetUp    string // one-time token printed by a first start
	skew     *time.Duration
	wrap     []string
	args     []string
	env      []string
	cmd      *exec.Cmd
	out      *tail
	done     chan struct{}
}

// Options of a start.
type Options struct {
	Dir  string // data folder; a new one when empty
	Args []string
	Env  []string
	TLS  bool     // the arguments give both listeners a certificate
	Demo bool     // the living demo instead of a real platform
	Move bool     // an empty demo, which is a real platform whose clock can be moved (Server.Shift)
	Wrap []string // a command that becomes the server, as unshare

	Metrics bool // open the listener of metrics
}

// Start runs `lienthong serve` on free ports and waits until it is ready.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Dir == "" {
		o.Dir = filepath.Join(t.TempDir(), "data")
	}
	console, exchange, portal := freePort(t), freePort(t), freePort(t)
	command := "serve"
	if o.Demo {
		command = "demo"
	}
	if o.Move {
		command = "demo"
		o.Args = append([]string{"--empty"}, o.Args...)
	}
	scheme := "http://"
	if o.TLS {
		scheme = "https://"
	}
	s := &Server{
		t: t, Dir: o.Dir, skew: new(time.Duration), Console: scheme + console, Exchange: scheme + exchange, env: o.Env, wrap: o.Wrap,
		args: append([]string{command, "--data", o.Dir, "--set", "console.listen=" + console, "--set", "exchange.listen=" + exchange,
			"--set", "portal.listen=" + portal}, o.Args...),
	}
	if o.Metrics {
		at := freePort(t)
		s.Metrics, s.args = "http://"+at+"/metrics", append(s.args, "--set", "metrics.listen="+at)
	}
	s.Run()
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("server output:\n%s", s.Output())
		}
	})
	return s
}

// Run starts the process (again) with the same ports and folder, and waits until it is ready.
func (s *Server) Run() {
	s.t.Helper()
	_, err := os.Stat(s.Dir)
	first := os.IsNotExist(err)
	s.Launch()
	if err := s.WaitReady(30 * time.Second); err != nil {
		s.Kill()
		s.t.Fatalf("%v\n%s", err, s.Output())
	}
	for until := time.Now().Add(5 * time.Second); first && (s.args[0] == "serve" || slices.Contains(s.args, "--empty")) && s.SetUp == "" && time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		s.findToken() // announced after the listeners answer
	}
}

func (s *Server) findToken() {
	if m := tokenLine.FindStringSubmatch(s.Output()); m != nil {
		s.SetUp = m[1]
	}
}

// Set adds configuration to the next start.
func (s *Server) Set(settings ...string) {
	for _, one := range settings {
		s.args = append(s.args, "--set", one)
	}
}

// Shift moves the clock of a server started with Options.Move. Whoever was signed in for too long signs in again.
func (s *Server) Shift(by time.Duration) {
	s.t.Helper()
	out, code := CLI(s.t, "", "demo", "clock", "--data", s.Dir, fmt.Sprintf("+%dm", int(by.Minutes())))
	if code != 0 {
		s.t.Fatalf("move the clock: exit %d: %s", code, out)
	}
	*s.skew += by.Truncate(time.Minute)
}

// Now is the moment that the server's clock shows.
func (s *Server) Now() time.Time { return time.Now().Add(*s.skew) }

// Launch starts the process without waiting.
func (s *Server) Launch() {
	s.t.Helper()
	s.out = &tail{}
	command := append(append(slices.Clone(s.wrap), Binary(s.t)), s.args...)
	s.cmd = exec.Command(command[0], command[1:]...)
	s.cmd.Env = append(os.Environ(), s.env...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.done = make(chan struct{})
	cmd, done := s.cmd, s.done
	go func() {
		_ = cmd.Wait() // its end is what counts
		close(done)
	}()
}

var tokenLine = regexp.MustCompile(`set-up token: (\S+)\n`)

// WaitReady waits until the console says that it is ready.
func (s *Server) WaitReady(limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	// Only the answer counts here; what the certificate is worth is a test's question.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}} //nolint:gosec // see above
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Console+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := client.Do(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				s.findToken()
				return nil
			}
		}
		select {
		case <-s.done:
			return fmt.Errorf("the server ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("the server was not ready within %v", limit)
		case <-tick.C:
		}
	}
}

// Kill ends the process as a power cut would for the process: without a word.
func (s *Server) Kill() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended by itself
	<-s.done
}

// Stop asks the process to end and waits.
func (s *Server) Stop() {
	s.t.Helper()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(20 * time.Second):
		s.Kill()
		s.t.Fatal("the server did not end within 20 s of SIGTERM")
	}
}

// Alive reports that the process runs.
func (s *Server) Alive() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

// Output is the last part of what the server printed.
func (s *Server) Output() string { return s.out.String() }

// CLI runs another command of the binary and gives its output and exit code.
func CLI(t testing.TB, stdin string, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command(Binary(t), args...)
	cmd.Stdin = strings.NewReader(stdin)
	got, err := cmd.CombinedOutput()
	if exit, isExit := err.(*exec.ExitError); isExit {
		return string(got), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(got), 0
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// tail keeps the last MiB of an output.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (b *tail) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf = append(b.buf, p...)
	if over := len(b.buf) - 1<<20; over > 0 {
		b.buf = b.buf[over:]
	}
	return len(p), nil
}

func (b *tail) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.buf)
}

// Raw sends bytes as they are and gives the first answer, for requests that no HTTP library would send. The answer is
// nil when the server closed without one.
func Raw(t testing.TB, base, request string) *http.Response {
	t.Helper()
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(base, "http://"), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		return nil // refused while sending
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	resp.Body.Close()
	resp.Body = io.NopCloser(strings.NewReader(string(body)))
	return resp
}
