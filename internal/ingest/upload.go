package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Upload is a file that comes in pieces over a weak line (R14.3c). It goes on where it broke off, also after a restart, and
// becomes a delivery when it is finished; until then nothing knows its content.
type Upload struct {
	ID        string    `json:"id"`
	Offset    int64     `json:"offset"` // bytes that are on disk: the next piece begins here
	Size      int64     `json:"size"`
	ExpiresAt time.Time `json:"expires_at"`
}

// uploadFile is what is kept beside the pieces.
type uploadFile struct {
	Input   DeliveryInput    `json:"input"`
	Type    access.ActorType `json:"type"`
	Account string           `json:"account"`
	Agency  string           `json:"agency"`
	At      time.Time        `json:"at"`
}

const (
	uploadFolder = "upload/"
	uploadFacts  = "facts.json"
	uploadLife   = 24 * time.Hour
	maxUploads   = 10   // open ones of one account
	maxAgency    = 40   // of one agency
	maxAgencyMax = 4    // bytes that one agency may have stated in open uploads, in largest files
	maxPieces    = 5000 // of one file
)

// BeginUpload opens an upload for a delivery. Its size and SHA-256 must be stated, so that what was put together can be
// told from what was sent.
func (s *Service) BeginUpload(ctx context.Context, in DeliveryInput) (*Upload, error) {
	who, _, err := s.admit(ctx, in)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Size <= 0 || in.SHA256 == "":
		return nil, fault.New(fault.Invalid, "ingest.upload_facts").At("sha256")
	case in.Size > s.MaxBytes:
		return nil, fault.New(fault.TooLarge, "ingest.too_large", s.MaxBytes>>20).At("size")
	}
	if b, err := hex.DecodeString(strings.TrimSpace(in.SHA256)); err != nil || len(b) != sha256.Size {
		return nil, fault.New(fault.Invalid, "ingest.bad_sha256").At("sha256")
	}
	// One at a time, or many that begin together would pass a limit that each of them sees free.
	s.beginning.Lock()
	defer s.beginning.Unlock()
	open, err := s.sweepUploads(who)
	switch {
	case err != nil:
		return nil, err
	case open.account >= maxUploads:
		return nil, fault.New(fault.Limited, "ingest.upload_many", maxUploads)
	case open.agency >= maxAgency || open.bytes+in.Size > maxAgencyMax*s.MaxBytes:
		return nil, fault.New(fault.Limited, "ingest.upload_agency", open.agency, open.bytes>>20, maxAgency, maxAgencyMax*s.MaxBytes>>20)
	}
	facts := uploadFile{Input: in, Type: who.Type, Account: who.ID, Agency: who.Agency, At: s.Clock.Now()}
	body, err := json.Marshal(facts)
	if err != nil {
		return nil, fmt.Errorf("write upload: %w", err)
	}
	id := ids.New()
	if err := s.Files.Put(uploadFolder+id+"/"+uploadFacts, body); err != nil {
		return nil, err
	}
	return &Upload{ID: id, Size: in.Size, ExpiresAt: facts.At.Add(uploadLife)}, nil
}

// FindUpload tells where an upload goes on. Only who began it may.
func (s *Service) FindUpload(ctx context.Context, id string) (*Upload, error) {
	_, u, _, err := s.upload(ctx, id)
	return u, err
}

// AddPiece adds bytes to an upload. They must begin where the last piece ended, and be those that sum states (SHA-256 in
// hex; empty: not stated). What comes before the line breaks is kept: the sum of the whole file judges it in the end.
func (s *Service) AddPiece(ctx context.Context, id string, offset int64, r io.Reader, sum string) (*Upload, error) {
	release, err := s.holdUpload(id)
	if err != nil {
		return nil, err
	}
	defer release()
	_, u, pieces, err := s.upload(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case offset != u.Offset:
		return u, fault.New(fault.Conflict, "ingest.upload_offset", u.Offset).At("offset")
	case len(pieces) >= maxPieces:
		return u, fault.New(fault.Invalid, "ingest.upload_pieces", maxPieces)
	}
	w, err := s.Files.Create(fmt.Sprintf("%s%s/%020d", uploadFolder, id, offset))
	if err != nil {
		return nil, err
	}
	defer w.Abort()
	_, broken := io.Copy(struct{ io.Writer }{w}, io.LimitReader(&contextReader{ctx, r}, u.Size-offset+1))
	var storage *fault.Fault
	switch {
	case errors.As(broken, &storage):
		return nil, broken
	case offset+w.Size() > u.Size:
		return u, fault.New(fault.TooLarge, "ingest.upload_longer", u.Size)
	case broken == nil && sum != "" && !strings.EqualFold(sum, w.SHA256()):
		return u, fault.New(fault.Invalid, "ingest.upload_checksum", offset).At("checksum")
	case w.Size() > 0:
		if err := w.Commit(); err != nil {
			return nil, err
		}
		u.Offset += w.Size()
	}
	if broken != nil {
		return u, fault.New(fault.Invalid, "ingest.upload_broken", u.Offset).Because(broken)
	}
	return u, nil
}

// FinishUpload delivers what was put together. The pieces go, unless the delivery should be tried again.
func (s *Service) FinishUpload(ctx context.Context, id string) (*Delivery, error) {
	release, err := s.holdUpload(id)
	if err != nil {
		return nil, err
	}
	defer release()
	facts, u, pieces, err := s.upload(ctx, id)
	if err != nil {
		return nil, err
	}
	if u.Offset != u.Size {
		return nil, fault.New(fault.Conflict, "ingest.upload_unfinished", u.Offset, u.Size)
	}
	all := &pieceReader{s: s, names: pieces}
	defer all.close()
	d, err := s.Deliver(ctx, facts.Input, all)
	if f := fault.Of(err); err != nil && (f.Kind == fault.Internal || f.Kind == fault.Unavailable || f.Code == "ingest.interrupted") {
		return nil, err
	}
	return d, errors.Join(err, s.Files.Remove(uploadFolder+id))
}

// DropUpload ends an upload without a delivery.
func (s *Service) DropUpload(ctx context.Context, id string) error {
	release, err := s.holdUpload(id)
	if err != nil {
		return err
	}
	defer release()
	if _, _, _, err := s.upload(ctx, id); err != nil {
		return err
	}
	return s.Files.Remove(uploadFolder + id)
}

// upload reads how far an upload has come.
func (s *Service) upload(ctx context.Context, id string) (uploadFile, *Upload, []string, error) {
	var facts uploadFile
	who, err := access.Require(ctx, access.IngestDeliver)
	if err != nil {
		return facts, nil, nil, err
	}
	missing := fault.New(fault.NotFound, "ingest.upload_not_found")
	if strings.ContainsAny(id, "/.") || id == "" {
		return facts, nil, nil, missing
	}
	if facts, err = s.uploadFacts(id); err != nil {
		return facts, nil, nil, missing.Because(err)
	}
	expires := facts.At.Add(uploadLife)
	if facts.Type != who.Type || facts.Account != who.ID || s.Clock.Now().After(expires) {
		return facts, nil, nil, missing
	}
	names, err := s.Files.List(uploadFolder + id + "/")
	if err != nil {
		return facts, nil, nil, err
	}
	var pieces []string
	u := &Upload{ID: id, Size: facts.Input.Size, ExpiresAt: expires}
	for _, name := range names { // in the order of their beginnings
		from, bad := strconv.ParseInt(path.Base(name), 10, 64)
		if bad != nil || from != u.Offset {
			continue
		}
		size, err := s.fileSize(name)
		if err != nil {
			return facts, nil, nil, err
		}
		u.Offset += size
		pieces = append(pieces, name)
	}
	return facts, u, pieces, nil
}

func (s *Service) uploadFacts(id string) (uploadFile, error) {
	var facts uploadFile
	f, err := s.Files.OpenFile(uploadFolder + id + "/" + uploadFacts)
	if err != nil {
		return facts, err
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(&facts); err != nil {
		return facts, fmt.Errorf("read upload: %w", err)
	}
	return facts, nil
}

func (s *Service) fileSize(name string) (int64, error) {
	f, err := s.Files.OpenFile(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.Size()
}

// openUploads are those that have not ended: of an account, and of its agency with the bytes that they stated.
type openUploads struct {
	account, agency int
	bytes           int64
}

// sweepUploads removes uploads whose time is over, and counts the open ones of an account and its agency.
func (s *Service) sweepUploads(who access.Actor) (openUploads, error) {
	var open openUploads
	names, err := s.Files.List(uploadFolder)
	if err != nil {
		return open, err
	}
	for _, name := range names {
		if path.Base(name) != uploadFacts {
			continue
		}
		facts, err := s.uploadFacts(path.Base(path.Dir(name)))
		switch {
		case err != nil || s.Clock.Now().After(facts.At.Add(uploadLife)):
			if err := s.Files.Remove(path.Dir(name)); err != nil {
				return open, fmt.Errorf("remove an old upload: %w", err)
			}
		case facts.Agency == who.Agency:
			open.agency, open.bytes = open.agency+1, open.bytes+facts.Input.Size
			if facts.Type == who.Type && facts.Account == who.ID {
				open.account++
			}
		}
	}
	return open, nil
}

// holdUpload lets one request at a time change an upload.
func (s *Service) holdUpload(id string) (func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uploading[id] {
		return nil, fault.New(fault.Conflict, "ingest.upload_busy")
	}
	s.uploading[id] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.uploading, id)
	}, nil
}

// pieceReader reads the pieces one behind the other.
type pieceReader struct {
	s     *Service
	names []string
	now   io.ReadCloser
}

func (p *pieceReader) Read(b []byte) (int, error) {
	for {
		if p.now == nil {
			if len(p.names) == 0 {
				return 0, io.EOF
			}
			f, err := p.s.Files.OpenFile(p.names[0])
			if err != nil {
				return 0, err
			}
			p.now, p.names = f, p.names[1:]
		}
		n, err := p.now.Read(b)
		if err == io.EOF {
			err = p.now.Close()
			p.now = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// close lets go of a piece whose reading was broken off.
func (p *pieceReader) close() {
	if p.now != nil {
		_ = p.now.Close() // it was only read
	}
}
