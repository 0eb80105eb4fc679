package backup

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/ids"
)

// Restored says what a restore brought back and what it did not.
type Restored struct {
	File     string
	Key      string
	Manifest Manifest
	LogSize  int64 // records of the log as it is now: more than the backup's where the second folder had them
	Kept     int64 // records that a checkpoint kept elsewhere counts; 0 for none
	At       time.Time
	Process  string
}

// Lost is how many records are known to be missing: those after the log ends that a kept checkpoint counts.
func (r Restored) Lost() int64 { return max(0, r.Kept-r.LogSize) }

// Unbacked is how many records are in the log of changes that the control store does not have.
func (r Restored) Unbacked() int64 { return max(0, r.LogSize-r.Manifest.LogAtStore) }

// Record upholds invariant 4.
func (r Restored) Record(ctx context.Context, db *controldb.DB, log *audit.Log) error {
	who := access.JobActor("backup restore")
	run := Run{
		ID: ids.New(), Kind: Restore, State: Done, File: r.File, Key: r.Key, By: who.ID, StartedAt: r.Manifest.StoreAt, EndedAt: r.At, LogSize: r.LogSize,
		Note: strconv.FormatInt(r.Lost(), 10),
	}
	detail := map[string]string{
		"file": filepath.Base(r.File), "key": r.Key, "made_at": r.Manifest.CreatedAt.Format(time.RFC3339), "store_at": r.Manifest.StoreAt.Format(time.RFC3339Nano),
		"log_at_store": strconv.FormatInt(r.Manifest.LogAtStore, 10), "log_in_backup": strconv.FormatInt(r.Manifest.LogSize, 10), "log_now": strconv.FormatInt(r.LogSize, 10),
		"log_lost": strconv.FormatInt(r.Lost(), 10), "files_gone": strconv.Itoa(len(r.Manifest.Gone)), "process": r.Process,
	}
	if r.Kept > 0 {
		detail["checkpoint_kept"] = strconv.FormatInt(r.Kept, 10)
	}
	err := db.InTx(ctx, func(q controldb.Querier) error {
		if err := endUnfinished(ctx, q, "backup.cut_off", r.At); err != nil { // the run that made the very backup
			return err
		}
		if err := insertRun(ctx, q, run); err != nil {
			return err
		}
		return log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Channel: audit.ChannelJob, Event: "backup.restore", Subject: "backup.run/" + run.ID, Detail: detail})
	})
	if err != nil {
		return fmt.Errorf("record the restore: %w", err)
	}
	return nil
}
