package dictionary

import (
	"strconv"
	"strings"
	"time"

	"lienthong/internal/kit/i18n"
)

// parseDate reads yyyy-MM-dd, or dd/MM/yyyy with / - or . between.
func parseDate(s string) (Value, *Problem) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		return dateOf(s[0:4], s[5:7], s[8:10], 0)
	}
	sep := strings.IndexAny(s, "/-.")
	if sep < 0 {
		if len(s) == 5 && allDigits(s) {
			return Value{}, refuse("dictionary.date_is_serial")
		}
		if len(s) == 4 && allDigits(s) {
			return Value{}, refuse("dictionary.incomplete_date")
		}
		return Value{}, refuse("dictionary.not_a_date")
	}
	parts := strings.Split(s, string(s[sep]))
	switch {
	case len(parts) == 2:
		return Value{}, refuse("dictionary.incomplete_date")
	case len(parts) != 3:
		return Value{}, refuse("dictionary.not_a_date")
	case len(parts[0]) == 4 && len(parts[2]) <= 2: // 2026/1/31
		return dateOf(parts[0], parts[1], parts[2], FixDate)
	case len(parts[2]) == 2 && len(parts[0]) <= 2:
		return Value{}, refuse("dictionary.two_digit_year")
	case len(parts[2]) != 4 || len(parts[0]) > 2 || len(parts[1]) > 2:
		return Value{}, refuse("dictionary.not_a_date")
	}
	return dateOf(parts[2], parts[1], parts[0], FixDate)
}

func dateOf(year, month, day string, fix Fix) (Value, *Problem) {
	if !allDigits(year) || !allDigits(month) || !allDigits(day) {
		return Value{}, refuse("dictionary.not_a_date")
	}
	y, m, d := small(year), small(month), small(day)
	switch {
	case y == 0 || m == 0 || d == 0:
		return Value{}, refuse("dictionary.incomplete_date")
	case m > 12 && d <= 12:
		return Value{}, refuse("dictionary.month_first")
	case m > 12 || d > monthDays(y, m):
		return Value{}, refuse("dictionary.no_such_day")
	}
	return Value{Kind: KindDate, Int: DayFrom(y, m, d).Epoch(), Fixes: fix}, nil
}

func monthDays(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// small reads up to four digits that were checked before.
func small(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

var momentForms = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"}

// parseMoment reads RFC 3339, or a date and a time of day, which is Vietnamese time where no zone is written.
func parseMoment(s string) (Value, *Problem) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return momentOf(t, 0)
	}
	var fix Fix
	if space := strings.IndexAny(s, " T"); space > 0 && !strings.Contains(s[:space], "-") || space < 0 {
		day, rest := s, ""
		if space > 0 {
			day, rest = s[:space], s[space:]
		}
		v, problem := parseDate(day)
		if problem != nil {
			return Value{}, problem
		}
		s, fix = v.String()+rest, FixDate
	}
	for _, form := range momentForms {
		if t, err := time.ParseInLocation(form, s, i18n.Zone); err == nil {
			return momentOf(t, fix)
		}
	}
	return Value{}, refuse("dictionary.not_a_moment")
}

func momentOf(t time.Time, fix Fix) (Value, *Problem) {
	if t.Nanosecond()%1000 != 0 {
		return Value{}, refuse("dictionary.moment_too_precise")
	}
	if t.Year() < 1 || t.Year() > 9999 {
		return Value{}, refuse("dictionary.not_a_moment")
	}
	return Value{Kind: KindTime, Int: t.UnixMicro(), Fixes: fix}, nil
}

func parseBoolean(s string, fixes Fix) (Value, *Problem) {
	switch strings.ToLower(s) {
	case "true", "1":
		return Value{Kind: KindBoolean, Int: 1, Fixes: fixes}, nil
	case "false", "0":
		return Value{Kind: KindBoolean, Int: 0, Fixes: fixes}, nil
	case "có", "đúng":
		return Value{Kind: KindBoolean, Int: 1, Fixes: fixes | FixWord}, nil
	case "không", "sai":
		return Value{Kind: KindBoolean, Int: 0, Fixes: fixes | FixWord}, nil
	}
	return Value{}, refuse("dictionary.not_a_boolean")
}

// parseBound reads a limit of an element, which is always written in plain form.
func parseBound(d Definition, s string) (int64, *Problem) {
	switch d.Type {
	case Integer:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0, refuse("dictionary.not_an_integer")
		}
		return n, nil
	case Decimal:
		c := Checker{definition: Definition{Type: Decimal, Scale: d.Scale}, numbers: StylePlain}
		v, problem := c.parseDecimal(s, 0)
		return v.Int, problem
	case Date:
		v, problem := parseDate(s)
		return v.Int, problem
	case Timestamp:
		v, problem := parseMoment(s)
		return v.Int, problem
	}
	return 0, refuse("dictionary.bad_bound", s)
}
