package review

import (
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Cause says why a review began.
type Cause string

// The causes: two that come with time, one by hand, and the events of Điều 21.5c.
const (
	CauseRegular   Cause = "regular"   // every six months: grants on data that is not protected
	CauseProtected Cause = "protected" // every three months: grants on sensitive, important or core data
	CauseHand      Cause = "hand"
	CauseLeft      Cause = "left"   // an account was closed
	CauseMoved     Cause = "moved"  // a person lost a role
	CauseAgency    Cause = "agency" // an agency ends or merges
	CauseClass     Cause = "class"  // a field became better protected
	CauseOwner     Cause = "owner"  // a dataset has another owner
	CauseSystem    Cause = "system" // a system belongs to another agency
)

// Event reports a review that a change opened.
func (c Cause) Event() bool { return c != CauseRegular && c != CauseProtected && c != CauseHand }

// CampaignState is where a review stands.
type CampaignState string

const (
	Collecting CampaignState = "collecting" // its grants are being listed
	Running    CampaignState = "running"
	Closed     CampaignState = "closed"
)

// Scope says which grants a review takes. Empty members do not limit; a review by hand names at least one of them.
type Scope struct {
	Owner     string         `json:"owner,omitempty" doc:"Code of the agency that owns the data"`
	Agency    string         `json:"agency,omitempty" doc:"Code of the agency that holds the grants"`
	Dataset   string         `json:"dataset,omitempty" doc:"Dataset code"`
	Class     string         `json:"class,omitempty" enum:"protected,other" doc:"protected: only grants on sensitive, important or core data; other: only those on none"`
	Subject   access.Subject `json:"subject,omitzero" doc:"Holder of the grants"`
	Fields    []string       `json:"fields,omitempty" doc:"Only grants that hold one of these fields of the dataset"`
	Grants    []string       `json:"grants,omitempty" doc:"Ids of grants, and only these"`
	Everybody bool           `json:"everybody,omitempty" doc:"All grants of the province"`
}

func (s Scope) empty() bool {
	return s.Owner == "" && s.Agency == "" && s.Dataset == "" && s.Class == "" && s.Subject.ID == "" && len(s.Grants) == 0 && !s.Everybody
}

// Campaign is one review of many grants.
type Campaign struct {
	ID        string        `json:"id"`
	Number    string        `json:"number" example:"RSQ-2026-0004"`
	Cause     Cause         `json:"cause" enum:"regular,protected,hand,left,moved,agency,class,owner,system"`
	Of        string        `json:"of,omitempty" doc:"What changed, for a review that an event opened: account/…, dataset/…, agency/…, system/…"`
	Note      string        `json:"note,omitempty" doc:"Why, in the words of who opened it"`
	Scope     Scope         `json:"scope"`
	State     CampaignState `json:"state" enum:"collecting,running,closed"`
	By        string        `json:"by" doc:"Account or job that opened it"`
	ByName    string        `json:"by_name"`
	CreatedAt time.Time     `json:"created_at"`
	DueAt     time.Time     `json:"due_at" doc:"Grants without an answer by then are suspended"`
	ClosedAt  time.Time     `json:"closed_at,omitzero"`
	Counts    Counts        `json:"counts"`

	record string // id of the record that opened it, for an event
	after  string // number of the last grant that was listed
}

// Counts are the items of a campaign by how they stand.
type Counts struct {
	Total     int64 `json:"total"`
	Open      int64 `json:"open" doc:"Without an answer"`
	Kept      int64 `json:"kept"`
	Waiting   int64 `json:"waiting" doc:"To be narrowed or revoked; the operator has not confirmed yet"`
	Narrowed  int64 `json:"narrowed"`
	Revoked   int64 `json:"revoked"`
	Suspended int64 `json:"suspended" doc:"Suspended for want of an answer"`
	Gone      int64 `json:"gone" doc:"Ended otherwise before an answer"`
}

// Answered is how many items have an answer or need none any more.
func (c Counts) Answered() int64 { return c.Total - c.Open - c.Suspended }

// ItemState is how one grant of a campaign stands.
type ItemState string

const (
	ItemOpen      ItemState = "open"
	ItemKept      ItemState = "kept"
	ItemNarrowing ItemState = "narrowing" // asked, not yet confirmed by the operator
	ItemRevoking  ItemState = "revoking"
	ItemNarrowed  ItemState = "narrowed"
	ItemRevoked   ItemState = "revoked"
	ItemSuspended ItemState = "suspended" // nobody answered in time
	ItemGone      ItemState = "gone"
)

// ItemStates lists them in the order of a life.
func ItemStates() []ItemState {
	return []ItemState{ItemOpen, ItemKept, ItemNarrowing, ItemNarrowed, ItemRevoking, ItemRevoked, ItemSuspended, ItemGone}
}

func (s ItemState) answerable() bool { return s == ItemOpen || s == ItemSuspended }

// Item is one grant under review.
type Item struct {
	ID         string         `json:"id"`
	Campaign   string         `json:"campaign"`
	Grant      string         `json:"grant" doc:"Id of the grant"`
	Number     string         `json:"number" doc:"Number of the grant"`
	Agency     string         `json:"agency" doc:"Agency that holds the grant"`
	Dataset    string         `json:"dataset"`
	Level      access.Level   `json:"level"`
	Subject    access.Subject `json:"subject"`
	Reviewer   string         `json:"reviewer" doc:"Agency that answers: the owner of the data, or the operator"`
	State      ItemState      `json:"state" enum:"open,kept,narrowing,narrowed,revoking,revoked,suspended,gone"`
	Reason     string         `json:"reason,omitempty"`
	By         string         `json:"by,omitempty"`
	ByName     string         `json:"by_name,omitempty"`
	AnsweredAt time.Time      `json:"answered_at,omitzero"`
	Ask        string         `json:"ask,omitempty" doc:"Request to the operator that follows from the answer"`
	HeldAt     time.Time      `json:"held_at,omitzero" doc:"When the review suspended the grant"`
}

// holder names the item where the grant says what suspends it.
func (i Item) holder() string { return "review/" + i.ID }

// Verdict is the answer for one grant.
type Verdict string

const (
	Keep   Verdict = "keep"
	Narrow Verdict = "narrow"
	Revoke Verdict = "revoke"
)

// Answer is what a reviewer says of some grants of a campaign.
type Answer struct {
	Items   []string         `json:"items" minItems:"1" maxItems:"500" doc:"Ids of the items"`
	Verdict Verdict          `json:"verdict" enum:"keep,narrow,revoke"`
	Reason  string           `json:"reason" maxLength:"1000" doc:"Why, at least 10 characters"`
	Narrow  access.Narrowing `json:"narrow,omitzero" doc:"What is taken away, with the verdict narrow"`
}

const (
	leastReason = 10
	mostReason  = 1000
)

// reasoned checks a reason: it will be read in a year by somebody who was not there.
func reasoned(text, field string) *fault.Fault {
	n := len([]rune(strings.TrimSpace(text)))
	switch {
	case n < leastReason:
		return fault.New(fault.Invalid, "review.reason_missing", leastReason).At(field)
	case n > mostReason:
		return fault.New(fault.Invalid, "review.reason_long", mostReason).At(field)
	}
	return nil
}

func (a Answer) check() error {
	var p []*fault.Fault
	if len(a.Items) == 0 {
		p = append(p, fault.New(fault.Invalid, "review.no_item").At("items"))
	}
	switch a.Verdict {
	case Keep, Narrow, Revoke:
	default:
		p = append(p, fault.New(fault.Invalid, "review.verdict_missing").At("verdict"))
	}
	p = append(p, reasoned(a.Reason, "reason"))
	if a.Verdict == Narrow && a.Narrow.Empty() {
		p = append(p, fault.New(fault.Invalid, "access.narrow_nothing").At("narrow"))
	}
	if a.Verdict == Narrow && len(a.Items) > 1 && len(a.Narrow.Drop)+len(a.Narrow.Masks) > 0 {
		p = append(p, fault.New(fault.Invalid, "review.narrow_one").At("items"))
	}
	return fault.Collect(p...)
}
