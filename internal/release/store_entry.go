package release

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

const entryCols = `subject, held, candidate, change, members, reason, exact_key, search_key, sort_key, body`

func scanLine(row interface{ Scan(...any) error }) (*Line, error) {
	var l Line
	var subject, members, body string
	var held, candidate int
	if err := row.Scan(&subject, &held, &candidate, &l.Change, &members, &l.Reason, &l.exact, &l.search, &l.sort, &body); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(body), &l.Entry); err != nil {
		return nil, fmt.Errorf("read entry %s: %w", subject, err)
	}
	l.Subject, l.Held, l.candidate, l.digest = subject, held == 1, candidate == 1, digestOf(body)
	if members != "" {
		l.Members = strings.Split(members, ",")
	}
	return &l, nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// replaceLines puts the lines of a draft in place of those it had.
func replaceLines(ctx context.Context, q controldb.Querier, release string, lines []*Line) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM release_entry WHERE release_id = ?`, release); err != nil {
		return fmt.Errorf("clear the draft: %w", err)
	}
	for _, l := range lines {
		body, digest, err := l.body()
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `INSERT INTO release_entry (release_id, owner, digest, `+entryCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			release, l.Owner, digest, l.Subject, flag(l.Held), flag(l.candidate), string(l.Change), strings.Join(l.Members, ","), l.Reason, l.exact, l.search, l.sort, body)
		if err != nil {
			return fmt.Errorf("save entry %s: %w", l.Subject, err)
		}
	}
	return nil
}

// setLine saves what the operator decides on one line of a draft.
func setLine(ctx context.Context, q controldb.Querier, release string, l *Line) error {
	const query = `UPDATE release_entry SET held = ?, change = ?, members = ?, reason = ? WHERE release_id = ? AND subject = ?`
	if _, err := q.ExecContext(ctx, query, flag(l.Held), string(l.Change), strings.Join(l.Members, ","), l.Reason, release, l.Subject); err != nil {
		return fmt.Errorf("save entry %s: %w", l.Subject, err)
	}
	return nil
}

func findLine(ctx context.Context, q controldb.Querier, release, subject string) (*Line, error) {
	l, err := scanLine(q.QueryRowContext(ctx, `SELECT `+entryCols+` FROM release_entry WHERE release_id = ? AND subject = ?`, release, subject))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "release.entry_not_found", subject)
	}
	if err != nil {
		return nil, fmt.Errorf("find entry %s: %w", subject, err)
	}
	return l, nil
}

func queryLines(ctx context.Context, q controldb.Querier, query string, args ...any) ([]*Line, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list entries: %w", err)
	}
	defer rows.Close()
	var out []*Line
	for rows.Next() {
		l, err := scanLine(rows)
		if err != nil {
			return nil, fmt.Errorf("list entries: %w", err)
		}
		out = append(out, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list entries: %w", err)
	}
	return out, nil
}

// allLines reads every line of a release in Vietnamese order, those it leaves out too.
func allLines(ctx context.Context, q controldb.Querier, release string) ([]*Line, error) {
	return queryLines(ctx, q, `SELECT `+entryCols+` FROM release_entry WHERE release_id = ? ORDER BY sort_key, subject`, release)
}

// Filter narrows the lines of a release; zero values do not.
type Filter struct {
	Text   string // with or without marks; exact finds come first
	Owner  string
	Change Change // all that the release holds when empty
	After  string // cursor of the last line of the page before
	Limit  int    // 100 when 0, at most 500
}

// Page of lines. Next is the cursor of the page behind it; empty when there is none.
type Page struct {
	Lines []*Line
	Next  string
}

var escape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func listLines(ctx context.Context, q controldb.Querier, release string, f Filter) (Page, error) {
	limit := f.Limit
	if limit <= 0 || limit > 500 {
		limit = 100
	}
	rank, args := `0`, []any{}
	text := strings.TrimSpace(f.Text)
	if text != "" {
		rank, args = `CASE WHEN exact_key LIKE ? ESCAPE '!' THEN 0 ELSE 1 END`, append(args, "%"+escape.Replace(vitext.Key(text))+"%")
	}
	query := `SELECT ` + entryCols + `, hit FROM (SELECT ` + entryCols + `, owner, release_id, ` + rank + ` AS hit FROM release_entry WHERE release_id = ?) AS e WHERE 1 = 1`
	args = append(args, release)
	if f.Change != "" {
		query, args = query+` AND change = ?`, append(args, string(f.Change))
	} else {
		query += ` AND held = 1`
	}
	if f.Owner != "" {
		query, args = query+` AND owner = ?`, append(args, f.Owner)
	}
	for _, word := range strings.Fields(vitext.Fold(text)) {
		query, args = query+` AND search_key LIKE ? ESCAPE '!'`, append(args, "%"+escape.Replace(word)+"%")
	}
	if hit, key, subject, ok := cursor(f.After); ok {
		query += ` AND (hit > ? OR hit = ? AND (sort_key > ? OR sort_key = ? AND subject > ?))`
		args = append(args, hit, hit, key, key, subject)
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY hit, sort_key, subject LIMIT ?`, append(args, limit+1)...)
	if err != nil {
		return Page{}, fmt.Errorf("list entries: %w", err)
	}
	defer rows.Close()
	var p Page
	for rows.Next() {
		var hit int
		l, err := scanLine(withHit{rows, &hit})
		if err != nil {
			return Page{}, fmt.Errorf("list entries: %w", err)
		}
		if len(p.Lines) == limit {
			last := p.Lines[limit-1]
			p.Next = fmt.Sprintf("%d/%s/%s", last.hit, last.sort, last.Subject)
			break
		}
		l.hit = hit
		p.Lines = append(p.Lines, l)
	}
	if err := rows.Err(); err != nil {
		return Page{}, fmt.Errorf("list entries: %w", err)
	}
	return p, nil
}

// withHit scans one column more than a line has.
type withHit struct {
	row interface{ Scan(...any) error }
	hit *int
}

func (w withHit) Scan(dest ...any) error { return w.row.Scan(append(dest, w.hit)...) }

func cursor(text string) (hit int, key, subject string, ok bool) {
	first, rest, found := strings.Cut(text, "/")
	key, subject, more := strings.Cut(rest, "/")
	if !found || !more || first != "0" && first != "1" {
		return 0, "", "", false
	}
	return int(first[0] - '0'), key, subject, true
}

func countLines(ctx context.Context, q controldb.Querier, release string) (Counts, error) {
	rows, err := q.QueryContext(ctx, `SELECT change, held, COUNT(*) FROM release_entry WHERE release_id = ? GROUP BY change, held`, release)
	if err != nil {
		return Counts{}, fmt.Errorf("count entries: %w", err)
	}
	defer rows.Close()
	var c Counts
	for rows.Next() {
		var change Change
		var held, n int
		if err := rows.Scan(&change, &held, &n); err != nil {
			return c, fmt.Errorf("count entries: %w", err)
		}
		if held == 1 {
			c.Held += n
		}
		switch change {
		case Added:
			c.Added += n
		case Changed:
			c.Changed += n
		case Removed:
			c.Removed += n
		case LeftOut:
			c.LeftOut += n
		}
	}
	return c, rows.Err()
}

// subjectsOf lists the subjects of the lines of a kind of change.
func subjectsOf(ctx context.Context, q controldb.Querier, release string, change Change) ([]string, error) {
	return texts(ctx, q, `SELECT subject FROM release_entry WHERE release_id = ? AND change = ? ORDER BY subject`, release, string(change))
}

func texts(ctx context.Context, q controldb.Querier, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list subjects: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("list subjects: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
