package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"lienthong/internal/kit/vitext"
)

// Entry is one line of a list, with what the regulation asks it to say: for data the seven items of Điều 7.3, for a system
// what Điều 8 asks. It is kept as it was issued.
type Entry struct {
	Subject     string `json:"subject" doc:"Code of the dataset or id of the system"`
	Name        string `json:"name"`
	Owner       string `json:"owner" doc:"Code of the owner agency"`
	OwnerName   string `json:"owner_name"`
	Description string `json:"description,omitempty"`

	Sharing    json.RawMessage `json:"sharing,omitempty" doc:"Sharing scope as machines read it"`
	Scope      string          `json:"scope,omitempty" doc:"Sharing scope in words"`
	Fields     []string        `json:"fields,omitempty" doc:"Names of the fields that are shared"`
	Method     string          `json:"method,omitempty" enum:"api,sync_periodic,sync_event,warehouse,file,other"`
	Frequency  string          `json:"frequency,omitempty"`
	MaxDelay   int64           `json:"max_delay_minutes,omitempty"`
	Standards  []string        `json:"standards,omitempty"`
	Formats    []string        `json:"formats,omitempty"`
	LegalBasis string          `json:"legal_basis,omitempty"`
	Nature     string          `json:"nature,omitempty"`
	Class      string          `json:"class,omitempty"`

	Group    string `json:"group,omitempty" doc:"Group of Điều 8.2: procedures, documents, sector, steering, demand, ordered"`
	Layer    string `json:"layer,omitempty"`
	Operator string `json:"operator,omitempty"`
	Level    int    `json:"level,omitempty" doc:"Approved security level 1-5"`
}

// body is the entry as it is stored and sealed.
func (e Entry) body() (text, digest string, err error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return "", "", fmt.Errorf("write entry %s: %w", e.Subject, err)
	}
	return string(raw), digestOf(string(raw)), nil
}

// Change is how an entry stands against the release before.
type Change string

const (
	Same    Change = "same"
	Added   Change = "added"
	Changed Change = "changed"
	Removed Change = "removed"
	LeftOut Change = "left_out" // new, and not taken into the draft
)

// Changes lists what an entry may be.
func Changes() []Change { return []Change{Added, Changed, Removed, Same, LeftOut} }

// Line is an entry with its standing in a release.
type Line struct {
	Entry
	Held    bool     `json:"held" doc:"The release holds it; a draft also tells what it leaves out"`
	Change  Change   `json:"change" enum:"same,added,changed,removed,left_out"`
	Members []string `json:"members,omitempty" doc:"What became otherwise"`
	Reason  string   `json:"reason,omitempty" doc:"Why it is left out"`

	candidate bool // the register has it as one that belongs into the list
	digest    string
	exact     string
	search    string
	sort      string
	hit       int // of a search: 0 for an exact find
}

func digestOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// complete fills in what is derived from the entry.
func (l *Line) complete() error {
	var err error
	if _, l.digest, err = l.body(); err != nil {
		return err
	}
	text := strings.Join([]string{l.Name, l.Subject, l.Description, l.OwnerName}, " ")
	l.exact, l.search, l.sort = vitext.Key(text), vitext.Fold(text), vitext.SortKey(l.Name)
	return nil
}

// Difference is one member of an entry that two releases say differently.
type Difference struct {
	Member string `json:"member"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// differences lists the members in which two entries differ, in the order of the entry.
func differences(before, after Entry) []Difference {
	var out []Difference
	b, a := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range b.NumField() {
		was, is := shown(b.Field(i)), shown(a.Field(i))
		if was == is {
			continue
		}
		member, _, _ := strings.Cut(b.Type().Field(i).Tag.Get("json"), ",")
		out = append(out, Difference{member, was, is})
	}
	return out
}

func shown(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case []string:
		return strings.Join(x, ", ")
	case json.RawMessage:
		var short bytes.Buffer
		if json.Compact(&short, x) != nil {
			return string(x)
		}
		return short.String()
	case string:
		return x
	}
	if v.IsZero() {
		return ""
	}
	return fmt.Sprint(v.Interface())
}

// settle says what an entry is against the base, which may lack it.
func (l *Line) settle(base *Line) {
	switch {
	case base == nil && l.Held:
		l.Change, l.Members = Added, nil
	case base == nil:
		l.Change, l.Members = LeftOut, nil
	case !l.Held:
		l.Change, l.Members = Removed, nil
	case base.digest == l.digest:
		l.Change, l.Members = Same, nil
	default:
		l.Change, l.Members = Changed, nil
		for _, d := range differences(base.Entry, l.Entry) {
			l.Members = append(l.Members, d.Member)
		}
	}
}

// Returns reports that a line which the draft leaves out could be taken in again: the register still offers it.
func (l *Line) Returns() bool { return !l.Held && l.candidate }
