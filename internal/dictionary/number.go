package dictionary

import "strings"

// NumberStyle says how a dataset writes numbers, because 1.234 is one thousand in one style and one and a bit in the other.
type NumberStyle string

const (
	StyleUnknown    NumberStyle = ""           // forms that mean two things are refused
	StylePlain      NumberStyle = "plain"      // 1234.5
	StyleVietnamese NumberStyle = "vietnamese" // 1.234,5
)

// maxInteger is the largest integer that every reader of JSON keeps exactly.
const maxInteger = 1<<53 - 1

func (c *Checker) parseInteger(s string, fixes Fix) (Value, *Problem) {
	n, scale, fix, problem := readNumber(s, c.numbers)
	if problem != nil {
		return Value{}, problem
	}
	if scale > 0 {
		return Value{}, refuse("dictionary.not_an_integer")
	}
	if n > maxInteger || n < -maxInteger {
		return Value{}, refuse("dictionary.integer_too_large")
	}
	return c.bounded(Value{Kind: KindInteger, Int: n, Fixes: fixes | fix})
}

func (c *Checker) parseDecimal(s string, fixes Fix) (Value, *Problem) {
	n, scale, fix, problem := readNumber(s, c.numbers)
	if problem != nil {
		return Value{}, problem
	}
	want := c.definition.Scale
	for ; scale > want && n%10 == 0; scale-- {
		n /= 10
	}
	if scale > want {
		return Value{}, refuse("dictionary.too_precise", want)
	}
	for ; scale < want; scale++ {
		if n > maxUnscaled/10 || n < -maxUnscaled/10 {
			return Value{}, refuse("dictionary.number_too_large", maxPrecision)
		}
		n *= 10
	}
	if p := c.definition.Precision; p > 0 && digits(n) > p {
		return Value{}, refuse("dictionary.number_too_large", p)
	}
	return c.bounded(Value{Kind: KindDecimal, Int: n, Scale: uint8(want), Fixes: fixes | fix})
}

const maxUnscaled = 999_999_999_999_999_999

func digits(n int64) int {
	count := 0
	for ; n != 0; n /= 10 {
		count++
	}
	return count
}

// readNumber reads a number exactly into an unscaled integer and the digits after its point. Invariant 2: a form that
// means two things, or one that a spreadsheet has shortened, is refused.
func readNumber(s string, style NumberStyle) (int64, int, Fix, *Problem) {
	whole, fraction, grouped, problem := splitNumber(s, style)
	if problem != nil {
		return 0, 0, 0, problem
	}
	negative := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(whole, "-")
	var n int64
	seen := 0
	for _, part := range []string{whole, fraction} {
		for i := 0; i < len(part); i++ {
			b := part[i]
			if b == '.' && grouped {
				continue
			}
			if b < '0' || b > '9' {
				return 0, 0, 0, notANumber(s)
			}
			if n != 0 || b != '0' {
				seen++
			}
			if seen > maxPrecision {
				return 0, 0, 0, refuse("dictionary.number_too_large", maxPrecision)
			}
			n = n*10 + int64(b-'0')
		}
	}
	if negative {
		n = -n
	}
	fix := Fix(0)
	if grouped || strings.Contains(s, ",") {
		fix = FixNumber
	}
	return n, len(fraction), fix, nil
}

// splitNumber finds the whole part (with grouping dots when grouped) and the fraction.
func splitNumber(s string, style NumberStyle) (whole, fraction string, grouped bool, problem *Problem) {
	comma := strings.IndexByte(s, ',')
	dots := strings.Count(s, ".")
	switch {
	case comma < 0 && dots == 0:
		return wholeOnly(s)
	case comma >= 0: // only the Vietnamese style has a comma
		whole, fraction = s[:comma], s[comma+1:]
		if style == StylePlain || fraction == "" || strings.ContainsAny(fraction, ",.") || !groups(whole) {
			return "", "", false, notANumber(s)
		}
		if style == StyleUnknown && dots == 0 && len(fraction) == 3 && !strings.HasPrefix(strings.TrimPrefix(whole, "-"), "0") {
			return "", "", false, refuse("dictionary.ambiguous_number")
		}
		return whole, fraction, strings.Contains(whole, "."), nil
	case dots > 1: // 1.234.567
		if style == StylePlain || !groups(s) {
			return "", "", false, notANumber(s)
		}
		return s, "", true, nil
	}
	dot := strings.IndexByte(s, '.')
	whole, fraction = s[:dot], s[dot+1:]
	if whole == "" || whole == "-" || fraction == "" {
		return "", "", false, notANumber(s)
	}
	couldGroup := groups(s)
	switch {
	case style == StyleVietnamese && couldGroup:
		return s, "", true, nil
	case style == StyleVietnamese:
		return "", "", false, notANumber(s)
	case style == StyleUnknown && couldGroup:
		return "", "", false, refuse("dictionary.ambiguous_number")
	}
	return whole, fraction, false, nil
}

func wholeOnly(s string) (string, string, bool, *Problem) {
	if s == "" || s == "-" {
		return "", "", false, notANumber(s)
	}
	return s, "", false, nil
}

// groups reports whether the text is digits in groups of three after the first one to three, as in 1.234.567, or digits
// without grouping.
func groups(s string) bool {
	s = strings.TrimPrefix(s, "-")
	parts := strings.Split(s, ".")
	if len(parts) == 1 {
		return s != ""
	}
	if len(parts[0]) == 0 || len(parts[0]) > 3 || parts[0][0] == '0' {
		return false
	}
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return true
}

func notANumber(s string) *Problem {
	if scientific(s) {
		return refuse("dictionary.scientific_notation")
	}
	return refuse("dictionary.not_a_number")
}

// scientific reports whether a spreadsheet has shortened the number, as in 9.9919E+11.
func scientific(s string) bool {
	e := strings.IndexAny(s, "eE")
	if e < 1 || e == len(s)-1 {
		return false
	}
	for i, r := range s {
		if i == e || r >= '0' && r <= '9' || strings.ContainsRune("+-.,", r) {
			continue
		}
		return false
	}
	return s[0] >= '0' && s[0] <= '9' || s[0] == '-'
}
