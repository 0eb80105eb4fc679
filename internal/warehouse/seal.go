package warehouse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
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
	d.writer, d.stats, d.state = nil, stats, sealed
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

// writeManifest sums the files and writes the manifest; it answers the manifest's own sum.
func (d *Draft) writeManifest(verdict string) (Manifest, string, error) {
	m := Manifest{
		Format: manifestFormat, ID: d.id, Dataset: d.in.Dataset, SchemaVersion: d.in.SchemaVersion, Verdict: verdict,
		Rows: d.rows, Columns: d.in.Columns, Provenance: d.in.Provenance, Stats: d.stats,
	}
	for _, name := range []string{parquetFile, rowFile} {
		sum, err := sumFile(filepath.Join(d.folder, name))
		if err != nil {
			return Manifest{}, "", err
		}
		m.Files = append(m.Files, sum)
	}
	body, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return Manifest{}, "", fmt.Errorf("write manifest: %w", err)
	}
	if err := os.WriteFile(filepath.Join(d.folder, manifestFile), body, 0o600); err != nil {
		return Manifest{}, "", fmt.Errorf("write manifest: %w", err)
	}
	sum := sha256.Sum256(body)
	return m, hex.EncodeToString(sum[:]), nil
}

func sumFile(path string) (FileSum, error) {
	f, err := os.Open(path)
	if err != nil {
		return FileSum{}, fmt.Errorf("sum file: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return FileSum{}, fmt.Errorf("sum file: %w", err)
	}
	return FileSum{Name: filepath.Base(path), Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}
