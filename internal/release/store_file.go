package release

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// File of a release. Its digest is that of the bytes as they are given out.
type File struct {
	Kind   string    `json:"kind" doc:"xlsx, csv, json, docx: the release; decision: the signed decision; memo, draft_decision, annex, annex_xlsx: the submission"`
	Name   string    `json:"name"`
	Media  string    `json:"media_type"`
	Size   int64     `json:"size" doc:"Bytes"`
	SHA256 string    `json:"sha256"`
	MadeAt time.Time `json:"made_at"`

	place string
}

// saveFiles puts the files of some kinds in place of those that a draft had of the same kinds.
func saveFiles(ctx context.Context, q controldb.Querier, release string, files []File) error {
	for _, f := range files {
		if _, err := q.ExecContext(ctx, `DELETE FROM release_file WHERE release_id = ? AND kind = ?`, release, f.Kind); err != nil {
			return fmt.Errorf("replace file %s: %w", f.Kind, err)
		}
		const query = `INSERT INTO release_file (release_id, kind, name, media, size, sha256, place, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
		if _, err := q.ExecContext(ctx, query, release, f.Kind, f.Name, f.Media, f.Size, f.SHA256, f.place, micro(f.MadeAt)); err != nil {
			return fmt.Errorf("save file %s: %w", f.Kind, err)
		}
	}
	return nil
}

func listFiles(ctx context.Context, q controldb.Querier, release string) ([]File, error) {
	rows, err := q.QueryContext(ctx, `SELECT kind, name, media, size, sha256, place, made_at FROM release_file WHERE release_id = ? ORDER BY kind`, release)
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	defer rows.Close()
	var out []File
	for rows.Next() {
		var f File
		var at int64
		if err := rows.Scan(&f.Kind, &f.Name, &f.Media, &f.Size, &f.SHA256, &f.place, &at); err != nil {
			return nil, fmt.Errorf("list files: %w", err)
		}
		f.MadeAt = moment(at)
		out = append(out, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	return out, nil
}
