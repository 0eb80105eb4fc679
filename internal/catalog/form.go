package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// SentForm is a filled-in form between its preview and its import: texts about datasets, no data. It is its sender's own.
type SentForm struct {
	ID        string
	FileName  string
	Body      string // the tables as JSON
	SentAt    time.Time
	AppliedAt time.Time  // zero while it was only previewed
	Result    []Imported // once it is applied
}

const formLife = 24 * time.Hour

// KeepForm keeps a form that was previewed for a day, so that what is imported is what was seen.
func (s *Service) KeepForm(ctx context.Context, fileName, body string) (SentForm, error) {
	who, err := access.Require(ctx, access.CatalogRegister)
	if err != nil {
		return SentForm{}, err
	}
	f := SentForm{ID: ids.New(), FileName: fileName, Body: body, SentAt: s.Clock.Now()}
	return f, s.DB.InTx(ctx, func(q controldb.Querier) error {
		if _, err := q.ExecContext(ctx, `DELETE FROM catalog_form WHERE sent_at < ?`, f.SentAt.Add(-formLife).UnixMicro()); err != nil {
			return fmt.Errorf("clear old forms: %w", err)
		}
		const query = `INSERT INTO catalog_form (id, agency, sent_by, file_name, body, result, sent_at, applied_at) VALUES (?, ?, ?, ?, ?, '', ?, 0)`
		if _, err := q.ExecContext(ctx, query, f.ID, who.Agency, who.ID, f.FileName, f.Body, f.SentAt.UnixMicro()); err != nil {
			return fmt.Errorf("keep a form: %w", err)
		}
		return nil
	})
}

// FindForm finds a form of one's own.
func (s *Service) FindForm(ctx context.Context, id string) (SentForm, error) {
	who, err := access.Require(ctx, access.CatalogRegister)
	if err != nil {
		return SentForm{}, err
	}
	f := SentForm{ID: id}
	var sent, applied int64
	var result string
	const query = `SELECT file_name, body, result, sent_at, applied_at FROM catalog_form WHERE id = ? AND sent_by = ? AND sent_at >= ?`
	err = s.DB.QueryRowContext(ctx, query, id, who.ID, s.Clock.Now().Add(-formLife).UnixMicro()).Scan(&f.FileName, &f.Body, &result, &sent, &applied)
	if errors.Is(err, sql.ErrNoRows) {
		return f, fault.New(fault.NotFound, "catalog.import_not_found")
	}
	if err != nil {
		return f, fmt.Errorf("find form %s: %w", id, err)
	}
	f.SentAt = time.UnixMicro(sent).UTC()
	if applied > 0 {
		f.AppliedAt = time.UnixMicro(applied).UTC()
		if err := json.Unmarshal([]byte(result), &f.Result); err != nil {
			return f, fmt.Errorf("read the result of form %s: %w", id, err)
		}
	}
	return f, nil
}

// FormApplied notes what became of a form. An import that is repeated changes nothing and is noted again.
func (s *Service) FormApplied(ctx context.Context, id string, result []Imported) error {
	body, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("write the result of form %s: %w", id, err)
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		if _, err := q.ExecContext(ctx, `UPDATE catalog_form SET result = ?, applied_at = ? WHERE id = ? AND applied_at = 0`, string(body), s.Clock.Now().UnixMicro(), id); err != nil {
			return fmt.Errorf("note the result of form %s: %w", id, err)
		}
		return nil
	})
}
