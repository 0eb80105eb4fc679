package system

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

const clientKeyCols = `id, system_id, kid, alg, jwk, thumbprint, label, created_at, created_by, valid_to, revoked_at, revoked_reason`

func scanClientKey(row interface{ Scan(...any) error }) (*ClientKey, error) {
	var k ClientKey
	var created, valid, revoked int64
	err := row.Scan(&k.ID, &k.System, &k.KID, &k.Alg, &k.JWK, &k.Thumbprint, &k.Label, &created, &k.CreatedBy, &valid, &revoked, &k.RevokedReason)
	if err != nil {
		return nil, err
	}
	p, err := ParsePublicKey(k.JWK)
	if err != nil {
		return nil, fmt.Errorf("read client key %s: %w", k.ID, err)
	}
	k.CreatedAt, k.ValidTo, k.RevokedAt, k.Public = moment(created), moment(valid), moment(revoked), p.Public
	return &k, nil
}

func insertClientKey(ctx context.Context, q controldb.Querier, k *ClientKey) error {
	_, err := q.ExecContext(ctx, `INSERT INTO system_client_key (`+clientKeyCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')`,
		k.ID, k.System, k.KID, k.Alg, k.JWK, k.Thumbprint, k.Label, micro(k.CreatedAt), k.CreatedBy, micro(k.ValidTo))
	if err != nil {
		return fmt.Errorf("save client key of %s: %w", k.System, err)
	}
	return nil
}

func findClientKey(ctx context.Context, q controldb.Querier, id string) (k *ClientKey, found bool, err error) {
	k, err = scanClientKey(q.QueryRowContext(ctx, `SELECT `+clientKeyCols+` FROM system_client_key WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find client key %s: %w", id, err)
	}
	return k, true, nil
}

func revokeClientKey(ctx context.Context, q controldb.Querier, id, reason string, at time.Time) error {
	_, err := q.ExecContext(ctx, `UPDATE system_client_key SET revoked_at = ?, revoked_reason = ? WHERE id = ? AND revoked_at = 0`, micro(at), reason, id)
	if err != nil {
		return fmt.Errorf("revoke client key %s: %w", id, err)
	}
	return nil
}

func listClientKeys(ctx context.Context, q controldb.Querier, system string) ([]*ClientKey, error) {
	return queryClientKeys(ctx, q, `WHERE system_id = ? ORDER BY created_at DESC, id DESC LIMIT 200`, system)
}

// listDueKeys are those in force that end by then and of which nobody was told, and those told of that are over.
func listDueKeys(ctx context.Context, q controldb.Querier, now, by time.Time) ([]*ClientKey, error) {
	return queryClientKeys(ctx, q, `WHERE revoked_at = 0 AND noticed_at = 0 AND valid_to > ? AND valid_to <= ? OR noticed_at > 0 AND (revoked_at > 0 OR valid_to <= ?)
		ORDER BY valid_to, id LIMIT 200`, micro(now), micro(by), micro(now))
}

func noteKey(ctx context.Context, q controldb.Querier, id string, at time.Time) error {
	if _, err := q.ExecContext(ctx, `UPDATE system_client_key SET noticed_at = ? WHERE id = ?`, micro(at), id); err != nil {
		return fmt.Errorf("note the end of client key %s: %w", id, err)
	}
	return nil
}

func queryClientKeys(ctx context.Context, q controldb.Querier, where string, args ...any) ([]*ClientKey, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+clientKeyCols+` FROM system_client_key `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list client keys: %w", err)
	}
	defer rows.Close()
	var out []*ClientKey
	for rows.Next() {
		k, err := scanClientKey(rows)
		if err != nil {
			return nil, fmt.Errorf("scan client key: %w", err)
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// clientKeyTaken reports a client's key of that thumbprint, of whatever system and whether it is in force or not.
func clientKeyTaken(ctx context.Context, q controldb.Querier, thumbprint string) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM system_client_key WHERE thumbprint = ?`, thumbprint).Scan(&n); err != nil {
		return false, fmt.Errorf("look for a client key: %w", err)
	}
	return n > 0, nil
}
