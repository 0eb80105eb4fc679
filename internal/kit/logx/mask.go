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
	// A personal number: twelve digits, also in groups, not inside a longer run of digits.
	number = regexp.MustCompile(`(?:^|\D)(\d{12}|\d{3}[ .\-]\d{3}[ .\-]\d{3}[ .\-]\d{3}|\d{4}[ .\-]\d{4}[ .\-]\d{4})(?:\D|$)`)
	// A telephone number of Viet Nam: 0 or 84, then nine or ten digits, the first of them 2 to 9.
	phone = regexp.MustCompile(`(?:^|\D)((?:(?:\+|00)?84[ .\-]?\(?0?\)?[2-9]\d|\(?0[2-9]\d)(?:[ .\-)]{0,2}\d){7,8})(?:\D|$)`)
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

// maskRuns masks the first group of every match. The next search begins right behind the group, since the character
// that ends one number may begin the next match.
func maskRuns(s string, pattern *regexp.Regexp, with string, spare func(string) bool) string {
	var b strings.Builder
	for {
		span := pattern.FindStringSubmatchIndex(s)
		if span == nil {
			b.WriteString(s)
			return b.String()
		}
		found := s[span[2]:span[3]]
		b.WriteString(s[:span[2]])
		if spare != nil && spare(found) {
			b.WriteString(found)
		} else {
			b.WriteString(with)
		}
		s = s[span[3]:]
	}
}

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
