package journal

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const benchWriters = 64

// benchBody is as long as a record of a gateway call.
var benchBody = []byte(strings.Repeat("x", 640))

// BenchmarkBareGroupCommit is the floor: the same bytes, one write and one fdatasync for all that wait, and nothing else.
func BenchmarkBareGroupCommit(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	type waiting struct {
		buf  []byte
		done chan struct{}
	}
	var mu sync.Mutex
	current := &waiting{done: make(chan struct{})}
	wake := make(chan struct{}, 1)
	go func() {
		for range wake {
			for {
				mu.Lock()
				w := current
				if len(w.buf) == 0 {
					mu.Unlock()
					break
				}
				current = &waiting{done: make(chan struct{})}
				mu.Unlock()
				if _, err := f.Write(w.buf); err != nil {
					panic(err)
				}
				if err := datasync(f); err != nil {
					panic(err)
				}
				close(w.done)
			}
		}
	}()
	defer close(wake)
	runWriters(b, func() error {
		mu.Lock()
		w := current
		w.buf = append(w.buf, benchBody...)
		mu.Unlock()
		select {
		case wake <- struct{}{}:
		default:
		}
		<-w.done
		return nil
	})
}

// BenchmarkJournal is the same load through the journal: frames, sums, leaf hashes, tree, checkpoints.
func BenchmarkJournal(b *testing.B) {
	j := testOpen(b, b.TempDir(), nil)
	ctx := context.Background()
	runWriters(b, func() error {
		_, err := j.Append(ctx, benchBody)
		return err
	})
}

// BenchmarkOneWriterBare is one record per fdatasync, to see what the group buys.
func BenchmarkOneWriterBare(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for b.Loop() {
		if _, err := f.Write(benchBody); err != nil {
			b.Fatal(err)
		}
		if err := datasync(f); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func runWriters(b *testing.B, write func() error) {
	b.Helper()
	b.SetBytes(int64(len(benchBody)))
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var wg sync.WaitGroup
	for range benchWriters {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := write(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkVerify is the offline check of a folder, per record.
func BenchmarkVerify(b *testing.B) {
	dir := b.TempDir()
	j := testOpen(b, dir, nil)
	const records = 50_000
	bodies := make([][]byte, 1000)
	for i := range bodies {
		bodies[i] = benchBody
	}
	for range records / len(bodies) {
		if _, err := j.Append(context.Background(), bodies...); err != nil {
			b.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if report := mustVerify(b, dir, VerifyOptions{}); !report.OK() || report.Records != records {
			b.Fatalf("%+v", report)
		}
	}
	b.ReportMetric(float64(records*b.N)/b.Elapsed().Seconds(), "records/s")
}
