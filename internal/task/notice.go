package task

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/ids"
)

// Notice tells a recipient that a task's deadline is near or past, or of something that nobody needs to do anything about.
type Notice struct {
	ID        string
	Key       string // what is told once to each recipient, "connection.renewal/0191…/60"
	To        Recipient
	Stage     Stage // of the task; Early when the notice is about none
	TitleKey  string
	TitleArgs []string // of that message; never personal values
	Path      string   // page on which more stands
	Subject   string   // what it is about, as the audit log names it
	Critical  bool     // goes out by mail at once, also in quiet hours
	CreatedAt time.Time
	Read      bool // by the one who asks
	Task      Task // whose deadline it tells of; without an id when there is none
}

// Telling is a notice to several recipients.
type Telling struct {
	Key       string
	To        []Recipient
	TitleKey  string
	TitleArgs []string
	Path      string
	Subject   string
	Critical  bool
}

// check finds what a programmer forgot.
func (t Telling) check() error {
	for name, value := range map[string]string{"key": t.Key, "title": t.TitleKey, "subject": t.Subject} {
		if value == "" {
			return fmt.Errorf("tell %s of %s: no %s", t.Key, t.Subject, name)
		}
	}
	if !strings.HasPrefix(t.Path, "/") || strings.HasPrefix(t.Path, "//") {
		return fmt.Errorf("tell %s of %s: %q is not a page of this site", t.Key, t.Subject, t.Path)
	}
	for _, r := range t.To {
		if r.Account == "" && r.Role == "" {
			return fmt.Errorf("tell %s of %s: a recipient is nobody", t.Key, t.Subject)
		}
	}
	return nil
}

// Tell gives a notice to each recipient, in the caller's transaction. Who was told under the same key before is not told
// again, so a job may say it as often as it likes. The caller's own record in the audit log tells of the event.
func (s *Service) Tell(ctx context.Context, q controldb.Querier, t Telling) error {
	if err := t.check(); err != nil {
		return err
	}
	n := Notice{Key: t.Key, TitleKey: t.TitleKey, TitleArgs: t.TitleArgs, Path: t.Path, Subject: t.Subject, Critical: t.Critical, CreatedAt: s.clock.Now()}
	for _, to := range t.To {
		n.ID, n.To = ids.New(), to
		if err := insertNotice(ctx, q, n); err != nil {
			return err
		}
	}
	return nil
}

// ofTask is the notice that tells of a task's deadline.
func ofTask(t Task, stage Stage, now time.Time) Notice {
	return Notice{
		Key: fmt.Sprintf("task/%s/%d", t.ID, stage), Stage: stage, TitleKey: t.TitleKey, TitleArgs: t.TitleArgs, Path: t.Path, Subject: t.Subject, CreatedAt: now, Task: t,
	}
}
