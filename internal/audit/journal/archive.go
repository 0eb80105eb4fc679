package journal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/audit/merkle"
)

// An archive is one old segment that has left the journal, in a folder of its own that verifies by itself:
//
//	archive/<first seq>/manifest      signed: which records, sums of the files, proof of the place in the tree
//	archive/<first seq>/checkpoint    the signed checkpoint that the proof leads to
//	archive/<first seq>/leaves        leaf hashes, so that a changed record can be named
//	archive/<first seq>/records.zst   the segment file as it was, compressed; removed when its time is over
//	archive/<first seq>/purged        signed: when the records were removed
const (
	archiveFolder = "archive"
	manifestFile  = "manifest"
	leavesFile    = "leaves"
	packedFile    = "records.zst"
	purgedFile    = "purged"

	manifestHead = "lienthong-archive/v1"
	purgedHead   = "lienthong-purge/v1"

	timeForm = "2006-01-02T15:04:05.000000Z"
)

// Archive is what a manifest says of its records.
type Archive struct {
	First, End int64     // records First ≤ seq < End
	From, To   time.Time // of the oldest and the newest record
	ArchivedAt time.Time
	PurgedAt   time.Time // zero while the records are kept
	Here       bool      // the records lie beside the manifest
	Dir        string

	header    segmentHeader
	bytes     int64 // of the segment file
	sum       [sha256.Size]byte
	packed    int64
	packedSum [sha256.Size]byte
	leavesSum [sha256.Size]byte
	span      merkle.Span
	root      merkle.Hash
}

func archiveName(first int64) string { return fmt.Sprintf("%020d", first) }

func (a Archive) text(origin string) string {
	var b strings.Builder
	line := func(name string, values ...any) {
		b.WriteString(name)
		for _, v := range values {
			fmt.Fprintf(&b, " %v", v)
		}
		b.WriteString("\n")
	}
	line(manifestHead)
	line("origin", origin)
	line("records", a.First, a.End)
	line("segment", a.bytes, hex.EncodeToString(a.sum[:]))
	line("chain", a.header.before, a.header.previous)
	line("packed", a.packed, hex.EncodeToString(a.packedSum[:]))
	line("leaves", hex.EncodeToString(a.leavesSum[:]))
	line("time", a.From.UTC().Format(timeForm), a.To.UTC().Format(timeForm))
	line("archived", a.ArchivedAt.UTC().Format(timeForm))
	line("tree", a.span.Size, a.root.String())
	for _, h := range a.span.Left {
		line("left", h.String())
	}
	for _, h := range a.span.Right {
		line("right", h.String())
	}
	return b.String()
}

// parseManifest reads a manifest in the one spelling in which it was written.
func parseManifest(raw []byte, verifierKey string) (Archive, error) {
	text, origin, err := merkle.OpenText(raw, verifierKey)
	if err != nil {
		return Archive{}, err
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 10 || lines[0] != manifestHead {
		return Archive{}, errors.New("it is no manifest of an archive")
	}
	var a Archive
	var sum, packedSum, leavesSum, from, to, archived, root string
	_, err = fmt.Sscanf(strings.Join(lines[2:10], "\n"), "records %d %d\nsegment %d %s\nchain %d %d\npacked %d %s\nleaves %s\ntime %s %s\narchived %s\ntree %d %s",
		&a.First, &a.End, &a.bytes, &sum, &a.header.before, &a.header.previous, &a.packed, &packedSum, &leavesSum, &from, &to, &archived, &a.span.Size, &root)
	if err != nil {
		return Archive{}, fmt.Errorf("read manifest: %w", err)
	}
	hashes := map[string]*[]merkle.Hash{"left": &a.span.Left, "right": &a.span.Right}
	for _, line := range lines[10:] {
		side, value, _ := strings.Cut(line, " ")
		h, err := merkle.ParseHash(value)
		if err != nil || hashes[side] == nil {
			return Archive{}, errors.New("read manifest: a line is no hash of the proof")
		}
		*hashes[side] = append(*hashes[side], h)
	}
	for _, f := range []struct {
		value string
		into  *[sha256.Size]byte
	}{{sum, &a.sum}, {packedSum, &a.packedSum}, {leavesSum, &a.leavesSum}} {
		b, err := hex.DecodeString(f.value)
		if err != nil || len(b) != sha256.Size {
			return Archive{}, errors.New("read manifest: a sum is not whole")
		}
		*f.into = [sha256.Size]byte(b)
	}
	for _, f := range []struct {
		value string
		into  *time.Time
	}{{from, &a.From}, {to, &a.To}, {archived, &a.ArchivedAt}} {
		if *f.into, err = time.Parse(timeForm, f.value); err != nil {
			return Archive{}, fmt.Errorf("read manifest: %w", err)
		}
	}
	if a.root, err = merkle.ParseHash(root); err != nil {
		return Archive{}, fmt.Errorf("read manifest: %w", err)
	}
	a.header.first, a.span.From, a.span.To = a.First, a.First, a.End
	if a.text(origin) != text {
		return Archive{}, errors.New("read manifest: it is not spelled as it was written")
	}
	return a, nil
}

// openArchive reads the manifest of one archive folder and how it stands with its records.
func openArchive(dir, verifierKey string) (Archive, error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return Archive{}, fmt.Errorf("read manifest: %w", err)
	}
	a, err := parseManifest(raw, verifierKey)
	if err != nil {
		return Archive{}, err
	}
	a.Dir = dir
	if a.PurgedAt, err = readPurged(dir, verifierKey, a); err != nil {
		return Archive{}, err
	}
	_, err = os.Stat(filepath.Join(dir, packedFile))
	a.Here = err == nil
	return a, nil
}

func (a Archive) purgeText(origin string, at time.Time) string {
	return fmt.Sprintf("%s\norigin %s\nrecords %d %d\npacked %s\nat %s\n", purgedHead, origin, a.First, a.End, hex.EncodeToString(a.packedSum[:]), at.UTC().Format(timeForm))
}

// readPurged gives when the records were removed by us; zero when they were not.
func readPurged(dir, verifierKey string, a Archive) (time.Time, error) {
	raw, err := readIfThere(filepath.Join(dir, purgedFile))
	if err != nil || raw == nil {
		return time.Time{}, err
	}
	text, origin, err := merkle.OpenText(raw, verifierKey)
	if err != nil {
		return time.Time{}, fmt.Errorf("the note of their removal: %w", err)
	}
	_, last, _ := strings.Cut(text, "\nat ")
	at, err := time.Parse(timeForm, strings.TrimSuffix(last, "\n"))
	if err != nil || a.purgeText(origin, at) != text {
		return time.Time{}, errors.New("the note of their removal is of other records")
	}
	return at, nil
}

// archiveFirsts lists the archives of a journal folder by their first seq.
func archiveFirsts(dir string) ([]int64, error) {
	entries, err := os.ReadDir(filepath.Join(dir, archiveFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list archives: %w", err)
	}
	var firsts []int64
	for _, e := range entries {
		if first, err := strconv.ParseInt(e.Name(), 10, 64); err == nil && e.IsDir() && e.Name() == archiveName(first) {
			firsts = append(firsts, first)
		}
	}
	slices.Sort(firsts)
	return firsts, nil
}

func archiveDir(dir string, first int64) string {
	return filepath.Join(dir, archiveFolder, archiveName(first))
}

// chain reads the archives of a folder in order. Where one is missing or damaged, it ends with the damage.
func chain(dir, verifierKey string) ([]Archive, *damage, error) {
	firsts, err := archiveFirsts(dir)
	if err != nil {
		return nil, nil, err
	}
	var list []Archive
	next, header := int64(0), segmentHeader{}
	for _, first := range firsts {
		name := filepath.Join(archiveFolder, archiveName(first), manifestFile)
		if first != next {
			return list, &damage{file: filepath.Join(archiveFolder, archiveName(next)), seq: next, what: "the archive is missing"}, nil
		}
		a, err := openArchive(archiveDir(dir, first), verifierKey)
		switch {
		case errors.Is(err, fs.ErrPermission):
			return nil, nil, err
		case err != nil:
			return list, &damage{file: name, seq: next, what: "the archive does not verify: " + err.Error()}, nil
		case a.First != first || a.header.before != header.before || a.header.previous != header.previous:
			return list, &damage{file: name, seq: next, what: "the archive does not follow the one before it"}, nil
		}
		list = append(list, a)
		next, header = a.End, segmentHeader{before: a.First, previous: a.bytes}
	}
	return list, nil, nil
}

// before gives the chain of archives that ends where the segments begin.
func before(list []Archive, base int64) ([]Archive, bool) {
	if base == 0 {
		return nil, true
	}
	for i, a := range list {
		if a.End == base {
			return list[:i+1], true
		}
	}
	return nil, false
}

func sign(text, origin string, key ed25519.PrivateKey) ([]byte, error) {
	raw, err := merkle.SignText(text, origin, key)
	if err != nil {
		return nil, fmt.Errorf("sign archive: %w", err)
	}
	return raw, nil
}
