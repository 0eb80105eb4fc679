package release

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// The control store is an ordinary database, in which whoever administers the machine can change a line with one
// statement. The seal is made with a key that is not in it.

// sealOf names all that was issued: the decision, each line, each file.
func (s *Service) sealOf(r *Release, lines []*Line, files []File) (string, error) {
	type line struct {
		Subject, Digest string
		Held            bool
		Change          Change
	}
	type file struct {
		Kind, SHA256 string
		Size         int64
	}
	var what struct {
		Form                           int // rises when the form of the seal changes
		ID, Number, Signer, ApprovedBy string
		List                           List
		Count, Date, Effective         int64
		Lines                          []line
		Files                          []file
	}
	what.Form, what.ID, what.List, what.Count = 1, r.ID, r.List, r.Number
	what.Number, what.Signer, what.ApprovedBy = r.Decision.Number, r.Decision.Signer, r.ApprovedBy
	what.Date, what.Effective = micro(r.Decision.Date), micro(r.Decision.Effective)
	for _, l := range lines {
		what.Lines = append(what.Lines, line{l.Subject, l.digest, l.Held, l.Change})
	}
	slices.SortFunc(what.Lines, func(a, b line) int { return cmp.Compare(a.Subject, b.Subject) })
	for _, f := range files {
		if f.Issued() {
			what.Files = append(what.Files, file{f.Kind, f.SHA256, f.Size})
		}
	}
	slices.SortFunc(what.Files, func(a, b file) int { return cmp.Compare(a.Kind, b.Kind) })
	body, err := json.Marshal(what)
	if err != nil {
		return "", fmt.Errorf("seal release %s: %w", r.Key(), err)
	}
	mac := hmac.New(sha256.New, s.Key)
	mac.Write(body)
	return "1:" + hex.EncodeToString(mac.Sum(nil)), nil
}

// set is an issued release in memory: read once, compared with its seal, and then the same for ever (invariant 2).
type set struct {
	head    string // what the row said when it was read; another one is another set
	lines   map[string]*Line
	files   map[string]File
	altered bool
	read    time.Time
}

// headOf is what a row says that the seal covers, so that a changed row is compared anew.
func headOf(r *Release) string {
	d := r.Decision
	return fmt.Sprint(r.ID, "|", r.List, "|", r.Number, "|", d.Number, "|", micro(d.Date), "|", micro(d.Effective), "|", d.Signer, "|", r.ApprovedBy, "|", r.seal)
}

const (
	mostSets  = 24               // issued releases that stay in memory
	lookAgain = 10 * time.Second // how long a release that does not fit its seal is not read again
	tellAgain = time.Hour        // how long its alteration is not reported again
)

// setOf is the release as issued. An altered one is told in the answer, not as an error.
func (s *Service) setOf(ctx context.Context, r *Release) (*set, error) {
	head := headOf(r)
	s.mu.Lock()
	known, found := s.sets[r.ID]
	s.mu.Unlock()
	if found && known.head == head && (!known.altered || time.Since(known.read) < lookAgain) {
		return known, nil
	}
	return s.readSet(ctx, r)
}

// readSet reads a release past all memory and compares it with its seal.
func (s *Service) readSet(ctx context.Context, r *Release) (*set, error) {
	lines, err := allLines(ctx, s.DB, r.ID)
	if err != nil {
		return nil, err
	}
	files, err := listFiles(ctx, s.DB, r.ID)
	if err != nil {
		return nil, err
	}
	seal, err := s.sealOf(r, lines, files)
	if err != nil {
		return nil, err
	}
	out := &set{head: headOf(r), lines: map[string]*Line{}, files: map[string]File{}, read: time.Now(), altered: !hmac.Equal([]byte(seal), []byte(r.seal))}
	for _, l := range lines {
		out.lines[l.Subject] = l
	}
	for _, f := range files {
		out.files[f.Kind] = f
	}
	s.mu.Lock()
	if len(s.sets) >= mostSets {
		clear(s.sets)
	}
	s.sets[r.ID] = out
	s.mu.Unlock()
	if out.altered {
		return out, s.tell(ctx, r, "content")
	}
	return out, nil
}

// tell reports an altered release, once in a while.
func (s *Service) tell(ctx context.Context, r *Release, what string) error {
	key, now := r.ID+what, s.Clock.Now()
	s.mu.Lock()
	last, told := s.told[key]
	again := !told || now.Sub(last) >= tellAgain || now.Before(last)
	if again {
		s.told[key] = now
	}
	s.mu.Unlock()
	if !again || s.Sources.Altered == nil {
		return nil
	}
	return s.Sources.Altered(ctx, r, what)
}

// Verify compares every issued release with its seal, past all memory. It is a background job.
func (s *Service) Verify(ctx context.Context) (altered []string, err error) {
	for _, list := range Lists() {
		issued, err := listIssued(ctx, s.DB, list)
		if err != nil {
			return altered, err
		}
		for _, r := range issued {
			read, err := s.readSet(ctx, r)
			if err != nil {
				return altered, err
			}
			if read.altered {
				altered = append(altered, r.Key())
			}
		}
	}
	return altered, nil
}
