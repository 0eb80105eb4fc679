package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lienthong/internal/document"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 9, 0, 0, 0, i18n.Zone) }

// minutes is a paper with every part, and rows for several pages.
func minutes() document.Paper {
	rows := make([][]string, 60)
	for i := range rows {
		rows[i] = []string{fmt.Sprint(i + 1), fmt.Sprintf("Trường dữ liệu số %d", i+1), "=HYPERLINK(\"x\")"}
	}
	table := document.Table{Columns: []document.Column{{Title: "STT", Width: 1, Align: document.Centre}, {Title: "Trường", Width: 4}, {Title: "Ghi chú", Width: 4}}, Rows: rows}
	return document.Paper{
		Superior: "Ủy ban nhân dân tỉnh Lào Cai", Agency: "Sở Khoa học và Công nghệ", Number: "05/BB-SKHCN", Place: "Lào Cai", Date: day(2026, 2, 5),
		Type: "Biên bản", Summary: "Nghiệm thu kết nối, chia sẻ dữ liệu", To: []string{"Sở Y tế", "Sở Tư pháp"},
		Body: []document.Block{
			document.Ground("Căn cứ Điều 12 của Quy chế;"), document.Heading("I. Thành phần"),
			document.Text("Hai bên thống nhất nội dung dưới đây & ký <xác nhận>.\x01\u202e"),
			document.Lines{{Name: "Tập dữ liệu", Value: "H38.04/khai-sinh"}}, document.Points{"Một", "Hai"},
			document.Article{Label: "Điều 1.", Text: "Đưa kết nối vào vận hành."}, table,
		},
		Signatures: []document.Signature{{Capacity: "Đại diện Sở Y tế", Name: "Nguyễn Văn A"}, {Capacity: "Đại diện Sở Tư pháp", Name: "Trần Thị B"}, {Position: "Giám đốc", Name: "Lê C"}},
		Recipients: []string{"Như trên;", "Lưu: VT."},
		Annexes:    []document.Annex{{Title: "Danh mục trường", With: "Kèm theo Biên bản số 05/BB-SKHCN", Wide: true, Body: []document.Block{table}}, {Title: "Ghi chú", Body: []document.Block{document.Text("Không có.")}}},
	}
}

func parts(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(bytes.NewReader(b)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s is not XML: %v", f.Name, err)
			}
		}
		out[f.Name] = string(b)
	}
	return out
}

func TestLayoutOfDecree30(t *testing.T) {
	raw, err := minutes().DOCX()
	if err != nil {
		t.Fatal(err)
	}
	p := parts(t, raw)
	doc := p["word/document.xml"]
	for what, want := range map[string]string{
		"A4 upright":               `<w:pgSz w:w="11906" w:h="16838"/>`,
		"the wide annex":           `<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>`,
		"margins 20 15 20 30":      `<w:pgMar w:top="1133" w:right="850" w:bottom="1133" w:left="1700"`,
		"another first page":       `<w:titlePg/>`,
		"national title":           `CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM`,
		"motto":                    `Độc lập - Tự do - Hạnh phúc`,
		"superior agency":          `ỦY BAN NHÂN DÂN</w:t><w:br/><w:t xml:space="preserve">TỈNH LÀO CAI`,
		"agency":                   `SỞ KHOA HỌC VÀ CÔNG NGHỆ`,
		"number":                   `Số: 05/BB-SKHCN`,
		"place and date":           `Lào Cai, ngày 05 tháng 02 năm 2026`,
		"type":                     `BIÊN BẢN`,
		"summary":                  `Nghiệm thu kết nối, chia sẻ dữ liệu`,
		"first addressee":          `- Sở Y tế;`,
		"last addressee":           `- Sở Tư pháp.`,
		"header row repeats":       `<w:tblHeader/>`,
		"text is escaped":          `dưới đây &amp; ký &lt;xác nhận&gt;.`,
		"recipients":               `- Như trên;`,
		"last recipient":           `- Lưu: VT.`,
		"annexes are numbered":     `Phụ lục II`,
		"annex pages start at one": `<w:pgNumType w:start="1"/>`,
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("%s: %s is missing", what, want)
		}
	}
	if strings.Contains(doc, "\u202e") || strings.Contains(doc, "\ufffd") {
		t.Error("signs that cannot be seen stay out")
	}
	if !strings.Contains(p["word/styles.xml"], `w:ascii="Times New Roman"`) || !strings.Contains(p["word/styles.xml"], `<w:sz w:val="28"/>`) {
		t.Error("letters are Times New Roman 14")
	}
	if !strings.Contains(p["word/header1.xml"], " PAGE ") || !strings.Contains(p["word/header1.xml"], `<w:jc w:val="center"/>`) || strings.Contains(p["word/header2.xml"], "PAGE") {
		t.Error("pages are numbered in the middle of the top margin, but for the first")
	}
	for name, body := range p {
		if strings.Contains(body, "updateFields") || strings.Contains(body, `TargetMode="External"`) || vitext.NFC(body) != body {
			t.Errorf("%s asks for an update, reaches outside or is not NFC", name)
		}
	}
	if n := len(regexp.MustCompile(`instrText`).FindAllString(doc, -1)); n != 0 {
		t.Errorf("%d fields in the text", n)
	}
}

func TestTextIsNormalised(t *testing.T) {
	p := minutes()
	p.Summary = "Tie\u0302\u0301ng Vie\u0323\u0302t" // decomposed
	raw, err := p.DOCX()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(parts(t, raw)["word/document.xml"], "Tiếng Việt") {
		t.Error("not NFC")
	}
}

func TestSameInputSameBytes(t *testing.T) {
	a, err := minutes().DOCX()
	if err != nil {
		t.Fatal(err)
	}
	b, _ := minutes().DOCX()
	x, err := document.XLSX(sheet())
	if err != nil {
		t.Fatal(err)
	}
	y, _ := document.XLSX(sheet())
	if !bytes.Equal(a, b) || !bytes.Equal(x, y) {
		t.Error("bytes differ")
	}
}

func TestPartsThatAreLeftOut(t *testing.T) {
	letter := document.Paper{Agency: "Sở Y tế", Number: "/SYT-VP", Place: "Lào Cai", Summary: "trả lời đề nghị kết nối", To: []string{"Sở Nội vụ."}, Body: []document.Block{document.Text("Nội dung.")}, Signatures: []document.Signature{{Position: "GIÁM ĐỐC"}}}
	raw, err := letter.DOCX()
	if err != nil {
		t.Fatal(err)
	}
	doc := parts(t, raw)["word/document.xml"]
	for _, want := range []string{"Số:          /SYT-VP", "V/v trả lời đề nghị kết nối", "Kính gửi: Sở Nội vụ.", "ngày       tháng       năm"} {
		if !strings.Contains(doc, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for name, p := range map[string]document.Paper{
		"agency": {Type: "X", Body: letter.Body}, "type": {Agency: "X", Body: letter.Body}, "content": {Agency: "X", Type: "Y"},
		"columns": {Agency: "X", Type: "Y", Body: []document.Block{document.Table{}}},
		"cells":   {Agency: "X", Type: "Y", Body: []document.Block{document.Table{Columns: []document.Column{{Title: "a"}}, Rows: [][]string{{"1", "2"}}}}},
	} {
		if _, err := p.DOCX(); err == nil {
			t.Errorf("a paper without its %s passes", name)
		}
	}
}

func sheet() document.Sheet {
	return document.Sheet{
		Name: "Danh mục [1/2]: dữ liệu dùng chung của tỉnh", Title: []string{"DANH MỤC DỮ LIỆU DÙNG CHUNG", "Kèm theo Quyết định số 12/QĐ-UBND"},
		Columns: []document.Column{{Title: "STT", Align: document.Centre}, {Title: "Tên"}, {Title: "Số bản ghi", Align: document.Right}},
		Rows:    [][]any{{1, "=1+1", int64(1_778_785)}, {2, "+84", 5}, {3, "-5", 6}, {4, "@SUM(A1)", 7}, {5, "Xã Y Tý\nphường Cam Đường", 8}},
	}
}

// Read back by another program's library, so that what we write is what others read.
func TestSheetIsReadByOthers(t *testing.T) {
	raw, err := document.XLSX(sheet(), sheet())
	if err != nil {
		t.Fatal(err)
	}
	parts(t, raw)
	book, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	names := book.GetSheetList()
	if len(names) != 2 || names[0] == names[1] || len([]rune(names[0])) > 31 || strings.ContainsAny(names[0], `[]:*?/\`) {
		t.Fatalf("names %q", names)
	}
	rows, err := book.GetRows(names[0])
	if err != nil {
		t.Fatal(err)
	}
	if rows[0][0] != "DANH MỤC DỮ LIỆU DÙNG CHUNG" || rows[3][1] != "Tên" || rows[4][1] != "=1+1" || rows[4][2] != "1,778,785" || rows[8][1] != "Xã Y Tý\nphường Cam Đường" {
		t.Fatalf("rows %q", rows)
	}
	for n := 5; n <= 8; n++ {
		cell := fmt.Sprintf("B%d", n)
		if formula, err := book.GetCellFormula(names[0], cell); err != nil || formula != "" {
			t.Errorf("%s is a formula: %q %v", cell, formula, err)
		}
		if kind, _ := book.GetCellType(names[0], cell); kind != excelize.CellTypeInlineString {
			t.Errorf("%s is of kind %v", cell, kind)
		}
	}
	panes, err := book.GetPanes(names[0])
	if err != nil || !panes.Freeze || panes.YSplit != 4 {
		t.Errorf("the titles are not frozen: %+v %v", panes, err)
	}
	if d := book.GetDefinedName(); len(d) != 2 || d[0].Name != "_xlnm.Print_Titles" || !strings.HasSuffix(d[0].RefersTo, "!$4:$4") {
		t.Errorf("titles are not printed on each page: %+v", d)
	}
}

func TestSheetRefuses(t *testing.T) {
	for name, s := range map[string]document.Sheet{
		"no columns":    {Name: "a"},
		"a long row":    {Columns: []document.Column{{Title: "a"}}, Rows: [][]any{{"1", "2"}}},
		"unknown kinds": {Columns: []document.Column{{Title: "a"}}, Rows: [][]any{{1.5}}},
		"too much text": {Columns: []document.Column{{Title: "a"}}, Rows: [][]any{{strings.Repeat("a", 40_000)}}},
	} {
		if _, err := document.XLSX(s); err == nil {
			t.Errorf("%s: passes", name)
		}
	}
	if _, err := document.XLSX(); err == nil {
		t.Error("a workbook without sheets passes")
	}
}
