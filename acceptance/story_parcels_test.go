package acceptance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/testkit/browser"
)

const (
	parcels    = owner + "/thua-dat"
	tax        = "H38.82" // Thuế tỉnh, of the central vertical
	taxSystem  = "nghia-vu-tai-chinh"
	landSystem = "dat-dai"
)

// landProvince has the land parcels and both systems in issued lists, and a tax office with its people.
func landProvince(t *testing.T) (p *province, steward, head *harness.Person) {
	t.Helper()
	p = newProvince(t, harness.Options{})
	steward = p.admin.Hire(t, "dau.moi.thue", "Hoàng Đầu Mối", tax, nil, "steward")
	head = p.admin.Hire(t, "lanh.dao.thue", "Vũ Lãnh Đạo", tax, nil, "agency_head")
	p.designate(t, tax)
	p.registerSystem(t, landSystem, "Cơ sở dữ liệu đất đai", owner)
	p.registerSystem(t, taxSystem, "Hệ thống quản lý nghĩa vụ tài chính về đất đai", tax)
	about := registration("thua-dat")
	about["name"], about["class"], about["official_system"] = "Thửa đất", "basic_personal", landSystem
	about["sharing"] = m{"agencies": []string{tax}, "fields": []string{"ma_thua", "ma_xa", "dien_tich_m2", "ngay_ghi_nhan"}, "purposes": []string{"QLNN"}, "levels": []string{"use"}}
	schema := m{"date_field": "ngay_ghi_nhan", "fields": []m{
		{"name": "ma_thua", "label": "Mã thửa đất", "element": "ma_dinh_danh_noi_bo", "key": true, "required": true},
		{"name": "ma_xa", "label": "Xã, phường", "element": "ma_xa", "required": true}, {"name": "dien_tich_m2", "label": "Diện tích", "element": "dien_tich_m2"},
		{"name": "ngay_ghi_nhan", "label": "Ngày ghi nhận", "element": "ngay_cap"}, {"name": "dien_thoai", "label": "Điện thoại người sử dụng đất", "element": "dien_thoai"},
	}}
	at := "/api/v1/datasets/" + parcels
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	ok(t, p.ownerSteward.Post(at+"/schema", schema), http.StatusCreated)
	ok(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/review", m{"basis": "Điều 7 Quy chế, phiếu rà soát 03"}), http.StatusOK)
	ok(t, p.approver.Post(at+"/approve", nil), http.StatusOK)
	p.registerProcessing(t, parcels)
	harness.IssueList(t, harness.Catalogue, p.appraiser, p.approver)
	harness.IssueList(t, harness.Systems, p.appraiser, p.approver)
	return p, steward, head
}

// parcelFile holds dated parcels of 2023 with the old code 02671, then undated ones.
func parcelFile(dated, undated int) string {
	var b strings.Builder
	b.WriteString("ma_thua,ma_xa,dien_tich_m2,ngay_ghi_nhan,dien_thoai\n")
	for i := range dated {
		fmt.Fprintf(&b, "T-%04d,02671,120.50,15/03/2023,0912000111\n", i)
	}
	for i := range undated {
		fmt.Fprintf(&b, "U-%04d,02671,88.00,,0912000112\n", i)
	}
	return b.String()
}

// Story 3, steps 1 to 5: parcels in a new commune, by the shortened process.
func TestStoryOfTheParcels(t *testing.T) {
	t.Parallel()
	p, steward, head := landProvince(t)
	d := wait(t, p.ownerSteward, delivered(t, p))
	if d.State != "published" || d.Counts.Accepted != 60 || d.Counts.Rejected != 2 || d.Rules["dictionary.unit_needs_date"] != 2 {
		t.Fatalf("R11.3c dated parcels of 02671 are today's, undated ones are ambiguous: %+v", d)
	}
	b := signedInAs(t, p, steward)
	b.Open(p.Console + "/connections/new?dataset=" + parcels + "&system=" + taxSystem)
	b.Until(`location.pathname === "/connections/new" && document.readyState === "complete" && !!window.htmx`)
	fillNeed(b)
	tick := func(field string, on bool) {
		b.Say(fmt.Sprintf(`(()=>{const x=document.querySelector('input[name=fields][value=%s]'); if (x.checked !== %v) x.click(); return ""})()`, field, on))
	}
	route := func(want string) {
		t.Helper()
		b.Until(fmt.Sprintf(`document.getElementById("route").innerText.includes(%q)`, want))
	}
	t.Run("R12.3 the form switches to the full process with a field outside the scope, and back", func(t *testing.T) {
		for _, f := range []string{"ma_thua", "ma_xa", "dien_tich_m2"} {
			tick(f, true)
		}
		route("Quy trình rút gọn")
		tick("dien_thoai", true)
		route("Quy trình đầy đủ")
		route("“Điện thoại người sử dụng đất” nằm ngoài phạm vi chia sẻ")
		tick("dien_thoai", false)
		route("Quy trình rút gọn")
	})
	b.Say(`document.querySelector("form[action='/connections'] button[type=submit]:not([formaction])").click()`)
	b.Until(`location.pathname.startsWith("/connections/0")`)
	c := &connection{ID: strings.TrimPrefix(b.Say("location.pathname"), "/connections/"), p: p}
	b.Open(p.Console + "/connections/" + c.ID + "/submit")
	b.Until(`location.pathname.endsWith("/submit") && document.readyState === "complete"`)
	b.Say(`document.querySelector("[name=attest]").click()`)
	b.Say(`document.querySelector("main form[action$='/submit'] button[type=submit]").click()`)
	b.Until(`!location.pathname.endsWith("/submit")`)
	t.Run("R9.2 the six conditions hold, the owner is told and not asked", func(t *testing.T) {
		got := c.progress(t)
		if got.Request.Route != "shortened" || len(got.Outlook.Conditions) != 6 {
			t.Fatalf("%+v", got)
		}
		b.Until(`document.getElementById("route").innerText.includes("Quy trình rút gọn – vì sao")`)
	})
	t.Run("R12.3 check, test and acceptance stay; live with the clock within seven working days", func(t *testing.T) {
		c.checked(t)
		c.provisionFor(t, steward, taxSystem)
		c.test(t)
		c.must(t, p.engineer, "confirm", m{"party": "operator"})
		c.must(t, head, "confirm", m{"party": "requester"})
		got := c.progress(t)
		if got.Request.State != "live" || got.Total.Used > 7 || got.Total.Limit != 7 {
			t.Fatalf("%+v", got)
		}
		b.Open(p.Console + "/connections/" + c.ID)
		b.Until(`document.readyState === "complete" && document.querySelector("main").innerText.includes("/7 ngày làm việc")`)
		if bad := b.Violations(); len(bad) > 0 {
			t.Errorf("axe: %v", bad)
		}
	})
}

// delivered hands the parcels in and gives the delivery's id.
func delivered(t *testing.T, p *province) string {
	t.Helper()
	a := send(p.ownerSteward, parcels, parcelFile(60, 2), map[string][]string{"system": {landSystem}})
	if a.Status >= 300 {
		t.Fatalf("deliver: %s", a)
	}
	var d delivery
	a.Into(t, &d)
	return d.ID
}

func signedInAs(t *testing.T, p *province, who *harness.Person) *browser.Browser {
	t.Helper()
	b := browser.New(t)
	b.Call("Page.enable", nil, nil)
	b.Open(p.Console + "/sign-in")
	b.Fill("username", who.Username)
	b.Fill("password", harness.Password)
	b.Say(`document.querySelector("form[action='/sign-in']").requestSubmit()`)
	b.Until(`location.pathname !== "/sign-in"`)
	return b
}

// fillNeed types everything but the fields of data into the form.
func fillNeed(b *browser.Browser) {
	n := need()
	for name, value := range map[string]string{
		"legal_basis": "Luật Đất đai 31/2024/QH15, Điều 165", "expected_subjects": "10000", "calls_per_day": "2000", "peak_per_minute": "6000", "response_ms": "2000",
		"valid_from": n["valid_from"].(string), "valid_to": n["valid_to"].(string), "source_addresses": "127.0.0.1", "environment": "Trung tâm dữ liệu của ngành thuế",
		"technical_contact.name": "Phòng Công nghệ thông tin", "technical_contact.email": "cntt@example.vn", "technical_contact.phone": "02140000000",
		"responsible_person": "Lãnh đạo Thuế tỉnh",
	} {
		b.Say(fmt.Sprintf(`(()=>{const x=document.querySelector('[name=%q]'); if (x) x.value=%q; return ""})()`, name, value))
	}
	for _, x := range []string{`[name=method]`, `[name=frequency]`, `[name=level]`} {
		value := map[string]string{"[name=method]": "api", "[name=frequency]": "daily", "[name=level]": "use"}[x]
		b.Say(fmt.Sprintf(`(()=>{const x=document.querySelector(%q); if (x) x.value=%q; return ""})()`, x, value))
	}
	b.Say(`document.querySelector("input[name=purposes][value=QLNN]").click()`)
	// The four questions of the method and what the form asks beside them: the first answer of each that is left open.
	b.Say(`document.querySelectorAll("main form select").forEach((x) => { if (!x.value && x.options.length > 1) x.value = x.options[1].value })`)
}
