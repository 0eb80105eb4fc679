package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/exchange/filter"
	"lienthong/internal/exchange/upstream"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Direct is one call of a declared operation past the exchange, for the platform's own test of a connection.
type Direct struct {
	Service   string // "H38.06/hotich/khai-sinh"
	Operation string // "GET /khai-sinh/{id}"
	Path      []string
	Body      []byte
	Columns   []access.Column
	Rows      []access.RowRule
	Masker    access.Masker
}

// Supplying lists the newest version of each service that carries the dataset. It tells what exists, nobody's data, so
// it asks no permission; pages ask ListRoutes.
func (s *Service) Supplying(ctx context.Context, dataset string) ([]*Route, error) {
	return listRoutes(ctx, s.db, dataset)
}

// Declared finds an operation of a service by its code; false when it is not declared.
func (s *Service) Declared(ctx context.Context, service, code string) (*Route, *Operation, bool, error) {
	owner, rest, _ := strings.Cut(service, "/")
	system, name, _ := strings.Cut(rest, "/")
	r, err := s.routes.Find(ctx, owner+"\x00"+system+"\x00"+name)
	if err != nil || r == nil {
		return nil, nil, false, err
	}
	for _, o := range r.Operations {
		if o.code == code {
			return r, o, true, nil
		}
	}
	return r, nil, false, nil
}

// Sample asks the provider itself and gives the records as they should leave: within the rows, only the columns, masked
// and named. It reads the answer by other code than the filter does, so that a mistake of the filter is found. The
// values go to the comparison and nowhere else; the reading is recorded before it happens.
func (s *Service) Sample(ctx context.Context, d Direct) ([]map[string]any, error) {
	o, answer, err := s.ask(ctx, d)
	if err != nil || answer == nil {
		return nil, err
	}
	return o.source(answer, d)
}

// Written tells how an update stands at the source: the fields that its body set, and the records that the reading
// operation of the same path gives now. Masks and rows do not apply: both sides are the test's own data.
func (s *Service) Written(ctx context.Context, d Direct) (sent map[string]any, records []map[string]any, err error) {
	_, o, declared, err := s.Declared(ctx, d.Service, d.Operation)
	if err != nil || !declared {
		return nil, nil, err
	}
	plain := make([]access.Column, len(d.Columns))
	for i, c := range d.Columns {
		plain[i] = access.Column{Name: c.Name}
	}
	if len(d.Body) > 0 {
		var body any
		if err := decode(d.Body, &body); err != nil {
			return nil, nil, err
		}
		sent = o.pick(body, plain, access.Masker{})
	}
	d.Operation, d.Body, d.Columns, d.Rows = http.MethodGet+" "+o.Path, nil, plain, nil
	records, err = s.Sample(ctx, d)
	return sent, records, err
}

// ask calls the provider; no answer when it has no records for the call.
func (s *Service) ask(ctx context.Context, d Direct) (*Operation, []byte, error) {
	who, err := access.Require(ctx, access.ConnectionTest)
	if err != nil {
		return nil, nil, err
	}
	r, o, declared, err := s.Declared(ctx, d.Service, d.Operation)
	switch {
	case err != nil:
		return nil, nil, err
	case !declared:
		return nil, nil, fault.New(fault.NotFound, "exchange.operation_unknown")
	case o.Updates:
		return nil, nil, fault.New(fault.Denied, "exchange.method_not_granted", o.Method)
	}
	_, p, err := s.FindRoute(ctx, r.Owner, r.System, r.Name)
	if err != nil {
		return nil, nil, err
	}
	now := s.clock.Now()
	rec := &audit.Record{
		ID: ids.Request(now), At: now, Kind: audit.KindChange, Channel: audit.ChannelJob, Event: "data.verify", Actor: who.ForAudit(), Subject: "exchange.route/" + r.ID,
		Target: audit.Target{Dataset: r.Dataset, Owner: r.Owner, Operation: o.Method + " /svc/" + d.Service + o.Path},
		Reason: "sample of the provider for the test of a connection",
	}
	if err := s.log.Note(ctx, rec); err != nil {
		return nil, nil, err
	}
	answer, err := reach(ctx, p, r, o, d, rec.ID)
	return o, answer, err
}

func reach(ctx context.Context, p *upstream.Provider, r *Route, o *Operation, d Direct, id string) ([]byte, error) {
	rules := o.statuses()
	var declared []int
	for code := range rules {
		declared = append(declared, code)
	}
	header := http.Header{"Accept": {"application/json"}}
	if len(d.Body) > 0 {
		header.Set("Content-Type", "application/json")
	}
	a, err := p.Call(ctx, upstream.Call{
		Method: o.Method, Segments: d.Path, Header: header, Body: d.Body, Statuses: declared,
		Identity: map[string]string{"X-Request-Id": id, "Lienthong-Service": d.Service, "Lienthong-Test": "sample"},
	})
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	if rules[a.Status] != BodyRecords {
		return nil, nil
	}
	in, err := filter.Decode(a.Body, a.Coding)
	if err != nil {
		return nil, err
	}
	most := filter.DefaultLimits.Body
	if r.Body > 0 {
		most = r.Body
	}
	body, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(body)) > most {
		err = fault.New(fault.BadGateway, "exchange.provider_too_large")
	}
	return body, err
}

func decode(body []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		return fault.New(fault.BadGateway, "exchange.provider_unreadable").Because(err)
	}
	return nil
}

// place is the path of the records in an answer, "data.items" split at its dots.
func (o *Operation) place() []string {
	p := strings.Trim(strings.TrimPrefix(strings.TrimSuffix(o.Records, "[*]"), "$"), ".")
	if p == "" {
		return nil
	}
	return strings.Split(p, ".")
}

// records of a decoded answer.
func (o *Operation) records(answer any) []any {
	at, _ := lookup(answer, o.place())
	switch v := at.(type) {
	case map[string]any:
		return []any{v}
	case []any:
		return v
	}
	return nil
}

func (o *Operation) path(column string) []string {
	return strings.Split(strings.ReplaceAll(o.contract().Path(column), "[*]", ""), ".")
}

func (o *Operation) source(answer []byte, d Direct) ([]map[string]any, error) {
	var all any
	if err := decode(answer, &all); err != nil {
		return nil, err
	}
	var out []map[string]any
	for _, rec := range o.records(all) {
		within := !slices.ContainsFunc(d.Rows, func(r access.RowRule) bool { return !meets(rec, o.path(r.Column), r.In) })
		if within {
			out = append(out, o.pick(rec, d.Columns, d.Masker))
		}
	}
	return out, nil
}

// pick takes the columns out of a record, masked, under the names under which they leave.
func (o *Operation) pick(rec any, columns []access.Column, m access.Masker) map[string]any {
	out := map[string]any{}
	for _, c := range columns {
		v, found := lookup(rec, o.path(c.Name))
		if !found {
			continue
		}
		if v, found = masked(v, c, m, o.whole(c)); found {
			out[c.Out()] = v
		}
	}
	return out
}

func (o *Operation) whole(c access.Column) bool {
	return c.Mask == access.MaskNone && (slices.Contains(o.Whole, c.Name) || slices.Contains(o.Whole, strings.Join(o.path(c.Name), ".")))
}

// Answered reads an answer of the exchange: the columns of each record under the names under which they leave, and the
// places of whatever else came.
func (o *Operation) Answered(body []byte, columns []access.Column) (records []map[string]any, extra []string, err error) {
	var all any
	if err := decode(body, &all); err != nil {
		return nil, nil, err
	}
	x := &extras{places: map[string]bool{}, op: o, approved: map[string]access.Column{}}
	for _, c := range columns {
		p := o.path(c.Name)
		if c.As != "" {
			p[len(p)-1] = c.As
		}
		x.approved[strings.Join(p, ".")] = c
	}
	for _, rec := range o.records(all) {
		got := map[string]any{}
		for p, c := range x.approved {
			if v, found := lookup(rec, strings.Split(p, ".")); found {
				got[c.Out()] = v
			}
		}
		records = append(records, got)
		x.inRecord(rec, "")
	}
	x.outside(all, "", strings.Join(o.place(), "."))
	return records, x.list(), nil
}

// extras collects the places of values that no column and no envelope field stands for.
type extras struct {
	op       *Operation
	approved map[string]access.Column
	places   map[string]bool
}

func (x *extras) list() []string {
	out := make([]string, 0, len(x.places))
	for p := range x.places {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

func join(at, name string) string { return strings.TrimPrefix(at+"."+name, ".") }

func (x *extras) inRecord(v any, at string) {
	c, approved := x.approved[at]
	switch v := v.(type) {
	case nil:
	case map[string]any:
		if approved && x.op.whole(c) {
			return
		}
		for name, child := range v {
			x.inRecord(child, join(at, name))
		}
	case []any:
		for _, child := range v {
			x.inRecord(child, at)
		}
	default:
		if !approved {
			x.places["$."+at] = true
		}
	}
}

func (x *extras) outside(v any, at, records string) {
	if at == records && (at != "" || len(x.op.place()) == 0) {
		return
	}
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for name, child := range v {
			x.outside(child, join(at, name), records)
		}
	case []any:
		for _, child := range v {
			x.outside(child, at, records)
		}
	default:
		if !slices.Contains(x.op.Envelope, at) {
			x.places["$$."+at] = true
		}
	}
}

// lookup finds the value at a path; lists on the way are transparent.
func lookup(v any, path []string) (any, bool) {
	if len(path) == 0 {
		return v, true
	}
	switch v := v.(type) {
	case map[string]any:
		child, has := v[path[0]]
		if !has {
			return nil, false
		}
		return lookup(child, path[1:])
	case []any:
		out := []any{}
		for _, e := range v {
			if got, found := lookup(e, path); found {
				out = append(out, got)
			}
		}
		return out, true
	}
	return nil, false
}

// meets a row rule: the value is plain and one of those named; of a list on the way, every element.
func meets(v any, path, in []string) bool {
	if len(path) == 0 {
		s, plain := plainText(v)
		return plain && slices.Contains(in, s)
	}
	switch v := v.(type) {
	case map[string]any:
		child, has := v[path[0]]
		return has && meets(child, path[1:], in)
	case []any:
		return len(v) > 0 && !slices.ContainsFunc(v, func(e any) bool { return !meets(e, path, in) })
	}
	return false
}

func plainText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// masked applies a mask to a value, or to each element of a list; false for what may not leave at all.
func masked(v any, c access.Column, m access.Masker, whole bool) (any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case map[string]any:
		return v, whole
	case []any:
		out := []any{}
		for _, e := range v {
			if got, leaves := masked(e, c, m, whole); leaves {
				out = append(out, got)
			}
		}
		return out, true
	}
	if c.Mask == access.MaskNone {
		return v, true
	}
	s, _ := plainText(v)
	return m.Apply(c, s), true
}
