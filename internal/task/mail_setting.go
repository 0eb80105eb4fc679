package task

import (
	"net/mail"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// MailMode is how a person wants to be told by mail.
type MailMode string

const (
	MailOff    MailMode = "off"
	MailEach   MailMode = "each"   // as it comes, outside the quiet hours
	MailDigest MailMode = "digest" // once a day
)

// MailSetting is one person's choice. What is critical comes at once whatever is chosen, except when mail is off.
type MailSetting struct {
	Account     string
	Address     string // confirmed; empty while there is none
	ConfirmedAt time.Time
	Since       time.Time // what came before is not sent: mail was off, or went to no address
	Pending     string    // waits for the code that was sent to it
	Mode        MailMode
	DigestHour  int // local hour of the daily mail
	QuietFrom   int // local hours in which nothing but what is critical is sent; equal: none
	QuietTo     int
	Lang        i18n.Lang
	Problem     string // why the server refused the last mail for good; empty when it did not
	Revision    int64

	codeHash  string
	codeUntil time.Time
	codeTries int
	codesSent int
	codesFrom time.Time
}

// defaultSetting of somebody who never chose.
func defaultSetting(account string) MailSetting {
	return MailSetting{Account: account, Mode: MailOff, DigestHour: 8, QuietFrom: 20, QuietTo: 6, Lang: i18n.Vi}
}

// check says everything that is wrong with a choice.
func (s MailSetting) check() error {
	var faults []*fault.Fault
	wrong := func(bad bool, field, code string) {
		if bad {
			faults = append(faults, fault.New(fault.Invalid, code).At(field))
		}
	}
	wrong(s.Mode != MailOff && s.Mode != MailEach && s.Mode != MailDigest, "mode", "task.mail_mode_unknown")
	for field, hour := range map[string]int{"digest_hour": s.DigestHour, "quiet_from": s.QuietFrom, "quiet_to": s.QuietTo} {
		wrong(hour < 0 || hour > 23, field, "task.mail_hour_range")
	}
	wrong(s.Mode == MailDigest && s.quietAt(s.DigestHour), "digest_hour", "task.mail_digest_in_quiet")
	wrong(s.Lang != i18n.Vi && s.Lang != i18n.En, "lang", "task.mail_lang_unknown")
	return fault.Collect(faults...)
}

// quietAt reports a local hour within the quiet ones, which may go past midnight.
func (s MailSetting) quietAt(hour int) bool {
	switch {
	case s.QuietFrom == s.QuietTo:
		return false
	case s.QuietFrom < s.QuietTo:
		return hour >= s.QuietFrom && hour < s.QuietTo
	}
	return hour >= s.QuietFrom || hour < s.QuietTo
}

// Due reports that what was told at a moment may go out now.
func (s MailSetting) Due(told, now time.Time, critical bool) bool {
	switch {
	case s.Mode == MailOff:
		return false
	case critical:
		return true
	case s.quietAt(now.In(i18n.Zone).Hour()):
		return false
	case s.Mode == MailDigest:
		return told.Before(s.lastDigest(now))
	}
	return true
}

// lastDigest is the latest moment, up to now, at which the daily mail went.
func (s MailSetting) lastDigest(now time.Time) time.Time {
	at := dayStart(now).Add(time.Duration(s.DigestHour) * time.Hour)
	if at.After(now) {
		at = at.AddDate(0, 0, -1)
	}
	return at
}

// plainAddress reads an address as people type it: nothing but the address.
func plainAddress(text string) (string, error) {
	text = strings.TrimSpace(text)
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || len(text) > 254 || !strings.Contains(text[strings.LastIndex(text, "@"):], ".") {
		return "", fault.New(fault.Invalid, "task.mail_address_form").At("address")
	}
	return text, nil
}
