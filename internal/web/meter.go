package web

import (
	"net/http"
	"strconv"
	"time"

	"lienthong/internal/kit/meter"
)

// meters are what the console counts.
type meters struct {
	requests meter.Counters
	took     meter.Histograms
}

func newMeters(s *meter.Set) meters {
	return meters{
		requests: s.Counters("lienthong_web_requests_total", "Requests on the console by route pattern, method and class of status.", "route", "method", "status"),
		took:     s.Histograms("lienthong_web_request_seconds", "How long requests on the console took.", meter.Seconds()),
	}
}

// count notes one request. A route is a line of the route table, so that neither a path nor a method that somebody made
// up becomes a label.
func (m meters) count(a *answer, r *http.Request, took time.Duration) {
	route, method, status := a.pattern, r.Method, "none"
	if route == "" {
		route, method = "unknown", "any"
	}
	if a.Status > 0 {
		status = strconv.Itoa(a.Status/100) + "xx"
	}
	m.requests.Inc(route, method, status)
	m.took.Took(took)
}
