package task

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/mail"
)

// Mail is what sending needs to know of the rest of the platform; app wires it.
type Mail struct {
	Send   func(ctx context.Context, m mail.Message) error // nil: the operator has set up no mail
	Person func(ctx context.Context, account string) (who access.Actor, active bool, err error)
	Say    func(lang i18n.Lang, key string, args ...any) string
	Base   string // address of the console, without a slash at its end
	Place  string // name of the province, as the subject begins
	Host   string // of Message-IDs
	Key    []byte // of the codes that confirm addresses
}

// UseMail lets notices go out by mail.
func (s *Service) UseMail(m Mail) { s.mail = m }

// MailReady reports that the operator has set up mail.
func (s *Service) MailReady() bool { return s.mail.Send != nil }

const (
	codeValid    = 30 * time.Minute
	codeTries    = 5
	codesPerHour = 5
)

// MailSetting is the reader's own choice.
func (s *Service) MailSetting(ctx context.Context) (MailSetting, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return MailSetting{}, err
	}
	return findMailSetting(ctx, s.db, who.ID)
}

// ChangeMail keeps how and when the reader wants mail. The address has calls of its own.
func (s *Service) ChangeMail(ctx context.Context, in MailSetting) (MailSetting, error) {
	if err := in.check(); err != nil {
		return MailSetting{}, err
	}
	return s.changeMail(ctx, "task.mail_change", func(now *MailSetting, at time.Time) error {
		if in.Revision != now.Revision {
			return fault.New(fault.Conflict, "task.mail_changed_meanwhile")
		}
		if in.Mode != MailOff && now.Address == "" {
			return fault.New(fault.Conflict, "task.mail_unconfirmed").At("mode")
		}
		if now.Mode == MailOff && in.Mode != MailOff {
			now.Since = at
		}
		now.Mode, now.DigestHour, now.QuietFrom, now.QuietTo, now.Lang = in.Mode, in.DigestHour, in.QuietFrom, in.QuietTo, in.Lang
		return nil
	})
}

// AskMailAddress sends a code to an address; the address counts when the code has come back.
func (s *Service) AskMailAddress(ctx context.Context, address string) (MailSetting, error) {
	if !s.MailReady() {
		return MailSetting{}, fault.New(fault.Unavailable, "task.mail_not_set_up")
	}
	address, err := plainAddress(address)
	if err != nil {
		return MailSetting{}, err
	}
	code, err := newCode()
	if err != nil {
		return MailSetting{}, err
	}
	var sent MailSetting
	kept, err := s.changeMail(ctx, "task.mail_ask", func(now *MailSetting, at time.Time) error {
		if at.Sub(now.codesFrom) >= time.Hour {
			now.codesFrom, now.codesSent = at, 0
		}
		if now.codesSent >= codesPerHour {
			return fault.New(fault.Limited, "task.mail_too_many_codes")
		}
		now.Pending, now.codeHash, now.codeUntil, now.codeTries, now.codesSent = address, s.codeHash(now.Account, address, code), at.Add(codeValid), 0, now.codesSent+1
		sent = *now
		return nil
	})
	if err != nil {
		return kept, err
	}
	if err := s.mail.Send(ctx, s.codeMessage(sent, code)); err != nil {
		return kept, fault.New(fault.Unavailable, "task.mail_unreachable").Because(err)
	}
	return kept, nil
}

func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("draw a code: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}

func (s *Service) codeHash(account, address, code string) string {
	sum := hmac.New(sha256.New, s.mail.Key)
	fmt.Fprintf(sum, "%s\n%s\n%s", account, address, code)
	return hex.EncodeToString(sum.Sum(nil))
}

func (s *Service) codeMessage(set MailSetting, code string) mail.Message {
	say := s.speaker(set.Lang)
	return mail.Message{
		To: set.Pending, ID: ids.New() + "@" + s.mail.Host, At: s.clock.Now(), Subject: say("task.mail_code_subject", s.mail.Place), Text: say("task.mail_code_text", code, s.mail.Base),
	}
}

func (s *Service) speaker(lang i18n.Lang) func(key string, args ...any) string {
	return func(key string, args ...any) string { return s.mail.Say(lang, key, args...) }
}

// ConfirmMailAddress takes the code back: from now on mail goes to the address. Whoever has chosen nothing yet gets each
// notice as it comes.
func (s *Service) ConfirmMailAddress(ctx context.Context, code string) (MailSetting, error) {
	var refusal error
	kept, err := s.changeMail(ctx, "task.mail_confirm", func(now *MailSetting, at time.Time) error {
		switch {
		case now.Pending == "" || !at.Before(now.codeUntil):
			return fault.New(fault.Conflict, "task.mail_code_over").At("code")
		case now.codeTries >= codeTries:
			return fault.New(fault.Limited, "task.mail_code_tries").At("code")
		case !hmac.Equal([]byte(now.codeHash), []byte(s.codeHash(now.Account, now.Pending, code))):
			now.codeTries++ // kept, so that nobody tries all codes
			refusal = fault.New(fault.Invalid, "task.mail_code_wrong", codeTries-now.codeTries).At("code")
			return nil
		}
		now.Address, now.ConfirmedAt, now.Since, now.Problem = now.Pending, at, at, ""
		now.Pending, now.codeHash, now.codeUntil, now.codeTries = "", "", time.Time{}, 0
		if now.Mode == MailOff {
			now.Mode = MailEach
		}
		return nil
	})
	if err == nil {
		err = refusal
	}
	return kept, err
}

// ForgetMailAddress removes the reader's address and ends mail to it.
func (s *Service) ForgetMailAddress(ctx context.Context) (MailSetting, error) {
	return s.changeMail(ctx, "task.mail_forget", func(now *MailSetting, _ time.Time) error {
		now.Address, now.Pending, now.codeHash, now.Mode, now.Problem = "", "", "", MailOff, ""
		return nil
	})
}

// changeMail is one change of the reader's own setting, with its record; no address stands in the record.
func (s *Service) changeMail(ctx context.Context, event string, change func(now *MailSetting, at time.Time) error) (MailSetting, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return MailSetting{}, err
	}
	var kept MailSetting
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		now, err := findMailSetting(ctx, q, who.ID)
		if err != nil {
			return err
		}
		if err := change(&now, s.clock.Now()); err != nil {
			kept = now
			return err
		}
		now.Revision++
		if err := saveMailSetting(ctx, q, now); err != nil {
			return err
		}
		kept = now
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: event, Subject: "task.mail/" + who.ID, Agency: who.Agency, Detail: map[string]string{"mode": string(now.Mode), "confirmed": fmt.Sprint(now.Address != "")},
		})
	})
	return kept, err
}
