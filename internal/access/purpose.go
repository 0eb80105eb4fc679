package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Purpose of exploitation: five roots of Điều 17.1, each with child purposes (a procedure, a task).
type Purpose struct {
	Code         string `json:"code"`
	Parent       string `json:"parent,omitempty"`
	Name         string `json:"name"`
	NameEn       string `json:"name_en"`
	Article      string `json:"article"` // point of the regulation that the root stands for
	CaseRequired bool   `json:"case_required"`
	Procedure    string `json:"procedure,omitempty"` // code of the administrative procedure
	Active       bool   `json:"active"`
}

// purposeCode: what callers write into a header, "DVC-TTHC.BT".
var purposeCode = regexp.MustCompile(`^[A-Z0-9]{1,20}([.-][A-Z0-9]{1,20}){0,4}$`)

// check says what is missing of a new purpose; root is what its parent is.
func (p Purpose) check(root Purpose) error {
	var code, name, nameEn, parent *fault.Fault
	if !purposeCode.MatchString(p.Code) {
		code = fault.New(fault.Invalid, "access.purpose_code_invalid").At("code")
	}
	if p.Name == "" {
		name = fault.New(fault.Invalid, "access.purpose_name_missing").At("name")
	}
	if p.NameEn == "" {
		nameEn = fault.New(fault.Invalid, "access.purpose_name_missing").At("name_en")
	}
	if root.Parent != "" {
		parent = fault.New(fault.Invalid, "access.purpose_not_root", root.Code).At("parent")
	}
	return fault.Collect(code, name, nameEn, parent)
}

const purposeCols = `code, parent, name, name_en, article, case_required, procedure_code, active`

func listPurposes(ctx context.Context, q controldb.Querier) ([]Purpose, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+purposeCols+` FROM access_purpose ORDER BY code`)
	if err != nil {
		return nil, fmt.Errorf("list purposes: %w", err)
	}
	defer rows.Close()
	var out []Purpose
	for rows.Next() {
		var p Purpose
		var caseReq, active int
		if err := rows.Scan(&p.Code, &p.Parent, &p.Name, &p.NameEn, &p.Article, &caseReq, &p.Procedure, &active); err != nil {
			return nil, fmt.Errorf("scan purpose: %w", err)
		}
		p.CaseRequired, p.Active = caseReq == 1, active == 1
		out = append(out, p)
	}
	return out, rows.Err()
}

func findPurpose(ctx context.Context, q controldb.Querier, code string) (Purpose, error) {
	var p Purpose
	var caseReq, active int
	err := q.QueryRowContext(ctx, `SELECT `+purposeCols+` FROM access_purpose WHERE code = ?`, code).
		Scan(&p.Code, &p.Parent, &p.Name, &p.NameEn, &p.Article, &caseReq, &p.Procedure, &active)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.New(fault.NotFound, "access.purpose_not_found", code)
	}
	if err != nil {
		return p, fmt.Errorf("find purpose %s: %w", code, err)
	}
	p.CaseRequired, p.Active = caseReq == 1, active == 1
	return p, nil
}

func insertPurpose(ctx context.Context, q controldb.Querier, p Purpose) error {
	_, err := q.ExecContext(ctx, `INSERT INTO access_purpose (`+purposeCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		p.Code, p.Parent, p.Name, p.NameEn, p.Article, flag(p.CaseRequired), p.Procedure, flag(p.Active))
	if err != nil {
		return fmt.Errorf("save purpose %s: %w", p.Code, err)
	}
	return nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Purposes lists the purposes of exploitation, roots and children.
func (s *Service) Purposes(ctx context.Context) ([]Purpose, error) { return listPurposes(ctx, s.db) }

// FindPurpose finds one purpose of exploitation.
func (s *Service) FindPurpose(ctx context.Context, code string) (Purpose, error) {
	return findPurpose(ctx, s.db, code)
}

// AddPurpose adds a child purpose under one of the five roots.
func (s *Service) AddPurpose(ctx context.Context, p Purpose) error {
	who, err := Require(ctx, SettingsChange)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		root, err := findPurpose(ctx, q, p.Parent)
		if fault.Is(err, "access.purpose_not_found") {
			return fault.New(fault.Invalid, "access.purpose_not_root", p.Parent).At("parent")
		}
		if err != nil {
			return err
		}
		if err := p.check(root); err != nil {
			return err
		}
		p.Article, p.Active = root.Article, true
		p.CaseRequired = p.CaseRequired || root.CaseRequired
		if err := insertPurpose(ctx, q, p); err != nil {
			if controldb.IsUnique(err) {
				return fault.New(fault.Conflict, "access.purpose_taken", p.Code).At("code")
			}
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "config.purpose", Subject: "access.purpose/" + p.Code, Detail: map[string]string{"parent": p.Parent, "name": p.Name}})
	})
}
