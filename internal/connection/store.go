package connection

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

const requestCols = `id, number, state, agency, owner, system, dataset, deadline, valid_from, valid_to, revision, created_at, updated_at, offered, renews, page_most, timeout_ms, paused_for, body`

func insertRequest(ctx context.Context, q controldb.Querier, r *Request) error {
	args, err := requestArgs(r)
	if err != nil {
		return err
	}
	if _, err := q.ExecContext(ctx, `INSERT INTO connection_request (`+requestCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...); err != nil {
		return fmt.Errorf("save request %s: %w", r.ID, err)
	}
	return nil
}

// saveRequest writes the request over the revision that was read, or refuses because somebody was faster.
func saveRequest(ctx context.Context, q controldb.Querier, r *Request) error {
	before := r.Revision
	r.Revision++
	args, err := requestArgs(r)
	if err != nil {
		return err
	}
	res, err := q.ExecContext(ctx, `UPDATE connection_request SET number = ?, state = ?, agency = ?, owner = ?, system = ?, dataset = ?, deadline = ?,
		valid_from = ?, valid_to = ?, revision = ?, created_at = ?, updated_at = ?,
		offered = ?, renews = ?, page_most = ?, timeout_ms = ?, paused_for = ?, body = ? WHERE id = ? AND revision = ?`, append(args[1:], r.ID, before)...)
	if err != nil {
		return fmt.Errorf("save request %s: %w", r.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.New(fault.Conflict, "connection.changed_meanwhile").Because(err)
	}
	return nil
}

func requestArgs(r *Request) ([]any, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode request %s: %w", r.ID, err)
	}
	from, to := int64(0), int64(0)
	if r.Approved != nil {
		if t, ok := r.Approved.From.Start(); ok {
			from = t.UnixMicro()
		}
		if t, ok := r.Approved.To.End(); ok {
			to = t.UnixMicro()
		}
	}
	var page, timeout, offered int64
	if r.InForce != nil {
		page, timeout = r.InForce.Parameters.PageSize, r.InForce.Parameters.TimeoutMillis
	}
	if r.Offer != nil {
		offered = 1
	}
	paused := ""
	if r.Pause != nil {
		paused = r.Pause.Class
	}
	return []any{
		r.ID, r.Number, r.State, r.Agency, r.Owner, r.Need.System, r.Need.Dataset, micro(r.Clock.Deadline), from, to, r.Revision,
		r.CreatedAt.UnixMicro(), r.UpdatedAt.UnixMicro(), offered, r.Renews, page, timeout, paused, string(body),
	}, nil
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func findRequest(ctx context.Context, q controldb.Querier, id ID) (*Request, error) {
	var body string
	err := q.QueryRowContext(ctx, `SELECT body FROM connection_request WHERE id = ?`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "connection.request_not_found", id)
	}
	if err != nil {
		return nil, fmt.Errorf("find request %s: %w", id, err)
	}
	return decodeRequest(body)
}

func decodeRequest(body string) (*Request, error) {
	var r Request
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return nil, fmt.Errorf("decode request: %w", err)
	}
	return &r, nil
}

// life is what a decision needs: one indexed read.
type life struct {
	state  State
	paused string // class of the reason of a suspension
	from   time.Time
	tuning Tuning
}

func findLife(ctx context.Context, q controldb.Querier, id string) (life, error) {
	var l life
	var from, timeout int64
	err := q.QueryRowContext(ctx, `SELECT state, paused_for, valid_from, page_most, timeout_ms FROM connection_request WHERE id = ?`, id).Scan(&l.state, &l.paused, &from, &l.tuning.PageMost, &timeout)
	if errors.Is(err, sql.ErrNoRows) {
		return life{}, nil // an unknown connection is in no state that allows anything
	}
	if err != nil {
		return life{}, fmt.Errorf("find state of connection %s: %w", id, err)
	}
	l.from, l.tuning.Timeout = time.UnixMicro(from), time.Duration(timeout)*time.Millisecond
	return l, nil
}

// Filter selects requests; empty fields do not filter.
type Filter struct {
	State   State
	Agency  string
	Owner   string
	Dataset string
	System  string
	Number  string // beginning of the number, "2026-0012"
	Waiting string // agency whose move it is
	LateAt  time.Time
	EndedAt time.Time // validity over at that moment
	After   string    // cursor of the page before
	Limit   int

	operator bool   // the agency of Waiting is the platform's operator
	open     bool   // all that is not over yet, everybody's drafts too: for the sweep alone
	viewer   string // whose drafts are shown; drafts of others never are
}

const maxPage = 200

func listRequests(ctx context.Context, q controldb.Querier, f Filter) ([]*Request, error) {
	var where []string
	var args []any
	add := func(clause string, values ...any) {
		where = append(where, clause)
		args = append(args, values...)
	}
	for _, c := range []struct{ clause, value string }{
		{"state = ?", string(f.State)}, {"agency = ?", f.Agency}, {"owner = ?", f.Owner}, {"dataset = ?", f.Dataset}, {"system = ?", f.System}, {"id < ?", f.After},
	} {
		if c.value != "" {
			add(c.clause, c.value)
		}
	}
	if f.Number != "" {
		clause := "number >= ? AND number < ?"
		if len(f.Number) > len("2026-0") { // few fit, so the index of numbers serves, which leaves out drafts; else the order of ids does
			clause = "number <> '' AND " + clause
		}
		add(clause, f.Number, f.Number+"\U0010FFFF")
	}
	if !f.LateAt.IsZero() {
		add("deadline > 0 AND deadline < ?", f.LateAt.UnixMicro())
	}
	if !f.EndedAt.IsZero() {
		add("valid_to > 0 AND valid_to <= ?", f.EndedAt.UnixMicro())
	}
	if f.open {
		add("state NOT IN ('rejected', 'terminated', 'withdrawn')")
	} else {
		add("(state <> 'draft' OR agency = ? OR offered = 1 AND owner = ?)", f.viewer, f.viewer)
	}
	if f.Limit <= 0 || f.Limit > maxPage {
		f.Limit = maxPage
	}
	if f.Waiting != "" {
		where, args = f.waiting(where, args)
	}
	// Ids are UUIDv7, so their order is that of registration.
	rows, err := q.QueryContext(ctx, `SELECT body FROM connection_request WHERE `+strings.Join(where, " AND ")+` ORDER BY id DESC LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	defer rows.Close()
	var out []*Request
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("scan request: %w", err)
		}
		r, err := decodeRequest(body)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// waiting narrows to the requests whose move is the agency's. Each state gives its newest by the order of its index and no
// more than one page: one condition over all states would read and sort every request that waits.
func (f Filter) waiting(where []string, args []any) ([]string, []any) {
	var arms []string
	var all []any
	arm := func(clause string, values ...any) {
		arms = append(arms, `SELECT id FROM (SELECT id FROM connection_request WHERE `+strings.Join(append([]string{clause}, where...), " AND ")+` ORDER BY id DESC LIMIT ?) AS arm`)
		all = append(append(append(all, values...), args...), f.Limit)
	}
	for _, s := range []State{Draft, Returned, Acceptance} {
		arm("agency = ? AND state = ?", f.Waiting, s)
	}
	for _, s := range []State{OwnerOpinion, Acceptance} {
		arm("owner = ? AND state = ?", f.Waiting, s)
	}
	if f.operator {
		for _, s := range []State{Submitted, SecurityCheck, Appraising, Escalated, Approved, Provisioning, Testing, Acceptance, Suspended} {
			arm("state = ?", s)
		}
	}
	return []string{"id IN (" + strings.Join(arms, " UNION ALL ") + ")"}, all
}

// nextNumber counts without gaps inside the caller's transaction.
func nextNumber(ctx context.Context, q controldb.Querier, year int) (int64, error) {
	var n int64
	err := q.QueryRowContext(ctx, `INSERT INTO connection_number (year, last) VALUES (?, 1)
		ON CONFLICT (year) DO UPDATE SET last = connection_number.last + 1 RETURNING last`, year).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("next request number of %d: %w", year, err)
	}
	return n, nil
}
