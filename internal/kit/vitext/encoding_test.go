package vitext_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

func TestDecodeText(t *testing.T) {
	for _, c := range []struct {
		rule, in, want string
		enc            vitext.Encoding
	}{
		{"plain", "Hòa", "Hòa", vitext.UTF8},
		{"empty", "", "", vitext.UTF8},
		{"byte order mark", "\xEF\xBB\xBFHòa", "Hòa", vitext.UTF8BOM},
		{"UTF-16 little endian", "\xFF\xFEH\x00\xF2\x00a\x00", "Hòa", vitext.UTF16LE},
		{"UTF-16 big endian", "\xFE\xFF\x00H\x00\xF2\x00a", "Hòa", vitext.UTF16BE},
	} {
		got, enc, err := vitext.DecodeText([]byte(c.in))
		if got != c.want || enc != c.enc || err != nil {
			t.Errorf("%s: %q %q %v", c.rule, got, enc, err)
		}
	}
	for rule, in := range map[string]string{"old code page": "a\nH\xF2a", "cut UTF-8": "Ho\xC3", "UTF-8 of a surrogate": "\xED\xA0\x80", "overlong": "\xC0\xAF"} {
		if _, enc, err := vitext.DecodeText([]byte(in)); !fault.Is(err, "vitext.not_utf8") || enc != vitext.Unknown {
			t.Errorf("%s: %v", rule, err)
		}
	}
	_, _, err := vitext.DecodeText([]byte("a\nH\xF2a"))
	if args := fault.Of(err).Args; args[0] != int64(2) || args[1] != int64(3) {
		t.Error("line and offset:", args)
	}
	for rule, in := range map[string]string{"odd length": "\xFF\xFEH\x00\xF2", "lone surrogate": "\xFF\xFE\x00\xD8"} {
		if _, _, err := vitext.DecodeText([]byte(in)); !fault.Is(err, "vitext.utf16_broken") {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

// readers gives the same bytes in every manner that a source may give them.
func readers(s string) map[string]io.Reader {
	return map[string]io.Reader{
		"whole":         strings.NewReader(s),
		"byte by byte":  iotest.OneByteReader(strings.NewReader(s)),
		"halves":        iotest.HalfReader(strings.NewReader(s)),
		"data with EOF": iotest.DataErrReader(strings.NewReader(s)),
	}
}

func TestValidUTF8(t *testing.T) {
	long := strings.Repeat("Đắk Lắk,𝄞\n", 9000)
	for _, c := range []struct {
		rule, in, want, code string
		line, offset         int64
	}{
		{rule: "empty"},
		{rule: "one byte", in: "a", want: "a"},
		{rule: "plain", in: "Hòa\n", want: "Hòa\n"},
		{rule: "long", in: long, want: long},
		{rule: "byte order mark is dropped", in: "\xEF\xBB\xBFHòa", want: "Hòa"},
		{rule: "only a byte order mark", in: "\xEF\xBB\xBF"},
		{rule: "a later mark stays", in: "a\xEF\xBB\xBFb", want: "a\xEF\xBB\xBFb"},
		{rule: "first byte wrong", in: "\xF2a", code: "vitext.not_utf8", line: 1},
		{rule: "offset counts the mark", in: "\xEF\xBB\xBFa\xF2a", want: "a", code: "vitext.not_utf8", line: 1, offset: 4},
		{rule: "text before the wrong byte comes first", in: "x,y\nH\xF2a\n", want: "x,y\nH", code: "vitext.not_utf8", line: 2, offset: 5},
		{rule: "far behind", in: long + "\xF2", want: long, code: "vitext.not_utf8", line: 9001, offset: int64(len(long))},
		{rule: "cut off", in: "Ho\xC3", want: "Ho", code: "vitext.not_utf8", line: 1, offset: 2},
		{rule: "UTF-16LE", in: "\xFF\xFEH\x00", code: "vitext.utf16"},
		{rule: "UTF-16BE", in: "\xFE\xFF\x00H", code: "vitext.utf16"},
	} {
		for manner, r := range readers(c.in) {
			got, err := io.ReadAll(vitext.ValidUTF8(r))
			if string(got) != c.want {
				t.Errorf("%s, %s: got %d bytes, want %d", c.rule, manner, len(got), len(c.want))
			}
			if c.code == "" {
				if err != nil {
					t.Errorf("%s, %s: %v", c.rule, manner, err)
				}
				continue
			}
			if !fault.Is(err, c.code) {
				t.Errorf("%s, %s: %v", c.rule, manner, err)
				continue
			}
			if args := fault.Of(err).Args; c.code == "vitext.not_utf8" && (args[0] != c.line || args[1] != c.offset) {
				t.Errorf("%s, %s: line and offset %v", c.rule, manner, args)
			}
		}
	}
}

func TestValidUTF8PassesTheErrorOfItsSource(t *testing.T) {
	boom := errors.New("boom")
	got, err := io.ReadAll(vitext.ValidUTF8(io.MultiReader(strings.NewReader("Hòa \xC3"), iotest.ErrReader(boom))))
	if !errors.Is(err, boom) || !strings.HasPrefix(string(got), "Hòa ") {
		t.Fatalf("%q, %v", got, err)
	}
}

func FuzzValidUTF8(f *testing.F) {
	f.Add([]byte("\xEF\xBB\xBFHòa\n\xF2"))
	f.Fuzz(func(t *testing.T, in []byte) {
		whole, err := io.ReadAll(vitext.ValidUTF8(strings.NewReader(string(in))))
		bytewise, err1 := io.ReadAll(vitext.ValidUTF8(iotest.OneByteReader(strings.NewReader(string(in)))))
		if string(whole) != string(bytewise) || (err == nil) != (err1 == nil) || !utf8.Valid(whole) {
			t.Fatalf("%q: %q %v, %q %v", in, whole, err, bytewise, err1)
		}
		if err == nil && !utf8.Valid(in) {
			t.Fatalf("%q passed", in)
		}
	})
}
