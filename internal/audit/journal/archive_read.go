package journal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"github.com/klauspost/compress/zstd"

	"lienthong/internal/audit/merkle"
)

// Archived says that a record has left the journal and where it went.
type Archived struct {
	Seq    int64
	Dir    string // folder of its archive
	Purged bool   // the records were removed at the end of their time, or taken elsewhere
}

func (a *Archived) Error() string {
	if a.Purged {
		return fmt.Sprintf("record %d has left the journal and is no longer in %s", a.Seq, a.Dir)
	}
	return fmt.Sprintf("record %d has left the journal: it is in %s", a.Seq, a.Dir)
}

// unpacked is a segment file in memory.
type unpacked struct{ *bytes.Reader }

func (unpacked) Close() error { return nil }

// openPacked opens the records of an archive as the segment that they were. What cannot be unpacked is missing at the
// end; the scan then says where.
func openPacked(dir string, first int64) (*scanner, error) {
	f, err := os.Open(filepath.Join(dir, packedFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, _ := unpack(f)
	return scanSegment(unpacked{bytes.NewReader(content)}, int64(len(content)), filepath.Join(archiveFolder, archiveName(first), packedFile), first)
}

// Unpack gives the segment file that an archive's records are.
func Unpack(packed []byte) ([]byte, error) { return unpack(bytes.NewReader(packed)) }

func unpack(r io.Reader) ([]byte, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxSegment), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("unpack archive: %w", err)
	}
	defer d.Close()
	content, err := io.ReadAll(io.LimitReader(d, maxSegment))
	if err != nil {
		return content, fmt.Errorf("unpack archive: %w", err)
	}
	return content, nil
}

// openPart opens the segment, or the archive of it, that begins at first.
func openPart(dir string, first int64) (*scanner, error) {
	s, err := openSegment(filepath.Join(dir, segmentName(first)), segmentName(first), first)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	packed, gone := openPacked(archiveDir(dir, first), first)
	switch {
	case gone == nil:
		return packed, nil
	case errors.Is(gone, fs.ErrNotExist):
		if _, there := os.Stat(archiveDir(dir, first)); there == nil {
			return nil, &Archived{Seq: first, Dir: archiveDir(dir, first), Purged: true}
		}
		return nil, err
	}
	return nil, gone
}

// parts lists where segments and archives begin.
func parts(dir string) ([]int64, error) {
	online, err := segments(dir)
	if err != nil {
		return nil, err
	}
	archived, err := archiveFirsts(dir)
	if err != nil {
		return nil, err
	}
	for _, first := range archived {
		if len(online) == 0 || first < online[0] {
			continue
		}
		archived = archived[:sort.Search(len(archived), func(i int) bool { return archived[i] >= online[0] })]
		break
	}
	return append(archived, online...), nil
}

// IsArchive reports that a folder is one archive and no journal.
func IsArchive(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, manifestFile))
	return err == nil
}

// VerifyArchive checks one archive folder with the public key alone, wherever it lies.
func VerifyArchive(dir, verifierKey string) (Report, error) {
	var report Report
	raw, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return report, fmt.Errorf("verify archive: %w", err)
	}
	bad := func(seq int64, file, what string) (Report, error) {
		report.Findings = append(report.Findings, Finding{Seq: seq, File: file, Offset: -1, What: what})
		return report, nil
	}
	a, err := parseManifest(raw, verifierKey)
	if err != nil {
		return bad(-1, manifestFile, "the manifest was changed: "+err.Error())
	}
	note, err := readIfThere(filepath.Join(dir, checkpointFile))
	if err != nil {
		return report, err
	}
	c, err := merkle.ParseCheckpoint(note, verifierKey)
	if err != nil || c.Size != a.span.Size || c.Root != a.root {
		return bad(-1, checkpointFile, "the signed checkpoint is not the one of the manifest")
	}
	report.Notes, report.Signed, report.Root = 1, a.End, c.Root
	leaves, err := readIfThere(filepath.Join(dir, leavesFile))
	if err != nil {
		return report, err
	}
	packed, err := readIfThere(filepath.Join(dir, packedFile))
	if err != nil {
		return report, err
	}
	if packed == nil {
		return a.verifyPurged(dir, verifierKey, leaves, report)
	}
	if f, ok := a.verifyRecords(dir, packed, leaves, &report); !ok {
		report.Findings = append(report.Findings, f)
	}
	report.Consistent = report.OK()
	return report, nil
}

func (a Archive) verifyPurged(dir, verifierKey string, leaves []byte, report Report) (Report, error) {
	at, err := readPurged(dir, verifierKey, a)
	switch {
	case err != nil:
		report.Findings = append(report.Findings, Finding{Seq: a.First, File: purgedFile, Offset: -1, What: err.Error()})
	case at.IsZero():
		report.Findings = append(report.Findings, Finding{Seq: a.First, File: packedFile, Offset: -1, What: "the records are missing, and no signed note says that they were removed"})
	case sha256.Sum256(leaves) != a.leavesSum:
		report.Findings = append(report.Findings, Finding{Seq: -1, File: leavesFile, Offset: -1, What: "the leaf hashes are not those of the manifest"})
	default:
		report.Purged = a.End - a.First
	}
	report.Consistent = report.OK()
	return report, nil
}

// verifyRecords names the first record that is not the one that was archived.
func (a Archive) verifyRecords(dir string, packed, leaves []byte, report *Report) (Finding, bool) {
	known := sha256.Sum256(leaves) == a.leavesSum
	at := func(seq int64, what string) (Finding, bool) {
		return Finding{Seq: seq, File: packedFile, Offset: -1, What: what}, false
	}
	content, unpackErr := unpack(bytes.NewReader(packed))
	s, err := scanSegment(unpacked{bytes.NewReader(content)}, int64(len(content)), packedFile, a.First)
	if err != nil {
		return at(a.First, err.Error())
	}
	tree, err := a.span.Begin()
	if err != nil {
		return Finding{Seq: -1, File: manifestFile, Offset: -1, What: err.Error()}, false
	}
	for {
		e, err := s.next()
		if isEOF(err) {
			break
		}
		if err != nil {
			return at(a.First+report.Records, err.Error())
		}
		leaf := merkle.LeafHash(e.Body)
		i := report.Records * merkle.HashLen
		if known && (i+merkle.HashLen > int64(len(leaves)) || merkle.Hash(leaves[i:i+merkle.HashLen]) != leaf) {
			return at(e.Seq, "the record is not the one that was archived")
		}
		tree.Add(leaf, nil)
		report.Records++
	}
	if tree.Size() != a.End {
		return at(tree.Size(), fmt.Sprintf("the archive ends here, and its manifest counts records to %d", a.End-1))
	}
	if root, err := a.span.End(tree); err != nil || root != a.root {
		return at(a.First, fmt.Sprintf("records %d to %d are not those of the signed checkpoint; the leaf hashes were changed as well, so the record cannot be named more closely", a.First, a.End-1))
	}
	switch {
	case !known:
		return Finding{Seq: -1, File: leavesFile, Offset: -1, What: "the leaf hashes are not those of the manifest"}, false
	case unpackErr != nil || sha256.Sum256(packed) != a.packedSum || sha256.Sum256(content) != a.sum || s.header != a.header:
		return Finding{Seq: -1, File: packedFile, Offset: -1, What: "every record is whole, but the file is not the one of the manifest"}, false
	}
	return Finding{}, true
}
