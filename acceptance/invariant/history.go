package invariant

import (
	"fmt"
	"time"
)

// Mark is how far the files of the log reached at one moment.
type Mark struct {
	Segment int64 `json:"segment"` // first record of the newest segment file
	Length  int64 `json:"length"`  // bytes of that file
}

// covers reports that a frame which begins at the position was in the files at the mark.
func (m Mark) covers(segment, offset int64) bool {
	return segment < m.Segment || segment == m.Segment && offset < m.Length
}

// Call is one call at the exchange as its client saw it.
type Call struct {
	Tag        string         `json:"tag"`          // the client's own name of the call, sent as the case reference
	ID         string         `json:"id,omitempty"` // X-Request-Id of the answer; empty when no head came
	System     string         `json:"system,omitempty"`
	Credential string         `json:"credential,omitempty"`
	Purpose    string         `json:"purpose,omitempty"`
	Dataset    string         `json:"dataset,omitempty"`
	Token      bool           `json:"token,omitempty"`    // asked for an access token, not for data
	Provider   bool           `json:"provider,omitempty"` // goes through to the recorder
	Status     int            `json:"status,omitempty"`   // 0 when no head came
	Code       string         `json:"code,omitempty"`     // of a problem
	Whole      bool           `json:"whole,omitempty"`    // the answer was read to its end
	Digest     string         `json:"digest,omitempty"`   // "sha256:…" of the whole body
	Batches    map[string]int `json:"batches,omitempty"`  // rows in the answer by the load they came with; whole reads only
	Began      time.Time      `json:"began"`
	Ended      time.Time      `json:"ended"`
	Head       Mark           `json:"head"` // of the log when the head of the answer came
}

func (c Call) served() bool { return c.Status >= 200 && c.Status < 300 }

// Seen is one request as the provider behind the exchange received it.
type Seen struct {
	ID      string    `json:"id"`
	Tag     string    `json:"tag"`
	Changes bool      `json:"changes,omitempty"` // an update: may arrive once only
	At      time.Time `json:"at"`
	Mark    Mark      `json:"mark"` // of the log when it arrived
}

// Write is one change that a client asked for.
type Write struct {
	Key     string    `json:"key"`   // name of the effect, unique in the history
	Event   string    `json:"event"` // of the record that the change leaves
	Want    string    `json:"want"`  // the effect, as a reader must find it
	Acked   bool      `json:"acked,omitempty"`
	Refused bool      `json:"refused,omitempty"` // told that it did not happen
	Rows    int       `json:"rows,omitempty"`    // of a load
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended"`
}

// Found is what stands in the platform after the last fault, as its own interface shows it.
type Found struct {
	Key     string `json:"key"`
	Count   int    `json:"count"`
	Value   string `json:"value,omitempty"`
	Subject string `json:"subject,omitempty"` // as its record names it
	Mark    string `json:"mark,omitempty"`    // text that one of the record's details holds, where a subject has many
}

// Ban is a right that was taken away: no call that began after From and ended before To may be served.
type Ban struct {
	Key        string    `json:"key"`
	Credential string    `json:"credential,omitempty"`
	System     string    `json:"system,omitempty"`
	Dataset    string    `json:"dataset,omitempty"`
	From       time.Time `json:"from"`         // acknowledged
	To         time.Time `json:"to,omitempty"` // somebody began to give it back; zero when nobody did
}

func (b Ban) meets(c Call) bool {
	if b.Credential == "" && b.System == "" && b.Dataset == "" {
		return false
	}
	return (b.Credential == "" || b.Credential == c.Credential) && (b.System == "" || b.System == c.System) &&
		(b.Dataset == "" || b.Dataset == c.Dataset) && c.Began.After(b.From) && (b.To.IsZero() || c.Ended.Before(b.To))
}

// Run is one life of the server. Killed is zero while it lives and when it ended by itself.
type Run struct {
	Started time.Time `json:"started"`
	Killed  time.Time `json:"killed,omitempty"`
}

// History is everything that was seen from outside, in the order in which it was seen.
type History struct {
	Seed   int64   `json:"seed"`
	Base   int64   `json:"base"` // records below were written before anything here began
	Runs   []Run   `json:"runs"`
	Calls  []Call  `json:"calls"`
	Seen   []Seen  `json:"seen"`
	Writes []Write `json:"writes"`
	Found  []Found `json:"found"`
	Bans   []Ban   `json:"bans"`

	Earlier map[string]int `json:"earlier"` // loads that readers may still see: key and rows
}

// Violation is one promise that was not kept.
type Violation struct {
	Rule string // I1 to I8
	Of   string // call, write or record concerned
	What string
}

func (v Violation) String() string { return fmt.Sprintf("%s: %s: %s", v.Rule, v.Of, v.What) }
