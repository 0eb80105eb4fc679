package warehouse

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"lienthong/internal/kit/blob"
)

// Manifest names the files of a version with their sums, so that a copy can be checked without this program.
type Manifest struct {
	Format        string        `json:"format"`
	ID            VersionID     `json:"id"`
	Dataset       string        `json:"dataset"`
	SchemaVersion int           `json:"schema_version"`
	Verdict       string        `json:"verdict"`
	Rows          int64         `json:"rows"`
	Columns       []Column      `json:"columns"`
	Provenance    Provenance    `json:"provenance"`
	Stats         []ColumnStats `json:"stats"`
	Files         []FileSum     `json:"files"`
}

const manifestFormat = "lienthong-version/1"

// Seal ends the writing: withdrawn rows go, indexes are made, the columns are written and the counts of both files agree.
func (d *Draft) Seal(ctx context.Context) error {
	if d.state != drafting {
		return fmt.Errorf("seal draft %s: it has ended", d.id)
	}
	if err := d.join(); err != nil {
		return err
	}
	if err := d.withdraw(); err != nil {
		return fmt.Errorf("withdraw rows in conflict: %w", err)
	}
	nameless, err := d.s.files.Nameless(filepath.Join(d.scratch, parquetFile))
	if err != nil {
		return err
	}
	defer func() {
		if d.state != sealed {
			_ = nameless.Close()
		}
	}()
	var rows int64
	var stats []ColumnStats
	both, sealing := errgroup.WithContext(ctx)
	both.Go(func() error {
		if err := d.finishRowFile(); err != nil {
			return fmt.Errorf("finish row file: %w", err)
		}
		return nil
	})
	both.Go(func() error {
		var err error
		if rows, stats, err = d.writer.Seal(sealing, d.in.Provenance); err != nil {
			return fmt.Errorf("finish columns: %w", err)
		}
		return nil
	})
	if err := both.Wait(); err != nil {
		return err
	}
	if rows != d.rows {
		return fmt.Errorf("the files of draft %s disagree: %d rows by key, %d in columns", d.id, d.rows, rows)
	}
	if err := d.writer.Close(); err != nil {
		return fmt.Errorf("close columns: %w", err)
	}
	d.writer, d.stats, d.columns, d.state = nil, stats, nameless, sealed
	return nil
}

func (d *Draft) withdraw() error {
	if len(d.against) == 0 {
		return nil
	}
	where := ""
	for _, place := range d.keys {
		if where != "" {
			where += " AND "
		}
		where += mustIdent(d.in.Columns[place].Name) + " = ?"
	}
	stmt, _, err := d.conn.Prepare(`DELETE FROM rows WHERE ` + where)
	if err != nil {
		return err
	}
	defer stmt.Close()
	lines := make([]int64, 0, len(d.against))
	for line, key := range d.against {
		lines = append(lines, line)
		for i, place := range d.keys {
			if err := bind(stmt, i+1, d.in.Columns[place].Kind, key[i]); err != nil {
				return err
			}
		}
		if err := stmt.Exec(); err != nil {
			return err
		}
	}
	return d.writer.Remove(lines)
}

func (d *Draft) finishRowFile() error {
	stmt, _, err := d.conn.Prepare(`INSERT INTO provenance VALUES (1, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer stmt.Close()
	p := d.in.Provenance
	for i, text := range map[int]string{1: p.System, 2: p.Owner, 3: p.Delivery, 6: p.RuleVersion} {
		if err := stmt.BindText(i, text); err != nil {
			return err
		}
	}
	for i, n := range map[int]int64{4: p.SourceTime.UnixMicro(), 5: p.LoadedAt.UnixMicro()} {
		if err := stmt.BindInt64(i, n); err != nil {
			return err
		}
	}
	if err := stmt.Exec(); err != nil {
		return err
	}
	for _, c := range d.in.Columns {
		if c.Index && c.Name != d.in.Columns[d.keys[0]].Name { // the first key column is indexed by the key itself
			name := mustIdent(c.Name)
			if err := d.conn.Exec(`CREATE INDEX ` + mustIdent("_by_"+c.Name) + ` ON rows (` + name + `)`); err != nil {
				return err
			}
		}
	}
	if d.rows, err = countRows(d); err != nil {
		return err
	}
	if err := d.conn.Exec(`COMMIT`); err != nil {
		return err
	}
	if err := d.conn.Exec(`PRAGMA analysis_limit = 1000; ANALYZE`); err != nil {
		return err
	}
	_ = stmt.Close()
	d.closeRowFile()
	return nil
}

func countRows(d *Draft) (int64, error) {
	stmt, _, err := d.conn.Prepare(`SELECT count(*) FROM rows`)
	if err != nil {
		return 0, err
	}
	defer stmt.Close()
	if !stmt.Step() {
		return 0, errOr(stmt.Err(), "no count")
	}
	return stmt.ColumnInt64(0), nil
}

// writeManifest moves the files into the store and writes the manifest with their sums; it answers the manifest's own sum.
func (d *Draft) writeManifest(verdict string) (Manifest, string, error) {
	m := Manifest{
		Format: manifestFormat, ID: d.id, Dataset: d.in.Dataset, SchemaVersion: d.in.SchemaVersion, Verdict: verdict,
		Rows: d.rows, Columns: d.in.Columns, Provenance: d.in.Provenance, Stats: d.stats,
	}
	columns, err := d.keepColumns()
	if err != nil {
		return Manifest{}, "", err
	}
	rows, err := d.keepRows()
	if err != nil {
		return Manifest{}, "", err
	}
	m.Files = []FileSum{columns, rows}
	body, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return Manifest{}, "", fmt.Errorf("write manifest: %w", err)
	}
	sum, err := d.keep(manifestFile, bytes.NewReader(body), blob.StreamChunk)
	if err != nil {
		return Manifest{}, "", err
	}
	return m, sum.SHA256, nil
}

func (d *Draft) keepColumns() (FileSum, error) {
	if _, err := d.columns.Seek(0, io.SeekStart); err != nil {
		return FileSum{}, fmt.Errorf("keep the columns: %w", err)
	}
	return d.keep(parquetFile, d.columns, blob.StreamChunk)
}

func (d *Draft) keepRows() (FileSum, error) {
	path := filepath.Join(d.folder, rowDraft)
	f, err := os.Open(path)
	if err != nil {
		return FileSum{}, fmt.Errorf("keep the rows: %w", err)
	}
	defer f.Close()
	plain, err := openDraftRows(f, d.rowKey)
	if err != nil {
		return FileSum{}, err
	}
	sum, err := d.keep(rowFile, plain, blob.PageChunk)
	if err != nil {
		return FileSum{}, err
	}
	if err := os.Remove(path); err != nil {
		return FileSum{}, fmt.Errorf("remove the draft of the rows: %w", err)
	}
	return sum, nil
}

// keep writes one file of the version. Its sum is that of the content.
func (d *Draft) keep(name string, content io.Reader, chunk int) (FileSum, error) {
	w, err := d.s.files.CreateIn(d.folder, versionFolder(d.in.Dataset, d.id), name, chunk)
	if err != nil {
		return FileSum{}, err
	}
	defer w.Abort()
	if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{content}, make([]byte, 256<<10)); err != nil {
		return FileSum{}, fmt.Errorf("keep %s: %w", name, err)
	}
	d.keyID = w.KeyID()
	return FileSum{Name: name, Size: w.Size(), SHA256: w.SHA256()}, w.Commit()
}

// sumFile reads a file of a version again.
func sumFile(store *blob.Store, folder, name string) (FileSum, error) {
	f, err := store.OpenFile(folder + "/" + name)
	if err != nil {
		return FileSum{}, fmt.Errorf("sum file: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return FileSum{}, fmt.Errorf("sum file: %w", err)
	}
	return FileSum{Name: name, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}
