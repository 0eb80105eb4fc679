package audit

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/ids"
)

// vital tells the events that go on while the log is closed or its disk nearly full: people must be able to sign in and to
// take rights away exactly then. None of them opens anything: no data leaves, nobody gets a right. Their opposites
// (resume, enable, grant.active, credential_issue) are not here and never may be.
func vital(event string) bool {
	switch event {
	case "auth.login", "auth.logout", "auth.fail", // on screen only, see isVital
		"account.disable", // ends the sessions as well
		"agency.designation_end",
		"system.suspend", "system.credential_revoke", "system.client_key_revoke", "system.key_remove",
		"certificate.revoke",
		"grant.suspended", "grant.ended",
		"connection.suspend", "connection.ask_suspend", "connection.terminate", "connection.end_own",
		"exchange.suspended",
		"catalog.suspend",
		"incident.open", "incident.step": // whoever repairs writes down what was done
		return true
	}
	return false
}

// isVital: a system signs in to get data, so its sign-in closes with the data.
func isVital(event, channel string) bool {
	return vital(event) && (channel == ChannelScreen || !isSignIn(event))
}

// isSpared tells what is taken into the reserve of a full disk: what is vital, the platform's own records about log, keys
// and backups, and what makes room.
func isSpared(event, channel string) bool {
	if isVital(event, channel) {
		return true
	}
	switch slice, _, _ := strings.Cut(event, "."); slice {
	case "log", "history", "vault", "backup":
		return true
	}
	return event == "warehouse.purge" || event == "ingest.purge"
}

// Serves is nil while data may leave and any change be made; else the fault audit.closed or audit.disk_full, with the
// reason in one sentence as its cause.
func (l *Log) Serves() error {
	if err := l.Health(); err != nil {
		return err
	}
	if why := l.journal.Sparing(); why != "" {
		return diskFull(why)
	}
	return nil
}

func isSignIn(event string) bool { return strings.HasPrefix(event, "auth.") }

// mostWaiting bounds the records that wait in the control store for the next start while the log is closed. Sign-ins, which
// anybody can cause, may fill half of it: the rest is for those who have signed in.
const mostWaiting = 10_000

// admit says whether a record of a change is taken now. With the log closed a vital one is kept in the outbox, where it is
// as durable as the change; the next start moves it into the journal.
func (l *Log) admit(event, channel string) (kept bool, err error) {
	err = l.Health()
	if err == nil {
		if why := l.journal.Sparing(); why != "" && !isSpared(event, channel) {
			return false, diskFull(why)
		}
		return false, nil
	}
	if l.outbox.db == nil || !isVital(event, channel) {
		return false, err
	}
	most := int64(mostWaiting)
	if isSignIn(event) {
		most /= 2
	}
	if l.outbox.kept.Load() >= most {
		return false, err
	}
	l.outbox.kept.Add(1)
	return true, nil
}

// Waiting is how many records wait in the control store because the log is closed.
func (l *Log) Waiting() int64 { return l.outbox.kept.Load() }

// keepNotes makes notes durable in the outbox while the log is closed. Their ids come from here, so that the next start
// moves them in the order in which they were made.
func (l *Log) keepNotes(ctx context.Context, recs []*Record) error {
	return l.outbox.db.Apart(ctx, func(q controldb.Querier) error {
		for _, r := range recs {
			r.ID = ids.New()
			l.complete(r)
			if err := insertOutbox(ctx, q, l.outboxRow(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *Log) outboxRow(r *Record) outboxRow {
	return outboxRow{id: r.ID, node: l.opts.Journal.Origin, body: string(Encode(r)), createdAt: r.At.UnixMicro()}
}

// roomLoop records when the disk becomes full and when it has room again.
func (l *Log) roomLoop() {
	tick := time.NewTicker(moveEvery)
	defer tick.Stop()
	told := false
	for {
		select {
		case <-tick.C:
		case <-l.ctx.Done():
			return
		}
		why := l.journal.Sparing()
		if (why != "") == told || l.Health() != nil {
			continue
		}
		rec := &Record{Kind: KindChange, Channel: ChannelJob, Event: "log.disk_free", Actor: Actor{Type: "job", AccountID: "audit"}}
		if why != "" {
			rec.Event, rec.Detail = "log.disk_full", map[string]string{"reason": why}
		}
		if err := l.Note(l.ctx, rec); err == nil {
			told = why != ""
		}
	}
}
