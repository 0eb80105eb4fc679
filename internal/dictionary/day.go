package dictionary

import (
	"encoding/json"
	"fmt"
	"time"

	"lienthong/internal/kit/i18n"
)

// Day is a calendar day, counted so that 1 January of year 1 is 1.
type Day int32

// NoDay, the zero Day, means that no day is known or, as an end, that there is none.
const NoDay Day = 0

// epoch is 1 January 1970.
const epoch = 719163

// DayOf is the day in Viet Nam of a moment; NoDay of the zero time.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return NoDay
	}
	y, m, d := t.In(i18n.Zone).Date()
	return DayFrom(y, int(m), d)
}

// DayFrom makes a day from its parts, which must exist in the calendar.
func DayFrom(year, month, day int) Day {
	return epochDay(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func epochDay(n int64) Day { return Day(n + epoch) }

// Epoch is the day as days since 1 January 1970, the form in which values are stored.
func (d Day) Epoch() int64 { return int64(d) - epoch }

// Time is midnight UTC of the day.
func (d Day) Time() time.Time { return time.Unix(d.Epoch()*86400, 0).UTC() }

// String is the ISO form, empty for NoDay.
func (d Day) String() string {
	if d == NoDay {
		return ""
	}
	return d.Time().Format("2006-01-02")
}

// Within reports whether the day lies between two days; NoDay as a bound is open.
func (d Day) Within(from, to Day) bool {
	return (from == NoDay || d >= from) && (to == NoDay || d <= to)
}

// MarshalJSON writes the ISO form, null for NoDay.
func (d Day) MarshalJSON() ([]byte, error) {
	if d == NoDay {
		return []byte("null"), nil
	}
	return json.Marshal(d.String())
}

// UnmarshalJSON reads the ISO form.
func (d *Day) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("read a day: %w", err)
	}
	if s == "" {
		*d = NoDay
		return nil
	}
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return fmt.Errorf("read a day: %w", err)
	}
	*d = DayFrom(t.Year(), int(t.Month()), t.Day())
	return nil
}

// ParseDay reads a day written in ISO or as dd/MM/yyyy.
func ParseDay(s string) (Day, *Problem) {
	v, problem := parseDate(s)
	if problem != nil {
		return NoDay, problem
	}
	return epochDay(v.Int), nil
}
