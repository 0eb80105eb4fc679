package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/warehouse"
)

// ViewData is how people look at records on screen: one record by its identifier, or one page (Điều 21.3a). It goes
// through the same door as every call of the exchange, and shows nothing before the decision is on disk.
type ViewData struct {
	gate      *Gate
	warehouse *warehouse.Service
	log       *audit.Log
	clock     clock.Clock
	tickets   tickets
}

// NewViewData builds the use case; key has 32 bytes.
func NewViewData(g *Gate, w *warehouse.Service, log *audit.Log, c clock.Clock, key []byte) (*ViewData, error) {
	t, err := newTickets(key)
	return &ViewData{g, w, log, c, t}, err
}

// Look is what a person asks to see.
type Look struct {
	ID        string // of the request; a new one when empty
	Dataset   string
	Operation string // method and route template
	UserAgent string
	Purpose   string
	Case      string
	Column    string // with Value: the records whose column holds exactly this; without: a page
	Value     string
	Ticket    string   // instead of Value: that of the answer before
	Columns   []string // nil: all that are granted
	Unmask    []string // columns without their mask, of a single record
	Reason    string   // why
	After     string   // Next of the page before
	Limit     int      // records at most; 0: as many as the way allows
}

// Seen is what may be shown, and the evidence under which.
type Seen struct {
	ID    string // of the decision record
	At    time.Time
	Grant access.Grant
	warehouse.Page
	Ticket string // stands for the looked-up identifier in a second question about the one record found
}

// What a screen shows at most: a page, and the records that one identifier may stand for; and what leaves as a file
// without a second person's approval (parameter D12).
const (
	screenPage  = 20
	screenMatch = 5
	maxTyped    = 200
	maxExport   = 500
)

// Run answers what was asked, masked as granted. A refusal names the failed check and is recorded like any other.
func (v *ViewData) Run(ctx context.Context, l Look) (Seen, error) {
	who, err := access.Require(ctx, access.DataView)
	if err != nil {
		return Seen{}, err
	}
	if l, err = v.typed(who, l); err != nil {
		return Seen{}, err
	}
	s, err := v.through(ctx, v.request(who, l), func(p access.Permit) (warehouse.Page, error) { return v.read(ctx, p, l) })
	if err == nil && l.Column != "" && len(s.Records) == 1 {
		s.Ticket, err = v.tickets.seal(l.Value, s.At, boundTo(who.ID, l.Dataset, l.Column))
	}
	return s, err
}

// Export answers what may leave as a file, which needs the level USE (Điều 21.3b): at most the grant's records of one
// call, and never more persons than one person may take without another's approval.
func (v *ViewData) Export(ctx context.Context, l Look) (Seen, error) {
	who, err := access.Require(ctx, access.DataView)
	if err != nil {
		return Seen{}, err
	}
	l.Column, l.Value, l.Ticket, l.Unmask = "", "", "", nil
	if err := l.check(); err != nil {
		return Seen{}, err
	}
	if l.Limit <= 0 || l.Limit > maxExport {
		l.Limit = maxExport
	}
	r := v.request(who, l)
	r.Channel, r.Action, r.Limit = access.ChannelFile, access.ExportFile, int64(l.Limit)
	return v.through(ctx, r, func(p access.Permit) (warehouse.Page, error) {
		return v.warehouse.Read(ctx, p, warehouse.Query{Columns: columnsOf(p), Limit: l.Limit, After: l.After})
	})
}

// through is the way of every look: decide, record, read, record how it ended.
func (v *ViewData) through(ctx context.Context, r access.Request, read func(access.Permit) (warehouse.Page, error)) (Seen, error) {
	s := Seen{ID: r.ID, At: r.At}
	permit, err := v.gate.Open(ctx, r)
	if err != nil {
		return s, err
	}
	page, err := read(permit)
	o := Outcome{Status: http.StatusOK}
	if err != nil {
		f := fault.Of(err)
		o.Status, o.Code = f.Kind.Status(), f.Code
	} else if err = count(page, v.log.PersonKey, &o); err != nil {
		o = Outcome{Status: http.StatusInternalServerError, Code: fault.Of(err).Code}
	}
	v.gate.Close(ctx, permit, o)
	if err == nil {
		s.Grant, s.Page = *permit.Decision().Grant, page
	}
	return s, err
}

// typed is the question with its identifier, checked before anything is decided.
func (v *ViewData) typed(who access.Actor, l Look) (Look, error) {
	if l.Ticket != "" {
		var err error
		if l.Value, err = v.tickets.open(l.Ticket, v.clock.Now(), boundTo(who.ID, l.Dataset, l.Column)); err != nil {
			return l, err
		}
	}
	return l, l.check()
}

// check refuses what cannot be asked. An identifier may stand in its own field only, which is never kept.
func (l Look) check() error {
	var faults []*fault.Fault
	when := func(bad bool, field, code string, args ...any) {
		if bad {
			faults = append(faults, fault.New(fault.Invalid, code, args...).At(field))
		}
	}
	when(l.Column != "" && l.Value == "", "value", "flow.identifier_missing")
	when(l.Column == "" && l.Value != "", "column", "flow.identifier_kind_missing")
	when(l.Column != "" && l.After != "", "column", "flow.look_up_has_no_pages")
	for _, typed := range []struct{ field, text string }{{"value", l.Value}, {"case", l.Case}, {"reason", l.Reason}} {
		when(utf8.RuneCountInString(typed.text) > maxTyped, typed.field, "flow.text_too_long", maxTyped)
	}
	for _, kept := range []struct{ field, text string }{{"case", l.Case}, {"reason", l.Reason}} {
		when(namesPerson(kept.text, l.Value), kept.field, "flow.identifier_in_text")
	}
	return fault.Collect(faults...)
}

// namesPerson reports a text that holds the stated identifier, or twelve digits in a row as a personal identifier has.
func namesPerson(text, value string) bool {
	bare := strings.NewReplacer(" ", "", ".", "").Replace(text)
	if len(value) >= 6 && strings.Contains(bare, strings.ReplaceAll(value, " ", "")) {
		return true
	}
	run := 0
	for _, c := range bare {
		if c < '0' || c > '9' {
			run = 0
			continue
		}
		if run++; run == 12 {
			return true
		}
	}
	return false
}

func (v *ViewData) request(who access.Actor, l Look) access.Request {
	r := access.Request{
		ID: l.ID, At: v.clock.Now(), Channel: access.ChannelScreen, Action: access.ViewRecord, Actor: who, Dataset: l.Dataset, Operation: l.Operation,
		Purpose: l.Purpose, Case: strings.TrimSpace(l.Case), Officer: who.ID, Reason: strings.TrimSpace(l.Reason), Unmask: l.Unmask, Columns: l.Columns,
		Limit: screenPage, Flexible: true, Address: who.Address, UserAgent: l.UserAgent,
	}
	if r.ID == "" {
		r.ID = ids.Request(r.At)
	}
	if l.Column != "" {
		key := v.log.PersonKey(l.Value)
		r.Match, r.Subjects, r.Filter, r.Limit = []string{l.Column}, []string{key}, l.Column+" eq "+key, screenMatch
	}
	return r
}

func (v *ViewData) read(ctx context.Context, p access.Permit, l Look) (warehouse.Page, error) {
	q := warehouse.Query{Columns: columnsOf(p), Limit: screenPage, After: l.After}
	if l.Limit > 0 {
		q.Limit = min(l.Limit, screenPage)
	}
	if l.Column == "" {
		return v.warehouse.Read(ctx, p, q)
	}
	q.Limit, q.Filters = screenMatch, []warehouse.Filter{{Column: l.Column, Op: warehouse.Equal, Values: []string{l.Value}}}
	page, err := v.warehouse.Read(ctx, p, q)
	switch {
	case err != nil:
		return warehouse.Page{}, err
	case page.Next != "":
		return warehouse.Page{}, fault.New(fault.Conflict, "flow.too_many_matches", len(page.Records)).At("value")
	case len(page.Records) == 0: // the same answer for what does not exist and what lies outside the granted rows
		return warehouse.Page{}, fault.New(fault.NotFound, "flow.record_not_found")
	case len(l.Unmask) > 0 && len(page.Records) > 1:
		return warehouse.Page{}, fault.New(fault.Conflict, "flow.unmask_several", len(page.Records)).At("value")
	}
	return page, nil
}

func columnsOf(p access.Permit) []string {
	out := make([]string, 0, len(p.Columns()))
	for _, c := range p.Columns() {
		out = append(out, c.Name)
	}
	return out
}

// count tells the outcome what was shown; its digest is that of the masked values, in their order.
func count(page warehouse.Page, personKey func(string) string, o *Outcome) error {
	rows := make([][]any, len(page.Records))
	for i, rec := range page.Records {
		rows[i] = rec.Values
	}
	shown, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("write what is shown: %w", err)
	}
	sum := sha256.Sum256(shown)
	o.Records, o.Persons, o.Bytes, o.Digest = int64(len(rows)), int64(len(page.Subjects)), int64(len(shown)), "sha256:"+hex.EncodeToString(sum[:])
	for _, identifier := range page.Subjects {
		o.Subjects = append(o.Subjects, personKey(identifier))
	}
	slices.Sort(o.Subjects)
	return nil
}
