package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// rowsOf reads what a child would have sent, with the checks that the parent makes.
func rowsOf(t *testing.T, sent []byte) {
	t.Helper()
	r, buf := bytes.NewReader(sent), []byte(nil)
	last, width := int64(0), 0
	for {
		letter, body, err := readFrame(r, &buf)
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch letter {
		case frameHeader:
			width = 1
		case frameRow:
			row, err := readRow(body)
			if err != nil || width == 0 || row.Line <= last || len(row.Cells) == 0 {
				t.Fatalf("row %+v after %d, %v", row, last, err)
			}
			last = row.Line
			for _, c := range row.Cells {
				if !utf8.ValidString(c.Text) {
					t.Fatalf("cell %q", c.Text)
				}
			}
		}
	}
}

func told(t *testing.T, err error) {
	t.Helper()
	var r *Refusal
	if err != nil && !errors.As(err, &r) && !errors.Is(err, errXML) {
		t.Fatalf("not a refusal: %v", err)
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`[{"a":1}]`, `{"records":[{"a":"\u00e1"}]}`, "{\"a\":null}\n{\"a\":true,\"b\":1e5}", `[{"a":"\ud83d\ude00"}]`, "[", `{"a":{`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var sent bytes.Buffer
		out := &frames{w: bufio.NewWriter(&sent)}
		told(t, readJSON(bytes.NewReader(body), out))
		_ = out.w.Flush() // into memory
		rowsOf(t, sent.Bytes())
	})
}

func FuzzSheet(f *testing.F) {
	for _, seed := range []string{
		`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row><c s="1"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>`,
		`<w><sheetData><row><c t="s"><v>0</v></c></row><row><c t="e"><f>x</f><v>#N/A</v></c></row></sheetData></w>`, `<a><![CDATA[x]]><!-- --><?x?></a>`, `<a b='&#x41;'>&amp;`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var sent bytes.Buffer
		out := &frames{w: bufio.NewWriter(&sent)}
		w := &workbook{styles: []dateForm{formNone, formDate, formTime}, strings: &sharedStrings{}}
		if err := w.strings.read(newScanner(strings.NewReader(`<sst><si><t>x</t></si></sst>`))); err != nil {
			t.Fatal(err)
		}
		sheet := &table{w: w, s: newScanner(bytes.NewReader(body)), out: out, in: &part{packed: &countingReader{}}, scan: true}
		told(t, sheet.read())
		_ = out.w.Flush() // into memory
		rowsOf(t, sent.Bytes())
	})
}

func FuzzArchive(f *testing.F) {
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, body []byte) {
		var sent bytes.Buffer
		out := &frames{w: bufio.NewWriter(&sent)}
		told(t, readXLSX(bytes.NewReader(body), int64(len(body)), what{scan: true}, out))
		_ = out.w.Flush() // into memory
		rowsOf(t, sent.Bytes())
	})
}

func FuzzNumbers(f *testing.F) {
	f.Add("44561.5", "dd/mm/yyyy")
	f.Fuzz(func(t *testing.T, number, format string) {
		text, _, ok := plain(number)
		if ok && (text == "" || strings.ContainsAny(text, "eE") && !strings.ContainsAny(number, "eE")) {
			t.Fatalf("%q became %q", number, text)
		}
		if written, ok := moment(number, formOf(format), false); ok && len(written) != 8 && len(written) != 10 && len(written) != 19 {
			t.Fatalf("%q became %q", number, written)
		}
	})
}
