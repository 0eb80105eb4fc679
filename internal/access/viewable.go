package access

import (
	"context"
	"fmt"
	"slices"
)

// Viewable lists the grants under which the actor could look at the dataset on screen now, purpose and quotas aside. It
// opens nothing: what is shown is decided and recorded when the actor asks for it.
func (s *Service) Viewable(ctx context.Context, dataset string) ([]Grant, error) {
	who, err := Require(ctx, DataView)
	if err != nil {
		return nil, err
	}
	r := Request{At: s.clock.Now(), Channel: ChannelScreen, Action: ViewRecord, Actor: who, Dataset: dataset, Address: who.Address}
	f, err := s.Facts(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("read facts of %s: %w", dataset, err)
	}
	if f.Dataset == nil {
		return nil, nil
	}
	var out []Grant
	for i := range f.Grants {
		if g := &f.Grants[i]; viewable(r, f, g) {
			out = append(out, *g)
		}
	}
	return out, nil
}

func viewable(r Request, f Facts, g *Grant) bool {
	return subjectIs(g, r.Actor) && grantHolds(g, r, f.Connection[g.Connection]).check == CheckOK && levelFits(r, f, g).check == CheckOK &&
		timeFits(r, g).check == CheckOK && stateAllows(r, f, g).check == CheckOK
}

// ListViewable lists what the actor could look at now by a grant to the actor or to a role of its agency, by dataset.
func (s *Service) ListViewable(ctx context.Context) ([]Grant, error) {
	who, err := Require(ctx, DataView)
	if err != nil {
		return nil, err
	}
	subjects := []Subject{{SubjectAccount, who.ID}}
	for _, role := range who.Roles {
		subjects = append(subjects, Subject{SubjectAgencyRole, who.Agency + "/" + string(role)})
	}
	var datasets []string
	for _, subject := range subjects {
		given, err := listGrants(ctx, s.db, GrantFilter{SubjectType: subject.Type, SubjectID: subject.ID})
		if err != nil {
			return nil, err
		}
		for _, g := range given {
			datasets = append(datasets, g.Dataset)
		}
	}
	slices.Sort(datasets)
	var out []Grant
	for _, d := range slices.Compact(datasets) {
		some, err := s.Viewable(ctx, d)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}
