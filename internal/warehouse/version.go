package warehouse

import (
	"context"
	"time"
)

// VersionID names the files of a version.
type VersionID string

// Provenance says where every row of a version came from (Điều 15.4b).
type Provenance struct {
	System      string    `json:"source_system"` // id of the information system
	Owner       string    `json:"owner"`         // code of the owner agency
	Delivery    string    `json:"delivery"`
	SourceTime  time.Time `json:"source_time"`
	LoadedAt    time.Time `json:"load_time"`
	RuleVersion string    `json:"rule_version"` // of schema and elements that checked the rows
}

// ColumnStats are the stored statistics of a column.
type ColumnStats struct {
	Name     string `json:"name"`
	Nulls    int64  `json:"nulls"`
	Distinct int64  `json:"distinct"` // exact for columns that identify persons, else an estimate
	Min      string `json:"min,omitempty"`
	Max      string `json:"max,omitempty"`
}

// FileSum is one file of a version.
type FileSum struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Version is one published, immutable state of a dataset.
type Version struct {
	ID             VersionID     `json:"id"`
	Dataset        string        `json:"dataset"`
	Number         int           `json:"number"`
	SchemaVersion  int           `json:"schema_version"`
	Verdict        string        `json:"verdict"`
	Rows           int64         `json:"rows"`
	Columns        []Column      `json:"columns"`
	Provenance     Provenance    `json:"provenance"`
	Stats          []ColumnStats `json:"stats"`
	Files          []FileSum     `json:"files"`
	ManifestSHA256 string        `json:"manifest_sha256"`
	PublishedAt    time.Time     `json:"published_at"`
}

// Column finds a column of the version.
func (v *Version) Column(name string) (Column, int, bool) {
	for i, c := range v.Columns {
		if c.Name == name {
			return c, i, true
		}
	}
	return Column{}, 0, false
}

// Persons is the number of distinct persons in the version, 0 when no column identifies them.
func (v *Version) Persons() int64 {
	most := int64(0)
	for _, s := range v.Stats {
		if c, _, found := v.Column(s.Name); found && c.Person && s.Distinct > most {
			most = s.Distinct
		}
	}
	return most
}

// Columnar writes the Parquet file of a version. Package warehouse/duck is the implementation; the interface keeps its
// driver out of every other build.
type Columnar interface {
	Create(ctx context.Context, folder string, columns []Column) (ColumnarWriter, error)
}

// ColumnarWriter takes the rows of one version. Append keeps no row after it returns.
type ColumnarWriter interface {
	Append(rows []Row) error
	Remove(lines []int64) error
	// Seal writes folder/data.parquet, ordered by key, and answers what was counted in the finished file.
	Seal(ctx context.Context, p Provenance) (rows int64, stats []ColumnStats, err error)
	Close() error
}

const (
	parquetFile  = "data.parquet"
	rowFile      = "rows.sqlite"
	manifestFile = "manifest.json"
)

// ParquetFile is the name of the file that a ColumnarWriter writes.
const ParquetFile = parquetFile
