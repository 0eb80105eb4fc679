package filter

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

func compile(t testing.TB, c Contract, cols []access.Column, rows ...access.RowRule) *Plan {
	t.Helper()
	p, err := Compile(c, cols, rows, access.Masker{Key: []byte("k")}, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func columns(names ...string) []access.Column {
	var out []access.Column
	for _, n := range names {
		out = append(out, access.Column{Name: n})
	}
	return out
}

func TestApply(t *testing.T) {
	commune := access.RowRule{Column: "xa", In: []string{"02701"}}
	rows := []struct {
		name  string
		c     Contract
		cols  []access.Column
		rules []access.RowRule
		in    string
		want  string
	}{
		{"a field that is not granted is dropped", Contract{Records: "$"}, columns("a"), nil, `{"a":1,"b":2}`, `{"a":1}`},
		{"nested and listed fields", Contract{Records: "$.data"}, columns("a.b", "con.ten"), nil,
			`{"total":9,"data":[{"a":{"b":1,"c":2},"con":[{"ten":"x","cccd":"1"},{"cccd":"2"}],"d":[1]}]}`,
			`{"data":[{"a":{"b":1},"con":[{"ten":"x"},{}]}]}`},
		{"envelope passes only what is named", Contract{Records: "$.data[*]", Envelope: []string{"total", "page.n"}}, columns("a"), nil,
			`{"total":2,"page":{"n":1,"next":"?cccd=999"},"secret":1,"data":[{"a":1}]}`, `{"total":2,"page":{"n":1},"data":[{"a":1}]}`},
		{"an envelope field that became an object is dropped", Contract{Records: "$.data", Envelope: []string{"total"}}, columns("a"), nil,
			`{"total":{"cccd":"999"},"data":{"a":1}}`, `{"data":{"a":1}}`},
		{"a granted value that became an object is dropped", Contract{Records: "$"}, columns("a"), nil, `{"a":{"cccd":"999"}}`, `{}`},
		{"an object passes whole only when the contract says so", Contract{Records: "$", Whole: []string{"a"}}, columns("a"), nil, `{"a":{"x": [1, "y"]}}`, `{"a":{"x":[1,"y"]}}`},
		{"a list in a granted field loses its objects", Contract{Records: "$"}, columns("a"), nil, `{"a":[1,{"cccd":"999"},"x",[2]]}`, `{"a":[1,"x",[2]]}`},
		{"escaped name is the same name", Contract{Records: "$"}, columns("ho_ten"), nil, `{"\u0068o_ten":"A","\u0063ccd":"999"}`, `{"ho_ten":"A"}`},
		{"name in another case or form is another name", Contract{Records: "$"}, columns("cccd"), nil, `{"CCCD":1,"cccd ":2,"ｃccd":3}`, `{}`},
		{"values stay as they are", Contract{Records: "$"}, columns("n", "s", "e"), nil,
			`{"n":12345678901234567890.10,"s":"\u0041\/\ud83d\ude00","e":1E400}`, `{"n":12345678901234567890.10,"s":"\u0041\/\ud83d\ude00","e":1E400}`},
		{"rows outside the scope stay", Contract{Records: "$"}, columns("a"), []access.RowRule{commune},
			`[{"a":1,"xa":"02701"},{"xa":"02702","a":2},{"a":3},{"a":4,"xa":null},{"a":5,"xa":["02701"]},{"a":6,"xa":2701}]`, `[{"a":1}]`},
		{"a single record outside the scope", Contract{Records: "$"}, columns("a"), []access.RowRule{commune}, `{"a":1,"xa":"9"}`, `null`},
		{"masks", Contract{Records: "$"}, []access.Column{
			{Name: "h", Mask: access.MaskHide}, {Name: "p", Mask: access.MaskPartial}, {Name: "g", Mask: access.MaskGeneralise},
			{Name: "d", As: "la_dtts", Mask: access.MaskYesNo, Values: []string{"Kinh"}, Not: true}, {Name: "z", Mask: access.MaskPartial}}, nil,
			`{"h":"x","p":"999190001234","g":"2017-03-04","d":"M\u00f4ng","z":null}`,
			`{"h":null,"p":"999•••••1234","g":"2017","la_dtts":true,"z":null}`},
		{"masked values inside lists", Contract{Records: "$"}, []access.Column{{Name: "p", Mask: access.MaskHide}}, nil, `{"p":["a",{"b":1}]}`, `{"p":[null]}`},
		{"no records", Contract{Records: "$.data"}, columns("a"), nil, `{"data":null}`, `{"data":null}`},
		{"empty list", Contract{Records: "$"}, columns("a"), nil, ` [ ] `, `[]`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			p := compile(t, row.c, row.cols, row.rules...)
			for _, in := range []io.Reader{strings.NewReader(row.in), iotest.OneByteReader(strings.NewReader(row.in))} {
				got, err := p.Apply(nil, in)
				if err != nil || string(got.Body) != row.want {
					t.Fatalf("got %s %v\nwant %s", got.Body, err, row.want)
				}
			}
		})
	}
}

func TestUnreadableAnswersLetNothingOut(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60)
	p := compile(t, Contract{Records: "$", Whole: []string{"w"}}, columns("a", "b", "w"))
	for name, in := range map[string]string{
		"empty": "", "HTML": "<html>", "scalar": `"x"`, "list of scalars": `[1]`, "cut": `{"a":1`, "more": `{"a":1} {"a":2}`, "comma": `{"a":1,}`,
		"duplicate": `{"a":1,"a":2}`, "duplicate by escape": `{"a":1,"\u0061":2}`, "duplicate of a dropped name": `{"x":1,"x":2}`,
		"duplicate deep in a dropped value": `{"x":[{"y":{"z":1,"z":2}}]}`, "duplicate in a whole value": `{"w":{"y":1,"y":2}}`,
		"deep, granted": deep, "deep, dropped": `{"x":` + deep + `}`, "deep lists": strings.Repeat("[", 100000),
		"bad UTF-8": "{\"a\":\"\xff\"}", "bad UTF-8 in a name": "{\"\xff\":1}", "BOM": "\ufeff{}", "control byte": "{\"a\":\"\n\"}",
		"half surrogate": `{"a":"\ud800"}`, "bad escape": `{"a":"\x"}`, "short escape": `{"a":"\u12"}`, "leading zero": `{"a":01}`, "plus": `{"a":+1}`,
		"NaN": `{"a":NaN}`, "single quotes": `{'a':1}`, "comment": `{/**/"a":1}`, "NUL": "{\"a\":1}\x00", "bare name": `{a:1}`, "dot": `{"a":1.}`, "minus": `{"a":-}`,
	} {
		for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in))} {
			got, err := p.Apply(nil, r)
			if !fault.Is(err, "exchange.provider_unreadable") || got.Body != nil {
				t.Errorf("%s: %q %v", name, got.Body, err)
			}
		}
	}
	moved := compile(t, Contract{Records: "$.data"}, columns("a"))
	if _, err := moved.Apply(nil, strings.NewReader(`{"error":"x"}`)); !fault.Is(err, "exchange.provider_unreadable") {
		t.Errorf("answer without the records' place: %v", err)
	}
}

func TestBounds(t *testing.T) {
	l := DefaultLimits
	l.Body, l.Token = 64<<10, 8<<10
	p, err := Compile(Contract{Records: "$"}, columns("a"), nil, access.Masker{}, l)
	if err != nil {
		t.Fatal(err)
	}
	bomb := func(n int) []byte { return []byte(`{"a":"` + strings.Repeat("x", n) + `"}`) }
	if _, err := p.Apply(nil, bytes.NewReader(bomb(63<<10))); !fault.Is(err, "exchange.provider_unreadable") {
		t.Errorf("long token: %v", err)
	}
	// T56: a gzip bomb ends at the bound of what comes out.
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = w.Write([]byte(`[` + strings.Repeat(`{"a":1},`, 1<<20) + `{"a":1}]`))
	w.Close()
	r, err := Decode(&z, "gzip")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Apply(nil, r); !fault.Is(err, "exchange.provider_too_large") {
		t.Errorf("bomb: %v", err)
	}
	if _, err := p.Apply(nil, io.MultiReader(strings.NewReader(`{"a"`), iotest.ErrReader(io.ErrUnexpectedEOF))); !fault.Is(err, "exchange.provider_cut") {
		t.Errorf("cut: %v", err)
	}
}

func TestDecode(t *testing.T) {
	p := compile(t, Contract{Records: "$"}, columns("a"))
	var g, d bytes.Buffer
	zw := gzip.NewWriter(&g)
	_, _ = io.WriteString(zw, `{"a":1,"b":2}`)
	zw.Close()
	dw := zlib.NewWriter(&d)
	_, _ = io.WriteString(dw, `{"a":1,"b":2}`)
	dw.Close()
	for coding, body := range map[string]io.Reader{"gzip": &g, "deflate": &d, "identity": strings.NewReader(`{"a":1,"b":2}`)} {
		r, err := Decode(body, coding)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Apply(nil, r); err != nil || string(got.Body) != `{"a":1}` {
			t.Errorf("%s: %s %v", coding, got.Body, err)
		}
	}
	for _, coding := range []string{"br", "zstd", "gzip, gzip", "compress"} {
		if _, err := Decode(strings.NewReader("x"), coding); !fault.Is(err, "exchange.provider_unreadable") {
			t.Errorf("%s: %v", coding, err)
		}
	}
}

func TestCounts(t *testing.T) {
	p := compile(t, Contract{Records: "$.d", Key: "id"}, columns("a"), access.RowRule{Column: "xa", In: []string{"1"}})
	var in []string
	for i := range 400 {
		in = append(in, fmt.Sprintf(`{"id":"99900000%04d","a":1,"xa":"%d"}`, i/2, i%4/2))
	}
	got, err := p.Apply(nil, strings.NewReader(`{"d":[`+strings.Join(in, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got.Records != 200 || got.Persons != 100 || got.Withheld != 200 || len(got.Subjects) != 100 || got.Truncated {
		t.Errorf("records %d persons %d withheld %d subjects %d", got.Records, got.Persons, got.Withheld, len(got.Subjects))
	}
	if bytes.Contains(got.Body, []byte("999")) {
		t.Error("the identifier left although it is not granted")
	}
}

func TestCompileRefusals(t *testing.T) {
	for name, f := range map[string]func() error{
		"twice":         func() error { return try(Contract{Records: "$"}, columns("a", "a")) },
		"value, parent": func() error { return try(Contract{Records: "$"}, columns("a", "a.b")) },
		"same out name": func() error { return try(Contract{Records: "$"}, []access.Column{{Name: "a"}, {Name: "b", As: "a"}}) },
		"empty name":    func() error { return try(Contract{Records: "$"}, columns("a..b")) },
		"wildcard":      func() error { return try(Contract{Records: "$"}, columns("*")) },
		"unknown mask":  func() error { return try(Contract{Records: "$"}, []access.Column{{Name: "a", Mask: "rot13"}}) },
		"no root":       func() error { return try(Contract{Records: "data"}, columns("a")) },
		"envelope of records": func() error {
			return try(Contract{Records: "$.data", Envelope: []string{"data.total"}}, columns("a"))
		},
		"empty rule": func() error {
			_, err := Compile(Contract{Records: "$"}, columns("a"), []access.RowRule{{Column: "x"}}, access.Masker{}, DefaultLimits)
			return err
		},
	} {
		if err := f(); !fault.Is(err, "exchange.plan") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func try(c Contract, cols []access.Column) error {
	_, err := Compile(c, cols, nil, access.Masker{}, DefaultLimits)
	return err
}

// random makes a JSON value whose every string and number is unique, so that a leak can be told by its value.
type random struct {
	*rand.Rand
	n int
}

func (r *random) value(depth int) string {
	r.n++
	switch k := r.IntN(9); {
	case k < 2 && depth > 0:
		return r.object(depth - 1)
	case k == 2 && depth > 0:
		var parts []string
		for range r.IntN(4) {
			parts = append(parts, r.value(depth-1))
		}
		return "[" + strings.Join(parts, " , ") + "]"
	case k == 3:
		return strconv.Itoa(1000000 + r.n)
	case k == 4:
		return []string{"true", "false", "null"}[r.IntN(3)]
	}
	return fmt.Sprintf([]string{`"v%d"`, `"\u0076%d"`, `"v\"%d\\"`, `"đ%d"`}[r.IntN(4)], r.n)
}

var names = []string{"a", "b", "c", "cccd", "ho_ten", "con", "đ"}

func (r *random) object(depth int) string {
	var parts []string
	for _, i := range r.Perm(len(names))[:r.IntN(len(names)+1)] {
		name := names[i]
		if r.IntN(3) == 0 {
			name = fmt.Sprintf(`\u%04x`, []rune(name)[0]) + string([]rune(name)[1:])
		}
		parts = append(parts, fmt.Sprintf(` "%s" : %s`, name, r.value(depth)))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// want is the grant's meaning written the slow way, over parsed JSON.
func want(v any, paths [][]string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, sub := range v {
			var rest [][]string
			for _, p := range paths {
				if len(p) > 0 && p[0] == name {
					rest = append(rest, p[1:])
				}
			}
			if len(rest) == 0 {
				continue
			}
			if w, ok := want(sub, rest); ok {
				out[name] = w
			}
		}
		return out, len(paths) > 1 || len(paths[0]) > 0
	case []any:
		out := []any{}
		for _, e := range v {
			if w, ok := want(e, paths); ok {
				out = append(out, w)
			}
		}
		return out, true
	}
	return v, v == nil || len(paths[0]) == 0
}

func TestNoFieldOutsideTheGrantEverLeaves(t *testing.T) {
	paths := []string{"a", "b.c", "con.ho_ten", "con.b.a", "đ"}
	var split [][]string
	for _, p := range paths {
		split = append(split, strings.Split(p, "."))
	}
	p := compile(t, Contract{Records: "$"}, columns(paths...))
	for seed := range uint64(20000) {
		r := &random{Rand: rand.New(rand.NewPCG(seed, 1))}
		in := r.object(5)
		got, err := p.Apply(nil, strings.NewReader(in))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, in)
		}
		expect, _ := want(parse(t, in), split)
		if a, b := canonical(t, parse(t, string(got.Body))), canonical(t, expect); a != b {
			t.Fatalf("seed %d\nin   %s\ngot  %s\nwant %s", seed, in, a, b)
		}
	}
}

func parse(t testing.TB, s string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return v
}

func canonical(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func FuzzApply(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":{"c":[1,2]}}`, `[{"a":"\ud83d\ude00"}]`, `{"a":1,"\u0061":2}`, `{"b":{"c":1e5}}`, ``} {
		f.Add([]byte(s))
	}
	p := compile(f, Contract{Records: "$", Key: "id"}, columns("a", "b.c"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := p.Apply(nil, bytes.NewReader(in))
		slow, err2 := p.Apply(nil, iotest.OneByteReader(bytes.NewReader(in)))
		if (err == nil) != (err2 == nil) || !bytes.Equal(got.Body, slow.Body) {
			t.Fatalf("depends on how it is read: %q %v, %q %v", got.Body, err, slow.Body, err2)
		}
		if err != nil {
			return
		}
		if !json.Valid(in) || !json.Valid(got.Body) {
			t.Fatalf("passed %q as %q", in, got.Body)
		}
		paths := [][]string{{"a"}, {"b", "c"}}
		v := parse(t, string(in))
		if list, ok := v.([]any); ok {
			out := []any{}
			for _, e := range list {
				w, _ := want(e, paths)
				out = append(out, w)
			}
			v = out
		} else if v != nil {
			v, _ = want(v, paths)
		}
		if a, b := canonical(t, parse(t, string(got.Body))), canonical(t, v); a != b {
			t.Fatalf("%q gave %s, want %s", in, a, b)
		}
	})
}

// kilobyte is an answer of one record of 1 KB, of which half the fields are granted.
func kilobyte() []byte {
	var b strings.Builder
	b.WriteString(`{"data":[{"so_dinh_danh":"999190000123"`)
	for i := range 20 {
		fmt.Fprintf(&b, `,"truong_%02d":"giá trị thứ %d của bản ghi"`, i, i)
	}
	b.WriteString(`}]}`)
	return []byte(b.String())
}

func BenchmarkApply(b *testing.B) {
	var cols []access.Column
	for i := range 10 {
		cols = append(cols, access.Column{Name: fmt.Sprintf("truong_%02d", i*2)})
	}
	p := compile(b, Contract{Records: "$.data", Key: "so_dinh_danh"}, cols)
	in := kilobyte()
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	out := make([]byte, 0, 4096)
	r := bytes.NewReader(in)
	for b.Loop() {
		r.Reset(in)
		if _, err := p.Apply(out, r); err != nil {
			b.Fatal(err)
		}
	}
}
