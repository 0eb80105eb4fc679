package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// plain writes the number of a cell without an exponent. Spreadsheets keep binary numbers: whole ones beyond 2^53 have lost
// digits, which is told; of fractions the 15 digits that a spreadsheet itself shows are kept.
func plain(raw string) (text string, flags Flag, ok bool) {
	if len(raw) <= 15 && digitsOnly(raw) {
		return raw, 0, true
	}
	if len(raw) > 64 || strings.ContainsAny(raw, "xXpP_nN") {
		return raw, 0, false
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return raw, 0, false
	}
	if f == math.Trunc(f) {
		if math.Abs(f) >= 1<<53 {
			return raw, Imprecise, true
		}
		return strconv.FormatInt(int64(f), 10), 0, true
	}
	exact := strconv.FormatFloat(f, 'f', -1, 64)
	short, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'e', 14, 64), 64) // it was just written
	text = strconv.FormatFloat(short, 'f', -1, 64)
	if text != exact {
		flags = Rounded
	}
	return text, flags, true
}

func digitsOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && (s[0] != '0' || s == "0")
}

const lastSerial = 2958465 // 9999-12-31 where days count from 1900

// moment writes a day number of a spreadsheet as a date, a date with time, or a time of day. The system of 1900 has a 29
// February that never was; that day and those that no calendar has are not made into others.
func moment(raw string, f dateForm, from1904 bool) (string, bool) {
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil || n < 0 || n > lastSerial+1 {
		return raw, false
	}
	day := math.Floor(n)
	seconds := int(math.Round((n - day) * 86400))
	if seconds == 86400 {
		day, seconds = day+1, 0
	}
	clock := time.Duration(seconds) * time.Second
	if f == formTime && day == 0 {
		return time.Unix(0, 0).UTC().Add(clock).Format("15:04:05"), true
	}
	var epoch time.Time
	switch {
	case from1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case day == 0, day == 60:
		return raw, false
	case day < 60:
		epoch = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	default:
		epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	}
	t := epoch.AddDate(0, 0, int(day)).Add(clock)
	switch {
	case t.Year() > 9999:
		return raw, false
	case seconds == 0:
		return t.Format("2006-01-02"), true
	}
	return t.Format("2006-01-02T15:04:05"), true
}

// dateForm is what a number format makes of a number.
type dateForm byte

const (
	formNone dateForm = iota
	formDate
	formTime // shows no day
)

// builtin are the forms of the formats that every spreadsheet knows by number.
func builtin(id int) dateForm {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return formDate
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55, id == 56:
		return formTime
	}
	return formNone
}

// formOf reads the code of a custom number format. Letters count outside quotes, brackets and escapes, and in the part
// for positive numbers.
func formOf(code string) dateForm {
	var days, hours, months bool
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"', '[':
			closing := byte('"')
			if c == '[' {
				closing = ']'
			}
			end := strings.IndexByte(code[i+1:], closing)
			if end < 0 {
				return formNone
			}
			inside := strings.ToLower(code[i+1 : i+1+end])
			if c == '[' && inside != "" && strings.Trim(inside, "hms") == "" {
				hours = true
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case ';':
			i = len(code)
		case 'y', 'Y', 'd', 'D':
			days = true
		case 'h', 'H', 's', 'S':
			hours = true
		case 'm', 'M':
			months = true
		case 'G', 'g': // General
			if strings.HasPrefix(strings.ToLower(code[i:]), "general") {
				i += len("general") - 1
			}
		case '0', '#', '?':
			if !hours { // 0.00 of seconds stands behind them
				return formNone
			}
		}
	}
	switch {
	case days || months && !hours:
		return formDate
	case hours:
		return formTime
	}
	return formNone
}
