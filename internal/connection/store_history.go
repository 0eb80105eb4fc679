package connection

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

func insertStep(ctx context.Context, q controldb.Querier, id ID, s *Step) error {
	if err := q.QueryRowContext(ctx, `SELECT count(*) + 1 FROM connection_step WHERE request_id = ?`, id).Scan(&s.Seq); err != nil {
		return fmt.Errorf("count steps of %s: %w", id, err)
	}
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode step of %s: %w", id, err)
	}
	late := 0
	if s.Late {
		late = 1
	}
	_, err = q.ExecContext(ctx, `INSERT INTO connection_step (request_id, seq, action, from_state, to_state, account, agency, at, phase, used_days, limit_days, late, route, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, s.Seq, s.Action, s.From, s.To, s.By.Account, s.By.Agency, s.At.UnixMicro(), s.Phase, s.Used, s.Limit, late, s.Route, string(body))
	if err != nil {
		return fmt.Errorf("save step of %s: %w", id, err)
	}
	if s.Phase == "" || s.From == s.To {
		return nil
	}
	return addDuration(ctx, q, s, late)
}

// addDuration adds a step that left a phase to the sums of the phase and the agency that ended it.
func addDuration(ctx context.Context, q controldb.Querier, s *Step, late int) error {
	_, err := q.ExecContext(ctx, `INSERT INTO connection_duration (route, phase, agency, count, days, late) VALUES (?, ?, ?, 1, ?, ?)
		ON CONFLICT (route, phase, agency) DO UPDATE SET count = connection_duration.count + 1, days = connection_duration.days + excluded.days,
		late = connection_duration.late + excluded.late`, s.Route, s.Phase, s.By.Agency, s.Used, late)
	if err != nil {
		return fmt.Errorf("add duration of %s: %w", s.Phase, err)
	}
	return nil
}

func listSteps(ctx context.Context, q controldb.Querier, id ID) ([]Step, error) {
	return listBodies[Step](ctx, q, "steps", `SELECT body FROM connection_step WHERE request_id = ? ORDER BY seq`, id)
}

func insertConfig(ctx context.Context, q controldb.Querier, c *Config) error {
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode configuration of %s: %w", c.Request, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO connection_config (request_id, version, made_by, made_at, body) VALUES (?, ?, ?, ?, ?)`,
		c.Request, c.Version, c.By.Account, c.At.UnixMicro(), string(body))
	if err != nil {
		return fmt.Errorf("save configuration %d of %s: %w", c.Version, c.Request, err)
	}
	return nil
}

func findConfig(ctx context.Context, q controldb.Querier, id ID, version int64) (Config, error) {
	c, found, err := oneBody[Config](ctx, q, "configuration", `SELECT body FROM connection_config WHERE request_id = ? AND version = ?`, id, version)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "connection.config_not_found", version)
	}
	return c, err
}

func listConfigs(ctx context.Context, q controldb.Querier, id ID) ([]Config, error) {
	return listBodies[Config](ctx, q, "configurations", `SELECT body FROM connection_config WHERE request_id = ? ORDER BY version`, id)
}

func insertReview(ctx context.Context, q controldb.Querier, id ID, r Review) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode review of %s: %w", id, err)
	}
	var seq int64
	if err := q.QueryRowContext(ctx, `SELECT count(*) + 1 FROM connection_review WHERE request_id = ? AND version = ?`, id, r.Version).Scan(&seq); err != nil {
		return fmt.Errorf("count reviews of %s: %w", id, err)
	}
	ok := 0
	if r.OK {
		ok = 1
	}
	_, err = q.ExecContext(ctx, `INSERT INTO connection_review (request_id, version, seq, made_by, made_at, ok, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, r.Version, seq, r.By.Account, r.At.UnixMicro(), ok, string(body))
	if err != nil {
		return fmt.Errorf("save review of %s: %w", id, err)
	}
	return nil
}

func newestReview(ctx context.Context, q controldb.Querier, id ID, version int64) (Review, bool, error) {
	return oneBody[Review](ctx, q, "review", `SELECT body FROM connection_review WHERE request_id = ? AND version = ? ORDER BY seq DESC LIMIT 1`, id, version)
}

func insertRun(ctx context.Context, q controldb.Querier, r *Run) error {
	if err := q.QueryRowContext(ctx, `SELECT count(*) + 1 FROM connection_run WHERE request_id = ?`, r.Request).Scan(&r.Seq); err != nil {
		return fmt.Errorf("count test runs of %s: %w", r.Request, err)
	}
	if err := r.seal(); err != nil {
		return err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode test run of %s: %w", r.Request, err)
	}
	passed := 0
	if r.Passed {
		passed = 1
	}
	_, err = q.ExecContext(ctx, `INSERT INTO connection_run (request_id, seq, config, ended_at, passed, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.Request, r.Seq, r.Config, r.Ended.UnixMicro(), passed, r.Hash, string(body))
	if err != nil {
		return fmt.Errorf("save test run of %s: %w", r.Request, err)
	}
	return nil
}

func newestRun(ctx context.Context, q controldb.Querier, id ID) (Run, bool, error) {
	return oneBody[Run](ctx, q, "test run", `SELECT body FROM connection_run WHERE request_id = ? ORDER BY seq DESC LIMIT 1`, id)
}

func listRuns(ctx context.Context, q controldb.Querier, id ID) ([]Run, error) {
	return listBodies[Run](ctx, q, "test runs", `SELECT body FROM connection_run WHERE request_id = ? ORDER BY seq DESC LIMIT 50`, id)
}

// Duration says how long one phase of a process took, over all requests (Điều 12.1).
type Duration struct {
	Route  Route  `json:"route"`
	Phase  Phase  `json:"phase"`
	Agency string `json:"agency"` // of the one who ended the phase
	Count  int64  `json:"count"`
	Days   int64  `json:"days"` // working days in all
	Late   int64  `json:"late"`
}

func listDurations(ctx context.Context, q controldb.Querier) ([]Duration, error) {
	rows, err := q.QueryContext(ctx, `SELECT route, phase, agency, count, days, late FROM connection_duration ORDER BY route, phase, agency LIMIT 2000`)
	if err != nil {
		return nil, fmt.Errorf("list durations: %w", err)
	}
	defer rows.Close()
	var out []Duration
	for rows.Next() {
		var d Duration
		if err := rows.Scan(&d.Route, &d.Phase, &d.Agency, &d.Count, &d.Days, &d.Late); err != nil {
			return nil, fmt.Errorf("scan duration: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

func oneBody[T any](ctx context.Context, q controldb.Querier, what, query string, args ...any) (T, bool, error) {
	var v T
	var body string
	err := q.QueryRowContext(ctx, query, args...).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("find %s: %w", what, err)
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return v, false, fmt.Errorf("decode %s: %w", what, err)
	}
	return v, true, nil
}

func listBodies[T any](ctx context.Context, q controldb.Querier, what, query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", what, err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("scan %s: %w", what, err)
		}
		var v T
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			return nil, fmt.Errorf("decode %s: %w", what, err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
