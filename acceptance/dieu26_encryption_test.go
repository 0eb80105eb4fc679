package acceptance

import (
	"bytes"
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
	t.Run("R26.3b keys change and are destroyed with a record and nothing opens afterwards", keysAtRest)
	t.Run("R26.3b a kill in mid-spill on a machine without a folder in memory leaves no value in clear", midSpill)
	t.Run("R26.3b a backup is encrypted and brings everything back or is refused", backups)
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
	s := harness.Start(t, harness.Options{TLS: true, Metrics: true, Args: []string{
		"--set", "metrics.tls_cert=" + cert, "--set", "metrics.tls_key=" + key,
		"--set", "console.tls_cert=" + cert, "--set", "console.tls_key=" + key, "--set", "exchange.tls_cert=" + cert, "--set", "exchange.tls_key=" + key,
	}})
	metrics := "https://" + strings.TrimSuffix(s.Metrics[strings.Index(s.Metrics, "//")+2:], "/metrics")
	for name, base := range map[string]string{"console": s.Console, "exchange": s.Exchange, "metrics": metrics} {
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

// keysAtRest changes and destroys keys as an administrator and a security officer do, and reads the records of it.
func keysAtRest(t *testing.T) {
	p := withData(t, harness.Options{}, 20)
	d := deliver(t, p.ownerSteward, households, marked(300))
	if d.State != "published" {
		t.Fatalf("the marked file: %+v", d)
	}
	c := p.live(t, nil).client(t)
	readPage(t, c.Get(recordsPath+"?limit=5"))
	nothingInClear(t, "at rest", p.Dir)
	noBounds(t, p)
	failed(t, "reach the server", "keys", "rotate", "--data", t.TempDir())
	ok0(t, "keys", "rotate", "--data", p.Dir)
	soon(t, "the record that every file has the new key", func() bool { return len(p.log(t, m{"event": "vault.rewrap"})) > 0 })
	for event, want := range map[string]string{"vault.first_key": "at rest", "vault.open": "at rest", "vault.rotate": "at rest"} {
		list := p.log(t, m{"event": event})
		if len(list) != 1 {
			t.Fatalf("%s: %v", event, list)
		}
		detail := list[0].Record["detail"].(map[string]any)
		if detail["purpose"] != want || detail["key"] == "" || !strings.Contains(detail["process"].(string), "pid ") {
			t.Errorf("%s says %v", event, detail)
		}
	}
	uses := map[string]bool{}
	soon(t, "the records of use", func() bool {
		for _, e := range p.log(t, m{"event": "vault.use"}) {
			detail := e.Record["detail"].(map[string]any)
			uses[detail["key"].(string)+" "+detail["purpose"].(string)] = true
		}
		return uses["raw 1 seal"] && uses["warehouse 1 seal"] && uses["warehouse 1 open"] && uses["warehouse 2 rewrap"]
	})
	readPage(t, c.Get(recordsPath+"?limit=5"))
	keysDestroyed(t, p, d.ID, c)
}

// noBounds: the control store keeps the smallest and largest value of no column that tells of persons.
func noBounds(t *testing.T, p *province) {
	t.Helper()
	got := ok(t, p.ownerSteward.Get("/api/v1/datasets/"+households+"/versions"), http.StatusOK)
	var list struct {
		Versions []struct {
			Stats []struct{ Name, Min, Max string }
		}
	}
	got.Into(t, &list)
	bounds := map[string]string{}
	for _, v := range list.Versions {
		for _, s := range v.Stats {
			bounds[s.Name] += s.Min + s.Max
		}
	}
	for _, name := range []string{"so_dinh_danh", "chu_ho", "ngay_sinh"} {
		if there, known := bounds[name]; !known || there != "" {
			t.Errorf("bounds of %s: %q, %v in %v", name, there, known, bounds)
		}
	}
}

// keysDestroyed: whoever still holds the bytes of a purged version, here by second names of its files, cannot open them.
func keysDestroyed(t *testing.T, p *province, delivery string, c *harness.Client) {
	t.Helper()
	kept := map[string]string{}
	for _, part := range []string{"warehouse", "raw"} {
		for n, path := range stored(t, filepath.Join(p.Dir, part), "") {
			if strings.Contains(path, delivery) || strings.Contains(path, "ho-ngheo") {
				link := filepath.Join(filepath.Dir(p.Dir), part+itoa(int64(n)))
				if err := os.Link(path, link); err != nil {
					t.Fatal(err)
				}
				kept[path] = link
			}
		}
	}
	refused(t, p.admin.Post("/api/v1/ingest/deliveries/"+delivery+"/purge", m{"reason": "Tệp nạp nhầm, phải xóa"}), http.StatusForbidden, "access.permission_missing")
	if len(p.log(t, m{"event": "vault.destroy"})) != 0 {
		t.Fatal("a refused purge destroyed keys")
	}
	ok(t, p.security.Post("/api/v1/ingest/deliveries/"+delivery+"/purge", m{"reason": "Tệp nạp nhầm, phải xóa"}), http.StatusOK)
	destroyed := p.log(t, m{"event": "vault.destroy"})
	if len(destroyed) < 2 {
		t.Fatalf("records of the destruction: %v", destroyed)
	}
	gone := 0
	for path, link := range kept {
		if _, err := os.Stat(path); err == nil {
			continue // of another version
		}
		gone++
		body, err := os.ReadFile(link)
		if err != nil || len(body) < 1536 || bytes.Contains(body[:1536], []byte("raw 2")) || bytes.Contains(body[:1536], []byte("warehouse 2")) {
			t.Errorf("%s still has its key: %v", path, err)
		}
	}
	if gone < 3 {
		t.Errorf("%d files went with the purge", gone)
	}
	p.Stop()
	for path, link := range kept { // put back, they open to nobody
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			if err := os.Rename(link, path); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.Run()
	if a := c.Get(recordsPath + "?ma_ho=M00042"); strings.Contains(a.String(), "Giàng Thị Mốc") {
		t.Errorf("purged values are served: %s", a)
	}
	nothingInClear(t, "after the purge", p.Dir)
}

func midSpill(t *testing.T) {
	if out, err := exec.Command("unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", "/dev/shm").CombinedOutput(); err != nil {
		t.Skipf("this machine lets nobody hide /dev/shm: %s", out)
	}
	p := withData(t, harness.Options{
		Wrap: []string{"unshare", "-m", "sh", "-c", `mount -t tmpfs -o size=8m tmpfs /dev/shm && exec "$0" "$@"`}, Args: []string{"--set", "warehouse.load_memory_mb=32"},
	}, 20)
	if _, err := os.Stat(filepath.Join(p.Dir, "scratch")); err != nil {
		t.Fatalf("the scratch folder is not on the disk: %v", err)
	}
	if d := deliver(t, p.ownerSteward, households, marked(300)); d.State != "published" {
		t.Fatalf("a small file: %+v", d)
	}
	nothingInClear(t, "after a load", p.Dir)
	if a := send(p.ownerSteward, households, marked(400_000), nil); a.Status >= 300 {
		t.Fatalf("deliver: %s", a)
	}
	spilled := func() (bytes int64) {
		for _, path := range stored(t, filepath.Join(p.Dir, "scratch"), "") {
			if info, err := os.Stat(path); err == nil && strings.Contains(path, "spill") {
				bytes += info.Size()
			}
		}
		return bytes
	}
	for until := time.Now().Add(90 * time.Second); spilled() < 4<<20; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("nothing was spilled")
		}
	}
	p.Kill()
	if spilled() == 0 {
		t.Fatal("the kill came too late to show anything")
	}
	nothingInClear(t, "after the kill in mid-spill", p.Dir)
}
