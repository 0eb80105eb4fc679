package catalogweb

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/web/ui"
)

func TestListInItsStates(t *testing.T) {
	s := newSite(t)
	s.want(t, http.StatusSeeOther, "GET", "/catalog", nobody, nil)
	s.want(t, http.StatusForbidden, "GET", "/catalog", vendor, nil, "catalog.read")
	s.want(t, 200, "GET", "/catalog", steward, nil, "Chưa có tập dữ liệu nào", "/catalog/register")
	s.reviewed(t)
	s.want(t, 200, "GET", "/catalog", steward, nil, "Danh sách hộ nghèo", "H38.05/ho-ngheo", "Đã rà soát", "Dùng chung", "Dữ liệu cá nhân nhạy cảm")
	for _, hit := range []string{"q=danh+sach+ho+ngheo", "owner=H38.05", "state=reviewed", "scope=shared"} {
		s.want(t, 200, "GET", "/catalog?"+hit, steward, nil, "Danh sách hộ nghèo")
	}
	for _, miss := range []string{"q=doanh+nghiep", "owner=H38.04", "state=draft", "scope=open"} {
		if body := s.want(t, 200, "GET", "/catalog?"+miss, steward, nil, "Không có tập dữ liệu phù hợp"); strings.Contains(body, "Danh sách hộ nghèo") {
			t.Errorf("%s lets the dataset through", miss)
		}
	}
	if body := s.want(t, 200, "GET", "/catalog", appraiser, nil); strings.Contains(body, `href="/catalog/new"`) {
		t.Error("who may not register is offered to")
	}
}

func TestListContinues(t *testing.T) {
	s := newSite(t)
	for i := range pageSize + 1 {
		n := string(rune('a'+i/26)) + string(rune('a'+i%26))
		if _, err := s.Create(catalogtest.Steward("H38.05"), catalogtest.Dataset(catalog.Code("H38.05/"+n), "Tập "+n)); err != nil {
			t.Fatal(err)
		}
	}
	body := s.want(t, 200, "GET", "/catalog?owner=H38.05", steward, nil, "Tập aa", "rel=\"next\"")
	if strings.Contains(body, "Tập by") {
		t.Fatal("the first page holds all")
	}
	_, rest, _ := strings.Cut(body, `class="button button--secondary" href="/catalog?after=`)
	next, _, _ := strings.Cut(rest, `"`)
	body = s.want(t, 200, "GET", "/catalog?after="+next, steward, nil, "Tập by", "rel=\"prev\"")
	if strings.Contains(body, "Tập aa") {
		t.Error("the second page repeats the first")
	}
}

// filled is a registration as a browser sends it.
func filled() url.Values {
	return url.Values{
		"code": {"ho-ngheo"}, "name": {"Danh sách hộ nghèo"}, "description": {"Danh sách hộ nghèo, hộ cận nghèo của toàn tỉnh theo kết quả rà soát hằng năm."},
		"sharing.who": {"listed"}, "sharing.kinds": {"commune"}, "sharing.agencies": {"H38.04\r\nH38.02"}, "sharing.purposes": {"QLNN"}, "sharing.levels": {"use"},
		"method": {"api"}, "frequency": {"daily"}, "formats": {"CSV", "JSON"}, "standards": {"QCVN 109:2017/BTTTT"}, "legal_basis": {"Quy chế dữ liệu số"},
		"form": {"table"}, "classification": {"specialised"}, "scope": {"shared"}, "class": {"sensitive_personal"}, "official_system": {"sys-05"}, "on_failure": {"hold_rows"}, "min_valid": {"90"},
	}
}

func TestCreateAndEdit(t *testing.T) {
	s := newSite(t)
	s.want(t, http.StatusForbidden, "GET", "/catalog/new", appraiser, nil, "catalog.register")
	s.want(t, 200, "GET", "/catalog/new", steward, nil, "Tên dữ liệu", "Quản lý nhà nước", "Hệ thống nguồn", "H38.05/ho-ngheo")
	wrong := filled()
	wrong.Set("name", "")
	wrong.Set("code", "Hộ nghèo")
	body := s.want(t, http.StatusUnprocessableEntity, "POST", "/catalog", steward, wrong, "Hãy nhập tên dữ liệu", `href="#f-code"`, "Quy chế dữ liệu số", "H38.04\r\nH38.02")
	if !strings.Contains(body, `value="use" checked`) || !strings.Contains(body, `value="sensitive_personal" selected`) {
		t.Error("what was chosen is lost on refusal")
	}
	for field, value := range map[string]string{"min_valid": "101", "automate_by": "31/02/2026", "on_failure": "publish_anyway"} {
		bad := filled()
		bad.Set(field, value)
		s.want(t, http.StatusUnprocessableEntity, "POST", "/catalog", steward, bad, `href="#f-`+field+`"`)
	}
	s.want(t, http.StatusSeeOther, "POST", "/catalog", steward, filled())
	d, err := s.FindByCode(catalogtest.Steward("H38.05"), households)
	if err != nil || d.Sharing.Everyone || len(d.Sharing.Agencies) != 2 || d.Load.MinValidShare != 0.9 || d.Owner != "H38.05" {
		t.Fatalf("%+v, %v", d, err)
	}
	s.want(t, 200, "GET", path(households)+"/edit", steward, nil, "Danh sách hộ nghèo", `name="revision" value="1"`)
	s.want(t, http.StatusNotFound, "GET", path(households)+"/edit", stranger, nil)
	change := filled()
	change.Set("name", "Danh sách hộ nghèo năm 2026")
	change.Set("revision", "1")
	s.want(t, http.StatusNotFound, "POST", path(households)+"/edit", stranger, change)
	s.want(t, http.StatusSeeOther, "POST", path(households)+"/edit", steward, change)
	s.want(t, http.StatusConflict, "POST", path(households)+"/edit", steward, change, "vừa được người khác sửa")
}

func TestSchemaEditor(t *testing.T) {
	s := newSite(t)
	s.want(t, http.StatusSeeOther, "POST", "/catalog", steward, filled())
	address := path(households) + "/schema"
	s.want(t, 200, "GET", address, steward, nil, "Gợi ý từ tên cột", "Số định danh cá nhân")
	suggested := s.want(t, 200, "GET", address+"?columns="+url.QueryEscape("ma_ho;Họ và tên;so_dinh_danh_ca_nhan;Cột lạ"), steward, nil, `value="ma_ho"`, `value="cot_la"`)
	if !strings.Contains(suggested, `value="so_dinh_danh_ca_nhan@1" selected`) || !strings.Contains(suggested, `name="person_2" type="checkbox" value="1" checked`) {
		t.Error("the personal identifier is not suggested as such")
	}
	rows := url.Values{
		"rows": {"3"}, "name_0": {"ma_ho"}, "element_0": {"ma_ho@1"}, "key_0": {"1"}, "required_0": {"1"},
		"name_1": {"Sai Tên"}, "label_1": {"Cột"}, "class_1": {"normal"},
		"element_2": {"so_dinh_danh_ca_nhan@1"}, "person_2": {"1"},
	}
	body := s.want(t, http.StatusUnprocessableEntity, "POST", address, steward, rows, `href="#f-name_1"`, "chưa có trong Từ điển")
	if !strings.Contains(body, `value="Sai Tên"`) || !strings.Contains(body, `value="so_dinh_danh_ca_nhan"`) {
		t.Error("what was typed is lost on refusal")
	}
	rows.Set("name_1", "ghi_chu")
	rows.Set("proposal_1", "Ghi chú của cán bộ rà soát")
	s.want(t, http.StatusNotFound, "POST", address, stranger, rows)
	s.want(t, http.StatusSeeOther, "POST", address, steward, rows)
	s.want(t, 200, "GET", path(households)+"?tab=status", steward, nil, "2/3 trường theo Từ điển", "so_dinh_danh_ca_nhan@1", "Đề nghị bổ sung", "Dữ liệu cá nhân cơ bản")
	s.want(t, 200, "GET", address+".json", steward, nil, `"x-element": "so_dinh_danh_ca_nhan@1"`)
	s.want(t, 200, "GET", path(households)+"/edit", steward, nil, `value="so_dinh_danh_ca_nhan"`, "Bản ghi được chia sẻ")
	// fields of the scope, with a limit to the consumer's own rows
	scope := filled()
	scope.Set("revision", "2")
	scope["sharing.fields"] = []string{"ma_ho"}
	scope.Set("row_column_0", "ma_ho")
	scope.Set("row_own_0", "1")
	s.want(t, http.StatusSeeOther, "POST", path(households)+"/edit", steward, scope)
	s.want(t, 200, "GET", path(households), steward, nil, "ma_ho = Giá trị của chính đơn vị khai thác")
}

func TestWayThroughTheCatalogue(t *testing.T) {
	s := newSite(t)
	s.want(t, http.StatusSeeOther, "POST", "/catalog", steward, filled())
	at := path(households)
	// Without schema, scope and declaration each is named, with the way to its form.
	s.want(t, http.StatusUnprocessableEntity, "POST", at+"/register", steward, nil, at+"/schema", "Hãy xác nhận dữ liệu không thuộc phạm vi bí mật nhà nước", "Hãy khai các trường dữ liệu")
	s.want(t, http.StatusSeeOther, "POST", at+"/schema", steward, url.Values{"rows": {"1"}, "element_0": {"ma_ho@1"}, "key_0": {"1"}})
	scope := filled()
	scope["sharing.fields"] = []string{"ma_ho"}
	scope.Set("revision", "2")
	s.want(t, http.StatusSeeOther, "POST", at+"/edit", steward, scope)
	s.want(t, http.StatusNotFound, "GET", at+"/register", stranger, nil)
	s.want(t, 200, "GET", at+"/register", steward, nil, "không thuộc phạm vi bí mật nhà nước")
	both := url.Values{"declaration": {"1"}, "attestation": {"1"}}
	s.want(t, http.StatusSeeOther, "POST", at+"/register", steward, both)
	s.want(t, http.StatusSeeOther, "POST", at+"/register", steward, both) // from the page before: it is registered, and once
	s.want(t, 200, "GET", at+"/register", steward, nil, "không còn thực hiện được")

	s.want(t, http.StatusForbidden, "POST", at+"/return", steward, nil)
	s.want(t, http.StatusUnprocessableEntity, "POST", at+"/return", appraiser, nil, "Hãy ghi ý kiến")
	s.want(t, http.StatusSeeOther, "POST", at+"/return", appraiser, url.Values{"comments": {"Nêu rõ thời kỳ của dữ liệu"}})
	s.want(t, 200, "GET", at, steward, nil, "Hồ sơ được trả lại", "Nêu rõ thời kỳ của dữ liệu", at+"/register")
	s.want(t, http.StatusSeeOther, "POST", at+"/register", steward, both)
	s.want(t, http.StatusUnprocessableEntity, "POST", at+"/review", appraiser, nil, "căn cứ rà soát")
	s.want(t, http.StatusSeeOther, "POST", at+"/review", appraiser, url.Values{"basis": {"Quy chế, Điều 7"}})
	s.want(t, http.StatusForbidden, "POST", at+"/approve", appraiser, nil)
	s.want(t, http.StatusSeeOther, "POST", at+"/approve", approver, nil)
	s.want(t, http.StatusNotFound, "POST", at+"/issue", approver, url.Values{"decision": {"12/QĐ-UBND ngày 05/10/2026"}})
	s.issue(t, "12/QĐ-UBND ngày 05/10/2026")
	s.want(t, http.StatusSeeOther, "POST", at+"/suspend", appraiser, url.Values{"reason": {"Rà soát lại nguồn dữ liệu"}})
	s.want(t, 200, "GET", at, steward, nil, "Tập dữ liệu đang tạm dừng", "Rà soát lại nguồn dữ liệu")
	s.want(t, http.StatusSeeOther, "POST", at+"/resume", appraiser, nil)
	s.want(t, 200, "GET", at+"?tab=status", steward, nil, "12/QĐ-UBND ngày 05/10/2026", "Thuộc danh mục", "Ban hành danh mục", "Nêu rõ thời kỳ của dữ liệu", "Người op_appraiser")

	transfer := url.Values{"agency": {"H38.04"}, "official_system": {"sys-04"}, "decision": {"15/QĐ-UBND"}, "from": {"2026-01-01"}}
	s.want(t, http.StatusForbidden, "POST", at+"/transfer", steward, transfer)
	bad := url.Values{"agency": {"H38.04"}, "official_system": {"sys-05"}, "decision": {"15/QĐ-UBND"}, "from": {"2026-01-01"}}
	s.want(t, http.StatusUnprocessableEntity, "POST", at+"/transfer", head, bad, "không thuộc chủ quản dữ liệu")
	s.want(t, http.StatusSeeOther, "POST", at+"/transfer", head, transfer)
	s.want(t, 200, "GET", at, stranger, nil, "15/QĐ-UBND", "01/01/2026", "H38.05")
	s.want(t, http.StatusUnprocessableEntity, "POST", at+"/retire", approver, nil, "Hãy ghi lý do")
	s.want(t, http.StatusSeeOther, "POST", at+"/retire", approver, url.Values{"reason": {"Gộp vào tập dữ liệu khác"}})
	s.lines["grants"] = []Line{{Title: "Q-000001"}}
	s.want(t, http.StatusConflict, "POST", at+"/end", approver, nil, "Còn 1 quyền khai thác")
	s.lines["grants"] = nil
	s.want(t, http.StatusSeeOther, "POST", at+"/end", approver, nil)
	s.want(t, 200, "GET", at, steward, nil, "Đã ngừng")
}

// R1.4: metadata with a stamp is refused and an incident is opened.
func TestStampedDescriptionIsRefused(t *testing.T) {
	s := newSite(t)
	stamped := filled()
	stamped.Set("description", "TỐI MẬT danh sách hộ nghèo của toàn tỉnh theo kết quả rà soát hằng năm")
	s.want(t, http.StatusUnprocessableEntity, "POST", "/catalog", steward, stamped, "mang dấu “TỐI MẬT”")
	if s.Incidents.Count() != 1 {
		t.Errorf("%d incidents", s.Incidents.Count())
	}
	if _, err := s.FindByCode(catalogtest.Steward("H38.05"), households); faultCode(err) != "catalog.not_found" {
		t.Errorf("the dataset was kept: %v", err)
	}
}

// R1.1: seven tabs, each with its last change; R13.4: the copy says what it is.
func TestProfileTabs(t *testing.T) {
	s := newSite(t)
	s.reviewed(t)
	at := path(households)
	body := s.want(t, 200, "GET", at, steward, nil, "Kho dùng chung chưa có dữ liệu", "Quản lý nhà nước (QLNN)")
	for _, tab := range tabs {
		if tab != "overview" && !strings.Contains(body, at+"?tab="+tab) {
			t.Errorf("no link to the tab %s", tab)
		}
	}
	for tab, empty := range map[string]string{"connections": "Chưa có kết nối nào", "usage": "Chưa có lượt khai thác nào", "quality": "Chưa có lượt nạp nào"} {
		s.want(t, 200, "GET", at+"?tab="+tab, steward, nil, empty)
	}
	s.want(t, 200, "GET", at+"?tab=incidents", person{access.Analyst, "H38.05"}, nil, "incident.read")
	when := time.Date(2026, 10, 5, 1, 30, 0, 0, time.UTC)
	s.lines["connections"] = []Line{{Title: "YC-2026-0001", Note: "Sở Y tế", Word: "catalog.state.published", Tone: ui.Good, Path: "/connections/x", At: when}}
	s.lines["usage"] = []Line{{Title: "Sở Y tế", Count: 1234, At: when}}
	s.lines["incidents"] = []Line{{Title: "SC-2026-0001", State: "closed", At: when}}
	s.want(t, 200, "GET", at+"?tab=connections", steward, nil, "YC-2026-0001", `href="/connections/x"`, "Thay đổi lần cuối lúc 05/10/2026 08:30")
	s.want(t, 200, "GET", at+"?tab=usage", steward, nil, "1.234", "Sở Y tế")
	s.want(t, 200, "GET", at+"?tab=incidents", person{access.OpSecurity, "H38.02"}, nil, "SC-2026-0001")

	s.deliver(t, "ma_ho,chu_ho,so_dinh_danh\nH1,Giàng Thị Mẩy,999190000123\nH2,Vàng A Sử,12\nH3,Lý A Páo,999090000124\n")
	s.want(t, 200, "GET", at, stranger, nil, "Kho dùng chung chưa có dữ liệu") // one of three rows fails: held
	s.want(t, 200, "GET", at+"?tab=quality", steward, nil, "hộ nghèo.csv", "Chờ quyết định", "1 dòng bị cách ly")
	s.want(t, 200, "GET", at+"?tab=quality", stranger, nil, "access.other_agency")
	s.deliver(t, "ma_ho,chu_ho,so_dinh_danh\nH1,Giàng Thị Mẩy,999190000123\n")
	s.want(t, 200, "GET", at, stranger, nil, "Bản sao tích hợp, cập nhật lúc 01/03/2026 07:00", "sys-05", "Hạn cập nhật tiếp theo", "Quá hạn cập nhật")
	s.want(t, 200, "GET", at+"?tab=quality", steward, nil, "/warehouse/H38.05/ho-ngheo/1", "Đã công bố")
	s.want(t, http.StatusNotFound, "GET", "/catalog/H38.05/khong-co", steward, nil)
	s.want(t, http.StatusForbidden, "GET", at, vendor, nil, "catalog.read")
}

// A schema in use changes only when the operator accepts the new one.
func TestNewSchemaWaitsForAcceptance(t *testing.T) {
	s := newSite(t)
	s.reviewed(t)
	at := path(households)
	s.want(t, http.StatusSeeOther, "POST", at+"/approve", approver, nil)
	s.issue(t, "12/QĐ-UBND")
	s.want(t, http.StatusConflict, "GET", at+"/schema", steward, nil, "không sửa trực tiếp được")
	s.deliver(t, "ma_ho,chu_ho,so_dinh_danh\nH1,Giàng Thị Mẩy,999190000123\n")
	s.want(t, 200, "GET", at, steward, nil, "Đang cung cấp")
	s.want(t, http.StatusConflict, "GET", at+"/edit", steward, nil)
	s.want(t, 200, "GET", at+"/schema", steward, nil, "Tập dữ liệu đang được khai thác", `value="so_dinh_danh"`)
	rows := url.Values{
		"rows": {"4"}, "name_0": {"ma_ho"}, "element_0": {"ma_ho@1"}, "key_0": {"1"}, "required_0": {"1"}, "name_1": {"chu_ho"}, "element_1": {"ho_ten@1"},
		"name_2": {"so_dinh_danh"}, "element_2": {"so_dinh_danh_ca_nhan@1"}, "person_2": {"1"}, "element_3": {"so_thanh_vien@1"},
	}
	s.want(t, http.StatusSeeOther, "POST", at+"/schema", steward, rows)
	s.want(t, 200, "GET", at+"?tab=status", steward, nil, "Chờ chấp nhận cấu trúc mới", "3/3 trường")
	s.want(t, http.StatusForbidden, "POST", at+"/accept-schema", steward, nil)
	s.want(t, 200, "GET", at, appraiser, nil, at+"/accept-schema")
	s.want(t, http.StatusSeeOther, "POST", at+"/accept-schema", appraiser, nil)
	s.want(t, 200, "GET", at+"?tab=status", steward, nil, "Đang cung cấp", "4/4 trường", "so_thanh_vien")
}

func TestEveryWordHasItsSentence(t *testing.T) {
	s := newSite(t)
	s.reviewed(t)
	addresses := []string{"/catalog", "/catalog/new", path(households)}
	for _, tab := range tabs {
		addresses = append(addresses, path(households)+"?tab="+tab)
	}
	for _, address := range addresses {
		if body := s.want(t, 200, "GET", address, steward, nil); strings.Contains(body, ">catalog.") {
			t.Errorf("%s shows the key of a message", address)
		}
	}
	for key, m := range Messages {
		if m.Vi == "" || m.En == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
}
