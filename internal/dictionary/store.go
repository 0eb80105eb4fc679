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

// Filled reports that a control store holds a dictionary: every platform does from its first start on.
func Filled(ctx context.Context, q controldb.Querier) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM dictionary_element`).Scan(&n); err != nil {
		return false, fmt.Errorf("look for the dictionary: %w", err)
	}
	return n > 0, nil
}

const elementCols = `code, version, body, created_at, created_by`

func scanElement(row interface{ Scan(...any) error }) (Element, error) {
	var e Element
	var body string
	var at int64
	if err := row.Scan(&e.Code, &e.Version, &body, &at, &e.CreatedBy); err != nil {
		return Element{}, err
	}
	kept := e
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return Element{}, fmt.Errorf("read element %s: %w", kept.Ref(), err)
	}
	e.Code, e.Version, e.CreatedBy, e.CreatedAt = kept.Code, kept.Version, kept.CreatedBy, time.UnixMicro(at).UTC()
	return e, nil
}

// insertElement adds a version; invariant 1: no statement of this file changes one.
func insertElement(ctx context.Context, q controldb.Querier, e Element) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write element %s: %w", e.Ref(), err)
	}
	const query = `INSERT INTO dictionary_element (` + elementCols + `, name_key) VALUES (?, ?, ?, ?, ?, ?)`
	if _, err := q.ExecContext(ctx, query, string(e.Code), e.Version, string(body), e.CreatedAt.UnixMicro(), e.CreatedBy, nameKey(e.Name)); err != nil {
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

func latestElement(ctx context.Context, q controldb.Querier, code Code) (Element, error) {
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

// latestElements lists the newest version of each element whose folded name or code contains the text.
func latestElements(ctx context.Context, q controldb.Querier, f Filter) ([]Element, error) {
	const query = `SELECT ` + elementCols + ` FROM dictionary_element e
		WHERE version = (SELECT MAX(version) FROM dictionary_element n WHERE n.code = e.code)
		AND code > ? AND (? = '' OR name_key LIKE ? ESCAPE '!' OR code LIKE ? ESCAPE '!')
		ORDER BY code LIMIT ?`
	like := "%" + escapeLike(nameKey(f.Text)) + "%"
	codeLike := "%" + escapeLike(f.Text) + "%"
	return manyElements(ctx, q, query, string(f.After), f.Text, like, codeLike, f.limit())
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

func insertCodeList(ctx context.Context, q controldb.Querier, l *CodeList, at time.Time, by string) error {
	body, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write code list %s: %w", l.Name, err)
	}
	const query = `INSERT INTO dictionary_code_list (name, version, body, created_at, created_by) VALUES (?, ?, ?, ?, ?)`
	if _, err := q.ExecContext(ctx, query, l.Name, l.Version, string(body), at.UnixMicro(), by); err != nil {
		if controldb.IsUnique(err) {
			return fault.New(fault.Conflict, "dictionary.code_taken", l.Name).At("name")
		}
		return fmt.Errorf("save code list %s: %w", l.Name, err)
	}
	return nil
}

func latestCodeList(ctx context.Context, q controldb.Querier, name string) (*CodeList, error) {
	const query = `SELECT body FROM dictionary_code_list WHERE name = ? ORDER BY version DESC LIMIT 1`
	var body string
	err := q.QueryRowContext(ctx, query, name).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "dictionary.code_list_not_found", name)
	}
	if err != nil {
		return nil, fmt.Errorf("find code list %s: %w", name, err)
	}
	return readCodeList(body)
}

func latestCodeLists(ctx context.Context, q controldb.Querier) ([]*CodeList, error) {
	const query = `SELECT body FROM dictionary_code_list l
		WHERE version = (SELECT MAX(version) FROM dictionary_code_list n WHERE n.name = l.name) ORDER BY name LIMIT 10000`
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("list code lists: %w", err)
	}
	defer rows.Close()
	var lists []*CodeList
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("list code lists: %w", err)
		}
		l, err := readCodeList(body)
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list code lists: %w", err)
	}
	return lists, nil
}

func readCodeList(body string) (*CodeList, error) {
	var l CodeList
	if err := json.Unmarshal([]byte(body), &l); err != nil {
		return nil, fmt.Errorf("read a code list: %w", err)
	}
	return NewCodeList(l)
}
