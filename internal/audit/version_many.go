package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Histories lists the changes of several things until a moment, the oldest first, each with the state that it led to. The
// caller has judged who asks, and names at most some hundred things.
func (l *Log) Histories(ctx context.Context, subjects []string, until time.Time) (map[string][]Version, error) {
	out := make(map[string][]Version, len(subjects))
	if len(subjects) == 0 {
		return out, nil
	}
	args := make([]any, 0, len(subjects)+1)
	for _, s := range subjects {
		args = append(args, s)
	}
	query := `SELECT ` + versionCols + `, body FROM audit_version WHERE subject IN (?` + strings.Repeat(", ?", len(subjects)-1) + `) AND valid_from < ? ORDER BY subject, version`
	rows, err := l.outbox.db.QueryContext(ctx, query, append(args, until.UnixMicro())...)
	if err != nil {
		return nil, fmt.Errorf("list histories: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		v, err := scanVersion(rows, &body)
		if err != nil {
			return nil, fmt.Errorf("list histories: %w", err)
		}
		list := out[v.Subject]
		switch {
		case body != "":
			v.Body = json.RawMessage(body)
		case len(list) > 0: // the state stayed as it was
			v.Body = list[len(list)-1].Body
		}
		out[v.Subject] = append(list, *v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list histories: %w", err)
	}
	return out, nil
}
