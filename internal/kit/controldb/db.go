package controldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/pressly/goose/v3"

	"lienthong/internal/kit/fault"
)

// Querier is what a store function needs: the database outside, or the transaction inside InTx.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Engine names the database behind a DB.
type Engine string

const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgresql"
)

// DB is the control store. It is a Querier for reads outside a transaction.
type DB struct {
	engine   Engine
	write    *sql.DB // SQLite: one connection, so that writers queue here and not in busy loops
	read     *sql.DB
	mu       sync.RWMutex
	onCommit []func(context.Context) error

	generation generation // of commits, see Fresh

	repeated, gaveUp atomic.Int64 // transactions that another one was in the way of
}

// Open opens the store: "sqlite:/folder/control.db" or "postgres://…".
func Open(ctx context.Context, rawURL string) (*DB, error) {
	switch {
	case strings.HasPrefix(rawURL, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(rawURL, "sqlite:"))
	case strings.HasPrefix(rawURL, "postgres://"), strings.HasPrefix(rawURL, "postgresql://"):
		return openPostgres(ctx, rawURL)
	}
	return nil, fmt.Errorf("open control store: the URL must begin with sqlite: or postgres://")
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open control store %s: %w", path, err)
	}
	dsn := (&url.URL{Scheme: "file", Path: abs, OmitHost: true}).String() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(on)&_txlock=immediate"
	write, err := driver.Open(dsn)
	if err != nil {
		return nil, fmt.Errorf("open control store %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	write.SetMaxIdleConns(1)
	if err := write.PingContext(ctx); err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open control store %s: %w", path, err)
	}
	read, err := driver.Open(dsn + "&_pragma=query_only(on)")
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open control store %s: %w", path, err)
	}
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return &DB{engine: SQLite, write: write, read: read}, nil
}

func openPostgres(ctx context.Context, rawURL string) (*DB, error) {
	conf, err := stdlibConfig(rawURL)
	if err != nil {
		return nil, fmt.Errorf("open control store: %w", err)
	}
	pool := stdlib.OpenDB(*conf)
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db := &DB{engine: PostgreSQL, write: pool, read: pool}
	if err := db.checkPostgres(ctx); err != nil {
		_ = pool.Close()
		return nil, err
	}
	return db, nil
}

// checkPostgres upholds invariants 1 and 4.
func (db *DB) checkPostgres(ctx context.Context) error {
	var collate, commit string
	const query = `SELECT datcollate, current_setting('synchronous_commit') FROM pg_database WHERE datname = current_database()`
	if err := db.read.QueryRowContext(ctx, query).Scan(&collate, &commit); err != nil {
		return fmt.Errorf("ask PostgreSQL for its settings: %w", err)
	}
	if collate != "C" {
		return fmt.Errorf("the PostgreSQL database has collation %q: create it with LC_COLLATE 'C' (createdb -T template0 --lc-collate=C -E UTF8), or lists would come in another order on another machine", collate)
	}
	if commit == "off" || commit == "local" {
		return fmt.Errorf("PostgreSQL runs with synchronous_commit=%s: an acknowledged change could be lost in a power cut; set it to on", commit)
	}
	return nil
}

// Engine tells which database is behind.
func (db *DB) Engine() Engine { return db.engine }

// Close ends all connections.
func (db *DB) Close() error {
	err := db.write.Close()
	if db.read != db.write {
		err = errors.Join(err, db.read.Close())
	}
	return err
}

// Migrate runs the steps that are missing, forward only.
func (db *DB) Migrate(ctx context.Context, files fs.FS) error {
	p, err := db.steps(files)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the control store: %w", err)
	}
	return nil
}

func (db *DB) steps(files fs.FS) (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if db.engine == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, db.write, files, goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// OnCommit registers what must have happened before InTx answers, in order: the audit mover waits here until the
// journal has the records of the transaction.
func (db *DB) OnCommit(f func(ctx context.Context) error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.onCommit = append(db.onCommit, f)
}

// InTx runs fn in one transaction and commits when it returns nil. It answers when the commit is on disk and every
// OnCommit function has returned.
func (db *DB) InTx(ctx context.Context, fn func(q Querier) error) error {
	if err := db.try(ctx, fn); err != nil {
		return err
	}
	db.generation.Add(1)
	db.mu.RLock()
	after := db.onCommit
	db.mu.RUnlock()
	for _, f := range after {
		if err := f(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Apart is InTx for rows that no Fresh value rests on and that no record tells of: what is kept stays kept, and nothing
// waits for the journal. It is as durable as InTx.
func (db *DB) Apart(ctx context.Context, fn func(q Querier) error) error {
	return db.try(ctx, fn)
}

func (db *DB) try(ctx context.Context, fn func(q Querier) error) error {
	const tries = 8
	for try := 1; ; try++ {
		err := db.once(ctx, fn)
		if err == nil {
			return nil
		}
		if !db.retryable(err) || ctx.Err() != nil {
			return err
		}
		if try == tries {
			db.gaveUp.Add(1)
			return fault.New(fault.Unavailable, "controldb.busy").Because(err)
		}
		db.repeated.Add(1)
		wait := time.Duration(try*try) * 2 * time.Millisecond
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (db *DB) once(ctx context.Context, fn func(q Querier) error) (err error) {
	opts := &sql.TxOptions{}
	if db.engine == PostgreSQL {
		opts.Isolation = sql.LevelSerializable
	}
	tx, err := db.write.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done {
			_ = tx.Rollback() // the first error, or the panic, is what counts
		}
	}()
	if err := fn(db.speak(tx)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	done = true
	return nil
}

func (db *DB) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := keepable(args); err != nil {
		return nil, err
	}
	defer db.generation.Add(1)
	return db.write.ExecContext(ctx, db.dialect(query), args...)
}

func (db *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := keepable(args); err != nil {
		return nil, err
	}
	return db.read.QueryContext(ctx, db.dialect(query), args...)
}

func (db *DB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return db.read.QueryRowContext(ctx, db.dialect(query), args...)
}
