package journal

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// tampered is a journal with several segments and checkpoints, and snapshots of it as it grew.
type tampered struct {
	dir       string
	snapshots []map[string][]byte // the last is the whole
	records   int
}

func buildTampered(t *testing.T) tampered {
	t.Helper()
	dir := t.TempDir()
	tick := time.Unix(1_800_000_000, 0)
	built := tampered{dir: dir}
	for range 4 {
		j := testOpen(t, dir, func(o *Options) {
			o.SegmentBytes, o.CheckpointEvery, o.HistoryEvery = 3000, time.Millisecond, time.Nanosecond
			o.Now = func() time.Time { tick = tick.Add(time.Second); return tick }
		})
		for range 8 {
			bodies := make([][]byte, 5)
			for i := range bodies {
				bodies[i] = testBody(built.records + i)
			}
			if _, err := j.Append(context.Background(), bodies...); err != nil {
				t.Fatal(err)
			}
			built.records += len(bodies)
			if built.records%20 == 0 {
				if err := j.signed(context.Background(), int64(built.records)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		files := readAll(t, dir)
		delete(files, keyFile) // taking it away changes no evidence
		built.snapshots = append(built.snapshots, files)
	}
	return built
}

// segmentRecords splits a segment into its bodies.
func segmentRecords(t *testing.T, dir string, first int64) [][]byte {
	t.Helper()
	s, err := openSegment(filepath.Join(dir, segmentName(first)), segmentName(first), first)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var bodies [][]byte
	for {
		e, err := s.next()
		if isEOF(err) {
			return bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, bytes.Clone(e.Body))
	}
}

// forge writes segments again from bodies, with right sums and headers, as somebody with the source code could.
func forge(bodies [][]byte, firsts []int64) map[string][]byte {
	files := make(map[string][]byte)
	previous, before := int64(0), int64(0)
	for i, first := range firsts {
		if first >= int64(len(bodies)) {
			break
		}
		end := int64(len(bodies))
		if i+1 < len(firsts) {
			end = min(end, firsts[i+1])
		}
		b := segmentHeader{first: first, before: before, previous: previous}.bytes()
		var frames []byte
		for seq := first; seq < end; seq++ {
			frames = appendFrame(frames, seq, bodies[seq])
		}
		b = append(batchHeader{count: int(end - first), first: first, bytes: int64(len(frames))}.append(b), frames...)
		files[segmentName(first)], previous, before = b, int64(len(b)), first
	}
	return files
}

func (x tampered) bodies(t *testing.T) ([][]byte, []int64) {
	t.Helper()
	firsts, err := segments(x.dir)
	if err != nil {
		t.Fatal(err)
	}
	var bodies [][]byte
	for _, first := range firsts {
		bodies = append(bodies, segmentRecords(t, x.dir, first)...)
	}
	return bodies, firsts
}

func TestTwoThousandMutationsAreFound(t *testing.T) {
	x := buildTampered(t)
	if report := mustVerify(t, x.dir, VerifyOptions{}); !report.OK() || report.Records != int64(x.records) || report.Notes < 5 {
		t.Fatalf("the clean folder does not pass: %+v", report)
	}
	bodies, firsts := x.bodies(t)
	clean := x.snapshots[len(x.snapshots)-1]
	kept := clean[checkpointFile]
	r := rand.New(rand.NewPCG(2026, 24))
	work := t.TempDir()
	counts := make(map[string]int)
	for round := range 2000 {
		kind, files, seq := mutate(r, x, bodies, firsts)
		if maps.EqualFunc(files, clean, bytes.Equal) {
			continue // swapped two equal records, or replaced a file by an equal one
		}
		counts[kind]++
		writeFiles(t, work, files)
		report := mustVerify(t, work, VerifyOptions{Kept: [][]byte{kept}})
		first, bad := report.First()
		if !bad {
			saved := t.TempDir()
			writeFiles(t, saved, files)
			t.Fatalf("round %d: %s was not found", round, kind)
		}
		if seq >= 0 && first.Seq != seq {
			t.Errorf("round %d: %s at record %d, but the first bad record named is %s", round, kind, seq, first)
		}
		// Tampering that opening can see must not be healed either.
		if round%50 == 0 && kind == "truncate" {
			if j, err := tryOpen(work, nil); err == nil {
				_ = j.Close()
				if again := mustVerify(t, work, VerifyOptions{Kept: [][]byte{kept}}); !again.OK() {
					t.Errorf("round %d: opened over %s and left %v", round, kind, again.Findings[0])
				}
			}
			_ = os.Remove(filepath.Join(work, lockFile))
		}
	}
	t.Log(counts)
	for _, kind := range []string{"flip", "delete", "swap", "duplicate", "insert", "change", "truncate", "remove file", "older file", "older folder"} {
		if counts[kind] < 20 {
			t.Errorf("only %d rounds of %s", counts[kind], kind)
		}
	}
}

// mutate gives the files after one change, and the first record it concerns where that is certain.
func mutate(r *rand.Rand, x tampered, bodies [][]byte, firsts []int64) (kind string, files map[string][]byte, seq int64) {
	files = maps.Clone(x.snapshots[len(x.snapshots)-1])
	names := slices.Sorted(maps.Keys(files))
	name := names[r.IntN(len(names))]
	changed := slices.Clone(bodies)
	n := r.IntN(len(bodies) - 1)
	seq = int64(n)
	switch r.IntN(12) {
	case 0, 1, 2:
		b := bytes.Clone(files[name])
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		files[name] = b
		return "flip", files, -1
	case 3:
		kind, changed = "delete", slices.Delete(changed, n, n+1)
	case 4:
		kind = "swap"
		k := n + 1 + r.IntN(len(bodies)-n-1)
		changed[n], changed[k] = changed[k], changed[n]
	case 5:
		kind, seq, changed = "duplicate", seq+1, slices.Insert(changed, n+1, changed[n])
	case 6:
		kind, changed = "insert", slices.Insert(changed, n, fmt.Appendf(nil, `{"forged":%d}`, r.Uint64()))
	case 7:
		kind = "change"
		changed[n] = bytes.Replace(changed[n], []byte("decision"), []byte("derision"), 1)
	case 8:
		b := files[name]
		files[name] = b[:r.IntN(len(b))]
		return "truncate", files, -1
	case 9:
		delete(files, name)
		return "remove file", files, -1
	case 10:
		old := x.snapshots[r.IntN(len(x.snapshots)-1)]
		if _, there := old[name]; there {
			files[name] = old[name]
		}
		return "older file", files, -1
	default:
		return "older folder", maps.Clone(x.snapshots[r.IntN(len(x.snapshots)-1)]), -1
	}
	maps.Copy(files, forge(changed, firsts))
	return kind, files, seq
}

func TestVerifyNamesTheRecordWithoutStoredHashes(t *testing.T) {
	x := buildTampered(t)
	bodies, firsts := x.bodies(t)
	files := maps.Clone(x.snapshots[len(x.snapshots)-1])
	bodies[57] = []byte(`{"forged":true}`)
	maps.Copy(files, forge(bodies, firsts))
	delete(files, hashFile)
	work := t.TempDir()
	writeFiles(t, work, files)
	report := mustVerify(t, work, VerifyOptions{})
	first, bad := report.First()
	if !bad || first.Seq > 57 || first.Seq < 40 {
		t.Fatalf("without stored hashes the place is bounded by the checkpoints before and behind it, got %v", first)
	}
}

func TestVerifyWhileTheJournalIsWritten(t *testing.T) {
	dir := t.TempDir()
	j := testOpen(t, dir, func(o *Options) {
		o.SegmentBytes, o.CheckpointEvery, o.HistoryEvery = 20_000, time.Millisecond, time.Millisecond
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 1500 {
			if _, err := j.Append(context.Background(), testBody(n)); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if report := mustVerify(t, dir, VerifyOptions{Live: true}); len(report.Findings) > 0 && report.Notes > 0 {
			t.Fatalf("a journal that is being written does not pass: %v", report.Findings)
		}
	}
}
