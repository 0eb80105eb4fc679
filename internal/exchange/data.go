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
	c.ask.Operation = c.req.Method + " /data/{owner}/{dataset}/" + verb
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
	q, cursor, err := c.readQuery()
	if err != nil {
		return err
	}
	if err := c.identifiersStayOut(dataset, q.Filters); err != nil {
		return err
	}
	c.ask.Action, c.ask.Limit = access.ListRecords, int64(q.Limit)
	c.useFilters(q.Filters)
	if err := c.open(); err != nil {
		return err
	}
	if most := c.permit.MaxRecords(); most > 0 && int64(q.Limit) > most {
		q.Limit = int(most)
	}
	bound := binding(c.permit, q)
	if cursor != "" {
		if q.After, err = c.s.cursors.open(cursor, bound); err != nil {
			return err
		}
	}
	return c.page(q, bound+q.After)
}

func (c *call) page(q Query, bound string) error {
	version, err := c.s.Reader.Version(c.ctx, c.permit)
	if err != nil {
		return err
	}
	tag := c.s.cursors.etag(version, bound)
	c.w.Header()["Etag"] = []string{tag}
	c.w.Header()["Cache-Control"] = []string{"private, no-cache"}
	if matches(c.req.Header.Get("If-None-Match"), tag) {
		c.write(http.StatusNotModified, nil)
		return nil
	}
	page, err := c.s.Reader.Page(c.ctx, c.permit, q)
	if err != nil {
		return err
	}
	if page.Version != version { // published in between: the tag belongs to what was read
		c.w.Header()["Etag"] = []string{c.s.cursors.etag(page.Version, bound)}
	}
	after := q
	after.After = ""
	return c.answerPage(page, c.s.cursors.seal(page.Next, binding(c.permit, after)))
}

func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(part), "W/") == tag {
			return true
		}
	}
	return false
}

// readQuery reads fields, limit, cursor and filters. The names of filters are columns; whether they are granted is the
// gate's question.
func (c *call) readQuery() (q Query, cursor string, err error) {
	q.Limit = defaultPage
	for _, p := range c.req.Query {
		switch p.Key {
		case "fields":
			c.ask.Columns = slices.Compact(strings.Split(p.Value, ","))
		case "limit":
			n, convErr := strconv.Atoi(p.Value)
			if convErr != nil || n < 1 || n > maxPage {
				return q, "", fault.New(fault.Malformed, "exchange.limit_invalid", maxPage).At("limit")
			}
			q.Limit = n
		case "cursor":
			cursor = p.Value
		default:
			f, err := readFilter(p.Key, p.Value)
			if err != nil {
				return q, "", err
			}
			q.Filters = append(q.Filters, f)
		}
	}
	return q, cursor, nil
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

// identifiersStayOut upholds invariant 5: a person is looked up by POST, so that no identifier stands in an address,
// a proxy's log or a browser's history.
func (c *call) identifiersStayOut(dataset string, filters []Filter) error {
	if len(filters) == 0 {
		return nil
	}
	d, err := c.s.Datasets.Describe(c.ctx, dataset)
	if err != nil {
		if f := faultOf(err); f != nil && f.Kind == fault.NotFound {
			return nil // the gate refuses it, and says no more than for a dataset without a grant
		}
		return err
	}
	for _, f := range filters {
		for _, field := range d.Fields {
			if field.Identifier && strings.EqualFold(field.Name, f.Column) {
				return fault.New(fault.Malformed, "exchange.identifier_in_url", field.Name).At(field.Name)
			}
		}
	}
	return nil
}

// useFilters tells the gate which columns the query uses, and the record which values, hashed.
func (c *call) useFilters(filters []Filter) {
	parts := make([]string, len(filters))
	for i, f := range filters {
		c.ask.Uses = append(c.ask.Uses, f.Column)
		hashed := make([]string, len(f.Values))
		for j, v := range f.Values {
			hashed[j] = c.s.Evidence.PersonKey(v)
		}
		parts[i] = f.Column + " " + string(f.Op) + " " + strings.Join(hashed, "|")
	}
	c.ask.Filter = strings.Join(parts, " & ")
}
