package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lienthong/internal/app"
	"lienthong/internal/backup"
)

type backupCmd struct {
	Key     backupKeyCmd     `cmd:"" help:"Make the key of backups. The recovery key goes into a file that is to be kept away from the server."`
	Create  backupCreateCmd  `cmd:"" help:"Make an encrypted backup of everything; the server may be running."`
	Verify  backupVerifyCmd  `cmd:"" help:"Check a backup from end to end, on any machine; needs no server."`
	Restore backupRestoreCmd `cmd:"" help:"Make an empty data folder the platform of a backup."`
}

type backupKeyCmd struct {
	settings
	To string `required:"" help:"New file for the recovery key, outside the data folder." type:"path"`
}

func (c backupKeyCmd) Run(ctx context.Context, s streams) (err error) {
	conf, _, err := c.load()
	if err != nil {
		return err
	}
	data, err := filepath.Abs(conf.DataDir)
	if err != nil {
		return err
	}
	if strings.HasPrefix(c.To, data+string(filepath.Separator)) {
		return coded{fmt.Errorf("the recovery key must not lie in the data folder %s: who takes the folder could open its backups", data), exitUsage}
	}
	k, err := backup.NewRecoveryKey()
	if err != nil {
		return err
	}
	text, err := k.Text()
	if err != nil {
		return err
	}
	id := k.Public().ID()
	body := fmt.Sprintf("# Khóa phục hồi sao lưu của nền tảng Liên thông, mã khóa %s, lập ngày %s.\n# Ai có khóa này mở được mọi bản sao lưu của khóa. Cất ở nơi khác máy chủ, ít nhất hai bản; in ra giấy cũng được.\n%s\n",
		id, time.Now().Format("02/01/2006"), text.Reveal())
	f, err := os.OpenFile(c.To, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keep the recovery key: %w", err)
	}
	_, err = f.WriteString(body)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil { // the recovery key is on disk before anything is made for it
		_, err = app.UseBackupKey(ctx, conf.DataDir, k.Public().Text())
	}
	if err != nil {
		return errors.Join(err, os.Remove(c.To))
	}
	fmt.Fprintf(s.out, "backups are made for recovery key %s from now on\nthe key is in %s: move it away from this machine and keep two copies. Without it no backup can be opened, and nobody can make it again.\n", id, c.To)
	return nil
}

type backupCreateCmd struct {
	settings
	To string `required:"" help:"Folder, or new file, outside the data folder." type:"path"`
}

func (c backupCreateCmd) Run(ctx context.Context, s streams) error {
	conf, _, err := c.load()
	if err != nil {
		return err
	}
	began := time.Now()
	made, err := app.CreateBackup(ctx, app.Options{Config: conf, Out: s.out, Err: s.err}, c.To)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "backup %s, %d bytes, %d records of the log, read again and whole; opens with recovery key %s; took %s\n",
		made.File, made.Bytes, made.LogSize, made.Key, time.Since(began).Round(time.Millisecond))
	return nil
}

// recoveryFlag names the recovery key.
type recoveryFlag struct {
	Key string `required:"" help:"File with the recovery key."`
}

func (f recoveryFlag) read() (backup.RecoveryKey, error) {
	text, err := os.ReadFile(f.Key)
	if err != nil {
		return backup.RecoveryKey{}, coded{fmt.Errorf("read the recovery key: %w", err), exitUsage}
	}
	k, err := backup.ParseRecoveryKey(string(text))
	if err != nil {
		return k, coded{app.Plain(err), exitUsage}
	}
	return k, nil
}

type backupVerifyCmd struct {
	recoveryFlag
	File string `arg:"" help:"The backup." type:"path"`
}

func (c backupVerifyCmd) Run(ctx context.Context, s streams) error {
	k, err := c.read()
	if err != nil {
		return err
	}
	m, err := app.CheckBackup(ctx, c.File, k)
	if err != nil {
		return coded{err, exitChanged}
	}
	fmt.Fprintf(s.out, "the backup is whole: made %s by %s, %d tables, %d files, %d records of the log, which verify\npublic key of the log: %s\n",
		m.CreatedAt.Local().Format("02/01/2006 15:04:05"), m.Origin, len(m.Tables), len(m.Entries)-len(m.Tables), m.LogSize, m.VerifierKey)
	return nil
}

type backupRestoreCmd struct {
	settings
	recoveryFlag
	From string `required:"" help:"The backup." type:"path"`
	Kept string `help:"Newest signed checkpoint of the log that was kept elsewhere; tells how many records are lost." type:"path"`
}

func (c backupRestoreCmd) Run(ctx context.Context, s streams) error {
	conf, _, err := c.load()
	if err != nil {
		return err
	}
	o := app.RestoreOptions{Config: conf, File: c.From}
	if o.Key, err = c.read(); err != nil {
		return err
	}
	if c.Kept != "" {
		if o.Kept, err = os.ReadFile(c.Kept); err != nil {
			return coded{fmt.Errorf("read the kept checkpoint: %w", err), exitUsage}
		}
	}
	r, err := app.RestoreBackup(ctx, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "restored into %s in %s: state of %s, %d rows, %d files, %d records of the log\n",
		conf.DataDir, r.Took.Round(time.Millisecond), r.Manifest.StoreAt.Local().Format("02/01/2006 15:04:05"), r.Rows, r.Files, r.LogSize)
	if n := r.Unbacked(); n > 0 {
		fmt.Fprintf(s.out, "the log has %d records later than the restored state: what they tell of was done and is not in the state; look at records from %d on\n", n, r.Manifest.LogAtStore)
	}
	if n := r.Lost(); n > 0 {
		fmt.Fprintf(s.out, "WARNING: the kept checkpoint counts %d records, the restored log has %d: %d records are lost; verification with this checkpoint will go on to show the roll-back\n", r.Kept, r.LogSize, n)
	}
	for _, name := range r.Manifest.Gone {
		fmt.Fprintf(s.out, "not in the backup, removed while it was made: %s\n", name)
	}
	fmt.Fprintf(s.out, "the restore is in the log as backup.restore; start the platform with: lienthong serve --data %s\n", conf.DataDir)
	return nil
}
