package acceptance

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// Điều 26.3b: encrypted while it travels and where it lies.
func TestEncryption(t *testing.T) {
	t.Run("R26.3b what travels: TLS 1.3 and 1.2 with strong ciphers, nothing else", tlsScan)
	t.Run("R26.3b what other machines reach does not start without a certificate", plainRefused)
}

// handshake tells how a client of openssl ends with these options; it answers what was agreed.
func handshake(t *testing.T, address string, options ...string) (agreed string, ok bool) {
	t.Helper()
	args := append([]string{"s_client", "-connect", address, "-brief"}, options...)
	cmd := exec.Command("openssl", args...)
	cmd.Stdin = strings.NewReader("")
	out, err := cmd.CombinedOutput()
	return string(out), err == nil && strings.Contains(string(out), "CONNECTION ESTABLISHED")
}

func tlsScan(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	cert, key, pool := certificate(t)
	s := harness.Start(t, harness.Options{TLS: true, Args: []string{
		"--set", "console.tls_cert=" + cert, "--set", "console.tls_key=" + key, "--set", "exchange.tls_cert=" + cert, "--set", "exchange.tls_key=" + key,
	}})
	for name, base := range map[string]string{"console": s.Console, "exchange": s.Exchange} {
		address := strings.TrimPrefix(base, "https://")
		if got, ok := handshake(t, address); !ok || !strings.Contains(got, "Protocol version: TLSv1.3") {
			t.Errorf("%s: 1.3 is not chosen: %s", name, got)
		}
		if got, ok := handshake(t, address, "-tls1_2"); !ok || !strings.Contains(got, "Protocol version: TLSv1.2") || !strings.Contains(got, "GCM") {
			t.Errorf("%s: 1.2 is not taken, or without an authenticated cipher: %s", name, got)
		}
		for _, weak := range [][]string{
			{"-tls1", "-cipher", "ALL:@SECLEVEL=0"}, {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"},
			{"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"}, {"-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"},
			{"-tls1_2", "-cipher", "AES128-GCM-SHA256:AES256-SHA:@SECLEVEL=0"}, {"-tls1_2", "-cipher", "NULL:aNULL:@SECLEVEL=0"},
		} {
			if got, ok := handshake(t, address, weak...); ok {
				t.Errorf("%s takes %v: %s", name, weak, got)
			}
		}
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS12, MinVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}})
			if err != nil {
				continue
			}
			_ = conn.Close()
			if !strings.HasPrefix(suite.Name, "TLS_ECDHE_") || !strings.Contains(suite.Name, "GCM") && !strings.Contains(suite.Name, "CHACHA20") {
				t.Errorf("%s takes %s", name, suite.Name)
			}
		}
		hsts(t, base, pool)
		if a := harness.Raw(t, "http://"+address, "GET / HTTP/1.1\r\nHost: "+address+"\r\n\r\n"); a != nil && a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s answers a call in clear with %s", name, a.Status)
		}
	}
}

func hsts(t *testing.T, base string, pool *x509.CertPool) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	resp, err := client.Get(base + "/")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if got := resp.Header.Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=63072000") {
		t.Errorf("%s: Strict-Transport-Security is %q", base, got)
	}
}

func plainRefused(t *testing.T) {
	serve := func(set ...string) (string, int) {
		args := []string{"config", "check", "--data", filepath.Join(t.TempDir(), "data")}
		for _, s := range set {
			args = append(args, "--set", s)
		}
		return harness.CLI(t, "", args...)
	}
	if out, code := serve("console.listen=0.0.0.0:0"); code == 0 || !strings.Contains(out, "console.plain_http") {
		t.Errorf("exit %d: %s", code, out)
	}
	if out, code := serve("exchange.listen=0.0.0.0:0", "exchange.plain_http=true"); code != 0 {
		t.Errorf("exit %d: %s", code, out)
	}
	dir := filepath.Join(t.TempDir(), "data")
	out, code := harness.CLI(t, "", "serve", "--data", dir, "--set", "exchange.listen=0.0.0.0:0")
	if code == 0 || !strings.Contains(out, "exchange.tls_cert") {
		t.Errorf("serve: exit %d: %s", code, out)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("a refused start made a data folder: %v", err)
	}
}
