package privacy

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// View is what the register shows of a dataset.
type View struct {
	Dataset  Dataset        `json:"dataset"`
	Entry    *Entry         `json:"entry,omitempty"`
	Standing Standing       `json:"standing"`
	Missing  []*fault.Fault `json:"-"` // of the draft, else of what is in force
	Now      time.Time      `json:"-"`
}

// Find shows the entry of a dataset: to its owner agency, the operator and the auditor.
func (s *Service) Find(ctx context.Context, dataset string) (View, error) {
	who, err := access.Require(ctx, access.PrivacyRead)
	if err != nil {
		return View{}, err
	}
	d, err := s.dataset(ctx, who, dataset)
	if err != nil {
		return View{}, err
	}
	if _, err := access.RequireFor(ctx, access.PrivacyRead, d.Owner); err != nil {
		return View{}, err
	}
	e, err := findEntry(ctx, s.DB, dataset)
	if err != nil {
		return View{}, err
	}
	return view(d, e, s.Clock.Now()), nil
}

func view(d Dataset, e *Entry, now time.Time) View {
	v := View{Dataset: d, Entry: e, Standing: e.Standing(d.Categories, now), Now: now}
	switch {
	case e == nil:
		v.Missing = Content{}.Missing(d.Categories)
	case e.Draft != nil:
		v.Missing = e.Draft.Missing(d.Categories)
	case e.InForce != nil:
		v.Missing = e.InForce.Missing(d.Categories)
	}
	return v
}

// Proposal is what a new entry begins with: the categories of the dataset, what its registration says, and a year of
// force.
func (v View) Proposal() Content {
	switch {
	case v.Entry != nil && v.Entry.Draft != nil:
		return v.Entry.Draft.Content
	case v.Entry != nil && v.Entry.InForce != nil:
		return v.Entry.InForce.Content
	case v.Entry != nil && v.Entry.Withdrawn != nil:
		return v.Entry.Withdrawn.Was.Content
	}
	year := Day(v.Now.In(i18n.Zone).AddDate(1, 0, 0).Format(time.DateOnly))
	return Content{Categories: v.Dataset.Categories, Purposes: v.Dataset.Purposes, LegalBasis: v.Dataset.LegalBasis, ValidTo: year}
}

// Facts tells the decision how the dataset stands in the register; app keeps it in memory until the next commit.
func (s *Service) Facts(ctx context.Context, d catalog.Described) (access.Processing, error) {
	about := datasetOf(d)
	if len(about.Categories) == 0 {
		return access.Processing{}, nil
	}
	e, err := findEntry(ctx, s.DB, about.Code)
	return e.facts(about.Categories), err
}

// Registered are the purposes for which the dataset may be processed now: those of its entry while it is in force,
// complete and not expired; none otherwise. Rules of other slices ask it, not people.
func (s *Service) Registered(ctx context.Context, dataset string) ([]string, error) {
	v, err := s.standing(ctx, dataset)
	if err != nil || !v.Standing.Serves() {
		return nil, err
	}
	return v.Entry.InForce.Purposes, nil
}

// Complete tells whether the dataset may be served as far as the register goes, and how it stands there. A dataset
// without personal data needs no entry: it is complete. Rules of other slices ask it, not people.
func (s *Service) Complete(ctx context.Context, dataset string) (bool, Standing, error) {
	v, err := s.standing(ctx, dataset)
	if err != nil {
		return false, None, err
	}
	return len(v.Dataset.Categories) == 0 || v.Standing.Serves(), v.Standing, nil
}

func (s *Service) standing(ctx context.Context, dataset string) (View, error) {
	described, err := s.Catalog.Describe(ctx, catalog.Code(dataset))
	if err != nil {
		return View{}, err
	}
	e, err := findEntry(ctx, s.DB, dataset)
	return view(datasetOf(described), e, s.Clock.Now()), err
}
