package warehouse

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"lienthong/internal/kit/ids"
)

// DraftInput says what is being prepared.
type DraftInput struct {
	Dataset       string
	SchemaVersion int
	Columns       []Column
	Provenance    Provenance
}

// Outcome is what became of a row.
type Outcome struct {
	Kind  OutcomeKind
	First Row  // the row that had the key before, for Duplicate and Conflict
	Newly bool // of Conflict: the first row was accepted until now and is withdrawn by this one
}

// OutcomeKind tells stored rows from repeated ones.
type OutcomeKind uint8

const (
	Stored    OutcomeKind = iota
	Duplicate             // same key, same content
	Conflict              // same key, other content: neither row is published
)

// Draft is a version in the making, in a folder that no reader sees. One goroutine uses it.
type Draft struct {
	s       *Service
	id      VersionID
	in      DraftInput
	folder  string // its files as they will be published
	scratch string // where the columns are written
	rowKey  []byte // of the row file in the making; it is kept nowhere
	keyID   string // that wraps the keys of the published files
	conn    *sqlite3.Conn
	insert  *sqlite3.Stmt
	find    *sqlite3.Stmt
	keys    []int
	stored  int64
	against map[int64][]Cell // line to key of rows withdrawn by a conflict

	columnar chan []Row
	done     chan error
	failed   chan struct{} // closed when the columnar writer has failed
	writer   ColumnarWriter

	rows    int64
	stats   []ColumnStats
	columns *os.File // the finished columns, nameless
	state   draftState
}

type draftState uint8

const (
	drafting draftState = iota
	sealed
	ended
)

// Begin opens a draft. End it with Publish or Discard.
func (s *Service) Begin(ctx context.Context, in DraftInput) (*Draft, error) {
	if err := checkColumns(in.Columns); err != nil {
		return nil, fmt.Errorf("begin a version of %s: %w", in.Dataset, err)
	}
	folder, err := s.files.TempDir()
	if err != nil {
		return nil, err
	}
	d := &Draft{s: s, id: VersionID(ids.New()), in: in, folder: folder, rowKey: make([]byte, rowKeySize), keys: keyPlaces(in.Columns), against: map[int64][]Cell{}}
	_, _ = rand.Read(d.rowKey) // never fails: it stops the program instead
	if d.scratch, err = s.files.ScratchDir(); err != nil {
		d.Discard()
		return nil, err
	}
	if err := d.openRowFile(); err != nil {
		d.Discard()
		return nil, fmt.Errorf("begin a version of %s: %w", in.Dataset, err)
	}
	if err := d.startColumnar(ctx); err != nil {
		d.Discard()
		return nil, fmt.Errorf("begin a version of %s: %w", in.Dataset, err)
	}
	return d, nil
}

// openRowFile makes the row file, encrypted under a key that is in memory only (invariant 6). It is written without journal or sync: until it is published it may vanish whole, and
// publishing syncs it.
func (d *Draft) openRowFile() error {
	conn, err := sqlite3.Open(draftRows(filepath.Join(d.folder, rowDraft)))
	if err != nil {
		return fmt.Errorf("open row file: %w", err)
	}
	d.conn = conn
	for _, sql := range append([]string{
		`PRAGMA hexkey = '` + hex.EncodeToString(d.rowKey) + `'`, `PRAGMA page_size = 4096`, `PRAGMA journal_mode = OFF`, `PRAGMA synchronous = OFF`, `PRAGMA locking_mode = EXCLUSIVE`,
		`PRAGMA cache_size = -65536`, `PRAGMA temp_store = MEMORY`,
	}, d.tables()...) {
		if err := conn.Exec(sql); err != nil {
			return fmt.Errorf("make row file: %w", err)
		}
	}
	if d.insert, _, err = conn.Prepare(d.insertSQL()); err != nil {
		return fmt.Errorf("prepare row file: %w", err)
	}
	if d.find, _, err = conn.Prepare(d.findSQL()); err != nil {
		return fmt.Errorf("prepare row file: %w", err)
	}
	return conn.Exec(`BEGIN`)
}

// tables gives every row its line and its provenance beside its values (invariant 3).
func (d *Draft) tables() []string {
	var columns, key []string
	for _, c := range d.in.Columns {
		kind := "INTEGER"
		if c.Kind == Text {
			kind = "TEXT"
		}
		name := mustIdent(c.Name)
		if c.Key {
			key = append(key, name)
			kind += " NOT NULL"
		}
		columns = append(columns, name+" "+kind)
	}
	return []string{
		`CREATE TABLE provenance (id INTEGER PRIMARY KEY, system TEXT NOT NULL, owner TEXT NOT NULL, delivery TEXT NOT NULL,
			source_time INTEGER NOT NULL, load_time INTEGER NOT NULL, rule_version TEXT NOT NULL) STRICT`,
		`CREATE TABLE rows (` + strings.Join(columns, ", ") + `, _line INTEGER NOT NULL, _from INTEGER NOT NULL, PRIMARY KEY (` + strings.Join(key, ", ") + `)) STRICT, WITHOUT ROWID`,
	}
}

func (d *Draft) insertSQL() string {
	return `INSERT INTO rows VALUES (` + strings.Repeat("?, ", len(d.in.Columns)) + `?, 1) ON CONFLICT DO NOTHING`
}

func (d *Draft) findSQL() string {
	var where, columns []string
	for _, c := range d.in.Columns {
		columns = append(columns, mustIdent(c.Name))
		if c.Key {
			where = append(where, mustIdent(c.Name)+" = ?")
		}
	}
	return `SELECT ` + strings.Join(columns, ", ") + `, _line FROM rows WHERE ` + strings.Join(where, " AND ")
}

// mustIdent quotes a name that checkColumns has passed.
func mustIdent(name string) string {
	q, err := Ident(name)
	if err != nil {
		panic(err)
	}
	return q
}

func (d *Draft) startColumnar(ctx context.Context) error {
	w, err := d.s.columnar.Create(ctx, d.scratch, d.in.Columns)
	if err != nil {
		return err
	}
	d.writer, d.columnar, d.done, d.failed = w, make(chan []Row, 8), make(chan error, 1), make(chan struct{})
	go func() {
		var failed error
		for rows := range d.columnar {
			if failed != nil {
				continue
			}
			if failed = w.Append(rows); failed != nil {
				close(d.failed)
			}
		}
		d.done <- failed
	}()
	return nil
}

// Append adds checked rows and says what became of each. The rows belong to the draft from now on.
func (d *Draft) Append(rows []Row) ([]Outcome, error) {
	if d.state != drafting {
		return nil, fmt.Errorf("append to draft %s: it has ended", d.id)
	}
	select {
	case <-d.failed:
		return nil, d.join()
	default:
	}
	outcomes := make([]Outcome, len(rows))
	kept := rows[:0:0]
	for i, r := range rows {
		changed, err := d.insertRow(r)
		if err != nil {
			return nil, fmt.Errorf("write row of line %d: %w", r.Line, err)
		}
		if changed {
			d.stored++
			if kept != nil {
				kept = append(kept, r)
			}
			continue
		}
		if kept == nil {
			kept = append(make([]Row, 0, len(rows)), rows[:i]...)
		}
		if outcomes[i], err = d.judgeRepeated(r); err != nil {
			return nil, err
		}
	}
	if kept == nil {
		kept = rows
	}
	if len(kept) > 0 {
		d.columnar <- kept
	}
	return outcomes, nil
}

func (d *Draft) insertRow(r Row) (bool, error) {
	if len(r.Cells) != len(d.in.Columns) {
		return false, fmt.Errorf("%d values for %d columns", len(r.Cells), len(d.in.Columns))
	}
	for i := range r.Cells {
		if err := bind(d.insert, i+1, d.in.Columns[i].Kind, r.Cells[i]); err != nil {
			return false, err
		}
	}
	if err := d.insert.BindInt64(len(r.Cells)+1, r.Line); err != nil {
		return false, err
	}
	if err := d.insert.Exec(); err != nil {
		return false, err
	}
	return d.conn.Changes() == 1, nil
}

func bind(stmt *sqlite3.Stmt, place int, kind Kind, c Cell) error {
	switch {
	case c.Null:
		return stmt.BindNull(place)
	case kind == Text:
		return stmt.BindText(place, c.Text)
	}
	return stmt.BindInt64(place, c.Int)
}

// judgeRepeated compares a row with the one that has its key.
func (d *Draft) judgeRepeated(r Row) (Outcome, error) {
	defer func() { _ = d.find.Reset() }()
	for i, place := range d.keys {
		if err := bind(d.find, i+1, d.in.Columns[place].Kind, r.Cells[place]); err != nil {
			return Outcome{}, fmt.Errorf("find the row repeated by line %d: %w", r.Line, err)
		}
	}
	if !d.find.Step() {
		return Outcome{}, fmt.Errorf("find the row repeated by line %d: %w", r.Line, errOr(d.find.Err(), "it is not there"))
	}
	first := Row{Line: d.find.ColumnInt64(len(d.in.Columns)), Cells: make([]Cell, len(d.in.Columns))}
	same := true
	for i, c := range d.in.Columns {
		first.Cells[i] = readCell(d.find, i, c.Kind)
		same = same && first.Cells[i].same(r.Cells[i])
	}
	_, already := d.against[first.Line]
	if same && !already {
		return Outcome{Kind: Duplicate, First: first}, nil
	}
	if !already {
		key := make([]Cell, len(d.keys))
		for i, place := range d.keys {
			key[i] = first.Cells[place]
		}
		d.against[first.Line] = key
	}
	return Outcome{Kind: Conflict, First: first, Newly: !already}, nil
}

func readCell(stmt *sqlite3.Stmt, place int, kind Kind) Cell {
	switch {
	case stmt.ColumnType(place) == sqlite3.NULL:
		return Cell{Null: true}
	case kind == Text:
		return Cell{Text: stmt.ColumnText(place)}
	}
	return Cell{Int: stmt.ColumnInt64(place)}
}

func errOr(err error, otherwise string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%s", otherwise)
}

// Rows is how many rows would be published now.
func (d *Draft) Rows() int64 { return d.stored - int64(len(d.against)) }

// join waits for the columnar writer and gives its error.
func (d *Draft) join() error {
	if d.columnar == nil {
		return nil
	}
	close(d.columnar)
	err := <-d.done
	d.columnar = nil
	if err != nil {
		return fmt.Errorf("write columns: %w", err)
	}
	return nil
}

// Discard drops the draft with its files. It does nothing after Publish.
func (d *Draft) Discard() {
	if d.state == ended {
		return
	}
	d.state = ended
	_ = d.join() // dropped anyway
	if d.writer != nil {
		_ = d.writer.Close()
	}
	d.closeRowFile()
	if d.columns != nil {
		_ = d.columns.Close()
	}
	if d.scratch != "" {
		_ = d.s.files.DropScratch(d.scratch) // what stays is swept at the next start, as is the folder
	}
	_ = d.s.files.DropDir(d.folder)
}

func (d *Draft) closeRowFile() {
	for _, stmt := range []*sqlite3.Stmt{d.insert, d.find} {
		if stmt != nil {
			_ = stmt.Close()
		}
	}
	if d.conn != nil {
		_ = d.conn.Close()
	}
	d.insert, d.find, d.conn = nil, nil, nil
}
