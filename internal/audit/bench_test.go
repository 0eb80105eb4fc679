package audit

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkCalls is the evidence of whole calls from 64 callers: a durable decision, an outcome, the index behind them.
// Compare with BenchmarkBareGroupCommit of package journal, one of whose records is one of these decisions.
func BenchmarkCalls(b *testing.B) {
	l := openLog(b, b.TempDir())
	ctx := context.Background()
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var wg sync.WaitGroup
	for w := range 64 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			for n := left.Add(-1); n >= 0; n = left.Add(-1) {
				c := randomRecord(r, int(n))
				if err := l.Decide(ctx, c); err != nil {
					b.Error(err)
					return
				}
				l.Outcome(&Record{Of: c.ID, Channel: c.Channel, Event: c.Event, Result: Result{Status: "200"}, Duration: 3, Content: Content{Records: 1, Bytes: 400}})
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	next, _ := l.index.at()
	b.ReportMetric(float64(next)/b.Elapsed().Seconds(), "indexed/s")
}
