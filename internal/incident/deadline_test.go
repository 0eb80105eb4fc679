package incident

import (
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
)

// D10: critical within an hour, all others within one working day, not within 24 hours.
func TestTriageCountsWorkingDays(t *testing.T) {
	cal, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, i18n.Zone) }
	for name, c := range map[string]struct {
		severity     Severity
		detected, by time.Time
	}{
		"critical on a Saturday":    {Critical, at(21, 10), at(21, 11)},
		"high on a Friday":          {High, at(20, 16), at(23, 17)},
		"normal on a Saturday":      {Normal, at(21, 10), at(23, 17)},
		"normal on a Tuesday night": {Normal, at(24, 23), at(25, 17)},
	} {
		got, err := Incident{Severity: c.severity, DetectedAt: c.detected}.triageBy(cal)
		if err != nil || !got.Equal(c.by) {
			t.Errorf("%s: %v, %v; want %v", name, got.In(i18n.Zone), err, c.by)
		}
	}
	s := &Service{calendar: cal}
	far := &Incident{Severity: Normal, DetectedAt: time.Date(2099, 1, 2, 0, 0, 0, 0, time.UTC)}
	if s.count(far); !far.TriageBy.IsZero() {
		t.Errorf("a year without calendar was guessed: %v", far.TriageBy)
	}
}
