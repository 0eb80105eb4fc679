package dictionary

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

const proposalCols = `id, number, kind, subject, state, agency, dataset, field, body, revision, created_at`

// nextNumber counts the proposals of the year; two at once cannot have the same, since the column is unique.
func nextNumber(ctx context.Context, q controldb.Querier, now time.Time) (string, error) {
	year := now.In(i18n.Zone).Year()
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM dictionary_proposal WHERE number LIKE ?`, fmt.Sprintf("%d-%%", year)).Scan(&n); err != nil {
		return "", fmt.Errorf("number a proposal: %w", err)
	}
	return fmt.Sprintf("%d-%04d/TĐ", year, n+1), nil
}

func insertProposal(ctx context.Context, q controldb.Querier, p *Proposal) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write proposal %s: %w", p.Number, err)
	}
	if other, found, err := openProposal(ctx, q, p.Kind, p.Subject); err != nil {
		return err
	} else if found {
		return fault.New(fault.Conflict, "dictionary.proposal_open", p.Subject, other.Number)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO dictionary_proposal (`+proposalCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ID, p.Number, string(p.Kind), p.Subject, string(p.State), p.Agency, p.Origin.Dataset, p.Origin.Field, string(body), p.Revision, p.At.UnixMicro())
	if err != nil {
		return fmt.Errorf("save proposal %s: %w", p.Number, err)
	}
	return nil
}

// updateProposal saves a change of the revision that was read, and raises it.
func updateProposal(ctx context.Context, q controldb.Querier, p *Proposal) error {
	before := p.Revision
	p.Revision++
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write proposal %s: %w", p.Number, err)
	}
	res, err := q.ExecContext(ctx, `UPDATE dictionary_proposal SET state = ?, body = ?, revision = ? WHERE id = ? AND revision = ?`, string(p.State), string(body), p.Revision, p.ID, before)
	if err != nil {
		return fmt.Errorf("save proposal %s: %w", p.Number, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.New(fault.Conflict, "dictionary.proposal_changed", p.Number)
	}
	return nil
}

func scanProposal(row interface{ Scan(...any) error }) (*Proposal, error) {
	var kept, p Proposal
	var body string
	var at int64
	if err := row.Scan(&kept.ID, &kept.Number, &kept.Kind, &kept.Subject, &kept.State, &kept.Agency, &kept.Origin.Dataset, &kept.Origin.Field, &body, &kept.Revision, &at); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return nil, fmt.Errorf("read proposal %s: %w", kept.Number, err)
	}
	p.State, p.Revision = kept.State, kept.Revision
	return &p, nil
}

func findProposal(ctx context.Context, q controldb.Querier, id string) (*Proposal, error) {
	p, err := scanProposal(q.QueryRowContext(ctx, `SELECT `+proposalCols+` FROM dictionary_proposal WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "dictionary.proposal_not_found", id)
	}
	if err != nil {
		return nil, fmt.Errorf("find proposal %s: %w", id, err)
	}
	return p, nil
}

// openProposal finds the one open proposal about a thing.
func openProposal(ctx context.Context, q controldb.Querier, kind Thing, subject string) (*Proposal, bool, error) {
	p, err := scanProposal(q.QueryRowContext(ctx, `SELECT `+proposalCols+` FROM dictionary_proposal WHERE kind = ? AND subject = ? AND state IN (?, ?, ?)`,
		string(kind), subject, string(Proposed), string(Returned), string(Consulting)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find the open proposal about %s: %w", subject, err)
	}
	return p, true, nil
}

// ProposalFilter narrows a list of proposals; zero values do not. After is the id of the last of the page before.
type ProposalFilter struct {
	Kind    Thing
	Subject string
	State   State
	Open    bool
	Agency  string
	Dataset string
	After   string
	Limit   int
}

// listProposals lists proposals, the newest first.
func listProposals(ctx context.Context, q controldb.Querier, f ProposalFilter) ([]*Proposal, error) {
	where, args := []string{"1 = 1"}, []any{}
	for _, c := range []struct{ column, value string }{
		{"kind", string(f.Kind)}, {"subject", f.Subject}, {"state", string(f.State)}, {"agency", f.Agency}, {"dataset", f.Dataset},
	} {
		if c.value != "" {
			where, args = append(where, c.column+" = ?"), append(args, c.value)
		}
	}
	if f.Open {
		where, args = append(where, "state IN (?, ?, ?)"), append(args, string(Proposed), string(Returned), string(Consulting))
	}
	if f.After != "" {
		where, args = append(where, "id < ?"), append(args, f.After)
	}
	limit := f.Limit
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	rows, err := q.QueryContext(ctx, `SELECT `+proposalCols+` FROM dictionary_proposal WHERE `+strings.Join(where, " AND ")+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list proposals: %w", err)
	}
	defer rows.Close()
	var list []*Proposal
	for rows.Next() {
		p, err := scanProposal(rows)
		if err != nil {
			return nil, fmt.Errorf("list proposals: %w", err)
		}
		list = append(list, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list proposals: %w", err)
	}
	return list, nil
}

func insertStep(ctx context.Context, q controldb.Querier, id string, s Step) error {
	const query = `INSERT INTO dictionary_step (proposal, number, from_state, to_state, note, who, who_name, at)
		SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ?, ?, ? FROM dictionary_step WHERE proposal = ?`
	if _, err := q.ExecContext(ctx, query, id, string(s.From), string(s.To), s.Note, s.Who, s.WhoName, s.At.UnixMicro(), id); err != nil {
		return fmt.Errorf("save step of proposal %s: %w", id, err)
	}
	return nil
}

func listSteps(ctx context.Context, q controldb.Querier, id string) ([]Step, error) {
	rows, err := q.QueryContext(ctx, `SELECT from_state, to_state, note, who, who_name, at FROM dictionary_step WHERE proposal = ? ORDER BY number DESC LIMIT 1000`, id)
	if err != nil {
		return nil, fmt.Errorf("list steps of proposal %s: %w", id, err)
	}
	defer rows.Close()
	var list []Step
	for rows.Next() {
		var s Step
		var at int64
		if err := rows.Scan(&s.From, &s.To, &s.Note, &s.Who, &s.WhoName, &at); err != nil {
			return nil, fmt.Errorf("list steps of proposal %s: %w", id, err)
		}
		s.At = time.UnixMicro(at).UTC()
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list steps of proposal %s: %w", id, err)
	}
	return list, nil
}

func insertComment(ctx context.Context, q controldb.Querier, id string, c Comment) error {
	const query = `INSERT INTO dictionary_comment (proposal, number, agency, who, who_name, stance, text, at)
		SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ?, ?, ? FROM dictionary_comment WHERE proposal = ?`
	if _, err := q.ExecContext(ctx, query, id, c.Agency, c.Who, c.WhoName, string(c.Stance), c.Text, c.At.UnixMicro(), id); err != nil {
		return fmt.Errorf("save comment on proposal %s: %w", id, err)
	}
	return nil
}

func listComments(ctx context.Context, q controldb.Querier, id string) ([]Comment, error) {
	rows, err := q.QueryContext(ctx, `SELECT number, agency, who, who_name, stance, text, at FROM dictionary_comment WHERE proposal = ? ORDER BY number LIMIT 10000`, id)
	if err != nil {
		return nil, fmt.Errorf("list comments on proposal %s: %w", id, err)
	}
	defer rows.Close()
	var list []Comment
	for rows.Next() {
		var c Comment
		var at int64
		if err := rows.Scan(&c.Number, &c.Agency, &c.Who, &c.WhoName, &c.Stance, &c.Text, &at); err != nil {
			return nil, fmt.Errorf("list comments on proposal %s: %w", id, err)
		}
		c.At = time.UnixMicro(at).UTC()
		list = append(list, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list comments on proposal %s: %w", id, err)
	}
	return list, nil
}

func insertSubscription(ctx context.Context, q controldb.Querier, kind Thing, subject string, who access.Actor, at time.Time) error {
	_, err := q.ExecContext(ctx, `INSERT INTO dictionary_subscription (kind, subject, account, agency, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, subject, account) DO NOTHING`,
		string(kind), subject, who.ID, who.Agency, at.UnixMicro())
	if err != nil {
		return fmt.Errorf("save a subscription to %s: %w", subject, err)
	}
	return nil
}

func deleteSubscription(ctx context.Context, q controldb.Querier, kind Thing, subject, account string) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM dictionary_subscription WHERE kind = ? AND subject = ? AND account = ?`, string(kind), subject, account); err != nil {
		return fmt.Errorf("end a subscription to %s: %w", subject, err)
	}
	return nil
}

func subscribed(ctx context.Context, q controldb.Querier, kind Thing, subject, account string) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM dictionary_subscription WHERE kind = ? AND subject = ? AND account = ?`, string(kind), subject, account).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for a subscription to %s: %w", subject, err)
	}
	return n > 0, nil
}

func subscribers(ctx context.Context, q controldb.Querier, kind Thing, subject string) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT account FROM dictionary_subscription WHERE kind = ? AND subject = ? ORDER BY account LIMIT 10000`, string(kind), subject)
	if err != nil {
		return nil, fmt.Errorf("list the subscribers of %s: %w", subject, err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var account string
		if err := rows.Scan(&account); err != nil {
			return nil, fmt.Errorf("list the subscribers of %s: %w", subject, err)
		}
		list = append(list, account)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list the subscribers of %s: %w", subject, err)
	}
	return list, nil
}
