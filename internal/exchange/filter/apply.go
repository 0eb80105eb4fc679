package filter

import (
	"errors"
	"hash/maphash"
	"io"

	"lienthong/internal/kit/fault"
)

// Result is what left, and the numbers that evidence needs.
type Result struct {
	Body      []byte   // the filtered answer, compact
	Records   int      // records that left
	Persons   int      // distinct identifiers among them
	Subjects  []string // those identifiers, for hashing; never to be stored as they are
	Truncated bool     // more identifiers than Limits.Subjects
	Withheld  int      // records that the row rules held back
	Single    bool     // the answer was one record, not a list
}

// run is one pass over one answer.
type run struct {
	plan   *Plan
	s      scanner
	out    []byte
	keys   []uint64 // hashes of the field names of all open objects
	seed   maphash.Seed
	rules  []verdict
	key    []byte
	name   []byte
	hasKey bool
	found  bool
	people map[uint64]struct{}
	res    Result
}

type verdict uint8

const (
	unseen verdict = iota
	met
	broken
)

var errTooLarge = errors.New("answer is larger than allowed")

// bounded refuses the byte after the last allowed one.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// Apply reads one JSON answer and appends what may leave to dst. On any error nothing may leave.
func (p *Plan) Apply(dst []byte, answer io.Reader) (Result, error) {
	r, _ := p.pool.Get().(*run)
	if r == nil {
		r = &run{plan: p, seed: maphash.MakeSeed()}
	}
	defer p.release(r)
	r.s.reset(&bounded{answer, p.limits.Body}, p.limits.Token)
	r.out = dst
	if err := r.whole(); err != nil {
		return Result{}, r.refuse(err)
	}
	r.res.Body = r.out
	return r.res, nil
}

func (p *Plan) release(r *run) {
	if cap(r.s.buf) > 256<<10 {
		r.s.buf = nil
	}
	r.out, r.res, r.people, r.hasKey, r.found = nil, Result{}, nil, false, false
	r.keys = r.keys[:0]
	r.s.r = nil
	p.pool.Put(r)
}

func (r *run) refuse(err error) error {
	var f *fault.Fault
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, errTooLarge):
		return fault.New(fault.BadGateway, "exchange.provider_too_large").Because(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.BadGateway, "exchange.provider_cut").Because(err)
	}
	return fault.New(fault.BadGateway, "exchange.provider_unreadable").Because(err)
}

func (r *run) whole() error {
	if c := r.s.peek(); r.plan.root.role == envelope && c != '{' {
		return r.s.err("not an object")
	}
	if _, err := r.value(r.plan.root, 0); err != nil {
		return err
	}
	if r.s.peek(); r.s.pos < r.s.end || r.s.failed != io.EOF {
		return r.s.err("more after the end")
	}
	if !r.found {
		return errors.New("answer holds no records where the contract puts them")
	}
	return nil
}

// value reads the value at n and says whether anything was written for it.
func (r *run) value(n *node, depth int) (bool, error) {
	if depth > r.plan.limits.Depth {
		return false, errors.New("answer is nested too deeply")
	}
	switch {
	case n.role == records:
		return true, r.records(n, depth)
	case n.role == inRecord:
		return r.field(n, depth)
	case n.leaf:
		return r.scalarOnly(depth)
	case r.s.peek() == '{':
		return true, r.object(n, depth)
	}
	return false, r.skip(depth)
}

// records reads the place where the contract puts records: one object, a list of objects, or null.
func (r *run) records(n *node, depth int) error {
	r.found = true
	switch r.s.peek() {
	case '{':
		r.res.Single = true
		kept, err := r.record(n, depth)
		if err == nil && !kept {
			r.out = append(r.out, "null"...)
		}
		return err
	case '[':
		return r.list(depth, func() (bool, error) {
			if r.s.peek() != '{' {
				return false, r.s.err("a record is not an object")
			}
			return r.record(n, depth+1)
		})
	}
	raw, err := r.s.bare()
	if err != nil || string(raw) != "null" {
		return r.s.err("records are neither object nor list")
	}
	r.out = append(r.out, raw...)
	return nil
}

// record writes one record, and takes it back when a row rule is not met.
func (r *run) record(n *node, depth int) (bool, error) {
	start := len(r.out)
	r.rules = append(r.rules[:0], make([]verdict, len(r.plan.rules))...)
	r.hasKey = false
	if err := r.object(n, depth); err != nil {
		return false, err
	}
	for _, v := range r.rules {
		if v != met { // Invariant 1: a missing filter field is not a met rule.
			r.out = r.out[:start]
			r.res.Withheld++
			return false, nil
		}
	}
	if int64(len(r.out)) > 4*r.plan.limits.Body {
		return false, errTooLarge
	}
	r.res.Records++
	if r.hasKey {
		r.count(r.key)
	}
	return true, nil
}

func (r *run) count(key []byte) {
	h := maphash.Bytes(r.seed, key)
	if r.people == nil {
		r.people = make(map[uint64]struct{}, 1)
	}
	if _, known := r.people[h]; known {
		return
	}
	r.people[h] = struct{}{}
	r.res.Persons++
	if len(r.res.Subjects) < r.plan.limits.Subjects {
		r.res.Subjects = append(r.res.Subjects, string(key))
	} else {
		r.res.Truncated = true
	}
}

// object writes the object's fields that n knows; all others are read, checked and dropped.
func (r *run) object(n *node, depth int) error {
	r.s.pos++
	r.out = append(r.out, '{')
	first := len(r.keys)
	empty := true
	for more := r.s.peek() != '}'; more; {
		name, err := r.fieldName(first)
		if err != nil {
			return err
		}
		child := n.find(name)
		if child == nil {
			if err := r.skip(depth + 1); err != nil {
				return err
			}
		} else {
			mark := len(r.out)
			if !empty {
				r.out = append(r.out, ',')
			}
			r.out = append(r.out, child.out...)
			wrote, err := r.value(child, depth+1)
			if err != nil {
				return err
			}
			if wrote {
				empty = false
			} else {
				r.out = r.out[:mark]
			}
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

// fieldName takes `"name" :` and refuses a name that the open object already has (invariant 4).
func (r *run) fieldName(first int) ([]byte, error) {
	if r.s.peek() != '"' {
		return nil, r.s.err("field name expected")
	}
	name, err := r.s.name()
	if err != nil {
		return nil, err
	}
	h := maphash.Bytes(r.seed, name)
	for _, k := range r.keys[first:] {
		if k == h {
			return nil, errors.New("a field name comes twice in one object")
		}
	}
	if len(r.keys)-first >= r.plan.limits.Keys {
		return nil, errors.New("too many fields in one object")
	}
	r.keys = append(r.keys, h)
	// The name lies in the window, which peek may move: find needs it after the colon was read.
	if r.s.pos < r.s.end && r.s.buf[r.s.pos] == ':' {
		r.s.pos++
		return name, nil
	}
	r.name = append(r.name[:0], name...)
	if r.s.peek() != ':' {
		return nil, r.s.err("colon expected")
	}
	r.s.pos++
	return r.name, nil
}

// next takes a comma, or stops at the closing bracket.
func (r *run) next(closing byte) (bool, error) {
	switch r.s.peek() {
	case ',':
		r.s.pos++
		if r.s.peek() == closing {
			return false, r.s.err("comma before the end")
		}
		return true, nil
	case closing:
		return false, nil
	}
	return false, r.s.err("comma expected")
}

// list writes the elements for which each says that it wrote something.
func (r *run) list(depth int, each func() (bool, error)) error {
	if depth >= r.plan.limits.Depth {
		return errors.New("answer is nested too deeply")
	}
	r.s.pos++
	r.out = append(r.out, '[')
	empty := true
	for more := r.s.peek() != ']'; more; {
		mark := len(r.out)
		if !empty {
			r.out = append(r.out, ',')
		}
		wrote, err := each()
		if err != nil {
			return err
		}
		if wrote {
			empty = false
		} else {
			r.out = r.out[:mark]
		}
		if more, err = r.next(']'); err != nil {
			return err
		}
	}
	r.s.pos++
	r.out = append(r.out, ']')
	return nil
}
