package account

import (
	"strconv"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/secret"
)

// ticket is what the first step proved, sealed on its way through the browser.
type ticket struct {
	account string
	by      access.Auth // what the first step was
	print   string      // of the password's hash: a new password ends the ticket
	until   time.Time
}

const (
	ticketUse  = "sign-in ticket"
	ticketLife = 5 * time.Minute
)

func (t ticket) text() string {
	return t.account + " " + string(t.by) + " " + t.print + " " + strconv.FormatInt(t.until.UnixMicro(), 10)
}

func parseTicket(text string) (ticket, bool) {
	parts := strings.Split(text, " ")
	if len(parts) != 4 {
		return ticket{}, false
	}
	until, err := strconv.ParseInt(parts[3], 10, 64)
	return ticket{parts[0], access.Auth(parts[1]), parts[2], moment(until)}, err == nil
}

func (s *Service) newTicket(a *Account, by access.Auth) ticket {
	return ticket{a.ID, by, secret.HashToken(a.password), s.Clock.Now().Add(ticketLife)}
}
