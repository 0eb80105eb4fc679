package release

import "time"

// Verdict on a draft by an agency, or on a comment by the operator.
type Verdict string

const (
	Waiting   Verdict = ""          // nothing was said yet
	Agreed    Verdict = "agreed"    // the agency agrees with the draft
	Commented Verdict = "commented" // the agency has comments
	Accepted  Verdict = "accepted"  // the comment is taken into the draft
	Rejected  Verdict = "rejected"  // it is not, with the reason
)

// Opinion is what an agency says of a draft as a whole.
type Opinion struct {
	Agency  string    `json:"agency"`
	Name    string    `json:"name"`
	Verdict Verdict   `json:"verdict" enum:",agreed,commented"`
	By      string    `json:"-"`
	ByName  string    `json:"by_name,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// Comment of an agency on one entry, or on the draft as a whole, with its answer.
type Comment struct {
	ID           string    `json:"id"`
	Subject      string    `json:"subject,omitempty" doc:"The entry; absent for the draft as a whole"`
	Agency       string    `json:"agency"`
	By           string    `json:"-"`
	ByName       string    `json:"by_name"`
	Text         string    `json:"text"`
	At           time.Time `json:"at"`
	Verdict      Verdict   `json:"verdict" enum:",accepted,rejected"`
	Answer       string    `json:"answer,omitempty"`
	AnsweredBy   string    `json:"-"`
	AnsweredName string    `json:"answered_by,omitempty"`
	AnsweredAt   time.Time `json:"answered_at,omitzero"`
}
