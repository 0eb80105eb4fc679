package controldb

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pressly/goose/v3"

	"lienthong/internal/kit/fault"
)

// A copy of the store is one file for each table: a line with the columns, then a line for each row, as JSON lists. It is
// the same for both engines, so that a copy made on one can be filled into the other.

// stepsTable is goose's own.
const stepsTable = "goose_db_version"

// Dump writes every table as it was at one moment, parents before children, and answers how many rows each has and
// which migrations had run. Changes go on meanwhile.
func (db *DB) Dump(ctx context.Context, begin func(table string) (io.WriteCloser, error)) (rows map[string]int64, applied []int64, err error) {
	opts := &sql.TxOptions{ReadOnly: true}
	if db.engine == PostgreSQL {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx, err := db.read.BeginTx(ctx, opts)
	if err != nil {
		return nil, nil, fmt.Errorf("begin a copy of the control store: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // it only read
	q := db.speak(tx)
	if applied, err = appliedSteps(ctx, q); err != nil { // the first read fixes the moment
		return nil, nil, err
	}
	tables, err := db.tables(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	rows = make(map[string]int64, len(tables))
	for _, table := range tables {
		w, err := begin(table)
		if err != nil {
			return nil, nil, err
		}
		rows[table], err = dumpTable(ctx, q, table, w)
		if err = errors.Join(err, w.Close()); err != nil {
			return nil, nil, fmt.Errorf("copy table %s: %w", table, err)
		}
	}
	return rows, applied, nil
}

func appliedSteps(ctx context.Context, q Querier) ([]int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT version_id FROM `+stepsTable+` WHERE is_applied AND version_id > 0 ORDER BY version_id`)
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	defer rows.Close()
	var list []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, fmt.Errorf("list migrations: %w", err)
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

// tables lists the tables of the program, those that others refer to first.
func (db *DB) tables(ctx context.Context, q Querier) ([]string, error) {
	names, links := `SELECT name, '' FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`,
		`SELECT m.name, f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	if db.engine == PostgreSQL {
		names = `SELECT tablename, '' FROM pg_tables WHERE schemaname = current_schema()`
		links = `SELECT c.relname, p.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
			WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace`
	}
	all, err := pairs(ctx, q, names)
	if err != nil {
		return nil, err
	}
	refers, err := pairs(ctx, q, links)
	if err != nil {
		return nil, err
	}
	var left []string
	for _, p := range all {
		if p[0] != stepsTable {
			left = append(left, p[0])
		}
	}
	slices.Sort(left)
	return parentsFirst(left, refers)
}

func pairs(ctx context.Context, q Querier, query string) ([][2]string, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	defer rows.Close()
	var list [][2]string
	for rows.Next() {
		var p [2]string
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return nil, fmt.Errorf("list tables: %w", err)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

func parentsFirst(left []string, refers [][2]string) ([]string, error) {
	var ordered []string
	for len(left) > 0 {
		at := slices.IndexFunc(left, func(table string) bool {
			return !slices.ContainsFunc(refers, func(r [2]string) bool { return r[0] == table && r[1] != table && slices.Contains(left, r[1]) })
		})
		if at < 0 {
			return nil, fmt.Errorf("tables %v refer to each other in a circle", left)
		}
		ordered = append(ordered, left[at])
		left = slices.Delete(left, at, at+1)
	}
	return ordered, nil
}

func dumpTable(ctx context.Context, q Querier, table string, to io.Writer) (int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT * FROM `+table)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	out := json.NewEncoder(to)
	out.SetEscapeHTML(false)
	if err := out.Encode(columns); err != nil {
		return 0, err
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	n := int64(0)
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return n, err
		}
		for i, v := range values {
			if err := portable(v); err != nil {
				return n, fmt.Errorf("column %s: %w", columns[i], err)
			}
		}
		if err := out.Encode(values); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// portable refuses what the portable subset of SQL does not have, rather than copy it wrongly.
func portable(v any) error {
	switch v := v.(type) {
	case nil, int64:
		return nil
	case string:
		if !utf8.ValidString(v) {
			return errors.New("the text is no UTF-8")
		}
		return nil
	}
	return fmt.Errorf("a value of type %T cannot be copied", v)
}

// Unknown lists the migrations that this program does not have: the store was made by a newer one.
func Unknown(files fs.FS, applied []int64) ([]int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	known := map[int64]bool{}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		known[n] = true
	}
	return slices.DeleteFunc(slices.Clone(applied), func(n int64) bool { return known[n] }), nil
}

// Fill makes an empty store what the dumped one was: the same migrations, the same rows, all or nothing of the rows.
func (db *DB) Fill(ctx context.Context, files fs.FS, applied []int64, tables []string, open func(table string) (io.ReadCloser, error)) error {
	there, err := db.tables(ctx, db)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return fault.New(fault.Conflict, "controldb.not_empty", len(there))
	}
	p, err := db.steps(files)
	if err != nil {
		return err
	}
	for _, version := range applied {
		if _, err := p.ApplyVersion(ctx, version, true); err != nil {
			return fmt.Errorf("run migration %d: %w", version, err)
		}
	}
	if there, err = db.tables(ctx, db); err != nil {
		return err
	}
	return db.InTx(ctx, func(q Querier) error {
		for _, table := range slices.Backward(there) { // what migrations put in is in the copy as well
			if _, err := q.ExecContext(ctx, `DELETE FROM `+table); err != nil {
				return fmt.Errorf("empty table %s: %w", table, err)
			}
		}
		for _, table := range tables {
			if !slices.Contains(there, table) {
				return fmt.Errorf("the copy has a table %q that its migrations do not make", table)
			}
			r, err := open(table)
			if err == nil {
				err = errors.Join(fillTable(ctx, q, table, r), r.Close())
			}
			if err != nil {
				return fmt.Errorf("fill table %s: %w", table, err)
			}
		}
		return nil
	})
}

func fillTable(ctx context.Context, q Querier, table string, from io.Reader) error {
	in := json.NewDecoder(bufio.NewReader(from))
	in.UseNumber()
	var columns []string
	if err := in.Decode(&columns); err != nil {
		return fmt.Errorf("read its columns: %w", err)
	}
	for i, c := range columns {
		if strings.ContainsAny(c, "\"\x00") {
			return fmt.Errorf("column name %q", c)
		}
		columns[i] = `"` + c + `"`
	}
	query := `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(columns)-1) + `)`
	for {
		var values []any
		err := in.Decode(&values)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || len(values) != len(columns) {
			return fmt.Errorf("read a row of %d values: %w", len(values), err)
		}
		for i, v := range values {
			if n, isNumber := v.(json.Number); isNumber {
				if values[i], err = n.Int64(); err != nil {
					return fmt.Errorf("column %s: %w", columns[i], err)
				}
			}
		}
		if _, err := q.ExecContext(ctx, query, values...); err != nil {
			return err
		}
	}
}
