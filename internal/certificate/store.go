package certificate

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// micro keeps a zero time zero.
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

const authorityCols = `number, pem, sealed_key, not_after, made_at, crl, crl_number, crl_at`

func scanAuthority(row interface{ Scan(...any) error }) (*Authority, error) {
	var a Authority
	var list string
	var end, made, at int64
	if err := row.Scan(&a.Number, &a.PEM, &a.sealedKey, &end, &made, &list, &a.listNo, &at); err != nil {
		return nil, err
	}
	a.NotAfter, a.MadeAt, a.listAt = moment(end), moment(made), moment(at)
	var err error
	if a.list, err = base64.StdEncoding.DecodeString(list); err != nil {
		return nil, fmt.Errorf("read the revocation list of authority %d: %w", a.Number, err)
	}
	if a.cert, err = parse(a.PEM); err != nil {
		return nil, fmt.Errorf("read authority %d: %w", a.Number, err)
	}
	return &a, nil
}

func insertAuthority(ctx context.Context, q controldb.Querier, a *Authority, by string) error {
	_, err := q.ExecContext(ctx, `INSERT INTO certificate_authority (`+authorityCols+`, made_by) VALUES (?, ?, ?, ?, ?, '', 0, 0, ?)`,
		a.Number, a.PEM, a.sealedKey, micro(a.NotAfter), micro(a.MadeAt), by)
	if err != nil {
		return fmt.Errorf("save authority %d: %w", a.Number, err)
	}
	return nil
}

func saveList(ctx context.Context, q controldb.Querier, a *Authority) error {
	_, err := q.ExecContext(ctx, `UPDATE certificate_authority SET crl = ?, crl_number = ?, crl_at = ? WHERE number = ?`,
		base64.StdEncoding.EncodeToString(a.list), a.listNo, micro(a.listAt), a.Number)
	if err != nil {
		return fmt.Errorf("save the revocation list of authority %d: %w", a.Number, err)
	}
	return nil
}

func saveSealed(ctx context.Context, q controldb.Querier, a *Authority) error {
	if _, err := q.ExecContext(ctx, `UPDATE certificate_authority SET sealed_key = ? WHERE number = ?`, a.sealedKey, a.Number); err != nil {
		return fmt.Errorf("save the sealed key of authority %d: %w", a.Number, err)
	}
	return nil
}

func findAuthority(ctx context.Context, q controldb.Querier, number int64) (a *Authority, found bool, err error) {
	a, err = scanAuthority(q.QueryRowContext(ctx, `SELECT `+authorityCols+` FROM certificate_authority WHERE number = ?`, number))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find authority %d: %w", number, err)
	}
	return a, true, nil
}

func listAuthorities(ctx context.Context, q controldb.Querier) ([]*Authority, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+authorityCols+` FROM certificate_authority ORDER BY number DESC LIMIT 100`)
	if err != nil {
		return nil, fmt.Errorf("list authorities: %w", err)
	}
	defer rows.Close()
	var out []*Authority
	for rows.Next() {
		a, err := scanAuthority(rows)
		if err != nil {
			return nil, fmt.Errorf("scan authority: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

const issuedCols = `serial, authority, system_id, thumbprint, key_hash, pem, label, created_at, created_by, not_after, valid_to,
	replaces, replaced_by, revoked_at, revoked_code, revoked_reason, noticed_at`

func scanIssued(row interface{ Scan(...any) error }) (*Certificate, error) {
	var c Certificate
	var created, end, valid, revoked, noticed int64
	err := row.Scan(&c.Serial, &c.Authority, &c.System, &c.Thumbprint, &c.keyHash, &c.PEM, &c.Label, &created, &c.CreatedBy, &end, &valid,
		&c.Replaces, &c.ReplacedBy, &revoked, &c.RevokedCode, &c.RevokedReason, &noticed)
	if err != nil {
		return nil, err
	}
	c.CreatedAt, c.NotAfter, c.ValidTo, c.RevokedAt, c.noticedAt = moment(created), moment(end), moment(valid), moment(revoked), moment(noticed)
	return &c, nil
}

func insertIssued(ctx context.Context, q controldb.Querier, c *Certificate) error {
	_, err := q.ExecContext(ctx, `INSERT INTO certificate_issued (`+issuedCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, '', '', 0)`,
		c.Serial, c.Authority, c.System, c.Thumbprint, c.keyHash, c.PEM, c.Label, micro(c.CreatedAt), c.CreatedBy, micro(c.NotAfter), micro(c.ValidTo), c.Replaces)
	if err != nil {
		return fmt.Errorf("save certificate of %s: %w", c.System, err)
	}
	return nil
}

// saveIssued replaces what may change of a certificate.
func saveIssued(ctx context.Context, q controldb.Querier, c *Certificate) error {
	_, err := q.ExecContext(ctx, `UPDATE certificate_issued SET valid_to = ?, replaced_by = ?, revoked_at = ?, revoked_code = ?, revoked_reason = ?, noticed_at = ? WHERE serial = ?`,
		micro(c.ValidTo), c.ReplacedBy, micro(c.RevokedAt), string(c.RevokedCode), c.RevokedReason, micro(c.noticedAt), c.Serial)
	if err != nil {
		return fmt.Errorf("save certificate %s: %w", c.Serial, err)
	}
	return nil
}

func findIssued(ctx context.Context, q controldb.Querier, serial string) (*Certificate, bool, error) {
	return oneIssued(q.QueryRowContext(ctx, `SELECT `+issuedCols+` FROM certificate_issued WHERE serial = ?`, serial))
}

func findByThumbprint(ctx context.Context, q controldb.Querier, print string) (*Certificate, bool, error) {
	return oneIssued(q.QueryRowContext(ctx, `SELECT `+issuedCols+` FROM certificate_issued WHERE thumbprint = ?`, print))
}

func oneIssued(row *sql.Row) (*Certificate, bool, error) {
	c, err := scanIssued(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find certificate: %w", err)
	}
	return c, true, nil
}

func listIssued(ctx context.Context, q controldb.Querier, system string) ([]*Certificate, error) {
	return queryIssued(ctx, q, `WHERE system_id = ? ORDER BY created_at DESC, serial DESC LIMIT 500`, system)
}

func listByKey(ctx context.Context, q controldb.Querier, keyHash string) ([]*Certificate, error) {
	return queryIssued(ctx, q, `WHERE key_hash = ? ORDER BY created_at, serial LIMIT 500`, keyHash)
}

// listEnded are those that the revocation list must name: revoked, or ended before their own date.
func listEnded(ctx context.Context, q controldb.Querier, authority int64, now time.Time) ([]*Certificate, error) {
	return queryIssued(ctx, q, `WHERE authority = ? AND not_after > ? AND (revoked_at > 0 OR valid_to <= ?) ORDER BY created_at, serial LIMIT 100000`, authority, micro(now), micro(now))
}

// endedSince reports an overlap that ended after the list was signed.
func endedSince(ctx context.Context, q controldb.Querier, authority int64, since, now time.Time) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM certificate_issued WHERE authority = ? AND revoked_at = 0 AND valid_to < not_after AND valid_to > ? AND valid_to <= ?`,
		authority, micro(since), micro(now)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for ended certificates: %w", err)
	}
	return n > 0, nil
}

// listOver are those told of that have ended since without a successor.
func listOver(ctx context.Context, q controldb.Querier, now time.Time) ([]*Certificate, error) {
	return queryIssued(ctx, q, `WHERE noticed_at > 0 AND valid_to <= ? ORDER BY valid_to, serial LIMIT 200`, micro(now))
}

func listDue(ctx context.Context, q controldb.Querier, now, until time.Time) ([]*Certificate, error) {
	return queryIssued(ctx, q, `WHERE revoked_at = 0 AND replaced_by = '' AND noticed_at = 0 AND valid_to > ? AND valid_to <= ? ORDER BY valid_to, serial LIMIT 200`, micro(now), micro(until))
}

func queryIssued(ctx context.Context, q controldb.Querier, where string, args ...any) ([]*Certificate, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+issuedCols+` FROM certificate_issued `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list certificates: %w", err)
	}
	defer rows.Close()
	var out []*Certificate
	for rows.Next() {
		c, err := scanIssued(rows)
		if err != nil {
			return nil, fmt.Errorf("scan certificate: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
