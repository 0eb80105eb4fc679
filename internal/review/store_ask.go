package review

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

func insertAsk(ctx context.Context, q controldb.Querier, a *Ask) error {
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode request about grant %s: %w", a.Number, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO review_ask (id, grant_id, owner, agency, state, due_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		a.ID, a.Grant, a.Owner, a.Agency, a.State, micro(a.DueAt), string(body))
	if err != nil {
		return fmt.Errorf("save request about grant %s: %w", a.Number, err)
	}
	return nil
}

func saveAsk(ctx context.Context, q controldb.Querier, a *Ask) error {
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode request about grant %s: %w", a.Number, err)
	}
	if _, err = q.ExecContext(ctx, `UPDATE review_ask SET state = ?, body = ? WHERE id = ?`, a.State, string(body), a.ID); err != nil {
		return fmt.Errorf("save request about grant %s: %w", a.Number, err)
	}
	return nil
}

func findAsk(ctx context.Context, q controldb.Querier, id string) (Ask, error) {
	var a Ask
	var body string
	err := q.QueryRowContext(ctx, `SELECT body FROM review_ask WHERE id = ?`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fault.New(fault.NotFound, "review.ask_not_found", id)
	}
	if err != nil {
		return a, fmt.Errorf("find request %s: %w", id, err)
	}
	return a, json.Unmarshal([]byte(body), &a)
}

// AskFilter selects requests; empty fields do not filter.
type AskFilter struct {
	State  AskState
	Owner  string
	Agency string
	Grant  string
	After  string // id of the last one of the page before
	Limit  int    // 50 when 0, at most 500

	concerned string
}

func listAsks(ctx context.Context, q controldb.Querier, f AskFilter) ([]Ask, error) {
	query, args := `SELECT body FROM review_ask WHERE 1 = 1`, []any{}
	for _, x := range []struct{ clause, value string }{
		{" AND state = ?", string(f.State)}, {" AND owner = ?", f.Owner}, {" AND agency = ?", f.Agency}, {" AND grant_id = ?", f.Grant}, {" AND id < ?", f.After},
	} {
		if x.value != "" {
			query, args = query+x.clause, append(args, x.value)
		}
	}
	if f.concerned != "" {
		query, args = query+` AND (owner = ? OR agency = ?)`, append(args, f.concerned, f.concerned)
	}
	return bodies[Ask](ctx, q, "requests", query+` ORDER BY id DESC LIMIT ?`, append(args, pageOf(f.Limit, 50))...)
}

// bodies reads things that are kept as JSON.
func bodies[T any](ctx context.Context, q controldb.Querier, what, query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", what, err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var body string
		var one T
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("scan %s: %w", what, err)
		}
		if err := json.Unmarshal([]byte(body), &one); err != nil {
			return nil, fmt.Errorf("decode %s: %w", what, err)
		}
		out = append(out, one)
	}
	return out, rows.Err()
}
