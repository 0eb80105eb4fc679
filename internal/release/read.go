package release

import (
	"cmp"
	"context"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// View is a release with what a reader should know of it now.
type View struct {
	Release
	Standing Standing `json:"standing" enum:"not_issued,coming,in_force,superseded"`
	Altered  bool     `json:"altered" doc:"It is no longer what was issued: changed past the platform. It gives no right"`
	Files    []File   `json:"files"`
}

// List shows the releases of a list, the newest first: what was issued, and the draft to those who may see it.
func (s *Service) List(ctx context.Context, list List) ([]View, error) {
	who, err := access.Require(ctx, access.ReleaseRead)
	if err != nil {
		return nil, err
	}
	if !list.Valid() {
		return nil, fault.New(fault.NotFound, "release.list_unknown", list)
	}
	all, err := listReleases(ctx, s.DB, `list = ? AND state <> 'discarded' ORDER BY number DESC LIMIT 500`, string(list))
	if err != nil {
		return nil, err
	}
	var out []View
	for _, r := range all {
		if !r.shownTo(who) {
			continue
		}
		v, err := s.view(ctx, who, r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// shownTo: while its entries are still being gathered, a draft is the operator's.
func (r *Release) shownTo(who access.Actor) bool { return r.State != Draft || who.Operates() }

// Find shows one release.
func (s *Service) Find(ctx context.Context, list List, number int64) (View, error) {
	who, r, err := s.read(ctx, list, number)
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, who, r)
}

func (s *Service) read(ctx context.Context, list List, number int64) (access.Actor, *Release, error) {
	who, err := access.Require(ctx, access.ReleaseRead)
	if err != nil {
		return who, nil, err
	}
	r, err := findRelease(ctx, s.DB, list, number)
	if err == nil && !r.shownTo(who) {
		err = fault.New(fault.NotFound, "release.not_found") // what exists is not told
	}
	return who, r, err
}

func (s *Service) view(ctx context.Context, who access.Actor, r *Release) (View, error) {
	v := View{Release: *r, Standing: NotIssued, Files: []File{}}
	if r.State == Issued {
		all, err := s.setOf(ctx, r)
		if err != nil {
			return v, err
		}
		v.Altered = all.altered
		if v.Standing, err = s.standing(ctx, r); err != nil {
			return v, err
		}
	}
	files, err := listFiles(ctx, s.DB, r.ID)
	if err != nil {
		return v, err
	}
	for _, f := range files {
		if f.shownTo(who) {
			v.Files = append(v.Files, f)
		}
	}
	slices.SortFunc(v.Files, func(a, b File) int { return cmp.Compare(a.rank(), b.rank()) })
	return v, nil
}

func (s *Service) standing(ctx context.Context, r *Release) (Standing, error) {
	if r.Decision.Effective.After(s.Clock.Now()) {
		return Coming, nil
	}
	now, err := s.inForce(ctx, r.List)
	if err != nil {
		return "", err
	}
	if now != nil && now.ID == r.ID {
		return InForce, nil
	}
	return Superseded, nil
}

// Lines shows a page of the entries of a release. Lines of an issued one that are not what was issued are told as altered.
func (s *Service) Lines(ctx context.Context, list List, number int64, f Filter) (p Page, altered bool, err error) {
	_, r, err := s.read(ctx, list, number)
	if err != nil {
		return Page{}, false, err
	}
	if p, err = listLines(ctx, s.DB, r.ID, f); err != nil || r.State != Issued {
		return p, false, err
	}
	all, err := s.setOf(ctx, r)
	if err != nil {
		return p, false, err
	}
	altered = all.altered
	for _, l := range p.Lines {
		if was := all.lines[l.Subject]; was == nil || was.digest != l.digest || was.Held != l.Held {
			altered = true
		}
	}
	if altered && !all.altered { // the row changed after the release was read into memory
		err = s.tell(ctx, r, "content")
	}
	return p, altered, err
}

// FindLine shows one entry of a release.
func (s *Service) FindLine(ctx context.Context, list List, number int64, subject string) (*Line, error) {
	_, r, err := s.read(ctx, list, number)
	if err != nil {
		return nil, err
	}
	return findLine(ctx, s.DB, r.ID, subject)
}

// Compared is an entry that two releases say differently.
type Compared struct {
	Subject     string       `json:"subject"`
	Name        string       `json:"name"`
	Owner       string       `json:"owner"`
	OwnerName   string       `json:"owner_name"`
	Change      Change       `json:"change" enum:"added,changed,removed"`
	Reason      string       `json:"reason,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
}

// Compare tells what became otherwise from one release of a list to another, in Vietnamese order.
func (s *Service) Compare(ctx context.Context, list List, from, to int64) ([]Compared, error) {
	_, before, err := s.read(ctx, list, from)
	if err != nil {
		return nil, err
	}
	_, after, err := s.read(ctx, list, to)
	if err != nil {
		return nil, err
	}
	was, err := held(ctx, s.DB, before.ID)
	if err != nil {
		return nil, err
	}
	lines, err := allLines(ctx, s.DB, after.ID)
	if err != nil {
		return nil, err
	}
	return compare(was, lines), nil
}

func compare(was map[string]*Line, lines []*Line) []Compared {
	var out []Compared
	sorts := map[string]string{}
	add := func(l *Line, change Change, reason string, d []Difference) {
		sorts[l.Subject] = l.sort
		out = append(out, Compared{l.Subject, l.Name, l.Owner, l.OwnerName, change, reason, d})
	}
	reasons, kept := map[string]string{}, map[string]bool{}
	for _, l := range lines {
		old := was[l.Subject]
		switch {
		case !l.Held:
			reasons[l.Subject] = l.Reason
			continue
		case old == nil:
			add(l, Added, "", nil)
		case old.digest != l.digest:
			add(l, Changed, "", differences(old.Entry, l.Entry))
		}
		kept[l.Subject] = true
	}
	for subject, old := range was {
		if !kept[subject] {
			add(old, Removed, reasons[subject], nil)
		}
	}
	slices.SortFunc(out, func(a, b Compared) int {
		return cmp.Or(cmp.Compare(sorts[a.Subject], sorts[b.Subject]), cmp.Compare(a.Subject, b.Subject))
	})
	return out
}

// Consulted is how the consultation on a draft stands: all of it to the operator, to others what their agency said.
type Consulted struct {
	Opinions []Opinion
	Comments []Comment
}

// Consultation shows what agencies said of a draft.
func (s *Service) Consultation(ctx context.Context, list List, number int64) (Consulted, error) {
	who, r, err := s.read(ctx, list, number)
	if err != nil {
		return Consulted{}, err
	}
	agency := who.Agency
	if who.Operates() {
		agency = ""
	}
	var c Consulted
	if c.Opinions, err = listOpinions(ctx, s.DB, r.ID, agency); err != nil {
		return c, err
	}
	c.Comments, err = listComments(ctx, s.DB, r.ID, agency)
	return c, err
}
