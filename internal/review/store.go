package review

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const mostPage = 500

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

func pageOf(limit, usual int) int {
	if limit <= 0 {
		return usual
	}
	return min(limit, mostPage)
}

func findSettings(ctx context.Context, q controldb.Querier) (Settings, error) {
	var s Settings
	var body string
	err := q.QueryRowContext(ctx, `SELECT body FROM review_settings WHERE id = 1`).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return s, fault.New(fault.Unavailable, "review.no_settings")
	}
	if err != nil {
		return s, fmt.Errorf("find settings of reviews: %w", err)
	}
	return s, json.Unmarshal([]byte(body), &s)
}

func saveSettings(ctx context.Context, q controldb.Querier, s Settings) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode settings of reviews: %w", err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO review_settings (id, revision, body) VALUES (1, ?, ?)
		ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, body = excluded.body`, s.Revision, string(body))
	if err != nil {
		return fmt.Errorf("save settings of reviews: %w", err)
	}
	return nil
}

// nextNumber counts the reviews of a year without gaps inside the caller's transaction.
func nextNumber(ctx context.Context, q controldb.Querier, year int) (int64, error) {
	var n int64
	err := q.QueryRowContext(ctx, `INSERT INTO review_number (year, last) VALUES (?, 1)
		ON CONFLICT (year) DO UPDATE SET last = review_number.last + 1 RETURNING last`, year).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("next number of reviews: %w", err)
	}
	return n, nil
}

const campaignCols = `id, number, cause, what, note, scope, state, made_by, made_name, created_at, due_at, closed_at, record, last_number`

func insertCampaign(ctx context.Context, q controldb.Querier, c *Campaign) error {
	scope, err := json.Marshal(c.Scope)
	if err != nil {
		return fmt.Errorf("encode scope of review %s: %w", c.Number, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO review_campaign (`+campaignCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.ID, c.Number, c.Cause, c.Of, c.Note, string(scope), c.State, c.By, c.ByName, micro(c.CreatedAt), micro(c.DueAt), micro(c.ClosedAt), c.record, c.after)
	if err != nil {
		return fmt.Errorf("save review %s: %w", c.Number, err)
	}
	return nil
}

// saveCampaign writes what may change of a campaign.
func saveCampaign(ctx context.Context, q controldb.Querier, c *Campaign) error {
	_, err := q.ExecContext(ctx, `UPDATE review_campaign SET state = ?, closed_at = ?, last_number = ? WHERE id = ?`, c.State, micro(c.ClosedAt), c.after, c.ID)
	if err != nil {
		return fmt.Errorf("save review %s: %w", c.Number, err)
	}
	return nil
}

type scanner interface{ Scan(dest ...any) error }

func scanCampaign(row scanner) (Campaign, error) {
	var c Campaign
	var scope string
	var made, due, closed int64
	err := row.Scan(&c.ID, &c.Number, &c.Cause, &c.Of, &c.Note, &scope, &c.State, &c.By, &c.ByName, &made, &due, &closed, &c.record, &c.after)
	if err != nil {
		return c, err
	}
	c.CreatedAt, c.DueAt, c.ClosedAt = moment(made), moment(due), moment(closed)
	return c, json.Unmarshal([]byte(scope), &c.Scope)
}

func findCampaign(ctx context.Context, q controldb.Querier, id string) (Campaign, error) {
	c, err := scanCampaign(q.QueryRowContext(ctx, `SELECT `+campaignCols+` FROM review_campaign WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return c, fault.New(fault.NotFound, "review.campaign_not_found", id)
	}
	if err != nil {
		return c, fmt.Errorf("find review %s: %w", id, err)
	}
	return c, nil
}

// findCampaignOf finds the review that a record opened.
func findCampaignOf(ctx context.Context, q controldb.Querier, record string) (Campaign, bool, error) {
	c, err := scanCampaign(q.QueryRowContext(ctx, `SELECT `+campaignCols+` FROM review_campaign WHERE record = ?`, record))
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("find the review of record %s: %w", record, err)
	}
	return c, true, nil
}

func findCounted(ctx context.Context, q controldb.Querier, id string) (Campaign, error) {
	c, err := findCampaign(ctx, q, id)
	if err != nil {
		return c, err
	}
	counts, err := countItems(ctx, q, []string{id})
	c.Counts = counts[id]
	return c, err
}

// lastOf is when the newest review of a cause began.
func lastOf(ctx context.Context, q controldb.Querier, cause Cause) (time.Time, error) {
	var us int64
	err := q.QueryRowContext(ctx, `SELECT coalesce(max(created_at), 0) FROM review_campaign WHERE cause = ?`, cause).Scan(&us)
	if err != nil {
		return time.Time{}, fmt.Errorf("find the last review %s: %w", cause, err)
	}
	return moment(us), nil
}

// CampaignFilter selects reviews; empty fields do not filter.
type CampaignFilter struct {
	State  CampaignState
	Cause  Cause
	After  string // id of the last one of the page before
	Limit  int    // 50 when 0, at most 500
	agency string
}

func listCampaigns(ctx context.Context, q controldb.Querier, f CampaignFilter) ([]Campaign, error) {
	query, args := `SELECT `+campaignCols+` FROM review_campaign c WHERE 1 = 1`, []any{}
	for _, x := range []struct{ clause, value string }{{" AND state = ?", string(f.State)}, {" AND cause = ?", string(f.Cause)}, {" AND id < ?", f.After}} {
		if x.value != "" {
			query, args = query+x.clause, append(args, x.value)
		}
	}
	if f.agency != "" {
		query += ` AND EXISTS (SELECT 1 FROM review_item i WHERE i.campaign = c.id AND (i.reviewer = ? OR i.agency = ?))`
		args = append(args, f.agency, f.agency)
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY id DESC LIMIT ?`, append(args, pageOf(f.Limit, 50))...)
	if err != nil {
		return nil, fmt.Errorf("list reviews: %w", err)
	}
	out, ids, err := scanCampaigns(rows)
	if err != nil || len(out) == 0 {
		return out, err
	}
	counts, err := countItems(ctx, q, ids)
	for i := range out {
		out[i].Counts = counts[out[i].ID]
	}
	return out, err
}

func scanCampaigns(rows *sql.Rows) (out []Campaign, ids []string, err error) {
	defer rows.Close()
	for rows.Next() {
		c, err := scanCampaign(rows)
		if err != nil {
			return nil, nil, fmt.Errorf("scan review: %w", err)
		}
		out, ids = append(out, c), append(ids, c.ID)
	}
	return out, ids, rows.Err()
}

func marks(n int) string { return "?" + strings.Repeat(", ?", n-1) }

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = x
	}
	return out
}
