package clock

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Clock is the source of now, in UTC.
type Clock interface {
	Now() time.Time
}

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

// System is the clock of the machine.
func System() Clock { return system{} }

type fixed struct{ t time.Time }

func (f fixed) Now() time.Time { return f.t }

// Fixed always answers t: for tests and for repeating a calculation as of a moment.
func Fixed(t time.Time) Clock { return fixed{t.UTC()} }

// Adjustable is a clock that a demonstration moves, so that deadlines can be shown without waiting for them.
type Adjustable struct {
	base   Clock
	offset atomic.Int64
}

// NewAdjustable follows base until it is shifted.
func NewAdjustable(base Clock) *Adjustable { return &Adjustable{base: base} }

// Now is the base's time moved by the sum of all shifts.
func (a *Adjustable) Now() time.Time { return a.base.Now().Add(a.Offset()).UTC() }

// Shift moves the clock by d, in addition to earlier shifts.
func (a *Adjustable) Shift(d time.Duration) { a.offset.Add(int64(d)) }

// Offset is how far the clock stands from its base.
func (a *Adjustable) Offset() time.Duration { return time.Duration(a.offset.Load()) }

var units = map[byte]time.Duration{
	's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
}

// maxShift keeps a shifted clock far from the ends of what a Duration can hold.
const maxShift = 100 * 365 * 24 * time.Hour

// ParseShift reads "+3d", "-2h", "+1w", "+90m", "+30s". The sign is required, so that a shift is never mistaken for a
// setting.
func ParseShift(s string) (time.Duration, error) {
	bad := fmt.Errorf("%q is not a shift: write a sign, a whole number and one of s, m, h, d, w, as in +3d", s)
	s = strings.TrimSpace(s)
	if len(s) < 3 || (s[0] != '+' && s[0] != '-') {
		return 0, bad
	}
	unit, ok := units[s[len(s)-1]]
	if !ok {
		return 0, bad
	}
	n, err := strconv.ParseUint(s[1:len(s)-1], 10, 40)
	if err != nil {
		return 0, bad
	}
	if n > uint64(maxShift/unit) {
		return 0, fmt.Errorf("%q is further than 100 years", s)
	}
	d := time.Duration(n) * unit
	if s[0] == '-' {
		d = -d
	}
	return d, nil
}
