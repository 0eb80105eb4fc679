package support

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
)

//go:embed definitions.tsv glossary.tsv
var files embed.FS

// Feature is the part of the platform that puts a definition to work.
type Feature struct {
	Label i18n.Text
	Path  string
}

// Definition is one clause of Điều 3, word for word.
type Definition struct {
	Clause  int
	Term    string
	Text    string
	Feature Feature
}

// Term is one entry of the glossary: what it is called in the interface, in English and in code.
type Term struct {
	Vi   string
	En   string
	Noun string
}

// features in the order of the clauses of Điều 3.
var features = [...]Feature{
	{i18n.Text{Vi: "Hồ sơ tập dữ liệu", En: "Dataset profiles"}, "/catalog"},
	{i18n.Text{Vi: "Phần tử dữ liệu và mã định danh", En: "Elements and identifiers"}, "/dictionary"},
	{i18n.Text{Vi: "Danh mục dữ liệu dùng chung", En: "Shared data catalogue"}, "/catalog"},
	{i18n.Text{Vi: "Loại hình chia sẻ của tập dữ liệu", En: "Sharing class of a dataset"}, "/catalog"},
	{i18n.Text{Vi: "Cơ quan, đơn vị và đầu mối dữ liệu", En: "Agencies and data stewards"}, "/agency"},
	{i18n.Text{Vi: "Đăng ký kết nối, chia sẻ dữ liệu", En: "Connection requests"}, "/connections"},
	{i18n.Text{Vi: "Lượt gọi qua Nền tảng", En: "Calls through the platform"}, "/exchange"},
	{i18n.Text{Vi: "Kho dữ liệu dùng chung", En: "Shared data warehouse"}, "/warehouse"},
	{i18n.Text{Vi: "Giao diện lập trình và mô tả OpenAPI", En: "Programming interface and OpenAPI description"}, "/api"},
	{i18n.Text{Vi: "Phần tử dữ liệu và bảng mã", En: "Elements and code lists"}, "/dictionary"},
	{i18n.Text{Vi: "Từ điển dữ liệu dùng chung", En: "Shared data dictionary"}, "/dictionary"},
	{i18n.Text{Vi: "Quyền đã cấp và mục đích khai thác", En: "Grants and purposes"}, "/access/grants"},
	{i18n.Text{Vi: "Nhật ký truy cập, khai thác", En: "Access log"}, "/audit"},
}

// Terms are the definitions and the glossary. They do not change while the program runs.
type Terms struct {
	definitions []Definition
	glossary    []Term
}

// Load reads what comes with the program.
func Load() (*Terms, error) {
	var t Terms
	definitions, err := lines("definitions.tsv")
	if err != nil {
		return nil, err
	}
	if len(definitions) != len(features) {
		return nil, fmt.Errorf("read definitions: %d clauses and %d features", len(definitions), len(features))
	}
	for i, cells := range definitions {
		n, err := strconv.Atoi(cells[0])
		if err != nil || n != i+1 {
			return nil, fmt.Errorf("read definitions: line %d is clause %q", i+1, cells[0])
		}
		t.definitions = append(t.definitions, Definition{Clause: n, Term: cells[1], Text: cells[2], Feature: features[i]})
	}
	glossary, err := lines("glossary.tsv")
	if err != nil {
		return nil, err
	}
	for _, cells := range glossary {
		t.glossary = append(t.glossary, Term{Vi: cells[0], En: cells[1], Noun: cells[2]})
	}
	return &t, nil
}

// lines are the lines of a file, each of three cells.
func lines(name string) ([][]string, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	var out [][]string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 3 || slices.Contains(cells, "") {
			return nil, fmt.Errorf("read %s: line %d has not three cells", name, len(out)+1)
		}
		out = append(out, cells)
	}
	return out, nil
}

// Search finds definitions and entries that contain the words, with or without diacritics; what has the marks as typed
// comes first. Without words it gives everything in the order of the regulation and of the glossary.
func (t *Terms) Search(words string) ([]Definition, []Term) {
	return find(t.definitions, words, func(d Definition) string { return d.Term + " " + d.Text }),
		find(t.glossary, words, func(x Term) string { return x.Vi + " " + x.En + " " + x.Noun })
}

func find[V any](all []V, words string, text func(V) string) []V {
	folded, exact := vitext.Fold(words), strings.ToLower(vitext.NFC(strings.TrimSpace(words)))
	if folded == "" {
		return slices.Clone(all)
	}
	var first, then []V
	for _, v := range all {
		s := text(v)
		switch {
		case !strings.Contains(vitext.Fold(s), folded):
		case strings.Contains(strings.ToLower(vitext.NFC(s)), exact):
			first = append(first, v)
		default:
			then = append(then, v)
		}
	}
	return append(first, then...)
}
