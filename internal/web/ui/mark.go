package ui

import (
	"time"

	"lienthong/internal/kit/i18n"
)

// MarkProps name who sees values, when, and under which record of the log.
type MarkProps struct {
	Who    string
	Agency string
	At     time.Time
	ID     string
}

func (m MarkProps) person() string { return m.Who + " · " + m.Agency }

func (m MarkProps) moment() string {
	return m.At.In(i18n.Zone).Format("02/01/2006 15:04:05") + " · " + m.ID
}

// Line is the mark as one line of text.
func (m MarkProps) Line() string { return m.person() + " · " + m.moment() }
