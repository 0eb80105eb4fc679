package audit

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/fault"
)

// What the regulation asks for (D3). Less than MinOnlineMonths or MinArchiveYears is refused.
const (
	OnlineMonths    = 24
	MinOnlineMonths = 12
	MinArchiveYears = 5
)

// Retention says how long records stay. Zero values mean 24 months online, then 5 years in archives.
type Retention struct {
	OnlineMonths int
	ArchiveYears int
}

func (r *Retention) fill() error {
	if r.OnlineMonths == 0 {
		r.OnlineMonths = OnlineMonths
	}
	if r.ArchiveYears == 0 {
		r.ArchiveYears = MinArchiveYears
	}
	if r.OnlineMonths < MinOnlineMonths || r.ArchiveYears < MinArchiveYears {
		return fault.New(fault.Invalid, "audit.retention_too_short", MinOnlineMonths, MinArchiveYears)
	}
	return nil
}

// ArchiveRun is what one run did.
type ArchiveRun struct {
	Archived []journal.Archive
	Purged   []journal.Archive
}

// Archive lets the records leave whose time online is over, and removes those whose time in archives is over. The run is
// recorded before anything goes. It is meant to run daily, and can be repeated after a crash.
func (l *Log) Archive(ctx context.Context) (ArchiveRun, error) {
	if l.opts.ClockOK != nil && !l.opts.ClockOK() {
		// A clock that runs ahead would remove what must be kept.
		return ArchiveRun{}, fault.New(fault.Unavailable, "audit.clock_unsure")
	}
	now := l.now()
	var run ArchiveRun
	var err error
	run.Archived, err = l.journal.Archive(ctx, journal.Archiving{
		Before: now.AddDate(0, -l.opts.Retention.OnlineMonths, 0),
		At:     recordTime,
		Tell:   func(a journal.Archive) error { return l.noteArchive(ctx, "log.archive", a) },
	})
	if err != nil {
		return run, fmt.Errorf("archive the audit log: %w", err)
	}
	run.Purged, err = l.journal.Purge(now.AddDate(-l.opts.Retention.ArchiveYears, 0, 0), func(a journal.Archive) error {
		return l.noteArchive(ctx, "log.purge", a)
	})
	if err != nil {
		return run, fmt.Errorf("remove archives of the audit log: %w", err)
	}
	if err := l.index.trim(ctx, l.journal.First()); err != nil {
		return run, fmt.Errorf("remove archived records from the audit index: %w", err)
	}
	return run, nil
}

// recordTime is the time of a record. One that cannot be read counts as now: it then stays.
func recordTime(body []byte) time.Time {
	r, err := Decode(body)
	if err != nil {
		return time.Now()
	}
	return r.At
}

func (l *Log) noteArchive(ctx context.Context, event string, a journal.Archive) error {
	return l.Note(ctx, &Record{Channel: ChannelJob, Event: event, Actor: Actor{Type: "job", AccountID: "audit"},
		Subject: "audit.archive/" + strconv.FormatInt(a.First, 10), Detail: map[string]string{
			"first": strconv.FormatInt(a.First, 10), "last": strconv.FormatInt(a.End-1, 10), "place": filepath.Base(a.Dir),
			"from": a.From.UTC().Format(time.RFC3339), "to": a.To.UTC().Format(time.RFC3339),
		}})
}

// archivesOf lists the archives that may hold records a filter asks for. A damaged one is for the verification to name
// and does not stop a search.
func (l *Log) archivesOf(f Filter) []journal.Archive {
	all, err := l.journal.Archives()
	if err != nil {
		l.opts.Logger.Error("archives of the audit log are not all to be read", "cause", err)
	}
	var list []journal.Archive
	for _, a := range all {
		if (f.From.IsZero() || !a.To.Before(f.From)) && (f.To.IsZero() || a.From.Before(f.To)) {
			list = append(list, a)
		}
	}
	return list
}
