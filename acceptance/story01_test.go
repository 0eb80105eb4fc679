package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

const (
	justice   = "H38.04" // Sở Tư pháp
	births    = justice + "/khai-sinh"
	registry  = "ho-tich-dien-tu" // its official source
	birthPath = "/catalog/" + births
)

// column of the births: its element, and how the appraisal judges the need for it. An empty form is none: it is not needed.
type birthColumn struct{ name, label, element, form, mask string }

var birthColumns = []birthColumn{
	{"so_dinh_danh", "Số định danh cá nhân", "so_dinh_danh_ca_nhan", "none", ""},
	{"ho_ten", "Họ và tên", "ho_ten", "none", ""},
	{"ngay_sinh", "Ngày sinh", "ngay_sinh", "none", ""},
	{"ma_xa", "Nơi đăng ký khai sinh", "ma_xa", "none", ""},
	{"ho_ten_me", "Họ và tên mẹ", "ho_ten", "none", ""},
	{"dan_toc", "Dân tộc", "dan_toc", "yes_no", "yes_no"},
	{"gioi_tinh", "Giới tính", "gioi_tinh", "", ""},
	{"dia_chi_cha_me", "Nơi cư trú của cha, mẹ", "dia_chi", "", ""},
	{"ngay_cap", "Ngày đăng ký", "ngay_cap", "", ""},
}

// enter types values into fields of the page, lists too; a field that is not there fails.
func (c *clerk) enter(values map[string]string) {
	c.t.Helper()
	raw, _ := json.Marshal(values)
	missed := c.b.Say(`(() => { const missed = []; for (const [name, value] of Object.entries(` + string(raw) + ` ?? {})) {
		const x = document.querySelector("main [name='" + name + "']"); if (!x) { missed.push(name); continue }
		if (x.type === "radio") { document.querySelector("main [name='" + name + "'][value='" + value + "']").click(); continue }
		x.value = value; if (x.value !== value) missed.push(name + "=" + value); x.dispatchEvent(new Event("change", {bubbles: true})) } return missed.join(", ") })()`)
	if missed != "" {
		c.t.Fatalf("%s has no %s for %s", c.b.Say("location.pathname"), missed, c.who.Username)
	}
}

// tick sets boxes that are not ticked yet.
func (c *clerk) tick(name string, values ...string) {
	c.t.Helper()
	for _, v := range values {
		at := fmt.Sprintf(`main [name='%s'][value='%s']`, name, v)
		if c.b.Say(`(() => { const x = document.querySelector("`+at+`"); if (!x) return "none"; if (!x.checked) x.click(); return String(x.checked) })()`) != "true" {
			c.t.Fatalf("%s has no box %s=%s for %s", c.b.Say("location.pathname"), name, v, c.who.Username)
		}
	}
}

// step opens the form of a step, fills it in and sends it.
func (c *clerk) step(who *harness.Person, at, verb string, values map[string]string, says string) {
	c.t.Helper()
	c.as(who).open(at + "/" + verb)
	c.enter(values)
	c.send(at+"/"+verb, says)
}

// justiceProvince has Sở Tư pháp with its people, and both systems with a security level of three.
func justiceProvince(t *testing.T) (p *province, steward, head *harness.Person) {
	t.Helper()
	p = newProvince(t, harness.Options{})
	steward = p.admin.Hire(t, "dau.moi.tp", "Nông Thị Đầu Mối", justice, nil, "steward")
	head = p.admin.Hire(t, "thu.truong.tp", "Hà Thủ Trưởng", justice, nil, "agency_head")
	p.designate(t, justice)
	p.registerSystem(t, registry, "Hệ thống hộ tịch điện tử", justice)
	p.registerSystem(t, callerSystem, "Cơ sở dữ liệu ngành giáo dục", consumer)
	return p, steward, head
}

// Story 1, steps 1 to 6: from the registration of the births to a call that carries the approved fields and no others.
func TestStory01NoPaperAgain(t *testing.T) {
	t.Parallel()
	p, steward, head := justiceProvince(t)
	c := &clerk{visitor: newVisitor(t, p.Console)}
	c.b.Width(1280)
	t.Run("R7.3a R7.3d R7.3đ R7.3e the steward registers the births with what Điều 7.3 asks, and declares that they are no secret", func(t *testing.T) { c.registersBirths(t, p, steward) })
	t.Run("R27.1 the steward enters the processing, the head confirms it", func(t *testing.T) { c.entersProcessing(t, steward, head) })
	if a := send(steward, births, birthFile(40), map[string][]string{"system": {registry}}); a.Status >= 300 {
		t.Fatalf("deliver: %s", a)
	} else {
		var d delivery
		a.Into(t, &d)
		if d = wait(t, steward, d.ID); d.State != "published" || d.Counts.Accepted != 40 {
			t.Fatalf("the births: %+v", d)
		}
	}
	conn := &connection{p: p}
	var at string
	t.Run("R12.2a1 R12.3 the need is registered; the platform says why its process is the full one", func(t *testing.T) {
		at = c.registersNeed(t, p)
		conn.ID = strings.TrimPrefix(at, "/connections/")
	})
	t.Run("R9.3 R12.2b1 R12.2b2 what is not needed falls away, the ethnic group becomes yes or no, the owner agrees with limits", func(t *testing.T) { c.appraisesNeed(t, p, at, head) })
	t.Run("R12.2b3 R12.2c1 R12.2c2 the assessment passes, a second operator reviews the set-up, the secret is shown once to the agency", func(t *testing.T) { c.setsUp(t, p, at, conn) })
	t.Run("R12.2d1 R12.2d2 R12.2d3 three verdicts, minutes of three parties, live", func(t *testing.T) { c.acceptsConnection(t, p, at, head) })
	t.Run("R4.6 R21.4c a call carries exactly the approved fields; without its purpose it carries nothing", func(t *testing.T) { conn.carriesApproved(t) })
}

func (c *clerk) registersBirths(t *testing.T, p *province, steward *harness.Person) {
	c.t = t
	c.as(steward).open("/catalog/new")
	c.enter(map[string]string{
		"code": "khai-sinh", "name": "Hộ tịch - khai sinh", "description": "Sự kiện đăng ký khai sinh của cá nhân trên địa bàn tỉnh, ghi theo Sổ đăng ký khai sinh điện tử.",
		"frequency": "on_event", "max_delay": "60", "legal_basis": "Luật Hộ tịch 60/2014/QH13, Điều 14", "form": "table", "class": "sensitive_personal", "official_system": registry,
		"sharing.agencies": consumer,
	})
	c.tick("sharing.who", "listed")
	c.tick("sharing.purposes", "DVC-TTHC")
	c.tick("sharing.levels", "use")
	c.tick("method", "api")
	c.tick("formats", "JSON")
	c.tick("classification", "specialised")
	c.tick("scope", "shared")
	c.judge("story births form", 1280)
	c.send("/catalog", "Khai các trường dữ liệu")
	c.names(t)
	c.b.Say(`document.querySelector("main [name=name_0]").form.requestSubmit()`)
	c.b.Until(`document.readyState === "complete" && location.search === "?tab=status"`)
	c.open(birthPath + "/edit")
	for _, x := range birthColumns {
		c.tick("sharing.fields", x.name)
	}
	c.send(birthPath+"/edit", "Hộ tịch - khai sinh")
	c.open(birthPath+"/register").send(birthPath+"/register", "bí mật nhà nước")
	c.judge("story births not declared", 1280)
	c.tick("declaration", "1")
	c.tick("attestation", "1")
	c.send(birthPath+"/register", "Đã đăng ký, chờ rà soát")
	c.judge("story births registered", 1280)
	c.step(p.appraiser, birthPath, "review", map[string]string{"basis": "Điều 7 Quy chế, phiếu rà soát 04"}, "Đã rà soát")
	c.step(p.approver, birthPath, "approve", nil, "Đã duyệt")
}

// names has the platform propose the nine fields from their names, and completes them.
func (c *clerk) names(t *testing.T) {
	t.Helper()
	var all []string
	for _, x := range birthColumns {
		all = append(all, x.name)
	}
	c.enter(map[string]string{"columns": strings.Join(all, ", ")})
	c.b.Say(`document.querySelector("main form[action='` + birthPath + `/schema'] [name=columns]").form.requestSubmit()`)
	c.b.Until(`document.readyState === "complete" && document.querySelector("[name=name_8]")?.value === "ngay_cap"`)
	values := map[string]string{}
	for i, x := range birthColumns {
		n := fmt.Sprintf("_%d", i)
		values["label"+n] = x.label
		option := c.b.Say(fmt.Sprintf(`[...document.querySelector("[name=element%s]").options].find((o) => o.text.endsWith("(%s)"))?.value ?? ""`, n, x.element))
		values["element"+n] = option
	}
	c.enter(values)
	c.tick("key_0", "1")
	c.tick("required_0", "1")
	c.tick("person_0", "1")
	c.judge("story births fields", 1280)
}

func (c *clerk) entersProcessing(t *testing.T, steward, head *harness.Person) {
	c.t = t
	const at = "/privacy/" + births
	c.as(steward).open(at + "/edit")
	c.enter(map[string]string{
		"legal_basis": "Luật Hộ tịch 60/2014/QH13, Điều 57", "function": "Quản lý hộ tịch trên địa bàn tỉnh", "source": "Công chức tư pháp - hộ tịch ghi khi đăng ký",
		"recipients": "Sở Giáo dục và Đào tạo", "retention_months": "1200", "impact_assessment.status": "done", "impact_assessment.number": "07/ĐGTĐ-STP",
		"impact_assessment.date": "2026-02-10", "person_in_charge.name": "Phòng Hành chính tư pháp", "person_in_charge.position": "Trưởng phòng",
		"person_in_charge.contact": "02140000000", "valid_to": time.Now().AddDate(1, 0, 0).Format(time.DateOnly),
	})
	c.tick("categories", "basic", "sensitive")
	c.tick("purposes", "DVC-TTHC")
	c.tick("measures", "access_control", "masking", "encrypted_rest", "logging")
	c.tick("send", "1")
	c.send(at+"/edit", "Chờ xác nhận")
	c.as(head).open(at).send(at+"/confirm", "Đang hiệu lực")
	c.judge("story births processing", 1280)
}

// birthFile holds births of fictional children.
func birthFile(rows int) string {
	var b strings.Builder
	for i, x := range birthColumns {
		b.WriteString(map[bool]string{true: ",", false: ""}[i > 0] + x.name)
	}
	for n := range rows {
		fmt.Fprintf(&b, "\n99923%07d,Vàng A Thử %c,%02d/03/2015,02701,Thào Thị Thử %c,%s,%d,Thôn Thử Nghiệm %d,20/04/2015", n, 'A'+rune(n%26), 1+n%28, 'A'+rune(n%26), []string{"01", "08"}[n%2], 1+n%2, n)
	}
	b.WriteString("\n")
	return b.String()
}

func (c *clerk) registersNeed(t *testing.T, p *province) string {
	t.Helper()
	c.t = t
	n := need()
	c.as(p.consumerSteward).open("/connections/new?dataset=" + births + "&system=" + callerSystem)
	c.b.Until(`!!window.htmx`)
	c.tick("purposes", purpose)
	for _, x := range birthColumns {
		c.tick("fields", x.name)
	}
	c.enter(map[string]string{
		"legal_basis": "Nghị định 66/2025/NĐ-CP, Điều 7", "procedures": "1.005144", "expected_subjects": "3000", "level": "use", "impact_assessment": "12/ĐGTĐ-SGDĐT",
		"method_answers.nature": "records", "method_answers.use": "look_up", "method_answers.speed": "at_once", "method_answers.infrastructure": "calls",
		"method": "api", "frequency": "real_time", "calls_per_day": "200", "peak_per_minute": "6000", "response_ms": "2000", "valid_from": n["valid_from"].(string), "valid_to": n["valid_to"].(string),
		"source_addresses": "127.0.0.1", "environment": "Trung tâm dữ liệu của tỉnh", "readiness": "ready", "technical_contact.name": "Phòng Kỹ thuật",
		"technical_contact.email": "kythuat@example.vn", "technical_contact.phone": "02140000000", "responsible_person": "Chánh Văn phòng Sở",
	})
	c.b.Until(`(document.getElementById("route")?.innerText ?? "").includes("Tập dữ liệu chưa có trong Danh mục đã ban hành")`)
	c.judge("story need form", 1280)
	c.send("/connections", "Còn thiếu trước khi gửi đăng ký")
	at := c.b.Say("location.pathname")
	c.open(at+"/submit").tick("attest", "1")
	c.send(at+"/submit", "hãy nêu vì sao cần") // each personal field must be accounted for first
	c.open(at + "/impact")
	statements := map[string]string{}
	for _, name := range strings.Fields(c.b.Say(`[...document.querySelectorAll("main [name=field]")].map((x) => x.value).join(" ")`)) {
		statements["necessity."+name], statements["alternative."+name], statements["why."+name] = "Ghi vào quyết định hỗ trợ", "none", "Quyết định phải ghi đủ giá trị"
	}
	if len(statements) < 3*6 || statements["why.dan_toc"] == "" || statements["why.dia_chi_cha_me"] == "" {
		t.Fatalf("the statements ask of %v", statements)
	}
	c.enter(statements)
	c.judge("story need statements", 1280)
	c.send(at+"/impact", "Bản nháp")
	c.judge("story need draft", 1280)
	c.open(at+"/submit").tick("attest", "1")
	c.send(at+"/submit", "Quy trình đầy đủ")
	c.says("Tập dữ liệu chưa có trong Danh mục đã ban hành")
	c.judge("story need submitted", 1280)
	return at
}

func (c *clerk) appraisesNeed(t *testing.T, p *province, at string, head *harness.Person) {
	c.t = t
	c.step(p.appraiser, at, "start-appraisal", nil, "Đang thẩm định")
	c.open(at + "/appraise")
	values := map[string]string{}
	for _, item := range []string{"authority", "function", "purpose", "necessity", "elsewhere", "once_only"} {
		values[item] = "pass"
	}
	for _, x := range birthColumns {
		values["note."+x.name] = "Theo thành phần hồ sơ của thủ tục"
		if x.form == "" {
			values["note."+x.name] = "Thủ tục không dùng đến"
			continue
		}
		c.tick("needed."+x.name, "1")
		values["mask."+x.name] = x.mask
		if c.b.Say(fmt.Sprintf(`String(!!document.querySelector("main [name='alternative.%s']"))`, x.name)) == "true" {
			values["alternative."+x.name] = x.form
		}
	}
	values["values.dan_toc"], values["as.dan_toc"], values["note.dan_toc"] = "!01", "la_dan_toc_thieu_so", "Chỉ cần biết có phải người dân tộc thiểu số"
	c.enter(values)
	c.judge("story appraisal", 1280)
	c.send(at+"/appraise", "Đang thẩm định")
	c.step(p.appraiser, at, "ask-owner", map[string]string{"questions": "Đề nghị cho ý kiến về phạm vi khai thác."}, "Lấy ý kiến chủ quản")
	c.step(head, at, "opinion", map[string]string{"stand": "agree_with_limits", "limits": "Chỉ dùng khi có mã hồ sơ của thủ tục"}, "Đồng ý có giới hạn")
	c.as(p.approver).open(at + "/approve")
	for _, x := range birthColumns {
		proposed := c.b.Say(fmt.Sprintf(`String(document.querySelector("main [name=columns][value=%s]").checked)`, x.name)) == "true"
		if proposed != (x.form != "") {
			t.Errorf("%s is proposed for approval: %v", x.name, proposed)
		}
	}
	c.tick("case_required", "1")
	c.judge("story approval", 1280)
	c.send(at+"/approve", "Đã chấp thuận phạm vi")
	c.as(p.consumerSteward).open(at).says("la_dan_toc_thieu_so")
	c.judge("story approved scope", 1280)
}

func (c *clerk) setsUp(t *testing.T, p *province, at string, conn *connection) {
	c.t = t
	c.as(p.security).open(at).says("Cấp độ an toàn cần 3, hiện có 3")
	c.step(p.engineer, at, "provision", nil, "tự nhận khóa bí mật một lần")
	if c.b.Say(`String(document.querySelectorAll("main .secret__value").length)`) != "0" {
		t.Error("the engineer sees the secret")
	}
	c.as(p.consumerSteward).open("/system/" + callerSystem)
	pickUp := c.link("/pick-up")
	if pickUp == "" {
		t.Fatal("the agency is not led to its secret")
	}
	c.open(pickUp).send(pickUp, "một lần")
	c.judge("story secret", 1280)
	conn.ClientID = c.b.Say(`document.querySelector("main dl.pairs dd").innerText.trim().split(/\s/)[0]`)
	if conn.Secret = c.b.Say(`document.querySelector("main .secret__value").innerText.trim()`); conn.ClientID == "" || conn.Secret == "" {
		t.Fatal("the page shows no identifier or no secret")
	}
	c.open("/system/" + callerSystem)
	if c.link("/pick-up") != "" || strings.Contains(c.b.Say(`document.documentElement.outerHTML`), conn.Secret) {
		t.Error("the secret is offered again")
	}
	if a := p.engineer.Post("/api/v1/connections/requests/"+conn.ID+"/review", m{"version": 1, "ok": true}); a.Status < 400 {
		t.Errorf("the engineer reviews the own set-up: %s", a)
	}
	c.as(p.second).open(at+"/review").tick("ok", "1")
	c.judge("story review", 1280)
	c.send(at+"/review", "Thiết lập, phân quyền")
	c.step(p.engineer, at, "start-testing", nil, "Kiểm thử")
}

func (c *clerk) acceptsConnection(t *testing.T, p *province, at string, head *harness.Person) {
	c.t = t
	c.step(p.engineer, at, "test", nil, "Tính ổn định")
	for _, verdict := range []string{"Tính ổn định", "Tính chính xác", "an toàn"} {
		if !strings.Contains(strings.ToLower(c.b.Say(`document.querySelector("main").innerText`)), strings.ToLower(verdict)) {
			t.Errorf("no verdict %q", verdict)
		}
	}
	c.judge("story tests", 1280)
	c.step(p.engineer, at, "pass-testing", nil, "Chờ nghiệm thu")
	c.step(p.engineer, at, "confirm-operator", nil, "Chờ nghiệm thu")
	c.step(head, at, "confirm-owner", nil, "Chờ nghiệm thu")
	c.step(p.consumerHead, at, "confirm-requester", nil, "Vận hành chính thức")
	c.judge("story live", 1280)
	c.b.Width(360)
	c.judge("story live", 360)
	c.b.Width(1280)
	minutes := readDocx(t, ok(t, p.consumerHead.Get(at+"/minutes.docx"), http.StatusOK).Body)
	for _, party := range []string{"Hoàng Kỹ Sư", "Hà Thủ Trưởng", "Lê Thủ Trưởng"} {
		if !strings.Contains(minutes.text, party) {
			t.Errorf("the minutes do not name %s", party)
		}
	}
}

// carriesApproved calls the exchange as the system does.
func (c *connection) carriesApproved(t *testing.T) {
	want := []string{"ho_ten", "ho_ten_me", "la_dan_toc_thieu_so", "ma_xa", "ngay_sinh", "so_dinh_danh"}
	records := "/data/" + births + "/records"
	client := c.client(t)
	got := readPage(t, client.Get(records+"?limit=5"))
	if len(got.Records) != 5 {
		t.Fatalf("%d records", len(got.Records))
	}
	for _, r := range got.Records {
		var names []string
		for name := range r {
			names = append(names, name)
		}
		slices.Sort(names)
		if _, yesNo := r["la_dan_toc_thieu_so"].(bool); !slices.Equal(names, want) || !yesNo {
			t.Fatalf("the call carries %v", r)
		}
	}
	c.p.denied(t, client.With("Lienthong-Purpose", "QLNN").Get(records), http.StatusForbidden, "access.purpose_mismatch", "PURPOSE")
}
