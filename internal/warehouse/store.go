package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const versionCols = `id, dataset, number, verdict, row_count, body, manifest, published_at`

func scanVersion(row interface{ Scan(...any) error }) (Version, error) {
	var v, kept Version
	var body string
	var at int64
	if err := row.Scan(&kept.ID, &kept.Dataset, &kept.Number, &kept.Verdict, &kept.Rows, &body, &kept.ManifestSHA256, &at); err != nil {
		return Version{}, err
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return Version{}, fmt.Errorf("read version %s: %w", kept.ID, err)
	}
	v.ID, v.Dataset, v.Number, v.Verdict, v.Rows, v.ManifestSHA256 = kept.ID, kept.Dataset, kept.Number, kept.Verdict, kept.Rows, kept.ManifestSHA256
	v.PublishedAt = time.UnixMicro(at).UTC()
	return v, nil
}

// insertVersion makes a version visible. It is the only statement that writes one (invariant 2).
func insertVersion(ctx context.Context, q controldb.Querier, v Version) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write version %s: %w", v.ID, err)
	}
	const query = `INSERT INTO warehouse_version (` + versionCols + `, delivery) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = q.ExecContext(ctx, query, string(v.ID), v.Dataset, v.Number, v.Verdict, v.Rows, string(body), v.ManifestSHA256, v.PublishedAt.UnixMicro(), v.Provenance.Delivery)
	if controldb.IsUnique(err) {
		return fault.New(fault.Conflict, "warehouse.already_published", v.Provenance.Delivery)
	}
	if err != nil {
		return fmt.Errorf("save version %s: %w", v.ID, err)
	}
	return nil
}

func lastNumber(ctx context.Context, q controldb.Querier, dataset string) (int, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) FROM warehouse_version WHERE dataset = ?`, dataset).Scan(&n); err != nil {
		return 0, fmt.Errorf("find the last version of %s: %w", dataset, err)
	}
	return n, nil
}

func currentVersion(ctx context.Context, q controldb.Querier, dataset string) (Version, error) {
	const query = `SELECT ` + versionCols + ` FROM warehouse_version WHERE dataset = ? AND ` + notPurged + ` ORDER BY number DESC LIMIT 1`
	return oneVersion(q.QueryRowContext(ctx, query, dataset), dataset)
}

func findVersion(ctx context.Context, q controldb.Querier, id VersionID) (Version, error) {
	const query = `SELECT ` + versionCols + ` FROM warehouse_version WHERE id = ? AND ` + notPurged
	return oneVersion(q.QueryRowContext(ctx, query, string(id)), string(id))
}

func versionOfDelivery(ctx context.Context, q controldb.Querier, delivery string) (Version, error) {
	const query = `SELECT ` + versionCols + ` FROM warehouse_version WHERE delivery = ?`
	return oneVersion(q.QueryRowContext(ctx, query, delivery), delivery)
}

func oneVersion(row *sql.Row, name string) (Version, error) {
	v, err := scanVersion(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Version{}, fault.New(fault.NotFound, "warehouse.no_version", name)
	}
	if err != nil {
		return Version{}, fmt.Errorf("find version of %s: %w", name, err)
	}
	return v, nil
}

func listVersions(ctx context.Context, q controldb.Querier, dataset string, before, limit int) ([]Version, error) {
	const query = `SELECT ` + versionCols + ` FROM warehouse_version WHERE dataset = ? AND number < ? AND ` + notPurged + ` ORDER BY number DESC LIMIT ?`
	rows, err := q.QueryContext(ctx, query, dataset, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", dataset, err)
	}
	defer rows.Close()
	var list []Version
	for rows.Next() {
		v, err := scanVersion(rows)
		if err != nil {
			return nil, fmt.Errorf("list versions of %s: %w", dataset, err)
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", dataset, err)
	}
	return list, nil
}

// notPurged leaves out versions whose content was removed. Their rows stay as the record of what there was.
const notPurged = `id NOT IN (SELECT version FROM warehouse_purge)`

func insertPurge(ctx context.Context, q controldb.Querier, id VersionID, reason, by string, at time.Time) error {
	const query = `INSERT INTO warehouse_purge (version, reason, purged_by, purged_at) VALUES (?, ?, ?, ?)`
	if _, err := q.ExecContext(ctx, query, string(id), reason, by, at.UnixMicro()); err != nil {
		return fmt.Errorf("purge version %s: %w", id, err)
	}
	return nil
}

// knownVersions are all version ids, true for those that have files and false for those whose content was purged.
func knownVersions(ctx context.Context, q controldb.Querier) (map[VersionID]bool, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, (SELECT count(*) FROM warehouse_purge p WHERE p.version = v.id) FROM warehouse_version v ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list all versions: %w", err)
	}
	defer rows.Close()
	known := map[VersionID]bool{}
	for rows.Next() {
		var id VersionID
		var purged int
		if err := rows.Scan(&id, &purged); err != nil {
			return nil, fmt.Errorf("list all versions: %w", err)
		}
		known[id] = purged == 0
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list all versions: %w", err)
	}
	return known, nil
}
