package exchange

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// data serves /data/{owner}/{dataset}/{records|lookup|schema} from the warehouse.
func (c *call) data(dataset, verb string) error {
	serve := map[string]struct {
		method string
		run    func(dataset string) error
	}{
		"records": {http.MethodGet, c.records},
		"lookup":  {http.MethodPost, c.lookup},
		"schema":  {http.MethodGet, c.schema},
	}
	verbs, known := serve[verb]
	if !known {
		return fault.New(fault.NotFound, "exchange.route_unknown")
	}
	c.ask.Dataset = dataset
	c.route = "/data/{owner}/{dataset}/" + verb
	c.ask.Operation = c.req.Method + " " + c.route
	if err := c.authenticate(); err != nil {
		return err
	}
	if c.req.Method != verbs.method {
		return c.wrongMethod(verbs.method)
	}
	return verbs.run(dataset)
}

// wrongMethod: a call that would change the warehouse copy is judged as such, so that its refusal names the rule (R16.5b).
func (c *call) wrongMethod(allowed string) error {
	switch c.req.Method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		c.ask.Action = access.ChangeCopy
		if err := c.open(); err != nil {
			return err
		}
	}
	return fault.New(fault.Method, "exchange.method_not_allowed", allowed)
}

// records answers one page.
func (c *call) records(dataset string) error {
	q, cursor, limited, err := c.readQuery()
	if err != nil {
		return err
	}
	c.ask.Action, c.ask.Limit, c.ask.Flexible = access.ListRecords, int64(q.Limit), !limited
	if err := c.question(dataset, "", q.Filters, nil); err != nil {
		return err
	}
	if err := c.open(); err != nil {
		return err
	}
	bound := binding(c.permit, q)
	if cursor != "" {
		if q.After, err = c.s.cursors.open(cursor, bound); err != nil {
			return err
		}
	}
	after := q.After
	if most := c.permit.MaxRecords(); most > 0 { // what was reserved; less than the usual page when no number was named
		q.Limit = min(q.Limit, int(most))
	}
	tuning, err := c.tuning()
	if err != nil {
		return err
	}
	if tuning.PageMost > 0 {
		q.Limit = min(q.Limit, int(tuning.PageMost))
	}
	return c.page(q, bound, after)
}

// tuning is what the connection of the permit sets for its calls.
func (c *call) tuning() (Tuning, error) {
	g := c.permit.Decision().Grant
	if c.s.Tuner == nil || g == nil || g.Connection == "" {
		return Tuning{}, nil
	}
	return c.s.Tuner.Tuning(c.ctx, g.Connection)
}

func (c *call) page(q Query, bound, after string) error {
	version, err := c.s.Reader.Version(c.ctx, c.permit)
	if err != nil {
		return err
	}
	tag := c.s.cursors.etag(version, bound+after)
	c.w.Header()["Etag"] = []string{tag}
	c.w.Header()["Cache-Control"] = []string{"private, no-cache"}
	if matches(c.req.Header.Get("If-None-Match"), tag) {
		c.write(http.StatusNotModified, nil)
		return nil
	}
	page, err := c.s.Reader.Page(c.ctx, c.permit, q)
	c.trace.Done("warehouse")
	if err != nil {
		return err
	}
	if page.Version != version { // published in between: the tag belongs to what was read
		c.w.Header()["Etag"] = []string{c.s.cursors.etag(page.Version, bound+after)}
	}
	return c.answerPage(page, c.s.cursors.seal(page.Next, bound))
}

func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(part), "W/") == tag {
			return true
		}
	}
	return false
}

// readQuery reads fields, limit, cursor and filters, and whether a limit was named. The names of filters are columns;
// whether they are granted is the gate's question.
func (c *call) readQuery() (q Query, cursor string, limited bool, err error) {
	q.Limit = defaultPage
	for _, p := range c.req.Query {
		switch p.Key {
		case "fields":
			if c.ask.Columns, err = readFields(strings.Split(p.Value, ",")); err != nil {
				return q, "", false, err
			}
		case "limit":
			n, convErr := strconv.Atoi(p.Value)
			if convErr != nil || n < 1 || n > maxPage {
				return q, "", false, fault.New(fault.Malformed, "exchange.limit_invalid", maxPage).At("limit")
			}
			q.Limit, limited = n, true
		case "cursor":
			cursor = p.Value
		default:
			f, err := readFilter(p.Key, p.Value)
			if err != nil {
				return q, "", false, err
			}
			q.Filters = append(q.Filters, f)
		}
	}
	return q, cursor, limited, nil
}

// mostFields is more than any dataset has.
const mostFields = 500

// readFields reads the names of the fields asked for, each once.
func readFields(names []string) ([]string, error) {
	if len(names) == 0 || len(names) > mostFields {
		return nil, fault.New(fault.Malformed, "exchange.fields_invalid", mostFields).At("fields")
	}
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if name == "" {
			return nil, fault.New(fault.Malformed, "exchange.fields_invalid", mostFields).At("fields")
		}
		if seen[name] {
			return nil, fault.New(fault.Malformed, "exchange.field_twice", short(name)).At("fields")
		}
		seen[name] = true
	}
	return names, nil
}

func readFilter(key, value string) (Filter, error) {
	f := Filter{Column: key, Op: Equal, Values: []string{value}}
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		f.Column, f.Op = key[:i], Op(key[i+1:])
	}
	switch f.Op {
	case Equal, AtLeast, AtMost:
	case In:
		f.Values = strings.Split(value, ",")
		if len(f.Values) > 100 {
			return f, fault.New(fault.Malformed, "exchange.filter_invalid", key).At(key)
		}
	default:
		return f, fault.New(fault.Malformed, "exchange.filter_invalid", key).At(key)
	}
	if f.Column == "" {
		return f, fault.New(fault.Malformed, "exchange.filter_invalid", key).At(key)
	}
	return f, nil
}

// question tells the gate which columns the question uses, and the record their names and hashed values. A person is
// looked up in a body: an identifier in an address would stand in a proxy's log or a browser's history (invariant 5).
// personKey is the column of the person's identifier where a service declares one.
func (c *call) question(dataset, personKey string, inAddress, inBody []Filter) error {
	if len(inAddress)+len(inBody) == 0 {
		return nil
	}
	fields, err := c.fields(dataset)
	if err != nil {
		return err
	}
	for _, f := range inAddress {
		for _, field := range fields {
			if field.Identifier && strings.EqualFold(field.Name, f.Column) {
				c.flawed(fault.New(fault.Malformed, "exchange.identifier_in_url", field.Name).At(field.Name))
			}
		}
	}
	parts := make([]string, 0, len(inAddress)+len(inBody))
	for _, f := range slices.Concat(inAddress, inBody) {
		c.ask.Uses = append(c.ask.Uses, f.Column)
		parts = append(parts, c.told(f, fields))
	}
	for _, f := range inBody {
		if f.Column == personKey || slices.ContainsFunc(fields, func(x Field) bool { return x.Identifier && x.Name == f.Column }) {
			for _, v := range f.Values {
				c.ask.Subjects = append(c.ask.Subjects, c.s.Evidence.PersonKey(v))
			}
		}
	}
	c.ask.Filter = strings.Join(parts, " & ")
	return nil
}

// fields of the dataset; none for one that does not exist, which the gate refuses like one without a grant.
func (c *call) fields(dataset string) ([]Field, error) {
	d, err := c.s.Datasets.Describe(c.ctx, dataset)
	if f := faultOf(err); f != nil && f.Kind == fault.NotFound {
		return nil, nil
	}
	return d.Fields, err
}

// told is a filter as the record has it: the column by name only if the dataset has it, values as keyed hashes.
func (c *call) told(f Filter, fields []Field) string {
	name := access.UnknownWord
	if slices.ContainsFunc(fields, func(x Field) bool { return x.Name == f.Column }) {
		name = f.Column
	}
	hashed := make([]string, len(f.Values))
	for i, v := range f.Values {
		hashed[i] = c.s.Evidence.PersonKey(v)
	}
	return name + " " + string(f.Op) + " " + strings.Join(hashed, "|")
}
