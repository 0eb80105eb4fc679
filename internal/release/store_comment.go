package release

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

func insertOpinion(ctx context.Context, q controldb.Querier, release string, o Opinion) error {
	const query = `INSERT INTO release_opinion (release_id, agency, name, verdict, who, who_name, at) VALUES (?, ?, ?, '', '', '', 0)`
	if _, err := q.ExecContext(ctx, query, release, o.Agency, o.Name); err != nil {
		return fmt.Errorf("ask agency %s: %w", o.Agency, err)
	}
	return nil
}

// setOpinion saves what an agency says.
func setOpinion(ctx context.Context, q controldb.Querier, release string, o Opinion) error {
	const query = `UPDATE release_opinion SET verdict = ?, who = ?, who_name = ?, at = ? WHERE release_id = ? AND agency = ?`
	if _, err := q.ExecContext(ctx, query, string(o.Verdict), o.By, o.ByName, micro(o.At), release, o.Agency); err != nil {
		return fmt.Errorf("save the opinion of %s: %w", o.Agency, err)
	}
	return nil
}

func listOpinions(ctx context.Context, q controldb.Querier, release, agency string) ([]Opinion, error) {
	query, args := `SELECT agency, name, verdict, who, who_name, at FROM release_opinion WHERE release_id = ?`, []any{release}
	if agency != "" {
		query, args = query+` AND agency = ?`, append(args, agency)
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY agency LIMIT 2000`, args...)
	if err != nil {
		return nil, fmt.Errorf("list opinions: %w", err)
	}
	defer rows.Close()
	var out []Opinion
	for rows.Next() {
		var o Opinion
		var at int64
		if err := rows.Scan(&o.Agency, &o.Name, &o.Verdict, &o.By, &o.ByName, &at); err != nil {
			return nil, fmt.Errorf("list opinions: %w", err)
		}
		o.At = moment(at)
		out = append(out, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list opinions: %w", err)
	}
	return out, nil
}

const commentCols = `id, subject, agency, who, who_name, text, at, verdict, answer, answered_by, answered_name, answered_at`

func scanComment(row interface{ Scan(...any) error }) (Comment, error) {
	var c Comment
	var at, answered int64
	err := row.Scan(&c.ID, &c.Subject, &c.Agency, &c.By, &c.ByName, &c.Text, &at, &c.Verdict, &c.Answer, &c.AnsweredBy, &c.AnsweredName, &answered)
	c.At, c.AnsweredAt = moment(at), moment(answered)
	return c, err
}

func insertComment(ctx context.Context, q controldb.Querier, release string, c Comment) error {
	const query = `INSERT INTO release_comment (release_id, ` + commentCols + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '', 0)`
	if _, err := q.ExecContext(ctx, query, release, c.ID, c.Subject, c.Agency, c.By, c.ByName, c.Text, micro(c.At)); err != nil {
		return fmt.Errorf("save a comment of %s: %w", c.Agency, err)
	}
	return nil
}

func answerComment(ctx context.Context, q controldb.Querier, release string, c Comment) error {
	const query = `UPDATE release_comment SET verdict = ?, answer = ?, answered_by = ?, answered_name = ?, answered_at = ? WHERE release_id = ? AND id = ?`
	if _, err := q.ExecContext(ctx, query, string(c.Verdict), c.Answer, c.AnsweredBy, c.AnsweredName, micro(c.AnsweredAt), release, c.ID); err != nil {
		return fmt.Errorf("answer comment %s: %w", c.ID, err)
	}
	return nil
}

func findComment(ctx context.Context, q controldb.Querier, release, id string) (Comment, error) {
	c, err := scanComment(q.QueryRowContext(ctx, `SELECT `+commentCols+` FROM release_comment WHERE release_id = ? AND id = ?`, release, id))
	if errors.Is(err, sql.ErrNoRows) {
		return c, fault.New(fault.NotFound, "release.comment_not_found")
	}
	if err != nil {
		return c, fmt.Errorf("find comment %s: %w", id, err)
	}
	return c, nil
}

// listComments lists comments, of one agency when it is named, the oldest first.
func listComments(ctx context.Context, q controldb.Querier, release, agency string) ([]Comment, error) {
	query, args := `SELECT `+commentCols+` FROM release_comment WHERE release_id = ?`, []any{release}
	if agency != "" {
		query, args = query+` AND agency = ?`, append(args, agency)
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY at, id LIMIT 5000`, args...)
	if err != nil {
		return nil, fmt.Errorf("list comments: %w", err)
	}
	defer rows.Close()
	var out []Comment
	for rows.Next() {
		c, err := scanComment(rows)
		if err != nil {
			return nil, fmt.Errorf("list comments: %w", err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list comments: %w", err)
	}
	return out, nil
}

func countOpen(ctx context.Context, q controldb.Querier, release string) (int, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM release_comment WHERE release_id = ? AND verdict = ''`, release).Scan(&n); err != nil {
		return 0, fmt.Errorf("count open comments: %w", err)
	}
	return n, nil
}
