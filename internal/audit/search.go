package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/merkle"
	"lienthong/internal/kit/fault"
)

// Filter selects records; empty fields select all. Outcomes are not listed by themselves but stand with their decision.
type Filter struct {
	From, To   time.Time // From ≤ ts < To
	Kind       Kind
	Actor      string // account id
	Agency     string // of the actor
	Owner      string // agency that owns the data or the subject
	Dataset    string
	Purpose    string
	Connection string
	Grant      string
	RequestID  string // of one exchange
	PersonKey  string // from Log.PersonKey: who read this person
	Result     string // allow, deny, partial
	Reason     string // PURPOSE, SCOPE, …
	Event      string // "data.read", or "grant.*" for all of a slice
	Channel    string
	Subject    string
	Abnormal   bool   // only records with an anomaly flag
	Cursor     string // Page.Next of the page before
	Limit      int    // 50 when 0, at most 500
}

// Item is a record as the log shows it.
type Item struct {
	*Record
	Hash    merkle.Hash // leaf hash
	Outcome *Record     // of a decision; nil while it is under way and for refusals
}

// Page is one page of a list, newest first.
type Page struct {
	Items []Item
	Next  string // Cursor of the next page; empty at the end
	// Archives may hold more of what was asked for: records of their time have left the log. Given with the last page.
	Archives []journal.Archive
}

// Search lists records for a person. Reading the log is recorded before anything is shown.
func (l *Log) Search(ctx context.Context, who Actor, reason string, f Filter) (Page, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return Page{}, fault.New(fault.Invalid, "audit.reason_required").At("reason")
	}
	if err := l.noteReading(ctx, who, reason, f.describe()); err != nil {
		return Page{}, err
	}
	return l.List(ctx, f)
}

// Follow gives all records of one exchange for a person, recorded like Search.
func (l *Log) Follow(ctx context.Context, who Actor, reason, exchange string) ([]Item, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return nil, fault.New(fault.Invalid, "audit.reason_required").At("reason")
	}
	if err := l.noteReading(ctx, who, reason, map[string]string{"request_id": exchange}); err != nil {
		return nil, err
	}
	return l.Trace(ctx, exchange)
}

// ReadBundle gives an entry bundle of C2SP tlog-tiles for a person, recorded like Search before anything is given.
func (l *Log) ReadBundle(ctx context.Context, who Actor, reason, path string) ([]byte, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return nil, fault.New(fault.Invalid, "audit.reason_required").At("reason")
	}
	data, first, err := l.journal.EntryBundle(path)
	if err != nil {
		return nil, err
	}
	if err := l.noteReading(ctx, who, reason, map[string]string{"bundle": path, "first": strconv.FormatInt(first, 10)}); err != nil {
		return nil, err
	}
	return data, nil
}

func (l *Log) noteReading(ctx context.Context, who Actor, reason string, what map[string]string) error {
	return l.Note(ctx, &Record{Kind: KindChange, Channel: ChannelScreen, Event: "log.read", Actor: who, Reason: reason, Detail: what})
}

// describe is the filter as it goes into the record of reading.
func (f Filter) describe() map[string]string {
	m := make(map[string]string)
	for name, value := range map[string]string{
		"kind": string(f.Kind), "actor": f.Actor, "agency": f.Agency, "owner": f.Owner, "dataset": f.Dataset, "purpose": f.Purpose,
		"connection": f.Connection, "grant": f.Grant, "request_id": f.RequestID, "person": f.PersonKey, "result": f.Result, "reason": f.Reason,
		"event": f.Event, "channel": f.Channel, "subject": f.Subject, "cursor": f.Cursor,
	} {
		if value != "" {
			m[name] = value
		}
	}
	if !f.From.IsZero() {
		m["from"] = f.From.UTC().Format(time.RFC3339)
	}
	if !f.To.IsZero() {
		m["to"] = f.To.UTC().Format(time.RFC3339)
	}
	return m
}

// clauses are the conditions of the filter with their arguments.
func (f Filter) clauses() ([]string, []any, error) {
	var where []string
	var args []any
	add := func(clause string, arg ...any) {
		where, args = append(where, clause), append(args, arg...)
	}
	if f.Kind != KindOutcome {
		add("kind <> 'outcome'")
	}
	for _, c := range []struct {
		column, value string
		indexed       bool
	}{
		{"kind", string(f.Kind), false}, {"actor", f.Actor, false}, {"agency", f.Agency, true}, {"owner", f.Owner, false}, {"dataset", f.Dataset, true},
		{"purpose", f.Purpose, true}, {"connection", f.Connection, true}, {"grant_id", f.Grant, true}, {"exchange", f.RequestID, false},
		{"result", f.Result, false}, {"reason", f.Reason, false}, {"channel", f.Channel, false}, {"subject", f.Subject, true},
	} {
		if c.value == "" {
			continue
		}
		add(c.column+" = ?", c.value)
		if c.indexed {
			add(c.column + " <> ''") // what an index leaves out must be left out in so many words
		}
	}
	if f.Result != "" && f.Result != Allow || f.Reason != "" && f.Reason != ReasonOK {
		add("result <> 'allow'")
	}
	switch slice, all := strings.CutSuffix(f.Event, ".*"); {
	case all:
		add("event >= ? AND event < ?", slice+".", slice+"/") // '/' follows '.'
	case f.Event != "":
		add("event = ?", f.Event)
	}
	if f.Event != "" && !strings.HasPrefix(f.Event, "data.") {
		add(otherEvent)
	}
	if !f.From.IsZero() {
		add("ts >= ?", f.From.UnixMicro())
	}
	if !f.To.IsZero() {
		add("ts < ?", f.To.UnixMicro())
	}
	if f.PersonKey != "" {
		add("exchange IN (SELECT exchange FROM audit_person WHERE person = ?)", f.PersonKey)
	}
	if f.Abnormal {
		add("abnormal = 1")
	}
	if f.Cursor != "" {
		seq, err := strconv.ParseInt(f.Cursor, 10, 64)
		if err != nil {
			return nil, nil, fault.New(fault.Invalid, "audit.filter_invalid", "cursor").At("cursor")
		}
		add("seq < ?", seq)
	}
	return where, args, nil
}

func listQuery(where []string) string {
	return `SELECT seq, segment, at, exchange FROM audit_entry WHERE ` + strings.Join(where, " AND ") + ` ORDER BY seq DESC LIMIT ?`
}

// List gives one page of records, newest first. It is for the program itself; people read through Search.
func (l *Log) List(ctx context.Context, f Filter) (Page, error) {
	where, args, err := f.clauses()
	if err != nil {
		return Page{}, err
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	l.index.wait(ctx, time.Second)
	places, err := l.index.places(ctx, listQuery(where), append(args, limit+1)...)
	if err != nil {
		return Page{}, err
	}
	var page Page
	if len(places) > limit {
		places = places[:limit]
		page.Next = strconv.FormatInt(places[limit-1].seq, 10)
	}
	for _, p := range places {
		item, err := l.item(p)
		if err != nil {
			return Page{}, err
		}
		if item.open() {
			if item.Outcome, err = l.outcome(ctx, p.exchange); err != nil {
				return Page{}, err
			}
		}
		page.Items = append(page.Items, item)
	}
	if page.Next == "" {
		page.Archives = l.archivesOf(f)
	}
	return page, nil
}

// Trace gives all records of one exchange in order: its decision, its outcome, and the changes made in its course.
func (l *Log) Trace(ctx context.Context, exchange string) ([]Item, error) {
	l.index.wait(ctx, time.Second)
	places, err := l.index.places(ctx, `SELECT seq, segment, at, exchange FROM audit_entry WHERE exchange = ? ORDER BY seq LIMIT 1000`, exchange)
	if err != nil {
		return nil, err
	}
	if len(places) == 0 {
		return nil, fault.New(fault.NotFound, "audit.record_not_found", exchange)
	}
	items := make([]Item, len(places))
	for i, p := range places {
		if items[i], err = l.item(p); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (l *Log) outcome(ctx context.Context, exchange string) (*Record, error) {
	places, err := l.index.places(ctx, `SELECT seq, segment, at, exchange FROM audit_entry WHERE exchange = ? AND kind = 'outcome' ORDER BY seq LIMIT 1`, exchange)
	if err != nil || len(places) == 0 {
		return nil, err
	}
	item, err := l.item(places[0])
	return item.Record, err
}

// item reads the record itself from the journal: the index only says where it lies.
func (l *Log) item(p place) (Item, error) {
	body, err := l.journal.ReadAt(p.pos, p.seq)
	if err != nil {
		return Item{}, err
	}
	r, err := Decode(body)
	if err != nil {
		return Item{}, err
	}
	r.Seq = p.seq
	return Item{Record: r, Hash: merkle.LeafHash(body)}, nil
}

type place struct {
	seq      int64
	pos      journal.Pos
	exchange string
}

func (x *index) places(ctx context.Context, query string, args ...any) ([]place, error) {
	rows, err := x.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("search audit index: %w", err)
	}
	defer rows.Close()
	var list []place
	for rows.Next() {
		var p place
		if err := rows.Scan(&p.seq, &p.pos.Segment, &p.pos.Offset, &p.exchange); err != nil {
			return nil, fmt.Errorf("search audit index: %w", err)
		}
		list = append(list, p)
	}
	if err := rows.Err(); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("search audit index: %w", err)
	}
	return list, nil
}
