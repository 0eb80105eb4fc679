package controldb

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"

	"lienthong/internal/kit/fault"
)

func stdlibConfig(rawURL string) (*pgx.ConnConfig, error) { return pgx.ParseConfig(rawURL) }

// speak gives a transaction the placeholders of its engine.
func (db *DB) speak(tx *sql.Tx) Querier { return spoken{tx, db} }

func (db *DB) dialect(query string) string {
	if db.engine == SQLite {
		return query
	}
	return number(query)
}

type spoken struct {
	tx *sql.Tx
	db *DB
}

func (s spoken) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := keepable(args); err != nil {
		return nil, err
	}
	return s.tx.ExecContext(ctx, s.db.dialect(query), args...)
}

func (s spoken) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := keepable(args); err != nil {
		return nil, err
	}
	return s.tx.QueryContext(ctx, s.db.dialect(query), args...)
}

func (s spoken) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return s.tx.QueryRowContext(ctx, s.db.dialect(query), args...)
}

// keepable refuses a text with U+0000 on both engines alike: PostgreSQL cannot keep it, SQLite's own functions cut it there.
// The doors refuse it before; this is for what comes in otherwise, such as files and other programs' answers.
func keepable(args []any) error {
	for _, a := range args {
		if v := reflect.ValueOf(a); v.Kind() == reflect.String && strings.Contains(v.String(), "\x00") {
			return fault.New(fault.Invalid, "controldb.nul_character")
		}
	}
	return nil
}

// The statements of the program are few and fixed, so the translation of each is kept.
var numberedQueries sync.Map

// number turns each ? outside quotes into $1, $2, …
func number(query string) string {
	if got, ok := numberedQueries.Load(query); ok {
		return got.(string)
	}
	var b strings.Builder
	n, quote := 0, byte(0)
	for i := 0; i < len(query); i++ {
		c := query[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '?':
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			continue
		}
		b.WriteByte(c)
	}
	out := b.String()
	numberedQueries.Store(query, out)
	return out
}

// IsUnique reports that err is the refusal of a second row with the same unique key, by the driver's own code.
func IsUnique(err error) bool {
	var lite *sqlite3.Error
	if errors.As(err, &lite) {
		code := lite.ExtendedCode()
		return code == sqlite3.CONSTRAINT_UNIQUE || code == sqlite3.CONSTRAINT_PRIMARYKEY
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// IsFull reports that the disk behind the store is full.
func IsFull(err error) bool {
	var lite *sqlite3.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.FULL
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "53100"
}

// retryable: another transaction was in the way and this one changed nothing.
func (db *DB) retryable(err error) bool {
	var lite *sqlite3.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.BUSY || lite.Code() == sqlite3.LOCKED
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
