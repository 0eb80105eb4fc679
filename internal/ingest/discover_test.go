package ingest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lienthong/internal/access"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
)

// sampleRows is a sample as an office keeps it: headers in words, names and identifiers of fictional people.
func sampleRows(n int) [][]any {
	rows := [][]any{{"Mã hộ", "Họ tên", "Số định danh cá nhân", "Ngày sinh", "Dân tộc", "Mã xã", "Diện tích đất", "Ghi chú nội bộ"}}
	for i := range n {
		rows = append(rows, []any{fmt.Sprintf("H%05d", i), fmt.Sprintf("Giàng A Mẫu %c", 'A'+rune(i%20)), fmt.Sprintf("999190%06d", i/2), fmt.Sprintf("%02d/03/1990", 1+i%28), []string{"02", "08"}[i%2], "02671", fmt.Sprintf("%d,5", i), ""})
	}
	return rows
}

func asCSV(rows [][]any) string {
	var b strings.Builder
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = fmt.Sprint(c)
		}
		b.WriteString(strings.Join(cells, ";") + "\n")
	}
	return b.String()
}

func asRecords(t *testing.T, rows [][]any) string {
	var list []map[string]any
	for _, r := range rows[1:] {
		m := map[string]any{}
		for i, c := range r {
			m[fmt.Sprint(rows[0][i])] = c
		}
		list = append(list, m)
	}
	body, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func column(d *ingest.Discovery, name string) ingest.Column {
	for _, c := range d.Columns {
		if c.Name == name {
			return c
		}
	}
	return ingest.Column{}
}

func TestDiscoverFieldsOfASample(t *testing.T) {
	rows := sampleRows(60)
	for name, body := range map[string]string{
		"mau.csv": asCSV(rows), "mau.xlsx": workbook(t, rows, nil), "mau.json": asRecords(t, rows),
	} {
		t.Run(name, func(t *testing.T) {
			b := plain(t)
			steward := catalogtest.Steward("H38.05")
			d, err := b.Discover(steward, name, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if d.Rows != 60 || d.Persons != 30 || len(d.Columns) != 8 || d.Numbers != dictionary.StyleVietnamese {
				t.Errorf("%d rows, %d persons, %d columns, numbers %q", d.Rows, d.Persons, len(d.Columns), d.Numbers)
			}
			key, id, people, note := column(d, "ma_ho"), column(d, "so_dinh_danh_ca_nhan"), column(d, "dan_toc"), column(d, "ghi_chu_noi_bo")
			if !key.Unique || !key.Required || key.MaxLength != 6 {
				t.Errorf("the key: %+v", key)
			}
			if !id.Person || id.Unique || id.Candidates[0].Element.Code != "so_dinh_danh_ca_nhan" || id.Candidates[0].Confidence < 90 || id.Class.Rank() < dictionary.BasicPersonal.Rank() {
				t.Errorf("the identifier: %+v", id)
			}
			if people.Class != dictionary.SensitivePersonal || people.ClassBy != "element" {
				t.Errorf("dân tộc: %+v", people)
			}
			if note.Required || note.Empty != 60 || note.Class != dictionary.Normal {
				t.Errorf("an empty column: %+v", note)
			}
			if c := column(d, "dien_tich_dat"); c.Type != dictionary.Decimal {
				t.Errorf("decimals: %+v", c)
			}
			if c := column(d, "ma_xa"); c.Type != dictionary.Text {
				t.Errorf("codes in digits are no numbers: %+v", c)
			}
			text, _ := json.Marshal(d)
			for _, value := range []string{"Giàng", "999190", "H00001", "02671", "03/1990"} {
				if strings.Contains(string(text), value) {
					t.Errorf("the answer holds a value of the sample: %s", value)
				}
			}
			s := d.Schema()
			if own, _ := s.Field("ghi_chu_noi_bo"); len(s.KeyFields()) != 1 || s.KeyFields()[0] != "ma_ho" || own.Proposal != "Ghi chú nội bộ" {
				t.Errorf("the draft of the schema: %+v", s)
			}
			_ = filepath.WalkDir(b.folder, func(path string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() && strings.Contains(path, "sample") {
					t.Errorf("kept: %s", path)
				}
				return nil
			})
		})
	}
}

func TestSamplesThatAreRefused(t *testing.T) {
	b := plain(t)
	steward := catalogtest.Steward("H38.05")
	for name, x := range map[string]struct{ body, code string }{
		"no header":       {"H1;Giàng A;999190000123\nH2;Vàng B;999190000124\n", "ingest.sample_no_header"},
		"no rows":         {"ma;ten\n", "ingest.sample_empty"},
		"empty":           {"", "ingest.empty"},
		"a row too short": {"ma;ten\n1;a\n2\n", "ingest.column_count"},
		"not text":        {"ma;ten\n1;\xff\xfe\x80\n", "ingest.not_utf8"},
		"a stamp":         {"TỐI MẬT\nma,ten\n", "ingest.secret_marking"},
		"a PDF":           {"%PDF-1.7\n", "ingest.not_a_table"},
	} {
		if _, err := b.Discover(steward, "mau.csv", strings.NewReader(x.body)); !fault.Is(err, x.code) {
			t.Errorf("%s: %v, want %s", name, err, x.code)
		}
	}
	stamped := workbook(t, [][]any{{"ma", "ten"}, {"1", "Tài liệu TUYỆT MẬT"}}, nil)
	if _, err := b.Discover(steward, "mau.xlsx", strings.NewReader(stamped)); !fault.Is(err, "ingest.secret_marking") {
		t.Errorf("a stamp in a workbook: %v", err)
	}
	if n := b.catalog.Incidents.Count(); n != 2 {
		t.Errorf("%d incidents of stamps, want 2", n)
	}
	if _, err := b.Discover(context.Background(), "mau.csv", strings.NewReader("a;b\n1;2\n")); !fault.Is(err, "access.sign_in_required") {
		t.Errorf("nobody: %v", err)
	}
	analyst := dictionarytest.Actor("a", "H38.05", access.Analyst)
	if _, err := b.Discover(analyst, "mau.csv", strings.NewReader("a;b\n1;2\n")); !fault.Is(err, "access.permission_missing") {
		t.Errorf("an analyst: %v", err)
	}
}

func TestReadTablesOfAForm(t *testing.T) {
	b := plain(t)
	body := workbook(t, [][]any{{"Mã", "Tên"}, {"a", "Một"}}, func(f *excelize.File) {
		_, err := f.NewSheet("Trường dữ liệu")
		must(t, err, f.SetSheetRow("Trường dữ liệu", "A1", &[]any{"Tập", "Trường"}), f.SetSheetRow("Trường dữ liệu", "A2", &[]any{"a", "ma_ho"}))
	})
	tables, err := b.ReadTables(catalogtest.Steward("H38.05"), "mau.xlsx", strings.NewReader(body), "Trường dữ liệu", "Không có")
	if err != nil || len(tables) != 2 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	if r := tables[1].Rows; len(r) != 1 || r[0].Line != 2 || r[0].Cells[1] != "ma_ho" || tables[0].Rows[0].Cells[1] != "Một" {
		t.Fatalf("%+v", tables)
	}
}
