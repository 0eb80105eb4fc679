package release

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const publicationCols = `id, dataset, name, owner, release_id, number, decision, who, who_name, at, ended_at, reason`

func scanPublication(row interface{ Scan(...any) error }) (Publication, error) {
	var p Publication
	var asked, ended int64
	err := row.Scan(&p.ID, &p.Dataset, &p.Name, &p.Owner, &p.Release, &p.Number, &p.Decision, &p.By, &p.ByName, &asked, &ended, &p.Reason)
	p.At, p.EndedAt = moment(asked), moment(ended)
	return p, err
}

func insertPublication(ctx context.Context, q controldb.Querier, p Publication) error {
	const query = `INSERT INTO release_publication (` + publicationCols + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')`
	_, err := q.ExecContext(ctx, query, p.ID, p.Dataset, p.Name, p.Owner, p.Release, p.Number, p.Decision, p.By, p.ByName, micro(p.At))
	if controldb.IsUnique(err) {
		return fault.New(fault.Conflict, "release.publication_stands", p.Dataset).At("dataset")
	}
	if err != nil {
		return fmt.Errorf("save the request to publish %s: %w", p.Dataset, err)
	}
	return nil
}

func findPublication(ctx context.Context, q controldb.Querier, id string) (Publication, error) {
	p, err := scanPublication(q.QueryRowContext(ctx, `SELECT `+publicationCols+` FROM release_publication WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.New(fault.NotFound, "release.publication_not_found")
	}
	if err != nil {
		return p, fmt.Errorf("find request %s to publish: %w", id, err)
	}
	return p, nil
}

func endPublication(ctx context.Context, q controldb.Querier, id string, now time.Time, reason string) error {
	if _, err := q.ExecContext(ctx, `UPDATE release_publication SET ended_at = ?, reason = ? WHERE id = ? AND ended_at = 0`, micro(now), reason, id); err != nil {
		return fmt.Errorf("end request %s to publish: %w", id, err)
	}
	return nil
}

// listPublications lists requests, of one owner when it is named; before is the id of the last of the page before.
func listPublications(ctx context.Context, q controldb.Querier, owner, before string, limit int) ([]Publication, error) {
	if limit <= 0 || limit > 500 {
		limit = 100
	}
	query, args := `SELECT `+publicationCols+` FROM release_publication WHERE 1 = 1`, []any{}
	if owner != "" {
		query, args = query+` AND owner = ?`, append(args, owner)
	}
	if before != "" { // ids rise with time
		query, args = query+` AND id < ?`, append(args, before)
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list requests to publish: %w", err)
	}
	defer rows.Close()
	var out []Publication
	for rows.Next() {
		p, err := scanPublication(rows)
		if err != nil {
			return nil, fmt.Errorf("list requests to publish: %w", err)
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list requests to publish: %w", err)
	}
	return out, nil
}
