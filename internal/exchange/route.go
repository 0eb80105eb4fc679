package exchange

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/exchange/filter"
	"lienthong/internal/exchange/upstream"
	"lienthong/internal/kit/fault"
)

// RouteStatus opens and closes a route.
type RouteStatus string

const (
	RouteActive    RouteStatus = "active"
	RouteSuspended RouteStatus = "suspended"
)

// Route is a provider's registered service: /svc/{Owner}/{System}/{Name}/… A version never changes; the newest counts.
type Route struct {
	ID         string       `json:"id,omitempty" doc:"Set by the platform"`
	Version    int64        `json:"version,omitempty" doc:"Set by the platform"`
	Owner      string       `json:"owner"` // agency code
	System     string       `json:"system"`
	Name       string       `json:"name"`
	Dataset    string       `json:"dataset"` // the dataset whose grants open the route
	Base       string       `json:"base"`
	Addresses  []string     `json:"addresses,omitempty"`  // special networks registered for this base, as prefixes
	Credential string       `json:"credential,omitempty"` // name of the secret that we show to the provider
	Total      int64        `json:"total_ms,omitempty"`   // budget of one call
	Body       int64        `json:"body,omitempty"`       // largest answer in bytes
	Operations []*Operation `json:"operations"`
	Status     RouteStatus  `json:"status,omitempty" doc:"Active when registered; changed by its own operation"`
}

// Operation is one declared call of a service. What is not declared does not exist.
type Operation struct {
	Method   string   `json:"method"`
	Path     string   `json:"path"`              // "/ho-so/{id}"
	Updates  bool     `json:"updates,omitempty"` // changes the provider's data: needs an UPDATE right
	Subject  string   `json:"subject,omitempty"` // path parameter that identifies a person; only its hash is recorded
	Params   []Param  `json:"params,omitempty"`  // query parameters that may be sent
	Members  []Member `json:"members,omitempty"` // members that the body of a question may hold; a question without them has no body
	Records  string   `json:"records"`           // filter.Contract
	Envelope []string `json:"envelope,omitempty"`
	Key      string   `json:"key,omitempty"`
	Whole    []string `json:"whole,omitempty"`
	// Fields says where in a record a field of the dataset lies, "ho_ten_cha": "cha.ho_ten"; others lie under their name.
	Fields   map[string]string `json:"fields,omitempty"`
	Statuses map[int]BodyRule  `json:"statuses,omitempty"` // nil: 200 with records, 204 without

	segments []string
	code     string
}

// BodyRule says what of an answer's body leaves.
type BodyRule string

const (
	BodyRecords BodyRule = "records" // through the filter
	BodyNone    BodyRule = "none"
	BodyPass    BodyRule = "pass" // a declared error's JSON body, small and unchanged
)

var usualStatuses = map[int]BodyRule{http.StatusOK: BodyRecords, http.StatusNoContent: BodyNone}

// Code is how grants and evidence name the operation.
func (o *Operation) Code() string { return o.Method + " " + o.Path }

func (o *Operation) statuses() map[int]BodyRule {
	if o.Statuses == nil {
		return usualStatuses
	}
	return o.Statuses
}

func (o *Operation) contract() filter.Contract {
	return filter.Contract{Records: o.Records, Envelope: o.Envelope, Key: o.Key, Whole: o.Whole, Fields: o.Fields}
}

// match compares whole segments and gives the values of the placeholders.
func (o *Operation) match(segments []string) (values []pathValue, ok bool) {
	if len(segments) != len(o.segments) {
		return nil, false
	}
	for i, want := range o.segments {
		switch {
		case placeholder(want):
			values = append(values, pathValue{want[1 : len(want)-1], segments[i]})
		case want != segments[i]:
			return nil, false
		}
	}
	return values, true
}

// pathValue is what a call puts in the place of a placeholder.
type pathValue struct{ name, value string }

func placeholder(segment string) bool { return len(segment) > 1 && segment[0] == '{' }

// nearer reports that o says more of a path than other: at the first difference its segment is a literal one.
func (o *Operation) nearer(other *Operation) bool {
	for i, s := range o.segments {
		if placeholder(s) != placeholder(other.segments[i]) {
			return placeholder(other.segments[i])
		}
	}
	return false
}

// find gives the operation for a method and path. A literal segment wins over a placeholder, as it does at the provider,
// whatever the order of registration: else a right to one operation would open another.
func (r *Route) find(method string, segments []string) (*Operation, []pathValue, error) {
	var found *Operation
	var values []pathValue
	for _, o := range r.Operations {
		if o.Method != method || found != nil && !(len(o.segments) == len(found.segments) && o.nearer(found)) {
			continue
		}
		if v, ok := o.match(segments); ok {
			found, values = o, v
		}
	}
	switch {
	case found != nil:
		return found, values, nil
	case method != http.MethodGet:
		return nil, nil, fault.New(fault.Denied, "exchange.method_not_granted", method)
	}
	return nil, nil, fault.New(fault.NotFound, "exchange.operation_unknown")
}

// ready checks a route and prepares its operations.
func (r *Route) ready() error {
	if !plainName(r.Owner) || !plainName(r.System) || !plainName(r.Name) || r.Dataset == "" {
		return fault.New(fault.Invalid, "exchange.route_invalid", "owner, system, name, dataset")
	}
	if len(r.Operations) == 0 {
		return fault.New(fault.Invalid, "exchange.route_invalid", "operations").At("operations")
	}
	for _, o := range r.Operations {
		if err := o.ready(); err != nil {
			return err
		}
	}
	_, err := r.endpoint("")
	return err
}

var routeMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

func (o *Operation) ready() error {
	invalid := func(what string) error {
		return fault.New(fault.Invalid, "exchange.route_invalid", o.Code()+": "+what).At("operations")
	}
	path, ok := strings.CutPrefix(o.Path, "/")
	switch {
	case !slices.Contains(routeMethods, o.Method):
		return invalid("method")
	case !ok:
		return invalid("path")
	case o.Updates && o.Method == http.MethodGet, !o.Updates && o.Method != http.MethodPost && o.Method != http.MethodGet:
		return invalid("updates")
	}
	o.segments, o.code = nil, o.Code()
	if path != "" {
		o.segments = strings.Split(path, "/")
	}
	for _, s := range o.segments {
		if s == "" || strings.ContainsAny(s, "*?%\\;") || s[0] == '{' != (s[len(s)-1] == '}') || s == "{}" {
			return invalid("path")
		}
	}
	if o.Subject != "" && !slices.Contains(o.segments, "{"+o.Subject+"}") {
		return invalid("subject")
	}
	if what := o.asked(); what != "" {
		return invalid(what)
	}
	for code, rule := range o.Statuses {
		if code < 200 || code > 599 || rule != BodyRecords && rule != BodyNone && rule != BodyPass || rule == BodyPass && code < 400 {
			return invalid("statuses")
		}
	}
	return nil
}

// placed checks that records and mapped fields can be found by the filter. Only a registration asks.
func (r *Route) placed() error {
	for i, o := range r.Operations {
		var columns []access.Column
		for name := range o.Fields {
			columns = append(columns, access.Column{Name: name})
		}
		if _, err := filter.Compile(o.contract(), columns, nil, access.Masker{}, filter.DefaultLimits); err != nil {
			return fault.New(fault.Invalid, "exchange.route_invalid", o.Code()+": records, envelope, key, whole, fields").At("operations").Because(err)
		}
		if slices.ContainsFunc(r.Operations[:i], func(x *Operation) bool { return x.code == o.code }) {
			return fault.New(fault.Invalid, "exchange.route_invalid", o.Code()).At("operations")
		}
	}
	return nil
}

func plainName(s string) bool {
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return s != "" && len(s) <= 64 && s[0] != '.' && s[len(s)-1] != '.'
}

func (r *Route) endpoint(credential string) (upstream.Endpoint, error) {
	e := upstream.Endpoint{ID: r.ID, Base: r.Base, Credential: credential, Total: time.Duration(r.Total) * time.Millisecond, Body: r.Body}
	for _, a := range r.Addresses {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			return e, fault.New(fault.Invalid, "exchange.route_invalid", a).At("addresses").Because(err)
		}
		e.Addresses = append(e.Addresses, p)
	}
	_, err := upstream.New(e, nil)
	return e, err
}

func splitKey(key string) (owner, system, name string) {
	owner, rest, _ := strings.Cut(key, "\x00")
	system, name, _ = strings.Cut(rest, "\x00")
	return owner, system, name
}
