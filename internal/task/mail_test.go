package task

import (
	"testing"
	"time"

	"lienthong/internal/kit/i18n"
)

func TestWhenMailIsDue(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 30, 0, 0, i18n.Zone) }
	night := MailSetting{Mode: MailEach, QuietFrom: 20, QuietTo: 6}
	daily := MailSetting{Mode: MailDigest, DigestHour: 8, QuietFrom: 20, QuietTo: 6}
	always := MailSetting{Mode: MailEach}
	for _, c := range []struct {
		name      string
		set       MailSetting
		told, now time.Time
		critical  bool
		due       bool
	}{
		{"by day at once", night, at(3, 10), at(3, 10), false, true},
		{"not in the evening", night, at(3, 20), at(3, 20), false, false},
		{"not after midnight", night, at(3, 20), at(4, 5), false, false},
		{"when the quiet hours are over", night, at(3, 20), at(4, 6), false, true},
		{"what is critical at night too", night, at(3, 23), at(3, 23), true, true},
		{"without quiet hours at night", always, at(3, 23), at(3, 23), false, true},
		{"a digest not before its hour", daily, at(3, 7), at(3, 7), false, false},
		{"a digest at its hour", daily, at(3, 7), at(3, 8), false, true},
		{"a digest not with what came after its hour", daily, at(3, 9), at(3, 12), false, false},
		{"a digest with it on the next day", daily, at(3, 9), at(4, 8), false, true},
		{"a digest after a day without power", daily, at(3, 9), at(5, 11), false, true},
		{"what is critical does not wait for the digest", daily, at(3, 9), at(3, 9), true, true},
		{"nothing when mail is off", MailSetting{Mode: MailOff}, at(3, 9), at(3, 9), true, false},
	} {
		if got := c.set.Due(c.told, c.now, c.critical); got != c.due {
			t.Errorf("%s: due is %v", c.name, got)
		}
	}
}

func TestPlainAddress(t *testing.T) {
	for text, right := range map[string]bool{
		" dau.moi@nnmt.test ": true, "Tên <a@b.test>": false, "a@b": false, "a@b.test, c@d.test": false, "a@b.test\r\nBcc: c@d.test": false, "": false,
	} {
		if _, err := plainAddress(text); (err == nil) != right {
			t.Errorf("%q: %v", text, err)
		}
	}
}
