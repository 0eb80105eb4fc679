package system

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

const systemCols = `id, name, owner, operator, vendor, category, layer, address, technology, contact, sources,
	level, level_decision, level_valid_to, checked_at, suspended, suspended_reason, certificate_bound, created_at, changed_at,
	api, api_note, security_contact, level_authority, level_decided_at, level_review_at,
	exception_level, exception_decision, exception_measures, exception_since, exception_to, revision`

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

func scanSystem(row interface{ Scan(...any) error }) (*System, error) {
	var s System
	var sources string
	var valid, checked, created, changed, decided, review, since, to int64
	var e Exception
	var suspended, bound int
	err := row.Scan(&s.ID, &s.Name, &s.Owner, &s.Operator, &s.Vendor, &s.Category, &s.Layer, &s.Address, &s.Technology, &s.Contact, &sources,
		&s.Level, &s.LevelDecision, &valid, &checked, &suspended, &s.SuspendedReason, &bound, &created, &changed,
		&s.API, &s.APINote, &s.Security, &s.LevelAuthority, &decided, &review, &e.Level, &e.Decision, &e.Measures, &since, &to, &s.Revision)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(sources), &s.Sources); err != nil {
		return nil, fmt.Errorf("decode source addresses of %s: %w", s.ID, err)
	}
	s.LevelValidTo, s.CheckedAt, s.CreatedAt, s.ChangedAt, s.Suspended = moment(valid), moment(checked), moment(created), moment(changed), suspended == 1
	s.CertificateBound = bound == 1
	s.LevelDecidedAt, s.LevelReviewAt = moment(decided), moment(review)
	if e.Level > 0 {
		e.Since, e.To = moment(since), moment(to)
		s.Exception = &e
	}
	return &s, nil
}

// saveSystem inserts the system, or replaces what may change of it.
func saveSystem(ctx context.Context, q controldb.Querier, s *System) error {
	sources, err := json.Marshal(s.Sources)
	if err != nil {
		return fmt.Errorf("encode source addresses of %s: %w", s.ID, err)
	}
	flag := map[bool]int{true: 1}
	var e Exception
	if s.Exception != nil {
		e = *s.Exception
	}
	_, err = q.ExecContext(ctx, saveSystemQuery(),
		s.ID, s.Name, s.Owner, s.Operator, s.Vendor, s.Category, s.Layer, s.Address, s.Technology, s.Contact, string(sources),
		s.Level, s.LevelDecision, micro(s.LevelValidTo), micro(s.CheckedAt), flag[s.Suspended], s.SuspendedReason, flag[s.CertificateBound], micro(s.CreatedAt), micro(s.ChangedAt),
		s.API, s.APINote, s.Security, s.LevelAuthority, micro(s.LevelDecidedAt), micro(s.LevelReviewAt),
		e.Level, e.Decision, e.Measures, micro(e.Since), micro(e.To), s.Revision,
		vitext.Fold(s.ID+" "+s.Name), vitext.SortKey(s.Name), vitext.Key(s.Name))
	if err != nil {
		return fmt.Errorf("save system %s: %w", s.ID, err)
	}
	return nil
}

// saveSystemQuery sets all columns of a system but those that never change.
func saveSystemQuery() string {
	cols := strings.Fields(strings.ReplaceAll(systemCols+", search, sort_key, name_key", ",", " "))
	var set []string
	for _, c := range cols {
		if c != "id" && c != "created_at" {
			set = append(set, c+" = excluded."+c)
		}
	}
	return `INSERT INTO system_system (` + strings.Join(cols, ", ") + `) VALUES (` + strings.Repeat("?, ", len(cols)-1) + `?)
		ON CONFLICT (id) DO UPDATE SET ` + strings.Join(set, ", ")
}

// nameTaken reports another system whose name reads the same.
func nameTaken(ctx context.Context, q controldb.Querier, s *System) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM system_system WHERE name_key = ? AND id <> ?`, vitext.Key(s.Name), s.ID).Scan(&n); err != nil {
		return false, fmt.Errorf("look for the name of system %s: %w", s.ID, err)
	}
	return n > 0, nil
}

func findSystem(ctx context.Context, q controldb.Querier, id string) (*System, error) {
	s, err := scanSystem(q.QueryRowContext(ctx, `SELECT `+systemCols+` FROM system_system WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "system.not_found", id)
	}
	if err != nil {
		return nil, fmt.Errorf("find system %s: %w", id, err)
	}
	return s, nil
}

func likeText(s string) string {
	var b []byte
	for i := range len(s) {
		if c := s[i]; c == '%' || c == '_' || c == '!' {
			b = append(b, '!')
		}
		b = append(b, s[i])
	}
	return string(b)
}

const credentialCols = `id, system_id, client_id, secret_hash, connection_id, label, created_at, created_by, valid_to, picked_up_at, picked_up_by, revoked_at, revoked_reason, method`

func scanCredential(row interface{ Scan(...any) error }) (*Credential, error) {
	var c Credential
	var created, valid, picked, revoked int64
	if err := row.Scan(&c.ID, &c.System, &c.ClientID, &c.hash, &c.Connection, &c.Label, &created, &c.CreatedBy, &valid, &picked, &c.PickedUpBy, &revoked, &c.RevokedReason, &c.Method); err != nil {
		return nil, err
	}
	c.CreatedAt, c.ValidTo, c.PickedUpAt, c.RevokedAt = moment(created), moment(valid), moment(picked), moment(revoked)
	return &c, nil
}

func insertCredential(ctx context.Context, q controldb.Querier, c *Credential) error {
	_, err := q.ExecContext(ctx, `INSERT INTO system_credential (`+credentialCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', ?)`,
		c.ID, c.System, c.ClientID, c.hash, c.Connection, c.Label, micro(c.CreatedAt), c.CreatedBy, micro(c.ValidTo), micro(c.PickedUpAt), c.PickedUpBy, c.Method)
	if err != nil {
		return fmt.Errorf("save credential of %s: %w", c.System, err)
	}
	return nil
}

// pickUpCredential keeps the hash of a secret unless the credential has one: of two who pick up at once, one does.
func pickUpCredential(ctx context.Context, q controldb.Querier, c *Credential) (bool, error) {
	res, err := q.ExecContext(ctx, `UPDATE system_credential SET secret_hash = ?, picked_up_at = ?, picked_up_by = ? WHERE id = ? AND secret_hash = '' AND revoked_at = 0`,
		c.hash, micro(c.PickedUpAt), c.PickedUpBy, c.ID)
	if err != nil {
		return false, fmt.Errorf("pick up credential %s: %w", c.ID, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// shortenCredential lets a credential end at another moment.
func shortenCredential(ctx context.Context, q controldb.Querier, c *Credential) error {
	if _, err := q.ExecContext(ctx, `UPDATE system_credential SET valid_to = ? WHERE id = ?`, micro(c.ValidTo), c.ID); err != nil {
		return fmt.Errorf("shorten credential %s: %w", c.ID, err)
	}
	return nil
}

func revokeCredential(ctx context.Context, q controldb.Querier, id, reason string, at time.Time) error {
	_, err := q.ExecContext(ctx, `UPDATE system_credential SET revoked_at = ?, revoked_reason = ? WHERE id = ? AND revoked_at = 0`, micro(at), reason, id)
	if err != nil {
		return fmt.Errorf("revoke credential %s: %w", id, err)
	}
	return nil
}

// findCredential by id or by client id; ok is false when there is none.
func findCredential(ctx context.Context, q controldb.Querier, by, value string) (c *Credential, ok bool, err error) {
	query := `SELECT ` + credentialCols + ` FROM system_credential WHERE id = ?`
	if by == "client_id" {
		query = `SELECT ` + credentialCols + ` FROM system_credential WHERE client_id = ?`
	}
	c, err = scanCredential(q.QueryRowContext(ctx, query, value))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find credential: %w", err)
	}
	return c, true, nil
}

func listCredentials(ctx context.Context, q controldb.Querier, system string) ([]*Credential, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+credentialCols+` FROM system_credential WHERE system_id = ? ORDER BY created_at DESC, id DESC LIMIT 500`, system)
	if err != nil {
		return nil, fmt.Errorf("list credentials of %s: %w", system, err)
	}
	defer rows.Close()
	var out []*Credential
	for rows.Next() {
		c, err := scanCredential(rows)
		if err != nil {
			return nil, fmt.Errorf("scan credential: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

func insertKey(ctx context.Context, q controldb.Querier, system string, k OfficerKey, by string) error {
	_, err := q.ExecContext(ctx, `INSERT INTO system_officer_key (id, system_id, jwk, created_at, created_by, removed_at) VALUES (?, ?, ?, ?, ?, 0)`,
		k.ID, system, k.JWK, micro(k.CreatedAt), by)
	if err != nil {
		return fmt.Errorf("save officer key of %s: %w", system, err)
	}
	return nil
}

func removeKey(ctx context.Context, q controldb.Querier, system, id string, at time.Time) (bool, error) {
	res, err := q.ExecContext(ctx, `UPDATE system_officer_key SET removed_at = ? WHERE system_id = ? AND id = ? AND removed_at = 0`, micro(at), system, id)
	if err != nil {
		return false, fmt.Errorf("remove officer key of %s: %w", system, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func listKeys(ctx context.Context, q controldb.Querier, system string) ([]OfficerKey, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, jwk, created_at FROM system_officer_key WHERE system_id = ? AND removed_at = 0 ORDER BY created_at, id LIMIT 50`, system)
	if err != nil {
		return nil, fmt.Errorf("list officer keys of %s: %w", system, err)
	}
	defer rows.Close()
	var out []OfficerKey
	for rows.Next() {
		var k OfficerKey
		var created int64
		if err := rows.Scan(&k.ID, &k.JWK, &created); err != nil {
			return nil, fmt.Errorf("scan officer key: %w", err)
		}
		k.CreatedAt = moment(created)
		out = append(out, k)
	}
	return out, rows.Err()
}
