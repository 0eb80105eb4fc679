package harness

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// Numbers is the text of /metrics at one moment.
type Numbers struct {
	t    testing.TB
	Text string
}

// Scrape reads /metrics.
func (s *Server) Scrape(t testing.TB) Numbers {
	t.Helper()
	c := NewClient(t, s.Metrics)
	return Numbers{t, string(c.Must(c.Get(""), http.StatusOK).Body)}
}

// Of is the value of one series, written as in the text: name{label="value"}; 0 when it is not there, as a counter is
// before it first counts.
func (n Numbers) Of(series string) float64 {
	n.t.Helper()
	for line := range strings.Lines(n.Text) {
		if value, found := strings.CutPrefix(line, series+" "); found {
			f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				n.t.Fatalf("%s: %v", series, err)
			}
			return f
		}
	}
	return 0
}
