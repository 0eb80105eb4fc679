package account

import (
	"strconv"
	"strings"
	"time"
)

// ticket is what the first step proved, sealed on its way through the browser.
type ticket struct {
	account string
	print   string // of the password's hash: a new password ends the ticket
	until   time.Time
}

const (
	ticketUse  = "sign-in ticket"
	ticketLife = 5 * time.Minute
)

func (t ticket) text() string {
	return t.account + " " + t.print + " " + strconv.FormatInt(t.until.UnixMicro(), 10)
}

func parseTicket(text string) (ticket, bool) {
	parts := strings.Split(text, " ")
	if len(parts) != 3 {
		return ticket{}, false
	}
	until, err := strconv.ParseInt(parts[2], 10, 64)
	return ticket{parts[0], parts[1], moment(until)}, err == nil
}
