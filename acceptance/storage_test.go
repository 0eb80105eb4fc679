package acceptance

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// What lies on the disk: no secret in clear, nobody else may open the folder, and a restart keeps everything.
func TestStorage(t *testing.T) {
	p := withData(t, harness.Options{}, 50)
	conn := p.live(t, nil)
	c := conn.client(t)
	readPage(t, c.Get(recordsPath+"?limit=5"))
	for name, secret := range map[string]string{
		"a password": harness.Password, "the secret of a credential": conn.Secret, "a session": p.engineer.Token(), "a token of the exchange": strings.TrimPrefix(c.Header.Get("Authorization"), "Bearer "),
	} {
		if held := everywhere(t, p.Dir, secret); len(held) > 0 {
			t.Errorf("%s lies in clear in %v", name, held)
		}
	}
	for _, dir := range []string{p.Dir, filepath.Join(p.Dir, "secrets")} {
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be opened by others: %v", dir, info.Mode())
		}
	}
	t.Run("X11 what was answered survives a kill; the log is whole afterwards", func(t *testing.T) {
		p.registerDataset(t, "truoc-khi-mat-dien", func(_, schema m) { schema["fields"] = fields[:7] })
		p.Kill()
		p.Run()
		ok(t, p.engineer.Get("/api/v1/datasets/"+owner+"/truoc-khi-mat-dien"), http.StatusOK)
		if got := readPage(t, c.Get(recordsPath+"?limit=5")); len(got.Records) != 5 {
			t.Fatalf("after the kill: %v", got)
		}
		p.denied(t, c.With("Lienthong-Purpose", "QLNN").Get(recordsPath), http.StatusForbidden, "access.purpose_mismatch", "PURPOSE")
		key := p.verifierKey(t)
		p.Stop()
		if out, code := verify(t, p.Dir, "--key", key); code != 0 {
			t.Fatalf("exit %d: %s", code, out)
		}
	})
}
