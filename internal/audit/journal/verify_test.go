package journal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"lienthong/internal/audit/merkle"
)

// tampered is a journal with several segments and checkpoints, and snapshots of it as it grew.
type tampered struct {
	dir       string
	snapshots []map[string][]byte // the last is the whole
	sizes     []int64
	forks     []map[string][]byte // forks[i] goes on from snapshots[i] with other records, signed with the log's own key
	records   int
}

var testWitness = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{4}, 32))

// snapshot is the folder as it is, with its newest checkpoint cosigned.
func snapshot(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := readAll(t, dir)
	delete(files, keyFile) // taking it away changes no evidence
	c, err := merkle.ParseForeign(files[checkpointFile])
	if err != nil {
		t.Fatal(err)
	}
	files[cosignedFile] = append(bytes.Clone(files[checkpointFile]), merkle.Cosign(c.Text, "witness.test/w1", testWitness, time.Unix(1_800_000_000, 0))...)
	return files
}

// fork makes the other histories, as somebody could who has the key and the folder.
func (x *tampered) fork(t *testing.T) {
	t.Helper()
	for i, files := range x.snapshots[:len(x.snapshots)-1] {
		dir := t.TempDir()
		writeFiles(t, dir, files)
		j := testOpen(t, dir, func(o *Options) { o.SegmentBytes = 3000 })
		for n := x.sizes[i]; n < int64(x.records)+int64(i)*7; n++ {
			if _, err := j.Append(context.Background(), fmt.Appendf(nil, `{"kind":"forged","id":"%06d"}`, n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		x.forks = append(x.forks, snapshot(t, dir))
	}
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
		built.snapshots = append(built.snapshots, snapshot(t, dir))
		built.sizes = append(built.sizes, int64(built.records))
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

// TestMutationsAreFound makes 2000 random changes; LIENTHONG_TEST_MUTATIONS=10000 makes as many as the acceptance asks for.
// Every change must be found with the public key, a witness's key and one kept checkpoint.
func TestMutationsAreFound(t *testing.T) {
	x := buildTampered(t)
	x.fork(t)
	bodies, firsts := x.bodies(t)
	clean := x.snapshots[len(x.snapshots)-1]
	var kept [][]byte
	for _, files := range x.snapshots {
		kept = append(kept, files[cosignedFile])
	}
	opts := VerifyOptions{Kept: kept[len(kept)-1:], Witnesses: []merkle.Cosigner{merkle.NewCosigner("witness.test/w1", testWitness.Public().(ed25519.PublicKey))}}
	work := t.TempDir()
	writeFiles(t, work, clean)
	if report := mustVerify(t, work, opts); !report.OK() || report.Records != int64(x.records) || report.Notes < 5 || len(report.Cosigned) != 1 {
		t.Fatalf("the clean folder does not pass: %+v", report)
	}
	rounds := 2000
	if n, err := strconv.Atoi(os.Getenv("LIENTHONG_TEST_MUTATIONS")); err == nil {
		rounds = n
	}
	r := rand.New(rand.NewPCG(2026, 24))
	counts := make(map[string]int)
	for round := 0; round < rounds; round++ {
		m := mutate(r, x, bodies, firsts)
		if maps.EqualFunc(m.files, clean, bytes.Equal) {
			round-- // swapped two equal records, or replaced a file by an equal one
			continue
		}
		counts[m.kind]++
		writeFiles(t, work, m.files)
		with := opts
		if m.kind == "fork" {
			with.Kept = kept // a checkpoint of each day names the place
		}
		first, bad := mustVerify(t, work, with).First()
		if !bad {
			t.Fatalf("round %d: %s was not found", round, m.kind)
		}
		if m.seq >= 0 && first.Seq != m.seq {
			t.Errorf("round %d: %s at record %d, but the first bad record named is %s", round, m.kind, m.seq, first)
		}
		if m.kind == "fork" {
			if one, bad := mustVerify(t, work, opts).First(); !bad || one.Seq < 0 || one.Seq > m.seq {
				t.Errorf("round %d: a fork at record %d, against one kept checkpoint: %s", round, m.seq, one)
			}
		}
		// Tampering that opening can see must not be healed either.
		if round%50 == 0 && m.kind == "truncate" {
			if j, err := tryOpen(work, nil); err == nil {
				_ = j.Close()
				if again, bad := mustVerify(t, work, opts).First(); bad && again.File != cosignedFile { // which opening does not need
					t.Errorf("round %d: opened over %s and left %v", round, m.kind, again)
				}
			}
			_ = os.Remove(filepath.Join(work, lockFile))
		}
	}
	t.Log(rounds, "rounds", counts)
	for _, kind := range []string{"flip", "delete", "swap", "duplicate", "insert", "change", "truncate", "remove file", "swap files", "older file", "roll-back", "fork"} {
		if counts[kind] < rounds/100 {
			t.Errorf("only %d rounds of %s", counts[kind], kind)
		}
	}
}

// mutation is a changed folder, and the first record it concerns where that is certain, else -1.
type mutation struct {
	kind  string
	files map[string][]byte
	seq   int64
}

func mutate(r *rand.Rand, x tampered, bodies [][]byte, firsts []int64) mutation {
	files := maps.Clone(x.snapshots[len(x.snapshots)-1])
	names := slices.Sorted(maps.Keys(files))
	name := names[r.IntN(len(names))]
	older := r.IntN(len(x.snapshots) - 1)
	switch r.IntN(14) {
	case 0, 1, 2:
		b := bytes.Clone(files[name])
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		files[name] = b
		return mutation{"flip", files, -1}
	case 3:
		b := files[name]
		files[name] = b[:r.IntN(len(b))]
		return mutation{"truncate", files, -1}
	case 4:
		delete(files, name)
		return mutation{"remove file", files, -1}
	case 5:
		other := names[r.IntN(len(names))]
		files[name], files[other] = files[other], files[name]
		return mutation{"swap files", files, -1}
	case 6:
		if old, there := x.snapshots[older][name]; there && name != cosignedFile { // an older cosignature is a true one
			files[name] = old
		}
		return mutation{"older file", files, -1}
	case 7:
		return mutation{"roll-back", maps.Clone(x.snapshots[older]), x.sizes[older]}
	case 8:
		return mutation{"fork", maps.Clone(x.forks[older]), x.sizes[older]}
	}
	return rewrite(r, files, bodies, firsts)
}

// rewrite changes records and makes the segments anew around them, sums and headers included.
func rewrite(r *rand.Rand, files map[string][]byte, bodies [][]byte, firsts []int64) mutation {
	changed := slices.Clone(bodies)
	n := r.IntN(len(bodies) - 1)
	m := mutation{files: files, seq: int64(n)}
	switch r.IntN(5) {
	case 0:
		m.kind, changed = "delete", slices.Delete(changed, n, n+1)
	case 1:
		m.kind = "swap"
		k := n + 1 + r.IntN(len(bodies)-n-1)
		changed[n], changed[k] = changed[k], changed[n]
	case 2:
		m.kind, m.seq, changed = "duplicate", m.seq+1, slices.Insert(changed, n+1, changed[n])
	case 3:
		m.kind, changed = "insert", slices.Insert(changed, n, fmt.Appendf(nil, `{"forged":%d}`, r.Uint64()))
	default:
		m.kind = "change"
		changed[n] = bytes.Replace(changed[n], []byte("decision"), []byte("derision"), 1)
	}
	maps.Copy(files, forge(changed, firsts))
	return m
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
