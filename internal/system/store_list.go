package system

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/vitext"
)

// Filter selects systems; empty fields do not filter. Text is searched without diacritics.
type Filter struct {
	Owner    string
	Category Category
	Text     string
	Status   Status
	Level    LevelState
	Waiting  bool   // a dossier waits for the operator
	Listed   bool   // in the list of mandatory systems in force
	Need     bool   // its agency owes a plan or a connection
	After    string // id of the last of the page before
	Limit    int

	mine string    // agency that owns the system or made it; set for a vendor
	at   time.Time // for Level
}

const maxPage = 1000

// clauses of all filters but group and status, which have counts of their own.
func (f Filter) clauses() (where []string, args []any) {
	add := func(clause string, values ...any) { where, args = append(where, clause), append(args, values...) }
	if f.Owner != "" {
		add("s.owner = ?", f.Owner)
	}
	if f.mine != "" {
		add("(s.owner = ? OR s.vendor = ?)", f.mine, f.mine)
	}
	if f.Text != "" {
		add("s.search LIKE ? ESCAPE '!'", "%"+likeText(vitext.Fold(f.Text))+"%")
	}
	if f.Listed {
		add("t.listed <> ''")
	}
	if f.Need {
		add("t.need <> ''")
	}
	if f.Waiting {
		add("s.id IN (SELECT system_id FROM system_level WHERE state = 'proposed')")
	}
	now, soon := micro(f.at), micro(f.at.Add(Soon))
	switch f.Level {
	case LevelNone:
		add("s.level = 0 AND s.exception_level = 0")
	case LevelValid:
		add("s.level > 0 AND s.level_valid_to > ?", soon)
	case LevelExpiring:
		add("s.level > 0 AND s.level_valid_to > ? AND s.level_valid_to <= ?", now, soon)
	case LevelException:
		add("s.exception_level > 0 AND s.exception_to > ? AND (s.level = 0 OR s.level_valid_to <= ?)", now, now)
	case LevelLapsed:
		add("(s.level > 0 OR s.exception_level > 0) AND s.level_valid_to <= ? AND s.exception_to <= ?", now, now)
	}
	return where, args
}

func (f Filter) limit() int {
	if f.Limit <= 0 || f.Limit > maxPage {
		return maxPage
	}
	return f.Limit
}

const fromStandings = ` FROM system_system s LEFT JOIN system_status t ON t.system_id = s.id`

// whereOf joins the clauses of a filter; everything when there is none.
func whereOf(where []string) string {
	if len(where) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(where, " AND ")
}

// qualified are the columns of a system under the name of its table.
func qualified() string {
	names := strings.Fields(strings.ReplaceAll(systemCols, ",", " "))
	return "s." + strings.Join(names, ", s.")
}

func listSystems(ctx context.Context, q controldb.Querier, f Filter) ([]*System, error) {
	list, err := listStandings(ctx, q, f)
	out := make([]*System, len(list))
	for i, s := range list {
		out[i] = &s.System
	}
	return out, err
}

// allSystems, whatever a page may show.
func allSystems(ctx context.Context, q controldb.Querier) ([]*System, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+systemCols+` FROM system_system ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list all systems: %w", err)
	}
	defer rows.Close()
	var out []*System
	for rows.Next() {
		s, err := scanSystem(rows)
		if err != nil {
			return nil, fmt.Errorf("list all systems: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

const statusCols = `COALESCE(t.status, ''), COALESCE(t.since, 0), COALESCE(t.last_at, 0), COALESCE(t.last_way, ''), COALESCE(t.listed, ''), COALESCE(t.need, '')`

// scanStanding reads a system and its status.
type standingRow struct {
	row interface{ Scan(...any) error }
	out *Standing
}

func (r standingRow) Scan(dst ...any) error {
	var since, last int64
	err := r.row.Scan(append(dst, &r.out.Status, &since, &last, &r.out.LastWay, &r.out.Listed, &r.out.Need)...)
	r.out.Since, r.out.LastSuccess = moment(since), moment(last)
	return err
}

func scanStanding(row interface{ Scan(...any) error }) (*Standing, error) {
	var out Standing
	s, err := scanSystem(standingRow{row, &out})
	if err != nil {
		return nil, err
	}
	out.System = *s
	if out.Status == "" { // registered a moment ago
		out.Status, out.Since = NotConnected, s.CreatedAt
	}
	return &out, nil
}

func listStandings(ctx context.Context, q controldb.Querier, f Filter) ([]*Standing, error) {
	where, args := f.clauses()
	if f.Category != "" {
		where, args = append(where, "s.category = ?"), append(args, string(f.Category))
	}
	if f.Status != "" {
		where, args = append(where, "COALESCE(t.status, 'not_connected') = ?"), append(args, string(f.Status))
	}
	if f.After != "" {
		where, args = append(where, "(s.sort_key, s.id) > (SELECT sort_key, id FROM system_system WHERE id = ?)"), append(args, f.After)
	}
	rows, err := q.QueryContext(ctx, `SELECT `+qualified()+`, `+statusCols+fromStandings+whereOf(where)+` ORDER BY s.sort_key, s.id LIMIT ?`, append(args, f.limit())...)
	if err != nil {
		return nil, fmt.Errorf("list systems: %w", err)
	}
	defer rows.Close()
	var out []*Standing
	for rows.Next() {
		s, err := scanStanding(rows)
		if err != nil {
			return nil, fmt.Errorf("scan system: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func findStanding(ctx context.Context, q controldb.Querier, sys *System) (*Standing, error) {
	out, err := scanStanding(q.QueryRowContext(ctx, `SELECT `+qualified()+`, `+statusCols+fromStandings+` WHERE s.id = ?`, sys.ID))
	if err != nil {
		return nil, fmt.Errorf("find the status of %s: %w", sys.ID, err)
	}
	p, has, err := findPlan(ctx, q, sys.ID)
	if has {
		out.Plan = &p
	}
	return out, err
}

// countStandings counts by group and by status what the other filters select: a group's count respects the chosen status
// and the other way round.
func countStandings(ctx context.Context, q controldb.Querier, f Filter) (Counts, error) {
	c := Counts{Category: map[Category]int{}, Status: map[Status]int{}}
	where, args := f.clauses()
	rows, err := q.QueryContext(ctx, `SELECT s.category, COALESCE(t.status, 'not_connected'), count(*)`+fromStandings+whereOf(where)+` GROUP BY 1, 2`, args...)
	if err != nil {
		return c, fmt.Errorf("count systems: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var group Category
		var status Status
		var n int
		if err := rows.Scan(&group, &status, &n); err != nil {
			return c, fmt.Errorf("count systems: %w", err)
		}
		if f.Status == "" || f.Status == status {
			c.Category[group] += n
		}
		if f.Category == "" || f.Category == group {
			c.Status[status] += n
		}
		if (f.Status == "" || f.Status == status) && (f.Category == "" || f.Category == group) {
			c.All += n
		}
	}
	return c, rows.Err()
}
