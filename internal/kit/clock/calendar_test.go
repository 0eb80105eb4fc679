package clock_test

import (
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

func vn(t *testing.T) *clock.Calendar {
	t.Helper()
	c, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// at reads a moment on the wall clock of Viet Nam.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	got, err := time.ParseInLocation("2006-01-02 15:04", s, i18n.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestIsWorkingDay(t *testing.T) {
	c := vn(t)
	for _, row := range []struct {
		day  string
		want bool
		rule string
	}{
		{"2025-04-25", true, "Friday"},
		{"2025-04-26", true, "Saturday worked for 2/5"},
		{"2025-04-27", false, "Sunday"},
		{"2025-05-02", false, "Friday off for 26/4"},
		{"2025-01-24", true, "Friday before Tết"},
		{"2025-01-27", false, "Tết"},
		{"2025-02-03", true, "first Monday after Tết"},
		{"2026-01-02", false, "Friday off for 10/1"},
		{"2026-01-10", true, "Saturday worked for 2/1"},
		{"2026-02-13", true, "Friday before Tết"},
		{"2026-02-20", false, "last Friday of Tết"},
		{"2026-02-23", true, "first Monday after Tết"},
		{"2026-04-27", false, "in place of the Sunday of Hùng Vương"},
		{"2026-08-22", true, "Saturday worked for 31/8"},
		{"2026-08-31", false, "Monday off for 22/8"},
		{"2026-11-24", false, "Ngày Văn hóa Việt Nam"},
		{"2025-11-24", true, "not yet a holiday"},
	} {
		if got, err := c.IsWorkingDay(at(t, row.day+" 00:00")); err != nil || got != row.want {
			t.Errorf("%s (%s): got %v, %v", row.day, row.rule, got, err)
		}
	}
}

func TestTheDayIsThatOfVietNam(t *testing.T) {
	c := vn(t)
	// 23:30 UTC on Sunday 23 August 2026 is already Monday in Viet Nam.
	if got, err := c.IsWorkingDay(time.Date(2026, 8, 23, 23, 30, 0, 0, time.UTC)); err != nil || !got {
		t.Fatal(got, err)
	}
}

func TestAddWorkingDays(t *testing.T) {
	c := vn(t)
	for _, row := range []struct {
		rule, from string
		n          int
		want       string
	}{
		{"next day", "2026-03-02 08:00", 1, "2026-03-03 17:00"},
		{"the hour of the start does not matter", "2026-03-02 23:59", 1, "2026-03-03 17:00"},
		{"over a weekend", "2026-03-06 09:00", 2, "2026-03-10 17:00"},
		{"from a Sunday", "2026-03-08 09:00", 1, "2026-03-09 17:00"},
		{"none: the same day", "2026-03-06 09:00", 0, "2026-03-06 17:00"},
		{"none on a Saturday: the next working day", "2026-03-07 09:00", 0, "2026-03-09 17:00"},
		{"over Tết 2026", "2026-02-12 10:00", 5, "2026-02-26 17:00"},
		{"over Tết 2025", "2025-01-24 10:00", 1, "2025-02-03 17:00"},
		{"a make-up Saturday counts", "2025-04-25 10:00", 1, "2025-04-26 17:00"},
		{"over the swap of 2025", "2025-04-25 10:00", 4, "2025-05-05 17:00"},
		{"over the swap of 2/9/2026", "2026-08-21 10:00", 7, "2026-09-03 17:00"},
		{"over the end of the year", "2025-12-31 10:00", 2, "2026-01-06 17:00"},
		{"seventeen days", "2026-03-02 08:00", 17, "2026-03-25 17:00"},
	} {
		got, err := c.AddWorkingDays(at(t, row.from), row.n)
		if err != nil || !got.Equal(at(t, row.want)) || got.Location() != time.UTC {
			t.Errorf("%s: got %v, %v, want %s", row.rule, got.In(i18n.Zone), err, row.want)
		}
	}
}

func TestLeapDay(t *testing.T) {
	c, err := clock.ParseCalendar(strings.NewReader(`{"years":[{"year":2028,"holidays":[{"date":"2028-01-01","name":"Tết Dương lịch"}],"makeup_days":[]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.AddWorkingDays(at(t, "2028-02-28 10:00"), 1)
	if err != nil || !got.Equal(at(t, "2028-02-29 17:00")) {
		t.Fatal(got, err)
	}
}

func TestAYearWithoutDataIsRefused(t *testing.T) {
	c := vn(t)
	_, errBefore := c.IsWorkingDay(at(t, "2024-12-31 10:00"))
	_, errAdd := c.AddWorkingDays(at(t, "2027-12-30 10:00"), 3)
	_, errBetween := c.WorkingDaysBetween(at(t, "2027-12-30 10:00"), at(t, "2028-01-05 10:00"))
	for year, err := range map[int]error{2024: errBefore, 2028: errAdd} {
		f := fault.Of(err)
		if f.Code != "clock.year_without_calendar" || f.Kind != fault.Unavailable || len(f.Args) != 1 || f.Args[0] != year {
			t.Errorf("%d: %+v", year, f)
		}
	}
	if !fault.Is(errBetween, "clock.year_without_calendar") {
		t.Error(errBetween)
	}
	if got, err := c.AddWorkingDays(at(t, "2027-12-30 10:00"), 1); err != nil || !got.Equal(at(t, "2027-12-31 17:00")) {
		t.Error("the last day of the data is usable:", got, err)
	}
}

func TestDaysOutOfRange(t *testing.T) {
	c := vn(t)
	for _, n := range []int{-1, clock.MaxWorkingDays + 1} {
		if _, err := c.AddWorkingDays(at(t, "2026-03-02 08:00"), n); !fault.Is(err, "clock.days_out_of_range") {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func TestBetweenUndoesAdd(t *testing.T) {
	c := vn(t)
	start := at(t, "2025-01-02 06:00")
	for offset := range 500 {
		from := start.AddDate(0, 0, offset)
		for _, n := range []int{1, 2, 5, 17, 60} {
			to, err := c.AddWorkingDays(from, n)
			if err != nil {
				t.Fatal(err)
			}
			forth, err1 := c.WorkingDaysBetween(from, to)
			back, err2 := c.WorkingDaysBetween(to, from)
			if err1 != nil || err2 != nil || forth != n || back != -n {
				t.Fatalf("%v + %d: forth %d %v, back %d %v", from, n, forth, err1, back, err2)
			}
			if works, err := c.IsWorkingDay(to); err != nil || !works {
				t.Fatalf("%v is no working day: %v", to, err)
			}
		}
	}
	if n, err := c.WorkingDaysBetween(at(t, "2026-03-06 01:00"), at(t, "2026-03-06 23:00")); err != nil || n != 0 {
		t.Fatal(n, err)
	}
}

func TestEveryYearHasAbout250WorkingDays(t *testing.T) {
	c := vn(t)
	for _, y := range []int{2025, 2026, 2027} {
		n := 0
		for d := time.Date(y, 1, 1, 12, 0, 0, 0, i18n.Zone); d.Year() == y; d = d.AddDate(0, 0, 1) {
			if works, err := c.IsWorkingDay(d); err != nil {
				t.Fatal(err)
			} else if works {
				n++
			}
		}
		// 261 weekdays less 11 or 12 days of the Labour Code and those moved from weekends.
		if n < 247 || n > 252 {
			t.Errorf("%d: %d working days", y, n)
		}
	}
	if c.Provisional(2026) || !c.Provisional(2027) || c.Provisional(2030) {
		t.Error("2027 alone is provisional")
	}
	if name, ok := c.Holiday(at(t, "2026-02-17 10:00")); !ok || name != "Tết Nguyên đán Bính Ngọ" {
		t.Error(name, ok)
	}
	if len(c.Years()) != 3 || c.Years()[0] != 2025 {
		t.Error(c.Years())
	}
}

func TestACalendarThatContradictsItselfIsRefused(t *testing.T) {
	for rule, in := range map[string]string{
		"no JSON":                    `{`,
		"unknown field":              `{"years":[{"year":2026,"holiday":[]}]}`,
		"two values":                 `{"years":[]} {}`,
		"year twice":                 `{"years":[{"year":2026,"holidays":[{"date":"2026-01-01","name":"a"}]},{"year":2026,"holidays":[{"date":"2026-01-01","name":"a"}]}]}`,
		"day of another year":        `{"years":[{"year":2026,"holidays":[{"date":"2025-01-01","name":"a"}]}]}`,
		"no such day":                `{"years":[{"year":2026,"holidays":[{"date":"2026-02-29","name":"a"}]}]}`,
		"holiday twice":              `{"years":[{"year":2026,"holidays":[{"date":"2026-01-01","name":"a"},{"date":"2026-01-01","name":"b"}]}]}`,
		"holiday without a name":     `{"years":[{"year":2026,"holidays":[{"date":"2026-01-01"}]}]}`,
		"make-up day on a weekday":   `{"years":[{"year":2026,"holidays":[{"date":"2026-01-01","name":"a"}],"makeup_days":["2026-01-05"]}]}`,
		"make-up day on a holiday":   `{"years":[{"year":2026,"holidays":[{"date":"2026-01-03","name":"a"}],"makeup_days":["2026-01-03"]}]}`,
		"make-up day twice":          `{"years":[{"year":2026,"holidays":[{"date":"2026-01-01","name":"a"}],"makeup_days":["2026-01-10","2026-01-10"]}]}`,
		"a year without any holiday": `{"years":[{"year":2026}]}`,
	} {
		if _, err := clock.ParseCalendar(strings.NewReader(in)); err == nil {
			t.Errorf("%s: accepted", rule)
		}
	}
}

func TestMessagesAreComplete(t *testing.T) {
	for key, text := range clock.Messages {
		if text.Vi == "" || text.En == "" {
			t.Error(key)
		}
	}
}
