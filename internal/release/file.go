package release

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Kinds of files. The first five are those of an issued release, which every state agency may have; the others are the
// papers of the submission.
const (
	FileDecision      = "decision"
	FileXLSX          = "xlsx"
	FileDOCX          = "docx"
	FileCSV           = "csv"
	FileJSON          = "json"
	FileMemo          = "memo"           // Tờ trình
	FileDraftDecision = "draft_decision" // dự thảo Quyết định, with the list as its annex
	FileAnnex         = "annex_xlsx"     // the annex as a workbook
)

var issuedKinds = []string{FileDecision, FileXLSX, FileDOCX, FileCSV, FileJSON}

// FileKinds in the order in which they are shown.
func FileKinds() []string {
	return append(slices.Clone(issuedKinds), FileMemo, FileDraftDecision, FileAnnex)
}

// Issued reports a file of what was issued, and not a paper of its submission.
func (f File) Issued() bool { return slices.Contains(issuedKinds, f.Kind) }

func (f File) rank() int { return slices.Index(FileKinds(), f.Kind) }

// shownTo: the papers of the submission are the operator's.
func (f File) shownTo(who access.Actor) bool { return f.Issued() || who.Operates() }

// content of a file before it is kept.
type content struct {
	kind, name, media string
	body              []byte
}

// keep puts files into the store under names of their own, so that none is ever written over.
func (s *Service) keep(release string, all ...content) ([]File, error) {
	var out []File
	for _, c := range all {
		sum := sha256.Sum256(c.body)
		f := File{
			Kind: c.kind, Name: c.name, Media: c.media, Size: int64(len(c.body)), SHA256: hex.EncodeToString(sum[:]), MadeAt: s.Clock.Now(),
			place: "release/" + release + "/" + ids.New(),
		}
		if err := s.Files.Put(f.place, c.body); err != nil {
			s.drop(out)
			return nil, fmt.Errorf("keep file %s: %w", c.kind, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// drop takes away files that no row names, after a change that was refused.
func (s *Service) drop(files []File) {
	for _, f := range files {
		if err := s.Files.Remove(f.place); err != nil {
			s.Logger.Warn("a file that no release names stays in the store", "place", f.place, "cause", err)
		}
	}
}

// ReadFile gives a file of a release byte for byte as it was made (invariant 3). One that no longer has its digest is
// refused and reported.
func (s *Service) ReadFile(ctx context.Context, list List, number int64, kind string) (File, []byte, error) {
	who, r, err := s.read(ctx, list, number)
	if err != nil {
		return File{}, nil, err
	}
	files, err := listFiles(ctx, s.DB, r.ID)
	if err != nil {
		return File{}, nil, err
	}
	i := slices.IndexFunc(files, func(f File) bool { return f.Kind == kind && f.shownTo(who) })
	if i < 0 {
		return File{}, nil, fault.New(fault.NotFound, "release.file_not_found", kind)
	}
	f := files[i]
	if r.State == Issued && f.Issued() {
		all, err := s.setOf(ctx, r)
		if err != nil {
			return f, nil, err
		}
		if sealed := all.files[kind]; all.altered || sealed.SHA256 != f.SHA256 {
			return f, nil, s.fileAltered(ctx, r, kind)
		}
	}
	body, err := s.bytesOf(f)
	if err != nil {
		return f, nil, err
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != f.SHA256 {
		return f, nil, s.fileAltered(ctx, r, kind)
	}
	return f, body, nil
}

func (s *Service) fileAltered(ctx context.Context, r *Release, kind string) error {
	if err := s.tell(ctx, r, "file "+kind); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "release.file_altered")
}

func (s *Service) bytesOf(f File) ([]byte, error) {
	in, err := s.Files.OpenFile(f.place)
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", f.Kind, err)
	}
	defer in.Close()
	var out bytes.Buffer
	if _, err := io.Copy(&out, in); err != nil {
		return nil, fmt.Errorf("read file %s: %w", f.Kind, err)
	}
	return out.Bytes(), nil
}
