package controldb_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func table(t *testing.T, db *controldb.DB) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), `CREATE TABLE probe (k TEXT PRIMARY KEY, n BIGINT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
}

func TestInTx(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		ctx := context.Background()
		table(t, db)

		t.Run("an error rolls everything back", func(t *testing.T) {
			boom := errors.New("boom")
			err := db.InTx(ctx, func(q controldb.Querier) error {
				if _, err := q.ExecContext(ctx, `INSERT INTO probe (k, n) VALUES (?, ?)`, "a?", 1); err != nil {
					return err
				}
				return boom
			})
			if !errors.Is(err, boom) {
				t.Fatalf("got %v", err)
			}
			var n int
			if err := db.QueryRowContext(ctx, `SELECT count(*) FROM probe`).Scan(&n); err != nil || n != 0 {
				t.Fatalf("rows %d, %v", n, err)
			}
		})

		t.Run("a second row with the same key is told by code", func(t *testing.T) {
			insert := func(q controldb.Querier) error {
				_, err := q.ExecContext(ctx, `INSERT INTO probe (k, n) VALUES (?, ?)`, "twice", 1)
				return err
			}
			if err := db.InTx(ctx, insert); err != nil {
				t.Fatal(err)
			}
			if err := db.InTx(ctx, insert); !controldb.IsUnique(err) {
				t.Fatalf("got %v", err)
			}
		})

		t.Run("counting races lose nothing", func(t *testing.T) {
			if _, err := db.ExecContext(ctx, `INSERT INTO probe (k, n) VALUES ('count', 0)`); err != nil {
				t.Fatal(err)
			}
			const writers, rounds = 4, 25
			var wg sync.WaitGroup
			var mu sync.Mutex
			won := 0
			for range writers {
				wg.Go(func() {
					for range rounds {
						err := db.InTx(ctx, func(q controldb.Querier) error {
							var n int
							if err := q.QueryRowContext(ctx, `SELECT n FROM probe WHERE k = ?`, "count").Scan(&n); err != nil {
								return err
							}
							_, err := q.ExecContext(ctx, `UPDATE probe SET n = ? WHERE k = ?`, n+1, "count")
							return err
						})
						if err == nil {
							mu.Lock()
							won++
							mu.Unlock()
						} else if !fault.Is(err, "controldb.busy") {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			var n int
			if err := db.QueryRowContext(ctx, `SELECT n FROM probe WHERE k = ?`, "count").Scan(&n); err != nil || n != won || won == 0 {
				t.Fatalf("count %d, acknowledged %d, %v", n, won, err)
			}
		})

		t.Run("what must follow a commit has happened when it answers", func(t *testing.T) {
			ran := 0
			db.OnCommit(func(context.Context) error { ran++; return nil })
			if err := db.InTx(ctx, func(controldb.Querier) error { return nil }); err != nil || ran != 1 {
				t.Fatalf("ran %d, %v", ran, err)
			}
		})
	})
}

func TestNULIsKeptByNeitherEngine(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		table(t, db)
		ctx := context.Background()
		type name string // texts of named types too
		for what, try := range map[string]func() error{
			"outside a transaction": func() error {
				_, err := db.ExecContext(ctx, `INSERT INTO probe (k, n) VALUES (?, 1)`, "a\x00b")
				return err
			},
			"inside one": func() error {
				return db.InTx(ctx, func(q controldb.Querier) error {
					_, err := q.ExecContext(ctx, `INSERT INTO probe (k, n) VALUES (?, 1)`, name("a\x00b"))
					return err
				})
			},
			"asked for": func() error {
				rows, err := db.QueryContext(ctx, `SELECT k FROM probe WHERE k = ?`, "\x00")
				if err == nil {
					rows.Close()
				}
				return err
			},
		} {
			if err := try(); !fault.Is(err, "controldb.nul_character") || fault.Of(err).Kind != fault.Invalid {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}
