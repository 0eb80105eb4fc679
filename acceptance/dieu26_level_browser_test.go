package acceptance

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/testkit/browser"
)

// A steward proposes a security level and the operator's security officer records the decision, each on the pages alone.
func TestDieu26LevelInABrowser(t *testing.T) {
	p := newProvince(t, harness.Options{})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	ok(t, p.ownerSteward.Post("/api/v1/systems", m{"id": newSystem, "name": "Ứng dụng mới của ngành nông nghiệp", "owner": owner, "category": "demand", "layer": "use"}), 201)
	paper := filepath.Join(t.TempDir(), "Hồ sơ.pdf")
	if err := os.WriteFile(paper, []byte(harness.SignedPDF), 0o600); err != nil {
		t.Fatal(err)
	}
	b := browser.New(t)
	b.Call("Page.enable", nil, nil)
	b.Width(360)
	as := func(who *harness.Person) {
		t.Helper()
		b.Forget()
		b.Carry(p.Console, &http.Cookie{Name: "lienthong", Value: who.Token()})
		b.Carry(p.Console, &http.Cookie{Name: "lang", Value: "vi"})
	}
	sound := func(where string) {
		t.Helper()
		if v := b.Violations(); len(v) > 0 {
			t.Errorf("%s: %v", where, v)
		}
		if wide := b.Wide(); wide != "" {
			t.Errorf("%s is wider than a phone: %s", where, wide)
		}
	}
	send := func() { t.Helper(); b.Say(`document.querySelector("main form[method=post]").requestSubmit()`) }

	as(p.ownerSteward)
	b.Open(p.Console + "/system/" + newSystem)
	sound("the system's page")
	b.Say(`document.querySelector("a[href$='/` + newSystem + `/level']").click()`)
	b.Until(`location.pathname.endsWith("/level") && document.readyState === "complete"`)
	b.Say(`document.querySelector("main form[method=post]").noValidate = true`)
	send()
	b.Until(`document.querySelectorAll("main .field__error").length >= 3`) // every mistake at once, beside its field
	sound("the refused proposal")
	b.Say(`document.querySelector("[name=kind][value=approval]").checked = true; document.querySelector("[name=level][value='2']").checked = true`)
	b.Fill("number", "07/HSĐX-CĐ")
	b.Fill("justification", "Phục vụ nội bộ ngành, không xử lý dữ liệu cá nhân")
	b.Choose("file", paper)
	send()
	b.Until(`location.pathname === "/system/` + newSystem + `" && document.body.innerText.includes("Chờ xử lý")`)

	as(p.security)
	b.Open(p.Console + "/system/level?state=waiting")
	b.Until(`document.readyState === "complete" && document.body.innerText.includes("Ứng dụng mới của ngành nông nghiệp")`)
	sound("the screen of levels")
	b.Open(p.Console + "/system/" + newSystem)
	b.Say(`document.querySelector("a[href$='/record']").click()`)
	b.Until(`location.pathname.endsWith("/record") && document.readyState === "complete"`)
	sound("the form of the decision")
	b.Fill("authority", "Ủy ban nhân dân tỉnh")
	b.Fill("decision", "45/QĐ-UBND")
	b.Fill("decided_at", "2026-01-05")
	b.Fill("valid_to", p.Now().AddDate(1, 0, 0).Format("2006-01-02"))
	b.Choose("file", paper)
	send()
	b.Until(`location.pathname === "/system/` + newSystem + `" && document.body.innerText.includes("45/QĐ-UBND")`)
	if got := findSystem(t, p.engineer, newSystem); got.LevelState != "valid" {
		t.Errorf("after the pages: %+v", got)
	}

	as(p.ownerHead)
	b.Open(p.Console + "/obligation/owner")
	sound("the owner's board")
	b.Say(`document.querySelector("main a[href^='/obligation?']").click()`)
	b.Until(`location.pathname === "/obligation" && document.readyState === "complete"`)
	sound("the screen of obligations")
	if said := b.Complaints(); len(said) > 0 {
		t.Error(said)
	}
}
