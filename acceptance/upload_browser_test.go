package acceptance

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/testkit/browser"
)

// R14.3c: a large file chosen on the page goes in pieces by the page's own script, under its policy of contents; the server
// is killed meanwhile and the page goes on by itself to one delivery of the right bytes.
func TestThePageGoesOnWithALargeFile(t *testing.T) {
	p := withData(t, harness.Options{}, 20)
	body := file(150_000)
	name := filepath.Join(t.TempDir(), "hộ nghèo cả tỉnh.csv")
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	page := string(ok(t, p.ownerSteward.Get("/ingest/new?dataset="+households), http.StatusOK).Body)
	if !strings.Contains(page, `enctype="multipart/form-data"`) || !strings.Contains(page, `action="/ingest"`) {
		t.Error("without script the form does not send the file")
	}
	b := browser.New(t)
	b.Call("Page.enable", nil, nil)
	b.Call("Network.enable", nil, nil)
	b.Open(p.Console + "/sign-in")
	b.Fill("username", p.ownerSteward.Username)
	b.Fill("password", harness.Password)
	b.Say(`document.querySelector("form[action='/sign-in']").requestSubmit()`)
	b.Until(`location.pathname !== "/sign-in"`)
	b.Open(p.Console + "/ingest/new?dataset=" + households)
	b.Until(`location.pathname === "/ingest/new" && document.readyState === "complete"`) // the script is there
	b.Say(`document.querySelector("[name=not_secret]").checked = true`)
	b.Choose("file", name)
	b.Call("Network.emulateNetworkConditions", map[string]any{"offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4 << 20}, nil)
	b.Say(`document.querySelector("form[action='/ingest']").requestSubmit()`)
	b.Until(`document.querySelector("[data-resume-shown]")?.innerText.includes("Đã gửi")`)
	for until := time.Now().Add(20 * time.Second); !strings.Contains(filesBelow(t, p.Dir, "raw/upload"), "/0000") && time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
	}
	p.Kill()
	b.Until(`document.querySelector("[data-resume-shown]")?.innerText.includes("Mất kết nối")`)
	p.Run()
	b.Until(`location.pathname.startsWith("/ingest/0")`)
	id := strings.TrimPrefix(b.Say("location.pathname"), "/ingest/")
	var got struct {
		Delivery struct {
			SHA256   string
			Size     int64
			FileName string `json:"file_name"`
		}
	}
	ok(t, p.ownerSteward.Get("/api/v1/ingest/deliveries/"+id), http.StatusOK).Into(t, &got)
	sum := sha256.Sum256([]byte(body))
	if got.Delivery.SHA256 != hex.EncodeToString(sum[:]) || got.Delivery.Size != int64(len(body)) || got.Delivery.FileName != filepath.Base(name) {
		t.Fatalf("%+v", got)
	}
	if d := wait(t, p.ownerSteward, id); d.State != "published" {
		t.Fatalf("%+v", d)
	}
	// A refusal stands on the page, and the button comes back.
	b.Open(p.Console + "/ingest/new?dataset=" + households)
	b.Until(`location.pathname === "/ingest/new" && document.readyState === "complete"`)
	b.Until(`location.pathname === "/ingest/new" && document.readyState === "complete"`) // the script is there
	b.Choose("file", name)
	b.Say(`document.querySelector("form[action='/ingest']").requestSubmit()`)
	b.Until(`document.querySelector("[data-resume-shown] [role=alert]")?.innerText.includes("bí mật nhà nước")`)
	b.Until(`document.querySelector("form[action='/ingest'] button[type=submit]").disabled === false`)
}
