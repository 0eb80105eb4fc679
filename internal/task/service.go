package task

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Service keeps the inbox.
type Service struct {
	db       *controldb.DB
	clock    clock.Clock
	calendar *clock.Calendar
	log      *audit.Log
	mail     Mail
}

// NewService builds the service.
func NewService(db *controldb.DB, c clock.Clock, cal *clock.Calendar, log *audit.Log) *Service {
	return &Service{db: db, clock: c, calendar: cal, log: log}
}

// Open puts a task into the inbox, in the caller's transaction. While one of the same kind and subject is open nothing
// happens (invariant 1): its deadline keeps running.
func (s *Service) Open(ctx context.Context, q controldb.Querier, t Task) error {
	if err := t.check(); err != nil {
		return err
	}
	now := s.clock.Now()
	if t.DueAt.IsZero() && t.WorkingDays > 0 {
		due, err := s.calendar.AddWorkingDays(now, t.WorkingDays)
		if err != nil {
			return fmt.Errorf("count the deadline of task %s: %w", t.Kind, err)
		}
		t.DueAt = due
	}
	t.ID, t.State, t.CreatedAt, t.EndedAt, t.Reminded = ids.New(), Open, now, time.Time{}, Early
	return insertTask(ctx, q, &t)
}

// Done ends the open task of the kind and subject, in the caller's transaction. Without one nothing happens.
func (s *Service) Done(ctx context.Context, q controldb.Querier, kind, subject string) error {
	return endTasks(ctx, q, Done, kind, subject, s.clock.Now())
}

// Cancel ends every open task of the subject, in the caller's transaction: the subject was withdrawn, so nobody need do
// anything any more.
func (s *Service) Cancel(ctx context.Context, q controldb.Querier, subject string) error {
	return endTasks(ctx, q, Cancelled, "", subject, s.clock.Now())
}

// Filter selects tasks; empty fields do not filter.
type Filter struct {
	Agency  string
	State   State
	Kind    string
	Subject string
	Mine    bool // only those of the reader's own roles or account
	Limit   int  // 200 when 0, at most 500
}

// List shows tasks, the longest overdue first and those without a deadline last.
func (s *Service) List(ctx context.Context, f Filter) ([]Task, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return nil, err
	}
	if f.State != "" && f.State != Open && f.State != Done && f.State != Cancelled {
		return nil, fault.New(fault.Invalid, "task.state_unknown", f.State).At("state")
	}
	tasks, err := listTasks(ctx, s.db, f.clauses(who), f.Limit)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	for i := range tasks {
		tasks[i].Standing = s.standing(tasks[i], now)
	}
	return tasks, nil
}

// Counts of the open tasks that the reader sees, and of the reader's unread notices.
type Counts struct {
	Open    int
	Today   int // the deadline falls today
	Overdue int
	Unread  int
}

// Counts answers for the head of the inbox and for the start page.
func (s *Service) Counts(ctx context.Context) (Counts, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return Counts{}, err
	}
	now := s.clock.Now()
	c, err := countTasks(ctx, s.db, Filter{State: Open}.clauses(who), now, dayStart(now).AddDate(0, 0, 1))
	if err != nil {
		return c, err
	}
	c.Unread, err = countUnread(ctx, s.db, who)
	return c, err
}

// Notices lists what the reader was told, newest first.
func (s *Service) Notices(ctx context.Context, limit int) ([]Notice, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return nil, err
	}
	notices, err := listNotices(ctx, s.db, who, limit)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	for i := range notices {
		notices[i].Task.Standing = s.standing(notices[i].Task, now)
	}
	return notices, nil
}

// MarkRead marks notices as read by the reader: the named one, or without a name all that the reader was sent so far.
func (s *Service) MarkRead(ctx context.Context, id string) error {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error { return markRead(ctx, q, who, id, s.clock.Now()) })
}

// standing counts the working days to the deadline, or since it.
func (s *Service) standing(t Task, now time.Time) Standing {
	st := Standing{Stage: t.stage(now)}
	if t.DueAt.IsZero() || t.State != Open {
		return st
	}
	from, to := now, t.DueAt
	if st.Stage == Overdue {
		from, to = t.DueAt, now
	}
	// A year without calendar leaves the date itself, which is still true.
	if days, err := s.calendar.WorkingDaysBetween(from, to); err == nil {
		st.Days, st.Counted = days, true
	}
	return st
}

// Remind sends the notices that are due. It is a background job and acts as one.
func (s *Service) Remind(ctx context.Context) error {
	now := s.clock.Now()
	var errs []error
	for after := ""; ; {
		tasks, err := listDue(ctx, s.db, after, now)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		if len(tasks) == 0 {
			return errors.Join(errs...)
		}
		for _, t := range tasks {
			after = t.ID
			if stage := t.stage(now); stage > t.Reminded {
				errs = append(errs, s.remind(ctx, t, stage, now)) // one that fails must not silence the others
			}
		}
	}
}

// remind tells all recipients of the stage in one transaction with the mark that they were told.
func (s *Service) remind(ctx context.Context, t Task, stage Stage, now time.Time) error {
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		first, err := setReminded(ctx, q, t.ID, stage) // another node, or the end of the task, may have been quicker
		if err != nil || !first {
			return err
		}
		to, n := "", ofTask(t, stage, now)
		for _, r := range t.recipients(stage) {
			n.ID, n.To = ids.New(), r
			if err := insertNotice(ctx, q, n); err != nil {
				return err
			}
			to += " " + r.String()
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: access.JobActor("task.remind").ForAudit(), Channel: audit.ChannelJob, Event: "task.remind", Subject: "task/" + t.ID, Agency: t.Agency,
			Detail: map[string]string{"stage": stage.String(), "kind": t.Kind, "of": t.Subject, "to": to[1:]},
		})
	})
}
