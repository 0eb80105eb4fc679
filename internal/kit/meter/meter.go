package meter

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

const (
	maxLabels = 4
	maxSeries = 2000
	other     = "other"
)

// Set is all that one program counts.
type Set struct {
	mu       sync.Mutex
	families []family
	readers  []func(p *Page)
}

type family interface{ write(w io.Writer) }

// NewSet makes an empty set.
func NewSet() *Set { return &Set{} }

// head is what counters and histograms have in common.
type head[T any] struct {
	name, help, kind string
	labels           []string
	set              *metrics.Set
	create           func(full string) T

	mu   sync.RWMutex
	kept map[[maxLabels]string]T
}

func newHead[T any](name, help, kind string, labels []string) *head[T] {
	if len(labels) > maxLabels {
		panic("meter: too many labels on " + name)
	}
	return &head[T]{name: name, help: help, kind: kind, labels: labels, set: metrics.NewSet(), kept: map[[maxLabels]string]T{}}
}

// find upholds invariant 1.
func (h *head[T]) find(values []string) T {
	var key [maxLabels]string
	copy(key[:], values)
	h.mu.RLock()
	one, known := h.kept[key]
	h.mu.RUnlock()
	if known {
		return one
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.kept) >= maxSeries {
		for i := range h.labels {
			key[i] = other
		}
	}
	if one, known = h.kept[key]; !known {
		one = h.create(series(h.name, h.labels, key[:len(h.labels)]))
		h.kept[key] = one
	}
	return one
}

func (h *head[T]) write(w io.Writer) {
	announce(w, h.name, h.help, h.kind)
	h.set.WritePrometheus(w)
}

// announce writes what a family is. What goes wrong is told when the page is flushed.
func announce(w io.Writer, name, help, kind string) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// series is the full name: name{label="value"}.
func series(name string, labels, values []string) string {
	if len(labels) == 0 {
		return name
	}
	var b strings.Builder
	b.WriteString(name)
	for i, label := range labels {
		sep := ","
		if i == 0 {
			sep = "{"
		}
		b.WriteString(sep + label + "=" + quote(values[i]))
	}
	return b.String() + "}"
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func quote(s string) string { return `"` + escape.Replace(strings.ToValidUTF8(s, "?")) + `"` }

// Counters count events by their labels.
type Counters struct{ *head[*metrics.Counter] }

// Counters adds a family. Its name ends in _total.
func (s *Set) Counters(name, help string, labels ...string) Counters {
	c := Counters{newHead[*metrics.Counter](name, help, "counter", labels)}
	c.create = c.set.NewCounter
	s.add(c)
	return c
}

// Inc counts one event; the values stand in the order of the labels.
func (c Counters) Inc(values ...string) { c.find(values).Inc() }

// Histograms sort durations and sizes into buckets by their labels.
type Histograms struct {
	*head[*metrics.PrometheusHistogram]
}

// Histograms adds a family; bounds are the upper bounds of its buckets.
func (s *Set) Histograms(name, help string, bounds []float64, labels ...string) Histograms {
	h := Histograms{newHead[*metrics.PrometheusHistogram](name, help, "histogram", labels)}
	h.create = func(full string) *metrics.PrometheusHistogram { return h.set.NewPrometheusHistogramExt(full, bounds) }
	s.add(h)
	return h
}

// Took notes a duration.
func (h Histograms) Took(d time.Duration, values ...string) { h.find(values).Update(d.Seconds()) }

// Note notes a size.
func (h Histograms) Note(n float64, values ...string) { h.find(values).Update(n) }

// Seconds are bounds for what takes between a tenth of a millisecond and half a minute.
func Seconds() []float64 {
	return []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
}

// Sizes are bounds for how many go together.
func Sizes() []float64 { return []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024} }

func (s *Set) add(f family) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.families = append(s.families, f)
}

// Read registers what is asked for only when somebody reads the page.
func (s *Set) Read(f func(p *Page)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readers = append(s.readers, f)
}

// Write gives everything as text.
func (s *Set) Write(w io.Writer) error {
	s.mu.Lock()
	families, readers := s.families, s.readers
	s.mu.Unlock()
	out := bufio.NewWriter(w)
	for _, f := range families {
		f.write(out)
	}
	page := &Page{w: out}
	for _, f := range readers {
		f(page)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}

// Page takes values at the moment when they are read.
type Page struct {
	w     *bufio.Writer
	value string // name of the family that is being written
	label []string
}

// Gauge begins a family of values that rise and fall; Is gives its values.
func (p *Page) Gauge(name, help string, labels ...string) *Page {
	return p.begin(name, help, "gauge", labels)
}

// Total begins a family of values that only rise.
func (p *Page) Total(name, help string, labels ...string) *Page {
	return p.begin(name, help, "counter", labels)
}

func (p *Page) begin(name, help, kind string, labels []string) *Page {
	announce(p.w, name, help, kind)
	return &Page{w: p.w, value: name, label: labels}
}

// Is writes one value of the family that was begun.
func (p *Page) Is(v float64, values ...string) *Page {
	fmt.Fprintf(p.w, "%s %s\n", series(p.value, p.label, values), strconv.FormatFloat(v, 'g', -1, 64))
	return p
}
