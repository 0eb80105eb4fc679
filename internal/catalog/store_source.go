package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// SourceFilter narrows a list of sources; zero values do not. After is the Cursor of the last of the page before.
type SourceFilter struct {
	Element dictionary.Code
	Entity  string
	Dataset Code
	State   SourceState
	After   string
	Limit   int
}

// Cursor is where a list continues behind this source.
func (x Source) Cursor() string { return x.Entity + "/" + string(x.Element) + "/" + x.ID }

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func insertSource(ctx context.Context, q controldb.Querier, x Source) error {
	body, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("write source %s: %w", x.ID, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO catalog_source (id, element, entity, dataset, state, body, valid_from, valid_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		x.ID, string(x.Element), x.Entity, string(x.Dataset), string(x.State), string(body), micros(x.From), micros(x.To))
	if controldb.IsUnique(err) {
		return fault.New(fault.Conflict, "catalog.source_claimed", x.Element, x.Dataset)
	}
	if err != nil {
		return fmt.Errorf("save source %s: %w", x.ID, err)
	}
	return nil
}

func updateSource(ctx context.Context, q controldb.Querier, x Source) error {
	body, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("write source %s: %w", x.ID, err)
	}
	_, err = q.ExecContext(ctx, `UPDATE catalog_source SET state = ?, body = ?, valid_from = ?, valid_to = ? WHERE id = ?`, string(x.State), string(body), micros(x.From), micros(x.To), x.ID)
	if controldb.IsUnique(err) { // somebody was confirmed at the same moment
		return fault.New(fault.Conflict, "catalog.source_claimed", x.Element, x.Dataset)
	}
	if err != nil {
		return fmt.Errorf("save source %s: %w", x.ID, err)
	}
	return nil
}

func scanSource(row interface{ Scan(...any) error }) (Source, error) {
	var x Source
	var body, state string
	if err := row.Scan(&body, &state); err != nil {
		return x, err
	}
	if err := json.Unmarshal([]byte(body), &x); err != nil {
		return x, fmt.Errorf("read a source: %w", err)
	}
	x.State = SourceState(state)
	return x, nil
}

// officialSource finds the one official source of an element of an entity.
func officialSource(ctx context.Context, q controldb.Querier, element dictionary.Code, entity string) (Source, bool, error) {
	x, err := scanSource(q.QueryRowContext(ctx, `SELECT body, state FROM catalog_source WHERE element = ? AND entity = ? AND state = 'official'`, string(element), entity))
	if errors.Is(err, sql.ErrNoRows) {
		return x, false, nil
	}
	if err != nil {
		return x, false, fmt.Errorf("find the official source of %s: %w", element, err)
	}
	return x, true, nil
}

// listSources lists sources by entity and element.
func listSources(ctx context.Context, q controldb.Querier, f SourceFilter) ([]Source, error) {
	where, args := []string{"1 = 1"}, []any{}
	for _, c := range []struct{ column, value string }{{"element", string(f.Element)}, {"entity", f.Entity}, {"dataset", string(f.Dataset)}, {"state", string(f.State)}} {
		if c.value != "" {
			where, args = append(where, c.column+" = ?"), append(args, c.value)
		}
	}
	if parts := strings.SplitN(f.After, "/", 3); len(parts) == 3 {
		where = append(where, "(entity > ? OR entity = ? AND (element > ? OR element = ? AND id > ?))")
		args = append(args, parts[0], parts[0], parts[1], parts[1], parts[2])
	}
	limit := f.Limit
	if limit <= 0 || limit > 1000 {
		limit = 1000
	}
	rows, err := q.QueryContext(ctx, `SELECT body, state FROM catalog_source WHERE `+strings.Join(where, " AND ")+` ORDER BY entity, element, id LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	defer rows.Close()
	var list []Source
	for rows.Next() {
		x, err := scanSource(rows)
		if err != nil {
			return nil, fmt.Errorf("list sources: %w", err)
		}
		list = append(list, x)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	return list, nil
}

// listReplicas finds the registered copies of the datasets.
func listReplicas(ctx context.Context, q controldb.Querier, sources []Code) (map[Code][]Code, error) {
	out := map[Code][]Code{}
	if len(sources) == 0 {
		return out, nil
	}
	args := make([]any, len(sources))
	for i, c := range sources {
		args[i] = string(c)
	}
	rows, err := q.QueryContext(ctx, `SELECT replica_of, code FROM catalog_dataset WHERE replica_of IN (?`+strings.Repeat(", ?", len(args)-1)+`) AND state NOT IN ('draft', 'returned', 'retired') ORDER BY replica_of, code LIMIT 10000`, args...)
	if err != nil {
		return nil, fmt.Errorf("list copies: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var source, code Code
		if err := rows.Scan(&source, &code); err != nil {
			return nil, fmt.Errorf("list copies: %w", err)
		}
		out[source] = append(out[source], code)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list copies: %w", err)
	}
	return out, nil
}
