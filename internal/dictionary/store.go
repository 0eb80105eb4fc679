package dictionary

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// Filled reports that a control store holds a dictionary: every platform does from its first start on.
func Filled(ctx context.Context, q controldb.Querier) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM dictionary_element`).Scan(&n); err != nil {
		return false, fmt.Errorf("look for the dictionary: %w", err)
	}
	return n > 0, nil
}

const elementCols = `code, version, label, effective_from, body, created_at, created_by`

func scanElement(row interface{ Scan(...any) error }) (Element, error) {
	var e Element
	var body string
	var at int64
	if err := row.Scan(&e.Code, &e.Version, &e.Label, &e.Effective, &body, &at, &e.CreatedBy); err != nil {
		return Element{}, err
	}
	kept := e
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return Element{}, fmt.Errorf("read element %s: %w", kept.Ref(), err)
	}
	e.Code, e.Version, e.Label, e.Effective, e.CreatedBy, e.CreatedAt = kept.Code, kept.Version, kept.Label, kept.Effective, kept.CreatedBy, time.UnixMicro(at).UTC()
	return e, nil
}

// insertElement adds a version; invariant 1: no statement of this file changes one.
func insertElement(ctx context.Context, q controldb.Querier, e Element) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write element %s: %w", e.Ref(), err)
	}
	const query = `INSERT INTO dictionary_element (` + elementCols + `, name_key, spell_key, announced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = q.ExecContext(ctx, query, string(e.Code), e.Version, e.Label, e.Effective, string(body), e.CreatedAt.UnixMicro(), e.CreatedBy, nameKey(e.Name), vitext.Key(e.Name), told(e.Effective))
	if err != nil {
		if controldb.IsUnique(err) && e.Version == 1 {
			return fault.New(fault.Conflict, "dictionary.code_taken", e.Code).At("code")
		}
		if controldb.IsUnique(err) {
			return fault.New(fault.Conflict, "dictionary.element_changed", e.Code)
		}
		return fmt.Errorf("save element %s: %w", e.Ref(), err)
	}
	return nil
}

func findElement(ctx context.Context, q controldb.Querier, ref Ref) (Element, error) {
	const query = `SELECT ` + elementCols + ` FROM dictionary_element WHERE code = ? AND version = ?`
	return oneElement(q.QueryRowContext(ctx, query, string(ref.Code), ref.Version), ref.String())
}

// latestElement finds the version that holds on a day; before the day of the first version, the newest.
func latestElement(ctx context.Context, q controldb.Querier, code Code, day Day) (Element, error) {
	const query = `SELECT ` + elementCols + ` FROM dictionary_element WHERE code = ? ORDER BY` + current + `LIMIT 1`
	return oneElement(q.QueryRowContext(ctx, query, string(code), day), string(code))
}

// newestElement finds the version published last, in force or not.
func newestElement(ctx context.Context, q controldb.Querier, code Code) (Element, error) {
	const query = `SELECT ` + elementCols + ` FROM dictionary_element WHERE code = ? ORDER BY version DESC LIMIT 1`
	return oneElement(q.QueryRowContext(ctx, query, string(code)), string(code))
}

func oneElement(row *sql.Row, name string) (Element, error) {
	e, err := scanElement(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Element{}, fault.New(fault.NotFound, "dictionary.element_not_found", name)
	}
	if err != nil {
		return Element{}, fmt.Errorf("find element %s: %w", name, err)
	}
	return e, nil
}

func elementHistory(ctx context.Context, q controldb.Querier, code Code) ([]Element, error) {
	const query = `SELECT ` + elementCols + ` FROM dictionary_element WHERE code = ? ORDER BY version DESC LIMIT 1000`
	return manyElements(ctx, q, query, string(code))
}

// latestElements lists the version of each element that holds on the filter's day. With a text those whose name is spelt
// exactly so come first, then those that contain it so, then those that contain it without regard to marks.
func latestElements(ctx context.Context, q controldb.Querier, f Filter, day Day) ([]Element, error) {
	rank, args := `0`, []any{}
	where, more := []string{`version = (SELECT n.version FROM dictionary_element n WHERE n.code = e.code ORDER BY CASE WHEN n.effective_from <= ? THEN 0 ELSE 1 END, n.version DESC LIMIT 1)`}, []any{day}
	if text := strings.TrimSpace(f.Text); text != "" {
		spelt, folded := vitext.Key(text), nameKey(text)
		rank = `CASE WHEN spell_key = ? OR code = ? THEN 0 WHEN spell_key LIKE ? ESCAPE '!' OR code LIKE ? ESCAPE '!' THEN 1 ELSE 2 END`
		args = append(args, spelt, text, "%"+escapeLike(spelt)+"%", "%"+escapeLike(text)+"%")
		where, more = append(where, `(name_key LIKE ? ESCAPE '!' OR code LIKE ? ESCAPE '!')`), append(more, "%"+escapeLike(folded)+"%", "%"+escapeLike(text)+"%")
	}
	query := `SELECT ` + elementCols + ` FROM (SELECT ` + elementCols + `, ` + rank + ` AS nearness FROM dictionary_element e WHERE ` + strings.Join(where, " AND ") + `) found`
	args = append(args, more...)
	if n, code, has := strings.Cut(f.After, "/"); has {
		nearness, _ := strconv.Atoi(n) // a cursor that is none begins at the first
		query += ` WHERE nearness > ? OR nearness = ? AND code > ?`
		args = append(args, nearness, nearness, code)
	}
	return manyElements(ctx, q, query+` ORDER BY nearness, code LIMIT ?`, append(args, f.limit())...)
}

// nearness tells how a listed element was found, for the cursor behind it.
func nearness(e Element, text string) int {
	text = strings.TrimSpace(text)
	spelt := vitext.Key(e.Name)
	switch key := vitext.Key(text); {
	case text == "", spelt == key, string(e.Code) == text:
		return 0
	case strings.Contains(spelt, key), strings.Contains(string(e.Code), strings.ToLower(text)):
		return 1
	}
	return 2
}

// spell fills the key of exact spelling where an older version of the platform left none.
func spell(ctx context.Context, q controldb.Querier) error {
	list, err := manyElements(ctx, q, `SELECT `+elementCols+` FROM dictionary_element WHERE spell_key = '' ORDER BY code, version LIMIT 100000`)
	if err != nil {
		return err
	}
	for _, e := range list {
		if _, err := q.ExecContext(ctx, `UPDATE dictionary_element SET spell_key = ? WHERE code = ? AND version = ?`, vitext.Key(e.Name), string(e.Code), e.Version); err != nil {
			return fmt.Errorf("fill the search key of %s: %w", e.Ref(), err)
		}
	}
	return nil
}

func manyElements(ctx context.Context, q controldb.Querier, query string, args ...any) ([]Element, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list elements: %w", err)
	}
	defer rows.Close()
	var list []Element
	for rows.Next() {
		e, err := scanElement(rows)
		if err != nil {
			return nil, fmt.Errorf("list elements: %w", err)
		}
		list = append(list, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list elements: %w", err)
	}
	return list, nil
}

// elementsOfList names the elements any version of which takes its codes from the list.
func elementsOfList(ctx context.Context, q controldb.Querier, list string) ([]Code, error) {
	name, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("write the name of code list %s: %w", list, err)
	}
	all, err := manyElements(ctx, q, `SELECT `+elementCols+` FROM dictionary_element WHERE body LIKE ? ESCAPE '!' ORDER BY code, version LIMIT 10000`, `%"code_list":`+escapeLike(string(name))+`%`)
	if err != nil {
		return nil, err
	}
	var codes []Code
	for _, e := range all {
		if e.Definition.CodeList == list && !slices.Contains(codes, e.Code) {
			codes = append(codes, e.Code)
		}
	}
	return codes, nil
}
