package ingest

import (
	"encoding/csv"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/quick"

	"lienthong/internal/kit/fault"
)

func readAll(t testing.TB, body string) (header []string, records []record, delim byte, err error) {
	t.Helper()
	r := newCSVReader(strings.NewReader(body))
	if header, err = r.header(); err != nil {
		return nil, nil, r.delim, err
	}
	for {
		rec, err := r.next()
		if errors.Is(err, io.EOF) {
			return header, records, r.delim, nil
		}
		if err != nil {
			return header, records, r.delim, err
		}
		records = append(records, rec)
	}
}

func TestCSVForms(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       [][]string
		lines      []int64
	}{
		{"plain", "a,b\n1,2\n", [][]string{{"1", "2"}}, []int64{2}},
		{"no end of the last line", "a,b\n1,2", [][]string{{"1", "2"}}, []int64{2}},
		{"CRLF", "a,b\r\n1,2\r\n", [][]string{{"1", "2"}}, []int64{2}},
		{"semicolons", "a;b\n1,5;2\n", [][]string{{"1,5", "2"}}, []int64{2}},
		{"tabs", "a\tb\n1\t2\n", [][]string{{"1", "2"}}, []int64{2}},
		{"quotes with delimiter, quote and line inside", "a,b\n\"x,\"\"y\"\"\nz\",2\n3,4\n", [][]string{{"x,\"y\"\nz", "2"}, {"3", "4"}}, []int64{2, 4}},
		{"a quote inside an unquoted field", "a,b\n5\" ống,2\n", [][]string{{"5\" ống", "2"}}, []int64{2}},
		{"empty fields and lines", "a,b\n\n,\n\n\"\",x\n", [][]string{{"", ""}, {"", "x"}}, []int64{3, 5}},
		{"one column", "a\n1\n\n2\n", [][]string{{"1"}, {"2"}}, []int64{2, 4}},
		{"a delimiter inside a quoted header", "\"a;b;c\",d\n1,2\n", [][]string{{"1", "2"}}, []int64{2}},
		{"line ends in quoted header", "\"a\nx\",b\n1,2\n", [][]string{{"1", "2"}}, []int64{3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, records, _, err := readAll(t, tt.body)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range records {
				if i >= len(tt.want) || !reflect.DeepEqual(r.fields, tt.want[i]) || r.line != tt.lines[i] || r.bad != "" {
					t.Fatalf("record %d: line %d %q", i, r.line, r.fields)
				}
			}
			if len(records) != len(tt.want) {
				t.Fatalf("%d records", len(records))
			}
		})
	}
}

// What encoding/csv writes is read back as it was.
func TestCSVRoundTrip(t *testing.T) {
	f := func(rows [][3]string) bool {
		var b strings.Builder
		w := csv.NewWriter(&b)
		_ = w.Write([]string{"a", "b", "c"})
		for i := range rows {
			for j := range rows[i] {
				rows[i][j] = strings.NewReplacer("\r", "", "\x00", "").Replace(rows[i][j])
			}
			_ = w.Write(rows[i][:])
		}
		w.Flush()
		_, records, _, err := readAll(t, b.String())
		if err != nil || len(records) != len(rows) {
			return false
		}
		for i, r := range records {
			if !reflect.DeepEqual(r.fields, rows[i][:]) {
				return false
			}
		}
		return true
	}
	if err := quick.Check(f, &quick.Config{MaxCount: 300}); err != nil {
		t.Fatal(err)
	}
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"", "a,b\n1,2\n", "a\n\"", "\"a\"x,b\n", "a;b\n\"\"\"\n;\n", "\xEF\xBB\xBFa\n1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		_, records, _, err := readAll(t, body)
		if err != nil && fault.Of(err).Kind != fault.Invalid {
			t.Fatalf("not a refusal: %v", err)
		}
		last := int64(0)
		for _, r := range records {
			if r.line <= last {
				t.Fatalf("line %d after %d", r.line, last)
			}
			last = r.line
		}
	})
}

func FuzzGate(f *testing.F) {
	for _, seed := range []string{"", "a,b\n", "Giàng\xff", "a\x00b", "TỐI MẬT"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got, err := io.ReadAll(newGate(strings.NewReader(body), 1<<20, nil))
		if err == nil && string(got) != body {
			t.Fatalf("%d bytes became %d", len(body), len(got))
		}
	})
}
