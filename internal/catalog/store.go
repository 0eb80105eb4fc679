package catalog

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

const datasetCols = `id, code, owner, state, body, revision, created_at, changed_at`

func scanDataset(row interface{ Scan(...any) error }) (Dataset, error) {
	var kept, d Dataset
	var body string
	var created, changed int64
	if err := row.Scan(&kept.ID, &kept.Code, &kept.Owner, &kept.State, &body, &kept.Revision, &created, &changed); err != nil {
		return Dataset{}, err
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return Dataset{}, fmt.Errorf("read dataset %s: %w", kept.Code, err)
	}
	d.ID, d.Code, d.Owner, d.State, d.Revision = kept.ID, kept.Code, kept.Owner, kept.State, kept.Revision
	d.CreatedAt, d.ChangedAt = time.UnixMicro(created).UTC(), time.UnixMicro(changed).UTC()
	return d, nil
}

func searchKey(d Dataset) string {
	return vitext.Fold(strings.Join([]string{d.Name, string(d.Code), d.Description}, " "))
}

func insertDataset(ctx context.Context, q controldb.Querier, d Dataset) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write dataset %s: %w", d.Code, err)
	}
	if err := nameFree(ctx, q, d); err != nil {
		return err
	}
	const query = `INSERT INTO catalog_dataset (` + datasetCols + `, scope, name_key, search_key, sort_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = q.ExecContext(ctx, query, string(d.ID), string(d.Code), d.Owner, string(d.State), string(body), d.Revision, d.CreatedAt.UnixMicro(), d.ChangedAt.UnixMicro(),
		string(d.Classification.Scope), nameKey(d), searchKey(d), vitext.SortKey(d.Name))
	if controldb.IsUnique(err) {
		return fault.New(fault.Conflict, "catalog.code_taken", d.Code).At("code")
	}
	if err != nil {
		return fmt.Errorf("save dataset %s: %w", d.Code, err)
	}
	return nil
}

func nameFree(ctx context.Context, q controldb.Querier, d Dataset) error {
	var code Code
	// Registrations under way of other agencies are not looked at: their names are theirs until they are registered.
	const query = `SELECT code FROM catalog_dataset WHERE name_key IN (?, ?) AND id <> ? ORDER BY code LIMIT 1`
	err := q.QueryRowContext(ctx, query, vitext.Key(d.Name), hiddenKey(d), string(d.ID)).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the name of dataset %s: %w", d.Code, err)
	}
	return fault.New(fault.Conflict, "catalog.name_taken", code).At("name")
}

// nameKey is what no two datasets share: the name, and while the registration is hidden from other agencies, the name
// within its own agency. So a refusal tells nothing of what is hidden.
func nameKey(d Dataset) string {
	if d.State.Editable() {
		return hiddenKey(d)
	}
	return vitext.Key(d.Name)
}

func hiddenKey(d Dataset) string { return vitext.Key(d.Name) + "\n" + d.Owner }

// updateDataset saves a change of the revision that was read, and raises it.
func updateDataset(ctx context.Context, q controldb.Querier, d *Dataset) error {
	before := d.Revision
	d.Revision++
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write dataset %s: %w", d.Code, err)
	}
	if err := nameFree(ctx, q, *d); err != nil {
		return err
	}
	const query = `UPDATE catalog_dataset SET owner = ?, state = ?, scope = ?, body = ?, revision = ?, changed_at = ?, name_key = ?, search_key = ?, sort_key = ?, replica_of = ?
		WHERE id = ? AND revision = ?`
	res, err := q.ExecContext(ctx, query, d.Owner, string(d.State), string(d.Classification.Scope), string(body), d.Revision, d.ChangedAt.UnixMicro(),
		nameKey(*d), searchKey(*d), vitext.SortKey(d.Name), string(d.ReplicaOf), string(d.ID), before)
	if err != nil {
		return fmt.Errorf("save dataset %s: %w", d.Code, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.New(fault.Conflict, "catalog.changed_meanwhile", d.Code)
	}
	return nil
}

func findDataset(ctx context.Context, q controldb.Querier, id ID) (Dataset, error) {
	const query = `SELECT ` + datasetCols + ` FROM catalog_dataset WHERE id = ?`
	return oneDataset(q.QueryRowContext(ctx, query, string(id)), string(id))
}

func findByCode(ctx context.Context, q controldb.Querier, code Code) (Dataset, error) {
	const query = `SELECT ` + datasetCols + ` FROM catalog_dataset WHERE code = ?`
	return oneDataset(q.QueryRowContext(ctx, query, string(code)), string(code))
}

func oneDataset(row *sql.Row, name string) (Dataset, error) {
	d, err := scanDataset(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Dataset{}, fault.New(fault.NotFound, "catalog.not_found", name)
	}
	if err != nil {
		return Dataset{}, fmt.Errorf("find dataset %s: %w", name, err)
	}
	return d, nil
}

// findDatasets reads datasets by their ids; one that does not exist is absent.
func findDatasets(ctx context.Context, q controldb.Querier, ids []ID) ([]Dataset, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = string(id)
	}
	query := `SELECT ` + datasetCols + ` FROM catalog_dataset WHERE id IN (?` + strings.Repeat(", ?", len(ids)-1) + `) ORDER BY id`
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list datasets: %w", err)
	}
	defer rows.Close()
	var list []Dataset
	for rows.Next() {
		d, err := scanDataset(rows)
		if err != nil {
			return nil, fmt.Errorf("list datasets: %w", err)
		}
		list = append(list, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list datasets: %w", err)
	}
	return list, nil
}

// sumOfChanges is the number of datasets and of all their changes, which every change raises.
func sumOfChanges(ctx context.Context, q controldb.Querier) (sum [2]int64, err error) {
	const query = `SELECT COUNT(*), CAST(COALESCE(SUM(revision), 0) AS BIGINT) FROM catalog_dataset`
	if err := q.QueryRowContext(ctx, query).Scan(&sum[0], &sum[1]); err != nil {
		return sum, fmt.Errorf("count the changes of datasets: %w", err)
	}
	return sum, nil
}

// listChangedSince lists the datasets that were changed at the moment or later.
func listChangedSince(ctx context.Context, q controldb.Querier, micro int64) ([]ID, error) {
	rows, err := q.QueryContext(ctx, `SELECT id FROM catalog_dataset WHERE changed_at >= ? ORDER BY changed_at, id`, micro)
	if err != nil {
		return nil, fmt.Errorf("list changed datasets: %w", err)
	}
	defer rows.Close()
	var list []ID
	for rows.Next() {
		var id ID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list changed datasets: %w", err)
		}
		list = append(list, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list changed datasets: %w", err)
	}
	return list, nil
}

func listRevisions(ctx context.Context, q controldb.Querier) (map[ID]int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, revision FROM catalog_dataset ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list the revisions of datasets: %w", err)
	}
	defer rows.Close()
	all := map[ID]int64{}
	for rows.Next() {
		var id ID
		var revision int64
		if err := rows.Scan(&id, &revision); err != nil {
			return nil, fmt.Errorf("list the revisions of datasets: %w", err)
		}
		all[id] = revision
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list the revisions of datasets: %w", err)
	}
	return all, nil
}

// OwnerPeriod is one entry of the owner history: the agency from that day on.
type OwnerPeriod struct {
	Agency   string
	From     time.Time
	Decision string
	By       string
}

func insertOwner(ctx context.Context, q controldb.Querier, id ID, p OwnerPeriod) error {
	const query = `INSERT INTO catalog_owner (dataset, number, agency, valid_from, decision, decided_by)
		SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ? FROM catalog_owner WHERE dataset = ?`
	if _, err := q.ExecContext(ctx, query, string(id), p.Agency, p.From.UnixMicro(), p.Decision, p.By, string(id)); err != nil {
		return fmt.Errorf("save owner of dataset %s: %w", id, err)
	}
	return nil
}

func listOwners(ctx context.Context, q controldb.Querier, id ID) ([]OwnerPeriod, error) {
	rows, err := q.QueryContext(ctx, `SELECT agency, valid_from, decision, decided_by FROM catalog_owner WHERE dataset = ? ORDER BY number DESC LIMIT 1000`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list owners of dataset %s: %w", id, err)
	}
	defer rows.Close()
	var list []OwnerPeriod
	for rows.Next() {
		var p OwnerPeriod
		var at int64
		if err := rows.Scan(&p.Agency, &at, &p.Decision, &p.By); err != nil {
			return nil, fmt.Errorf("list owners of dataset %s: %w", id, err)
		}
		p.From = time.UnixMicro(at).UTC()
		list = append(list, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list owners of dataset %s: %w", id, err)
	}
	return list, nil
}

// Step is one change of state.
type Step struct {
	From, To State
	Note     string
	Who      string
	WhoName  string
	At       time.Time
}

func insertStep(ctx context.Context, q controldb.Querier, id ID, s Step) error {
	const query = `INSERT INTO catalog_step (dataset, number, from_state, to_state, note, who, who_name, at)
		SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ?, ?, ? FROM catalog_step WHERE dataset = ?`
	if _, err := q.ExecContext(ctx, query, string(id), string(s.From), string(s.To), s.Note, s.Who, s.WhoName, s.At.UnixMicro(), string(id)); err != nil {
		return fmt.Errorf("save step of dataset %s: %w", id, err)
	}
	return nil
}

func listSteps(ctx context.Context, q controldb.Querier, id ID) ([]Step, error) {
	rows, err := q.QueryContext(ctx, `SELECT from_state, to_state, note, who, who_name, at FROM catalog_step WHERE dataset = ? ORDER BY number DESC LIMIT 1000`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list steps of dataset %s: %w", id, err)
	}
	defer rows.Close()
	var list []Step
	for rows.Next() {
		var s Step
		var at int64
		if err := rows.Scan(&s.From, &s.To, &s.Note, &s.Who, &s.WhoName, &at); err != nil {
			return nil, fmt.Errorf("list steps of dataset %s: %w", id, err)
		}
		s.At = time.UnixMicro(at).UTC()
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list steps of dataset %s: %w", id, err)
	}
	return list, nil
}

// insertSchema adds a version; no statement changes one (invariant 3).
func insertSchema(ctx context.Context, q controldb.Querier, s *Schema) error {
	if err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) + 1 FROM catalog_schema WHERE dataset = ?`, string(s.Dataset)).Scan(&s.Version); err != nil {
		return fmt.Errorf("number a schema of dataset %s: %w", s.Dataset, err)
	}
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write schema of dataset %s: %w", s.Dataset, err)
	}
	const query = `INSERT INTO catalog_schema (dataset, version, body, created_at, created_by) VALUES (?, ?, ?, ?, ?)`
	if _, err := q.ExecContext(ctx, query, string(s.Dataset), s.Version, string(body), s.CreatedAt.UnixMicro(), s.CreatedBy); err != nil {
		return fmt.Errorf("save schema of dataset %s: %w", s.Dataset, err)
	}
	return nil
}

func findSchema(ctx context.Context, q controldb.Querier, id ID, version int) (*Schema, error) {
	var body string
	err := q.QueryRowContext(ctx, `SELECT body FROM catalog_schema WHERE dataset = ? AND version = ?`, string(id), version).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "catalog.schema_not_found", version)
	}
	if err != nil {
		return nil, fmt.Errorf("find schema %d of dataset %s: %w", version, id, err)
	}
	var s Schema
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		return nil, fmt.Errorf("read schema %d of dataset %s: %w", version, id, err)
	}
	return &s, nil
}

// sameSource finds another dataset in force that holds exactly the same elements: a second source of the same facts. A
// dataset that says it is a copy of the other is none.
func sameSource(ctx context.Context, q controldb.Querier, d Dataset, schema *Schema) (Code, bool, error) {
	if schema == nil {
		return "", false, nil
	}
	for _, f := range schema.Fields { // a field outside the dictionary is like no other
		if !f.Mapped() {
			return "", false, nil
		}
	}
	others, err := schemasNamingAll(ctx, q, schema.codes())
	if err != nil {
		return "", false, err
	}
	for _, other := range others {
		o := other.dataset
		if o.ID == d.ID || o.State == Draft || o.State == Returned || o.State == Retired || o.ReplicaOf != "" || d.ReplicaOf == o.Code || other.schema.Version != o.SchemaVersion {
			continue
		}
		if schema.sameElements(&other.schema) {
			return o.Code, true, nil
		}
	}
	return "", false, nil
}
