package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lienthong/acceptance/harness"
)

// The three ways to register, which end in the same draft, and the way from there to the operator and back (Điều 7.6).
func TestDieu07Ways(t *testing.T) {
	p := newProvince(t, harness.Options{})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	t.Run("R7.6 the template comes with its lists and goes back filled in: preview, import, again without effect", func(t *testing.T) { templateRound(t, p) })
	t.Run("R7.6 a template with mixed errors names every cell and imports nothing", func(t *testing.T) { mixedErrors(t, p) })
	t.Run("R7.6 a sample tells the fields and leaves no value anywhere", func(t *testing.T) { sampleLeavesNothing(t, p) })
	t.Run("R7.6 a submission is attested by name and time, comes back with comments, is answered and accepted", func(t *testing.T) { attested(t, p) })
	t.Run("R7.1 the exact spelling first, in names, codes, owners and fields", func(t *testing.T) { searched(t, p) })
	t.Run("two people change one draft: both versions are shown", func(t *testing.T) { twoPeople(t, p) })
}

// sendFiles posts files of a form as a browser does.
func sendFiles(t *testing.T, who *harness.Person, path string, fields map[string]string, files map[string][]byte) harness.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		field, file, _ := strings.Cut(name, ":")
		part, err := w.CreateFormFile(field, file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return who.With("Content-Type", w.FormDataContentType()).Post(path, body.Bytes())
}

// filledIn is the platform's own template with rows as an office program writes them.
func filledIn(t *testing.T, p *province, datasets []map[string]string, fields [][]string) []byte {
	t.Helper()
	a := ok(t, p.ownerSteward.Get("/catalog/template/mau-dang-ky.xlsx"), http.StatusOK)
	book, err := excelize.OpenReader(bytes.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheets := book.GetSheetList()
	if len(sheets) != 4 || sheets[0] != "Tập dữ liệu" || sheets[1] != "Trường dữ liệu" {
		t.Fatalf("sheets %v", sheets)
	}
	lists, err := book.GetDataValidations(sheets[0])
	if err != nil || len(lists) < 6 {
		t.Fatalf("%d columns offer a list, %v", len(lists), err)
	}
	titles, err := book.GetRows(sheets[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range datasets {
		for j, title := range titles[0] {
			cell, _ := excelize.CoordinatesToCellName(j+1, i+2)
			if err := book.SetCellStr(sheets[0], cell, row[title]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, row := range fields {
		for j, text := range row {
			cell, _ := excelize.CoordinatesToCellName(j+1, i+2)
			if err := book.SetCellStr(sheets[1], cell, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func byTitle(slug string) map[string]string {
	return map[string]string{
		"Mã tập dữ liệu": slug, "Tên dữ liệu": "Sổ theo dõi " + slug, "Mô tả": "Sổ theo dõi hộ gia đình của xã, lập từ năm 2026 để phục vụ rà soát hằng năm.",
		"Đối tượng được chia sẻ": "Sở, ban, ngành; H38.09", "Mục đích khai thác": "QLNN", "Mức quyền": "Xem; Khai thác", "Phương thức chia sẻ": "Tệp tin",
		"Lý do chưa chia sẻ tự động": "Chưa có phần mềm", "Thời hạn chuyển sang tự động": "31/12/2027", "Tần suất cập nhật": "Hằng quý", "Định dạng": "CSV; XLSX",
		"Căn cứ pháp lý": "Quy chế dữ liệu số của tỉnh", "Dạng dữ liệu": "Bảng", "Phân loại theo tính chất": "Dữ liệu chuyên ngành", "Phạm vi sử dụng": "Dùng chung",
		"Phục vụ chỉ đạo, điều hành": "Không", "Mức bảo vệ": "Dữ liệu cá nhân nhạy cảm", "Hệ thống nguồn chính thức": sourceSystem,
	}
}

func fieldRows(slug string) [][]string {
	return [][]string{
		{slug, "ma_ho", "", "ma_ho", "", "Có", "Có", "", "", ""},
		{slug, "dan_toc", "", "dan_toc", "", "", "", "", "", "Không"},
		{slug, "ghi_chu", "Ghi chú", "", "Ghi chú của cán bộ", "", "", "", "Nội bộ", ""},
	}
}

var importLink = regexp.MustCompile(`/catalog/import/([0-9a-f-]{36})`)

func templateRound(t *testing.T, p *province) {
	book := filledIn(t, p, []map[string]string{byTitle("so-mot"), byTitle("so-hai")}, append(fieldRows("so-mot"), fieldRows("so-hai")...))
	seen := sendFiles(t, p.ownerSteward, "/catalog/import", nil, map[string][]byte{"file:mau.xlsx": book})
	page := html.UnescapeString(string(ok(t, seen, http.StatusOK).Body))
	link := importLink.FindString(page)
	if !strings.Contains(page, "Lập bản nháp mới") || link == "" {
		t.Fatalf("the preview: %.3000s", page)
	}
	refused(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/so-mot"), http.StatusNotFound, "catalog.not_found") // only a preview
	if a := p.consumerSteward.Post(link, ""); a.Status != http.StatusNotFound {
		t.Errorf("another agency imports it: %d", a.Status)
	}
	for range 2 { // the second time from the page before
		ok(t, p.ownerSteward.Post(link, ""), http.StatusSeeOther)
	}
	var d struct {
		State, Method string
		Automate      string `json:"automate_by"`
		Sharing       struct {
			Fields, Agencies []string
			Types            []string `json:"agency_types"`
		}
		Revision int
	}
	ok(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/so-mot"), http.StatusOK).Into(t, &d)
	if d.State != "draft" || d.Method != "file" || d.Automate != "2027-12-31" || strings.Join(d.Sharing.Fields, " ") != "ma_ho ghi_chu" || d.Sharing.Agencies[0] != consumer || d.Sharing.Types[0] != "department" {
		t.Fatalf("%+v", d)
	}
	var again struct {
		Datasets []struct{ Outcome string }
	}
	xlsx := p.ownerSteward.With("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	ok(t, xlsx.Post("/api/v1/datasets/import?file_name=mau.xlsx", book), http.StatusOK).Into(t, &again)
	if len(again.Datasets) != 2 || again.Datasets[0].Outcome != "same" || again.Datasets[1].Outcome != "same" {
		t.Fatalf("the same form again: %+v", again)
	}
	before := d.Revision
	ok(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/so-mot"), http.StatusOK).Into(t, &d)
	if d.Revision != before {
		t.Error("a repetition changed the draft")
	}
	ok(t, p.ownerSteward.Post("/api/v1/datasets/"+owner+"/so-mot/register", m{"not_secret": true, "attest": true}), http.StatusOK)
}

func mixedErrors(t *testing.T, p *province) {
	bad := byTitle("sai-nhieu")
	bad["Mô tả"], bad["Phương thức chia sẻ"], bad["Thời hạn chuyển sang tự động"], bad["Phục vụ chỉ đạo, điều hành"] = "Ngắn", "Fax", "31/02/2027", "Có lẽ"
	rows := append(fieldRows("sai-nhieu"), []string{"sai-nhieu", "Tên Sai", "", "khong_co", "", "", "", "", "Tuyệt đối", ""})
	book := filledIn(t, p, []map[string]string{byTitle("dung"), bad}, append(fieldRows("dung"), rows...))
	a := sendFiles(t, p.ownerSteward, "/catalog/import", nil, map[string][]byte{"file:mau.xlsx": book})
	page := html.UnescapeString(string(ok(t, a, http.StatusUnprocessableEntity).Body))
	for _, sentence := range []string{
		"Mô tả phải có ít nhất 50 ký tự", "“Fax” không có trong danh sách được chọn: Gọi trực tiếp qua API", "Hãy ghi ngày theo dạng dd/mm/yyyy", "Hãy ghi Có hoặc Không",
		"Tên trường “Tên Sai” không hợp lệ", "“Tuyệt đối” không có trong danh sách", "Chưa có gì được nhập",
	} {
		if !strings.Contains(page, sentence) {
			t.Errorf("the page does not say %q", sentence)
		}
	}
	for _, slug := range []string{"dung", "sai-nhieu"} {
		refused(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/"+slug), http.StatusNotFound, "catalog.not_found")
	}
	csv := p.ownerSteward.With("Content-Type", "text/csv")
	refused(t, csv.Post("/api/v1/datasets/import?file_name=a.csv", "code,la\nx,y\n"), http.StatusUnprocessableEntity, "input.several")
	other := p.consumerSteward.With("Content-Type", "text/csv").Post("/api/v1/datasets/import?file_name=a.csv", templateCSV(func() map[string]string {
		row := templateRow("cua-nguoi")
		row["code"] = owner + "/cua-nguoi"
		return row
	}()))
	refused(t, other, http.StatusUnprocessableEntity, "catalog.import_rows")
	refused(t, p.engineer.With("Content-Type", "text/csv").Post("/api/v1/datasets/import?file_name=a.csv", templateCSV(templateRow("x"))), http.StatusForbidden, "access.permission_missing")
}

func sampleLeavesNothing(t *testing.T, p *province) {
	var rows strings.Builder
	rows.WriteString("Mã hộ;Họ tên chủ hộ;Số định danh cá nhân;Dân tộc;Ghi chú\n")
	for i := range 40 {
		fmt.Fprintf(&rows, "HX%04d;Sùng Thị Bí Ẩn %c;9991907%05d;%s;\n", i, 'A'+rune(i%20), i, []string{"01", "08"}[i%2])
	}
	var got struct {
		Discovery struct {
			Persons int
			Columns []struct {
				Name, Class string
				Unique      bool
				Candidates  []struct {
					Element    struct{ Code string }
					Confidence int
				}
			}
		}
		Schema struct {
			Fields []struct{ Name, Class string }
		}
	}
	a := p.ownerSteward.With("Content-Type", "text/csv").Post("/api/v1/datasets/discover?file_name=mau.csv", rows.String())
	ok(t, a, http.StatusOK).Into(t, &got)
	d := got.Discovery
	if d.Persons != 40 || len(d.Columns) != 5 || !d.Columns[0].Unique || d.Columns[2].Candidates[0].Element.Code != "so_dinh_danh_ca_nhan" || d.Columns[3].Class != "sensitive_personal" {
		t.Fatalf("%+v", d)
	}
	page := sendFiles(t, p.ownerSteward, "/catalog/discover", nil, map[string][]byte{"file:mau.csv": []byte(rows.String())})
	text := string(ok(t, page, http.StatusOK).Body)
	if !strings.Contains(text, "Aa") && !strings.Contains(text, "AA9999") {
		t.Error("the page shows no shape of values")
	}
	for where, said := range map[string]string{"the answer": string(a.Body), "the page": text, "the technical log": p.Output()} {
		if strings.Contains(said, "Bí Ẩn") || strings.Contains(said, "9991907") || strings.Contains(said, "HX00") {
			t.Errorf("%s holds a value of the sample", where)
		}
	}
	_ = filepath.WalkDir(p.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		body, err := os.ReadFile(path)
		if err == nil && (bytes.Contains(body, []byte("Bí Ẩn")) || bytes.Contains(body, []byte("9991907"))) {
			t.Errorf("%s holds a value of the sample", path)
		}
		return nil
	})
	refused(t, p.engineer.With("Content-Type", "text/csv").Post("/api/v1/datasets/discover?file_name=mau.csv", rows.String()), http.StatusForbidden, "access.permission_missing")
	bad := p.ownerSteward.With("Content-Type", "text/csv").Post("/api/v1/datasets/discover?file_name=mau.csv", strings.SplitN(rows.String(), "\n", 2)[1])
	refused(t, bad, http.StatusUnprocessableEntity, "ingest.sample_no_header")
	before := len(incidents(t, p, "state_secret"))
	refused(t, p.ownerSteward.With("Content-Type", "text/csv").Post("/api/v1/datasets/discover?file_name=mau.csv", "TỐI MẬT;a\n1;2\n"), http.StatusUnprocessableEntity, "ingest.secret_marking")
	if len(incidents(t, p, "state_secret")) != before+1 {
		t.Error("a stamped sample opened no incident")
	}
}

func attested(t *testing.T, p *province) {
	at := "/api/v1/datasets/" + owner + "/cam-doan"
	ok(t, p.ownerSteward.Post("/api/v1/datasets", registration("cam-doan")), http.StatusCreated)
	ok(t, p.ownerSteward.Post(at+"/schema", m{"fields": fields}), http.StatusCreated)
	refused(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": false}), http.StatusUnprocessableEntity, "catalog.attestation_missing")
	refused(t, p.consumerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusNotFound, "catalog.not_found")
	var d struct {
		State, Note string
		Attestation struct {
			ByName string `json:"by_name"`
			At     string
		}
	}
	ok(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK).Into(t, &d)
	if d.State != "registered" || d.Attestation.ByName != "Sùng Đầu Mối" || d.Attestation.At == "" {
		t.Fatalf("%+v", d)
	}
	if n := tasksOf(t, p.appraiser, "catalog.review", owner+"/cam-doan"); n != 1 {
		t.Errorf("%d tasks of the appraiser", n)
	}
	refused(t, p.appraiser.Post(at+"/return", m{"comments": " "}), http.StatusUnprocessableEntity, "catalog.comments_missing")
	ok(t, p.appraiser.Post(at+"/return", m{"comments": "Nêu rõ thời kỳ của dữ liệu"}), http.StatusOK).Into(t, &d)
	if d.State != "returned" || d.Note != "Nêu rõ thời kỳ của dữ liệu" || tasksOf(t, p.ownerSteward, "catalog.complete", owner+"/cam-doan") != 1 || tasksOf(t, p.appraiser, "catalog.review", owner+"/cam-doan") != 0 {
		t.Fatalf("%+v", d)
	}
	ok(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/review", m{"basis": "Điều 7 Quy chế"}), http.StatusOK).Into(t, &d)
	if d.State != "reviewed" || tasksOf(t, p.ownerSteward, "catalog.complete", owner+"/cam-doan")+tasksOf(t, p.appraiser, "catalog.review", owner+"/cam-doan") != 0 {
		t.Fatalf("%+v", d)
	}
}

// tasksOf counts the open tasks of a kind about a dataset that a person sees.
func tasksOf(t *testing.T, who *harness.Person, kind, dataset string) int {
	t.Helper()
	var got struct {
		Tasks []struct{ Kind, Subject string }
	}
	ok(t, who.Get("/api/v1/tasks?state=open&kind="+kind), http.StatusOK).Into(t, &got)
	n := 0
	for _, x := range got.Tasks {
		if x.Kind == kind && x.Subject == "catalog.dataset/"+dataset {
			n++
		}
	}
	return n
}

func searched(t *testing.T, p *province) {
	for i, name := range []string{"Hồ nghẹo thử nghiệm", "Sổ hộ nghèo thử nghiệm"} {
		about := registration(fmt.Sprintf("tim-%d", i))
		about["name"] = name
		if codes, _ := attempt(t, p, about); codes != nil {
			t.Fatal(codes)
		}
	}
	find := func(q string) []string {
		var got struct{ Datasets []struct{ Code, Name string } }
		ok(t, p.consumerSteward.Get("/api/v1/datasets?q="+url.QueryEscape(q)), http.StatusOK).Into(t, &got)
		var names []string
		for _, d := range got.Datasets {
			names = append(names, d.Name)
		}
		return names
	}
	if got := find("hộ nghèo thử nghiệm"); len(got) != 2 || got[0] != "Sổ hộ nghèo thử nghiệm" {
		t.Errorf("spelled: %v", got)
	}
	if got := find("ho ngheo thu nghiem"); len(got) != 2 {
		t.Errorf("without marks: %v", got)
	}
	for _, q := range []string{"tim-1", "Nông nghiệp và Môi trường thử nghiệm", "nong nghiep thu nghiem", "so_dinh_danh thử nghiệm"} {
		if got := find(q); len(got) == 0 {
			t.Errorf("%q finds nothing", q)
		}
	}
	if got := find("hộ nghèo không đâu có"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func twoPeople(t *testing.T, p *province) {
	about := registration("hai-nguoi")
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	delete(about, "slug")
	about["revision"], about["legal_basis"] = 1, "Căn cứ của người thứ nhất"
	ok(t, p.ownerSteward.Do("PUT", "/api/v1/datasets/"+owner+"/hai-nguoi", about), http.StatusOK)
	refused(t, p.ownerSteward.Do("PUT", "/api/v1/datasets/"+owner+"/hai-nguoi", about), http.StatusConflict, "catalog.changed_meanwhile")
	form := url.Values{"name": {about["name"].(string)}, "description": {about["description"].(string)}, "legal_basis": {"Căn cứ của người thứ hai"}, "on_failure": {"hold_rows"}, "min_valid": {"95"}, "revision": {"1"}}
	a := p.ownerSteward.With("Content-Type", "application/x-www-form-urlencoded").Post("/catalog/"+owner+"/hai-nguoi/edit", form.Encode())
	page := html.UnescapeString(string(ok(t, a, http.StatusConflict).Body))
	if !strings.Contains(page, "Căn cứ của người thứ nhất") || !strings.Contains(page, "Căn cứ của người thứ hai") || !strings.Contains(page, "Hai người cùng sửa") {
		t.Error("both versions are not shown")
	}
	var d map[string]json.RawMessage
	ok(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/hai-nguoi"), http.StatusOK).Into(t, &d)
	if string(d["legal_basis"]) != `"Căn cứ của người thứ nhất"` {
		t.Errorf("saved: %s", d["legal_basis"])
	}
}
