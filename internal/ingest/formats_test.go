package ingest_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/xuri/excelize/v2"

	"lienthong/internal/access"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
)

// workbook writes rows as a spreadsheet program would; change may do more to it.
func workbook(t testing.TB, rows [][]any, change func(*excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

var headCells = []any{"ma_ho", "chu_ho", "so_dinh_danh", "gioi_tinh", "ngay_sinh", "ma_xa", "so_nguoi"}

func TestWorkbookIsPublishedAsItsCSVWouldBe(t *testing.T) {
	b := plain(t)
	b.register(t, nil)
	body := workbook(t, [][]any{
		{"ma_ho", "chu_ho", "so_dinh_danh", "gioi_tinh", "ngay_sinh", "ma_xa", "so_nguoi"},
		{"H1", "Giàng Thị Mẩy", "999190000123", "2", 33238, "02671", 4},
		{"H2", "Vàng A Sử", nil, 1, nil, "02647", nil},
	}, func(f *excelize.File) {
		date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err, f.SetCellStyle("Sheet1", "E2", "E2", date), f.SetCellFormula("Sheet1", "G3", "1+2"), f.SetRowVisible("Sheet1", 3, false))
		must(t, f.SetCellValue("Sheet1", "G3", 3))
		_, err = f.NewSheet("Ghi chú")
		must(t, err, f.SetCellValue("Ghi chú", "A1", "một ghi chú"))
	})
	d := b.deliver(t, input("hộ nghèo.csv"), body) // the name says nothing about the content
	if d.State != ingest.Published || d.Counts != (ingest.Counts{Read: 2, Accepted: 2}) || d.Format != "xlsx" {
		t.Fatalf("%s %+v %+v %v", d.State, d.Counts, d.Refusal, d.Rules)
	}
	if d.Form.Sheet != "Sheet1" || fmt.Sprint(d.Form.Skipped) != "[Ghi chú]" || d.Form.HiddenRows != 1 || d.Form.HeaderLine != 1 {
		t.Errorf("form %+v", d.Form)
	}
	raw, err := b.content("raw/" + string(households) + "/" + string(d.ID) + ".xlsx")
	if err != nil || string(raw) != body {
		t.Fatalf("the raw file has changed: %v", err)
	}
	if d.Fixes["gioi_tinh"]["number_as_text"] != 1 {
		t.Errorf("fixes %v", d.Fixes)
	}
}

// R11.3a: zeros that a spreadsheet took away are told and never put back.
func TestWorkbookThatLostLeadingZerosIsFlagged(t *testing.T) {
	b := plain(t)
	b.register(t, nil)
	d := b.deliver(t, input("a.xlsx"), workbook(t, [][]any{
		headCells,
		{"H1", "Giàng Thị Mẩy", "999190000123", "2", "1990-12-31", "02671", 4}, // 2 good
		{"H2", "Vàng A Sử", 10190000123, 1, nil, "02671", 4},                   // 3 one zero lost
		{"H3", "Vàng A Sử", 1090000123, 1, nil, "02671", 4},                    // 4 two zeros lost
		{"H4", "Vàng A Sử", nil, 1, nil, 2671, 4},                              // 5 commune
		{"H5", "Vàng A Sử", nil, 1, nil, "02671", 9007199254740993},            // 6 beyond 2^53
	}, func(f *excelize.File) {
		must(t, f.SetCellFormula("Sheet1", "B7", "B6"), f.SetCellValue("Sheet1", "A7", "H6"))
		must(t, f.SetCellValue("Sheet1", "A8", "H7"), f.SetCellValue("Sheet1", "F8", "02671"))
		must(t, f.SetCellFormula("Sheet1", "G8", "1/0"))
	}))
	entries, err := b.Quarantine(catalogtest.Steward("H38.05"), d.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, fmt.Sprintf("%d %s %s %v", e.Line, e.Field, e.Rule, e.Args))
	}
	for _, want := range []string{
		"3 so_dinh_danh dictionary.lost_leading_zero [11 12]", "4 so_dinh_danh dictionary.lost_leading_zero [10 12]", "5 ma_xa dictionary.lost_leading_zero [4 5]",
		"6 so_nguoi ingest.number_precision []", "7 chu_ho ingest.formula_uncached []", "8 so_nguoi ingest.formula_uncached []",
	} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("missing %q in %q", want, got)
		}
	}
	if d.Counts.Accepted != 1 || !d.Counts.Balanced() {
		t.Errorf("%+v", d.Counts)
	}
}

func TestJSONDeliveries(t *testing.T) {
	record := func(id, rest string) string {
		return `{"ma_ho":"` + id + `","chu_ho":"Giàng A Phử","so_dinh_danh":null,"gioi_tinh":"1","ngay_sinh":null,"ma_xa":"02647","so_nguoi":3` + rest + `}`
	}
	for _, tt := range []struct{ name, body, format string }{
		{"a list", "[" + record("H1", "") + ",\n" + record("H2", "") + "]", "json"},
		{"a wrapper", `{"records": [` + record("H1", "") + "," + record("H2", "") + `] }`, "json"},
		{"lines", record("H1", "") + "\n" + record("H2", "") + "\n", "jsonl"},
		{"lines behind a mark", "\xEF\xBB\xBF" + record("H1", "") + "\r\n" + record("H2", ""), "jsonl"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := plain(t)
			b.register(t, nil)
			d := b.deliver(t, input("a.json"), tt.body)
			if d.State != ingest.Published || d.Counts.Accepted != 2 || d.Format != tt.format {
				t.Fatalf("%s %+v %+v %s", d.State, d.Counts, d.Refusal, d.Format)
			}
			if raw, err := b.content("raw/" + string(households) + "/" + string(d.ID) + ".json"); err != nil || string(raw) != tt.body {
				t.Errorf("the raw file has changed: %v", err)
			}
		})
	}
	t.Run("members are named as columns are", func(t *testing.T) {
		b := plain(t)
		b.register(t, nil)
		d := b.deliver(t, input("a.json"), "["+strings.Replace(record("H1", ""), "so_dinh_danh", "so_dinh_dan", 1)+"]")
		if d.State != ingest.Rejected || d.Refusal.Code != "ingest.wrong_header" || !strings.Contains(fmt.Sprint(d.Refusal.Args), "≈ so_dinh_danh") {
			t.Fatalf("%s %+v", d.State, d.Refusal)
		}
	})
	t.Run("a record with other members is told", func(t *testing.T) {
		b := plain(t)
		b.register(t, nil)
		d := b.deliver(t, input("a.json"), record("H1", "")+"\n"+record("H2", `,"them":1`)+"\n"+strings.Replace(record("H3", ""), `"so_nguoi":3`, `"so":1.234`, 1))
		entries, err := b.Quarantine(catalogtest.Steward("H38.05"), d.ID, 0, 10)
		if err != nil || len(entries) != 2 || entries[0].Line != 2 || fmt.Sprint(entries[1].Rule, entries[1].Args) != "ingest.members[3 so_nguoi 1]" {
			t.Fatalf("%+v, %v", entries, err)
		}
	})
	t.Run("a number is no Vietnamese text", func(t *testing.T) {
		b := plain(t)
		b.register(t, nil)
		d := b.deliver(t, input("a.json"), strings.Replace(record("H1", ""), ":3", ":1.234", 1)+"\n"+strings.Replace(record("H2", ""), ":3", `:"1.234"`, 1)+"\n"+record("H3", ""))
		if d.Rules["dictionary.not_an_integer"] != 1 || d.Rules["dictionary.ambiguous_number"] != 1 {
			t.Fatalf("%+v", d.Rules)
		}
	})
}

// T51: what a file is, is decided by its bytes. What holds no table is not kept.
func TestFilesThatHoldNoTable(t *testing.T) {
	for _, tt := range []struct {
		name, body, code string
		status           int
	}{
		{"a PDF", "%PDF-1.7\n<script>", "ingest.not_a_table", 422},
		{"HTML", "  \n<!DOCTYPE html><html><script>alert(1)</script>", "ingest.not_a_table", 422},
		{"an image with script", `<svg xmlns="x" onload="alert(1)"/>`, "ingest.not_a_table", 422},
		{"a table saved as a web page", "\xEF\xBB\xBF<table><tr><td>1</td></tr></table>", "ingest.not_a_table", 422},
		{"a program", "\x7FELF\x02\x01", "ingest.not_a_table", 422},
		{"a compressed file", "\x1F\x8B\x08\x00", "ingest.not_a_table", 422},
		{"an old spreadsheet", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 512) + "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00", "ingest.old_spreadsheet", 422},
		{"a workbook under a password", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 300_000) + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", "ingest.encrypted", 422},
		{"a broken archive", "PK\x03\x04abc", "ingest.archive_damaged", 422},
		{"a member twice", `[{"ma_ho":"1","ma_ho":"2"}]`, "ingest.json_duplicate_key", 422},
		{"a number that no reader holds", `[{"ma_ho":1e999}]`, "ingest.json_number", 422},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := plain(t)
			b.register(t, nil)
			_, err := b.Deliver(system("sys-05"), input("danh-sach.csv"), iotest.HalfReader(strings.NewReader(tt.body)))
			if !fault.Is(err, tt.code) || fault.Of(err).Kind.Status() != tt.status {
				t.Fatalf("got %v", err)
			}
			if _, known := ingest.Messages[tt.code]; !known {
				t.Error("no sentence")
			}
			if files := filesUnder(t, b.folder); len(files) != 0 {
				t.Errorf("%d files are left", len(files))
			}
		})
	}
}

// R1.4 holds for every format: names, properties, heads, other sheets, keys written with escapes.
func TestStampsInSheetsAndJSON(t *testing.T) {
	rows := [][]any{headCells, {"H1", "Giàng Thị Mẩy", nil, "2", nil, "02671", 4}}
	stamped := func(change func(*excelize.File)) string { return workbook(t, rows, change) }
	other := func(f *excelize.File, text string) {
		_, err := f.NewSheet("Khác")
		must(t, err, f.SetCellValue("Khác", "B7", text), f.SetSheetVisible("Khác", false))
	}
	for _, tt := range []struct {
		name, body string
		stamped    bool
	}{
		{"in the header", workbook(t, [][]any{{"ma_ho", "TỐI MẬT"}}, nil), true},
		{"above the table, alone", workbook(t, append([][]any{{"MẬT"}}, rows...), nil), true},
		{"in the name of a sheet", stamped(func(f *excelize.File) { must(t, f.SetSheetName("Sheet1", "Danh sách MẬT"), nil) }), true},
		{"in a property", stamped(func(f *excelize.File) { must(t, f.SetDocProps(&excelize.DocProperties{Subject: "TUYỆT MẬT"})) }), true},
		{"at the head of pages", stamped(func(f *excelize.File) {
			must(t, f.SetHeaderFooter("Sheet1", &excelize.HeaderFooterOptions{OddHeader: `&C&"Arial,Bold"MẬT&RTrang &P`}))
		}), true},
		{"on a hidden sheet", stamped(func(f *excelize.File) { other(f, "TỐI MẬT") }), true},
		{"in a comment", stamped(func(f *excelize.File) {
			must(t, f.AddComment("Sheet1", excelize.Comment{Cell: "A1", Author: "x", Paragraph: []excelize.RichTextRun{{Text: "TỐI "}, {Text: "MẬT"}}}))
		}), true},
		{"bảo mật is none", stamped(func(f *excelize.File) { other(f, "BẢO MẬT thông tin") }), false},
		{"a JSON key", `[{"TỐI MẬT":"1"}]`, true},
		{"a JSON key with escapes", `[{"T\u1ed0I M\u1eacT":"1"}]`, true},
		{"a first value", `{"ma_ho":"M\u1eacT"}`, true},
		{"far into the lines", strings.Repeat(`{"ma_ho":"H1"}`+"\n", 30_000) + `{"ma_ho":"TUYỆT M\u1eacT"}`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := plain(t)
			b.register(t, nil)
			_, err := b.Deliver(system("sys-05"), input("a.csv"), strings.NewReader(tt.body))
			if !tt.stamped {
				if err != nil || b.catalog.Incidents.Count() != 0 {
					t.Fatalf("%v, %d incidents", err, b.catalog.Incidents.Count())
				}
				return
			}
			if !fault.Is(err, "ingest.secret_marking") || b.catalog.Incidents.Count() != 1 {
				t.Fatalf("%v, %d incidents", err, b.catalog.Incidents.Count())
			}
			if files := filesUnder(t, b.folder); len(files) != 0 {
				t.Errorf("files are left: %d", len(files))
			}
		})
	}
}

func TestTablesThatAnOfficialCanMendAreKept(t *testing.T) {
	rows := [][]any{headCells, {"H1", "Giàng Thị Mẩy", nil, "2", nil, "02671", 4}}
	for _, tt := range []struct {
		name, code, arg string
		change          func(*excelize.File)
	}{
		{"a merged header", "ingest.sheet_merged_header", "B1:C1", func(f *excelize.File) { must(t, f.MergeCell("Sheet1", "B1", "C1")) }},
		{"merged data", "ingest.sheet_merged", "F2:F3", func(f *excelize.File) {
			must(t, f.SetCellValue("Sheet1", "A3", "H2"), f.MergeCell("Sheet1", "F2", "F3"))
		}},
		{"an empty sheet first", "ingest.empty", "", func(f *excelize.File) {
			_, err := f.NewSheet("Trống")
			must(t, err, f.MoveSheet("Trống", "Sheet1"))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := plain(t)
			b.register(t, nil)
			body := workbook(t, rows, tt.change)
			d := b.deliver(t, input("a.xlsx"), body)
			if d.State != ingest.Rejected || d.Refusal.Code != tt.code || !strings.Contains(fmt.Sprint(d.Refusal.Args), tt.arg) {
				t.Fatalf("%s %+v", d.State, d.Refusal)
			}
			if files := filesUnder(t, filepath.Join(b.folder, "raw")); len(files) != 1 {
				t.Errorf("%d files", len(files))
			}
		})
	}
}

// What is accepted from a sheet can be verified against it later.
func TestSampleOfAWorkbook(t *testing.T) {
	b := plain(t)
	b.register(t, nil)
	d := b.deliver(t, input("a.xlsx"), workbook(t, [][]any{headCells, {"H2", "Vàng A Sử", nil, 1, nil, "02671", 4}, {"H1", "Lý Láo Tả", nil, 1, nil, "02671", 5}}, nil))
	if d.State != ingest.Published {
		t.Fatalf("%s %+v %v", d.State, d.Refusal, d.Rules)
	}
	records, err := b.Sample(access.WithActor(context.Background(), access.JobActor("test")), string(households), []access.Column{{Name: "ma_ho"}}, nil, 10, access.Masker{})
	if err != nil || len(records) != 2 {
		t.Fatalf("%v, %v", records, err)
	}
}
