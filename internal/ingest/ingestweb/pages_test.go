package ingestweb

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const header = "ma_ho,chu_ho,so_dinh_danh\n"

func TestUploadForm(t *testing.T) {
	s := newSite(t)
	s.want(t, http.StatusSeeOther, get("/ingest/new", nobody))
	s.want(t, http.StatusForbidden, get("/ingest/new", analyst), "ingest.deliver")
	s.want(t, 200, get("/ingest/new", steward), "Cơ quan chưa có tập dữ liệu nhận tệp")
	s.register(t)
	s.want(t, 200, get("/ingest/new", steward), "Danh sách hộ nghèo", "Tiếp tục")
	s.want(t, 200, get("/ingest/new", stranger), "Cơ quan chưa có tập dữ liệu nhận tệp")
	form := s.want(t, 200, get("/ingest/new?dataset="+string(households), steward), "không thuộc phạm vi bí mật nhà nước", "nguồn chính thức", `value="sys-05" selected`, "4 MB", "multipart/form-data")
	if strings.Index(form, `name="dataset"`) > strings.Index(form, `type="file"`) || strings.Index(form, `name="not_secret"`) > strings.Index(form, `type="file"`) {
		t.Error("the file stands before the texts that it needs")
	}
	s.want(t, http.StatusForbidden, get("/ingest/new?dataset="+string(households), stranger))
	s.want(t, http.StatusNotFound, get("/ingest/new?dataset=H38.05/khong-co", steward))
	s.want(t, 200, get("/ingest/template?dataset="+string(households), steward), "\uFEFFma_ho,chu_ho,so_dinh_danh\r\n")
}

func TestUploadIsRefusedBesideTheField(t *testing.T) {
	s := newSite(t)
	s.register(t)
	good := header + "H1,Giàng Thị Mẩy,999190000123\n"
	bad := without("")
	bad["data_time"] = "hôm qua"
	for _, c := range []struct {
		call
		field, text string
	}{
		{upload(steward, without("not_secret"), "a.csv", good), "not_secret", "Hãy xác nhận tệp không thuộc phạm vi bí mật"},
		{upload(steward, whole, "", ""), "file", "Hãy chọn tệp dữ liệu"},
		{upload(steward, bad, "a.csv", good), "data_time", "Thời điểm phải có dạng"},
	} {
		s.want(t, http.StatusUnprocessableEntity, c.call, c.text, `href="#f-`+c.field+`"`, "Danh sách hộ nghèo")
	}
	s.want(t, http.StatusUnprocessableEntity, upload(steward, without("dataset"), "", ""), "Hãy chọn tệp dữ liệu")
	other := without("")
	other["system"] = "sys-other"
	s.want(t, http.StatusForbidden, upload(steward, other, "a.csv", good), "Chỉ hệ thống nguồn chính thức") // R13.4
	s.want(t, http.StatusForbidden, upload(stranger, whole, "a.csv", good))
	s.want(t, http.StatusForbidden, upload(analyst, whole, "a.csv", good), "ingest.deliver")
	s.want(t, http.StatusUnprocessableEntity, upload(steward, whole, "a.csv", "ma_ho,TỐI MẬT\n"), "mang dấu “TỐI MẬT”") // R1.4
	if s.Incidents.Count() != 1 {
		t.Errorf("%d incidents about the stamp", s.Incidents.Count())
	}
	s.want(t, http.StatusRequestEntityTooLarge, upload(steward, whole, "a.csv", header+strings.Repeat("H1,Giàng Thị Mẩy,999190000123\n", 200_000)), "Tệp lớn hơn 4 MB")
	s.want(t, 200, get("/ingest", steward), "Chưa có lượt nạp nào")
}

// R14.3c: the error list stands on the page at once, in Vietnamese, with place, value and what to do.
func TestDeliveryFromUploadToResult(t *testing.T) {
	s := newSite(t)
	s.register(t)
	at := s.sent(t, header+"H1,Giàng Thị Mẩy,999190000123\nH2,Vàng A Sử,12345\nH1,Giàng Thị Mẩy,999190000123\nH3,  Lý A Páo ,999090000124\n")
	s.want(t, 200, get(at, steward), "đang chờ kiểm tra", at+"/progress", "<noscript>")
	s.want(t, 200, get(at+"/progress", steward), "đang chờ kiểm tra", `hx-get="`+at+`/progress"`)
	s.check(t, at)
	part := s.want(t, 200, get(at+"/progress", steward), "Dữ liệu đã được công bố", "12345")
	if strings.Contains(part, "hx-get") || strings.Contains(part, "<html") {
		t.Error("the part goes on renewing itself, or is a whole page")
	}
	s.want(t, 200, get(at, steward), "Đối soát: 4 dòng đọc = 2 nhận + 1 cách ly + 1 trùng", "Xem phiên bản 1 trong kho", "/warehouse/H38.05/ho-ngheo/1",
		"Số định danh", "12345", "phải có 12 chữ số", "Lỗi 1–1 trên 1", "Bỏ khoảng trắng thừa", "dấu phẩy", "Đạt, có dòng cách ly", "75,0% số dòng đạt", "01/03/2026 08:00", "sys-05")
	hidden := s.want(t, 200, get(at, quality), "•••", "phải có 12 chữ số")
	if strings.Contains(hidden, "12345") {
		t.Error("the operator sees a value that only the owner may see")
	}
	s.want(t, http.StatusNotFound, get(at, stranger))
	s.want(t, http.StatusForbidden, get(at, analyst), "ingest.read")
	s.want(t, http.StatusNotFound, get("/ingest/unknown", steward))
	s.want(t, 200, get("/ingest?dataset="+string(households)+"&state=published", steward), "hộ nghèo.csv", "Đã công bố")
	s.want(t, 200, get("/ingest?state=held", steward), "Không có lượt nạp phù hợp")
	s.want(t, 200, get("/ingest", stranger), "Chưa có lượt nạp nào")
}

func TestSameFileTwiceAnswersTheFirst(t *testing.T) {
	s := newSite(t)
	s.register(t)
	file := header + "H1,Giàng Thị Mẩy,999190000123\n"
	first := s.sent(t, file)
	second := s.sent(t, file)
	if second != first+"?again=1" {
		t.Fatalf("second delivery at %s, first at %s", second, first)
	}
	s.want(t, 200, get(second, steward), "đã được giao nộp trước đó")
}

func TestRefusedFileTellsWhy(t *testing.T) {
	s := newSite(t)
	s.register(t)
	at := s.sent(t, "ma_ho,chu_ho\nH1,Giàng Thị Mẩy\n")
	s.check(t, at)
	s.want(t, 200, get(at, steward), "Tệp không đạt", "Thiếu: so_dinh_danh", "Giao nộp lại")
	at = s.sent(t, "ma_ho\x00,chu_ho\n")
	s.want(t, 200, get(at, steward), "Tệp không đạt", "byte NUL")
}

func TestErrorsInPagesAndAsAFile(t *testing.T) {
	s := newSite(t)
	s.register(t)
	var file strings.Builder
	file.WriteString(header)
	for i := range 120 {
		id := "999190000123"
		if i < 60 {
			id = "=1+1" // a formula in a spreadsheet
		}
		fmt.Fprintf(&file, "H%d,Giàng Thị Mẩy,%s\n", i, id)
	}
	at := s.sent(t, file.String())
	s.check(t, at)
	s.want(t, 200, get(at, steward), "Lỗi 1–50 trên 60", at+"?skip=50")
	last := s.want(t, 200, get(at+"?skip=50", steward), "Lỗi 51–60 trên 60", at+"?skip=0")
	if strings.Contains(last, `rel="next"`) {
		t.Error("the last page leads on")
	}
	w := s.do(get(at+"/errors.csv", steward))
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Fatalf("error file: %d %v", w.Code, w.Header())
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 61 || rows[1][3] != "'=1+1" || rows[1][0] != "2" {
		t.Fatalf("%d rows, %v: %v", len(rows), err, rows[1])
	}
	if body := s.want(t, 200, get(at+"/errors.csv", engineer)); strings.Contains(body, "=1+1") {
		t.Error("the file shows values that its reader may not see")
	}
	w = s.do(get("/ingest/unknown/errors.csv", steward))
	if w.Code != http.StatusNotFound || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("error file of nothing: %d %v", w.Code, w.Header())
	}
}

func TestHeldDeliveryIsDecided(t *testing.T) {
	s := newSite(t)
	s.register(t)
	bad := header + "H1,Giàng Thị Mẩy,999190000123\nH2,Vàng A Sử,1\nH3,Lý A Páo,2\n"
	at := s.sent(t, bad)
	s.check(t, at)
	if body := s.want(t, 200, get(at, steward), "chờ quyết định", at+"/withdraw"); strings.Contains(body, at+"/release") {
		t.Error("the owner is offered to release")
	}
	reason := url.Values{"reason": {"Đã đối chiếu với hồ sơ giấy"}}
	s.want(t, http.StatusForbidden, post(at+"/release", steward, reason), "ingest.release")
	s.want(t, 200, get(at+"/release", engineer), "Cho qua kèm cảnh báo")
	s.want(t, http.StatusUnprocessableEntity, post(at+"/release", engineer, url.Values{"reason": {"ngắn"}}), "ít nhất 10 ký tự", ">ngắn</textarea>")
	s.want(t, http.StatusSeeOther, post(at+"/release", engineer, reason))
	s.check(t, at)
	s.want(t, 200, get(at, steward), "Dữ liệu đã được công bố", "Cho qua kèm cảnh báo", "Đã đối chiếu với hồ sơ giấy")
	s.want(t, http.StatusConflict, post(at+"/withdraw", steward, reason))

	s.want(t, http.StatusForbidden, post(at+"/purge", engineer, reason), "incident.handle")
	s.want(t, 200, get(at+"/purge", security), "Gỡ bỏ nội dung")
	s.want(t, 200, post(at+"/purge", security, reason), "Nội dung đã được gỡ bỏ")
	gone := s.want(t, 200, get(at, steward), "Nội dung đã được gỡ bỏ", "Chỉ còn lưu ai gửi")
	if strings.Contains(gone, "hộ nghèo.csv") || strings.Contains(gone, "Xem phiên bản") {
		t.Error("the page shows what was purged")
	}
}
