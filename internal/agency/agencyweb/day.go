package agencyweb

import (
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// day reads a day as a person or a program writes it; no text is the zero time. Invariant 1: it is the day's first moment
// in Viet Nam.
func day(field, text string) (time.Time, *fault.Fault) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006"} {
		if t, err := time.ParseInLocation(layout, text, i18n.Zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "agency.date_form", text).At(field)
}

// moment reads a day, or a moment as the JSON API writes it.
func moment(field, text string) (time.Time, *fault.Fault) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	return day(field, text)
}

// dayText is a day as a date field takes it.
func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(i18n.Zone).Format(time.DateOnly)
}
