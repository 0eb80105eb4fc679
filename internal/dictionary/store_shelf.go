package dictionary

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

// shelf is a table of immutable versions of things that are read whole: code lists and kinds of identifiers.
type shelf struct{ table, missing string }

var (
	listShelf       = shelf{"dictionary_code_list", "dictionary.code_list_not_found"}
	identifierShelf = shelf{"dictionary_identifier", "dictionary.identifier_not_found"}
)

// shelved is one version on a shelf.
type shelved struct {
	Name      string
	Version   int
	Label     string
	Effective Day
	Body      string
	At        time.Time
	By        string
}

const shelvedCols = `name, version, label, effective_from, body, created_at, created_by`

func scanShelved(row interface{ Scan(...any) error }) (shelved, error) {
	var v shelved
	var at int64
	err := row.Scan(&v.Name, &v.Version, &v.Label, &v.Effective, &v.Body, &at, &v.By)
	v.At = time.UnixMicro(at).UTC()
	return v, err
}

// current orders the versions of one thing so that the one that holds on a day comes first; before the day of the first
// version that is the newest.
const current = ` CASE WHEN effective_from <= ? THEN 0 ELSE 1 END, version DESC `

func insertShelved(ctx context.Context, q controldb.Querier, s shelf, v shelved, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write version %d of %s: %w", v.Version, v.Name, err)
	}
	query := `INSERT INTO ` + s.table + ` (` + shelvedCols + `, announced) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = q.ExecContext(ctx, query, v.Name, v.Version, v.Label, v.Effective, string(text), v.At.UnixMicro(), v.By, told(v.Effective))
	if controldb.IsUnique(err) {
		if v.Version == 1 {
			return fault.New(fault.Conflict, "dictionary.code_taken", v.Name).At("name")
		}
		return fault.New(fault.Conflict, "dictionary.element_changed", v.Name)
	}
	if err != nil {
		return fmt.Errorf("save version %d of %s: %w", v.Version, v.Name, err)
	}
	return nil
}

// told is 1 for a version of which nobody need be told when its day comes.
func told(effective Day) int {
	if effective == NoDay {
		return 1
	}
	return 0
}

func oneShelved(row *sql.Row, s shelf, name string) (shelved, error) {
	v, err := scanShelved(row)
	if errors.Is(err, sql.ErrNoRows) {
		return shelved{}, fault.New(fault.NotFound, s.missing, name)
	}
	if err != nil {
		return shelved{}, fmt.Errorf("find %s: %w", name, err)
	}
	return v, nil
}

// findShelved finds the version that holds on a day.
func findShelved(ctx context.Context, q controldb.Querier, s shelf, name string, day Day) (shelved, error) {
	query := `SELECT ` + shelvedCols + ` FROM ` + s.table + ` WHERE name = ? ORDER BY` + current + `LIMIT 1`
	return oneShelved(q.QueryRowContext(ctx, query, name, day), s, name)
}

func newestShelved(ctx context.Context, q controldb.Querier, s shelf, name string) (shelved, error) {
	query := `SELECT ` + shelvedCols + ` FROM ` + s.table + ` WHERE name = ? ORDER BY version DESC LIMIT 1`
	return oneShelved(q.QueryRowContext(ctx, query, name), s, name)
}

// listShelved lists the versions that hold on a day, by name.
func listShelved(ctx context.Context, q controldb.Querier, s shelf, day Day) ([]shelved, error) {
	query := `SELECT ` + shelvedCols + ` FROM ` + s.table + ` l
		WHERE version = (SELECT n.version FROM ` + s.table + ` n WHERE n.name = l.name ORDER BY CASE WHEN n.effective_from <= ? THEN 0 ELSE 1 END, n.version DESC LIMIT 1)
		ORDER BY name LIMIT 10000`
	return manyShelved(ctx, q, query, day)
}

func shelvedHistory(ctx context.Context, q controldb.Querier, s shelf, name string) ([]shelved, error) {
	return manyShelved(ctx, q, `SELECT `+shelvedCols+` FROM `+s.table+` WHERE name = ? ORDER BY version DESC LIMIT 1000`, name)
}

func manyShelved(ctx context.Context, q controldb.Querier, query string, args ...any) ([]shelved, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list versions: %w", err)
	}
	defer rows.Close()
	var list []shelved
	for rows.Next() {
		v, err := scanShelved(rows)
		if err != nil {
			return nil, fmt.Errorf("list versions: %w", err)
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list versions: %w", err)
	}
	return list, nil
}

func readCodeList(v shelved) (*CodeList, error) {
	var l CodeList
	if err := json.Unmarshal([]byte(v.Body), &l); err != nil {
		return nil, fmt.Errorf("read code list %s: %w", v.Name, err)
	}
	l.Name, l.Version, l.Label, l.Effective = v.Name, v.Version, v.Label, v.Effective
	return NewCodeList(l)
}

func readIdentifier(v shelved) (Identifier, error) {
	var i Identifier
	if err := json.Unmarshal([]byte(v.Body), &i); err != nil {
		return Identifier{}, fmt.Errorf("read kind of identifier %s: %w", v.Name, err)
	}
	i.Name, i.Version, i.Label, i.Effective, i.CreatedAt, i.CreatedBy = v.Name, v.Version, v.Label, v.Effective, v.At, v.By
	return i, nil
}

// columnsOf names the table and key column of a kind.
func columnsOf(kind Thing) (table, key string, err error) {
	switch kind {
	case ThingElement:
		return "dictionary_element", "code", nil
	case ThingCodeList:
		return listShelf.table, "name", nil
	case ThingIdentifier:
		return identifierShelf.table, "name", nil
	}
	return "", "", fault.New(fault.Invalid, "dictionary.bad_kind", kind).At("kind")
}

// newestLabel is the semantic version of the newest version of a thing; a fault when there is none.
func newestLabel(ctx context.Context, q controldb.Querier, kind Thing, name string) (string, error) {
	table, key, err := columnsOf(kind)
	if err != nil {
		return "", err
	}
	var label string
	err = q.QueryRowContext(ctx, `SELECT label FROM `+table+` WHERE `+key+` = ? ORDER BY version DESC LIMIT 1`, name).Scan(&label)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.NotFound, "dictionary."+string(kind)+"_not_found", name)
	}
	if err != nil {
		return "", fmt.Errorf("find the newest version of %s: %w", name, err)
	}
	return label, nil
}

func listUnannounced(ctx context.Context, q controldb.Querier, kind Thing, today Day) ([]shelved, error) {
	table, key, err := columnsOf(kind)
	if err != nil {
		return nil, err
	}
	return manyShelved(ctx, q, `SELECT `+key+`, version, label, effective_from, body, created_at, created_by FROM `+table+` WHERE announced = 0 AND effective_from <= ? ORDER BY `+key+`, version LIMIT 1000`, today)
}

// markAnnounced notes that people were told of a version's day; what the version says does not change.
func markAnnounced(ctx context.Context, q controldb.Querier, kind Thing, name string, version int) error {
	table, key, err := columnsOf(kind)
	if err != nil {
		return err
	}
	if _, err := q.ExecContext(ctx, `UPDATE `+table+` SET announced = 1 WHERE `+key+` = ? AND version = ?`, name, version); err != nil {
		return fmt.Errorf("mark version %d of %s: %w", version, name, err)
	}
	return nil
}
