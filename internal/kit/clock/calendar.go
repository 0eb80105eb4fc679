package clock

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// EndOfDay is the hour, on the wall clock of Viet Nam, at which a deadline counted in working days falls.
const EndOfDay = 17

// MaxWorkingDays is the longest deadline that AddWorkingDays counts: about eight years.
const MaxWorkingDays = 2000

//go:embed vn.json
var vietNam []byte

// VietNam is the calendar that comes with the program. Years marked provisional in vn.json wait for the yearly decision.
func VietNam() (*Calendar, error) { return ParseCalendar(bytes.NewReader(vietNam)) }

// Calendar knows the working days of the years it has data for. It does not change after it was read.
type Calendar struct{ years map[int]*year }

type year struct {
	provisional bool
	holidays    map[civil]string
	makeup      map[civil]bool
}

// civil is a day of the wall calendar, without hour or zone.
type civil struct {
	y int
	m time.Month
	d int
}

func civilOf(t time.Time) civil {
	y, m, d := t.In(i18n.Zone).Date()
	return civil{y, m, d}
}

func (c civil) weekend() bool {
	w := time.Date(c.y, c.m, c.d, 0, 0, 0, 0, time.UTC).Weekday()
	return w == time.Saturday || w == time.Sunday
}

func (c civil) next() civil {
	y, m, d := time.Date(c.y, c.m, c.d+1, 0, 0, 0, 0, time.UTC).Date()
	return civil{y, m, d}
}

func (c civil) before(o civil) bool {
	if c.y != o.y {
		return c.y < o.y
	}
	if c.m != o.m {
		return c.m < o.m
	}
	return c.d < o.d
}

type calendarFile struct {
	Note  string     `json:"note"`
	Years []yearFile `json:"years"`
}

type yearFile struct {
	Year        int           `json:"year"`
	Provisional bool          `json:"provisional"`
	Note        string        `json:"note"`
	Holidays    []holidayFile `json:"holidays"`
	MakeupDays  []string      `json:"makeup_days"`
}

type holidayFile struct {
	Date string `json:"date"`
	Name string `json:"name"`
}

// ParseCalendar reads {"years":[{"year":2026,"holidays":[{"date":"2026-02-16","name":"…"}],"makeup_days":["2026-08-22"]}]}.
// A make-up day is a Saturday or Sunday worked in exchange for a day off. What contradicts itself is refused, since a
// slip here moves every deadline of the year.
func ParseCalendar(r io.Reader) (*Calendar, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var file calendarFile
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("read calendar: %w", err)
	}
	if dec.More() {
		return nil, fmt.Errorf("read calendar: something follows the first JSON value")
	}
	c := &Calendar{years: make(map[int]*year)}
	for _, y := range file.Years {
		if c.years[y.Year] != nil {
			return nil, fmt.Errorf("read calendar: year %d stands twice", y.Year)
		}
		got, err := y.parse()
		if err != nil {
			return nil, fmt.Errorf("read calendar of %d: %w", y.Year, err)
		}
		c.years[y.Year] = got
	}
	return c, nil
}

func (f yearFile) parse() (*year, error) {
	y := &year{provisional: f.Provisional, holidays: map[civil]string{}, makeup: map[civil]bool{}}
	for _, h := range f.Holidays {
		day, err := f.day(h.Date)
		if err != nil {
			return nil, err
		}
		if _, twice := y.holidays[day]; twice {
			return nil, fmt.Errorf("holiday %s stands twice", h.Date)
		}
		if h.Name == "" {
			return nil, fmt.Errorf("holiday %s has no name", h.Date)
		}
		y.holidays[day] = h.Name
	}
	for _, m := range f.MakeupDays {
		day, err := f.day(m)
		if err != nil {
			return nil, err
		}
		_, holiday := y.holidays[day]
		if holiday || !day.weekend() || y.makeup[day] {
			return nil, fmt.Errorf("make-up day %s must be a Saturday or Sunday, no holiday, and stand once", m)
		}
		y.makeup[day] = true
	}
	if len(y.holidays) == 0 {
		return nil, fmt.Errorf("no holiday at all: the data is not complete")
	}
	return y, nil
}

func (f yearFile) day(s string) (civil, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return civil{}, fmt.Errorf("day %q: %w", s, err)
	}
	if t.Year() != f.Year {
		return civil{}, fmt.Errorf("day %s is not in the year", s)
	}
	return civil{t.Year(), t.Month(), t.Day()}, nil
}

// Years lists the years with data.
func (c *Calendar) Years() []int {
	years := make([]int, 0, len(c.years))
	for y := range c.years {
		years = append(years, y)
	}
	sort.Ints(years)
	return years
}

// Provisional reports that the data of the year waits for the official decision.
func (c *Calendar) Provisional(y int) bool { return c.years[y] != nil && c.years[y].provisional }

// Holiday names the holiday of the day in Viet Nam, if it is one.
func (c *Calendar) Holiday(day time.Time) (string, bool) {
	d := civilOf(day)
	if c.years[d.y] == nil {
		return "", false
	}
	name, ok := c.years[d.y].holidays[d]
	return name, ok
}

// IsWorkingDay tells whether offices work on the day that day falls on in Viet Nam.
func (c *Calendar) IsWorkingDay(day time.Time) (bool, error) { return c.works(civilOf(day)) }

func (c *Calendar) works(d civil) (bool, error) {
	y := c.years[d.y]
	if y == nil {
		return false, fault.New(fault.Unavailable, "clock.year_without_calendar", d.y) // Invariant 2
	}
	if _, holiday := y.holidays[d]; holiday {
		return false, nil
	}
	return !d.weekend() || y.makeup[d], nil
}

// AddWorkingDays is the deadline n working days after t: 17:00 in Viet Nam on the n-th working day after the day that t
// falls on there, answered in UTC. The day of t itself is not counted, whatever its hour and whether it is worked or not,
// as the Civil Code counts terms. With n = 0 it is 17:00 of that day, or of the next working day if that one is not worked.
func (c *Calendar) AddWorkingDays(t time.Time, n int) (time.Time, error) {
	if n < 0 || n > MaxWorkingDays {
		return time.Time{}, fault.New(fault.Invalid, "clock.days_out_of_range", MaxWorkingDays)
	}
	day := civilOf(t)
	if n == 0 {
		works, err := c.works(day)
		if err != nil {
			return time.Time{}, err
		}
		if works {
			return endOf(day), nil
		}
		n = 1
	}
	for n > 0 {
		day = day.next()
		works, err := c.works(day)
		if err != nil {
			return time.Time{}, err
		}
		if works {
			n--
		}
	}
	return endOf(day), nil
}

func endOf(d civil) time.Time {
	return time.Date(d.y, d.m, d.d, EndOfDay, 0, 0, 0, i18n.Zone).UTC()
}

// WorkingDaysBetween counts the working days after the day of a up to and including the day of b, so that it undoes
// AddWorkingDays. It is negative when b lies before a.
func (c *Calendar) WorkingDaysBetween(a, b time.Time) (int, error) {
	from, to, sign := civilOf(a), civilOf(b), 1
	if to.before(from) {
		from, to, sign = to, from, -1
	}
	n := 0
	for day := from; day.before(to); {
		day = day.next()
		works, err := c.works(day)
		if err != nil {
			return 0, err
		}
		if works {
			n++
		}
	}
	return sign * n, nil
}
