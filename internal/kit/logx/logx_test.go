package logx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"lienthong/internal/kit/logx"
)

func record(t *testing.T, log func(*slog.Logger)) (map[string]any, string) {
	t.Helper()
	var out bytes.Buffer
	log(logx.New(&out, slog.LevelInfo))
	raw := out.String()
	if strings.Count(raw, "\n") != 1 || !strings.HasSuffix(raw, "\n") {
		t.Fatalf("want one line, got %q", raw)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("not JSON: %v: %q", err, raw)
	}
	return got, raw
}

func TestMask(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"twelve digits", "cccd 999012345678 not found", "cccd [number] not found"},
		{"twelve digits beside letters", `{"cccd":"999012345678","x":id999012345678x}`, `{"cccd":"[number]","x":id[number]x}`},
		{"two numbers with one space", "999012345678 999012345679", "[number] [number]"},
		{"twelve digits in groups of three", "999 012 345 678 and 999.012.345.678", "[number] and [number]"},
		{"twelve digits in groups of four", "9990-1234-5678", "[number]"},
		{"mobile number", "call 0905123456!", "call [phone]!"},
		{"mobile number before another number", "0905123456 789", "[phone] 789"},
		{"mobile number in groups", "0905 123 456, 090.512.3456", "[phone], [phone]"},
		{"international form", "+84905123456 +84 905 123 456 84905123456 0084905123456", "[phone] [phone] [phone] [phone]"},
		{"landline", "(0269) 3824228 và 02693824228", "[phone] và [phone]"},
		{"e-mail", "to nguyen.van+a@vidu.gov.vn.", "to [e-mail]"},
		{"UUID of digits stays", "01234567-0123-7123-8123-999012345678", "01234567-0123-7123-8123-999012345678"},
		{"digest stays", strings.Repeat("a", 20) + "999012345678" + strings.Repeat("b", 32), strings.Repeat("a", 20) + "999012345678" + strings.Repeat("b", 32)},
		{"request id stays", "01K8ZQ5T3M8Y0N4W2R6V7X9ABC", "01K8ZQ5T3M8Y0N4W2R6V7X9ABC"},
		{"time stays", "2026-02-03T08:00:00.123456Z 2026-09-02 08:30", "2026-02-03T08:00:00.123456Z 2026-09-02 08:30"},
		{"microseconds stay", "1790000000000000", "1790000000000000"},
		{"IPv4 address stays", "from 192.168.100.200:8080", "from 192.168.100.200:8080"},
		{"dotted personal number is no address", "099.168.100.200", "[number]"},
		{"small numbers stay", "row 12 of 100000, 0.234567890", "row 12 of 100000, 0.234567890"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := logx.Mask(c.in); got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestEveryTextIsMasked(t *testing.T) {
	type person struct{ Number string }
	_, raw := record(t, func(l *slog.Logger) {
		l = l.With("with", "999012345678").WithGroup("g999012345678")
		l.Info("message 999012345678", "s", "999012345678", "999012345678", 1,
			"err", errors.New("no row 999012345678"), "any", person{"999012345678"}, "bytes", []byte("999012345678"),
			"list", []string{"999012345678"}, slog.Group("in", "s", "999012345678"), "lazy", lazy{})
	})
	if strings.Contains(raw, "999012345678") {
		t.Fatal(raw)
	}
	if strings.Count(raw, "[number]") != 11 {
		t.Fatalf("a text got lost: %s", raw)
	}
}

type lazy struct{}

func (lazy) LogValue() slog.Value { return slog.StringValue("999012345678") }

func TestNobodyForgesALine(t *testing.T) {
	evil := "a\r\n{\"level\":\"INFO\"}\x1b[31m\u202Eabc\u200b\u2028\u0085\xff\"\\"
	got, raw := record(t, func(l *slog.Logger) { l.Info(evil, "ua", evil, evil, "key") })
	for _, bad := range []string{"\x1b", "\u202E", "\u200b", "\u2028", "\u0085", "\xff"} {
		if strings.Contains(raw, bad) {
			t.Errorf("%q left raw in %q", bad, raw)
		}
	}
	want := `a\r\n{"level":"INFO"}\u001b[31m\u202eabc\u200b\u2028\u0085\xff"` + `\`
	if got["ua"] != want || got["msg"] != want {
		t.Fatalf("got %q", got["ua"])
	}
}

func TestLongTextIsCutWithAMark(t *testing.T) {
	t.Run("a megabyte", func(t *testing.T) {
		got, raw := record(t, func(l *slog.Logger) { l.Info("m", "ua", strings.Repeat("ă", 1<<19)) })
		ua := got["ua"].(string)
		if len(ua) > logx.Limit || !strings.HasSuffix(ua, "…[cut, 1048576 bytes in all]") || len(raw) > logx.Limit+200 {
			t.Fatalf("%d bytes, ends %q", len(ua), ua[len(ua)-40:])
		}
	})
	t.Run("exactly the limit stays", func(t *testing.T) {
		s := strings.Repeat("a", logx.Limit)
		if got := logx.Clean(s); got != s {
			t.Fatal(len(got))
		}
	})
	t.Run("a number at every possible cut is never half shown", func(t *testing.T) {
		for shift := range 40 {
			for _, filler := range []string{"x", "x@y.zz "} {
				in := strings.Repeat(filler, 17000)[:8*logx.Limit-20+shift] + " 999012345678 " + strings.Repeat("y", 9000)
				if got := logx.Clean(in); strings.Contains(got, "9990") {
					t.Fatalf("shift %d: %q", shift, got)
				}
			}
		}
	})
}

func TestLevel(t *testing.T) {
	var out bytes.Buffer
	logx.New(&out, slog.LevelWarn).Info("quiet")
	if out.Len() != 0 {
		t.Fatal(out.String())
	}
	got, _ := record(t, func(l *slog.Logger) { l.Warn("loud", "n", 12, "ok", true) })
	if got["level"] != "WARN" || got["n"] != 12.0 || got["ok"] != true {
		t.Fatal(got)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202e 999012345678 0905123456")
	f.Fuzz(func(t *testing.T, s string) {
		got := logx.Clean(s)
		if len(got) > logx.Limit || strings.ContainsAny(got, "\n\r\x1b\u202e") {
			t.Fatalf("%q", got)
		}
	})
}
