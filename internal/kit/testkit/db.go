// Package testkit gives tests real parts: a fresh, migrated control store on SQLite, and on PostgreSQL where the test
// command has started one.
package testkit

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the administrator's connection that makes a database for each test

	"lienthong/internal/kit/controldb"
	"lienthong/migrations"
)

// PostgresURL is where the test command says that it started PostgreSQL.
const PostgresURL = "LIENTHONG_TEST_POSTGRES"

// DB is a fresh, migrated control store on SQLite that ends with the test.
func DB(t testing.TB) *controldb.DB {
	t.Helper()
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "control.db"))
}

// Engines runs the test on SQLite and on PostgreSQL. Without PostgreSQL the second is skipped, and fails under CI.
func Engines(t *testing.T, run func(t *testing.T, db *controldb.DB)) {
	t.Run("sqlite", func(t *testing.T) { run(t, DB(t)) })
	t.Run("postgresql", func(t *testing.T) { run(t, Postgres(t)) })
}

var databases atomic.Int64

// Postgres is a fresh, migrated database in the PostgreSQL that the test command started.
func Postgres(t testing.TB) *controldb.DB {
	t.Helper()
	return open(t, PostgresDatabase(t))
}

// PostgresDatabase is the URL of a fresh, empty database there.
func PostgresDatabase(t testing.TB) string {
	t.Helper()
	base := os.Getenv(PostgresURL)
	if base == "" {
		Skip(t, PostgresURL+" is not set: start PostgreSQL with ./test.sh, or set it to an administrator's URL")
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := fmt.Sprintf("lienthong_test_%d_%d", os.Getpid(), databases.Add(1))
	ctx := context.Background()
	if _, err := admin.ExecContext(ctx, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'`); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	t.Cleanup(func() {
		admin, err := sql.Open("pgx", base)
		if err != nil {
			return
		}
		defer admin.Close()
		_, _ = admin.ExecContext(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
	})
	return u.String()
}

func open(t testing.TB, rawURL string) *controldb.DB {
	t.Helper()
	ctx := context.Background()
	db, err := controldb.Open(ctx, rawURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(ctx, migrations.Files); err != nil {
		t.Fatal(err)
	}
	return db
}

// Skip skips a test whose part is missing on this machine; under CI a skip is a failure, since it proves nothing.
func Skip(t testing.TB, why string) {
	t.Helper()
	if ci := strings.ToLower(os.Getenv("CI")); ci == "true" || ci == "1" {
		t.Fatal("skipped under CI: " + why)
	}
	t.Skip(why)
}
