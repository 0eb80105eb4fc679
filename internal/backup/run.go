package backup

import "time"

// Kind tells backups from restores.
type Kind string

const (
	Backup  Kind = "backup"
	Restore Kind = "restore"
)

// State of a run.
type State string

const (
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
	Expired State = "expired" // its file was removed at the end of its time
)

// Run is one backup that was made, or the restore that this platform came from.
type Run struct {
	ID        string
	Kind      Kind
	State     State
	File      string // path on the server
	Key       string // id of the recovery key that opens it
	By        string
	StartedAt time.Time
	EndedAt   time.Time
	Bytes     int64
	LogSize   int64  // records of the log in it
	Note      string // the code of why it failed; of a restore, what was lost
}

// Settings say where backups go and how long they stay.
type Settings struct {
	Dir       string // empty: none are made by themselves
	Every     time.Duration
	Keep      int
	WarnAfter time.Duration
}

// Health is how it stands with backups.
type Health struct {
	On      bool // backups are made by themselves
	Key     string
	Last    *Run // the newest that succeeded; nil for none
	Restore *Run // the restore that this platform came from; nil for none
	Age     time.Duration
	Late    bool
}
