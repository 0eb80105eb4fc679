package access

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// LifeEvent is one change of a grant.
type LifeEvent struct {
	At     time.Time   `json:"at"`
	What   string      `json:"what" doc:"given, narrowed, suspended, resumed, ended, or known: how it stood when its history began"`
	Status GrantStatus `json:"status" doc:"What it was after the change"`
	Who    string      `json:"who"`
	Agency string      `json:"agency,omitempty"`
	Reason string      `json:"reason,omitempty"`
}

// GrantLife is a grant with all that happened to it; with a day, as it was on that day.
type GrantLife struct {
	Grant
	Events []LifeEvent `json:"events" doc:"The oldest first"`
}

// LifeFilter selects grants, whatever became of them; empty fields do not filter.
type LifeFilter struct {
	Account string // id of the person who got it
	System  string // id of the system that got it
	Dataset string
	Agency  string // that got it
	Day     string // "2026-11-24": only grants by which data could be read on that day, as they were then
	After   string // number of the last grant of the page before
	Limit   int    // 50 when 0, at most 500
}

// Lives lists the histories of grants by number (Điều 21.5, X7): all to the operator and the auditor, to an agency those it
// got and those on its data. next is the number to go on after, empty at the end.
func (s *Service) Lives(ctx context.Context, f LifeFilter) (lives []GrantLife, next string, err error) {
	who, err := Require(ctx, AccessRead)
	if err != nil {
		return nil, "", err
	}
	from, until, err := s.span(f.Day)
	if err != nil {
		return nil, "", err
	}
	party := GrantFilter{}
	if !who.Operates() {
		party.party = who.Agency
		if party.owned, err = s.owned(ctx, who.Agency); err != nil {
			return nil, "", err
		}
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	for len(lives) < limit {
		page, err := listLives(ctx, s.db, f, party, from, until, limit)
		if err != nil {
			return nil, "", err
		}
		for _, g := range page {
			f.After = g.Number
		}
		found, err := s.livesOf(ctx, page, f.Day != "", from, until)
		if err != nil {
			return nil, "", err
		}
		lives = append(lives, found...)
		if len(page) < limit {
			return cut(lives, limit, "")
		}
	}
	return cut(lives, limit, f.After)
}

// cut keeps a page, and names where the next begins.
func cut(lives []GrantLife, limit int, next string) ([]GrantLife, string, error) {
	if len(lives) > limit {
		lives = lives[:limit]
		next = lives[limit-1].Number
	}
	return lives, next, nil
}

// span is the day in Viet Nam, or all time until now.
func (s *Service) span(day string) (from, until time.Time, err error) {
	now := s.clock.Now()
	if day == "" {
		return time.UnixMicro(0), now.Add(time.Second), nil
	}
	from, err = time.ParseInLocation(time.DateOnly, day, i18n.Zone)
	if err != nil || from.After(now) {
		return from, from, fault.New(fault.Invalid, "access.history_day", day).At("as_of")
	}
	return from, from.AddDate(0, 0, 1), nil
}

// livesOf puts grants and their histories together. Of a day, only those remain by which data could be read on it.
func (s *Service) livesOf(ctx context.Context, page []Grant, onDay bool, from, until time.Time) ([]GrantLife, error) {
	subjects := make([]string, len(page))
	for i, g := range page {
		subjects[i] = "access.grant/" + g.Number
	}
	histories, err := s.log.Histories(ctx, subjects, until)
	if err != nil {
		return nil, err
	}
	var out []GrantLife
	for i, g := range page {
		versions := histories[subjects[i]]
		life := GrantLife{Grant: g}
		if onDay {
			then, could, err := readableOn(versions, from, until)
			if err != nil {
				return nil, err
			}
			if !could {
				continue
			}
			life.Grant = then
		}
		if life.Events, err = eventsOf(versions); err != nil {
			return nil, err
		}
		out = append(out, life)
	}
	return out, nil
}

// readableOn is the last state of a grant in which it was in force at some moment of the day.
func readableOn(versions []audit.Version, from, until time.Time) (Grant, bool, error) {
	for i := len(versions) - 1; i >= 0; i-- {
		v := versions[i]
		g, err := stateOf(v)
		if err != nil {
			return g, false, err
		}
		if g.Status == GrantActive && g.ValidFrom.Before(until) && g.ValidTo.After(from) {
			return g, true, nil
		}
		if !v.At.After(from) { // what came before was over when the day began
			break
		}
	}
	return Grant{}, false, nil
}

func stateOf(v audit.Version) (Grant, error) {
	var g Grant
	if err := json.Unmarshal(v.Body, &g); err != nil {
		return g, fmt.Errorf("read %s as it was: %w", v.Subject, err)
	}
	return g, nil
}

// eventsOf says in a word what each change was.
func eventsOf(versions []audit.Version) ([]LifeEvent, error) {
	out := []LifeEvent{}
	before := GrantStatus("")
	for _, v := range versions {
		g, err := stateOf(v)
		if err != nil {
			return nil, err
		}
		e := LifeEvent{At: v.At, Status: g.Status, Who: v.Actor.Name, Agency: v.Actor.AgencyCode, Reason: v.Reason, What: "known"}
		switch {
		case v.Event == "grant.create":
			e.What = "given"
		case v.Event == eventNarrow:
			e.What = "narrowed"
		case v.Event == "grant."+string(GrantActive):
			e.What = "resumed"
		case strings.HasPrefix(v.Event, "grant."):
			e.What = strings.TrimPrefix(v.Event, "grant.")
		case before == g.Status && before != "": // repeated for the log's own sake
			continue
		}
		before = g.Status
		out = append(out, e)
	}
	return out, nil
}

// NoteExport records that somebody took the histories of rights away as a file.
func (s *Service) NoteExport(ctx context.Context, f LifeFilter, rows int) error {
	who, err := Require(ctx, AccessRead)
	if err != nil {
		return err
	}
	return s.log.Note(ctx, &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "access.history_export", Actor: who.ForAudit(), Subject: "access.history/" + who.ID, Target: audit.Target{Dataset: f.Dataset},
		Detail: map[string]string{"as_of": f.Day, "agency": f.Agency, "system": f.System, "account": f.Account, "rows": fmt.Sprint(rows)},
	})
}

// listLives lists the newest version of each grant that a filter finds, by number. Grants that were certainly not in force
// between the moments are left out.
func listLives(ctx context.Context, q controldb.Querier, f LifeFilter, party GrantFilter, from, until time.Time, limit int) ([]Grant, error) {
	query, args := `SELECT `+grantCols+` FROM access_grant g WHERE number > ? AND valid_from < ? AND valid_to > ?
		AND (ended_at = 0 OR ended_at > ?) AND version = (SELECT max(version) FROM access_grant l WHERE l.id = g.id)`,
		[]any{f.After, until.UnixMicro(), from.UnixMicro(), from.UnixMicro()}
	if f.Day == "" {
		query, args = `SELECT `+grantCols+` FROM access_grant g WHERE number > ? AND version = (SELECT max(version) FROM access_grant l WHERE l.id = g.id)`, []any{f.After}
	}
	add := func(clause string, values ...any) { query, args = query+clause, append(args, values...) }
	if f.Account != "" {
		add(` AND subject_type = ? AND subject_id = ?`, SubjectAccount, f.Account)
	}
	if f.System != "" {
		add(` AND subject_type = ? AND subject_id = ?`, SubjectSystem, f.System)
	}
	if f.Dataset != "" {
		add(` AND dataset = ?`, f.Dataset)
	}
	if f.Agency != "" {
		add(` AND agency = ?`, f.Agency)
	}
	if party.party != "" {
		clause, values := ` AND (agency = ?`, []any{party.party}
		if len(party.owned) > 0 {
			clause += ` OR dataset IN (` + marks(len(party.owned)) + `)`
			for _, code := range party.owned {
				values = append(values, code)
			}
		}
		add(clause+`)`, values...)
	}
	return scanGrants(ctx, q, query+` ORDER BY number, id LIMIT ?`, append(args, limit)...)
}

func scanGrants(ctx context.Context, q controldb.Querier, query string, args ...any) ([]Grant, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list histories of grants: %w", err)
	}
	defer rows.Close()
	var out []Grant
	for rows.Next() {
		g, err := scanGrant(rows)
		if err != nil {
			return nil, fmt.Errorf("scan grant: %w", err)
		}
		out = append(out, g)
	}
	return out, rows.Err()
}
