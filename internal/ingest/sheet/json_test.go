package sheet_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"lienthong/internal/ingest/sheet"
)

func TestJSONKeepsWhatIsWritten(t *testing.T) {
	got := read(t, []byte(`[ {"a":"x\u00e1\n\ud83d\ude00\"","b":1.10,"c":true,"d":null,"e":-0.0e-5},`+"\n"+`{"e":12345678901234567890,"d":false,"c":"","b":"02671","a":"Giàng"} ]`), sheet.Options{Format: sheet.FormatJSON})
	if got.err != nil || got.header.Format != sheet.FormatJSON || fmt.Sprint(got.header.Columns) != "[a b c d e]" {
		t.Fatalf("%+v, %v", got.header, got.err)
	}
	want := []sheet.Row{
		{Line: 1, Cells: []sheet.Cell{{Kind: sheet.Text, Text: "xá\n😀\""}, {Kind: sheet.Number, Text: "1.10"}, {Kind: sheet.Boolean, Text: "true"}, {}, {Kind: sheet.Number, Text: "-0.0e-5"}}},
		{Line: 2, Cells: []sheet.Cell{{Kind: sheet.Text, Text: "Giàng"}, {Kind: sheet.Text, Text: "02671"}, {}, {Kind: sheet.Boolean, Text: "false"}, {Kind: sheet.Number, Text: "12345678901234567890"}}},
	}
	if fmt.Sprintf("%+v", got.rows) != fmt.Sprintf("%+v", want) {
		t.Fatalf("\n got %+v\nwant %+v", got.rows, want)
	}
}

// T47: each has one meaning, which is a refusal with its place.
func TestHostileJSON(t *testing.T) {
	for _, tt := range []struct{ name, body, code, at string }{
		{"nothing", " \n ", sheet.CodeEmpty, ""},
		{"an empty list", "[]", sheet.CodeEmpty, ""},
		{"a member twice", "[{\"a\":1,\n\"a\":2}]", sheet.CodeJSONKey, "[2 14]"},
		{"a member twice in two writings", `{"a":1,"\u0061":2}`, sheet.CodeJSONKey, ""},
		{"an unknown member twice", `{"a":1}` + "\n" + `{"b":1,"b":2}`, sheet.CodeJSONKey, ""},
		{"1e999", `[{"a":1e999}]`, sheet.CodeJSONNumber, "[1 11]"},
		{"-1e999", `[{"a":-1e999}]`, sheet.CodeJSONNumber, ""},
		{"a number of a million digits", `[{"a":` + strings.Repeat("9", 1_000_000) + `}]`, sheet.CodeJSONNumber, ""},
		{"10^6 lists", strings.Repeat("[", 1_000_000), sheet.CodeJSONShape, "[1 1]"},
		{"10^6 objects", strings.Repeat(`{"a":`, 1_000_000), sheet.CodeJSONNested, "[1 5]"},
		{"10^6 objects in a list", "[" + strings.Repeat(`{"a":`, 1_000_000), sheet.CodeJSONNested, ""},
		{"a string of 100 MB", `[{"a":"` + strings.Repeat("0123456789", 10<<20) + `"}]`, sheet.CodeJSONLong, ""},
		{"a key of 1 MB", `[{"` + strings.Repeat("0123456789", 100<<10) + `":1}]`, sheet.CodeJSONLong, ""},
		{"a string that never ends", `[{"a":"xyz`, sheet.CodeJSONSyntax, ""},
		{"a byte that is not UTF-8", "[{\"a\":\"x\xFFy\"}]", sheet.CodeJSONLetters, "[1 8]"},
		{"a letter too long", "[{\"a\":\"\xC0\xAF\"}]", sheet.CodeJSONLetters, ""},
		{"half a pair", `[{"a":"\ud83d"}]`, sheet.CodeJSONLetters, ""},
		{"a pair backward", `[{"a":"\ude00\ud83d"}]`, sheet.CodeJSONLetters, ""},
		{"NUL in a string", `[{"a":"\u0000"}]`, sheet.CodeJSONLetters, ""},
		{"a line end in a string", "[{\"a\":\"x\ny\"}]", sheet.CodeJSONSyntax, ""},
		{"__proto__", `[{"__proto__":{"admin":true}}]`, sheet.CodeJSONName, "[1 13 __proto__]"},
		{"__proto__ with escapes", `[{"\u005f_proto__":1}]`, sheet.CodeJSONName, ""},
		{"constructor", `{"constructor":1}`, sheet.CodeJSONName, ""},
		{"a list as value", `[{"a":[1]}]`, sheet.CodeJSONNested, ""},
		{"a list of numbers", `[1,2]`, sheet.CodeJSONShape, ""},
		{"another wrapper", `{"data":[{"a":1}]}`, sheet.CodeJSONNested, ""},
		{"more beside the records", `{"records":[{"a":1}],"next":1}`, sheet.CodeJSONShape, ""},
		{"more behind the list", `[{"a":1}] x`, sheet.CodeJSONSyntax, ""},
		{"two objects in one line", `{"a":1}{"a":2}`, sheet.CodeJSONShape, ""},
		{"a comma at the end of a list", `[{"a":1},]`, sheet.CodeJSONShape, ""},
		{"a comma at the end of an object", `[{"a":1,}]`, sheet.CodeJSONSyntax, ""},
		{"no quotes", `[{a:1}]`, sheet.CodeJSONSyntax, ""},
		{"a comment", `[{"a":1 /* */}]`, sheet.CodeJSONSyntax, ""},
		{"NaN", `[{"a":NaN}]`, sheet.CodeJSONSyntax, ""},
		{"a leading zero", `[{"a":02671}]`, sheet.CodeJSONSyntax, ""},
		{"a plus", `[{"a":+1}]`, sheet.CodeJSONSyntax, ""},
		{"a bare point", `[{"a":1.}]`, sheet.CodeJSONSyntax, ""},
		{"True", `[{"a":True}]`, sheet.CodeJSONSyntax, ""},
		{"an empty object", `[{}]`, sheet.CodeJSONShape, ""},
		{"half a list", `[{"a":1},{"a":2}`, sheet.CodeJSONSyntax, ""},
		{"half an object in lines", `{"a":1}` + "\n" + `{"a"`, sheet.CodeJSONSyntax, ""},
		{"2,000 members", `[{"a":1` + members(2000) + `}]`, sheet.CodeTooManyColumns, ""},
		{"2,000 unknown members", `{"a":1}` + "\n" + `{"a":1` + members(2000) + `}`, sheet.CodeTooManyColumns, ""},
		{"a record of 2 MB", `[{"a":"` + strings.Repeat("x", 120<<10) + `"` + long(20) + `}]`, sheet.CodeCellLong, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := hostile(t, []byte(tt.body), sheet.FormatJSON)
			refused(t, got, tt.code)
			var r *sheet.Refusal
			if errors.As(got.err, &r); tt.at != "" && fmt.Sprint(r.Args) != tt.at {
				t.Errorf("at %v, want %s", r.Args, tt.at)
			}
		})
	}
}

func members(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"m%d":1`, i)
	}
	return b.String()
}

func long(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"l%d":"%s"`, i, strings.Repeat("x", 120<<10))
	}
	return b.String()
}
