package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"lienthong/acceptance/harness"
)

// What an agency must say of its data (Điều 7.3), on the form, by the API and in the template alike.
func TestDieu07Registration(t *testing.T) {
	p := newProvince(t, harness.Options{})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.registerSystem(t, otherSystem, "Hệ thống thông tin y tế", foreign)
	p.registerDataset(t, "ho-ngheo", nil)
	t.Run("R7.3a a complete registration is taken, by each of the three ways", func(t *testing.T) { completeRegistrations(t, p) })
	for _, c := range contents() {
		t.Run(c.row+" "+c.name, func(t *testing.T) { wrongContent(t, p, c) })
	}
	t.Run("R7.3d a scope that names a field which the dataset does not have is refused", func(t *testing.T) { unknownScopeField(t, p) })
	t.Run("R7.3đ the report of what is still shared by file", func(t *testing.T) { stillByFile(t, p) })
	t.Run("R7.3e the next due date stands on the dataset, what is late in a list", func(t *testing.T) { lateUpdates(t, p) })
	t.Run("R7.3g the schema judges records in another house's validator", func(t *testing.T) { schemaValidates(t, p) })
}

// content is one content of Điều 7.3 said wrongly.
type content struct {
	row, name, code string
	change          func(about m)
	cells           map[string]string // of the template; nil where it says the same in other words
	column          string            // title in the template
}

func contents() []content {
	set := func(key string, value any) func(m) { return func(about m) { about[key] = value } }
	scope := func(key string, value any) func(m) {
		return func(about m) { about["sharing"].(m)[key] = value }
	}
	return []content{
		{"R7.3a", "a name is needed", "catalog.name_missing", set("name", " "), map[string]string{"name": ""}, "Tên dữ liệu"},
		{"R7.3a", "no two datasets have one name", "catalog.name_taken", set("name", "Danh sách hộ nghèo, hộ cận nghèo (ho-ngheo)"), map[string]string{"name": "Danh sách hộ nghèo, hộ cận nghèo (ho-ngheo)"}, "Tên dữ liệu"},
		{"R7.3a", "no name differs by marks only", "catalog.name_alike", set("name", "Danh sach ho ngheo, ho can ngheo (ho-ngheo)"), map[string]string{"name": "Danh sach ho ngheo, ho can ngheo (ho-ngheo)"}, "Tên dữ liệu"},
		{"R7.3a", "no name holds letters of another script", "catalog.name_lookalike", set("name", "Danh sách trường họс"), map[string]string{"name": "Danh sách trường họс"}, "Tên dữ liệu"},
		{"R7.3a", "a description has at least 50 characters", "catalog.description_short", set("description", "Ngắn"), map[string]string{"description": "Ngắn"}, "Mô tả"},
		{"R7.3d", "who receives the data exists", "catalog.agency_unknown", func(about m) {
			about["sharing"].(m)["everyone"], about["sharing"].(m)["agencies"] = false, []string{"H38.9Z"}
		}, map[string]string{"sharing.who": "H38.9Z"}, "Đối tượng được chia sẻ"},
		{"R7.3d", "somebody receives the data", "catalog.sharing_who_missing", scope("everyone", false), map[string]string{"sharing.who": ""}, "Đối tượng được chia sẻ"},
		{"R7.3d", "purposes are of the list", "catalog.purpose_unknown", scope("purposes", []string{"KINH-DOANH"}), map[string]string{"sharing.purposes": "KINH-DOANH"}, "Mục đích khai thác"},
		{"R7.3d", "purposes are named", "catalog.sharing_purposes_missing", scope("purposes", []string{}), map[string]string{"sharing.purposes": ""}, "Mục đích khai thác"},
		{"R7.3d", "levels are named", "catalog.sharing_levels_missing", scope("levels", []string{}), map[string]string{"sharing.levels": ""}, "Mức quyền"},
		{"R7.3đ", "by file needs a reason and a date", "catalog.method_reason_missing", set("method", "file"), map[string]string{"method": "Tệp tin"}, "Lý do chưa chia sẻ tự động"},
		{"R7.3đ", "the date for automation lies ahead", "catalog.automate_past", func(about m) {
			about["method"], about["method_reason"], about["automate_by"] = "file", "Chưa có phần mềm", "2020-01-01"
		}, map[string]string{"method": "file", "method_reason": "Chưa có phần mềm", "automate_by": "01/01/2020"}, "Thời hạn chuyển sang tự động"},
		{"R7.3e", "on event needs a greatest delay", "catalog.max_delay_missing", set("frequency", "on_event"), map[string]string{"frequency": "Khi có thay đổi"}, "Trễ tối đa (phút)"},
		{"R7.3e", "a frequency is needed", "catalog.frequency_missing", func(about m) { delete(about, "frequency") }, map[string]string{"frequency": ""}, "Tần suất cập nhật"},
		{"R7.3g", "standards or formats are needed", "catalog.formats_missing", set("formats", []string{}), map[string]string{"formats": ""}, "Định dạng"},
		{"R7.3g", "formats are of the list", "catalog.format_unknown", set("formats", []string{"DOC"}), map[string]string{"formats": "DOC"}, "Định dạng"},
		{"R6.1", "labels are needed", "catalog.classification_missing", func(about m) { delete(about, "nature") }, map[string]string{"nature": ""}, "Phân loại theo tính chất"},
		{"R6.2", "the class is not below that of the fields", "catalog.class_too_low", set("class", "normal"), map[string]string{"class": "Thông thường"}, "Mức bảo vệ"},
	}
}

// attempt registers by the API and gives the codes and sentences of what it is refused for.
func attempt(t *testing.T, p *province, about m) (codes, sentences []string) {
	t.Helper()
	at := "/api/v1/datasets/" + owner + "/" + about["slug"].(string)
	a := p.ownerSteward.Post("/api/v1/datasets", about)
	if a.Status == http.StatusCreated {
		ok(t, p.ownerSteward.Post(at+"/schema", m{"fields": fields}), http.StatusCreated)
		a = p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true})
	}
	if a.Status < 300 {
		return nil, nil
	}
	var got struct {
		Code, Detail string
		Errors       []struct{ Code, Detail string }
	}
	a.Into(t, &got)
	codes, sentences = append(codes, got.Code), append(sentences, got.Detail)
	for _, e := range got.Errors {
		codes, sentences = append(codes, e.Code), append(sentences, e.Detail)
	}
	return codes, sentences
}

func wrongContent(t *testing.T, p *province, c content) {
	slug := fmt.Sprintf("sai-%d", time.Now().UnixNano())
	about := registration(slug)
	about["name"] = "Tập thử " + slug
	c.change(about)
	codes, sentences := attempt(t, p, about)
	if !slices.Contains(codes, c.code) {
		t.Fatalf("by the API: %v, want %s", codes, c.code)
	}
	sentence := sentences[slices.Index(codes, c.code)]

	slug += "-m"
	about["slug"] = slug
	if name := about["name"].(string); strings.HasPrefix(name, "Tập thử ") {
		about["name"] = "Tập thử " + slug
	}
	page := byForm(t, p, about)
	if !strings.Contains(page, sentence) {
		t.Errorf("the form does not say %q", sentence)
	}

	cells := templateRow(slug)
	for field, value := range c.cells {
		cells[field] = value
	}
	var refusal struct {
		Code   string
		Errors []struct{ Code, Field string }
	}
	body := templateCSV(cells)
	if c.code == "catalog.class_too_low" { // which the fields decide
		body = ""
	}
	if body == "" {
		return
	}
	a := p.ownerSteward.With("Content-Type", "text/csv").Post("/api/v1/datasets/import?file_name=mau.csv", body)
	a.Into(t, &refusal)
	found := false
	for _, e := range refusal.Errors {
		found = found || e.Code == c.code && strings.HasPrefix(e.Field, "row 2")
	}
	if a.Status != http.StatusUnprocessableEntity || refusal.Code != "catalog.import_rows" || !found {
		t.Errorf("by the template: %s", a)
	}
	refused(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/"+slug+"-c"), http.StatusNotFound, "catalog.not_found")
}

// byForm fills the page in as a person would and gives the page that refuses it, whichever step does.
func byForm(t *testing.T, p *province, about m) string {
	t.Helper()
	sharing := about["sharing"].(m)
	form := url.Values{
		"code": {about["slug"].(string)}, "name": {about["name"].(string)}, "description": {about["description"].(string)}, "method": {about["method"].(string)},
		"legal_basis": {about["legal_basis"].(string)}, "form": {"table"}, "scope": {"shared"}, "class": {about["class"].(string)}, "official_system": {sourceSystem},
		"on_failure": {"hold_rows"}, "min_valid": {"95"}, "sharing.who": {"listed"},
	}
	for _, key := range []string{"frequency", "method_reason", "automate_by"} {
		if v, has := about[key]; has {
			form.Set(key, v.(string))
		}
	}
	if v, has := about["nature"]; has {
		form.Set("classification", v.(string))
	}
	if sharing["everyone"] == true {
		form.Set("sharing.who", "everyone")
	}
	if list, has := sharing["agencies"]; has {
		form.Set("sharing.agencies", strings.Join(list.([]string), "\n"))
	}
	form["sharing.purposes"], form["sharing.levels"] = sharing["purposes"].([]string), sharing["levels"].([]string)
	form["formats"] = about["formats"].([]string)
	st := p.ownerSteward.With("Content-Type", "application/x-www-form-urlencoded")
	a := st.Post("/catalog", form.Encode())
	if a.Status == http.StatusSeeOther {
		at := owner + "/" + about["slug"].(string)
		ok(t, p.ownerSteward.Post("/api/v1/datasets/"+at+"/schema", m{"fields": fields}), http.StatusCreated)
		a = st.Post("/catalog/"+at+"/register", url.Values{"declaration": {"1"}, "attestation": {"1"}}.Encode())
	}
	if a.Status < 400 {
		t.Fatalf("the form was taken: %d", a.Status)
	}
	return html.UnescapeString(string(a.Body))
}

// templateRow is a row of the template that is right; its columns are named as the API's fields are.
func templateRow(slug string) map[string]string {
	return map[string]string{
		"code": slug + "-c", "name": "Tập thử " + slug + " c", "description": registration(slug)["description"].(string), "sharing.who": "Mọi cơ quan nhà nước của tỉnh",
		"sharing.purposes": "QLNN; DVC-TTHC", "sharing.levels": "Khai thác; Xem", "method": "Gọi trực tiếp qua API", "method_reason": "", "automate_by": "", "frequency": "Hằng tháng",
		"max_delay": "", "formats": "CSV; JSON", "standards": "", "legal_basis": "Nghị định 07/2021/NĐ-CP", "form": "Bảng", "nature": "Dữ liệu chuyên ngành", "scope": "Dùng chung",
		"steering": "Không", "class": "Dữ liệu cá nhân nhạy cảm", "persons": "", "official_system": sourceSystem,
	}
}

func templateCSV(rows ...map[string]string) string {
	names := make([]string, 0, len(rows[0]))
	for name := range rows[0] {
		names = append(names, name)
	}
	slices.Sort(names)
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	var b strings.Builder
	b.WriteString(strings.Join(names, ",") + "\n")
	for _, row := range rows {
		cells := make([]string, len(names))
		for i, name := range names {
			cells[i] = quote(row[name])
		}
		b.WriteString(strings.Join(cells, ",") + "\n")
	}
	return b.String()
}

func completeRegistrations(t *testing.T, p *province) {
	if codes, sentences := attempt(t, p, registration("du-api")); codes != nil {
		t.Fatalf("by the API: %v", sentences)
	}
	var made struct {
		Datasets []struct{ Code, Outcome string }
	}
	csv := p.ownerSteward.With("Content-Type", "text/csv")
	ok(t, csv.Post("/api/v1/datasets/import?file_name=mau.csv", templateCSV(templateRow("du-mau"))), http.StatusOK).Into(t, &made)
	if len(made.Datasets) != 1 || made.Datasets[0].Outcome != "create" {
		t.Fatalf("by the template: %+v", made)
	}
	var got struct {
		Overview struct{ Missing []struct{ Field string } }
	}
	ok(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/du-mau-c/profile"), http.StatusOK).Into(t, &got)
	for _, x := range got.Overview.Missing {
		if x.Field != "schema" && x.Field != "sharing.fields" {
			t.Errorf("the draft of the template lacks %s", x.Field)
		}
	}
}

func unknownScopeField(t *testing.T, p *province) {
	about := registration("pham-vi-sai")
	about["sharing"].(m)["fields"] = []string{"ma_ho", "khong_co"}
	if codes, _ := attempt(t, p, about); !slices.Contains(codes, "catalog.unknown_field") {
		t.Fatalf("%v", codes)
	}
	about = registration("pham-vi-dong-sai")
	about["sharing"].(m)["rows"] = []m{{"column": "huyen", "own": true}}
	if codes, _ := attempt(t, p, about); !slices.Contains(codes, "catalog.unknown_field") {
		t.Fatalf("a row limit: %v", codes)
	}
}

func stillByFile(t *testing.T, p *province) {
	about := registration("con-tep")
	about["method"], about["method_reason"], about["automate_by"] = "file", "Phần mềm của ngành chưa có API", time.Now().AddDate(1, 0, 0).Format(time.DateOnly)
	if codes, _ := attempt(t, p, about); codes != nil {
		t.Fatalf("%v", codes)
	}
	var got struct{ Datasets []struct{ Code string } }
	ok(t, p.consumerSteward.Get("/api/v1/datasets?manual=true"), http.StatusOK).Into(t, &got)
	if len(got.Datasets) != 1 || got.Datasets[0].Code != owner+"/con-tep" {
		t.Fatalf("%+v", got)
	}
	page := string(ok(t, p.appraiser.Get("/catalog/report/manual"), http.StatusOK).Body)
	if !strings.Contains(page, "con-tep") || !strings.Contains(page, "Phần mềm của ngành chưa có API") || strings.Contains(page, "H38.05/ho-ngheo<") {
		t.Error("the page of the report")
	}
	refused(t, harness.NewClient(t, p.Console).Get("/api/v1/datasets?manual=true"), http.StatusUnauthorized, "access.sign_in_required")
}

// columns keeps the first columns of a file of households.
func columns(text string, n int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.Join(strings.Split(strings.TrimSpace(line), ",")[:n], ",") + "\n")
	}
	return b.String()
}

func lateUpdates(t *testing.T, p *province) {
	late := func() int {
		var got struct{ Total int }
		ok(t, p.consumerSteward.Get("/api/v1/datasets/late"), http.StatusOK).Into(t, &got)
		return got.Total
	}
	published := func(slug, frequency string, n int, ago time.Duration) {
		p.registerDataset(t, slug, func(about, schema m) { about["frequency"], schema["fields"] = frequency, fields[:n] })
		a := send(p.ownerSteward, owner+"/"+slug, columns(file(4), n), url.Values{"data_time": {time.Now().Add(-ago).UTC().Format(time.RFC3339)}})
		var d delivery
		a.Into(t, &d)
		if d = wait(t, p.ownerSteward, d.ID); d.State != "published" {
			t.Fatalf("%+v", d)
		}
	}
	before := late()
	published("trong-han", "daily", 8, 26*time.Hour) // a day, and a tenth of it as grace
	if n := late(); n != before {
		t.Errorf("within the grace: %d late", n)
	}
	published("cham", "daily", 7, 27*time.Hour)
	if n := late(); n != before+1 {
		t.Errorf("beyond the grace: %d late", n)
	}
	page := string(ok(t, p.appraiser.Get("/catalog/report/late"), http.StatusOK).Body)
	if !strings.Contains(page, owner+"/cham<") || strings.Contains(page, "trong-han") {
		t.Error("the page of the report")
	}
	for slug, overdue := range map[string]bool{"cham": true, "trong-han": false} {
		page := string(ok(t, p.consumerSteward.Get("/catalog/"+owner+"/"+slug), http.StatusOK).Body)
		if !strings.Contains(page, "Hạn cập nhật tiếp theo") || strings.Contains(page, "Quá hạn cập nhật") != overdue {
			t.Errorf("%s does not show its due date as it is", slug)
		}
	}
}

func schemaValidates(t *testing.T, p *province) {
	body := ok(t, p.consumerSteward.Get("/api/v1/datasets/"+households+"/schema"), http.StatusOK).Body
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	sample := m{"ma_ho": "H00001", "chu_ho": "Giàng A Thử", "so_dinh_danh": "999060000001", "gioi_tinh": "1", "ngay_sinh": "1960-01-01", "dan_toc": "01", "ma_xa": "02683", "so_nguoi": 3, "so_tien": "1500000"}
	judge := func(change func(m)) error {
		one := m{}
		for k, v := range sample {
			one[k] = v
		}
		change(one)
		text, _ := json.Marshal(one)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	if err := judge(func(m) {}); err != nil {
		t.Errorf("a right record: %v", err)
	}
	if err := judge(func(one m) { one["dan_toc"] = nil }); err != nil {
		t.Errorf("an empty field that is not required: %v", err)
	}
	for name, change := range map[string]func(m){
		"a mandatory field is missing":  func(one m) { delete(one, "ma_ho") },
		"an identifier of 11 digits":    func(one m) { one["so_dinh_danh"] = "99906000001" },
		"a number as text":              func(one m) { one["so_nguoi"] = "3" },
		"a day that is none":            func(one m) { one["ngay_sinh"] = "1960-13-01" },
		"a field that is not described": func(one m) { one["ghi_chu"] = "x" },
	} {
		if judge(change) == nil {
			t.Errorf("taken: %s", name)
		}
	}
}
