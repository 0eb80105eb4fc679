package review

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const itemCols = `id, campaign, grant_id, number, agency, dataset, level, subject_type, subject_id, reviewer, state, reason, made_by, made_name, answered_at, ask, held_at`

func insertItem(ctx context.Context, q controldb.Querier, i *Item) error {
	_, err := q.ExecContext(ctx, `INSERT INTO review_item (`+itemCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		i.ID, i.Campaign, i.Grant, i.Number, i.Agency, i.Dataset, i.Level, i.Subject.Type, i.Subject.ID, i.Reviewer, i.State, i.Reason, i.By, i.ByName, micro(i.AnsweredAt), i.Ask, micro(i.HeldAt))
	if err != nil {
		return fmt.Errorf("save grant %s of a review: %w", i.Number, err)
	}
	return nil
}

func saveItem(ctx context.Context, q controldb.Querier, i *Item) error {
	_, err := q.ExecContext(ctx, `UPDATE review_item SET state = ?, reason = ?, made_by = ?, made_name = ?, answered_at = ?, ask = ?, held_at = ? WHERE id = ?`,
		i.State, i.Reason, i.By, i.ByName, micro(i.AnsweredAt), i.Ask, micro(i.HeldAt), i.ID)
	if err != nil {
		return fmt.Errorf("save grant %s of a review: %w", i.Number, err)
	}
	return nil
}

func scanItem(row scanner) (Item, error) {
	var i Item
	var answered, held int64
	err := row.Scan(&i.ID, &i.Campaign, &i.Grant, &i.Number, &i.Agency, &i.Dataset, &i.Level, &i.Subject.Type, &i.Subject.ID, &i.Reviewer, &i.State, &i.Reason, &i.By, &i.ByName, &answered, &i.Ask, &held)
	i.AnsweredAt, i.HeldAt = moment(answered), moment(held)
	return i, err
}

func findItem(ctx context.Context, q controldb.Querier, id string) (Item, error) {
	i, err := scanItem(q.QueryRowContext(ctx, `SELECT `+itemCols+` FROM review_item WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return i, fault.New(fault.NotFound, "review.item_not_found", id).At("items")
	}
	if err != nil {
		return i, fmt.Errorf("find grant %s of a review: %w", id, err)
	}
	return i, nil
}

// ItemFilter selects grants of a review; empty fields do not filter.
type ItemFilter struct {
	Campaign string
	State    ItemState
	Reviewer string
	Agency   string
	Grant    string // id of a grant, in any review when Campaign is empty
	After    string // number of the last one of the page before
	Limit    int    // 100 when 0, at most 500

	concerned string
}

func listItems(ctx context.Context, q controldb.Querier, f ItemFilter) ([]Item, error) {
	query, args := `SELECT `+itemCols+` FROM review_item WHERE 1 = 1`, []any{}
	for _, x := range []struct{ clause, value string }{
		{" AND campaign = ?", f.Campaign}, {" AND state = ?", string(f.State)}, {" AND reviewer = ?", f.Reviewer}, {" AND agency = ?", f.Agency},
		{" AND grant_id = ?", f.Grant}, {" AND number > ?", f.After},
	} {
		if x.value != "" {
			query, args = query+x.clause, append(args, x.value)
		}
	}
	if f.concerned != "" {
		query, args = query+` AND (reviewer = ? OR agency = ?)`, append(args, f.concerned, f.concerned)
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY number, id LIMIT ?`, append(args, pageOf(f.Limit, 100))...)
	if err != nil {
		return nil, fmt.Errorf("list grants of a review: %w", err)
	}
	defer rows.Close()
	var out []Item
	for rows.Next() {
		i, err := scanItem(rows)
		if err != nil {
			return nil, fmt.Errorf("scan grant of a review: %w", err)
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

// countItems counts the items of campaigns by how they stand.
func countItems(ctx context.Context, q controldb.Querier, campaigns []string) (map[string]Counts, error) {
	rows, err := q.QueryContext(ctx, `SELECT campaign, state, count(*) FROM review_item WHERE campaign IN (`+marks(len(campaigns))+`) GROUP BY campaign, state`, anys(campaigns)...)
	if err != nil {
		return nil, fmt.Errorf("count grants of reviews: %w", err)
	}
	defer rows.Close()
	out := map[string]Counts{}
	for rows.Next() {
		var id string
		var state ItemState
		var n int64
		if err := rows.Scan(&id, &state, &n); err != nil {
			return nil, fmt.Errorf("scan count of a review: %w", err)
		}
		c := out[id]
		c.add(state, n)
		out[id] = c
	}
	return out, rows.Err()
}

func (c *Counts) add(state ItemState, n int64) {
	c.Total += n
	switch state {
	case ItemOpen:
		c.Open += n
	case ItemKept:
		c.Kept += n
	case ItemNarrowing, ItemRevoking:
		c.Waiting += n
	case ItemNarrowed:
		c.Narrowed += n
	case ItemRevoked:
		c.Revoked += n
	case ItemSuspended:
		c.Suspended += n
	case ItemGone:
		c.Gone += n
	}
}

// countReviewers counts the open items of a campaign by who must answer; agencies without any are left out.
func countReviewers(ctx context.Context, q controldb.Querier, campaign string) (map[string]int, error) {
	rows, err := q.QueryContext(ctx, `SELECT reviewer, count(*) FROM review_item WHERE campaign = ? AND state = ? GROUP BY reviewer`, campaign, ItemOpen)
	if err != nil {
		return nil, fmt.Errorf("count reviewers: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var agency string
		var n int
		if err := rows.Scan(&agency, &n); err != nil {
			return nil, fmt.Errorf("scan reviewer: %w", err)
		}
		out[agency] = n
	}
	return out, rows.Err()
}

// Standing is how far one reviewer has come.
type Standing struct {
	Agency string `json:"agency"`
	Total  int64  `json:"total"`
	Open   int64  `json:"open"`
}

func listStandings(ctx context.Context, q controldb.Querier, campaign string) ([]Standing, error) {
	rows, err := q.QueryContext(ctx, `SELECT reviewer, count(*), sum(CASE WHEN state = ? OR state = ? THEN 1 ELSE 0 END) FROM review_item WHERE campaign = ? GROUP BY reviewer ORDER BY reviewer`,
		ItemOpen, ItemSuspended, campaign)
	if err != nil {
		return nil, fmt.Errorf("list reviewers: %w", err)
	}
	defer rows.Close()
	var out []Standing
	for rows.Next() {
		var s Standing
		if err := rows.Scan(&s.Agency, &s.Total, &s.Open); err != nil {
			return nil, fmt.Errorf("scan reviewer: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func listReviewers(ctx context.Context, q controldb.Querier, campaign string) ([]string, error) {
	all, err := listStandings(ctx, q, campaign)
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.Agency
	}
	return out, err
}

func countConcerned(ctx context.Context, q controldb.Querier, campaign, agency string) (int, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM review_item WHERE campaign = ? AND (reviewer = ? OR agency = ?)`, campaign, agency, agency).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count grants of a review: %w", err)
	}
	return n, nil
}
