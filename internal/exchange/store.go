package exchange

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// token is an access token as it is stored: never the token itself.
type token struct {
	Hash       string
	System     string
	Credential string
	Issued     time.Time
	Expires    time.Time
	Proof      string // the key it was given for
	Thumbprint string // of the certificate it is bound to
}

func insertToken(ctx context.Context, q controldb.Querier, t token) error {
	_, err := q.ExecContext(ctx, `INSERT INTO exchange_token (hash, system_id, credential_id, issued_at, expires_at, proof, thumbprint) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		t.Hash, t.System, t.Credential, t.Issued.UnixMicro(), t.Expires.UnixMicro(), t.Proof, t.Thumbprint)
	if err != nil {
		return fmt.Errorf("save token of %s: %w", t.System, err)
	}
	return nil
}

func findToken(ctx context.Context, q controldb.Querier, hash string) (token, bool, error) {
	t := token{Hash: hash}
	var issued, expires int64
	err := q.QueryRowContext(ctx, `SELECT system_id, credential_id, issued_at, expires_at, proof, thumbprint FROM exchange_token WHERE hash = ?`, hash).
		Scan(&t.System, &t.Credential, &issued, &expires, &t.Proof, &t.Thumbprint)
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("find token: %w", err)
	}
	t.Issued, t.Expires = time.UnixMicro(issued).UTC(), time.UnixMicro(expires).UTC()
	return t, true, nil
}

func removeTokens(ctx context.Context, q controldb.Querier, system, credential string) error {
	_, err := q.ExecContext(ctx, `DELETE FROM exchange_token WHERE system_id = ? AND (credential_id = ? OR ? = '')`, system, credential, credential)
	if err != nil {
		return fmt.Errorf("remove tokens of %s: %w", system, err)
	}
	return nil
}

// removeProven ends what was given for a key or is bound to a certificate.
func removeProven(ctx context.Context, q controldb.Querier, system, proof, thumbprint string) error {
	_, err := q.ExecContext(ctx, `DELETE FROM exchange_token WHERE system_id = ? AND (proof = ? AND proof <> '' OR thumbprint = ? AND thumbprint <> '')`, system, proof, thumbprint)
	if err != nil {
		return fmt.Errorf("remove tokens of a proof of %s: %w", system, err)
	}
	return nil
}

// insertAssertion remembers an assertion until it is over; a unique violation says that it was used before.
func insertAssertion(ctx context.Context, q controldb.Querier, id string, ends, now time.Time) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM exchange_assertion WHERE expires_at <= ?`, now.UnixMicro()); err != nil {
		return fmt.Errorf("remove assertions that are over: %w", err)
	}
	if _, err := q.ExecContext(ctx, `INSERT INTO exchange_assertion (id, expires_at) VALUES (?, ?)`, id, ends.UnixMicro()); err != nil {
		return fmt.Errorf("save an assertion: %w", err)
	}
	return nil
}

func removeExpired(ctx context.Context, q controldb.Querier, system string, now time.Time) error {
	_, err := q.ExecContext(ctx, `DELETE FROM exchange_token WHERE system_id = ? AND expires_at <= ?`, system, now.UnixMicro())
	if err != nil {
		return fmt.Errorf("remove expired tokens of %s: %w", system, err)
	}
	return nil
}

// insertSpent remembers a used assertion; false when it is remembered already.
func insertSpent(ctx context.Context, q controldb.Querier, hash string, ends time.Time) (bool, error) {
	res, err := q.ExecContext(ctx, `INSERT INTO exchange_officer_used (hash, ends_at) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING`, hash, ends.UnixMicro())
	if err != nil {
		return false, fmt.Errorf("remember a used assertion: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func removeSpent(ctx context.Context, q controldb.Querier, now time.Time) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM exchange_officer_used WHERE ends_at < ?`, now.UnixMicro()); err != nil {
		return fmt.Errorf("forget used assertions: %w", err)
	}
	return nil
}

const routeCols = `id, version, owner, system, name, dataset, status, definition`

func scanRoute(row interface{ Scan(...any) error }) (*Route, error) {
	var r Route
	var id, owner, system, name, dataset, status, definition string
	var version int64
	if err := row.Scan(&id, &version, &owner, &system, &name, &dataset, &status, &definition); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(definition), &r); err != nil {
		return nil, fmt.Errorf("read route %s: %w", id, err)
	}
	r.ID, r.Version, r.Owner, r.System, r.Name, r.Dataset, r.Status = id, version, owner, system, name, dataset, RouteStatus(status)
	return &r, r.ready()
}

// findRoute gives the newest version; false when the service was never registered.
func findRoute(ctx context.Context, q controldb.Querier, owner, system, name string) (*Route, bool, error) {
	r, err := scanRoute(q.QueryRowContext(ctx, `SELECT `+routeCols+` FROM exchange_route WHERE owner = ? AND system = ? AND name = ? ORDER BY version DESC LIMIT 1`, owner, system, name))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find route %s/%s/%s: %w", owner, system, name, err)
	}
	return r, true, nil
}

func listRoutes(ctx context.Context, q controldb.Querier, dataset string) ([]*Route, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+routeCols+` FROM exchange_route r
		WHERE version = (SELECT MAX(n.version) FROM exchange_route n WHERE n.id = r.id) AND (dataset = ? OR ? = '')
		ORDER BY owner, system, name, id LIMIT 1000`, dataset, dataset)
	if err != nil {
		return nil, fmt.Errorf("list routes: %w", err)
	}
	defer rows.Close()
	var out []*Route
	for rows.Next() {
		r, err := scanRoute(rows)
		if err != nil {
			return nil, fmt.Errorf("scan route: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func insertRoute(ctx context.Context, q controldb.Querier, r *Route, by string, at time.Time) error {
	definition, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write route %s: %w", r.ID, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO exchange_route (id, version, owner, system, name, dataset, status, definition, created_by, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Version, r.Owner, r.System, r.Name, r.Dataset, string(r.Status), string(definition), by, at.UnixMicro())
	if err != nil {
		return fmt.Errorf("save route %s: %w", r.ID, err)
	}
	return nil
}
