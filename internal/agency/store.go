package agency

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
	"lienthong/internal/kit/vitext"
)

const agencyCols = `code, name, kind, parent, commune, sponsor, commitment, valid_from, valid_to, created_at, changed_at`

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

func scanAgency(row interface{ Scan(...any) error }) (*Agency, error) {
	var a Agency
	var from, to, created, changed int64
	if err := row.Scan(&a.Code, &a.Name, &a.Kind, &a.Parent, &a.Commune, &a.Sponsor, &a.Commitment, &from, &to, &created, &changed); err != nil {
		return nil, err
	}
	a.ValidFrom, a.ValidTo, a.CreatedAt, a.ChangedAt = moment(from), moment(to), moment(created), moment(changed)
	return &a, nil
}

func saveAgency(ctx context.Context, q controldb.Querier, a *Agency) error {
	_, err := q.ExecContext(ctx, `INSERT INTO agency_agency (`+agencyCols+`, name_key, search, sort_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, parent = excluded.parent, commune = excluded.commune,
			sponsor = excluded.sponsor, commitment = excluded.commitment, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
			changed_at = excluded.changed_at, name_key = excluded.name_key, search = excluded.search, sort_key = excluded.sort_key`,
		a.Code, a.Name, a.Kind, a.Parent, a.Commune, a.Sponsor, a.Commitment, micro(a.ValidFrom), micro(a.ValidTo), micro(a.CreatedAt), micro(a.ChangedAt),
		vitext.Key(a.Name), vitext.Fold(a.Code+" "+a.Name), vitext.SortKey(a.Name))
	if err != nil {
		return fmt.Errorf("save agency %s: %w", a.Code, err)
	}
	return nil
}

func findAgency(ctx context.Context, q controldb.Querier, code string) (*Agency, error) {
	a, err := scanAgency(q.QueryRowContext(ctx, `SELECT `+agencyCols+` FROM agency_agency WHERE code = ?`, code))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "agency.not_found", code)
	}
	if err != nil {
		return nil, fmt.Errorf("find agency %s: %w", code, err)
	}
	return a, nil
}

// Filter selects agencies; empty fields do not filter. Text is searched without diacritics.
type Filter struct {
	Kind   Kind
	Parent string
	Text   string
	At     time.Time // existing at that moment; zero for all that ever did
	Ranked bool      // only those that the province ranks and inspects unless a ranking or a plan says otherwise
	Limit  int
}

// Most agencies of one answer, and of the whole tree, which rules look at and must see whole.
const (
	listMost = 5_000
	treeMost = 200_000
)

func listAgencies(ctx context.Context, q controldb.Querier, f Filter) ([]*Agency, error) {
	if f.Limit <= 0 || f.Limit > listMost {
		f.Limit = listMost
	}
	return queryAgencies(ctx, q, f)
}

func queryAgencies(ctx context.Context, q controldb.Querier, f Filter) ([]*Agency, error) {
	query, args := `SELECT `+agencyCols+` FROM agency_agency WHERE 1 = 1`, []any{}
	add := func(clause string, values ...any) { query, args = query+clause, append(args, values...) }
	if f.Kind != "" {
		add(` AND kind = ?`, f.Kind)
	}
	if f.Ranked {
		var marks []string
		var kinds []any
		for _, k := range Kinds() {
			if k.Ranked() {
				marks, kinds = append(marks, "?"), append(kinds, k)
			}
		}
		add(` AND kind IN (`+strings.Join(marks, ", ")+`)`, kinds...)
	}
	if f.Parent != "" {
		add(` AND parent = ?`, f.Parent)
	}
	if f.Text != "" {
		text := strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(vitext.Fold(f.Text))
		add(` AND search LIKE ? ESCAPE '!'`, "%"+text+"%")
	}
	if !f.At.IsZero() {
		add(` AND valid_from <= ? AND (valid_to = 0 OR valid_to > ?)`, micro(f.At), micro(f.At))
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY sort_key, code LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list agencies: %w", err)
	}
	defer rows.Close()
	var out []*Agency
	for rows.Next() {
		a, err := scanAgency(rows)
		if err != nil {
			return nil, fmt.Errorf("scan agency: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

func loadTree(ctx context.Context, q controldb.Querier) (Tree, error) {
	all, err := queryAgencies(ctx, q, Filter{Limit: treeMost})
	if err != nil {
		return nil, err
	}
	t := make(Tree, len(all))
	for _, a := range all {
		t[a.Code] = a
	}
	return t, nil
}

const stewardCols = `id, agency, account, name, decision, datasets, deputy, valid_from, valid_to, created_at, created_by, ended_at`

func insertSteward(ctx context.Context, q controldb.Querier, s *Steward) error {
	datasets, err := json.Marshal(s.Datasets)
	if err != nil {
		return fmt.Errorf("encode datasets of steward: %w", err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO agency_steward (`+stewardCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		s.ID, s.Agency, s.Account, s.Name, s.Decision, string(datasets), s.Deputy, micro(s.ValidFrom), micro(s.ValidTo), micro(s.CreatedAt), s.CreatedBy)
	if err != nil {
		return fmt.Errorf("save steward of %s: %w", s.Agency, err)
	}
	return nil
}

func endSteward(ctx context.Context, q controldb.Querier, agency, id string, at time.Time) (bool, error) {
	res, err := q.ExecContext(ctx, `UPDATE agency_steward SET ended_at = ? WHERE agency = ? AND id = ? AND ended_at = 0`, micro(at), agency, id)
	if err != nil {
		return false, fmt.Errorf("end steward of %s: %w", agency, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// listStewarded finds the agencies with a designation of their own in force.
func listStewarded(ctx context.Context, q controldb.Querier, at time.Time) (map[string]bool, error) {
	rows, err := q.QueryContext(ctx, `SELECT DISTINCT agency FROM agency_steward
		WHERE ended_at = 0 AND valid_from <= ? AND (valid_to = 0 OR valid_to > ?) ORDER BY agency LIMIT ?`, micro(at), micro(at), treeMost)
	if err != nil {
		return nil, fmt.Errorf("list agencies with stewards: %w", err)
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			return nil, fmt.Errorf("scan agency with steward: %w", err)
		}
		out[code] = true
	}
	return out, rows.Err()
}

func listStewards(ctx context.Context, q controldb.Querier, agency string) ([]*Steward, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+stewardCols+` FROM agency_steward WHERE agency = ? ORDER BY valid_from DESC, id DESC LIMIT 200`, agency)
	if err != nil {
		return nil, fmt.Errorf("list stewards of %s: %w", agency, err)
	}
	defer rows.Close()
	var out []*Steward
	for rows.Next() {
		var s Steward
		var datasets string
		var from, to, created, ended int64
		if err := rows.Scan(&s.ID, &s.Agency, &s.Account, &s.Name, &s.Decision, &datasets, &s.Deputy, &from, &to, &created, &s.CreatedBy, &ended); err != nil {
			return nil, fmt.Errorf("scan steward: %w", err)
		}
		if err := json.Unmarshal([]byte(datasets), &s.Datasets); err != nil {
			return nil, fmt.Errorf("decode datasets of steward %s: %w", s.ID, err)
		}
		s.ValidFrom, s.ValidTo, s.CreatedAt, s.EndedAt = moment(from), moment(to), moment(created), moment(ended)
		out = append(out, &s)
	}
	return out, rows.Err()
}
