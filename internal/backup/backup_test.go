package backup_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/audit/journal"
	"lienthong/internal/backup"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/blob/blobtest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
	"lienthong/internal/kit/testkit"
	"lienthong/migrations"
)

// bench is a small platform that can be backed up.
type bench struct {
	*backup.Service
	db     *controldb.DB
	log    *audit.Log
	clock  *clock.Adjustable
	store  *blob.Store
	away   string
	key    backup.RecoveryKey
	health backup.Health
}

func newBench(t *testing.T, db *controldb.DB, s backup.Settings) *bench {
	t.Helper()
	data := t.TempDir()
	b := &bench{db: db, log: audittest.Log(t, db), clock: clock.NewAdjustable(clock.System()), away: t.TempDir()}
	if _, err := secret.Open(filepath.Join(data, "secrets")); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.store, err = blob.OpenSealed(filepath.Join(data, "raw"), blobtest.Keys{}, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if err := b.store.Put("a/file", []byte(strings.Repeat("content ", 300_000))); err != nil {
		t.Fatal(err)
	}
	if s.Dir != "" {
		s.Dir = b.away
	}
	b.Service, err = backup.NewService(context.Background(), backup.Parts{
		DB: db, Log: b.log, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), DataDir: data, Stores: map[string]*blob.Store{"raw": b.store}, Settings: s,
		Standing: func(_ context.Context, h backup.Health) error { b.health = h; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if b.key, err = backup.NewRecoveryKey(); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) useKey(t *testing.T) {
	t.Helper()
	if id, err := b.UseKey(context.Background(), b.key.Public().Text()); err != nil || id != b.key.Public().ID() {
		t.Fatalf("%s, %v", id, err)
	}
}

func (b *bench) events(t *testing.T, event string) []*audit.Record {
	t.Helper()
	var found []*audit.Record
	err := b.log.Journal().Each(0, b.log.Journal().Size(), func(e journal.Entry) error {
		r, err := audit.Decode(e.Body)
		if err == nil && r.Event == event {
			found = append(found, r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestABackupComesBackOnBothEngines(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		ctx := context.Background()
		b := newBench(t, db, backup.Settings{})
		file := filepath.Join(b.away, "b.ltb")
		if _, err := b.Create(ctx, file); !fault.Is(err, "backup.no_key") {
			t.Fatalf("without a key: %v", err)
		}
		b.useKey(t)
		r, err := b.Create(ctx, file)
		if err != nil || r.State != backup.Done || r.LogSize == 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		if made := b.events(t, "backup.create"); len(made) != 1 || made[0].Detail["file"] != "b.ltb" || made[0].Detail["key"] != b.key.Public().ID() {
			t.Fatalf("%v", made)
		}
		dir := filepath.Join(t.TempDir(), "data")
		m, err := backup.Unpack(ctx, file, b.key, dir, migrations.Files)
		if err != nil {
			t.Fatal(err)
		}
		empty, err := controldb.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "control.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer empty.Close()
		if err := backup.FillStore(ctx, empty, dir, m, migrations.Files); err != nil {
			t.Fatal(err)
		}
		if err := backup.Finish(dir); err != nil {
			t.Fatal(err)
		}
		restored, err := blob.OpenSealed(filepath.Join(dir, "raw"), blobtest.Keys{}, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		f, err := restored.OpenFile("a/file")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if n, err := f.Size(); err != nil || n != 2_400_000 {
			t.Fatalf("%d, %v", n, err)
		}
		var runs int
		if err := empty.QueryRowContext(ctx, `SELECT count(*) FROM backup_run WHERE state = 'running'`).Scan(&runs); err != nil || runs != 1 {
			t.Fatalf("the run that made the backup: %d, %v", runs, err)
		}
	})
}

// Every byte of a backup counts: one flipped anywhere, or an end anywhere, and nothing comes out.
func TestADamagedBackupIsRefused(t *testing.T) {
	ctx := context.Background()
	b := newBench(t, testkit.DB(t), backup.Settings{})
	b.useKey(t)
	file := filepath.Join(b.away, "b.ltb")
	if _, err := b.Create(ctx, file); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Check(ctx, file, b.key); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(b.away, "bad.ltb")
	refused := func(name string, changed []byte) {
		t.Helper()
		if err := os.WriteFile(bad, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(b.away, "target")
		if _, err := backup.Unpack(ctx, bad, b.key, dir, migrations.Files); err == nil || fault.Of(err).Kind == fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s: something was unpacked", name)
		}
	}
	for n := range 60 {
		at := n * (len(body) - 1) / 59
		flipped := append([]byte(nil), body...)
		flipped[at] ^= 1 << (n % 8)
		refused(fmt.Sprintf("byte %d of %d", at, len(body)), flipped)
		refused(fmt.Sprintf("cut at %d", at), body[:at])
	}
	const chunk = 1<<20 + 16
	head := len(body) % chunk // not the head itself, but places that are chunks apart
	refused("a chunk left out", append(append([]byte(nil), body[:head]...), body[head+chunk:]...))
	refused("a byte more", append(append([]byte(nil), body...), 0))
	other, err := backup.NewRecoveryKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Check(ctx, file, other); !fault.Is(err, "backup.wrong_key") {
		t.Errorf("another key: %v", err)
	}
}

func TestANewerBackupAndAFullFolderAreRefused(t *testing.T) {
	ctx := context.Background()
	db := testkit.DB(t)
	if _, err := db.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, ?)`, 9999, 1); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, db, backup.Settings{})
	b.useKey(t)
	file := filepath.Join(b.away, "b.ltb")
	if _, err := b.Create(ctx, file); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(b.away, "target")
	if _, err := backup.Unpack(ctx, file, b.key, dir, migrations.Files); !fault.Is(err, "backup.newer_schema") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("something was unpacked")
	}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "kept"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := newBench(t, testkit.DB(t), backup.Settings{})
	second.useKey(t)
	file = filepath.Join(second.away, "b.ltb")
	if _, err := second.Create(ctx, file); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Unpack(ctx, file, second.key, full, migrations.Files); !fault.Is(err, "backup.folder_not_empty") {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(full); err != nil || len(left) != 1 {
		t.Errorf("the folder was touched: %v, %v", left, err)
	}
}

func TestBackupsAreMadeKeptAndMissed(t *testing.T) {
	ctx := context.Background()
	b := newBench(t, testkit.DB(t), backup.Settings{Dir: "set", Every: 24 * time.Hour, Keep: 2, WarnAfter: 36 * time.Hour})
	files := func() int {
		t.Helper()
		list, err := filepath.Glob(filepath.Join(b.away, "*.ltb"))
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	turn := func(shift time.Duration) {
		t.Helper()
		b.clock.Shift(shift)
		if err := b.Turn(ctx); err != nil {
			t.Fatal(err)
		}
	}
	turn(0)
	if files() != 0 || b.health.Late || b.Warning(ctx) != "" {
		t.Fatalf("at first, without a key: %+v", b.health)
	}
	turn(37 * time.Hour)
	if !b.health.Late || !strings.Contains(b.Warning(ctx), "no backup key") {
		t.Fatalf("without a key for long: %+v, %q", b.health, b.Warning(ctx))
	}
	b.useKey(t)
	turn(time.Second)
	if files() != 1 || b.health.Late || b.health.Last == nil {
		t.Fatalf("the first: %d files, %+v", files(), b.health)
	}
	turn(23 * time.Hour)
	if files() != 1 {
		t.Fatal("a backup before it was due")
	}
	for range 4 {
		turn(25 * time.Hour)
	}
	if files() != 2 || len(b.events(t, "backup.expire")) != 3 || len(b.events(t, "backup.create")) != 5 {
		t.Fatalf("%d files, %d expired, %d made", files(), len(b.events(t, "backup.expire")), len(b.events(t, "backup.create")))
	}
	foreign := filepath.Join(b.away, "lienthong-other.ltb") // not made by this platform: never removed
	if err := os.WriteFile(foreign, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	turn(25 * time.Hour)
	if _, err := os.Stat(foreign); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(b.away); err != nil { // the disk is gone
		t.Fatal(err)
	}
	b.clock.Shift(40 * time.Hour)
	if err := b.Turn(ctx); err == nil {
		t.Fatal("a backup without a folder")
	}
	if failed := b.events(t, "backup.failed"); len(failed) != 1 || failed[0].Reason != "backup.no_folder" {
		t.Fatalf("%v", failed)
	}
	if !b.health.Late || !strings.Contains(b.Warning(ctx), "hours old") {
		t.Fatalf("after the loss: %+v, %q", b.health, b.Warning(ctx))
	}
}

func TestOnlyWhoMayChangeSettingsOrdersABackup(t *testing.T) {
	ctx := context.Background()
	b := newBench(t, testkit.DB(t), backup.Settings{Dir: "set", Every: time.Hour, Keep: 2, WarnAfter: time.Hour})
	b.useKey(t)
	if _, err := b.CreateNow(ctx); !fault.Is(err, "access.sign_in_required") {
		t.Errorf("nobody: %v", err)
	}
	if _, err := b.List(ctx, 10); !fault.Is(err, "access.sign_in_required") {
		t.Errorf("nobody lists: %v", err)
	}
	as := func(role access.Role) context.Context {
		return access.WithActor(ctx, access.Actor{Type: access.User, ID: "p", Roles: []access.Role{role}, Agency: "H38.02"})
	}
	if _, err := b.CreateNow(as(access.OpSecurity)); fault.Of(err).Kind != fault.Denied {
		t.Errorf("a reader: %v", err)
	}
	if r, err := b.CreateNow(as(access.OpAdmin)); err != nil || r.State != backup.Done {
		t.Errorf("%+v, %v", r, err)
	}
	if list, err := b.List(as(access.OpSecurity), 10); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestRecoveryKeysAreTypedWithCare(t *testing.T) {
	k, err := backup.NewRecoveryKey()
	if err != nil {
		t.Fatal(err)
	}
	text, err := k.Text()
	if err != nil {
		t.Fatal(err)
	}
	for _, good := range []string{text.Reveal(), strings.ToLower(text.Reveal()), "# words\n" + strings.ReplaceAll(text.Reveal(), "-", " ") + "\n"} {
		if got, err := backup.ParseRecoveryKey(good); err != nil || got.Public().ID() != k.Public().ID() {
			t.Errorf("%v", err)
		}
	}
	for at, c := range text.Reveal() {
		if at < 6 || c == '-' || at == len(text.Reveal())-1 { // the last character carries bits that mean nothing
			continue
		}
		other := byte('A')
		if c == 'A' {
			other = 'B'
		}
		typed := []byte(text.Reveal())
		typed[at] = other
		if _, err := backup.ParseRecoveryKey(string(typed)); !fault.Is(err, "backup.recovery_key") {
			t.Errorf("character %d mistyped: %v", at, err)
		}
	}
}
