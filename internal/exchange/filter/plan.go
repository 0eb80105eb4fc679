package filter

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Contract says where records lie in a provider's answer. It comes from the registered service, not from the grant.
type Contract struct {
	Records  string   // "$", "$.data" or "$.data.items": an object, or an array of objects
	Envelope []string // fields outside the records that may pass, "total" or "page.number"; scalars only
	Key      string   // column whose value is the person's or thing's identifier
	Whole    []string // columns whose value may be an object and then passes entire
	// Fields says where in a record a column of the dataset lies, "ho_ten_cha": "cha.ho_ten"; others lie under their name.
	Fields map[string]string
}

// Path of a column within a record.
func (c Contract) Path(column string) string {
	if p, mapped := c.Fields[column]; mapped {
		return p
	}
	return column
}

// Limits bound what one answer may cost.
type Limits struct {
	Body     int64 // bytes after decompression
	Depth    int
	Token    int // bytes of one string or number
	Keys     int // fields of one object
	Subjects int // identifiers collected
}

// DefaultLimits suit an answer of a page of records.
var DefaultLimits = Limits{Body: 8 << 20, Depth: 48, Token: 1 << 20, Keys: 1024, Subjects: 100}

// Plan is a grant made ready for many answers. It is immutable and safe for concurrent use.
type Plan struct {
	root   *node
	rules  []map[string]bool
	masker access.Masker
	limits Limits
	pool   *sync.Pool
}

type role uint8

const (
	dropped  role = iota
	envelope      // outside the records: passes scalars of named leaves
	records       // the place of the records
	inRecord
)

// node is one place in the answer's tree.
type node struct {
	role     role
	leaf     bool // envelope leaf
	names    []string
	children []*node
	column   *access.Column
	out      []byte // `"name":`, as it leaves
	whole    bool
	key      bool
	rule     int // index of the row rule + 1
}

func (n *node) find(name []byte) *node {
	for i, s := range n.names {
		if s == string(name) {
			return n.children[i]
		}
	}
	return nil
}

func (n *node) child(name string, r role) *node {
	if c := n.find([]byte(name)); c != nil {
		return c
	}
	c := &node{role: r}
	quoted, _ := json.Marshal(name)
	c.out = append(quoted, ':')
	n.names, n.children = append(n.names, name), append(n.children, c)
	return c
}

// Compile joins contract and grant. A column that is two things at once, or a path that cannot be, is a refusal
// here rather than a guess later.
func Compile(c Contract, columns []access.Column, rows []access.RowRule, m access.Masker, l Limits) (*Plan, error) {
	p := &Plan{masker: m, limits: l, pool: new(sync.Pool)}
	place, ok := strings.CutPrefix(strings.TrimSuffix(c.Records, "[*]"), "$")
	if !ok || place != "" && (place[0] != '.' || strings.Contains(place, "..")) {
		return nil, bad("records", c.Records)
	}
	p.root = &node{role: envelope}
	at := p.root
	for name := range strings.SplitSeq(strings.TrimPrefix(place, "."), ".") {
		if name != "" {
			at = at.child(name, envelope)
		}
	}
	at.role = records
	for _, e := range c.Envelope {
		if err := p.envelope(e); err != nil {
			return nil, err
		}
	}
	return p, p.record(at, c, columns, rows)
}

func (p *Plan) envelope(path string) error {
	at := p.root
	for name := range strings.SplitSeq(path, ".") {
		if name == "" || at.role != envelope {
			return bad("envelope", path)
		}
		at = at.child(name, envelope)
	}
	if at.role != envelope || len(at.names) > 0 {
		return bad("envelope", path)
	}
	at.leaf = true
	return nil
}

func (p *Plan) record(at *node, c Contract, columns []access.Column, rows []access.RowRule) error {
	for _, col := range columns {
		n, err := walk(at, c.Path(col.Name))
		if err != nil || n.column != nil || !col.Mask.Known() {
			return bad("column", col.Name)
		}
		n.column = &col
		if col.As != "" {
			quoted, _ := json.Marshal(col.As)
			n.out = append(quoted, ':')
		}
	}
	for _, r := range rows {
		n, err := walk(at, c.Path(r.Column))
		if err != nil || n.rule != 0 || len(r.In) == 0 {
			return bad("row rule", r.Column)
		}
		set := make(map[string]bool, len(r.In))
		for _, v := range r.In {
			set[v] = true
		}
		p.rules = append(p.rules, set)
		n.rule = len(p.rules)
	}
	for _, w := range c.Whole {
		n, err := walk(at, c.Path(w))
		if err != nil {
			return bad("whole", w)
		}
		n.whole = n.column != nil && n.column.Mask == access.MaskNone && len(n.names) == 0
	}
	if c.Key != "" {
		n, err := walk(at, c.Path(c.Key))
		if err != nil {
			return bad("key", c.Key)
		}
		n.key = true
	}
	return checkNames(at)
}

// checkNames: two columns may not leave under one name, nor a column be both a value and a parent of columns.
func checkNames(n *node) error {
	seen := make(map[string]bool, len(n.names))
	for i, c := range n.children {
		if c.column != nil && len(c.names) > 0 {
			return bad("column", n.names[i])
		}
		if c.leaves() && seen[string(c.out)] {
			return bad("column", string(c.out))
		}
		seen[string(c.out)] = seen[string(c.out)] || c.leaves()
		if err := checkNames(c); err != nil {
			return err
		}
	}
	return nil
}

// leaves reports that something of the node can leave.
func (n *node) leaves() bool {
	if n.column != nil {
		return true
	}
	for _, c := range n.children {
		if c.leaves() {
			return true
		}
	}
	return false
}

// walk follows a column path below a record; arrays on the way are transparent ("con.ten" also reads con[*].ten).
func walk(at *node, path string) (*node, error) {
	for name := range strings.SplitSeq(strings.ReplaceAll(path, "[*]", ""), ".") {
		if name == "" || name == "*" {
			return nil, bad("column", path)
		}
		at = at.child(name, inRecord)
	}
	return at, nil
}

func bad(what, value string) error {
	return fault.New(fault.Internal, "exchange.plan").Because(fmt.Errorf("compile filter: %s %q cannot be applied", what, value))
}
