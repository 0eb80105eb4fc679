package incident

import (
	"slices"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// Kind of an incident.
type Kind string

const (
	Availability Kind = "availability"
	Quality      Kind = "quality"
	Security     Kind = "security"
	PersonalData Kind = "personal_data"
	StateSecret  Kind = "state_secret"
	Misuse       Kind = "misuse"
)

// Severity orders the limits of parameter D10.
type Severity string

const (
	Critical Severity = "critical"
	High     Severity = "high"
	Normal   Severity = "normal"
)

// State of an incident.
type State string

const (
	Detected   State = "detected"
	Triaged    State = "triaged"
	Containing State = "containing"
	Contained  State = "contained"
	Recovering State = "recovering"
	Review     State = "review"
	Closed     State = "closed"
	FalseAlarm State = "false_alarm"
)

// next lists the steps that exist.
var next = map[State][]State{
	Detected:   {Triaged, FalseAlarm},
	Triaged:    {Containing, FalseAlarm},
	Containing: {Contained},
	Contained:  {Recovering},
	Recovering: {Review},
	Review:     {Closed},
}

// Next lists the states that can follow.
func (s State) Next() []State { return slices.Clone(next[s]) }

// Ended reports that nothing can follow.
func (s State) Ended() bool { return len(next[s]) == 0 }

// Incident as the register shows it.
type Incident struct {
	ID         string            `json:"id"`
	Number     string            `json:"number"` // 2026-0003/SC
	Kind       Kind              `json:"kind"`
	Severity   Severity          `json:"severity"`
	State      State             `json:"state"`
	Summary    string            `json:"summary"`
	Source     string            `json:"source"` // who or what detected it
	Agency     string            `json:"agency"` // agency concerned, empty for the platform
	Refs       map[string]string `json:"refs,omitempty"`
	DetectedAt time.Time         `json:"detected_at"`
	ChangedAt  time.Time         `json:"changed_at"`
	TriageBy   time.Time         `json:"triage_by,omitzero" doc:"By when somebody must have looked at it; absent when the calendar lacks the year"`
	Steps      []Step            `json:"steps,omitempty"`

	fingerprint string
}

// Step is one change of state, or a further detection of the same.
type Step struct {
	From    State     `json:"from"`
	To      State     `json:"to"`
	Who     string    `json:"who"`
	WhoName string    `json:"who_name"`
	Agency  string    `json:"agency"`
	At      time.Time `json:"at"`
	Comment string    `json:"comment"`
}

// triageBy is when somebody must have looked at it: one hour for critical, else one working day (parameter D10).
func (i Incident) triageBy(cal *clock.Calendar) (time.Time, error) {
	if i.Severity == Critical {
		return i.DetectedAt.Add(time.Hour), nil
	}
	return cal.AddWorkingDays(i.DetectedAt, 1)
}

// NoticeBy is the end of the 72 calendar hours for a personal-data breach; zero for other kinds.
func (i Incident) NoticeBy() time.Time {
	if i.Kind != PersonalData {
		return time.Time{}
	}
	return i.DetectedAt.Add(72 * time.Hour)
}

func (i Incident) mayBecome(to State) error {
	if !slices.Contains(next[i.State], to) {
		return fault.New(fault.Conflict, "incident.step_not_possible", i.State, to)
	}
	return nil
}
