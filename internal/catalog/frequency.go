package catalog

import "time"

// Frequency is how often the owner updates a dataset (Điều 7.3e).
type Frequency string

const (
	RealTime   Frequency = "real_time"
	Hourly     Frequency = "hourly"
	Daily      Frequency = "daily"
	Weekly     Frequency = "weekly"
	Monthly    Frequency = "monthly"
	Quarterly  Frequency = "quarterly"
	HalfYearly Frequency = "half_yearly"
	Yearly     Frequency = "yearly"
	OnEvent    Frequency = "on_event" // with a maximum delay
)

// Minutes is a delay in whole minutes.
type Minutes int64

// Duration of the delay.
func (m Minutes) Duration() time.Duration { return time.Duration(m) * time.Minute }

// Frequencies lists all frequencies.
func Frequencies() []Frequency {
	return []Frequency{RealTime, Hourly, Daily, Weekly, Monthly, Quarterly, HalfYearly, Yearly, OnEvent}
}

// Valid reports one of the nine.
func (f Frequency) Valid() bool { return contains(Frequencies(), f) }

// NextDue is when the update after the one of that moment falls due; false for real time and for events without a delay.
func (f Frequency) NextDue(last time.Time, maxDelay Minutes) (time.Time, bool) {
	switch f {
	case Hourly:
		return last.Add(time.Hour), true
	case Daily:
		return last.AddDate(0, 0, 1), true
	case Weekly:
		return last.AddDate(0, 0, 7), true
	case Monthly:
		return addMonths(last, 1), true
	case Quarterly:
		return addMonths(last, 3), true
	case HalfYearly:
		return addMonths(last, 6), true
	case Yearly:
		return addMonths(last, 12), true
	}
	if maxDelay > 0 {
		return last.Add(maxDelay.Duration()), true
	}
	return time.Time{}, false
}

// addMonths keeps the end of a month within the month: 31 January + 1 is the last day of February.
func addMonths(t time.Time, n int) time.Time {
	next := t.AddDate(0, n, 0)
	if next.Day() != t.Day() {
		next = next.AddDate(0, 0, -next.Day())
	}
	return next
}
