package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/backup"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/task"
)

func (a *App) openBackup(ctx context.Context) error {
	var err error
	a.backup, err = backup.NewService(ctx, backup.Parts{
		DB: a.db, Log: a.audit, Clock: a.clock, Logger: a.log, DataDir: a.conf.DataDir, Stores: map[string]*blob.Store{"raw": a.raw, "warehouse": a.versions, "papers": a.papers},
		Settings: backup.Settings{
			Dir: a.conf.BackupDir, Every: time.Duration(a.conf.BackupEvery) * time.Hour, Keep: int(a.conf.BackupKeep), WarnAfter: time.Duration(a.conf.BackupWarn) * time.Hour,
		},
		Standing: a.backupStands,
	})
	return err
}

const lateBackup = "backup.late"

// backupStands keeps the inbox of the operator true.
func (a *App) backupStands(ctx context.Context, h backup.Health) error {
	return a.db.InTx(ctx, func(q controldb.Querier) error {
		if !h.Late {
			return a.task.Done(ctx, q, lateBackup, "backup")
		}
		return a.task.Open(ctx, q, task.Task{
			Kind: lateBackup, Agency: a.conf.Operator, Role: access.OpAdmin, Subject: "backup", Path: "/backup", TitleKey: "backup.task.late", WorkingDays: 1,
		})
	})
}

type backupAnswer struct {
	File    string `json:"file,omitempty"`
	Bytes   int64  `json:"bytes,omitempty"`
	LogSize int64  `json:"log_size,omitempty"`
	Key     string `json:"key,omitempty"`
	Error   string `json:"error,omitempty"`
}

type backupAsk struct {
	To     string `json:"to,omitempty"`
	Public string `json:"public,omitempty"`
}

// BackupMade is what a backup command tells.
type BackupMade struct {
	File, Key      string
	Bytes, LogSize int64
}

// CreateBackup asks the server that runs on the folder for a backup; without one it opens the folder itself.
func CreateBackup(ctx context.Context, o Options, to string) (BackupMade, error) {
	abs, err := filepath.Abs(to)
	if err != nil {
		return BackupMade{}, err
	}
	var got backupAnswer
	err = controlFor(ctx, o.Config.DataDir, "/backup/create", backupAsk{To: abs}, &got, 0)
	if err != nil {
		if _, running := os.Stat(filepath.Join(o.Config.DataDir, "control", "control.db")); running != nil && o.Config.DatabaseURL == "" {
			return BackupMade{}, err // there is no platform here at all
		}
		return createStopped(ctx, o, abs)
	}
	if got.Error != "" {
		return BackupMade{}, errors.New(got.Error)
	}
	return BackupMade{File: got.File, Key: got.Key, Bytes: got.Bytes, LogSize: got.LogSize}, nil
}

// createStopped backs up a folder on which no server runs; where one does, its lock says so.
func createStopped(ctx context.Context, o Options, to string) (made BackupMade, err error) {
	a, err := Build(ctx, o)
	if err != nil {
		return BackupMade{}, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	r, err := a.backup.Create(ctx, to)
	if err != nil {
		return BackupMade{}, errors.New(a.sentence(err))
	}
	return BackupMade{File: r.File, Key: r.Key, Bytes: r.Bytes, LogSize: r.LogSize}, nil
}

// UseBackupKey makes a public key the one that the server on the folder makes backups for.
func UseBackupKey(ctx context.Context, dataDir, public string) (string, error) {
	var got backupAnswer
	if err := control(ctx, dataDir, "/backup/key", backupAsk{Public: public}, &got); err != nil {
		return "", err
	}
	if got.Error != "" {
		return "", errors.New(got.Error)
	}
	return got.Key, nil
}

func (a *App) useBackupKey(w http.ResponseWriter, r *http.Request) {
	a.answerBackup(w, r, func(ctx context.Context, in backupAsk) (backupAnswer, error) {
		id, err := a.backup.UseKey(ctx, in.Public)
		return backupAnswer{Key: id}, err
	})
}

func (a *App) createBackup(w http.ResponseWriter, r *http.Request) {
	a.answerBackup(w, r, func(ctx context.Context, in backupAsk) (backupAnswer, error) {
		made, err := a.backup.Create(ctx, in.To)
		return backupAnswer{File: made.File, Bytes: made.Bytes, LogSize: made.LogSize, Key: made.Key}, err
	})
}

func (a *App) answerBackup(w http.ResponseWriter, r *http.Request, do func(ctx context.Context, in backupAsk) (backupAnswer, error)) {
	w.Header().Set("Content-Type", "application/json")
	var in backupAsk
	var out backupAnswer
	err := json.NewDecoder(bufio.NewReader(io.LimitReader(r.Body, 64<<10))).Decode(&in)
	if err == nil {
		out, err = do(r.Context(), in)
	}
	if err != nil {
		out = backupAnswer{Error: a.sentence(err)}
	}
	_ = json.NewEncoder(w).Encode(out) // the command has gone; there is nobody to tell
}

// sentence says a fault to whoever stands at the server; what is ours stays as it is.
func (a *App) sentence(err error) string {
	if f := fault.Of(err); f.Kind != fault.Internal {
		return httpx.Sentence(f, a.words, i18n.En, "")
	}
	return err.Error()
}

// restoreFinished refuses a folder that was restored half way.
func restoreFinished(dir string) error {
	mark := filepath.Join(dir, backup.UnfinishedMark)
	if _, err := os.Stat(mark); err == nil {
		return fmt.Errorf("a restore into %s did not end: empty the folder and run `lienthong backup restore` again", dir)
	}
	return nil
}
