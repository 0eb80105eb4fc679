package exchange

import (
	"net/http"
	"strconv"
	"time"

	"lienthong/internal/kit/meter"
	"lienthong/internal/kit/trace"
)

// meters are what the exchange counts.
type meters struct {
	requests  meter.Counters
	took      meter.Histograms
	calls     meter.Counters
	providers meter.Histograms
	tokens    meter.Counters
}

func newMeters(s *meter.Set) meters {
	return meters{
		requests: s.Counters("lienthong_exchange_requests_total", "Requests on the exchange by route pattern, method and class of status.", "route", "method", "status"),
		took:     s.Histograms("lienthong_exchange_request_seconds", "How long requests on the exchange took, health aside.", meter.Seconds()),
		calls:    s.Counters("lienthong_exchange_calls_total", "Calls by verdict (allow, deny) and code of the refusal or failure; ok without one.", "verdict", "code"),
		providers: s.Histograms("lienthong_exchange_provider_seconds", "How long providers took to begin their answer, by service and result.", meter.Seconds(),
			"service", "result"),
		tokens: s.Counters("lienthong_exchange_tokens_total", "Requests for access tokens by result; ok for an issued one.", "result"),
	}
}

// What needs no record is no call: health probes and the public metadata.
const (
	routeHealth   = "health"
	routeMetadata = "metadata"
)

// end counts the call and keeps its trace. It runs when the answer has left.
func (c *call) end() {
	m := &c.s.meters
	m.requests.Inc(c.route, httpMethod(c.r.Method), statusClass(c.out.Status))
	if c.route == routeHealth || c.route == routeMetadata {
		return
	}
	c.trace.Done("outcome")
	c.trace.End(c.ask.Operation, c.out.Status, c.code)
	m.took.Took(c.trace.Took)
	verdict, code := "deny", c.code
	if c.permit.Valid() || c.granted {
		verdict = "allow"
	}
	if code == "" {
		code = "ok"
	}
	if c.route == routeToken {
		m.tokens.Inc(code)
	} else {
		m.calls.Inc(verdict, code)
	}
	c.s.Traces.Keep(c.trace)
}

// asked notes how long a provider took to answer or to fail.
func (c *call) asked(service string, began time.Time, err error) {
	result := "ok"
	if f := faultOf(err); f != nil {
		result = f.Code
	} else if err != nil {
		result = "internal"
	}
	c.s.meters.providers.Took(time.Since(began), service, result)
}

// httpMethod is a label: a caller may send any word as its method.
func httpMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead, http.MethodOptions:
		return m
	}
	return "other"
}

func statusClass(status int) string {
	if status < 100 || status > 599 {
		return "none"
	}
	return strconv.Itoa(status/100) + "xx"
}

// Memory of traces: about a megabyte in all.
const (
	recentTraces = 2048
	slowTraces   = 256
	slowFrom     = 500 * time.Millisecond
)

// NewTraces makes the memory of traces that server and pages share.
func NewTraces() *trace.Log { return trace.NewLog(recentTraces, slowTraces, slowFrom) }
