package journal

import (
	"bytes"
	"context"
	"errors"
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

// aged is a journal whose record n was written at day n.
var dayZero = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func dayOf(n int) time.Time { return dayZero.AddDate(0, 0, n) }

func agedBody(n int) []byte {
	return fmt.Appendf(nil, `{"at":%d,"pad":"%s"}`, n, bytes.Repeat([]byte("x"), n%97))
}

func agedAt(body []byte) time.Time {
	var n int
	if _, err := fmt.Sscanf(string(body), `{"at":%d,`, &n); err != nil {
		panic(err)
	}
	return dayOf(n)
}

func openAged(t testing.TB, dir string, day *int, change func(*Options)) *Journal {
	t.Helper()
	return testOpen(t, dir, func(o *Options) {
		o.SegmentBytes, o.CheckpointEvery, o.Now = 2000, time.Millisecond, func() time.Time { return dayOf(*day) }
		if change != nil {
			change(o)
		}
	})
}

func age(t testing.TB, j *Journal, day *int, to int) {
	t.Helper()
	for ; *day < to; *day++ {
		if seq, err := j.Append(context.Background(), agedBody(*day)); err != nil || seq != int64(*day) {
			t.Fatalf("record %d: seq %d, %v", *day, seq, err)
		}
	}
	if err := j.signed(context.Background(), int64(to)); err != nil {
		t.Fatal(err)
	}
}

func archive(t testing.TB, j *Journal, before int) []Archive {
	t.Helper()
	list, err := j.Archive(context.Background(), Archiving{Before: dayOf(before), At: agedAt, Tell: func(Archive) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func checkWhole(t testing.TB, dir string, opts VerifyOptions) Report {
	t.Helper()
	report := mustVerify(t, dir, opts)
	if first, bad := report.First(); bad {
		t.Fatalf("the folder does not verify: %v", first)
	}
	return report
}

func TestOldSegmentsLeaveAndEverythingStillVerifies(t *testing.T) {
	dir, day := t.TempDir(), 0
	j := openAged(t, dir, &day, nil)
	age(t, j, &day, 150)
	early, err := NewestNote(dir)
	if err != nil {
		t.Fatal(err)
	}
	age(t, j, &day, 300)
	list := archive(t, j, 200)
	if len(list) < 3 || list[0].First != 0 || list[0].From != dayOf(0) || !list[len(list)-1].To.Before(dayOf(200)) || j.First() != list[len(list)-1].End {
		t.Fatalf("archived: %+v", list)
	}
	if again := archive(t, j, 200); len(again) != 0 {
		t.Errorf("archived twice: %+v", again)
	}
	report := checkWhole(t, dir, VerifyOptions{Live: true, Kept: [][]byte{early}})
	if report.Records != 300 || report.Archived != j.First() {
		t.Errorf("%+v", report)
	}
	for _, seq := range []int64{0, 17, j.First() - 1, j.First(), 299} {
		p, err := j.ProveRecord(context.Background(), seq)
		body, readErr := j.Read(seq)
		if err != nil || readErr != nil || p.Check(testVerifier(t)) != nil || !bytes.Equal(body, agedBody(int(seq))) {
			t.Errorf("record %d after archiving: %q, %v", seq, body, err)
		}
	}
	for _, a := range list {
		alone := filepath.Join(t.TempDir(), "archive")
		if err := os.CopyFS(alone, os.DirFS(a.Dir)); err != nil {
			t.Fatal(err)
		}
		report, err := VerifyArchive(alone, testVerifier(t))
		if err != nil || !report.OK() || report.Records != a.End-a.First {
			t.Errorf("an archive by itself: %+v, %v", report, err)
		}
	}
	to := filepath.Join(t.TempDir(), "export")
	if err := j.Export(context.Background(), to); err != nil {
		t.Fatal(err)
	}
	if report := checkWhole(t, to, VerifyOptions{Kept: [][]byte{early}}); report.Records != 300 {
		t.Errorf("%+v", report)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	checkWhole(t, dir, VerifyOptions{})
	j = openAged(t, dir, &day, nil)
	age(t, j, &day, 320)
	if err := j.Each(0, 320, func(e Entry) error {
		if !bytes.Equal(e.Body, agedBody(int(e.Seq))) {
			t.Errorf("record %d is %q", e.Seq, e.Body)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestArchivesArePurgedAndTheHashesStay(t *testing.T) {
	dir, day := t.TempDir(), 0
	j := openAged(t, dir, &day, nil)
	age(t, j, &day, 300)
	early, err := NewestNote(dir)
	if err != nil {
		t.Fatal(err)
	}
	first := archive(t, j, 100)
	age(t, j, &day, 400)
	second := archive(t, j, 250)
	told := 0
	done, err := j.Purge(dayOf(350), func(Archive) error { told++; return nil })
	if err != nil || len(done) != len(first) || told != len(first) {
		t.Fatalf("purged %d of %d: %v", len(done), len(first), err)
	}
	if again, err := j.Purge(dayOf(350), func(Archive) error { return nil }); err != nil || len(again) != 0 {
		t.Errorf("purged twice: %v, %v", again, err)
	}
	gone := first[len(first)-1].End
	report := checkWhole(t, dir, VerifyOptions{Live: true, Kept: [][]byte{early}})
	if report.Purged != gone || report.Archived != j.First()-gone || report.Records != 400-gone {
		t.Errorf("%+v", report)
	}
	if report, err := VerifyArchive(first[0].Dir, testVerifier(t)); err != nil || !report.OK() || report.Purged != first[0].End {
		t.Errorf("a purged archive by itself: %+v, %v", report, err)
	}
	var archived *Archived
	if _, err := j.Read(3); !errors.As(err, &archived) || !archived.Purged {
		t.Errorf("a purged record: %v", err)
	}
	if _, err := j.Read(gone); err != nil {
		t.Errorf("an archived record: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	checkWhole(t, dir, VerifyOptions{})
	j = openAged(t, dir, &day, nil)
	if list, err := j.Archives(); err != nil || len(list) != len(first)+len(second) || list[0].PurgedAt.IsZero() || list[0].Here {
		t.Errorf("archives after a restart: %+v, %v", list, err)
	}

	// Taken to another place by hand: said, or found.
	if err := os.Remove(filepath.Join(second[0].Dir, packedFile)); err != nil {
		t.Fatal(err)
	}
	if first, bad := mustVerify(t, dir, VerifyOptions{Live: true}).First(); !bad || first.Seq != second[0].First {
		t.Errorf("an archive that was taken away: %v", first)
	}
	checkWhole(t, dir, VerifyOptions{Live: true, Elsewhere: true})
}

func TestArchivingIsRepeatedAfterACrash(t *testing.T) {
	dir, day := t.TempDir(), 0
	j := openAged(t, dir, &day, nil)
	age(t, j, &day, 300)
	stop := errors.New("the process ends here")
	n := 0
	_, err := j.Archive(context.Background(), Archiving{Before: dayOf(200), At: agedAt, Tell: func(Archive) error {
		if n++; n == 2 { // the second archive is on disk, its segment as well
			return stop
		}
		return nil
	}})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	checkWhole(t, dir, VerifyOptions{Live: true})
	half := archiveDir(dir, 77777) + ".tmp"
	if err := os.MkdirAll(half, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = openAged(t, dir, &day, nil)
	if list := archive(t, j, 200); len(list) < 2 || list[0].First == 0 {
		t.Errorf("the second run archived %+v", list)
	}
	if report := checkWhole(t, dir, VerifyOptions{Live: true}); report.Records != 300 {
		t.Errorf("%+v", report)
	}
}

func TestAnEmptySecondFolderBeginsBehindTheArchives(t *testing.T) {
	dir, second, day := t.TempDir(), t.TempDir(), 0
	j := openAged(t, dir, &day, nil)
	age(t, j, &day, 300)
	archive(t, j, 200)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = openAged(t, dir, &day, func(o *Options) { o.SecondSink = second })
	age(t, j, &day, 310)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, second} {
		if report := checkWhole(t, d, VerifyOptions{}); report.Records != 310 {
			t.Errorf("%s: %+v", d, report)
		}
	}
	j = openAged(t, dir, &day, func(o *Options) { o.SecondSink = second })
	age(t, j, &day, 400)
	if list := archive(t, j, 300); len(list) < 2 {
		t.Errorf("archived of both: %+v", list)
	}
	for _, d := range []string{dir, second} {
		checkWhole(t, d, VerifyOptions{Live: true})
	}
}

func TestLostHashesOfArchivedRecordsAreRefused(t *testing.T) {
	dir, day := t.TempDir(), 0
	j := openAged(t, dir, &day, nil)
	age(t, j, &day, 300)
	archive(t, j, 200)
	base := j.First()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, hashFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// What is made again from segments may be lost.
	if err := os.Truncate(path, merkle.StoredCount(base)*merkle.HashLen); err != nil {
		t.Fatal(err)
	}
	j = openAged(t, dir, &day, nil)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, whole) {
		t.Errorf("the hashes were not made again: %v", err)
	}
	if err := os.Truncate(path, 64); err != nil {
		t.Fatal(err)
	}
	if j, err := tryOpen(dir, nil); err == nil {
		_ = j.Close()
		t.Error("a folder without the hashes of its archived records was opened")
	}
}

// Random changes of a folder with archives, of which the older ones are purged; as many as LIENTHONG_TEST_MUTATIONS says.
func TestMutationsOfArchivesAreFound(t *testing.T) {
	dir, day := t.TempDir(), 0
	j := openAged(t, dir, &day, nil)
	age(t, j, &day, 300)
	archive(t, j, 60)
	age(t, j, &day, 320)
	archive(t, j, 200)
	if _, err := j.Purge(dayOf(310), func(Archive) error { return nil }); err != nil {
		t.Fatal(err)
	}
	list, err := j.Archives()
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	clean := readAll(t, dir)
	delete(clean, keyFile)
	kept := [][]byte{clean[checkpointFile]}
	names := slices.Sorted(maps.Keys(clean))
	work := t.TempDir()
	r := rand.New(rand.NewPCG(2026, 26))
	rounds := 300
	if n, err := strconv.Atoi(os.Getenv("LIENTHONG_TEST_MUTATIONS")); err == nil {
		rounds = n
	}
	for round := range rounds {
		files := maps.Clone(clean)
		name, other := names[r.IntN(len(names))], names[r.IntN(len(names))]
		a := list[r.IntN(len(list))]
		kind := []string{"flip", "truncate", "remove file", "swap files", "remove archive", "swap archives"}[r.IntN(6)]
		switch kind {
		case "flip":
			b := bytes.Clone(files[name])
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			files[name] = b
		case "truncate":
			files[name] = files[name][:r.IntN(len(files[name]))]
		case "remove file":
			delete(files, name)
		case "swap files":
			files[name], files[other] = files[other], files[name]
		case "remove archive":
			for name := range clean {
				if filepath.Dir(name) == filepath.Join(archiveFolder, archiveName(a.First)) {
					delete(files, name)
				}
			}
		case "swap archives":
			b := list[r.IntN(len(list))]
			for _, file := range []string{manifestFile, checkpointFile, leavesFile, packedFile} {
				x, y := filepath.Join(archiveFolder, archiveName(a.First), file), filepath.Join(archiveFolder, archiveName(b.First), file)
				if files[x] != nil && files[y] != nil {
					files[x], files[y] = files[y], files[x]
				}
			}
		}
		if maps.EqualFunc(files, clean, bytes.Equal) {
			continue
		}
		writeFiles(t, work, files)
		first, bad := mustVerify(t, work, VerifyOptions{Kept: kept}).First()
		if !bad {
			t.Fatalf("round %d: %s of %s was not found", round, kind, name)
		}
		if kind == "remove archive" && first.Seq != a.First {
			t.Errorf("round %d: %s %d, but the first bad record named is %s", round, kind, a.First, first)
		}
	}
}

func TestAForgedArchivedRecordIsNamed(t *testing.T) {
	dir, day := t.TempDir(), 0
	j := openAged(t, dir, &day, nil)
	age(t, j, &day, 300)
	a := archive(t, j, 200)[1]
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	victim := a.First + 5
	var frames []byte
	for seq := a.First; seq < a.End; seq++ {
		body := agedBody(int(seq))
		if seq == victim {
			body = []byte(`{"at":0,"forged":true}`)
		}
		frames = appendFrame(frames, seq, body)
	}
	again, err := openArchive(a.Dir, testVerifier(t))
	if err != nil {
		t.Fatal(err)
	}
	head := batchHeader{count: int(a.End - a.First), first: a.First, bytes: int64(len(frames))}.append(again.header.bytes())
	forged, err := pack(append(head, frames...))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a.Dir, packedFile), forged, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, verify := range map[string]func() (Report, error){
		"in its folder": func() (Report, error) { return Verify(dir, testVerifier(t), VerifyOptions{}) },
		"by itself":     func() (Report, error) { return VerifyArchive(a.Dir, testVerifier(t)) },
	} {
		report, err := verify()
		if first, bad := report.First(); err != nil || !bad || first.Seq != victim {
			t.Errorf("%s: %v, %v", name, first, err)
		}
	}
}
