package sheet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/ingest/sheet"
)

func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == sheet.ChildCommand:
		os.Exit(sheet.ChildMain(os.Args[2:], os.Stdin, os.Stdout))
	case len(os.Args) > 1 && os.Args[1] == tryCommand:
		tryEverything()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// book is a workbook taken apart: what is not set is as a spreadsheet would write it.
type book struct {
	parts map[string]string
	order []string
}

const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

func newBook(sheetXML string) *book {
	b := &book{parts: map[string]string{}}
	b.set("[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`)
	b.set("_rels/.rels", `<Relationships xmlns="x"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	b.set("xl/workbook.xml", `<workbook `+ns+`><sheets><sheet name="Dữ liệu" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	b.set("xl/_rels/workbook.xml.rels", `<Relationships xmlns="x"><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`)
	b.set("xl/styles.xml", `<styleSheet `+ns+`><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="20"/></cellXfs></styleSheet>`)
	b.set("xl/sharedStrings.xml", `<sst `+ns+`><si><t>Giàng Thị Mẩy</t></si><si><r><rPr><b/></rPr><t>Vàng </t></r><r><t>A Sử</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si></sst>`)
	b.set("xl/worksheets/sheet1.xml", sheetXML)
	return b
}

func (b *book) set(name, body string) *book {
	if _, known := b.parts[name]; !known {
		b.order = append(b.order, name)
	}
	b.parts[name] = body
	return b
}

func (b *book) bytes(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range b.order {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, b.parts[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rows wraps rows of a sheet.
func rows(inner string) string {
	return `<?xml version="1.0"?><worksheet ` + ns + `><sheetData>` + inner + `</sheetData></worksheet>`
}

func inline(cells ...string) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(`<c t="inlineStr"><is><t xml:space="preserve">` + c + `</t></is></c>`)
	}
	return b.String()
}

type outcome struct {
	header sheet.Header
	rows   []sheet.Row
	texts  []string
	err    error
}

func read(t testing.TB, body []byte, o sheet.Options) (got outcome) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, body, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o.Seen = func(head bool, text string) error {
		if len(got.texts) < 1000 {
			got.texts = append(got.texts, fmt.Sprintf("%v:%s", head, text))
		}
		return nil
	}
	r, err := sheet.Open(context.Background(), f, o)
	if err != nil {
		got.err = err
		return got
	}
	defer r.Close()
	got.header = r.Header()
	for {
		row, err := r.Next()
		if err == io.EOF {
			return got
		}
		if err != nil {
			got.err = err
			return got
		}
		got.rows = append(got.rows, row)
	}
}

func xlsx(t testing.TB, b *book) outcome {
	return read(t, b.bytes(t), sheet.Options{Format: sheet.FormatXLSX})
}

// refused checks that a file is refused with the code, fast and without filling this process.
func refused(t *testing.T, got outcome, code string) {
	t.Helper()
	var r *sheet.Refusal
	if !errors.As(got.err, &r) || r.Code != code {
		t.Fatalf("got %v, %d rows; want %s", got.err, len(got.rows), code)
	}
}

func TestCellsKeepTheirKind(t *testing.T) {
	got := xlsx(t, newBook(rows(
		`<row r="2" spans="1:3"><c r="B2" t="inlineStr"><is><t>a</t></is></c>`+inline("b", "c", "d", "e", "f", "g", "h")+`</row>`+
			`<row r="4" hidden="1"><c r="B4" t="s"><v>0</v></c><c r="C4" t="s"><v>1</v></c><c r="D4"><v>2671</v></c><c r="E4" s="2"><v>45000</v></c><c r="F4" t="b"><v>1</v></c><c r="G4" t="e"><v>#N/A</v></c><c r="H4"><f>A1*2</f><v>4.2</v></c><c r="I4" t="str"><f>A1</f><v>x</v></c></row>`+
			`<row><c/><c t="inlineStr"><is><t> 02671 &amp; &#7888;_x000D_</t></is></c><c t="inlineStr"><is/></c><c><v>9007199254740993</v></c><c s="1"><v>60</v></c><c><v>1.07E+10</v></c><c><v>0.30000000000000004</v></c><c><f>B1</f></c><c s="3"><v>0.5</v></c></row>`+
			`<row r="9"/>`+
			`<row r="10"><c r="B10"><v>1</v></c><c r="J10"><v>2</v></c></row>`)))
	if got.err != nil {
		t.Fatal(got.err)
	}
	if fmt.Sprint(got.header.Columns) != "[a b c d e f g h]" || got.header.Line != 2 || got.header.Sheet != "Dữ liệu" {
		t.Fatalf("%+v", got.header)
	}
	want := []sheet.Row{
		{Line: 4, Hidden: true, Cells: []sheet.Cell{
			{Kind: sheet.Text, Text: "Giàng Thị Mẩy"}, {Kind: sheet.Text, Text: "Vàng A Sử"}, {Kind: sheet.Number, Text: "2671"}, {Kind: sheet.Date, Text: "2023-03-15"},
			{Kind: sheet.Boolean, Text: "true"}, {Kind: sheet.Error, Text: "#N/A"}, {Kind: sheet.Number, Flags: sheet.Formula, Text: "4.2"}, {Kind: sheet.Text, Flags: sheet.Formula, Text: "x"},
		}},
		{Line: 5, Cells: []sheet.Cell{
			{Kind: sheet.Text, Text: " 02671 & Ố\r"}, {}, {Kind: sheet.Number, Flags: sheet.Imprecise, Text: "9007199254740993"}, {Kind: sheet.Date, Flags: sheet.NoDate, Text: "60"},
			{Kind: sheet.Number, Text: "10700000000"}, {Kind: sheet.Number, Flags: sheet.Rounded, Text: "0.3"}, {Flags: sheet.Formula | sheet.Uncached}, {Kind: sheet.Date, Text: "12:00:00"},
		}},
		{Line: 10, Cells: []sheet.Cell{{Kind: sheet.Number, Text: "1"}, {}, {}, {}, {}, {}, {}, {}, {Kind: sheet.Number, Text: "2"}}},
	}
	if fmt.Sprintf("%+v", got.rows) != fmt.Sprintf("%+v", want) {
		t.Fatalf("\n got %+v\nwant %+v", got.rows, want)
	}
}
