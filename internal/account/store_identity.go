package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Identity is who an account's holder is at an identity provider.
type Identity struct {
	Issuer   string    `json:"issuer"`
	Subject  string    `json:"subject" doc:"Name of the person at the provider" history:"hash"`
	LinkedAt time.Time `json:"linked_at"`
	LinkedBy string    `json:"linked_by" doc:"Account id of whoever linked it"`
	Used     time.Time `json:"used_at,omitzero" history:"-"`

	account string
}

const identityCols = `issuer, subject, account_id, linked_at, linked_by, used_at`

func scanIdentity(row interface{ Scan(...any) error }) (i Identity, err error) {
	var linked, used int64
	err = row.Scan(&i.Issuer, &i.Subject, &i.account, &linked, &i.LinkedBy, &used)
	i.LinkedAt, i.Used = moment(linked), moment(used)
	return i, err
}

// findIdentity is whose account an identity opens; ok is false when it opens none.
func findIdentity(ctx context.Context, q controldb.Querier, issuer, subject string) (i Identity, ok bool, err error) {
	i, err = scanIdentity(q.QueryRowContext(ctx, `SELECT `+identityCols+` FROM account_identity WHERE issuer = ? AND subject = ?`, issuer, subject))
	if errors.Is(err, sql.ErrNoRows) {
		return i, false, nil
	}
	if err != nil {
		return i, false, fmt.Errorf("find identity: %w", err)
	}
	return i, true, nil
}

func listIdentities(ctx context.Context, q controldb.Querier, account string) ([]Identity, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+identityCols+` FROM account_identity WHERE account_id = ? ORDER BY issuer`, account)
	if err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	defer rows.Close()
	var out []Identity
	for rows.Next() {
		i, err := scanIdentity(rows)
		if err != nil {
			return nil, fmt.Errorf("scan identity: %w", err)
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

func insertIdentity(ctx context.Context, q controldb.Querier, i Identity) error {
	_, err := q.ExecContext(ctx, `INSERT INTO account_identity (`+identityCols+`) VALUES (?, ?, ?, ?, ?, 0)`, i.Issuer, i.Subject, i.account, micro(i.LinkedAt), i.LinkedBy)
	if controldb.IsUnique(err) {
		return fault.New(fault.Conflict, "account.identity_taken").At("subject")
	}
	if err != nil {
		return fmt.Errorf("save identity: %w", err)
	}
	return nil
}

func useIdentity(ctx context.Context, q controldb.Querier, i Identity, now time.Time) error {
	if _, err := q.ExecContext(ctx, `UPDATE account_identity SET used_at = ? WHERE issuer = ? AND subject = ?`, micro(now), i.Issuer, i.Subject); err != nil {
		return fmt.Errorf("note use of identity: %w", err)
	}
	return nil
}

func removeIdentity(ctx context.Context, q controldb.Querier, account, issuer string) (removed bool, err error) {
	got, err := q.ExecContext(ctx, `DELETE FROM account_identity WHERE account_id = ? AND issuer = ?`, account, issuer)
	if err != nil {
		return false, fmt.Errorf("remove identity: %w", err)
	}
	n, err := got.RowsAffected()
	return n > 0, err
}

// removeWays takes everything away by which an account's holder gets in without a password.
func removeWays(ctx context.Context, q controldb.Querier, account string) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM account_identity WHERE account_id = ?`, account); err != nil {
		return fmt.Errorf("remove identities: %w", err)
	}
	if _, err := q.ExecContext(ctx, `DELETE FROM account_passkey WHERE account_id = ?`, account); err != nil {
		return fmt.Errorf("remove passkeys: %w", err)
	}
	return nil
}

// spend lets a thing pass once; false when it has passed before.
func spend(ctx context.Context, q controldb.Querier, id string, now, validTo time.Time) (first bool, err error) {
	if _, err := q.ExecContext(ctx, `DELETE FROM account_spent WHERE valid_to < ?`, micro(now)); err != nil {
		return false, fmt.Errorf("forget what was spent: %w", err)
	}
	got, err := q.ExecContext(ctx, `INSERT INTO account_spent (id, valid_to) VALUES (?, ?) ON CONFLICT (id) DO NOTHING`, id, micro(validTo))
	if err != nil {
		return false, fmt.Errorf("spend: %w", err)
	}
	n, err := got.RowsAffected()
	return n > 0, err
}
