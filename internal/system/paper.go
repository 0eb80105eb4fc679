package system

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Attached is a file as it comes with a form.
type Attached struct {
	Name string
	Body []byte
}

// ReadAttached reads a file that is sent; a larger one than MaxPaper and one that is no PDF are faults.
func ReadAttached(name string, body io.Reader) (*Attached, error) {
	data, err := io.ReadAll(io.LimitReader(body, MaxPaper+1))
	if err != nil {
		return nil, fmt.Errorf("read an attached file: %w", err)
	}
	if len(data) == 0 { // a form without a file sends an empty one
		return nil, nil //nolint:nilnil // no file is no fault here
	}
	if len(data) > MaxPaper {
		return nil, fault.New(fault.TooLarge, "system.file_large", MaxPaper>>20).At("file")
	}
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, fault.New(fault.Invalid, "system.file_pdf").At("file")
	}
	return &Attached{Name: name, Body: data}, nil
}

// attach puts a file on disk, before the row that names it.
func (s *Service) attach(system string, a *Attached) (*Paper, error) {
	if a == nil {
		return nil, nil //nolint:nilnil // nothing is attached
	}
	sum := sha256.Sum256(a.Body)
	p := &Paper{Name: a.Name, Size: int64(len(a.Body)), SHA256: hex.EncodeToString(sum[:]), Stored: "system/" + system + "/" + ids.New() + ".pdf"}
	if err := s.papers.Put(p.Stored, a.Body); err != nil {
		return nil, fmt.Errorf("keep an attached file of system %s: %w", system, err)
	}
	return p, nil
}

// kept removes the file of a change that was refused, and gives the refusal back.
func (s *Service) kept(p *Paper, refusal error) error {
	if refusal == nil || p == nil {
		return refusal
	}
	if err := s.papers.Remove(p.Stored); err != nil {
		return errors.Join(refusal, err)
	}
	return refusal
}

// OpenPaper opens a file of a dossier for those who see dossiers: "dossier" or "decision".
func (s *Service) OpenPaper(ctx context.Context, system, dossier, which string) (*Paper, io.ReadCloser, error) {
	d, err := s.FindDossier(ctx, system, dossier)
	if err != nil {
		return nil, nil, err
	}
	p := d.File
	if which == "decision" {
		p = nil
		if d.Decided != nil {
			p = d.Decided.File
		}
	}
	if p == nil {
		return nil, nil, fault.New(fault.NotFound, "system.file_not_found")
	}
	r, err := s.papers.Open(p.Stored)
	if err != nil {
		return nil, nil, fmt.Errorf("open an attached file of system %s: %w", system, err)
	}
	return p, r, nil
}
