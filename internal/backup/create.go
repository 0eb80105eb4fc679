package backup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/merkle"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Create makes a backup in a folder or under a new name. Only a command on the server itself may call it.
func (s *Service) Create(ctx context.Context, to string) (Run, error) {
	return s.make(ctx, access.JobActor("backup create"), to)
}

// CreateNow makes a backup in the configured folder, by order of someone who may change settings.
func (s *Service) CreateNow(ctx context.Context) (Run, error) {
	who, err := access.Require(ctx, access.SettingsChange)
	if err != nil {
		return Run{}, err
	}
	if s.Settings.Dir == "" {
		return Run{}, fault.New(fault.Conflict, "backup.no_dir")
	}
	return s.make(ctx, who, s.inFolder(s.Settings.Dir))
}

// inFolder names a new backup in a folder that must be there: the name of an unmounted disk is no name for a file.
func (s *Service) inFolder(dir string) string {
	return filepath.Join(dir, namePrefix+s.Clock.Now().UTC().Format("20060102T150405Z")+nameSuffix)
}

// make upholds invariant 1.
func (s *Service) make(ctx context.Context, who access.Actor, to string) (Run, error) {
	if !s.busy.TryLock() {
		return Run{}, fault.New(fault.Conflict, "backup.busy")
	}
	defer s.busy.Unlock()
	key, there, err := readPublicKey(s.secrets())
	if err != nil {
		return Run{}, err
	}
	if !there {
		return Run{}, fault.New(fault.Conflict, "backup.no_key")
	}
	r := Run{ID: ids.New(), Kind: Backup, State: Running, File: to, Key: key.ID(), By: who.ID, StartedAt: s.Clock.Now()}
	if r.File, err = s.place(to); err != nil && !fault.Is(err, "backup.no_folder") {
		return Run{}, err
	}
	if err := insertRun(ctx, s.DB, r); err != nil {
		return Run{}, err
	}
	if err == nil {
		err = s.write(ctx, who, key, &r)
	}
	if err != nil {
		return Run{}, errors.Join(err, s.failed(context.WithoutCancel(ctx), who, r, err))
	}
	return r, nil
}

// failed records that there is no backup, and why by its code: a cause may hold anything.
func (s *Service) failed(ctx context.Context, who access.Actor, r Run, cause error) error {
	r.State, r.EndedAt, r.Note = Failed, s.Clock.Now(), fault.Of(cause).Code
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := updateRun(ctx, q, r); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, s.entry("backup.failed", who, r))
	})
}

func (s *Service) write(ctx context.Context, who access.Actor, key PublicKey, r *Run) (err error) {
	partial := r.File + ".partial"
	f, err := os.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return storage("make the file of a backup", err)
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			_ = os.Remove(partial) // nobody takes a partial file for a backup
		}
	}()
	head := Head{CreatedAt: r.StartedAt, Origin: origin(s.Log.Journal().VerifierKey())}
	buffered := bufio.NewWriterSize(f, 1<<20)
	sealed, fileKey, err := seal(buffered, key, head)
	if err != nil {
		return storage("write a backup", err)
	}
	m, err := s.pack(ctx, sealed, head)
	if err = errors.Join(err, sealed.Close(), buffered.Flush()); err != nil {
		return storage("write a backup", err)
	}
	if err := f.Sync(); err != nil {
		return storage("write a backup", err)
	}
	if err := readAgain(f, fileKey, m); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return storage("write a backup", err)
	}
	r.State, r.EndedAt, r.Bytes, r.LogSize = Done, s.Clock.Now(), info.Size(), m.LogSize
	err = s.DB.InTx(ctx, func(q controldb.Querier) error { // the record before the file can be had under its name
		if err := updateRun(ctx, q, *r); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, s.entry("backup.create", who, *r))
	})
	if err != nil {
		return err
	}
	if err := os.Rename(partial, r.File); err != nil {
		return storage("name a backup", err)
	}
	return blob.SyncDir(filepath.Dir(r.File))
}

// readAgain compares what lies on the disk with what was meant.
func readAgain(f *os.File, key []byte, want Manifest) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return storage("read a backup again", err)
	}
	r := bufio.NewReader(f)
	_, context, err := readHead(r)
	if err != nil {
		return err
	}
	o, err := newOpener(r, key, context)
	if err != nil {
		return err
	}
	got, err := readAll(o, nil)
	if err == nil && (len(got.Entries) != len(want.Entries) || got.LogSize != want.LogSize) {
		err = damaged(manifestName, nil)
	}
	return err
}

// pack writes the entries in the order that doc.go explains.
func (s *Service) pack(ctx context.Context, w io.Writer, head Head) (Manifest, error) {
	p := &packer{w: w}
	log := s.Log.Journal()
	m := Manifest{Format: format, CreatedAt: head.CreatedAt, Origin: head.Origin, VerifierKey: log.VerifierKey(), LogAtStore: log.Size(), StoreAt: s.Clock.Now()}
	var err error
	m.Rows, m.Migrations, err = s.DB.Dump(ctx, func(table string) (io.WriteCloser, error) {
		m.Tables = append(m.Tables, table)
		return p.begin("control/"+table, 0o600, true)
	})
	if err != nil {
		return m, err
	}
	if err := packTree(p, s.DataDir, "secrets", false, func(name string) bool { return strings.HasPrefix(filepath.Base(name), ".") }); err != nil {
		return m, err
	}
	if m.LogSize, err = s.packLog(ctx, p); err != nil {
		return m, err
	}
	for _, folder := range slices.Sorted(maps.Keys(s.Stores)) {
		if err := s.packStore(ctx, p, folder, &m); err != nil {
			return m, err
		}
	}
	m.Entries = slices.Clone(p.entries)
	body, err := json.Marshal(m)
	if err != nil {
		return m, fmt.Errorf("write the manifest of a backup: %w", err)
	}
	return m, p.add(manifestName, 0o600, true, bytes.NewReader(body))
}

// packLog copies the log as it is signed now.
func (s *Service) packLog(ctx context.Context, p *packer) (int64, error) {
	work := filepath.Join(s.workDir(), "audit")
	if err := os.MkdirAll(work, 0o700); err != nil {
		return 0, storage("copy the log", err)
	}
	defer os.RemoveAll(s.workDir())
	if err := s.Log.Journal().Export(ctx, work); err != nil {
		return 0, fmt.Errorf("copy the log: %w", err)
	}
	note, err := journal.NewestNote(work)
	if err != nil {
		return 0, fmt.Errorf("copy the log: %w", err)
	}
	signed, err := merkle.ParseCheckpoint(note, s.Log.Journal().VerifierKey())
	if err != nil {
		return 0, fmt.Errorf("copy the log: %w", err)
	}
	return signed.Size, packTree(p, s.workDir(), "audit", true, nil)
}

// origin is the name of a log, which its public key begins with.
func origin(verifierKey string) string {
	name, _, _ := strings.Cut(verifierKey, "+")
	return name
}

// packTree copies a folder that nobody changes meanwhile.
func packTree(p *packer, dir, folder string, packed bool, skip func(name string) bool) error {
	return filepath.WalkDir(filepath.Join(dir, folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("copy %s: %w", folder, err)
		}
		if path != filepath.Join(dir, folder) && skip != nil && skip(path) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("copy %s: %w", folder, err)
		}
		defer f.Close()
		return p.add(filepath.ToSlash(name), 0o600, packed, f)
	})
}

// packStore copies the files as they lie on the disk, encrypted as they are.
func (s *Service) packStore(ctx context.Context, p *packer, folder string, m *Manifest) error {
	store := s.Stores[folder]
	names, err := store.List("")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("copy %s: %w", folder, err)
		}
		f, err := store.Sealed(name)
		if fault.Is(err, "blob.not_found") { // removed after it was listed: a purge must not wait for a backup
			m.Gone = append(m.Gone, folder+"/"+name)
			continue
		}
		if err != nil {
			return err
		}
		if err := errors.Join(p.add(folder+"/"+name, 0o600, false, f), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// readAll reads a whole backup, hands every entry but the manifest to f, and compares all with the manifest.
func readAll(r io.Reader, f func(e Entry, content io.Reader) error) (Manifest, error) {
	var m Manifest
	found := false
	read, err := unpacker{r}.each(func(e Entry, content io.Reader) error {
		if found || !safeName(e.Name) {
			return damaged("entry", nil)
		}
		if e.Name != manifestName {
			if f != nil {
				return f(e, content)
			}
			return nil
		}
		found = true
		body, err := io.ReadAll(content)
		if err != nil {
			return cutOff(err)
		}
		if err := json.Unmarshal(body, &m); err != nil {
			return damaged(manifestName, err)
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	if !found || !slices.Equal(read[:len(read)-1], m.Entries) {
		return m, damaged(manifestName, nil)
	}
	return m, nil
}

// storage tells a full disk from our own mistakes.
func storage(what string, err error) error {
	if blob.IsFull(err) {
		return fault.New(fault.Unavailable, "backup.disk_full").Because(err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
