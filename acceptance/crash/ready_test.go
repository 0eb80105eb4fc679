package crash

import (
	"path/filepath"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/acceptance/invariant"
)

// BenchmarkReady is the time from the start of the process to the first 200 of /readyz (P10): on an empty folder, and
// on one with a dataset, live connections and a log of some ten thousand records, after SIGKILL.
func BenchmarkReady(b *testing.B) {
	harness.Binary(b) // built before anything is timed
	b.Run("empty", func(b *testing.B) {
		for range b.N {
			began := time.Now()
			s := harness.Start(b, harness.Options{Dir: filepath.Join(b.TempDir(), "data")})
			b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms-to-ready")
			b.StopTimer()
			s.Kill()
			b.StartTimer()
		}
	})
	b.Run("filled", func(b *testing.B) {
		w := newWorld(b, harness.Options{})
		w.populate()
		w.calls(b, 10*time.Second)
		for range b.N {
			w.Kill()
			began := time.Now()
			w.Run()
			b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms-to-ready")
		}
		j := w.newJudge(0)
		b.ReportMetric(float64(j.base), "records")
	})
}

// calls fills the log by calls of the warehouse.
func (w *world) calls(b *testing.B, d time.Duration) {
	b.Helper()
	l, p := &load{w: w, h: &history{History: invariant.History{}}}, w.parties[0]
	token := l.token(newCaller(w, l.h), p.System, p.Credential, p.Client, p.Secret)
	newTarget("the exchange", w.Exchange+pagePath, token).most(b, d)
}
