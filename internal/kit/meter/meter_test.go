package meter

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"
)

func text(t *testing.T, s *Set) string {
	t.Helper()
	var b strings.Builder
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextIsWhatPrometheusReads(t *testing.T) {
	s := NewSet()
	calls := s.Counters("calls_total", "Calls.", "verdict", "code")
	calls.Inc("allow", "ok")
	calls.Inc("allow", "ok")
	calls.Inc("deny", "a\"b\\c\nd")
	took := s.Histograms("took_seconds", "Time.", []float64{.1, 1}, "listener")
	took.Took(50*time.Millisecond, "exchange")
	took.Took(5*time.Second, "exchange")
	s.Read(func(p *Page) {
		p.Gauge("free_bytes", "Room.", "folder").Is(1<<40, "data").Is(0.5, "audit")
		p.Total("waits_total", "Waits.").Is(3)
	})
	want := `# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{verdict="allow",code="ok"} 2
calls_total{verdict="deny",code="a\"b\\c\nd"} 1
# HELP took_seconds Time.
# TYPE took_seconds histogram
took_seconds_bucket{listener="exchange",le="0.1"} 1
took_seconds_bucket{listener="exchange",le="1"} 1
took_seconds_bucket{listener="exchange",le="+Inf"} 2
took_seconds_sum{listener="exchange"} 5.05
took_seconds_count{listener="exchange"} 2
# HELP free_bytes Room.
# TYPE free_bytes gauge
free_bytes{folder="data"} 1.099511627776e+12
free_bytes{folder="audit"} 0.5
# HELP waits_total Waits.
# TYPE waits_total counter
waits_total 3
`
	if got := text(t, s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSeriesAreBounded(t *testing.T) {
	s := NewSet()
	c := s.Counters("x_total", "X.", "a", "b")
	for i := range 3 * maxSeries {
		c.Inc(strconv.Itoa(i), "y")
	}
	got := text(t, s)
	if n := strings.Count(got, "\nx_total{"); n != maxSeries+1 {
		t.Errorf("%d series", n)
	}
	if !strings.Contains(got, `x_total{a="other",b="other"} 4000`) {
		t.Error("what came after is not counted under other")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestReaderThatIsGone(t *testing.T) {
	s := NewSet()
	s.Counters("x_total", "X.").Inc()
	if err := s.Write(broken{}); err == nil {
		t.Error("written to nobody")
	}
}

func BenchmarkCount(b *testing.B) {
	s := NewSet()
	c := s.Counters("x_total", "X.", "a", "b", "c", "d")
	h := s.Histograms("y_seconds", "Y.", Seconds(), "a")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c.Inc("exchange", "/data/{owner}/{dataset}/records", "GET", "2xx")
			h.Took(time.Millisecond, "exchange")
		}
	})
}
