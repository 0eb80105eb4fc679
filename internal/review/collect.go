package review

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/ids"
)

// collectBatch is how many grants one transaction lists.
const collectBatch = 300

// collect lists the grants of a campaign, from where an earlier run stopped, and opens the tasks of the reviewers.
func (s *Service) collect(ctx context.Context, c Campaign) (Campaign, error) {
	for c.State == Collecting {
		facts, page, err := s.page(ctx, c)
		if err != nil {
			return c, err
		}
		reviewers, err := s.reviewers(ctx, facts)
		if err != nil {
			return c, err
		}
		err = s.DB.InTx(ctx, func(q controldb.Querier) error {
			now, err := findCampaign(ctx, q, c.ID)
			if err != nil || now.State != Collecting || now.after != c.after {
				c = now
				return err
			}
			return s.add(ctx, q, &c, page, facts, reviewers)
		})
		if err != nil {
			return c, fmt.Errorf("list the grants of review %s: %w", c.Number, err)
		}
	}
	return findCounted(ctx, s.DB, c.ID)
}

// page reads the next grants of a campaign with the facts of their datasets.
func (s *Service) page(ctx context.Context, c Campaign) (map[string]*access.DatasetFacts, []access.Grant, error) {
	f := access.LiveFilter{After: c.after, Dataset: c.Scope.Dataset, Agency: c.Scope.Agency, Subject: c.Scope.Subject, Limit: collectBatch}
	page, err := s.Access.LiveGrants(ctx, s.DB, f)
	if err != nil {
		return nil, nil, err
	}
	facts := map[string]*access.DatasetFacts{}
	for _, g := range page {
		if _, known := facts[g.Dataset]; known {
			continue
		}
		if facts[g.Dataset], err = s.World.Dataset(ctx, g.Dataset); err != nil {
			return nil, nil, fmt.Errorf("read dataset %s: %w", g.Dataset, err)
		}
	}
	return facts, page, nil
}

// add writes the items of one page, and ends the listing after the last one.
func (s *Service) add(ctx context.Context, q controldb.Querier, c *Campaign, page []access.Grant, facts map[string]*access.DatasetFacts, reviewers map[string]string) error {
	for _, g := range page {
		c.after = g.Number
		d := facts[g.Dataset]
		if !c.Scope.takes(g, d) || !g.ValidTo.After(s.Clock.Now()) {
			continue
		}
		i := Item{ID: ids.New(), Campaign: c.ID, Grant: g.ID, Number: g.Number, Agency: g.Agency, Dataset: g.Dataset, Level: g.Level, Subject: g.Subject, Reviewer: reviewers[g.Dataset], State: ItemOpen}
		if err := insertItem(ctx, q, &i); err != nil {
			return err
		}
		if err := s.holdEarly(ctx, q, *c, i); err != nil {
			return err
		}
	}
	if len(page) == collectBatch {
		return saveCampaign(ctx, q, c)
	}
	c.State = Running
	counts, err := countReviewers(ctx, q, c.ID)
	if err != nil {
		return err
	}
	for agency, n := range counts {
		if err := s.Inbox.ReviewWaits(ctx, q, *c, agency, n); err != nil {
			return err
		}
	}
	if len(counts) == 0 { // nothing to review
		c.State, c.ClosedAt = Closed, s.Clock.Now().UTC().Truncate(time.Microsecond)
	}
	return saveCampaign(ctx, q, c)
}

// takes reports that the scope holds the grant.
func (s Scope) takes(g access.Grant, d *access.DatasetFacts) bool {
	switch {
	case len(s.Grants) > 0 && !slices.Contains(s.Grants, g.ID):
		return false
	case s.Owner != "" && (d == nil || d.Owner != s.Owner):
		return false
	case s.Class == "protected" && !d.Protected(g.Columns), s.Class == "other" && d.Protected(g.Columns):
		return false
	}
	if len(s.Fields) == 0 {
		return true
	}
	for _, name := range s.Fields {
		if _, has := g.Column(name); has {
			return true
		}
	}
	return false
}

// reviewers are who answers, by dataset.
func (s *Service) reviewers(ctx context.Context, facts map[string]*access.DatasetFacts) (map[string]string, error) {
	out, known := make(map[string]string, len(facts)), map[string]string{}
	for code, d := range facts {
		owner := ""
		if d != nil {
			owner = d.Owner
		}
		who, seen := known[owner]
		if !seen {
			var err error
			if who, err = s.reviewer(ctx, d); err != nil {
				return nil, err
			}
			known[owner] = who
		}
		out[code] = who
	}
	return out, nil
}

// reviewer is who answers for a dataset's grants: its owner, and the operator where there is none that could.
func (s *Service) reviewer(ctx context.Context, d *access.DatasetFacts) (string, error) {
	if d == nil || d.Owner == "" {
		return s.Operator, nil
	}
	a, err := s.World.Agency(ctx, d.Owner)
	if err != nil {
		return "", fmt.Errorf("read agency %s: %w", d.Owner, err)
	}
	if !a.Exists {
		return s.Operator, nil
	}
	for _, role := range []access.Role{access.Steward, access.AgencyHead} {
		n, err := s.World.Holders(ctx, d.Owner, role)
		if err != nil {
			return "", fmt.Errorf("count who is %s of %s: %w", role, d.Owner, err)
		}
		if n > 0 {
			return d.Owner, nil
		}
	}
	return s.Operator, nil
}

// holdEarly suspends a grant that lost its holder, before anybody answers: who comes next gets it by an answer, not by
// inheritance.
func (s *Service) holdEarly(ctx context.Context, q controldb.Querier, c Campaign, i Item) error {
	if c.Cause != CauseLeft && c.Cause != CauseMoved {
		return nil
	}
	held, err := s.Access.Hold(ctx, q, jobActor(), i.Grant, i.holder(), "Rà soát "+c.Number+": người được giao quyền không còn giữ nhiệm vụ")
	if err != nil || !held {
		return err
	}
	i.HeldAt = s.Clock.Now().UTC().Truncate(time.Microsecond)
	return saveItem(ctx, q, &i)
}

func jobActor() access.Actor { return access.JobActor("access review") }
