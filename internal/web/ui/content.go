package ui

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/a-h/templ"
)

// ActionKind is the weight of an action. A page has one primary action.
type ActionKind string

// The weights of an action.
const (
	Primary   ActionKind = "primary"
	Secondary ActionKind = "secondary"
	Danger    ActionKind = "danger"
	Quiet     ActionKind = "quiet"
	Small     ActionKind = "small" // quiet, inside the lines of a table
)

// Action leads somewhere, or changes something when Post is set; then it is a form with one button.
type Action struct {
	Label   string
	Path    string
	Icon    Icon
	Kind    ActionKind
	Post    bool
	Confirm string // question asked before a change that cannot be undone (with script; the server decides in any case)
	Fields  []Hidden
	Off     string // why it cannot be used now; it is then shown disabled with this reason
}

// Hidden is a value that a form carries along.
type Hidden struct{ Name, Value string }

func (a Action) class() string {
	if a.Kind == "" {
		return "button button--secondary"
	}
	if a.Kind == Small {
		return "button button--quiet button--small"
	}
	return "button button--" + string(a.Kind)
}

// Head is the head of a page.
type Head struct {
	Eyebrow string // what kind of thing this is, or its code
	Title   string
	Lead    string
	State   *State
	Actions []Action
}

// CardProps is a titled part of a page.
type CardProps struct {
	ID      string
	Title   string
	Lead    string
	Actions []Action
	Flush   bool // content reaches the edges: tables and lists
}

// Empty is what stands where there is nothing yet: why, and what to do.
type Empty struct {
	Icon   Icon
	Title  string
	Text   string
	Action *Action
}

// Note is a message beside the content.
type Note struct {
	Tone  Tone
	Title string
	Text  string
}

// Pair is a name with its value; Value wins over Text.
type Pair struct {
	Name  string
	Text  string
	Value templ.Component
	Help  string
}

// Tab is one of several views of the same thing; each is a page of its own.
type Tab struct {
	Label   string
	Path    string
	Count   string
	Current bool
}

// Tile is one figure with its meaning.
type Tile struct {
	Label string
	Value string
	Note  string
	Tone  Tone
	Icon  Icon
	Path  string
}

// StepState is where a step of a process stands.
type StepState string

// The states of a step.
const (
	StepDone    StepState = "done"
	StepCurrent StepState = "current"
	StepTodo    StepState = "todo"
	StepFailed  StepState = "failed"
	StepSkipped StepState = "skipped"
)

func (s StepState) icon() Icon {
	switch s {
	case StepDone:
		return IconDone
	case StepCurrent:
		return IconCurrent
	case StepFailed:
		return IconClose
	case StepSkipped:
		return IconNext
	}
	return IconTodo
}

// Step is one step of a process: who does it, by when, when it was done.
type Step struct {
	Label   string
	State   StepState
	Who     string
	When    time.Time // when it was reached; zero while it was not
	Due     time.Time // deadline; zero when there is none
	Overdue bool
	Note    string
}

// Event is one line of a history.
type Event struct {
	When   time.Time
	What   string
	Who    string
	Detail string
	Tone   Tone
	Icon   Icon
	Path   string // its evidence, or the page of what happened
	Link   string // label of Path
}

// Meter is how far something has come.
type Meter struct {
	Label   string
	Value   int64
	Max     int64
	Text    string // said instead of the percentage
	Tone    Tone
	Running bool
}

func (m Meter) percent() int64 {
	if m.Max <= 0 {
		return 0
	}
	return min(100, max(0, m.Value*100/m.Max))
}

// Renewal says where a part of a page comes from anew.
type Renewal struct {
	Path    string // answers the part alone
	Page    string // the whole page, for readers without script
	Seconds int    // 3 when 0
}

func (l Renewal) trigger() string {
	seconds := l.Seconds
	if seconds == 0 {
		seconds = 3
	}
	return "every " + strconv.Itoa(seconds) + "s"
}

// Bar is one bar of a chart.
type Bar struct {
	Label string
	Value int64
	Text  string // value as people read it; the number itself when empty
	Path  string
	Tone  Tone
}

// PageLinks lead to the neighbouring pages of a list; an empty one does not exist.
type PageLinks struct {
	Previous string
	Next     string
	Summary  string // "1–50 trên 1.234"
}

// Proof is the state of the log as a verification found it.
type Proof struct {
	State     ProofState
	Size      string
	Root      string
	CheckedAt time.Time
	FirstBad  string // id or number of the first bad record
	Witnesses string
	Text      string // what it means, in a sentence
	Action    *Action
}

// ProofState is the outcome of a verification.
type ProofState string

// The outcomes of a verification.
const (
	ProofGood     ProofState = "good"
	ProofBad      ProofState = "bad"
	ProofUnknown  ProofState = "unknown"
	ProofChecking ProofState = "checking"
)

func (p Proof) tone() Tone {
	switch p.State {
	case ProofGood:
		return Good
	case ProofBad:
		return Bad
	case ProofChecking:
		return Info
	}
	return Neutral
}

func (p Proof) icon() Icon {
	switch p.State {
	case ProofGood:
		return IconAudit
	case ProofBad:
		return IconIncident
	case ProofChecking:
		return IconRunning
	}
	return IconProof
}

func (p Proof) word() string {
	switch p.State {
	case ProofGood:
		return "ui.verified"
	case ProofBad:
		return "ui.not_verified"
	case ProofChecking:
		return "ui.checking"
	}
	return "ui.not_checked"
}

// Failure is an error as a page shows it.
type Failure struct {
	Status     int
	Title      string
	Text       string
	Next       string // what to do next
	Code       string
	Reference  string
	Permission string // what was missing, when that is the reason
	BackPath   string
	Items      []FieldError
}

func fields(s string) []string { return strings.Fields(s) }

func upperFirst(s string) string {
	for _, r := range s {
		return string(unicode.ToUpper(r))
	}
	return ""
}
