package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/audit/merkle"
	"lienthong/internal/backup"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/secret"
	"lienthong/migrations"
)

// RestoreOptions of a restore.
type RestoreOptions struct {
	Config Config
	File   string
	Key    backup.RecoveryKey
	Kept   []byte // newest checkpoint of the log that was kept elsewhere; nil for none
}

// RestoreReport tells what came back and what did not.
type RestoreReport struct {
	backup.Restored
	Rows, Files int64
	Took        time.Duration
}

// RestoreBackup makes an empty folder, and an empty store, the platform of a backup. On an error nothing is left of it in
// the folder.
func RestoreBackup(ctx context.Context, o RestoreOptions) (report RestoreReport, err error) {
	began := time.Now()
	dir := o.Config.DataDir
	m, err := backup.Unpack(ctx, o.File, o.Key, dir, migrations.Files)
	if err == nil {
		report, err = finishRestore(ctx, o, m)
	}
	if err != nil {
		return report, errors.Join(Plain(err), clearUnfinished(dir))
	}
	report.Took = time.Since(began)
	return report, nil
}

// finishRestore fills the control store, writes the record of the restore and lets the folder start.
func finishRestore(ctx context.Context, o RestoreOptions, m backup.Manifest) (report RestoreReport, err error) {
	dir := o.Config.DataDir
	report.Restored = backup.Restored{File: o.File, Key: o.Key.Public().ID(), Manifest: m, At: time.Now(), Process: fmt.Sprintf("pid %d uid %d", os.Getpid(), os.Getuid())}
	if o.Kept != nil {
		kept, err := merkle.ParseCheckpoint(o.Kept, m.VerifierKey)
		if err != nil {
			return report, fmt.Errorf("read the kept checkpoint: %w", err)
		}
		report.Kept = kept.Size
	}
	for _, n := range m.Rows {
		report.Rows += n
	}
	report.Files = int64(len(m.Entries) - len(m.Tables))
	keys, err := secret.Open(filepath.Join(dir, "secrets"))
	if err != nil {
		return report, err
	}
	db, err := openControl(ctx, o.Config)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := backup.FillStore(ctx, db, dir, m, migrations.Files); err != nil {
		return report, err
	}
	if err := db.Migrate(ctx, migrations.Files); err != nil {
		return report, err
	}
	if err := recordRestore(ctx, o.Config, keys, db, &report.Restored); err != nil {
		return report, err
	}
	return report, backup.Finish(dir)
}

// recordRestore opens the log as the server would, also from the second folder, which may know records that the backup
// does not.
func recordRestore(ctx context.Context, c Config, keys *secret.Keyring, db *controldb.DB, r *backup.Restored) (err error) {
	log, err := audit.Open(filepath.Join(c.DataDir, "audit"), logOptions(c, keys, time.Now))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	if r.LogSize, err = sizeBefore(log); err != nil {
		return err
	}
	if err := log.UseOutbox(ctx, db); err != nil {
		return err
	}
	return r.Record(ctx, db, log)
}

// sizeBefore is how many records the log had before it was opened, as its newest record says.
func sizeBefore(log *audit.Log) (int64, error) {
	body, err := log.Journal().Read(log.Journal().Size() - 1)
	if err != nil {
		return 0, fmt.Errorf("read the log's newest record: %w", err)
	}
	r, err := audit.Decode(body)
	if err != nil {
		return 0, fmt.Errorf("read the log's newest record: %w", err)
	}
	return strconv.ParseInt(r.Detail["records"], 10, 64)
}

// clearUnfinished empties a folder that this restore began to fill; one without the mark is not ours to touch.
func clearUnfinished(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, backup.UnfinishedMark)); err != nil {
		return nil //nolint:nilerr // nothing was begun
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("clear what the restore began: %w", err)
	}
	for _, e := range there {
		if e.Name() == backup.UnfinishedMark || e.Name() == "lost+found" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("clear what the restore began: %w", err)
		}
	}
	return os.Remove(filepath.Join(dir, backup.UnfinishedMark))
}

// CheckBackup reads a backup from end to end.
func CheckBackup(ctx context.Context, file string, k backup.RecoveryKey) (backup.Manifest, error) {
	m, err := backup.Check(ctx, file, k)
	return m, Plain(err)
}

// Plain says a fault in words, for commands that run without a platform.
func Plain(err error) error {
	f := fault.Of(err)
	if f == nil || f.Kind == fault.Internal {
		return err
	}
	words, err2 := i18n.NewCatalog(allMessages()...)
	if err2 != nil {
		return err
	}
	return fmt.Errorf("%s (%s)", httpx.Sentence(f, words, i18n.En, ""), f.Code)
}
