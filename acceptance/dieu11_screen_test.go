package acceptance

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// The whole way of a proposal on screen, in a real browser: a steward proposes an element, the operator reviews and consults,
// an agency comments, another person approves, and it takes effect on its date.
func TestDictionaryOnScreen(t *testing.T) {
	p := newProvince(t, harness.Options{Move: true})
	v := newVisitor(t, p.Console)
	as := func(who *harness.Person, path string) {
		t.Helper()
		who.SignIn() // the clock has moved
		v.become(who.Token(), "vi")
		v.b.Width(1280)
		v.b.Open(p.Console + path)
	}
	send := func(form string) {
		t.Helper()
		v.b.Say(`window.left = true; document.querySelector("form[action$='` + form + `']").requestSubmit()`)
		v.b.Until(`window.left === undefined && document.readyState === "complete"`)
	}
	see := func(texts ...string) {
		t.Helper()
		page := v.b.Say(`document.querySelector("main").innerText`)
		for _, text := range texts {
			if !strings.Contains(page, text) {
				t.Fatalf("at %s the page does not say %q:\n%s", v.b.Say("location.href"), text, page)
			}
		}
	}
	both := func(name string) {
		t.Helper()
		v.b.Width(1280)
		v.judge(name, 1280)
		v.b.Width(360)
		v.judge(name, 360)
		v.b.Width(1280)
	}

	as(p.ownerSteward, "/dictionary/proposals")
	see("Chưa có đề xuất nào")
	both("dictionary proposals empty")
	v.b.Say(`[...document.querySelectorAll("main a")].find((a) => a.innerText.includes("Đề xuất phần tử mới")).click()`)
	v.b.Until(`location.pathname === "/dictionary/proposals/new" && document.readyState === "complete"`)
	both("dictionary proposal form")
	v.b.Say(`document.querySelectorAll("main [required]").forEach((x) => x.removeAttribute("required")); document.querySelector("form[action='/dictionary/proposals']").noValidate = true`)
	send("/dictionary/proposals")
	see("Hãy nhập tên tiếng Việt", "Hãy ghi lý do")
	both("dictionary proposal refused")
	v.b.Fill("code", "dien_tich_rung")
	v.b.Fill("name", "Diện tích rừng")
	v.b.Fill("meaning", "Diện tích rừng của chủ rừng theo kết quả kiểm kê")
	v.b.Fill("type", "decimal")
	v.b.Fill("unit", "ha")
	v.b.Fill("reason", "Cần cho việc kiểm kê rừng năm 2026")
	send("/dictionary/proposals")
	see("Chờ rà soát", "Diện tích rừng", "2026-0001/TĐ", "Chưa có tập dữ liệu nào sử dụng")
	both("dictionary proposal waits")
	at := v.b.Say("location.pathname")

	as(p.appraiser, at)
	v.b.Say(`document.querySelector("[name=everyone]").checked = true`)
	v.b.Fill("days", "3")
	both("dictionary proposal review")
	send("/consult")
	see("Đang lấy ý kiến", "Chưa trả lời")

	as(p.consumerSteward, at)
	see("Góp ý")
	both("dictionary proposal opinion")
	v.b.Say(`document.querySelector("[name=stance][value=amend]").checked = true`)
	v.b.Fill("text", "Nên ghi rõ năm kiểm kê")
	send("/comments")
	see("Nên ghi rõ năm kiểm kê", "Đồng ý, đề nghị chỉnh sửa")

	p.Shift(10 * 24 * time.Hour)
	as(p.approver, at)
	see("Phê duyệt và ban hành", "Chờ phê duyệt")
	day := p.Now().UTC().Add(7*time.Hour).AddDate(0, 0, 5)
	v.b.Fill("effective_from", day.Format(time.DateOnly))
	both("dictionary proposal approve")
	send("/approve")
	see("Đã ban hành", day.Format("02/01/2006"))
	both("dictionary proposal published")

	as(p.consumerSteward, "/dictionary/element/dien_tich_rung")
	see("Chưa đến ngày hiệu lực", "1.0.0")
	both("dictionary element to come")
	p.Shift(6 * 24 * time.Hour)
	as(p.consumerSteward, "/dictionary/element/dien_tich_rung")
	see("Đang hiệu lực", "ha")
	send("/follow")
	see("Bỏ theo dõi")
	both("dictionary element")
	for name, path := range map[string]string{"dictionary": "/dictionary?q=dien+tich", "identifiers": "/dictionary/identifiers", "identifier": "/dictionary/identifiers/so_dinh_danh_ca_nhan", "code list": "/dictionary/code-list/gioi_tinh", "code list form": "/dictionary/proposals/new?kind=code_list&action=revise&subject=gioi_tinh", "identifier form": "/dictionary/proposals/new?kind=identifier&action=create", "retire form": "/dictionary/proposals/new?kind=element&action=retire&subject=ho_ten", "sources empty": "/catalog/sources"} {
		v.look(name, path)
	}
	p.consumerHead.SignIn()
	refusedPage(t, p.consumerHead.Get("/dictionary/proposals/new"), http.StatusForbidden, "dictionary.propose")
}
