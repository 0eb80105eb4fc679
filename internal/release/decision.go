package release

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
)

// MaxDecision is the size of the largest file of a decision, in bytes.
const MaxDecision = 20 << 20

var decisionForm = regexp.MustCompile(`^[0-9]{1,5}/([0-9]{4}/)?QĐ-[A-ZĐ]{2,20}$`)

// Signed is the file of the signed decision.
type Signed struct {
	Name    string
	Content []byte
}

// check tells every mistake of a decision at once.
func (d *Decision) check(now time.Time, signed Signed) error {
	d.Number, d.Signer = strings.Join(strings.Fields(vitext.NFC(d.Number)), ""), strings.TrimSpace(vitext.NFC(d.Signer))
	var wrong []*fault.Fault
	at := func(bad bool, field, code string, args ...any) {
		if bad {
			wrong = append(wrong, fault.New(fault.Invalid, code, args...).At(field))
		}
	}
	if !d.Date.IsZero() {
		d.Date = startOf(d.Date)
	}
	if !d.Effective.IsZero() {
		d.Effective = startOf(d.Effective)
	}
	at(!decisionForm.MatchString(d.Number), "number", "release.decision_number")
	at(d.Date.IsZero() || d.Date.After(now), "date", "release.decision_date")
	at(d.Effective.IsZero() || d.Effective.Before(d.Date), "effective", "release.effective_date")
	at(len([]rune(d.Signer)) < 3, "signer", "release.signer_missing")
	switch {
	case len(signed.Content) == 0:
		at(true, "file", "release.file_missing")
	case len(signed.Content) > MaxDecision:
		at(true, "file", "release.file_too_large", MaxDecision>>20)
	case !bytes.HasPrefix(signed.Content, []byte("%PDF-")):
		at(true, "file", "release.file_not_pdf")
	}
	return fault.Collect(wrong...)
}

// Record notes the decision that issues an approved draft, with its signed file. From here nothing of the release changes:
// its files are made and everything is sealed. When its day has come already, what follows from it is done at once.
func (s *Service) Record(ctx context.Context, ref Ref, d Decision, signed Signed) (*Release, error) {
	who, err := access.Require(ctx, access.ReleaseRecord)
	if err != nil {
		return nil, err
	}
	if err := d.check(s.Clock.Now(), signed); err != nil {
		return nil, err
	}
	r, err := findRelease(ctx, s.DB, ref.List, ref.Number)
	if err != nil {
		return nil, err
	}
	if err := s.mayRecord(ctx, who, r, ref, d); err != nil {
		return nil, err
	}
	lines, err := allLines(ctx, s.DB, r.ID)
	if err != nil {
		return nil, err
	}
	seen := r.Revision
	r.Decision = d
	files, err := s.issuedFiles(ctx, r, lines, signed)
	if err != nil {
		return nil, err
	}
	if r.seal, err = s.sealOf(r, lines, files); err != nil {
		return nil, err
	}
	issued, err := s.issue(ctx, Ref{ref.List, ref.Number, seen}, r, files)
	if err != nil {
		s.drop(files)
	}
	return issued, err
}

// mayRecord looks at what would refuse the decision before any file is made.
func (s *Service) mayRecord(ctx context.Context, who access.Actor, r *Release, ref Ref, d Decision) error {
	if err := r.seen(ref); err != nil {
		return err
	}
	if !slices.Contains(steps[r.State], Issued) {
		return fault.New(fault.Conflict, "release.wrong_state", r.State, Issued)
	}
	if who.ID == r.ApprovedBy {
		return fault.New(fault.Denied, "release.own_approval")
	}
	issued, err := listIssued(ctx, s.DB, r.List)
	if err != nil || len(issued) == 0 {
		return err
	}
	if last := issued[0].Decision.Effective; d.Effective.Before(last) {
		return fault.New(fault.Invalid, "release.effective_order", i18n.Date(last)).At("effective")
	}
	return nil
}

func (s *Service) issue(ctx context.Context, ref Ref, made *Release, files []File) (*Release, error) {
	return s.alter(ctx, ref, access.ReleaseRecord, "release.record", made.Decision.Text(i18n.Date), func(q controldb.Querier, who access.Actor, r *Release) error {
		if err := r.step(Issued, s.stepBy(who, made.Decision.Text(i18n.Date))); err != nil {
			return err
		}
		r.Decision, r.seal = made.Decision, made.seal
		if err := saveFiles(ctx, q, r.ID, files); err != nil {
			return err
		}
		if r.Decision.Effective.After(s.Clock.Now()) {
			return nil
		}
		return s.effect(ctx, q, r)
	})
}

// effect does what follows from a release in force, and marks that it was done (invariant 4).
func (s *Service) effect(ctx context.Context, q controldb.Querier, r *Release) error {
	added, err := subjectsOf(ctx, q, r.ID, Added)
	if err != nil {
		return err
	}
	removed, err := subjectsOf(ctx, q, r.ID, Removed)
	if err != nil {
		return err
	}
	r.EffectedAt = s.Clock.Now()
	return s.Sources.TakeEffect(ctx, q, r, added, removed)
}

// TakeEffect does the work of every release whose day has come. It is a background job and acts as one.
func (s *Service) TakeEffect(ctx context.Context) error {
	due, err := listDue(ctx, s.DB, s.Clock.Now())
	if err != nil {
		return err
	}
	who := access.ActorOf(ctx)
	for _, found := range due {
		all, err := s.readSet(ctx, found)
		if err != nil {
			return err
		}
		if all.altered { // it brings nothing about, and is reported
			continue
		}
		err = s.DB.InTx(ctx, func(q controldb.Querier) error {
			r, err := findRelease(ctx, q, found.List, found.Number)
			if err != nil || !r.EffectedAt.IsZero() { // another node was quicker
				return err
			}
			if err := s.effect(ctx, q, r); err != nil {
				return err
			}
			r.ChangedAt = r.EffectedAt
			if err := updateRelease(ctx, q, r); err != nil {
				return err
			}
			return s.note(ctx, q, who, r, "release.take_effect", "", nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
