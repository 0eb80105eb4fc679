package ui

import (
	"time"

	"lienthong/internal/kit/i18n"

	"github.com/a-h/templ"
)

// PastView is the history of a thing.
type PastView struct {
	T       T
	Head    Head
	Date    PastDate
	Changes []PastChange
	Pages   PageLinks
}

// PastDate is the form that asks for a date.
type PastDate struct {
	Form  FormProps
	Field Field
}

// PastChange is one change.
type PastChange struct {
	Number  int64
	What    string
	Who     string // with the agency
	When    time.Time
	Reason  string
	Members []PastMember
	Rest    []PastMember // shown on demand
	More    int          // changed members that the history does not name one by one
}

// PastMember is one member before and after.
type PastMember struct{ Name, Before, After string }

// PastStateView is a thing as it was.
type PastStateView struct {
	T      T
	Head   Head
	Date   PastDate
	Banner Note
	Table  TableProps
	Cut    string
}

func (c PastChange) line() string { return c.Who + " · " + i18n.DateTime(c.When) }

func (c PastChange) table(t T, members []PastMember) TableProps {
	p := TableProps{Caption: t("web.past_members", c.What), Columns: []Column{{Label: t("web.past_member")}, {Label: t("web.past_before")}, {Label: t("web.past_after")}}}
	for _, m := range members {
		p.Rows = append(p.Rows, Cells(Text(m.Name), valueOrNone(m.Before), valueOrNone(m.After)))
	}
	return p
}

func valueOrNone(text string) templ.Component {
	if text == "" {
		return Muted("–")
	}
	return Text(text)
}
