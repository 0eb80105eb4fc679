package incident

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

const incidentCols = `id, number, kind, severity, state, summary, source, agency, refs, detected_at, changed_at, fingerprint`

func insertIncident(ctx context.Context, q controldb.Querier, i *Incident) error {
	refs, err := json.Marshal(i.Refs)
	if err != nil {
		return fmt.Errorf("encode references of incident %s: %w", i.Number, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO incident_incident (`+incidentCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		i.ID, i.Number, i.Kind, i.Severity, i.State, i.Summary, i.Source, i.Agency, string(refs), i.DetectedAt.UnixMicro(), i.ChangedAt.UnixMicro(), i.fingerprint)
	if err != nil {
		return fmt.Errorf("save incident %s: %w", i.Number, err)
	}
	return nil
}

func scanIncident(row interface{ Scan(...any) error }) (*Incident, error) {
	var i Incident
	var refs string
	var detected, changed int64
	err := row.Scan(&i.ID, &i.Number, &i.Kind, &i.Severity, &i.State, &i.Summary, &i.Source, &i.Agency, &refs, &detected, &changed, &i.fingerprint)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(refs), &i.Refs); err != nil {
		return nil, fmt.Errorf("decode references of incident %s: %w", i.Number, err)
	}
	i.DetectedAt, i.ChangedAt = time.UnixMicro(detected).UTC(), time.UnixMicro(changed).UTC()
	return &i, nil
}

func findIncident(ctx context.Context, q controldb.Querier, id string) (*Incident, error) {
	i, err := scanIncident(q.QueryRowContext(ctx, `SELECT `+incidentCols+` FROM incident_incident WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "incident.not_found", id)
	}
	if err != nil {
		return nil, fmt.Errorf("find incident %s: %w", id, err)
	}
	return i, nil
}

// findOpen finds the open incident of the same kind and fingerprint; ok is false when there is none.
func findOpen(ctx context.Context, q controldb.Querier, kind Kind, fingerprint string) (found *Incident, ok bool, err error) {
	const query = `SELECT ` + incidentCols + ` FROM incident_incident WHERE fingerprint = ? AND kind = ? AND state NOT IN (?, ?) ORDER BY detected_at, id LIMIT 1`
	i, err := scanIncident(q.QueryRowContext(ctx, query, fingerprint, kind, Closed, FalseAlarm))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find open incident: %w", err)
	}
	return i, true, nil
}

// Filter selects incidents; empty fields do not filter.
type Filter struct {
	Kind   Kind
	State  State
	Agency string
	Limit  int
}

func listIncidents(ctx context.Context, q controldb.Querier, f Filter) ([]*Incident, error) {
	query, args := `SELECT `+incidentCols+` FROM incident_incident WHERE 1 = 1`, []any{}
	for _, c := range []struct{ clause, value string }{{" AND kind = ?", string(f.Kind)}, {" AND state = ?", string(f.State)}, {" AND agency = ?", f.Agency}} {
		if c.value != "" {
			query += c.clause
			args = append(args, c.value)
		}
	}
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 500
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY detected_at DESC, id DESC LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	defer rows.Close()
	var out []*Incident
	for rows.Next() {
		i, err := scanIncident(rows)
		if err != nil {
			return nil, fmt.Errorf("scan incident: %w", err)
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

// listOpenMisuse lists the open violations of high or critical severity; there are few at any time.
func listOpenMisuse(ctx context.Context, q controldb.Querier) ([]*Incident, error) {
	const query = `SELECT ` + incidentCols + ` FROM incident_incident WHERE kind = ? AND state NOT IN (?, ?) AND severity IN (?, ?) ORDER BY detected_at, id`
	rows, err := q.QueryContext(ctx, query, Misuse, Closed, FalseAlarm, High, Critical)
	if err != nil {
		return nil, fmt.Errorf("list open violations: %w", err)
	}
	defer rows.Close()
	var out []*Incident
	for rows.Next() {
		i, err := scanIncident(rows)
		if err != nil {
			return nil, fmt.Errorf("scan incident: %w", err)
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

func setState(ctx context.Context, q controldb.Querier, id string, to State, at time.Time) error {
	_, err := q.ExecContext(ctx, `UPDATE incident_incident SET state = ?, changed_at = ? WHERE id = ?`, to, at.UnixMicro(), id)
	if err != nil {
		return fmt.Errorf("change state of incident %s: %w", id, err)
	}
	return nil
}

func insertStep(ctx context.Context, q controldb.Querier, incident string, s Step) error {
	_, err := q.ExecContext(ctx, `INSERT INTO incident_step (id, incident_id, from_state, to_state, who, who_name, agency, at, comment)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, ids.New(), incident, s.From, s.To, s.Who, s.WhoName, s.Agency, s.At.UnixMicro(), s.Comment)
	if err != nil {
		return fmt.Errorf("save step of incident %s: %w", incident, err)
	}
	return nil
}

func listSteps(ctx context.Context, q controldb.Querier, incident string) ([]Step, error) {
	rows, err := q.QueryContext(ctx, `SELECT from_state, to_state, who, who_name, agency, at, comment FROM incident_step WHERE incident_id = ? ORDER BY at, id`, incident)
	if err != nil {
		return nil, fmt.Errorf("list steps of incident %s: %w", incident, err)
	}
	defer rows.Close()
	var out []Step
	for rows.Next() {
		var s Step
		var at int64
		if err := rows.Scan(&s.From, &s.To, &s.Who, &s.WhoName, &s.Agency, &at, &s.Comment); err != nil {
			return nil, fmt.Errorf("scan step: %w", err)
		}
		s.At = time.UnixMicro(at).UTC()
		out = append(out, s)
	}
	return out, rows.Err()
}

func nextNumber(ctx context.Context, q controldb.Querier, year int) (string, error) {
	var n int64
	err := q.QueryRowContext(ctx, `INSERT INTO incident_number (year, last) VALUES (?, 1)
		ON CONFLICT (year) DO UPDATE SET last = incident_number.last + 1 RETURNING last`, year).Scan(&n)
	if err != nil {
		return "", fmt.Errorf("next incident number: %w", err)
	}
	return fmt.Sprintf("%d-%04d/SC", year, n), nil
}

// CountOpen counts the incidents that are not closed by their kind, for monitoring.
func CountOpen(ctx context.Context, q controldb.Querier) (map[Kind]int64, error) {
	const query = `SELECT kind, count(*) FROM incident_incident WHERE state NOT IN (?, ?) GROUP BY kind ORDER BY kind`
	rows, err := q.QueryContext(ctx, query, Closed, FalseAlarm)
	if err != nil {
		return nil, fmt.Errorf("count open incidents: %w", err)
	}
	defer rows.Close()
	counts := map[Kind]int64{}
	for rows.Next() {
		var kind Kind
		var n int64
		if err := rows.Scan(&kind, &n); err != nil {
			return nil, fmt.Errorf("count open incidents: %w", err)
		}
		counts[kind] = n
	}
	return counts, rows.Err()
}
