package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const templateCols = `dataset, version, owner, state, policy, note, proposed_by, proposer, proposed_at, decided_by, decider, decided_at, reason`

func scanTemplate(row scanner) (*TemplateVersion, error) {
	var t TemplateVersion
	var policy string
	var proposed, decided int64
	if err := row.Scan(&t.Dataset, &t.Version, &t.Owner, &t.State, &policy, &t.Note, &t.ProposedBy, &t.Proposer, &proposed, &t.DecidedBy, &t.Decider, &decided, &t.Reason); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(policy), &t.Policy); err != nil {
		return nil, fmt.Errorf("read version %d of the sharing policy of %s: %w", t.Version, t.Dataset, err)
	}
	t.ProposedAt = time.UnixMicro(proposed).UTC()
	if decided != 0 {
		t.DecidedAt = time.UnixMicro(decided).UTC()
	}
	return &t, nil
}

// findTemplateIn finds the version in a state of which a dataset has one at most; nil when there is none.
func findTemplateIn(ctx context.Context, q controldb.Querier, dataset string, state TemplateState) (*TemplateVersion, error) {
	t, err := scanTemplate(q.QueryRowContext(ctx, `SELECT `+templateCols+` FROM access_template WHERE dataset = ? AND state = ?`, dataset, state))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // said in the comment
	}
	if err != nil {
		return nil, fmt.Errorf("find the sharing policy of %s: %w", dataset, err)
	}
	return t, nil
}

// templateOf is how the sharing policy of a dataset stands; its owner is that of the newest version.
func templateOf(ctx context.Context, q controldb.Querier, dataset string) (Template, error) {
	t := Template{Dataset: dataset}
	var err error
	if t.InForce, err = findTemplateIn(ctx, q, dataset, TemplateInForce); err != nil {
		return t, err
	}
	if t.Proposed, err = findTemplateIn(ctx, q, dataset, TemplateProposed); err != nil {
		return t, err
	}
	for _, v := range []*TemplateVersion{t.InForce, t.Proposed} {
		if v != nil {
			t.Owner = v.Owner
		}
	}
	return t, nil
}

func lastTemplate(ctx context.Context, q controldb.Querier, dataset string) (int64, error) {
	var last int64
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM access_template WHERE dataset = ?`, dataset).Scan(&last); err != nil {
		return 0, fmt.Errorf("count versions of the sharing policy of %s: %w", dataset, err)
	}
	return last, nil
}

func insertTemplate(ctx context.Context, q controldb.Querier, t *TemplateVersion) error {
	policy, err := json.Marshal(t.Policy)
	if err != nil {
		return fmt.Errorf("write the sharing policy of %s: %w", t.Dataset, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO access_template (`+templateCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0, '')`,
		t.Dataset, t.Version, t.Owner, t.State, string(policy), t.Note, t.ProposedBy, t.Proposer, t.ProposedAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("save version %d of the sharing policy of %s: %w", t.Version, t.Dataset, err)
	}
	return nil
}

// turnTemplate changes the state of a version that still stands where the caller saw it.
func turnTemplate(ctx context.Context, q controldb.Querier, t *TemplateVersion, from TemplateState) error {
	res, err := q.ExecContext(ctx, `UPDATE access_template SET state = ?, decided_by = ?, decider = ?, decided_at = ?, reason = ? WHERE dataset = ? AND version = ? AND state = ?`,
		t.State, t.DecidedBy, t.Decider, t.DecidedAt.UnixMicro(), t.Reason, t.Dataset, t.Version, from)
	if err != nil {
		return fmt.Errorf("change the state of version %d of the sharing policy of %s: %w", t.Version, t.Dataset, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.New(fault.Conflict, "access.template_not_proposed", t.Dataset)
	}
	return nil
}

// replaceTemplate takes the version in force out of it; what was decided on it stays.
func replaceTemplate(ctx context.Context, q controldb.Querier, dataset string) error {
	if _, err := q.ExecContext(ctx, `UPDATE access_template SET state = ? WHERE dataset = ? AND state = ?`, TemplateReplaced, dataset, TemplateInForce); err != nil {
		return fmt.Errorf("replace the sharing policy of %s: %w", dataset, err)
	}
	return nil
}

// listTemplates lists versions by dataset and number: every one of a dataset that is named, else those in force or
// proposed. party: the agency that sees more than what is in force, of its own data; empty: all is seen.
func listTemplates(ctx context.Context, q controldb.Querier, f TemplateFilter) ([]TemplateVersion, error) {
	query, args := `SELECT `+templateCols+` FROM access_template WHERE (dataset > ? OR dataset = ? AND version > ?)`, []any{f.AfterDataset, f.AfterDataset, f.AfterVersion}
	add := func(clause string, values ...any) { query, args = query+clause, append(args, values...) }
	if f.Dataset != "" {
		add(` AND dataset = ?`, f.Dataset)
	} else {
		add(` AND state IN (?, ?)`, TemplateInForce, TemplateProposed)
	}
	if f.Owner != "" {
		add(` AND owner = ?`, f.Owner)
	}
	if f.party != "" {
		clause, values := ` AND (state = ? OR owner = ?`, []any{TemplateInForce, f.party}
		if len(f.owned) > 0 {
			clause += ` OR dataset IN (` + marks(len(f.owned)) + `)`
			for _, code := range f.owned {
				values = append(values, code)
			}
		}
		add(clause+`)`, values...)
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY dataset, version LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list sharing policies: %w", err)
	}
	defer rows.Close()
	var out []TemplateVersion
	for rows.Next() {
		t, err := scanTemplate(rows)
		if err != nil {
			return nil, fmt.Errorf("list sharing policies: %w", err)
		}
		out = append(out, *t)
	}
	return out, rows.Err()
}
