package task

import (
	"fmt"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
)

// State of a task.
type State string

const (
	Open      State = "open"
	Done      State = "done"
	Cancelled State = "cancelled"
)

// Stage is how near the deadline is; notices are sent once per stage.
type Stage int

const (
	Early   Stage = iota // less than half of the time is used
	Half                 // half of the time is used
	DueDay               // the day of the deadline has begun
	Overdue              // the deadline has passed
)

// String is the stage in the API and in the audit log.
func (s Stage) String() string {
	return [...]string{"early", "half", "due", "overdue"}[min(max(s, Early), Overdue)]
}

// MarshalText writes the stage as a word.
func (s Stage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Task is one thing that somebody must do.
type Task struct {
	ID        string
	Kind      string      // "connection.opinion": noun and verb of the slice that opened it
	Agency    string      // whose task it is; the operator's own code for the operator
	Role      access.Role // who in the agency; the steward when empty
	Account   string      // one person, when only that person can do it
	Subject   string      // "connection.request/0191…", as the audit log names it
	Path      string      // page on which it is done
	TitleKey  string      // message that says what to do
	TitleArgs []string    // of that message; never personal values
	CreatedAt time.Time
	DueAt     time.Time // zero when there is no deadline
	State     State
	EndedAt   time.Time
	Reminded  Stage // furthest stage of which notices were sent

	// WorkingDays asks Open to count the deadline; it is used when DueAt is zero.
	WorkingDays int

	Standing Standing // how much time is left, as of the reading
}

// Escalated reports that the operator was told of the delay.
func (t Task) Escalated() bool { return t.Reminded >= Overdue }

// Standing is how a deadline stands at a moment, in working days.
type Standing struct {
	Stage   Stage
	Days    int  // left, or late by; whole working days
	Counted bool // false when there is no deadline, or no calendar of the year
}

// stage is where the task stands at the moment.
func (t Task) stage(now time.Time) Stage {
	switch {
	case t.DueAt.IsZero():
		return Early
	case now.After(t.DueAt):
		return Overdue
	case !now.Before(dayStart(t.DueAt)):
		return DueDay
	case !now.Before(t.CreatedAt.Add(t.DueAt.Sub(t.CreatedAt) / 2)):
		return Half
	}
	return Early
}

func dayStart(t time.Time) time.Time {
	y, m, d := t.In(i18n.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, i18n.Zone)
}

// check finds what a programmer forgot; nobody types a task in.
func (t Task) check() error {
	for name, value := range map[string]string{"kind": t.Kind, "agency": t.Agency, "subject": t.Subject, "title": t.TitleKey} {
		if value == "" {
			return fmt.Errorf("open task %s of %s: no %s", t.Kind, t.Subject, name)
		}
	}
	if !strings.HasPrefix(t.Path, "/") || strings.HasPrefix(t.Path, "//") {
		return fmt.Errorf("open task %s of %s: %q is not a page of this site", t.Kind, t.Subject, t.Path)
	}
	return nil
}

// Operator as the role of a recipient means everybody who operates the platform, whatever the role.
const Operator access.Role = "operator"

// Recipient of a notice: an account, or a role in an agency. The operator as a whole is Recipient{Role: Operator}.
type Recipient struct {
	Agency  string
	Role    access.Role
	Account string
}

// String is the recipient in the audit log.
func (r Recipient) String() string {
	if r.Account != "" {
		return r.Account
	}
	return r.Agency + "/" + string(r.Role)
}

// recipients upholds invariant 3: the one who must do it, from the day of the deadline the head of the agency too, and
// of what is overdue the operator as well.
func (t Task) recipients(s Stage) []Recipient {
	first := Recipient{Agency: t.Agency, Role: t.Role, Account: t.Account}
	if t.Account == "" && t.Role == "" {
		first.Role = access.Steward
	}
	out := []Recipient{first}
	if head := (Recipient{Agency: t.Agency, Role: access.AgencyHead}); s >= DueDay && first != head {
		out = append(out, head)
	}
	if s >= Overdue {
		out = append(out, Recipient{Role: Operator})
	}
	return out
}
