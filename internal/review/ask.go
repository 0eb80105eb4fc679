package review

import (
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// AskKind is what is asked of the operator about a grant.
type AskKind string

const (
	AskNarrow  AskKind = "narrow"
	AskSuspend AskKind = "suspend"
	AskResume  AskKind = "resume"
	AskEnd     AskKind = "end"
)

// AskState is how a request stands.
type AskState string

const (
	AskOpen    AskState = "open"
	AskDone    AskState = "done"
	AskRefused AskState = "refused"
)

// Ask is a request about a grant: by the owner of the data (Điều 20.4a), by a reviewer, or from the report of rights beyond
// their use. The operator carries it out or refuses it, with a reason and in time.
type Ask struct {
	ID         string           `json:"id"`
	Grant      string           `json:"grant" doc:"Id of the grant"`
	Number     string           `json:"number" doc:"Number of the grant"`
	Agency     string           `json:"agency" doc:"Agency that holds the grant"`
	Dataset    string           `json:"dataset"`
	Owner      string           `json:"owner" doc:"Agency that owns the data"`
	Kind       AskKind          `json:"kind" enum:"narrow,suspend,resume,end"`
	Narrow     access.Narrowing `json:"narrow,omitzero"`
	Reason     string           `json:"reason"`
	By         string           `json:"by"`
	ByName     string           `json:"by_name"`
	ByAgency   string           `json:"by_agency"`
	At         time.Time        `json:"at"`
	DueAt      time.Time        `json:"due_at" doc:"The operator answers by then"`
	State      AskState         `json:"state" enum:"open,done,refused"`
	Answer     string           `json:"answer,omitempty"`
	AnsweredBy string           `json:"answered_by,omitempty"`
	AnswerName string           `json:"answered_name,omitempty"`
	AnsweredAt time.Time        `json:"answered_at,omitzero"`
	Late       bool             `json:"late" doc:"Answered after its deadline, or not answered and past it"`
	Item       string           `json:"item,omitempty" doc:"Item of the review that it follows from"`
}

// holder names the request where the grant says what suspends it.
func (a Ask) holder() string { return "ask/" + a.ID }

// Asking is a request as somebody makes it.
type Asking struct {
	Grant  string           `json:"grant" doc:"Id of the grant"`
	Kind   AskKind          `json:"kind" enum:"narrow,suspend,resume,end"`
	Reason string           `json:"reason" maxLength:"1000" doc:"Why, at least 10 characters"`
	Narrow access.Narrowing `json:"narrow,omitzero" doc:"What is taken away, for narrow"`
}

func (a Asking) check() error {
	p := []*fault.Fault{reasoned(a.Reason, "reason")}
	switch a.Kind {
	case AskNarrow, AskSuspend, AskResume, AskEnd:
	default:
		p = append(p, fault.New(fault.Invalid, "review.ask_kind").At("kind"))
	}
	if a.Kind == AskNarrow && a.Narrow.Empty() {
		p = append(p, fault.New(fault.Invalid, "access.narrow_nothing").At("narrow"))
	}
	return fault.Collect(p...)
}
