package acceptance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// verify runs `lienthong audit verify` over the log of a data folder.
func verify(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	return harness.CLI(t, "", append([]string{"audit", "verify", "--dir", filepath.Join(dir, "audit")}, args...)...)
}

// verifierKey is the public key that anyone may keep.
func (p *province) verifierKey(t *testing.T) string {
	t.Helper()
	var c struct {
		Key string `json:"verifier_key"`
	}
	open := harness.NewClient(t, p.Console)
	ok(t, open.Get("/api/v1/audit/checkpoint"), http.StatusOK).Into(t, &c)
	return c.Key
}

// The access log itself: who may read it, that reading is recorded, that nobody changes it unseen (Điều 24.4, 26.3).
func TestDieu26Log(t *testing.T) {
	p := newProvince(t, harness.Options{})
	t.Run("R26.3d reading the log leaves a record, operators may not read it, nobody can delete from it", func(t *testing.T) {
		refused(t, p.auditor.Post("/api/v1/audit/search", m{"reason": ""}), http.StatusUnprocessableEntity, "audit.reason_required")
		refused(t, p.admin.Post("/api/v1/audit/search", m{"reason": "Xem nhật ký hệ thống"}), http.StatusForbidden, "access.permission_missing")
		refused(t, p.security.Post("/api/v1/audit/search", m{"reason": "Xem nhật ký hệ thống"}), http.StatusForbidden, "access.permission_missing")
		p.log(t, m{"event": "auth.login"})
		reads := p.log(t, m{"event": "log.read"})
		if len(reads) == 0 || reads[0].Record["reason"] == "" || reads[0].Record["actor"].(map[string]any)["account_id"] != p.auditor.ID {
			t.Fatalf("the reading of the log is not in the log: %v", reads)
		}
		for _, who := range []*harness.Person{p.admin, p.security, p.auditor} {
			for _, path := range []string{"/api/v1/audit/records/0", "/api/v1/audit", "/audit"} {
				if a := who.Do(http.MethodDelete, path, nil); a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed {
					t.Errorf("DELETE %s by %s: %s", path, who.Username, a)
				}
			}
		}
		refused(t, p.auditor.Do(http.MethodPut, "/api/v1/agencies/H38.99", m{"name": "Đơn vị do kiểm toán lập", "kind": "department", "valid_from": "2026-01-01"}),
			http.StatusForbidden, "access.permission_missing")
	})
	t.Run("a record has its proof under a signed checkpoint", func(t *testing.T) {
		rec := p.log(t, m{"event": "auth.login"})[0]
		var proof map[string]any
		for until := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) { // signed every half second
			a := p.auditor.Get("/api/v1/audit/records/" + itoa(rec.Seq) + "/proof")
			if a.Status == http.StatusOK {
				a.Into(t, &proof)
				break
			}
			if time.Now().After(until) {
				t.Fatal(a)
			}
		}
		if proof["record"] != nil || proof["hash"] != rec.Hash || proof["checkpoint"] == nil {
			t.Errorf("H2 the proof alone gives %v", proof)
		}
		at := "/api/v1/audit/records/" + itoa(rec.Seq)
		refused(t, p.auditor.Post(at+"/read", m{"reason": " "}), http.StatusUnprocessableEntity, "audit.reason_required")
		refused(t, p.ownerSteward.Post(at+"/read", m{"reason": "Xem thử bản ghi nhật ký"}), http.StatusForbidden, "access.permission_missing")
		readings := len(p.log(t, m{"event": "log.read"}))
		ok(t, p.auditor.Post(at+"/read", m{"reason": "Kiểm tra theo kế hoạch số 12/KH-TTr"}), http.StatusOK).Into(t, &proof)
		if text, _ := proof["record"].(string); !strings.Contains(text, "auth.login") {
			t.Errorf("the record with its reason: %v", proof)
		}
		if now := len(p.log(t, m{"event": "log.read"})); now != readings+2 { // it and the search that counts
			t.Errorf("%d readings are recorded, %d before", now, readings)
		}
		var c struct{ Checkpoint string }
		open := harness.NewClient(t, p.Console)
		ok(t, open.Get("/api/v1/audit/checkpoint"), http.StatusOK).Into(t, &c)
		if !strings.Contains(c.Checkpoint, "lienthong/") || !strings.Contains(c.Checkpoint, "\n— ") {
			t.Fatalf("checkpoint %q", c.Checkpoint)
		}
	})
	key := p.verifierKey(t)
	if out, code := verify(t, p.Dir, "--live", "--key", key); code != 0 {
		t.Fatalf("while running: exit %d: %s", code, out)
	}
	if out, code := verify(t, p.Dir, "--live"); code != 0 {
		t.Fatalf("with the key beside the log: exit %d: %s", code, out)
	}
	p.Stop()
	if out, code := verify(t, p.Dir, "--key", key); code != 0 || !strings.Contains(out, "whole and unchanged") {
		t.Fatalf("after the stop: exit %d: %s", code, out)
	}
	t.Run("R26.3d a byte changed outside is found and the place is named", func(t *testing.T) {
		flipped := 0
		for _, name := range journalFiles(t, p.Dir) {
			whole, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			at := strings.Index(string(whole), "auth.login")
			if at < 0 {
				continue
			}
			bad := append([]byte(nil), whole...)
			bad[at] ^= 1
			write(t, name, bad)
			out, code := verify(t, p.Dir, "--key", key)
			if code == 0 || !strings.ContainsAny(out, "0123456789") || strings.Contains(out, "whole and unchanged") {
				t.Errorf("a flipped byte in %s: exit %d: %s", name, code, out)
			}
			write(t, name, whole[:len(whole)/2])
			if out, code := verify(t, p.Dir, "--key", key); code == 0 {
				t.Errorf("a cut tail of %s is not found: %s", name, out)
			}
			write(t, name, whole)
			flipped++
		}
		if flipped == 0 {
			t.Fatal("no file of the log holds the records")
		}
		if out, code := verify(t, p.Dir, "--key", key); code != 0 {
			t.Fatalf("restored: exit %d: %s", code, out)
		}
	})
}

func itoa(n int64) string { return json.Number(big.NewInt(n).String()).String() }

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func journalFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(dir, "audit"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && filepath.Base(filepath.Dir(path)) != "index" { // the index is made anew from the log
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// certificate writes a self-signed one for 127.0.0.1 and gives the files and the pool that trusts it.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lgsp.test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	write(t, cert, public)
	write(t, key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(public)
	return cert, key, pool
}

func TestTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	s := harness.Start(t, harness.Options{TLS: true, Args: []string{
		"--set", "console.tls_cert=" + cert, "--set", "console.tls_key=" + key, "--set", "exchange.tls_cert=" + cert, "--set", "exchange.tls_key=" + key,
	}})
	for name, base := range map[string]string{"console": s.Console, "exchange": s.Exchange} {
		t.Run("TLS 1.2 or newer on the "+name, func(t *testing.T) {
			address := strings.TrimPrefix(base, "https://")
			for version, want := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
				conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, MinVersion: version, MaxVersion: version}) //nolint:gosec // old versions must be refused
				if (err == nil) != want {
					t.Errorf("%s: %v", tls.VersionName(version), err)
				}
				if err == nil {
					_ = conn.Close()
				}
			}
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			_, _ = conn.Write([]byte("GET /livez HTTP/1.1\r\nHost: " + address + "\r\n\r\n"))
			answer := make([]byte, 512)
			n, _ := conn.Read(answer)
			if strings.Contains(string(answer[:n]), "200 OK") {
				t.Error("a clear text call is answered")
			}
		})
	}
}
