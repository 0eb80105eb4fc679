package release

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const releaseCols = `id, list, number, state, effective_at, effected_at, seal, revision, created_at, changed_at, body`

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func scanRelease(row interface{ Scan(...any) error }) (*Release, error) {
	var kept Release
	var body string
	var effective, effected, created, changed int64
	if err := row.Scan(&kept.ID, &kept.List, &kept.Number, &kept.State, &effective, &effected, &kept.seal, &kept.Revision, &created, &changed, &body); err != nil {
		return nil, err
	}
	var r Release
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return nil, fmt.Errorf("read release %s: %w", kept.ID, err)
	}
	r.ID, r.List, r.Number, r.State, r.seal, r.Revision = kept.ID, kept.List, kept.Number, kept.State, kept.seal, kept.Revision
	r.Decision.Effective, r.EffectedAt, r.CreatedAt, r.ChangedAt = moment(effective), moment(effected), moment(created), moment(changed)
	return &r, nil
}

func insertRelease(ctx context.Context, q controldb.Querier, r *Release) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write release %s: %w", r.Key(), err)
	}
	const query = `INSERT INTO release_release (` + releaseCols + `, decision_key) VALUES (?, ?, ?, ?, 0, 0, '', ?, ?, ?, ?, '')`
	_, err = q.ExecContext(ctx, query, r.ID, string(r.List), r.Number, string(r.State), r.Revision, micro(r.CreatedAt), micro(r.ChangedAt), string(body))
	if controldb.IsUnique(err) {
		return fault.New(fault.Conflict, "release.draft_exists", r.Number)
	}
	if err != nil {
		return fmt.Errorf("save release %s: %w", r.Key(), err)
	}
	return nil
}

// updateRelease saves a change of the revision that was read, and raises it.
func updateRelease(ctx context.Context, q controldb.Querier, r *Release) error {
	before := r.Revision
	r.Revision++
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write release %s: %w", r.Key(), err)
	}
	key := ""
	if r.Decision.Number != "" {
		key = decisionKey(r.Decision)
	}
	const query = `UPDATE release_release SET state = ?, decision_key = ?, effective_at = ?, effected_at = ?, seal = ?, revision = ?, changed_at = ?, body = ? WHERE id = ? AND revision = ?`
	res, err := q.ExecContext(ctx, query, string(r.State), key, micro(r.Decision.Effective), micro(r.EffectedAt), r.seal, r.Revision, micro(r.ChangedAt), string(body), r.ID, before)
	if controldb.IsUnique(err) {
		return fault.New(fault.Conflict, "release.decision_taken", r.Decision.Number).At("number")
	}
	if err != nil {
		return fmt.Errorf("save release %s: %w", r.Key(), err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.New(fault.Conflict, "release.changed_meanwhile")
	}
	return nil
}

func oneRelease(row *sql.Row) (*Release, error) {
	r, err := scanRelease(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "release.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("find release: %w", err)
	}
	return r, nil
}

func findRelease(ctx context.Context, q controldb.Querier, list List, number int64) (*Release, error) {
	const query = `SELECT ` + releaseCols + ` FROM release_release WHERE list = ? AND number = ? AND state <> 'discarded'`
	return oneRelease(q.QueryRowContext(ctx, query, string(list), number))
}

// findAny also finds a draft that was given up, the newest of the number.
func findAny(ctx context.Context, q controldb.Querier, list List, number int64) (*Release, error) {
	const query = `SELECT ` + releaseCols + ` FROM release_release WHERE list = ? AND number = ? ORDER BY CASE WHEN state = 'discarded' THEN 1 ELSE 0 END, created_at DESC, id DESC LIMIT 1`
	return oneRelease(q.QueryRowContext(ctx, query, string(list), number))
}

// newest is the last release of a list that was not given up; nil when there is none.
func newest(ctx context.Context, q controldb.Querier, list List) (*Release, error) {
	const query = `SELECT ` + releaseCols + ` FROM release_release WHERE list = ? AND state <> 'discarded' ORDER BY number DESC LIMIT 1`
	r, err := oneRelease(q.QueryRowContext(ctx, query, string(list)))
	if fault.Is(err, "release.not_found") {
		return nil, nil //nolint:nilnil // the list has no release yet
	}
	return r, err
}

func listReleases(ctx context.Context, q controldb.Querier, where string, args ...any) ([]*Release, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+releaseCols+` FROM release_release WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	defer rows.Close()
	var out []*Release
	for rows.Next() {
		r, err := scanRelease(rows)
		if err != nil {
			return nil, fmt.Errorf("list releases: %w", err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	return out, nil
}

// listIssued lists the issued releases of a list, the newest first.
func listIssued(ctx context.Context, q controldb.Querier, list List) ([]*Release, error) {
	return listReleases(ctx, q, `list = ? AND state = 'issued' ORDER BY number DESC LIMIT 1000`, string(list))
}

// listDue lists issued releases whose day has come and whose work is not done, the earliest first.
func listDue(ctx context.Context, q controldb.Querier, now time.Time) ([]*Release, error) {
	return listReleases(ctx, q, `state = 'issued' AND effected_at = 0 AND effective_at <= ? ORDER BY effective_at, number, id LIMIT 100`, micro(now))
}
