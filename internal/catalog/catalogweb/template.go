package catalogweb

import (
	"fmt"
	"net/http"
	"strings"

	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/document"
	"lienthong/internal/kit/i18n"
)

// The sheets of the template. The form of datasets is the first, because a reader begins there.
const (
	sheetFields = "Trường dữ liệu"
	sheetCodes  = "Danh sách mã"
)

// entry is one column of the template: its title, how it is filled in, and where a fault of it belongs.
type entry struct {
	field  string // as the register's faults name it
	title  string
	help   string
	prefix string   // of the messages of its words
	codes  []string // that may be chosen; nil for a text
	many   bool     // several, between semicolons
	needed bool
}

func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

// datasetEntries are the columns of the form of datasets, in their order.
func datasetEntries() []entry {
	classes := texts(dictionary.Classes())
	return []entry{
		{field: "code", title: "Mã tập dữ liệu", help: "Chữ thường không dấu, nối bằng gạch ngang, ví dụ ho-ngheo", needed: true},
		{field: "name", title: "Tên dữ liệu", help: "Không trùng tên tập dữ liệu khác", needed: true},
		{field: "description", title: "Mô tả", help: "Ít nhất 50 ký tự: mục đích, phạm vi, thời kỳ", needed: true},
		{field: "sharing.who", title: "Đối tượng được chia sẻ", help: "“Mọi cơ quan nhà nước của tỉnh”, hoặc loại cơ quan, mã cơ quan cách nhau bằng dấu chấm phẩy", prefix: "catalog.kind.", codes: texts(agency.Kinds()), many: true, needed: true},
		{field: "sharing.purposes", title: "Mục đích khai thác", help: "Mã mục đích cách nhau bằng dấu chấm phẩy, ví dụ QLNN; DVC-TTHC", many: true, needed: true},
		{field: "sharing.levels", title: "Mức quyền", help: "Cách nhau bằng dấu chấm phẩy", prefix: "catalog.level.", codes: catalog.Levels(), many: true, needed: true},
		{field: "method", title: "Phương thức chia sẻ", help: "Ưu tiên từ trên xuống", prefix: "catalog.method.", codes: texts(catalog.Methods()), needed: true},
		{field: "method_reason", title: "Lý do chưa chia sẻ tự động", help: "Chỉ khi chia sẻ bằng tệp hoặc hình thức khác"},
		{field: "automate_by", title: "Thời hạn chuyển sang tự động", help: "dd/mm/yyyy"},
		{field: "frequency", title: "Tần suất cập nhật", prefix: "catalog.frequency.", codes: texts(catalog.Frequencies()), needed: true},
		{field: "max_delay", title: "Trễ tối đa (phút)", help: "Bắt buộc khi cập nhật “Khi có thay đổi”"},
		{field: "formats", title: "Định dạng", help: "JSON; XML; CSV; XLSX", many: true},
		{field: "standards", title: "Tiêu chuẩn, quy chuẩn", help: "Cách nhau bằng dấu chấm phẩy", many: true},
		{field: "legal_basis", title: "Căn cứ pháp lý", needed: true},
		{field: "form", title: "Dạng dữ liệu", prefix: "catalog.form.", codes: texts(catalog.Forms()), needed: true},
		{field: "nature", title: "Phân loại theo tính chất", prefix: "catalog.nature.", codes: texts(natures()), needed: true},
		{field: "scope", title: "Phạm vi sử dụng", prefix: "catalog.scope.", codes: texts(scopes()), needed: true},
		{field: "steering", title: "Phục vụ chỉ đạo, điều hành", prefix: "catalog.", codes: yesNoCodes()},
		{field: "class", title: "Mức bảo vệ", prefix: "catalog.class.", codes: classes, needed: true},
		{field: "persons", title: "Số người trong dữ liệu", help: "Để trống nếu không về cá nhân"},
		{field: "official_system", title: "Hệ thống nguồn chính thức", help: "Mã trong sổ đăng ký hệ thống thông tin", needed: true},
	}
}

func yesNoCodes() []string { return []string{"yes", "no"} }

// fieldEntries are the columns of the form of fields.
func fieldEntries() []entry {
	return []entry{
		{field: "dataset", title: "Mã tập dữ liệu", needed: true},
		{field: "name", title: "Tên cột", help: "Chữ thường không dấu, gạch dưới, ví dụ ma_xa", needed: true},
		{field: "label", title: "Nhãn tiếng Việt"},
		{field: "element", title: "Thuộc tính trong Từ điển", help: "Mã thuộc tính, ví dụ ho_ten"},
		{field: "proposal", title: "Đề nghị bổ sung vào Từ điển", help: "Khi Từ điển chưa có"},
		{field: "key", title: "Khóa", prefix: "catalog.", codes: yesNoCodes()},
		{field: "required", title: "Bắt buộc", prefix: "catalog.", codes: yesNoCodes()},
		{field: "person", title: "Định danh cá nhân", prefix: "catalog.", codes: yesNoCodes()},
		{field: "class", title: "Mức bảo vệ", help: "Để trống lấy theo Từ điển", prefix: "catalog.class.", codes: texts(dictionary.Classes())},
		{field: "shared", title: "Được chia sẻ", help: "Để trống là Có", prefix: "catalog.", codes: yesNoCodes()},
	}
}

// everyoneWord stands for every state agency in the template.
const everyoneWord = "catalog.who.everyone"

// downloadTemplate gives the workbook to be filled in: both forms with their lists, and what each column asks.
func (p *Pages) downloadTemplate(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("file") == "tap-du-lieu.csv" || r.PathValue("file") == "truong-du-lieu.csv" {
		return p.downloadCSV(w, r)
	}
	say := func(key string) string { return p.shell.Say(i18n.Vi, key) } // the regulation's words, whatever language is shown
	book, err := template(say)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="mau-dang-ky-tap-du-lieu.xlsx"`)
	_, err = w.Write(book)
	return err
}

// template is the workbook. Its lists stand on a sheet of their own, to which the columns point.
func template(say func(string) string) ([]byte, error) {
	codes := document.Sheet{Name: sheetCodes}
	var lists [][]string
	datasets := formSheet("Tập dữ liệu", datasetEntries(), say, &codes, &lists)
	fields := formSheet(sheetFields, fieldEntries(), say, &codes, &lists)
	longest := 0
	for _, l := range lists {
		longest = max(longest, len(l))
	}
	for i := range longest {
		row := make([]any, len(lists))
		for j, l := range lists {
			if row[j] = ""; i < len(l) {
				row[j] = l[i]
			}
		}
		codes.Rows = append(codes.Rows, row)
	}
	guide := document.Sheet{Name: "Hướng dẫn", Columns: []document.Column{{Title: "Trang"}, {Title: "Cột"}, {Title: "Bắt buộc"}, {Title: "Cách ghi"}}}
	for _, f := range []struct {
		name    string
		entries []entry
	}{{"Tập dữ liệu", datasetEntries()}, {sheetFields, fieldEntries()}} {
		for _, e := range f.entries {
			need := ""
			if e.needed {
				need = "Có"
			}
			guide.Rows = append(guide.Rows, []any{f.name, e.title, need, howTo(e, say)})
		}
	}
	return document.XLSX(datasets, fields, guide, codes)
}

func howTo(e entry, say func(string) string) string {
	text := e.help
	if len(e.codes) > 0 {
		words := make([]string, len(e.codes))
		for i, c := range e.codes {
			words[i] = say(e.prefix + c)
		}
		text = strings.Trim(text+". Một trong: "+strings.Join(words, "; "), ". ")
	}
	return text
}

func formSheet(name string, entries []entry, say func(string) string, codes *document.Sheet, lists *[][]string) document.Sheet {
	s := document.Sheet{Name: name, Choices: map[int]string{}}
	for i, e := range entries {
		s.Columns = append(s.Columns, document.Column{Title: e.title})
		if len(e.codes) == 0 || e.many { // office programs offer one value only
			continue
		}
		var words []string
		for _, c := range e.codes {
			words = append(words, say(e.prefix+c))
		}
		column := string(rune('A' + len(*lists)))
		s.Choices[i] = fmt.Sprintf("'%s'!$%s$2:$%s$%d", sheetCodes, column, column, len(words)+1)
		codes.Columns = append(codes.Columns, document.Column{Title: e.title})
		*lists = append(*lists, words)
	}
	return s
}

// downloadCSV gives the header of one form.
func (p *Pages) downloadCSV(w http.ResponseWriter, r *http.Request) error {
	entries := datasetEntries()
	if strings.HasPrefix(r.PathValue("file"), "truong") {
		entries = fieldEntries()
	}
	titles := make([]string, len(entries))
	for i, e := range entries {
		titles[i] = e.title
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("file")+`"`)
	_, err := w.Write([]byte("\uFEFF" + strings.Join(titles, ";") + "\r\n"))
	return err
}
