package access

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

const grantCols = `id, version, number, subject_type, subject_id, agency, level, dataset, schema_version, scope,
	request_id, legal_basis, approved_by, valid_from, valid_to, status, policy_version, held_by`

// scope is the part of a grant that SQL never looks into.
type scope struct {
	Purposes   []string   `json:"purposes"`
	Columns    []Column   `json:"columns"`
	Rows       []RowRule  `json:"rows,omitempty"`
	Operations []string   `json:"operations,omitempty"`
	Recipients []string   `json:"recipients,omitempty"`
	Conditions Conditions `json:"conditions"`
	Connection string     `json:"connection"`
}

func insertGrant(ctx context.Context, q controldb.Querier, g *Grant, now time.Time) error {
	body, err := json.Marshal(scope{g.Purposes, g.Columns, g.Rows, g.Operations, g.Recipients, g.Conditions, g.Connection})
	if err != nil {
		return fmt.Errorf("encode grant %s: %w", g.Number, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO access_grant (`+grantCols+`, created_at, ended_at, end_reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')`,
		g.ID, g.Version, g.Number, g.Subject.Type, g.Subject.ID, g.Agency, g.Level, g.Dataset, g.SchemaVersion, string(body),
		g.RequestID, g.LegalBasis, g.ApprovedBy, g.ValidFrom.UnixMicro(), g.ValidTo.UnixMicro(), g.Status, g.PolicyVersion, g.HeldBy, now.UnixMicro())
	if err != nil {
		return fmt.Errorf("save grant %s: %w", g.Number, err)
	}
	return nil
}

type scanner interface{ Scan(dest ...any) error }

func scanGrant(row scanner) (Grant, error) {
	var g Grant
	var body string
	var from, to int64
	err := row.Scan(&g.ID, &g.Version, &g.Number, &g.Subject.Type, &g.Subject.ID, &g.Agency, &g.Level, &g.Dataset, &g.SchemaVersion, &body,
		&g.RequestID, &g.LegalBasis, &g.ApprovedBy, &from, &to, &g.Status, &g.PolicyVersion, &g.HeldBy)
	if err != nil {
		return g, err
	}
	var s scope
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		return g, fmt.Errorf("decode grant %s: %w", g.Number, err)
	}
	g.Purposes, g.Columns, g.Rows, g.Operations, g.Recipients, g.Conditions, g.Connection = s.Purposes, s.Columns, s.Rows, s.Operations, s.Recipients, s.Conditions, s.Connection
	g.ValidFrom, g.ValidTo = time.UnixMicro(from).UTC(), time.UnixMicro(to).UTC()
	return g, nil
}

func findGrant(ctx context.Context, q controldb.Querier, id string) (Grant, error) {
	g, err := scanGrant(q.QueryRowContext(ctx, `SELECT `+grantCols+` FROM access_grant WHERE id = ? ORDER BY version DESC LIMIT 1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return g, fault.New(fault.NotFound, "access.grant_not_found", id)
	}
	if err != nil {
		return g, fmt.Errorf("find grant %s: %w", id, err)
	}
	return g, nil
}

// GrantFilter selects grants; empty fields do not filter.
type GrantFilter struct {
	SubjectType SubjectType
	SubjectID   string
	Dataset     string
	Agency      string
	RequestID   string
	Limit       int

	party string   // agency whose own grants are listed, with those on
	owned []string // its datasets; empty party: of everybody
}

func listGrants(ctx context.Context, q controldb.Querier, f GrantFilter) ([]Grant, error) {
	query, args := `SELECT `+grantCols+` FROM access_grant g WHERE version = (SELECT max(version) FROM access_grant l WHERE l.id = g.id)`, []any{}
	for _, c := range []struct{ clause, value string }{
		{" AND subject_type = ?", string(f.SubjectType)}, {" AND subject_id = ?", f.SubjectID},
		{" AND dataset = ?", f.Dataset}, {" AND agency = ?", f.Agency}, {" AND request_id = ?", f.RequestID},
	} {
		if c.value != "" {
			query += c.clause
			args = append(args, c.value)
		}
	}
	if f.party != "" {
		query += " AND (agency = ?"
		args = append(args, f.party)
		if len(f.owned) > 0 {
			query += " OR dataset IN (" + marks(len(f.owned)) + ")"
			for _, code := range f.owned {
				args = append(args, code)
			}
		}
		query += ")"
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 1000
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY number, id LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list grants: %w", err)
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

// marks are the place holders of a list of n values.
func marks(n int) string { return "?" + strings.Repeat(", ?", n-1) }

// listLiveGrants are all grants that have not ended.
func listLiveGrants(ctx context.Context, q controldb.Querier) ([]Grant, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+grantCols+` FROM access_grant g
		WHERE status <> ? AND version = (SELECT max(version) FROM access_grant l WHERE l.id = g.id) ORDER BY number, id`, GrantEnded)
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

func setGrantStatus(ctx context.Context, q controldb.Querier, id string, status GrantStatus, held, reason string, now time.Time) error {
	ended := int64(0)
	if status == GrantEnded {
		ended = now.UnixMicro()
	}
	_, err := q.ExecContext(ctx, `UPDATE access_grant SET status = ?, held_by = ?, end_reason = ?, ended_at = ? WHERE id = ?`, status, held, reason, ended, id)
	if err != nil {
		return fmt.Errorf("change status of grant %s: %w", id, err)
	}
	return nil
}

// nextNumber counts without gaps inside the caller's transaction.
func nextNumber(ctx context.Context, q controldb.Querier, name string) (int64, error) {
	var n int64
	err := q.QueryRowContext(ctx, `INSERT INTO access_number (name, last) VALUES (?, 1)
		ON CONFLICT (name) DO UPDATE SET last = access_number.last + 1 RETURNING last`, name).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("next number of %s: %w", name, err)
	}
	return n, nil
}
