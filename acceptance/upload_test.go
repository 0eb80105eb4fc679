package acceptance

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// upload is one that is under way, as its sender sees it.
type upload struct {
	path string
	who  *harness.Person
}

func beginUpload(who *harness.Person, body string, change func(m)) harness.Answer {
	sum := sha256.Sum256([]byte(body))
	about := m{
		"dataset": households, "system": sourceSystem, "file_name": "hộ nghèo.csv", "data_time": time.Now().UTC().Format(time.RFC3339),
		"declaration": "not-secret", "size": len(body), "sha256": hex.EncodeToString(sum[:]),
	}
	if change != nil {
		change(about)
	}
	return who.Post("/api/v1/ingest/uploads", about)
}

func newUpload(t *testing.T, who *harness.Person, body string) upload {
	t.Helper()
	a := ok(t, beginUpload(who, body, nil), http.StatusCreated)
	if a.Header.Get("Upload-Offset") != "0" || !strings.HasPrefix(a.Header.Get("Location"), "/api/v1/ingest/uploads/") {
		t.Fatalf("%v", a.Header)
	}
	return upload{a.Header.Get("Location"), who}
}

func (u upload) piece(offset int, piece, sum string) harness.Answer {
	c := u.who.With("Content-Type", "application/partial-upload").With("Upload-Offset", strconv.Itoa(offset))
	if sum != "" {
		c = c.With("Upload-Checksum", "sha256 "+sum)
	}
	return c.Do(http.MethodPatch, u.path, piece)
}

func (u upload) offset(t *testing.T) int {
	t.Helper()
	a := ok(t, u.who.Do(http.MethodHead, u.path, nil), http.StatusOK)
	n, err := strconv.Atoi(a.Header.Get("Upload-Offset"))
	if err != nil || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%v", a.Header)
	}
	return n
}

// cut sends the head of a piece and some of its bytes, and then the line is gone.
func (u upload) cut(t *testing.T, server string, offset, stated int, some string) {
	t.Helper()
	host := strings.TrimPrefix(server, "http://")
	conn, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w := bufio.NewWriter(conn)
	fmt.Fprintf(w, "PATCH %s HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nContent-Type: application/partial-upload\r\nUpload-Offset: %d\r\nContent-Length: %d\r\n\r\n", u.path, host, u.who.Header.Get("Authorization"), offset, stated)
	_, _ = io.WriteString(w, some)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // until the server has read it
}

// R14.3c, X4: an upload over a weak line goes on where it broke off, also when the server was killed in the middle, and
// becomes one delivery of the right bytes.
func TestUploadsGoOn(t *testing.T) {
	p := withData(t, harness.Options{Args: []string{"--set", "ingest.max_bytes=4194304"}}, 20)
	body := file(20_000)
	sum := func(piece string) string {
		s := sha256.Sum256([]byte(piece))
		return base64.StdEncoding.EncodeToString(s[:])
	}
	t.Run("R14.3c a cut line and a killed server", func(t *testing.T) {
		u := newUpload(t, p.ownerSteward, body)
		ok(t, u.piece(0, body[:400_000], sum(body[:400_000])), http.StatusNoContent)
		u.cut(t, p.Console, 400_000, 500_000, body[400_000:600_000])
		var at int
		for until := time.Now().Add(5 * time.Second); at < 600_000 && time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
			at = u.offset(t)
		}
		if at != 600_000 { // what came before the line broke is kept
			t.Fatalf("after the cut it goes on at %d", at)
		}
		go func() { // the server dies while a piece comes in
			time.Sleep(150 * time.Millisecond)
			p.Kill()
		}()
		u.cut(t, p.Console, 600_000, 400_000, body[600_000:700_000])
		p.Run()
		if at = u.offset(t); at < 600_000 || at > 700_000 {
			t.Fatalf("after the kill it goes on at %d", at)
		}
		refused(t, p.ownerSteward.Post(u.path+"/finish", nil), http.StatusConflict, "ingest.upload_unfinished")
		for at < len(body) {
			next := min(at+300_000, len(body))
			a := ok(t, u.piece(at, body[at:next], sum(body[at:next])), http.StatusNoContent)
			if at = next; a.Header.Get("Upload-Offset") != strconv.Itoa(at) {
				t.Fatalf("%v", a.Header)
			}
		}
		var d struct {
			ID, SHA256 string
			Size       int64
		}
		ok(t, p.ownerSteward.Post(u.path+"/finish", nil), http.StatusAccepted).Into(t, &d)
		whole := sha256.Sum256([]byte(body))
		if d.SHA256 != hex.EncodeToString(whole[:]) || d.Size != int64(len(body)) {
			t.Fatalf("%+v", d)
		}
		if got := wait(t, p.ownerSteward, d.ID); got.State != "published" || got.Counts.Accepted != 20_000 {
			t.Fatalf("%+v", got)
		}
		refused(t, p.ownerSteward.Post(u.path+"/finish", nil), http.StatusNotFound, "ingest.upload_not_found")
		again := newUpload(t, p.ownerSteward, body) // the same file once more is the same delivery
		ok(t, again.piece(0, body, ""), http.StatusNoContent)
		var same struct{ ID string }
		ok(t, p.ownerSteward.Post(again.path+"/finish", nil), http.StatusOK).Into(t, &same)
		if same.ID != d.ID {
			t.Errorf("the same file became another delivery")
		}
	})
	t.Run("what is refused", func(t *testing.T) { uploadsRefused(t, p, sum) })
	t.Run("an agency has a limit", func(t *testing.T) {
		other := p.admin.Hire(t, "dau.moi.hai", "Lù Đầu Mối Hai", owner, nil, "deputy_steward")
		for range 4 { // of 4 MB each: four largest files
			ok(t, beginUpload(other, "x", func(about m) { about["size"] = 4_000_000 }), http.StatusCreated)
		}
		a := refused(t, beginUpload(p.ownerSteward, "x", func(about m) { about["size"] = 4_000_000 }), http.StatusTooManyRequests, "ingest.upload_agency")
		if !vietnamese(a.Detail) {
			t.Error(a.Detail)
		}
	})
}

func uploadsRefused(t *testing.T, p *province, sum func(string) string) {
	body := file(50)
	refused(t, beginUpload(p.consumerSteward, body, nil), http.StatusForbidden, "ingest.not_official_source")
	refused(t, beginUpload(p.ownerSteward, body, func(about m) { about["declaration"] = "" }), http.StatusUnprocessableEntity, "ingest.declaration_missing")
	refused(t, beginUpload(p.ownerSteward, body, func(about m) { about["size"] = 5 << 20 }), http.StatusRequestEntityTooLarge, "ingest.too_large")
	refused(t, beginUpload(p.ownerSteward, body, func(about m) { about["sha256"] = "xyz" }), http.StatusUnprocessableEntity, "ingest.bad_sha256")
	u := newUpload(t, p.ownerSteward, body)
	foreigner := upload{u.path, p.consumerSteward}
	refused(t, foreigner.piece(0, body, ""), http.StatusNotFound, "ingest.upload_not_found")
	refused(t, p.consumerSteward.Get(u.path), http.StatusNotFound, "ingest.upload_not_found")
	refused(t, p.consumerSteward.Post(u.path+"/finish", nil), http.StatusNotFound, "ingest.upload_not_found")
	refused(t, p.consumerSteward.Do(http.MethodDelete, u.path, nil), http.StatusNotFound, "ingest.upload_not_found")
	a := u.piece(7, body, "")
	if refused(t, a, http.StatusConflict, "ingest.upload_offset"); a.Header.Get("Upload-Offset") != "0" {
		t.Errorf("a wrong offset: %v", a.Header)
	}
	refused(t, u.piece(0, body, sum("another")), http.StatusUnprocessableEntity, "ingest.upload_checksum")
	refused(t, u.piece(0, body, "no base64"), http.StatusBadRequest, "ingest.upload_headers")
	refused(t, u.who.Do(http.MethodPatch, u.path, body), http.StatusBadRequest, "ingest.upload_headers")
	refused(t, u.piece(0, body+"x", ""), http.StatusRequestEntityTooLarge, "ingest.upload_longer")
	if at := u.offset(t); at != 0 {
		t.Fatalf("refused pieces left %d bytes", at)
	}
	changed := strings.Replace(body, "Giàng", "Gìang", 1)
	ok(t, u.piece(0, changed, ""), http.StatusNoContent)
	refused(t, p.ownerSteward.Post(u.path+"/finish", nil), http.StatusUnprocessableEntity, "ingest.wrong_sha256")
	dropped := newUpload(t, p.ownerSteward, body)
	ok(t, p.ownerSteward.Do(http.MethodDelete, dropped.path, nil), http.StatusNoContent)
	refused(t, p.ownerSteward.Get(dropped.path), http.StatusNotFound, "ingest.upload_not_found")
	before := len(incidents(t, p, "state_secret"))
	stamped := "TỐI MẬT\n" + body
	s := newUpload(t, p.ownerSteward, stamped)
	ok(t, s.piece(0, stamped, ""), http.StatusNoContent)
	refused(t, p.ownerSteward.Post(s.path+"/finish", nil), http.StatusUnprocessableEntity, "ingest.secret_marking")
	if len(incidents(t, p, "state_secret")) != before+1 || len(filesBelow(t, p.Dir, "raw/upload")) != 0 {
		t.Errorf("a stamped upload: %s", filesBelow(t, p.Dir, "raw/upload"))
	}
}
