package logx

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limit is the longest text of one attribute, in bytes.
const Limit = 2 << 10

// New is the program's logger: JSON lines to w, cleaned as the package's invariants say.
func New(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(cleaned{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: clean})})
}

// cleaned cleans the names of groups, which ReplaceAttr does not see.
type cleaned struct{ inner slog.Handler }

func (c cleaned) Enabled(ctx context.Context, l slog.Level) bool { return c.inner.Enabled(ctx, l) }

func (c cleaned) Handle(ctx context.Context, r slog.Record) error { return c.inner.Handle(ctx, r) }

func (c cleaned) WithAttrs(attrs []slog.Attr) slog.Handler { return cleaned{c.inner.WithAttrs(attrs)} }

func (c cleaned) WithGroup(name string) slog.Handler { return cleaned{c.inner.WithGroup(Clean(name))} }

// clean is called for every attribute that is not a group, built-in ones included.
func clean(_ []string, a slog.Attr) slog.Attr {
	a.Key = Clean(a.Key)
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Clean(a.Value.String()))
	case slog.KindAny:
		if _, ok := a.Value.Any().(slog.Level); !ok {
			a.Value = slog.StringValue(Clean(textOf(a.Value.Any())))
		}
	}
	return a
}

// textOf shows any value as text, so that masking sees all of it.
func textOf(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	case []byte:
		return string(v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%T: cannot be shown", v)
	}
	return string(b)
}

// Clean escapes, masks and truncates one text as the log does, for texts that are kept elsewhere.
func Clean(s string) string {
	s, cut := precut(s)
	total := cut + len(s)
	s = Mask(escape(s))
	if cut == 0 && len(s) <= Limit {
		return s
	}
	mark := fmt.Sprintf("…[cut, %d bytes in all]", total)
	return runeCut(s, Limit-len(mark)) + mark
}

// precut bounds the work on a huge text. What it leaves ends at a space, or without its last bytes, so that half a
// number is never left to pass as none.
func precut(s string) (string, int) {
	const enough, longestToken = 8 * Limit, 256
	if len(s) <= enough {
		return s, 0
	}
	head := s[:enough]
	if i := strings.LastIndexByte(head, ' '); i > enough-longestToken {
		head = head[:i]
	} else {
		head = runeCut(head, enough-longestToken)
	}
	return head, len(s) - len(head)
}

func runeCut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// escape writes what cannot be seen, or would reorder what can, as \u….
func escape(s string) string {
	if !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) || unicode.Is(unicode.Variation_Selector, r)
}
