package system

import (
	"strings"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Exception is a temporary, decided leave to be live without an approved level (Điều 26.2a).
type Exception struct {
	Level    int       `json:"level" doc:"Level at which the system counts meanwhile"`
	Decision string    `json:"decision"`
	Measures string    `json:"measures" doc:"What is done instead of what the level demands"`
	Since    time.Time `json:"since" doc:"Beginning of the first exception since a level was last approved"`
	To       time.Time `json:"to"`
}

// MaxException is how long a system may be live on exceptions, from the first one on, however many follow.
const MaxException = 90 * 24 * time.Hour

// Soon is how long before its end an approval asks for attention.
const Soon = 60 * 24 * time.Hour

// LevelAt is the security level in force at the moment: the approved one, or that of an exception where it is higher; 0
// when none is approved or it has lapsed (invariant 4).
func (s *System) LevelAt(now time.Time) int {
	level := 0
	if s.Level > 0 && now.Before(s.LevelValidTo) {
		level = s.Level
	}
	if e := s.Exception; e != nil && now.Before(e.To) {
		level = max(level, e.Level)
	}
	return level
}

// LevelEnd is when the level in force ends; zero when none is.
func (s *System) LevelEnd(now time.Time) time.Time {
	switch {
	case s.Level > 0 && now.Before(s.LevelValidTo):
		return s.LevelValidTo
	case s.Exception != nil && now.Before(s.Exception.To):
		return s.Exception.To
	}
	return time.Time{}
}

// LevelState is how a system stands with its security level.
type LevelState string

// The states, as they are filtered by.
const (
	LevelNone      LevelState = "none"      // never approved
	LevelValid     LevelState = "valid"     // approved, and not ending soon
	LevelExpiring  LevelState = "expiring"  // approved, ends within Soon
	LevelLapsed    LevelState = "lapsed"    // what was approved or excepted has ended
	LevelException LevelState = "exception" // live on an exception alone
)

// LevelStates in the order of the page.
func LevelStates() []LevelState {
	return []LevelState{LevelNone, LevelLapsed, LevelExpiring, LevelException, LevelValid}
}

// LevelStateAt tells how the system stands at the moment.
func (s *System) LevelStateAt(now time.Time) LevelState {
	switch {
	case s.Level > 0 && now.Before(s.LevelValidTo.Add(-Soon)):
		return LevelValid
	case s.Level > 0 && now.Before(s.LevelValidTo):
		return LevelExpiring
	case s.Exception != nil && now.Before(s.Exception.To):
		return LevelException
	case s.Level > 0 || s.Exception != nil:
		return LevelLapsed
	}
	return LevelNone
}

// DossierKind tells what is asked for.
type DossierKind string

// What a dossier asks for.
const (
	ForApproval  DossierKind = "approval"
	ForException DossierKind = "exception"
)

// DossierState is where a dossier stands.
type DossierState string

// The states of a dossier.
const (
	Proposed  DossierState = "proposed"  // waits for the operator
	Returned  DossierState = "returned"  // with what is missing
	Withdrawn DossierState = "withdrawn" // by the owner
	Recorded  DossierState = "recorded"  // decided; its level is in force as far as it is valid
)

// Paper is a file that belongs to a dossier.
type Paper struct {
	Name   string `json:"name" doc:"As the sender called it"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`

	Stored string `json:"stored" history:"quiet"` // name in the store of papers
}

// Dossier is a proposed security level with what was decided on it.
type Dossier struct {
	ID            string       `json:"id"`
	System        string       `json:"system"`
	Kind          DossierKind  `json:"kind" enum:"approval,exception"`
	State         DossierState `json:"state" enum:"proposed,returned,withdrawn,recorded"`
	Level         int          `json:"level" doc:"Proposed level, 1-5"`
	Number        string       `json:"number" doc:"Number of the dossier"`
	Justification string       `json:"justification"`
	Measures      string       `json:"measures,omitempty" doc:"Of an exception: what is done instead"`
	File          *Paper       `json:"file,omitempty"`
	ProposedBy    string       `json:"proposed_by"`
	ProposedName  string       `json:"proposed_name"`
	ProposedAt    time.Time    `json:"proposed_at"`

	Decided   *LevelDecision `json:"decided,omitempty"`
	Note      string         `json:"note,omitempty" doc:"Why it was returned"`
	EndedBy   string         `json:"ended_by,omitempty" doc:"Who recorded, returned or withdrew it"`
	EndedName string         `json:"ended_name,omitempty"`
	EndedAt   time.Time      `json:"ended_at,omitzero"`
}

// LevelDecision is what the competent authority decided.
type LevelDecision struct {
	Level     int       `json:"level" doc:"Approved level, which may differ from the proposed one"`
	Authority string    `json:"authority"`
	Number    string    `json:"number"`
	DecidedAt time.Time `json:"decided_at"`
	ValidTo   time.Time `json:"valid_to"`
	ReviewAt  time.Time `json:"review_at,omitzero" doc:"Next review, at the latest at the end"`
	CheckedAt time.Time `json:"checked_at,omitzero" doc:"Last security check"`
	File      *Paper    `json:"file,omitempty"`
}

// Lengths of what people write, in characters.
const (
	minReason = 10
	minLong   = 20
	maxLong   = 4000
	maxShort  = 200
)

// gather collects the faults of one input.
type gather []*fault.Fault

func (g *gather) when(wrong bool, field, code string, args ...any) {
	if wrong {
		*g = append(*g, fault.New(fault.Invalid, code, args...).At(field))
	}
}

func (g *gather) text(text *string, field, code string, least, most int) {
	*text = strings.TrimSpace(*text)
	n := len([]rune(*text))
	g.when(n < least || n > most, field, code, least, most)
}

// check tells every mistake of a proposal.
func (d *Dossier) check() error {
	var g gather
	g.when(d.Kind != ForApproval && d.Kind != ForException, "kind", "system.level_kind", d.Kind)
	g.when(d.Level < 1 || d.Level > 5, "level", "system.level_range")
	g.text(&d.Number, "number", "system.level_number", 1, maxShort)
	g.text(&d.Justification, "justification", "system.level_justification", minLong, maxLong)
	if d.Kind == ForException {
		g.text(&d.Measures, "measures", "system.level_measures", minLong, maxLong)
	} else {
		d.Measures = ""
	}
	return fault.Collect(g...)
}

// check tells every mistake of a decision on the dossier, at the moment. since is when the system's first exception began
// after a level was last approved; zero when there was none.
func (d *LevelDecision) check(kind DossierKind, since, now time.Time) error {
	var g gather
	g.when(d.Level < 1 || d.Level > 5, "level", "system.level_range")
	g.text(&d.Authority, "authority", "system.level_authority", 5, maxShort)
	g.text(&d.Number, "decision", "system.level_decision_missing", 1, maxShort)
	g.when(d.DecidedAt.IsZero() || d.DecidedAt.After(now), "decided_at", "system.level_decided_at")
	g.when(!d.ValidTo.After(now), "valid_to", "system.level_valid_to")
	g.when(d.CheckedAt.After(now), "checked_at", "system.level_checked_at")
	g.when(!d.ReviewAt.IsZero() && (d.ReviewAt.After(d.ValidTo) || !d.ReviewAt.After(now)), "review_at", "system.level_review_at")
	g.when(d.File == nil, "file", "system.level_file_missing")
	if kind == ForException {
		latest := exceptionEnd(since, d.DecidedAt)
		g.when(d.ValidTo.After(latest), "valid_to", "system.exception_long", int(MaxException.Hours()/24), day(latest))
	}
	return fault.Collect(g...)
}

// exceptionEnd is the last moment until which an exception of that day may be given.
func exceptionEnd(since, decided time.Time) time.Time {
	if since.IsZero() {
		since = decided
	}
	return since.Add(MaxException)
}

// day is a day in Viet Nam as people write it.
func day(t time.Time) string { return i18n.Date(t) }
