package obligation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/vitext"
)

// Filter selects findings; empty fields do not filter. Light without Kind means any obligation.
type Filter struct {
	Owner string
	Kind  Kind
	Light Light
	Text  string // part of code or name, without diacritics
	After string // code of the last dataset of the page before
	Limit int
}

const maxPage = 1000

func scanStanding(row interface{ Scan(...any) error }) (*Standing, error) {
	var body string
	if err := row.Scan(&body); err != nil {
		return nil, err
	}
	var s Standing
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	return &s, nil
}

func readStandings(ctx context.Context, q controldb.Querier, query string, args ...any) ([]*Standing, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list findings: %w", err)
	}
	defer rows.Close()
	var out []*Standing
	for rows.Next() {
		s, err := scanStanding(rows)
		if err != nil {
			return nil, fmt.Errorf("list findings: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func loadStandings(ctx context.Context, q controldb.Querier) (map[string]*Standing, error) {
	all, err := readStandings(ctx, q, `SELECT body FROM obligation_state`)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Standing, len(all))
	for _, s := range all {
		out[s.Dataset] = s
	}
	return out, nil
}

func saveStanding(ctx context.Context, q controldb.Querier, s *Standing) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the findings of %s: %w", s.Dataset, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO obligation_state (dataset, name, owner, decision, connected, standardised, updated, quality, body, search, sort_key, changed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (dataset) DO UPDATE SET name = excluded.name, owner = excluded.owner, decision = excluded.decision, connected = excluded.connected,
			standardised = excluded.standardised, updated = excluded.updated, quality = excluded.quality, body = excluded.body, search = excluded.search,
			sort_key = excluded.sort_key, changed_at = excluded.changed_at`,
		s.Dataset, s.Name, s.Owner, s.Decision, string(s.Findings[Connected].Light), string(s.Findings[Standardised].Light), string(s.Findings[Updated].Light),
		string(s.Findings[Quality].Light), string(body), vitext.Fold(s.Dataset+" "+s.Name), vitext.SortKey(s.Name), s.ChangedAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("keep the findings of %s: %w", s.Dataset, err)
	}
	return nil
}

func dropStanding(ctx context.Context, q controldb.Querier, dataset string) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM obligation_state WHERE dataset = ?`, dataset); err != nil {
		return fmt.Errorf("drop the findings of %s: %w", dataset, err)
	}
	return nil
}

// saveDay copies what is found now as the findings of the day.
func saveDay(ctx context.Context, q controldb.Querier, day string) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM obligation_day WHERE day = ?`, day); err != nil {
		return fmt.Errorf("keep the findings of %s: %w", day, err)
	}
	_, err := q.ExecContext(ctx, `INSERT INTO obligation_day (day, dataset, owner, lights)
		SELECT CAST(? AS TEXT), dataset, owner, substr(connected, 1, 1) || substr(standardised, 1, 1) || substr(updated, 1, 1) || substr(quality, 1, 1) FROM obligation_state`, day)
	if err != nil {
		return fmt.Errorf("keep the findings of %s: %w", day, err)
	}
	return nil
}

func (f Filter) clauses() (where []string, args []any) {
	add := func(clause string, values ...any) { where, args = append(where, clause), append(args, values...) }
	if f.Owner != "" {
		add("owner = ?", f.Owner)
	}
	if f.Text != "" {
		add("search LIKE ? ESCAPE '!'", "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(vitext.Fold(f.Text))+"%")
	}
	if f.Light == "" {
		return where, args
	}
	switch f.Kind { // names of columns are ours, never the caller's
	case Connected, Standardised, Updated, Quality:
		add(string(f.Kind)+" = ?", string(f.Light))
	default:
		l := string(f.Light)
		add("(connected = ? OR standardised = ? OR updated = ? OR quality = ?)", l, l, l, l)
	}
	return where, args
}

func whereOf(where []string) string {
	if len(where) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(where, " AND ")
}

func listStandings(ctx context.Context, q controldb.Querier, f Filter) ([]*Standing, error) {
	where, args := f.clauses()
	if f.After != "" {
		where, args = append(where, "(sort_key, dataset) > (SELECT sort_key, dataset FROM obligation_state WHERE dataset = ?)"), append(args, f.After)
	}
	if f.Limit <= 0 || f.Limit > maxPage {
		f.Limit = maxPage
	}
	return readStandings(ctx, q, `SELECT body FROM obligation_state`+whereOf(where)+` ORDER BY sort_key, dataset LIMIT ?`, append(args, f.Limit)...)
}

// Count is how many datasets stand how with one obligation.
type Count map[Light]int

// AgencyTotal are the findings of one agency.
type AgencyTotal struct {
	Owner    string         `json:"owner"`
	Datasets int            `json:"datasets"`
	Kinds    map[Kind]Count `json:"kinds"`
}

// Totals are the findings that a filter selects.
type Totals struct {
	AgencyTotal
	Agencies []AgencyTotal `json:"agencies"`
}

func countStandings(ctx context.Context, q controldb.Querier, f Filter) (Totals, error) {
	where, args := f.clauses()
	t := Totals{AgencyTotal: newTotal("")}
	rows, err := q.QueryContext(ctx, `SELECT owner, connected, standardised, updated, quality, count(*) FROM obligation_state`+whereOf(where)+
		` GROUP BY owner, connected, standardised, updated, quality ORDER BY owner`, args...)
	if err != nil {
		return t, fmt.Errorf("count findings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var owner string
		var lights [4]Light
		var n int
		if err := rows.Scan(&owner, &lights[0], &lights[1], &lights[2], &lights[3], &n); err != nil {
			return t, fmt.Errorf("count findings: %w", err)
		}
		if len(t.Agencies) == 0 || t.Agencies[len(t.Agencies)-1].Owner != owner {
			t.Agencies = append(t.Agencies, newTotal(owner))
		}
		for _, one := range []*AgencyTotal{&t.AgencyTotal, &t.Agencies[len(t.Agencies)-1]} {
			one.Datasets += n
			for i, k := range Kinds() {
				one.Kinds[k][lights[i]] += n
			}
		}
	}
	return t, rows.Err()
}

func newTotal(owner string) AgencyTotal {
	t := AgencyTotal{Owner: owner, Kinds: map[Kind]Count{}}
	for _, k := range Kinds() {
		t.Kinds[k] = Count{}
	}
	return t
}

// DayFindings are the lights of a dataset at the end of a day, one letter for each obligation in the order of Kinds.
type DayFindings struct {
	Day    string
	Lights string
}

// Days lists the kept findings of a dataset, the oldest first, since a day.
func (s *Service) Days(ctx context.Context, dataset string, from time.Time) ([]DayFindings, error) {
	if _, err := s.prepared(ctx, Filter{}); err != nil {
		return nil, err
	}
	rows, err := s.DB.QueryContext(ctx, `SELECT day, lights FROM obligation_day WHERE dataset = ? AND day >= ? ORDER BY day`, dataset, from.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("list the days of %s: %w", dataset, err)
	}
	defer rows.Close()
	var out []DayFindings
	for rows.Next() {
		var d DayFindings
		if err := rows.Scan(&d.Day, &d.Lights); err != nil {
			return nil, fmt.Errorf("list the days of %s: %w", dataset, err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}
