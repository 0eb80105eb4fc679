package system

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

const systemCols = `id, name, owner, operator, vendor, category, layer, address, technology, contact, sources,
	level, level_decision, level_valid_to, checked_at, suspended, suspended_reason, certificate_bound, created_at, changed_at`

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
	var valid, checked, created, changed int64
	var suspended, bound int
	err := row.Scan(&s.ID, &s.Name, &s.Owner, &s.Operator, &s.Vendor, &s.Category, &s.Layer, &s.Address, &s.Technology, &s.Contact, &sources,
		&s.Level, &s.LevelDecision, &valid, &checked, &suspended, &s.SuspendedReason, &bound, &created, &changed)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(sources), &s.Sources); err != nil {
		return nil, fmt.Errorf("decode source addresses of %s: %w", s.ID, err)
	}
	s.LevelValidTo, s.CheckedAt, s.CreatedAt, s.ChangedAt, s.Suspended = moment(valid), moment(checked), moment(created), moment(changed), suspended == 1
	s.CertificateBound = bound == 1
	return &s, nil
}

// saveSystem inserts the system, or replaces what may change of it.
func saveSystem(ctx context.Context, q controldb.Querier, s *System) error {
	sources, err := json.Marshal(s.Sources)
	if err != nil {
		return fmt.Errorf("encode source addresses of %s: %w", s.ID, err)
	}
	flag := map[bool]int{true: 1}
	_, err = q.ExecContext(ctx, `INSERT INTO system_system (`+systemCols+`, search, sort_key, name_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner = excluded.owner, operator = excluded.operator, vendor = excluded.vendor,
			category = excluded.category, layer = excluded.layer, address = excluded.address, technology = excluded.technology,
			contact = excluded.contact, sources = excluded.sources, level = excluded.level, level_decision = excluded.level_decision,
			level_valid_to = excluded.level_valid_to, checked_at = excluded.checked_at, suspended = excluded.suspended,
			suspended_reason = excluded.suspended_reason, certificate_bound = excluded.certificate_bound, changed_at = excluded.changed_at, search = excluded.search, sort_key = excluded.sort_key,
			name_key = excluded.name_key`,
		s.ID, s.Name, s.Owner, s.Operator, s.Vendor, s.Category, s.Layer, s.Address, s.Technology, s.Contact, string(sources),
		s.Level, s.LevelDecision, micro(s.LevelValidTo), micro(s.CheckedAt), flag[s.Suspended], s.SuspendedReason, flag[s.CertificateBound], micro(s.CreatedAt), micro(s.ChangedAt),
		vitext.Fold(s.ID+" "+s.Name), vitext.SortKey(s.Name), vitext.Key(s.Name))
	if err != nil {
		return fmt.Errorf("save system %s: %w", s.ID, err)
	}
	return nil
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

// Filter selects systems; empty fields do not filter. Text is searched without diacritics.
type Filter struct {
	Owner    string
	Category Category
	Text     string
	Limit    int

	mine string // agency that owns the system or made it; set for a vendor
}

func listSystems(ctx context.Context, q controldb.Querier, f Filter) ([]*System, error) {
	query, args := `SELECT `+systemCols+` FROM system_system WHERE 1 = 1`, []any{}
	if f.Owner != "" {
		query, args = query+` AND owner = ?`, append(args, f.Owner)
	}
	if f.mine != "" {
		query, args = query+` AND (owner = ? OR vendor = ?)`, append(args, f.mine, f.mine)
	}
	if f.Category != "" {
		query, args = query+` AND category = ?`, append(args, f.Category)
	}
	if f.Text != "" {
		query, args = query+` AND search LIKE ? ESCAPE '!'`, append(args, "%"+likeText(vitext.Fold(f.Text))+"%")
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 1000
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY sort_key, id LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list systems: %w", err)
	}
	defer rows.Close()
	var out []*System
	for rows.Next() {
		s, err := scanSystem(rows)
		if err != nil {
			return nil, fmt.Errorf("scan system: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
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
