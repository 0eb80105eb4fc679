package access

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// LiveFilter selects grants that have not ended, in pages. It is for the program itself: nobody's reach is asked.
type LiveFilter struct {
	After   string // number of the last grant of the page before
	Dataset string
	Agency  string
	Subject Subject // empty: of everybody
	Limit   int     // 500 when 0
}

// LiveGrants lists grants that have not ended, by number.
func (s *Service) LiveGrants(ctx context.Context, q controldb.Querier, f LiveFilter) ([]Grant, error) {
	query, args := `SELECT `+grantCols+` FROM access_grant g WHERE status <> ? AND number > ? AND version = (SELECT max(version) FROM access_grant l WHERE l.id = g.id)`, []any{GrantEnded, f.After}
	for _, c := range []struct{ clause, value string }{
		{" AND dataset = ?", f.Dataset}, {" AND agency = ?", f.Agency}, {" AND subject_type = ?", string(f.Subject.Type)}, {" AND subject_id = ?", f.Subject.ID},
	} {
		if c.value != "" {
			query, args = query+c.clause, append(args, c.value)
		}
	}
	if f.Limit <= 0 {
		f.Limit = 500
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY number, id LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list live grants: %w", err)
	}
	defer rows.Close()
	var out []Grant
	for rows.Next() {
		g, err := scanGrant(rows)
		if err != nil {
			return nil, fmt.Errorf("scan grant: %w", err)
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// GrantOf reads one grant in its newest version, in the caller's transaction; nobody's reach is asked.
func (s *Service) GrantOf(ctx context.Context, q controldb.Querier, id string) (Grant, error) {
	return findGrant(ctx, q, id)
}

// Peak is the most that a grant has used in one day.
type Peak struct {
	Calls   int64 `json:"calls_per_day"`
	Records int64 `json:"records_per_day"`
	Persons int64 `json:"persons_per_day"`
}

// PeakUse is the most that each of the grants used in one day since a day, from the kept counters.
func (s *Service) PeakUse(ctx context.Context, q controldb.Querier, ids []string, since time.Time) (map[string]Peak, error) {
	out := make(map[string]Peak, len(ids))
	for len(ids) > 0 {
		part := ids[:min(len(ids), 200)]
		ids = ids[len(part):]
		args := make([]any, 0, len(part)+1)
		for _, id := range part {
			args = append(args, id)
		}
		query := `SELECT grant_id, max(calls), max(records), max(persons) FROM (SELECT grant_id, sum(calls) AS calls, sum(records) AS records, sum(persons) AS persons
			FROM access_usage WHERE grant_id IN (` + marks(len(part)) + `) AND day >= ? GROUP BY grant_id, day) AS per_day GROUP BY grant_id`
		if err := scanPeaks(ctx, q, out, query, append(args, dayOf(since))...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scanPeaks(ctx context.Context, q controldb.Querier, out map[string]Peak, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read peaks of use: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var p Peak
		if err := rows.Scan(&id, &p.Calls, &p.Records, &p.Persons); err != nil {
			return fmt.Errorf("scan peak of use: %w", err)
		}
		out[id] = p
	}
	return rows.Err()
}
