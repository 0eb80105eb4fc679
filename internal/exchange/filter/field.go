package filter

import (
	"errors"
	"strings"
	"unicode/utf8"

	"lienthong/internal/access"
)

// field reads the value of a field that the plan knows inside a record.
func (r *run) field(n *node, depth int) (bool, error) {
	switch r.s.peek() {
	case '{':
		r.breakRule(n)
		switch {
		case n.whole:
			return true, r.copy(depth)
		case len(n.names) == 0:
			return false, r.skip(depth) // an object where a plain value was granted
		}
		mark := len(r.out)
		if err := r.object(n, depth); err != nil {
			return false, err
		}
		if !n.leaves() { // only a rule or the key lies below
			r.out = r.out[:mark]
			return false, nil
		}
		return true, nil
	case '[':
		r.breakRule(n)
		mark := len(r.out)
		if err := r.list(depth, func() (bool, error) { return r.element(n, depth+1) }); err != nil {
			return false, err
		}
		if !n.leaves() {
			r.out = r.out[:mark]
			return false, nil
		}
		return true, nil
	case '"':
		return r.stringField(n)
	}
	return r.bareField(n)
}

func (r *run) element(n *node, depth int) (bool, error) {
	if depth > r.plan.limits.Depth {
		return false, errors.New("answer is nested too deeply")
	}
	return r.field(n, depth)
}

// breakRule: a filter field that is no plain value cannot meet a rule.
func (r *run) breakRule(n *node) {
	if n.rule != 0 {
		r.rules[n.rule-1] = broken
	}
}

func (r *run) stringField(n *node) (bool, error) {
	raw, escaped, err := r.s.text()
	if err != nil {
		return false, err
	}
	value := raw[1 : len(raw)-1]
	if escaped && (n.rule != 0 || n.key || n.column != nil && n.column.Mask != access.MaskNone) {
		r.s.unesc = unescape(r.s.unesc[:0], value)
		value = r.s.unesc
	}
	r.judge(n, value)
	switch {
	case n.column == nil:
		return false, nil
	case n.column.Mask == access.MaskNone:
		r.out = append(r.out, raw...)
	default:
		r.mask(n.column, value)
	}
	return true, nil
}

func (r *run) bareField(n *node) (bool, error) {
	raw, err := r.s.bare()
	if err != nil {
		return false, err
	}
	null := raw[0] == 'n'
	if null {
		r.breakRule(n)
	} else {
		r.judge(n, raw)
	}
	switch {
	case null && n.leaves(), n.column != nil && n.column.Mask == access.MaskNone:
		r.out = append(r.out, raw...) // of nothing, every mask shows nothing
	case n.column != nil:
		r.mask(n.column, raw)
	default:
		return false, nil
	}
	return true, nil
}

// judge notes the value for the row rule and as the record's identifier.
func (r *run) judge(n *node, value []byte) {
	if i := n.rule - 1; i >= 0 {
		if r.rules[i] != broken && r.plan.rules[i][string(value)] {
			r.rules[i] = met
		} else {
			r.rules[i] = broken
		}
	}
	if n.key && !r.hasKey {
		r.key = append(r.key[:0], value...)
		r.hasKey = true
	}
}

func (r *run) mask(c *access.Column, value []byte) {
	switch v := r.plan.masker.Apply(*c, string(value)).(type) {
	case string:
		r.out = AppendString(r.out, v)
	case bool:
		if v {
			r.out = append(r.out, "true"...)
		} else {
			r.out = append(r.out, "false"...)
		}
	default:
		r.out = append(r.out, "null"...)
	}
}

// AppendString writes s as a JSON string.
func AppendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// scalarOnly passes a plain value of the envelope and drops anything else.
func (r *run) scalarOnly(depth int) (bool, error) {
	switch r.s.peek() {
	case '{', '[':
		return false, r.skip(depth)
	}
	return true, r.copy(depth)
}

// skip reads and checks a value of which nothing leaves.
func (r *run) skip(depth int) error {
	mark := len(r.out)
	err := r.copy(depth)
	r.out = r.out[:mark]
	return err
}

// copy writes a whole value as it is, without its white space, after the same checks as everything else.
func (r *run) copy(depth int) error {
	if depth > r.plan.limits.Depth {
		return errors.New("answer is nested too deeply")
	}
	switch r.s.peek() {
	case '{':
		return r.copyObject(depth)
	case '[':
		return r.list(depth, func() (bool, error) { return true, r.copy(depth + 1) })
	case '"':
		raw, _, err := r.s.text()
		r.out = append(r.out, raw...)
		return err
	}
	raw, err := r.s.bare()
	r.out = append(r.out, raw...)
	return err
}

func (r *run) copyObject(depth int) error {
	r.s.pos++
	r.out = append(r.out, '{')
	first := len(r.keys)
	for more := r.s.peek() != '}'; more; {
		if len(r.keys) > first {
			r.out = append(r.out, ',')
		}
		name, err := r.fieldName(first)
		if err != nil {
			return err
		}
		r.out = append(AppendString(r.out, string(name)), ':')
		if err := r.copy(depth + 1); err != nil {
			return err
		}
		if more, err = r.next('}'); err != nil {
			return err
		}
	}
	r.s.pos++
	r.keys = r.keys[:first]
	r.out = append(r.out, '}')
	return nil
}
