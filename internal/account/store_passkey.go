package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// Passkey is a key of an account's holder in a phone, a computer or a security key.
type Passkey struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created_at"`
	Used    time.Time `json:"used_at,omitzero" history:"-"`

	account    string
	credential string // sealed: whoever can write the table cannot add a key
}

const passkeyCols = `id, account_id, name, credential, created_at, used_at`

func scanPasskey(row interface{ Scan(...any) error }) (k Passkey, err error) {
	var created, used int64
	err = row.Scan(&k.ID, &k.account, &k.Name, &k.credential, &created, &used)
	k.Created, k.Used = moment(created), moment(used)
	return k, err
}

func findPasskey(ctx context.Context, q controldb.Querier, id string) (k Passkey, ok bool, err error) {
	k, err = scanPasskey(q.QueryRowContext(ctx, `SELECT `+passkeyCols+` FROM account_passkey WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return k, false, nil
	}
	if err != nil {
		return k, false, fmt.Errorf("find passkey: %w", err)
	}
	return k, true, nil
}

func listPasskeys(ctx context.Context, q controldb.Querier, account string) ([]Passkey, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+passkeyCols+` FROM account_passkey WHERE account_id = ? ORDER BY created_at, id`, account)
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	defer rows.Close()
	var out []Passkey
	for rows.Next() {
		k, err := scanPasskey(rows)
		if err != nil {
			return nil, fmt.Errorf("scan passkey: %w", err)
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

func insertPasskey(ctx context.Context, q controldb.Querier, k Passkey) error {
	_, err := q.ExecContext(ctx, `INSERT INTO account_passkey (`+passkeyCols+`) VALUES (?, ?, ?, ?, ?, 0)`, k.ID, k.account, k.Name, k.credential, micro(k.Created))
	if err != nil {
		return fmt.Errorf("save passkey: %w", err)
	}
	return nil
}

func usePasskey(ctx context.Context, q controldb.Querier, id, credential string, now time.Time) error {
	if _, err := q.ExecContext(ctx, `UPDATE account_passkey SET credential = ?, used_at = ? WHERE id = ?`, credential, micro(now), id); err != nil {
		return fmt.Errorf("note use of passkey: %w", err)
	}
	return nil
}

func removePasskey(ctx context.Context, q controldb.Querier, account, id string) (removed bool, err error) {
	got, err := q.ExecContext(ctx, `DELETE FROM account_passkey WHERE account_id = ? AND id = ?`, account, id)
	if err != nil {
		return false, fmt.Errorf("remove passkey: %w", err)
	}
	n, err := got.RowsAffected()
	return n > 0, err
}
