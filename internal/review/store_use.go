package review

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

func saveUse(ctx context.Context, q controldb.Querier, u use, day string) error {
	_, err := q.ExecContext(ctx, `INSERT INTO review_use (grant_id, field, day) VALUES (?, ?, ?)
		ON CONFLICT (grant_id, field) DO UPDATE SET day = excluded.day WHERE excluded.day > review_use.day`, u.grant, u.field, day)
	if err != nil {
		return fmt.Errorf("save the use of grant %s: %w", u.grant, err)
	}
	return nil
}

// listUses gives, for each grant, the day of the last use of each field.
func listUses(ctx context.Context, q controldb.Querier, grants []string) (map[string]map[string]string, error) {
	out := make(map[string]map[string]string, len(grants))
	if len(grants) == 0 {
		return out, nil
	}
	rows, err := q.QueryContext(ctx, `SELECT grant_id, field, day FROM review_use WHERE grant_id IN (`+marks(len(grants))+`)`, anys(grants)...)
	if err != nil {
		return nil, fmt.Errorf("list uses of grants: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var grant, field, day string
		if err := rows.Scan(&grant, &field, &day); err != nil {
			return nil, fmt.Errorf("scan use of a grant: %w", err)
		}
		if out[grant] == nil {
			out[grant] = map[string]string{}
		}
		out[grant][field] = day
	}
	return out, rows.Err()
}

func findPlace(ctx context.Context, q controldb.Querier, log string) (int64, error) {
	var place int64
	err := q.QueryRowContext(ctx, `SELECT place FROM review_place WHERE log = ?`, log).Scan(&place)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("find the place in the log: %w", err)
	}
	return place, nil
}

func savePlace(ctx context.Context, q controldb.Querier, log string, place int64) error {
	_, err := q.ExecContext(ctx, `INSERT INTO review_place (log, place) VALUES (?, ?) ON CONFLICT (log) DO UPDATE SET place = excluded.place`, log, place)
	if err != nil {
		return fmt.Errorf("save the place in the log: %w", err)
	}
	return nil
}

func findKnown(ctx context.Context, q controldb.Querier, thing string) (string, bool, error) {
	var body string
	err := q.QueryRowContext(ctx, `SELECT body FROM review_known WHERE thing = ?`, thing).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("find what is known of %s: %w", thing, err)
	}
	return body, true, nil
}

func saveKnown(ctx context.Context, q controldb.Querier, thing, body string) error {
	_, err := q.ExecContext(ctx, `INSERT INTO review_known (thing, body) VALUES (?, ?) ON CONFLICT (thing) DO UPDATE SET body = excluded.body`, thing, body)
	if err != nil {
		return fmt.Errorf("save what is known of %s: %w", thing, err)
	}
	return nil
}

func saveExcess(ctx context.Context, q controldb.Querier, e *Excess) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode the finding about grant %s: %w", e.Number, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO review_excess (grant_id, number, agency, owner, dataset, body, found_at, kept_until, kept) VALUES (?, ?, ?, ?, ?, ?, ?, 0, '')
		ON CONFLICT (grant_id) DO UPDATE SET owner = excluded.owner, body = excluded.body, found_at = excluded.found_at`,
		e.Grant, e.Number, e.Agency, e.Owner, e.Dataset, string(body), micro(e.FoundAt))
	if err != nil {
		return fmt.Errorf("save the finding about grant %s: %w", e.Number, err)
	}
	return nil
}

func keepExcess(ctx context.Context, q controldb.Querier, grant string, k Kept) error {
	body, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode the decision about grant %s: %w", grant, err)
	}
	_, err = q.ExecContext(ctx, `UPDATE review_excess SET kept_until = ?, kept = ? WHERE grant_id = ?`, micro(k.Until), string(body), grant)
	if err != nil {
		return fmt.Errorf("save the decision about grant %s: %w", grant, err)
	}
	return nil
}

// findKept is the decision about a grant, by its number.
func findKept(ctx context.Context, q controldb.Querier, number string) (Kept, error) {
	var k Kept
	var body string
	if err := q.QueryRowContext(ctx, `SELECT kept FROM review_excess WHERE number = ?`, number).Scan(&body); err != nil {
		return k, fmt.Errorf("find the decision about grant %s: %w", number, err)
	}
	if err := json.Unmarshal([]byte(body), &k); err != nil {
		return k, fmt.Errorf("read the decision about grant %s: %w", number, err)
	}
	return k, nil
}

func removeExcessBefore(ctx context.Context, q controldb.Querier, began time.Time) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM review_excess WHERE found_at < ?`, micro(began)); err != nil {
		return fmt.Errorf("remove findings that are over: %w", err)
	}
	return nil
}

func removeExcess(ctx context.Context, q controldb.Querier, grant string) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM review_excess WHERE grant_id = ?`, grant); err != nil {
		return fmt.Errorf("remove the finding about grant %s: %w", grant, err)
	}
	return nil
}

// ExcessFilter selects findings; empty fields do not filter.
type ExcessFilter struct {
	Owner    string
	Agency   string
	Grant    string
	WithKept bool   // those that somebody decided to leave as they are, too
	After    string // number of the last one of the page before
	Limit    int    // 50 when 0, at most 500

	concerned string
}

func listExcess(ctx context.Context, q controldb.Querier, f ExcessFilter, now time.Time) ([]Excess, error) {
	query, args := `SELECT e.body, e.kept, CASE WHEN EXISTS (SELECT 1 FROM review_ask a WHERE a.grant_id = e.grant_id AND a.state = 'open') THEN 'open' ELSE '' END
		FROM review_excess e WHERE 1 = 1`, []any{}
	for _, x := range []struct{ clause, value string }{{" AND e.owner = ?", f.Owner}, {" AND e.agency = ?", f.Agency}, {" AND e.grant_id = ?", f.Grant}, {" AND e.number > ?", f.After}} {
		if x.value != "" {
			query, args = query+x.clause, append(args, x.value)
		}
	}
	if f.concerned != "" {
		query, args = query+` AND (e.owner = ? OR e.agency = ?)`, append(args, f.concerned, f.concerned)
	}
	if !f.WithKept {
		query, args = query+` AND e.kept_until <= ?`, append(args, micro(now))
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY e.number LIMIT ?`, append(args, pageOf(f.Limit, 50))...)
	if err != nil {
		return nil, fmt.Errorf("list findings: %w", err)
	}
	defer rows.Close()
	var out []Excess
	for rows.Next() {
		var e Excess
		var body, kept, ask string
		if err := rows.Scan(&body, &kept, &ask); err != nil {
			return nil, fmt.Errorf("scan finding: %w", err)
		}
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return nil, fmt.Errorf("decode finding: %w", err)
		}
		if e.AskState = ask; kept != "" {
			e.Kept = &Kept{}
			if err := json.Unmarshal([]byte(kept), e.Kept); err != nil {
				return nil, fmt.Errorf("decode decision: %w", err)
			}
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
