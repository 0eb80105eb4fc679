package connection

import (
	"context"
	"fmt"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// A dataset may get another owner while requests for it are on their way, or live (Điều 20). From then on the new owner
// answers for it: the request follows, as a step of the platform's own, before anybody takes the next one.

// unfinished are the states in which somebody may still have to act as the owner.
func unfinished() []State {
	return slices.DeleteFunc(States(), func(s State) bool { return s.Final() || s == Draft })
}

// bySystem reports a step that the platform takes itself; nobody is offered it.
func (a Action) bySystem() bool { return a == ActLapse || a == ActConvert || a == ActFollowOwner }

func (r *Request) ownedElsewhere(f Facts) bool {
	return f.Dataset.Owner != "" && f.Dataset.Owner != r.Owner && slices.Contains(unfinished(), r.State)
}

func ownerChanged(r *Request, _ Input, f Facts) error {
	if !r.ownedElsewhere(f) {
		return fault.New(fault.Conflict, "connection.wrong_state", ActFollowOwner, r.State)
	}
	return nil
}

// followOwner takes back what the former owner said at an acceptance: the new one answers for the data from now on.
func followOwner(r *Request, _ Input, f Facts, _ Person) {
	r.Owner = f.Dataset.Owner
	if r.State == Acceptance {
		delete(r.Confirmed, Owner)
	}
}

// followed is the request with the owner that its data has now.
func (s *Service) followed(ctx context.Context, seen *Request, action Action, f Facts) (*Request, error) {
	if action.bySystem() || !seen.ownedElsewhere(f) || f.RequesterEnded {
		return seen, nil
	}
	ctx = access.WithActor(ctx, access.JobActor("data owner"))
	return s.take(ctx, seen.ID, ActFollowOwner, Input{Revision: seen.Revision, Comment: "Chủ quản mới của dữ liệu: " + f.Dataset.Owner}, noting("owner", f.Dataset.Owner))
}

// followOwner brings a request to its data's owner while nobody takes a step; a job calls it.
func (s *Service) followOwner(ctx context.Context, r *Request) error {
	d, err := known(ctx, s.sources.Dataset, r.Need.Dataset)
	if err != nil {
		return fmt.Errorf("read dataset %s: %w", r.Need.Dataset, err)
	}
	f := Facts{Dataset: d}
	_, err = s.followed(ctx, r, "", f)
	return err
}
