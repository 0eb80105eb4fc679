package account

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
	"lienthong/internal/kit/vitext"
)

const accountCols = `id, username, full_name, agency, roles, active, valid_to, sponsor, commitment, password, totp, totp_step, recovery,
	last_sign_in, created_at, created_by, changed_at`

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

func scanAccount(row interface{ Scan(...any) error }) (*Account, error) {
	var a Account
	var roles, recovery string
	var active int
	var valid, last, created, changed int64
	err := row.Scan(&a.ID, &a.Username, &a.FullName, &a.Agency, &roles, &active, &valid, &a.Sponsor, &a.Commitment, &a.password, &a.totp, &a.step, &recovery,
		&last, &created, &a.CreatedBy, &changed)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(json.Unmarshal([]byte(roles), &a.Roles), json.Unmarshal([]byte(recovery), &a.recovery)); err != nil {
		return nil, fmt.Errorf("decode account %s: %w", a.ID, err)
	}
	a.Active, a.ValidTo, a.LastSignIn, a.CreatedAt, a.ChangedAt = active == 1, moment(valid), moment(last), moment(created), moment(changed)
	a.TwoFactor, a.Recovery = a.totp != "", len(a.recovery)
	return &a, nil
}

func saveAccount(ctx context.Context, q controldb.Querier, a *Account) error {
	roles, err := json.Marshal(a.Roles)
	if err != nil {
		return fmt.Errorf("encode roles of %s: %w", a.ID, err)
	}
	recovery, err := json.Marshal(a.recovery)
	if err != nil {
		return fmt.Errorf("encode recovery codes of %s: %w", a.ID, err)
	}
	active := 0
	if a.Active {
		active = 1
	}
	_, err = q.ExecContext(ctx, `INSERT INTO account_account (`+accountCols+`, search, sort_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET full_name = excluded.full_name, agency = excluded.agency, roles = excluded.roles, active = excluded.active,
			valid_to = excluded.valid_to, sponsor = excluded.sponsor, commitment = excluded.commitment, password = excluded.password,
			totp = excluded.totp, totp_step = excluded.totp_step, recovery = excluded.recovery,
			last_sign_in = excluded.last_sign_in, changed_at = excluded.changed_at,
			search = excluded.search, sort_key = excluded.sort_key`,
		a.ID, a.Username, a.FullName, a.Agency, string(roles), active, micro(a.ValidTo), a.Sponsor, a.Commitment, a.password, a.totp, a.step, string(recovery),
		micro(a.LastSignIn), micro(a.CreatedAt), a.CreatedBy, micro(a.ChangedAt),
		vitext.Fold(a.Username+" "+a.FullName), vitext.SortKey(a.FullName))
	if err != nil {
		return fmt.Errorf("save account %s: %w", a.ID, err)
	}
	return nil
}

func findAccount(ctx context.Context, q controldb.Querier, id string) (*Account, error) {
	a, err := scanAccount(q.QueryRowContext(ctx, `SELECT `+accountCols+` FROM account_account WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "account.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("find account %s: %w", id, err)
	}
	return a, nil
}

// findByName is nil without an error when nobody has the name: that must cost as much as a wrong password.
func findByName(ctx context.Context, q controldb.Querier, username string) (*Account, error) {
	a, err := scanAccount(q.QueryRowContext(ctx, `SELECT `+accountCols+` FROM account_account WHERE username = ?`, username))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // said in the comment
	}
	if err != nil {
		return nil, fmt.Errorf("find account by name: %w", err)
	}
	return a, nil
}

// Filter selects accounts; empty fields do not filter. Text is searched without diacritics.
type Filter struct {
	Agency string
	Role   access.Role
	Text   string
	Limit  int
}

func listAccounts(ctx context.Context, q controldb.Querier, f Filter) ([]*Account, error) {
	query, args := `SELECT `+accountCols+` FROM account_account WHERE 1 = 1`, []any{}
	if f.Agency != "" {
		query, args = query+` AND agency = ?`, append(args, f.Agency)
	}
	if f.Role.Known() { // so that the pattern holds nothing but a role's name
		query, args = query+` AND roles LIKE ?`, append(args, `%"`+string(f.Role)+`"%`)
	}
	if f.Text != "" {
		text := strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(vitext.Fold(f.Text))
		query, args = query+` AND search LIKE ? ESCAPE '!'`, append(args, "%"+text+"%")
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 1000
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY sort_key, id LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	defer rows.Close()
	var out []*Account
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, fmt.Errorf("scan account: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

func countAccounts(ctx context.Context, q controldb.Querier) (int, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM account_account`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count accounts: %w", err)
	}
	return n, nil
}

// replaceHash changes a password's hash unless somebody else just did.
func replaceHash(ctx context.Context, q controldb.Querier, id, old, next string) error {
	if _, err := q.ExecContext(ctx, `UPDATE account_account SET password = ? WHERE id = ? AND password = ?`, next, id, old); err != nil {
		return fmt.Errorf("renew hash of account %s: %w", id, err)
	}
	return nil
}

// findLink is whose link it is, while it works.
func findLink(ctx context.Context, q controldb.Querier, hash string, now time.Time) (account string, err error) {
	var valid int64
	err = q.QueryRowContext(ctx, `SELECT account_id, valid_to FROM account_link WHERE token_hash = ?`, hash).Scan(&account, &valid)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !now.Before(moment(valid)) {
		return "", fault.New(fault.Denied, "account.link_invalid")
	}
	if err != nil {
		return "", fmt.Errorf("find link: %w", err)
	}
	return account, nil
}

func insertLink(ctx context.Context, q controldb.Querier, hash, account string, validTo time.Time) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM account_link WHERE account_id = ?`, account); err != nil {
		return fmt.Errorf("remove older links: %w", err)
	}
	if _, err := q.ExecContext(ctx, `INSERT INTO account_link (token_hash, account_id, valid_to) VALUES (?, ?, ?)`, hash, account, micro(validTo)); err != nil {
		return fmt.Errorf("save link: %w", err)
	}
	return nil
}

// takeLink uses a link up: of two who take it at once, one gets it.
func takeLink(ctx context.Context, q controldb.Querier, hash string, now time.Time) (account string, err error) {
	var valid int64
	err = q.QueryRowContext(ctx, `DELETE FROM account_link WHERE token_hash = ? RETURNING account_id, valid_to`, hash).Scan(&account, &valid)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !now.Before(moment(valid)) {
		return "", fault.New(fault.Denied, "account.link_invalid")
	}
	if err != nil {
		return "", fmt.Errorf("take link: %w", err)
	}
	return account, nil
}
