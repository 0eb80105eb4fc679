package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/mail"
)

// pauses between attempts to hand a message over; after the last it has failed.
var pauses = [...]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour}

// SendMail hands over what is due by each person's choice. It is a background job and acts as one. A message may go twice
// when the machine stops between the hand-over and its record; both carry the same Message-ID.
func (s *Service) SendMail(ctx context.Context) error {
	if !s.MailReady() {
		return nil
	}
	people, err := listMailed(ctx, s.db)
	if err != nil {
		return err
	}
	var errs []error
	for _, set := range people {
		errs = append(errs, s.mailTo(ctx, set)) // one that fails must not silence the others
	}
	return errors.Join(errs...)
}

func (s *Service) mailTo(ctx context.Context, set MailSetting) error {
	who, active, err := s.mail.Person(ctx, set.Account)
	if err != nil || !active {
		return err
	}
	now := s.clock.Now()
	since := set.Since
	if oldest := now.Add(-oldestMailed); since.Before(oldest) {
		since = oldest
	}
	if err := s.db.InTx(ctx, func(q controldb.Querier) error { return enqueueMail(ctx, q, who, since) }); err != nil {
		return err
	}
	waiting, err := listWaiting(ctx, s.db, set.Account, now)
	if err != nil {
		return err
	}
	due := waiting[:0]
	for _, w := range waiting {
		if set.Due(w.told, now, w.critical) {
			due = append(due, w)
		}
	}
	if len(due) == 0 {
		return nil
	}
	return s.sendDue(ctx, who, set, due)
}

// sendDue makes one message of what is due. What has become idle meanwhile is left out.
func (s *Service) sendDue(ctx context.Context, who access.Actor, set MailSetting, due []waitingItem) error {
	var live, idle []waitingItem
	var lines []line
	for _, w := range due {
		l, still, err := s.lineOf(ctx, set, w)
		if err != nil {
			return err
		}
		if !still {
			idle = append(idle, w)
			continue
		}
		live, lines = append(live, w), append(lines, l)
	}
	now := s.clock.Now()
	if len(idle) > 0 {
		if err := s.settle(ctx, who, set, idle, mailOutcome{state: "idle", ended: now}); err != nil {
			return err
		}
	}
	if len(live) == 0 {
		return nil
	}
	m := s.compose(set, lines, messageID(set.Account, live, s.mail.Host), now)
	return s.settle(ctx, who, set, live, outcome(s.mail.Send(ctx, m), live, m.ID, now))
}

// outcome of a hand-over: sent, again later, or failed.
func outcome(err error, items []waitingItem, id string, now time.Time) mailOutcome {
	attempts := 0
	for _, w := range items {
		attempts = max(attempts, w.attempts)
	}
	switch {
	case err == nil:
		return mailOutcome{state: "sent", ended: now, message: id}
	case mail.Permanent(err):
		return mailOutcome{state: "failed", ended: now, problem: "refused"}
	case attempts >= len(pauses):
		return mailOutcome{state: "failed", ended: now, problem: "unreachable"}
	}
	return mailOutcome{state: "waiting", next: now.Add(pauses[attempts]), problem: "unreachable"}
}

// settle keeps what became of items, with a record of what was sent or failed.
func (s *Service) settle(ctx context.Context, who access.Actor, set MailSetting, items []waitingItem, o mailOutcome) error {
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		if err := settleMail(ctx, q, set.Account, items, o); err != nil {
			return err
		}
		if o.state != "sent" && o.state != "failed" {
			return nil
		}
		now, err := findMailSetting(ctx, q, set.Account)
		if err != nil {
			return err
		}
		if now.Problem != o.problem {
			now.Problem = o.problem
			if err := saveMailSetting(ctx, q, now); err != nil {
				return err
			}
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: access.JobActor("task.mail").ForAudit(), Channel: audit.ChannelJob, Event: "task.mail_" + o.state, Subject: "task.mail/" + set.Account, Agency: who.Agency,
			Detail: map[string]string{"items": fmt.Sprint(len(items)), "problem": o.problem},
		})
	})
}

// messageID is the same for the same content, so that a repetition is known as one.
func messageID(account string, items []waitingItem, host string) string {
	sum := sha256.New()
	fmt.Fprintln(sum, account)
	for _, w := range items {
		fmt.Fprintln(sum, w.item)
	}
	return hex.EncodeToString(sum.Sum(nil))[:32] + "@" + host
}

// lineOf says one item in the person's language; false when nobody need know any more.
func (s *Service) lineOf(ctx context.Context, set MailSetting, w waitingItem) (line, bool, error) {
	kind, id, _ := strings.Cut(w.item, "/")
	if kind == "task" {
		t, found, err := findTask(ctx, s.db, id)
		return s.taskLine(set, t), found && t.State == Open, err
	}
	n, found, err := findNotice(ctx, s.db, id, set.Account)
	if err != nil || !found || n.Read {
		return line{}, false, err
	}
	return s.noticeLine(set, n), n.Task.ID == "" || n.Task.State == Open, nil
}

// Mailing is how mail goes, for those who run the platform.
func (s *Service) Mailing(ctx context.Context) (MailCounts, error) {
	if _, err := access.Require(ctx, access.SettingsRead); err != nil {
		return MailCounts{}, err
	}
	return countMail(ctx, s.db, s.clock.Now())
}

// TryMail sends the reader a message at their own confirmed address, to see that mail works.
func (s *Service) TryMail(ctx context.Context) error {
	who, err := access.Require(ctx, access.SettingsRead)
	if err != nil {
		return err
	}
	if !s.MailReady() {
		return fault.New(fault.Unavailable, "task.mail_not_set_up")
	}
	set, err := findMailSetting(ctx, s.db, who.ID)
	if err != nil {
		return err
	}
	if set.Address == "" {
		return fault.New(fault.Conflict, "task.mail_unconfirmed")
	}
	if err := s.mail.Send(ctx, s.tryMessage(set)); err != nil {
		return fault.New(fault.Unavailable, "task.mail_unreachable").Because(err)
	}
	return nil
}

// RetryMail takes up again what failed within the last week.
func (s *Service) RetryMail(ctx context.Context) (int64, error) {
	who, err := access.Require(ctx, access.SettingsChange)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		if n, err = retryMail(ctx, q, s.clock.Now()); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "task.mail_retry", Subject: "task.mail", Detail: map[string]string{"items": fmt.Sprint(n)}})
	})
	return n, err
}
