package connection

import (
	"slices"

	"lienthong/internal/access"
)

// Passage is one way by which the configured connection serves, as it follows from the approval: what the consumer calls on
// the exchange, and where the answer comes from.
type Passage struct {
	Call     string `json:"call"`     // "GET /data/H38.06/khai-sinh/records"
	Upstream string `json:"upstream"` // "warehouse", "screen", or a provider's service "H38.06/hotich/khai-sinh"
}

// The upstreams that are no provider's service.
const (
	FromWarehouse = "warehouse"
	FromScreen    = "screen"
)

// Output is one field of the answers: its name there, the field of the dataset it is made of, and what is done to it.
type Output struct {
	Name   string          `json:"name"`
	Field  string          `json:"field"`
	Class  access.Class    `json:"class"`
	Mask   access.MaskKind `json:"mask,omitempty"`
	Values []string        `json:"values,omitempty"`
	Not    bool            `json:"not,omitempty"`
}

// ways that the scope opens on the dataset as it is supplied now.
func (s Scope) ways(d Dataset) []Passage {
	if len(s.Roles) > 0 {
		return []Passage{{Call: "GET /view/" + d.Code, Upstream: FromScreen}}
	}
	var out []Passage
	if len(s.Operations) == 0 || d.Published && slices.Contains(s.Levels, access.LevelUse) {
		out = append(out, Passage{"GET /data/" + d.Code + "/records", FromWarehouse}, Passage{"POST /data/" + d.Code + "/lookup", FromWarehouse})
	}
	for _, code := range s.Operations {
		if o, known := d.Operation(code); known {
			out = append(out, Passage{o.Method() + " /svc/" + o.Service + o.Path(), o.Service})
		}
	}
	return out
}

func (s Scope) output(d Dataset) []Output {
	out := make([]Output, 0, len(s.Columns))
	for _, c := range s.Columns {
		out = append(out, Output{Name: c.Out(), Field: c.Name, Class: d.class(c.Name), Mask: c.Mask, Values: c.Values, Not: c.Not})
	}
	return out
}

// PlanOf is the configuration that follows from the approval, as set-up proposes it: ways, output, quotas and parameters
// are filled in from the need (Điều 12.2a, 12.2c).
func PlanOf(r *Request, d Dataset) Config {
	if r.Approved == nil {
		return Config{}
	}
	s := *r.Approved
	return Config{
		Request: r.ID, Version: r.Config + 1, System: r.Need.System, Dataset: r.Need.Dataset, Schema: r.Need.SchemaVersion, Scope: s,
		Parameters: DefaultParameters(r.Need, s, d), Routes: s.ways(d), Output: s.output(d),
	}
}
