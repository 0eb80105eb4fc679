package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const (
	lookEvery  = 30 * time.Second
	tryAgain   = 15 * time.Minute
	namePrefix = "lienthong-"
	nameSuffix = ".ltb"
)

// Parts are what backups are made of.
type Parts struct {
	DB       *controldb.DB
	Log      *audit.Log
	Clock    clock.Clock
	Logger   *slog.Logger
	DataDir  string
	Stores   map[string]*blob.Store // by their folder in the data folder
	Settings Settings
	// Standing is told how it stands after every look; it keeps the inbox true. It may be nil.
	Standing func(ctx context.Context, h Health) error
}

// Service makes backups.
type Service struct {
	Parts
	since time.Time
	busy  sync.Mutex // one backup at a time
}

// NewService ends what a crash cut off.
func NewService(ctx context.Context, p Parts) (*Service, error) {
	s := &Service{Parts: p, since: p.Clock.Now()}
	if err := os.RemoveAll(s.workDir()); err != nil {
		return nil, fmt.Errorf("clear unfinished backups: %w", err)
	}
	return s, endUnfinished(ctx, p.DB, "backup.cut_off", s.since)
}

func (s *Service) secrets() string { return filepath.Join(s.DataDir, "secrets") }

func (s *Service) workDir() string { return filepath.Join(s.DataDir, "backup.tmp") }

// UseKey makes a public key the one that backups are made for. Only a command on the server itself may call it.
func (s *Service) UseKey(ctx context.Context, text string) (string, error) {
	k, err := ParsePublicKey(text)
	if err != nil {
		return "", err
	}
	before, _, err := readPublicKey(s.secrets())
	if err != nil {
		return "", err
	}
	detail := map[string]string{"key": k.ID(), "algorithm": "X25519+ML-KEM-768, AES-256-GCM"}
	if before.public != nil {
		detail["key_before"] = before.ID()
	}
	who := access.JobActor("backup key")
	err = s.Log.Note(ctx, &audit.Record{Channel: audit.ChannelJob, Event: "backup.key", Actor: who.ForAudit(), Subject: "backup.key/" + k.ID(), Detail: detail})
	if err != nil {
		return "", err
	}
	return k.ID(), keepPublicKey(s.secrets(), k)
}

// List shows the runs, the newest first.
func (s *Service) List(ctx context.Context, limit int) ([]Run, error) {
	if _, err := access.Require(ctx, access.SettingsRead); err != nil {
		return nil, err
	}
	return listRuns(ctx, s.DB, limit)
}

// Look tells how it stands, to those who may read settings.
func (s *Service) Look(ctx context.Context) (Health, error) {
	if _, err := access.Require(ctx, access.SettingsRead); err != nil {
		return Health{}, err
	}
	return s.health(ctx)
}

// Warning is the sentence for operators and probes about backups that are late; empty when all is well.
func (s *Service) Warning(ctx context.Context) string {
	h, err := s.health(ctx)
	switch {
	case err != nil:
		return err.Error()
	case !h.Late:
		return ""
	case h.Key == "":
		return "no backup key was made: run `lienthong backup key`"
	case h.Last == nil:
		return "none was made yet"
	}
	return fmt.Sprintf("the last one is %.0f hours old, more than the %.0f allowed", h.Age.Hours(), s.Settings.WarnAfter.Hours())
}

// Age is how old the newest backup is; false while there is none.
func (s *Service) Age(ctx context.Context) (time.Duration, bool) {
	h, err := s.health(ctx)
	return h.Age, err == nil && h.Last != nil
}

func (s *Service) health(ctx context.Context) (Health, error) {
	h := Health{On: s.Settings.Dir != ""}
	key, there, err := readPublicKey(s.secrets())
	if err != nil {
		return h, err
	}
	if there {
		h.Key = key.ID()
	}
	last, found, err := newest(ctx, s.DB, Backup, [2]State{Done, Expired})
	if err != nil {
		return h, err
	}
	since := s.since
	if found {
		h.Last, since = &last, last.StartedAt
	}
	if from, restored, err := newest(ctx, s.DB, Restore, [2]State{Done, Done}); err != nil {
		return h, err
	} else if restored {
		h.Restore = &from
	}
	h.Age = s.Clock.Now().Sub(since)
	h.Late = h.On && h.Age > s.Settings.WarnAfter
	return h, nil
}

// Run makes backups when they are due, until the context ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := s.Turn(ctx); err != nil && ctx.Err() == nil {
			s.Logger.Error("the backup that was due was not made; it will be tried again", "cause", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Turn makes a backup if one is due, removes those that have expired, and tells how it stands.
func (s *Service) Turn(ctx context.Context) error {
	due, err := s.due(ctx)
	if due && err == nil {
		_, err = s.make(ctx, access.JobActor("backup"), s.inFolder(s.Settings.Dir))
	}
	if err == nil && s.Settings.Dir != "" {
		err = s.expire(ctx)
	}
	h, err2 := s.health(ctx)
	if err2 == nil && s.Standing != nil {
		err2 = s.Standing(ctx, h)
	}
	return errors.Join(err, err2)
}

func (s *Service) due(ctx context.Context) (bool, error) {
	if s.Settings.Dir == "" {
		return false, nil
	}
	if _, there, err := readPublicKey(s.secrets()); err != nil || !there { // Health says so
		return false, err
	}
	now := s.Clock.Now()
	if tried, found, err := newest(ctx, s.DB, Backup, [2]State{Failed, Running}); err != nil || found && now.Sub(tried.StartedAt) < tryAgain {
		return false, err
	}
	last, found, err := newest(ctx, s.DB, Backup, [2]State{Done, Expired})
	return err == nil && (!found || now.Sub(last.StartedAt) >= s.Settings.Every), err
}

// expire removes the oldest backups beyond the number to keep; the record comes first. Only files that this platform made
// in the configured folder are touched.
func (s *Service) expire(ctx context.Context) error {
	kept, err := keptRuns(ctx, s.DB)
	if err != nil {
		return err
	}
	folder, err := filepath.EvalSymlinks(s.Settings.Dir)
	if err != nil {
		return fmt.Errorf("find the folder of backups: %w", err)
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return fmt.Errorf("find the folder of backups: %w", err)
	}
	n := 0
	for _, r := range kept {
		if filepath.Dir(r.File) != folder {
			continue
		}
		if n++; n <= s.Settings.Keep {
			continue
		}
		r.State = Expired
		err := s.DB.InTx(ctx, func(q controldb.Querier) error {
			if err := updateRun(ctx, q, r); err != nil {
				return err
			}
			return s.Log.Change(ctx, q, s.entry("backup.expire", access.JobActor("backup"), r))
		})
		if err != nil {
			return err
		}
		if err := os.Remove(r.File); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove an expired backup: %w", err)
		}
	}
	return nil
}

func (s *Service) entry(event string, who access.Actor, r Run) audit.Entry {
	return audit.Entry{
		Actor: who.ForAudit(), Channel: audit.ChannelJob, Event: event, Subject: "backup.run/" + r.ID, Reason: r.Note,
		Detail: map[string]string{"file": filepath.Base(r.File), "key": r.Key, "bytes": strconv.FormatInt(r.Bytes, 10), "log_size": strconv.FormatInt(r.LogSize, 10)},
	}
}

// place decides the file of a backup: a new one, outside of what it is to save.
func (s *Service) place(to string) (string, error) {
	abs, err := filepath.Abs(to)
	if err != nil {
		return "", fmt.Errorf("place the backup: %w", err)
	}
	if info, err := os.Stat(abs); err == nil && info.IsDir() {
		abs = s.inFolder(abs)
	}
	data, err := filepath.EvalSymlinks(s.DataDir)
	if err != nil {
		return "", fmt.Errorf("place the backup: %w", err)
	}
	if data, err = filepath.Abs(data); err != nil {
		return "", fmt.Errorf("place the backup: %w", err)
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if err != nil {
		return "", fault.New(fault.Invalid, "backup.no_folder", filepath.Dir(abs)).At("to").Because(err)
	}
	if folder == data || strings.HasPrefix(folder, data+string(filepath.Separator)) {
		return "", fault.New(fault.Invalid, "backup.inside_data", s.DataDir).At("to")
	}
	abs = filepath.Join(folder, filepath.Base(abs))
	if _, err := os.Lstat(abs); err == nil {
		return "", fault.New(fault.Conflict, "backup.file_exists", abs).At("to")
	}
	return abs, nil
}
