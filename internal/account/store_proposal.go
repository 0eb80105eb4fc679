package account

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

func saveProposal(ctx context.Context, q controldb.Querier, p *Proposal) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode proposal %s: %w", p.ID, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO account_proposal (id, body, state, proposed_at, valid_to) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body, state = excluded.state`, p.ID, string(body), string(p.State), micro(p.At), micro(p.ValidTo))
	if err != nil {
		return fmt.Errorf("save proposal %s: %w", p.ID, err)
	}
	return nil
}

func readProposal(body string) (*Proposal, error) {
	var p Proposal
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return nil, fmt.Errorf("decode proposal: %w", err)
	}
	return &p, nil
}

func findProposal(ctx context.Context, q controldb.Querier, id string) (*Proposal, error) {
	var body string
	err := q.QueryRowContext(ctx, `SELECT body FROM account_proposal WHERE id = ?`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "account.proposal_not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("find proposal %s: %w", id, err)
	}
	return readProposal(body)
}

func listProposals(ctx context.Context, q controldb.Querier) ([]*Proposal, error) {
	rows, err := q.QueryContext(ctx, `SELECT body FROM account_proposal WHERE state = ? ORDER BY proposed_at, id LIMIT 500`, string(ProposalOpen))
	if err != nil {
		return nil, fmt.Errorf("list proposals: %w", err)
	}
	defer rows.Close()
	var out []*Proposal
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("scan proposal: %w", err)
		}
		p, err := readProposal(body)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

func setUpEnded(ctx context.Context, q controldb.Querier) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM account_set_up`).Scan(&n); err != nil {
		return false, fmt.Errorf("look whether the set-up is over: %w", err)
	}
	return n > 0, nil
}

func endSetUp(ctx context.Context, q controldb.Querier, at time.Time) error {
	if _, err := q.ExecContext(ctx, `INSERT INTO account_set_up (id, ended_at) VALUES (1, ?) ON CONFLICT (id) DO NOTHING`, micro(at)); err != nil {
		return fmt.Errorf("end the set-up: %w", err)
	}
	return nil
}

// countConfirmers counts the active accounts that could confirm a proposal now: the role, and a second factor of any kind.
func countConfirmers(ctx context.Context, q controldb.Querier) (int, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM account_account a WHERE active = 1 AND (roles LIKE ? OR roles LIKE ?)
		AND (totp <> '' OR EXISTS (SELECT 1 FROM account_passkey k WHERE k.account_id = a.id))`,
		`%"`+string(access.OpAdmin)+`"%`, `%"`+string(access.OpSecurity)+`"%`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count who can confirm: %w", err)
	}
	return n, nil
}
