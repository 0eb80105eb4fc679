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

	"lienthong/internal/exchange/filter"
	"lienthong/internal/kit/fault"
)

// Param is a query parameter, or one in the path where Name stands there as a placeholder; Column names the field that it
// concerns, which must then be granted.
type Param struct {
	Name   string `json:"name"`
	Column string `json:"column,omitempty"`
	Use    Use    `json:"use,omitempty"`
}

// Member is a member of a question's JSON body, which is one flat object; Column is that of Param.
type Member struct {
	Name     string     `json:"name"`
	Type     MemberType `json:"type,omitempty"`
	Column   string     `json:"column,omitempty"`
	Use      Use        `json:"use,omitempty"`
	Required bool       `json:"required,omitempty"`
}

// MemberType is what a member may hold.
type MemberType string

const (
	MemberText    MemberType = "text" // also when empty
	MemberNumber  MemberType = "number"
	MemberBoolean MemberType = "boolean"
	MemberTexts   MemberType = "texts" // a list of at most 100 texts
)

// Use says how a value stands to its column.
type Use string

const (
	UseEqual Use = "equal" // also when empty: records whose column holds the value, which must lie within the grant's rows
	UseRange Use = "range" // an end of a range
	UseSort  Use = "sort"  // the order of the records
)

const (
	mostTexts  = 100
	mostText   = 2000 // bytes of one text
	mostNumber = 40
)

// Asked names what a question of the operation may hold: parameters and members of the body.
func (o *Operation) Asked() []string {
	var names []string
	for _, p := range o.Params {
		names = append(names, p.Name)
	}
	for _, m := range o.Members {
		names = append(names, m.Name)
	}
	return names
}

// asked checks the declaration of what a question may hold and says which part is wrong.
func (o *Operation) asked() string {
	seen := map[string]bool{}
	for _, p := range o.Params {
		if p.Name == "" || seen[p.Name] || !p.Use.known(p.Column) {
			return "params: " + p.Name
		}
		seen[p.Name] = true
	}
	clear(seen)
	if len(o.Members) > 0 && (o.Method == http.MethodGet || o.Method == http.MethodDelete) {
		return "members"
	}
	for _, m := range o.Members {
		if m.Name == "" || len(m.Name) > 100 || !utf8.ValidString(m.Name) || seen[m.Name] || !m.Use.known(m.Column) || !slices.Contains([]MemberType{"", MemberText, MemberNumber, MemberBoolean, MemberTexts}, m.Type) {
			return "members: " + m.Name
		}
		seen[m.Name] = true
	}
	return ""
}

func (u Use) known(column string) bool {
	return u == "" || (u == UseEqual || u == UseRange || u == UseSort) && column != ""
}

// term is one declared value of a question, with the column that it concerns.
type term struct {
	Filter
	use Use
}

// parameters reads the query against its declaration.
func (o *Operation) parameters(c *call) ([]term, *fault.Fault) {
	var out []term
	for _, p := range c.req.Query {
		i := slices.IndexFunc(o.Params, func(d Param) bool { return d.Name == p.Key })
		if i < 0 || slices.Contains(o.segments, "{"+p.Key+"}") {
			return out, fault.New(fault.Malformed, "exchange.parameter_unknown", p.Key).At(p.Key)
		}
		if d := o.Params[i]; d.Column != "" {
			out = append(out, term{Filter{d.Column, Equal, []string{p.Value}}, d.Use})
		}
	}
	return out, nil
}

// placed gives the values in the path: those of declared columns as terms, all others for the record as keyed hashes. That
// of a person stands among the subjects.
func (o *Operation) placed(inPath []pathValue, hash func(string) string) (terms []term, asked []string) {
	for _, v := range inPath {
		i := slices.IndexFunc(o.Params, func(d Param) bool { return d.Name == v.name && d.Column != "" })
		switch {
		case i >= 0:
			terms = append(terms, term{Filter{o.Params[i].Column, Equal, []string{v.value}}, o.Params[i].Use})
		case v.name != o.Subject:
			asked = append(asked, "{"+v.name+"} eq "+hash(v.value))
		}
	}
	return terms, asked
}

// readMembers reads the body of a question against its declaration and writes it anew, so that the provider reads what
// was judged: one flat object, each declared member at most once, each value of its type.
func (o *Operation) readMembers(body []byte) (out []byte, terms []term, refused *fault.Fault) {
	if len(o.Members) == 0 {
		return nil, nil, fault.New(fault.Malformed, "exchange.body_undeclared", o.code)
	}
	invalid := fault.New(fault.Malformed, "exchange.body_invalid")
	if !utf8.Valid(body) {
		return nil, nil, invalid
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	seen := make(map[string]bool, len(o.Members))
	out = append(out, '{')
	err := eachField(d, func(name string) error {
		i := slices.IndexFunc(o.Members, func(m Member) bool { return m.Name == name })
		switch {
		case i < 0:
			return fault.New(fault.Malformed, "exchange.member_unknown", short(name)).At(short(name))
		case seen[name]:
			return fault.New(fault.Malformed, "exchange.member_twice", name).At(name)
		}
		if len(seen) > 0 {
			out = append(out, ',')
		}
		seen[name] = true
		m := o.Members[i]
		out = append(filter.AppendString(out, name), ':')
		values, err := m.read(d, &out)
		if err != nil {
			return err
		}
		if m.Column != "" && len(values) > 0 {
			terms = append(terms, term{Filter{m.Column, In, values}, m.Use})
		}
		return nil
	})
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more after the end")
		}
	}
	if f := faultOf(err); f != nil {
		return nil, terms, f
	}
	if err != nil {
		return nil, terms, invalid.Because(err)
	}
	for _, m := range o.Members {
		if m.Required && !seen[m.Name] {
			return nil, terms, fault.New(fault.Malformed, "exchange.member_missing", m.Name).At(m.Name)
		}
	}
	return append(out, '}'), terms, nil
}

// read takes the value of the member, appends it to out as the provider will get it, and gives it as text.
func (m Member) read(d *json.Decoder, out *[]byte) ([]string, error) {
	wrong := fault.New(fault.Malformed, "exchange.member_type", m.Name, m.want()).At(m.Name)
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if t == json.Delim('[') && m.Type == MemberTexts {
		return m.list(d, out, wrong)
	}
	text, ok := m.scalar(t)
	if !ok {
		return nil, wrong
	}
	if m.text() {
		*out = filter.AppendString(*out, text)
	} else {
		*out = append(*out, text...)
	}
	return []string{text}, nil
}

func (m Member) list(d *json.Decoder, out *[]byte, wrong error) (values []string, err error) {
	*out = append(*out, '[')
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		text, ok := Member{Type: MemberText}.scalar(t)
		if !ok || len(values) == mostTexts {
			return nil, wrong
		}
		if len(values) > 0 {
			*out = append(*out, ',')
		}
		*out = filter.AppendString(*out, text)
		values = append(values, text)
	}
	*out = append(*out, ']')
	_, err = d.Token()
	return values, err
}

func (m Member) text() bool { return m.Type == "" || m.Type == MemberText }

// scalar is the value as text, if it is of the member's type.
func (m Member) scalar(t json.Token) (string, bool) {
	switch v := t.(type) {
	case string:
		return v, m.text() && len(v) <= mostText && strings.IndexFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0
	case json.Number:
		return v.String(), m.Type == MemberNumber && len(v) <= mostNumber
	case bool:
		if v {
			return "true", m.Type == MemberBoolean
		}
		return "false", m.Type == MemberBoolean
	}
	return "", false
}

func (m Member) want() MemberType {
	if m.Type == "" {
		return MemberText
	}
	return m.Type
}

// short keeps a caller's word in an answer from growing beyond sense.
func short(s string) string {
	if r := []rune(s); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return s
}
