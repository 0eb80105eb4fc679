package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

const versionCols = `subject, version, valid_from, record, request_id, event, actor_type, actor, actor_name, actor_agency, reason, changes, more, digest`

func insertVersion(ctx context.Context, q controldb.Querier, v *Version) error {
	changes, err := json.Marshal(v.Changes)
	if err != nil {
		return fmt.Errorf("write the changes of %s: %w", v.Subject, err)
	}
	const query = `INSERT INTO audit_version (` + versionCols + `, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = q.ExecContext(ctx, query, v.Subject, v.Number, v.At.UnixMicro(), v.Record, v.Request, v.Event,
		v.Actor.Type, v.Actor.AccountID, v.Actor.Name, v.Actor.AgencyCode, v.Reason, string(changes), v.More, v.Digest, string(v.Body))
	if err != nil {
		return fmt.Errorf("keep version %d of %s: %w", v.Number, v.Subject, err)
	}
	return nil
}

func scanVersion(row interface{ Scan(...any) error }, more ...any) (*Version, error) {
	var v Version
	var at int64
	var changes string
	into := append([]any{&v.Subject, &v.Number, &at, &v.Record, &v.Request, &v.Event, &v.Actor.Type, &v.Actor.AccountID, &v.Actor.Name, &v.Actor.AgencyCode,
		&v.Reason, &changes, &v.More, &v.Digest}, more...)
	if err := row.Scan(into...); err != nil {
		return nil, err
	}
	v.At = time.UnixMicro(at).UTC()
	if err := json.Unmarshal([]byte(changes), &v.Changes); err != nil {
		return nil, fmt.Errorf("read the changes of %s: %w", v.Subject, err)
	}
	return &v, nil
}

// newestVersion gives number, digest and state of the newest version; zero when there is none.
func newestVersion(ctx context.Context, q controldb.Querier, subject string) (Version, error) {
	v := Version{Subject: subject}
	const newest = `SELECT version, digest FROM audit_version WHERE subject = ? ORDER BY version DESC LIMIT 1`
	err := q.QueryRowContext(ctx, newest, subject).Scan(&v.Number, &v.Digest)
	if errors.Is(err, sql.ErrNoRows) {
		return v, nil
	}
	if err != nil {
		return v, fmt.Errorf("find the newest version of %s: %w", subject, err)
	}
	body, err := bodyAt(ctx, q, subject, v.Number)
	v.Body = body
	return v, err
}

// bodyAt is the state of a version: its own, or that of the last version before it that changed something.
func bodyAt(ctx context.Context, q controldb.Querier, subject string, version int64) (json.RawMessage, error) {
	var body string
	const query = `SELECT body FROM audit_version WHERE subject = ? AND version <= ? AND body <> '' ORDER BY version DESC LIMIT 1`
	if err := q.QueryRowContext(ctx, query, subject, version).Scan(&body); err != nil {
		return nil, fmt.Errorf("find state %d of %s: %w", version, subject, err)
	}
	return json.RawMessage(body), nil
}

// versionAt is the version in force at a moment, with its state; nil when the thing had none yet.
func versionAt(ctx context.Context, q controldb.Querier, subject string, at time.Time) (*Version, error) {
	const query = `SELECT ` + versionCols + ` FROM audit_version WHERE subject = ? AND valid_from <= ? ORDER BY version DESC LIMIT 1`
	v, err := scanVersion(q.QueryRowContext(ctx, query, subject, at.UnixMicro()))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // StateAt says it in words
	}
	if err != nil {
		return nil, fmt.Errorf("find the version of %s: %w", subject, err)
	}
	v.Body, err = bodyAt(ctx, q, subject, v.Number)
	return v, err
}

func listVersions(ctx context.Context, q controldb.Querier, subject string, before int64, limit int) ([]Version, error) {
	const query = `SELECT ` + versionCols + ` FROM audit_version WHERE subject = ? AND (? = 0 OR version < ?) ORDER BY version DESC LIMIT ?`
	rows, err := q.QueryContext(ctx, query, subject, before, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", subject, err)
	}
	defer rows.Close()
	var out []Version
	for rows.Next() {
		v, err := scanVersion(rows)
		if err != nil {
			return nil, fmt.Errorf("list versions of %s: %w", subject, err)
		}
		out = append(out, *v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", subject, err)
	}
	return out, nil
}

func listSubjects(ctx context.Context, q controldb.Querier, kind string) (map[string]bool, error) {
	const query = `SELECT subject FROM audit_version WHERE version = 1 AND subject >= ? AND subject < ? ORDER BY subject`
	rows, err := q.QueryContext(ctx, query, kind+"/", kind+"0") // "0" follows "/"
	if err != nil {
		return nil, fmt.Errorf("list histories of %s: %w", kind, err)
	}
	defer rows.Close()
	known := map[string]bool{}
	for rows.Next() {
		var subject string
		if err := rows.Scan(&subject); err != nil {
			return nil, fmt.Errorf("list histories of %s: %w", kind, err)
		}
		known[subject] = true
	}
	return known, rows.Err()
}

// Names gives Keeper.List from a query of one text column.
func Names(query string) func(ctx context.Context, q controldb.Querier) ([]string, error) {
	return func(ctx context.Context, q controldb.Querier) ([]string, error) {
		rows, err := q.QueryContext(ctx, query)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var out []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return nil, err
			}
			out = append(out, name)
		}
		return out, rows.Err()
	}
}
