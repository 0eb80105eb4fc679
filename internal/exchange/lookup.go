package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// lookup answers the one record of a key, which comes in the body. A key that more records share is for the list, which
// is decided and counted by the number of its records.
func (c *call) lookup(dataset string) error {
	if len(c.req.Query) > 0 {
		return fault.New(fault.Malformed, "exchange.parameter_unknown", c.req.Query[0].Key)
	}
	body, err := c.readBody(maxLookupBody, "application/json")
	if err != nil {
		return err
	}
	filters, fields, err := readLookup(body)
	if err != nil {
		return err
	}
	c.ask.Action, c.ask.Columns, c.ask.Limit = access.LookupRecord, fields, 1
	if err := c.question(dataset, "", nil, filters); err != nil {
		return err
	}
	if err := c.open(); err != nil {
		return err
	}
	page, err := c.s.Reader.Page(c.ctx, c.permit, Query{Filters: filters, Limit: 1})
	c.trace.Done("warehouse")
	if err != nil {
		return err
	}
	if page.Next != "" {
		return fault.New(fault.Conflict, "exchange.lookup_ambiguous")
	}
	if len(page.Rows) == 0 { // the same answer for what does not exist and what lies outside the grant's rows
		return fault.New(fault.NotFound, "exchange.record_not_found")
	}
	return c.answerPage(page, "")
}

// readBody reads a body of the named media type up to a bound.
func (c *call) readBody(most int64, media string) ([]byte, error) {
	kind, parameters, _ := strings.Cut(c.req.Header.Get("Content-Type"), ";")
	charset := strings.ToLower(strings.ReplaceAll(parameters, " ", "")) // another would have the provider read another text
	if !strings.EqualFold(strings.TrimSpace(kind), media) || charset != "" && charset != "charset=utf-8" && charset != `charset="utf-8"` {
		return nil, fault.New(fault.Malformed, "exchange.content_type", media)
	}
	if c.req.Length > most {
		return nil, fault.New(fault.TooLarge, "exchange.body_too_large", most)
	}
	body, err := io.ReadAll(io.LimitReader(c.r.Body, most+1))
	if err != nil {
		return nil, fault.New(fault.Malformed, "exchange.framing").Because(err)
	}
	if int64(len(body)) > most {
		return nil, fault.New(fault.TooLarge, "exchange.body_too_large", most)
	}
	return body, nil
}

// readLookup reads {"key": {column: value, …}, "fields": [column, …]}, each name once.
func readLookup(body []byte) (filters []Filter, fields []string, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	invalid := fault.New(fault.Malformed, "exchange.lookup_invalid")
	if !utf8.Valid(body) {
		return nil, nil, invalid
	}
	err = eachField(d, func(name string) error {
		switch name {
		case "key":
			if filters != nil {
				return errors.New("key comes twice")
			}
			return eachField(d, func(column string) error {
				t, err := d.Token()
				var value string
				switch v := t.(type) {
				case string:
					value = v
				case json.Number:
					value = v.String()
				default:
					err = errors.Join(err, errors.New("a key's value is text or a number"))
				}
				if slices.ContainsFunc(filters, func(f Filter) bool { return strings.EqualFold(f.Column, column) }) {
					return errors.New("a column comes twice")
				}
				filters = append(filters, Filter{column, Equal, []string{value}})
				return err
			})
		case "fields":
			if fields != nil {
				return errors.New("fields come twice")
			}
			var names []string
			if err := d.Decode(&names); err != nil {
				return err
			}
			fields, err = readFields(names)
			return err
		}
		return errors.New("unknown member " + name)
	})
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more after the end")
		}
	}
	if f := faultOf(err); f != nil {
		return nil, nil, f
	}
	if err != nil || len(filters) == 0 || len(filters) > 8 {
		return nil, nil, invalid.Because(err)
	}
	return filters, fields, nil
}

// eachField walks an object; read takes the value of the member.
func eachField(d *json.Decoder, read func(name string) error) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(err, errors.New("an object is expected"))
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		if err := read(name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// schema answers the granted columns, with the names and masks under which they leave.
func (c *call) schema(dataset string) error {
	if len(c.req.Query) > 0 {
		return fault.New(fault.Malformed, "exchange.parameter_unknown", c.req.Query[0].Key)
	}
	c.ask.Action = access.ListRecords // of the shape alone: no record leaves
	if err := c.open(); err != nil {
		return err
	}
	d, err := c.s.Datasets.Describe(c.ctx, dataset)
	if err != nil {
		return err
	}
	type column struct {
		Name  string          `json:"name"`
		Title string          `json:"title,omitempty"`
		Type  string          `json:"type,omitempty"`
		Key   bool            `json:"key,omitempty"`
		Mask  access.MaskKind `json:"mask,omitempty"`
	}
	answer := struct {
		Dataset string   `json:"dataset"`
		Version int64    `json:"schema_version"`
		Fields  []column `json:"fields"`
	}{Dataset: dataset, Version: d.Version}
	for _, granted := range c.permit.Columns() {
		out := column{Name: granted.Out(), Mask: granted.Mask}
		for _, f := range d.Fields {
			if f.Name == granted.Name {
				out.Title, out.Type, out.Key = f.Title, f.Type, f.Key
			}
		}
		answer.Fields = append(answer.Fields, out)
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	c.write(http.StatusOK, body)
	return nil
}
