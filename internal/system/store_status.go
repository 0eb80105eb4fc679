package system

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// statusRow is the kept status of a system.
type statusRow struct {
	System  string
	Status  Status
	Since   time.Time
	LastAt  time.Time
	LastWay string
	Listed  string
	Need    Need
}

func listStatusRows(ctx context.Context, q controldb.Querier) (map[string]statusRow, error) {
	rows, err := q.QueryContext(ctx, `SELECT system_id, status, since, last_at, last_way, listed, need FROM system_status`)
	if err != nil {
		return nil, fmt.Errorf("list statuses: %w", err)
	}
	defer rows.Close()
	out := map[string]statusRow{}
	for rows.Next() {
		var r statusRow
		var since, last int64
		if err := rows.Scan(&r.System, &r.Status, &since, &last, &r.LastWay, &r.Listed, &r.Need); err != nil {
			return nil, fmt.Errorf("list statuses: %w", err)
		}
		r.Since, r.LastAt = moment(since), moment(last)
		out[r.System] = r
	}
	return out, rows.Err()
}

func saveStatus(ctx context.Context, q controldb.Querier, r statusRow) error {
	_, err := q.ExecContext(ctx, `INSERT INTO system_status (system_id, status, since, last_at, last_way, listed, need) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (system_id) DO UPDATE SET status = excluded.status, since = excluded.since, last_at = excluded.last_at, last_way = excluded.last_way,
			listed = excluded.listed, need = excluded.need`,
		r.System, string(r.Status), micro(r.Since), micro(r.LastAt), r.LastWay, r.Listed, string(r.Need))
	if err != nil {
		return fmt.Errorf("keep the status of %s: %w", r.System, err)
	}
	return nil
}

// countDay keeps how many systems stand how at the moment, as the state of the day.
func countDay(ctx context.Context, q controldb.Querier, day string) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM system_status_day WHERE day = ?`, day); err != nil {
		return fmt.Errorf("count the statuses of %s: %w", day, err)
	}
	_, err := q.ExecContext(ctx, `INSERT INTO system_status_day (day, listed, status, number)
		SELECT ?, CASE WHEN listed = '' THEN 0 ELSE 1 END, status, count(*) FROM system_status GROUP BY 2, status`, day)
	if err != nil {
		return fmt.Errorf("count the statuses of %s: %w", day, err)
	}
	return nil
}

func listDays(ctx context.Context, q controldb.Querier, listed bool, from string) ([]DayCount, error) {
	only := 0
	if listed {
		only = 1
	}
	rows, err := q.QueryContext(ctx, `SELECT day, status, SUM(number) FROM system_status_day WHERE day >= ? AND listed >= ? GROUP BY day, status ORDER BY day, status`, from, only)
	if err != nil {
		return nil, fmt.Errorf("list statuses by day: %w", err)
	}
	defer rows.Close()
	var out []DayCount
	for rows.Next() {
		var day string
		var status Status
		var n int
		if err := rows.Scan(&day, &status, &n); err != nil {
			return nil, fmt.Errorf("list statuses by day: %w", err)
		}
		if len(out) == 0 || out[len(out)-1].Day != day {
			out = append(out, DayCount{Day: day, Number: map[Status]int{}})
		}
		out[len(out)-1].Number[status] = n
	}
	return out, rows.Err()
}

const planCols = `target_at, steps, obstacles, set_by, set_name, set_at, revision`

func scanPlan(row interface{ Scan(...any) error }, before ...any) (Plan, error) {
	var p Plan
	var target, set int64
	err := row.Scan(append(before, &target, &p.Steps, &p.Obstacles, &p.SetBy, &p.SetName, &set, &p.Revision)...)
	p.TargetAt, p.SetAt = moment(target), moment(set)
	return p, err
}

func findPlan(ctx context.Context, q controldb.Querier, system string) (p Plan, has bool, err error) {
	p, err = scanPlan(q.QueryRowContext(ctx, `SELECT `+planCols+` FROM system_plan WHERE system_id = ?`, system))
	if errors.Is(err, sql.ErrNoRows) {
		return Plan{}, false, nil
	}
	if err != nil {
		return Plan{}, false, fmt.Errorf("find the plan of %s: %w", system, err)
	}
	return p, true, nil
}

func listPlans(ctx context.Context, q controldb.Querier) (map[string]*Plan, error) {
	rows, err := q.QueryContext(ctx, `SELECT system_id, `+planCols+` FROM system_plan`)
	if err != nil {
		return nil, fmt.Errorf("list plans: %w", err)
	}
	defer rows.Close()
	out := map[string]*Plan{}
	for rows.Next() {
		var id string
		p, err := scanPlan(rows, &id)
		if err != nil {
			return nil, fmt.Errorf("list plans: %w", err)
		}
		out[id] = &p
	}
	return out, rows.Err()
}

func savePlan(ctx context.Context, q controldb.Querier, system string, p Plan) error {
	_, err := q.ExecContext(ctx, `INSERT INTO system_plan (system_id, `+planCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (system_id) DO UPDATE SET target_at = excluded.target_at, steps = excluded.steps, obstacles = excluded.obstacles, set_by = excluded.set_by,
			set_name = excluded.set_name, set_at = excluded.set_at, revision = excluded.revision`,
		system, micro(p.TargetAt), p.Steps, p.Obstacles, p.SetBy, p.SetName, micro(p.SetAt), p.Revision)
	if err != nil {
		return fmt.Errorf("save the plan of %s: %w", system, err)
	}
	return nil
}
