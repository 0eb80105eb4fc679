// Package duck writes and checks the Parquet files of versions with DuckDB. It alone imports the DuckDB driver.
//
// Owns: the in-memory engine that loads, checks, sorts and writes one version.
// Does not own: which rows pass, where the file goes, when it becomes visible (warehouse, ingest).
//
// Invariants:
//  1. The engine reaches no file but those of its own folder, loads no extension, and its settings are locked.
//  2. Each version has an engine of its own, in memory, which ends with it.
//
// Start reading at Engine.Create.
package duck

import (
	"context"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"lienthong/internal/warehouse"
)

// Engine makes writers of Parquet files.
type Engine struct {
	MemoryMB int // of one version in the making; 0: 1024
	Threads  int // 0: 2
}

var _ warehouse.Columnar = Engine{}

// Writer holds the rows of one version until Seal writes them.
type Writer struct {
	folder    string
	columns   []warehouse.Column
	connector *duckdb.Connector
	conn      driver.Conn
	appender  *duckdb.Appender
	row       []driver.Value
}

// Create starts an engine for one version.
func (e Engine) Create(ctx context.Context, folder string, columns []warehouse.Column) (warehouse.ColumnarWriter, error) {
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, fmt.Errorf("start DuckDB: %w", err)
	}
	w := &Writer{folder: folder, columns: columns, connector: connector, row: make([]driver.Value, len(columns)+1)}
	if w.conn, err = connector.Connect(ctx); err != nil {
		_ = w.Close()
		return nil, fmt.Errorf("start DuckDB: %w", err)
	}
	for _, sql := range append(e.settings(folder), createTable(columns)) {
		if err := w.exec(ctx, sql); err != nil {
			_ = w.Close()
			return nil, err
		}
	}
	if w.appender, err = duckdb.NewAppenderFromConn(w.conn, "", "rows"); err != nil {
		_ = w.Close()
		return nil, fmt.Errorf("open the appender: %w", err)
	}
	return w, nil
}

// settings uphold invariant 1.
func (e Engine) settings(folder string) []string {
	memory, threads := e.MemoryMB, e.Threads
	if memory == 0 {
		memory = 1024
	}
	if threads == 0 {
		threads = 2
	}
	return []string{
		`SET memory_limit = '` + strconv.Itoa(memory) + `MB'`,
		`SET threads = ` + strconv.Itoa(threads),
		`SET temp_directory = ` + text(filepath.Join(folder, "spill")),
		`SET autoinstall_known_extensions = false`,
		`SET autoload_known_extensions = false`,
		`SET allow_community_extensions = false`,
		`SET preserve_insertion_order = false`,
		`SET force_mbedtls_unsafe = true`, // see DESIGN.md: its random numbers are no cryptographic ones; the alternative loads an extension
		`SET temp_file_encryption = true`,
		`SET allowed_directories = [` + text(folder+string(filepath.Separator)) + `]`,
		`SET enable_external_access = false`,
		`SET lock_configuration = true`,
	}
}

func createTable(columns []warehouse.Column) string {
	parts := make([]string, 0, len(columns)+1)
	for _, c := range columns {
		parts = append(parts, name(c.Name)+" "+sqlType(c))
	}
	return `CREATE TABLE rows (` + strings.Join(parts, ", ") + `, _line BIGINT NOT NULL)`
}

// sqlType is how a column is held. Decimals and moments are held as whole numbers and get their type in the file.
func sqlType(c warehouse.Column) string {
	switch c.Kind {
	case warehouse.Text:
		return "VARCHAR"
	case warehouse.Boolean:
		return "BOOLEAN"
	}
	return "BIGINT"
}

// fileExpr turns a held column into the type of the file.
func fileExpr(c warehouse.Column) string {
	n := name(c.Name)
	switch c.Kind {
	case warehouse.Decimal:
		if c.Scale == 0 {
			return n + `::DECIMAL(18,0) AS ` + n
		}
		scale := strconv.Itoa(c.Scale)
		one := `CAST('0.` + strings.Repeat("0", c.Scale-1) + `1' AS DECIMAL(18,` + scale + `))` // a division would go through a float
		return `(` + n + `::DECIMAL(18,0) * ` + one + `)::DECIMAL(18,` + scale + `) AS ` + n
	case warehouse.Date:
		return `(DATE '1970-01-01' + ` + n + `::INTEGER) AS ` + n
	case warehouse.Time:
		return `make_timestamp(` + n + `) AS ` + n
	}
	return n
}

// Append adds rows.
func (w *Writer) Append(rows []warehouse.Row) error {
	for _, r := range rows {
		for i, c := range w.columns {
			cell := r.Cells[i]
			switch {
			case cell.Null:
				w.row[i] = nil
			case c.Kind == warehouse.Text:
				w.row[i] = cell.Text
			case c.Kind == warehouse.Boolean:
				w.row[i] = cell.Int != 0
			default:
				w.row[i] = cell.Int
			}
		}
		w.row[len(w.columns)] = r.Line
		if err := w.appender.AppendRow(w.row...); err != nil {
			return fmt.Errorf("append the row of line %d: %w", r.Line, err)
		}
	}
	return nil
}

// Remove drops rows by their line.
func (w *Writer) Remove(lines []int64) error {
	if err := w.appender.Flush(); err != nil {
		return fmt.Errorf("flush rows: %w", err)
	}
	const chunk = 1000
	for len(lines) > 0 {
		n := min(chunk, len(lines))
		list := make([]string, n)
		for i, line := range lines[:n] {
			list[i] = strconv.FormatInt(line, 10)
		}
		if err := w.exec(context.Background(), `DELETE FROM rows WHERE _line IN (`+strings.Join(list, ",")+`)`); err != nil {
			return err
		}
		lines = lines[n:]
	}
	return nil
}

// Seal writes the file and counts what is in it.
func (w *Writer) Seal(ctx context.Context, p warehouse.Provenance) (int64, []warehouse.ColumnStats, error) {
	if err := w.appender.Close(); err != nil {
		return 0, nil, fmt.Errorf("flush rows: %w", err)
	}
	w.appender = nil
	stats, err := w.stats(ctx)
	if err != nil {
		return 0, nil, err
	}
	file := filepath.Join(w.folder, warehouse.ParquetFile)
	if err := w.exec(ctx, `COPY (`+w.selectAll(p)+`) TO `+text(file)+` (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`); err != nil {
		return 0, nil, err
	}
	counted, err := w.row1(ctx, `SELECT count(*) FROM read_parquet(`+text(file)+`)`, 1)
	if err != nil {
		return 0, nil, err
	}
	rows, ok := counted[0].(int64)
	if !ok {
		return 0, nil, fmt.Errorf("count the rows of the file: %T", counted[0])
	}
	return rows, stats, nil
}

// selectAll lists the rows by key, each with its provenance.
func (w *Writer) selectAll(p warehouse.Provenance) string {
	var parts, keys []string
	for _, c := range w.columns {
		parts = append(parts, fileExpr(c))
		if c.Key {
			keys = append(keys, name(c.Name))
		}
	}
	parts = append(parts, "_line",
		text(p.System)+" AS _source_system", text(p.Owner)+" AS _owner", text(p.Delivery)+" AS _delivery",
		"make_timestamp("+strconv.FormatInt(p.SourceTime.UnixMicro(), 10)+") AS _source_time",
		"make_timestamp("+strconv.FormatInt(p.LoadedAt.UnixMicro(), 10)+") AS _load_time",
		text(p.RuleVersion)+" AS _rule_version")
	order := make([]string, len(keys))
	for i, k := range keys {
		order[i] = "rows." + k
	}
	return `SELECT ` + strings.Join(parts, ", ") + ` FROM rows ORDER BY ` + strings.Join(order, ", ")
}

func (w *Writer) stats(ctx context.Context) ([]warehouse.ColumnStats, error) {
	var parts []string
	for _, c := range w.columns {
		n := name(c.Name)
		distinct := `approx_count_distinct(` + n + `)`
		if c.Person {
			distinct = `count(DISTINCT ` + n + `)`
		}
		lowest, highest := "NULL", "NULL"
		if !c.Sensitive && !c.Person {
			lowest, highest = `min(`+n+`)`, `max(`+n+`)`
		}
		parts = append(parts, `(count(*) - count(`+n+`))::BIGINT`, distinct+`::BIGINT`, lowest, highest)
	}
	values, err := w.row1(ctx, `SELECT `+strings.Join(parts, ", ")+` FROM rows`, len(parts))
	if err != nil {
		return nil, err
	}
	stats := make([]warehouse.ColumnStats, len(w.columns))
	for i, c := range w.columns {
		four := values[4*i : 4*i+4]
		nulls, _ := four[0].(int64)
		distinct, _ := four[1].(int64)
		stats[i] = warehouse.ColumnStats{Name: c.Name, Nulls: nulls, Distinct: distinct, Min: written(c, four[2]), Max: written(c, four[3])}
	}
	return stats, nil
}

func written(c warehouse.Column, v driver.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return c.Written(warehouse.Cell{Int: v})
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	return ""
}

// Close ends the engine and drops its rows.
func (w *Writer) Close() error {
	if w.appender != nil {
		_ = w.appender.Close() // what it holds is dropped with the engine
	}
	if w.conn != nil {
		_ = w.conn.Close()
	}
	if err := w.connector.Close(); err != nil {
		return fmt.Errorf("end DuckDB: %w", err)
	}
	return nil
}

func (w *Writer) exec(ctx context.Context, sql string) error {
	if _, err := w.conn.(driver.ExecerContext).ExecContext(ctx, sql, nil); err != nil {
		return fmt.Errorf("DuckDB: %w", err)
	}
	return nil
}

// row1 reads the one row of a query.
func (w *Writer) row1(ctx context.Context, sql string, columns int) ([]driver.Value, error) {
	rows, err := w.conn.(driver.QueryerContext).QueryContext(ctx, sql, nil)
	if err != nil {
		return nil, fmt.Errorf("DuckDB: %w", err)
	}
	defer rows.Close()
	values := make([]driver.Value, columns)
	if err := rows.Next(values); err != nil {
		return nil, fmt.Errorf("DuckDB: %w", err)
	}
	return values, nil
}

func name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func text(s string) string { return `'` + strings.ReplaceAll(s, `'`, `''`) + `'` }
