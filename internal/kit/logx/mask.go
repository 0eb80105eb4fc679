package logx

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	email = regexp.MustCompile(`[^\s@<>"',;:()\[\]{}/=|\\]+@[^\s@<>"',;:()\[\]{}/=|\\]+\.[^\s@<>"',;:()\[\]{}/=|\\]{2,}`)
	// What holds long runs of digits and is no person: UUIDs and hex digests.
	harmless = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b`)
	// A personal number: twelve digits, also in groups.
	number = regexp.MustCompile(`\d{12}|\d{3}([ .\-])\d{3}[ .\-]\d{3}[ .\-]\d{3}|\d{4}[ .\-]\d{4}[ .\-]\d{4}`)
	// A telephone number of Viet Nam: 0 or 84, then nine or ten digits, the first of them 2 to 9.
	phone = regexp.MustCompile(`(?:(?:\+|00)?84[ .\-]?\(?0?\)?[2-9]\d|\(?0[2-9]\d)(?:[ .\-)]{0,2}\d){7,8}`)
)

// Mask replaces what looks like a 12-digit personal number, a telephone number or an e-mail address.
func Mask(s string) string {
	if strings.IndexByte(s, '@') >= 0 {
		s = email.ReplaceAllString(s, "[e-mail]")
	}
	if strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' }) < 0 {
		return s
	}
	var b strings.Builder
	at := 0
	for _, span := range harmless.FindAllStringIndex(s, -1) {
		if token := s[span[0]:span[1]]; !strings.ContainsAny(token, "abcdefABCDEF-") {
			continue // only digits: no digest
		}
		b.WriteString(maskDigits(s[at:span[0]]))
		b.WriteString(s[span[0]:span[1]])
		at = span[1]
	}
	b.WriteString(maskDigits(s[at:]))
	return b.String()
}

func maskDigits(s string) string {
	return maskRuns(maskRuns(s, number, "[number]", isAddress), phone, "[phone]", nil)
}

// maskRuns masks every match that is not part of a longer run of digits.
func maskRuns(s string, pattern *regexp.Regexp, with string, spare func(string) bool) string {
	var b strings.Builder
	at := 0
	for at < len(s) {
		span := pattern.FindStringIndex(s[at:])
		if span == nil {
			break
		}
		from, to := at+span[0], at+span[1]
		if (from > 0 && isDigit(s[from-1])) || (to < len(s) && isDigit(s[to])) {
			next := from + 1 // look again behind the run of digits that this match is part of
			for next < len(s) && isDigit(s[next]) {
				next++
			}
			b.WriteString(s[at:next])
			at = next
			continue
		}
		b.WriteString(s[at:from])
		if spare != nil && spare(s[from:to]) {
			b.WriteString(s[from:to])
		} else {
			b.WriteString(with)
		}
		at = to
	}
	b.WriteString(s[at:])
	return b.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isAddress spares an IPv4 address of four three-digit parts, which operators need. A personal number begins with 0.
func isAddress(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return false
	}
	for _, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n > 255 || p[0] == '0' {
			return false
		}
	}
	return true
}
