package review

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
)

// Person is what a review needs to know of an account.
type Person struct {
	ID     string
	Agency string
	Roles  []access.Role
	Active bool
}

// Agency is what a review needs to know of one.
type Agency struct {
	Exists bool      // now
	EndsAt time.Time // decided end, zero when there is none
}

// World tells what other slices know; app wires it.
type World interface {
	Dataset(ctx context.Context, code string) (*access.DatasetFacts, error) // nil when there is none
	SystemOwner(ctx context.Context, id string) (string, error)             // empty when there is none
	Agency(ctx context.Context, code string) (Agency, error)
	Person(ctx context.Context, username string) (Person, bool, error)
	Holders(ctx context.Context, agency string, role access.Role) (int, error) // people who may act in the role now
}

// Inbox tells people what waits for them; app wires it to the tasks, in the transaction of the change.
type Inbox interface {
	// ReviewWaits opens the task of an agency in a campaign; ReviewAnswered ends it.
	ReviewWaits(ctx context.Context, q controldb.Querier, c Campaign, agency string, grants int) error
	ReviewAnswered(ctx context.Context, q controldb.Querier, c Campaign, agency string) error
	// ReviewSuspended tells both sides that a grant was suspended for want of an answer.
	ReviewSuspended(ctx context.Context, q controldb.Querier, c Campaign, i Item) error
	// AskWaits opens the operator's task of a request; AskAnswered ends it and tells who asked.
	AskWaits(ctx context.Context, q controldb.Querier, a Ask) error
	AskAnswered(ctx context.Context, q controldb.Querier, a Ask) error
}

// Parts are what the service stands on.
type Parts struct {
	DB       *controldb.DB
	Clock    clock.Clock
	Calendar *clock.Calendar
	Log      *audit.Log
	Access   *access.Service
	World    World
	Inbox    Inbox
	Operator string // code of the operator's agency
	// Narrow takes a part of a grant away, in the caller's transaction (flow.NarrowGrant).
	Narrow func(ctx context.Context, q controldb.Querier, who access.Actor, g access.Grant, n access.Narrowing, reason string) error
	// End ends the connection of a grant that is its last one.
	End func(ctx context.Context, connection, reason string) error
}

// Service runs reviews.
type Service struct {
	Parts
	forward *audit.Forward
	written map[use]string // day that is in the store already
}

// NewService builds the service.
func NewService(p Parts) *Service {
	s := &Service{Parts: p, written: make(map[use]string)}
	p.Log.Keep("review.settings", keepSettings())
	p.Log.Keep("review.campaign", keepCampaign())
	p.Log.Keep("review.ask", keepAsk())
	p.Log.Keep("review.excess", keepKept())
	return s
}

// Opening is a review as somebody opens it by hand.
type Opening struct {
	Note  string `json:"note" maxLength:"1000" doc:"Why, at least 10 characters"`
	Scope Scope  `json:"scope"`
	Days  int64  `json:"days,omitempty" minimum:"0" maximum:"60" doc:"Working days to answer in; those of the settings when 0"`
}

// Open begins a review by hand. Its grants are listed at once.
func (s *Service) Open(ctx context.Context, o Opening) (Campaign, error) {
	who, err := access.Require(ctx, access.ReviewOpen)
	if err != nil {
		return Campaign{}, err
	}
	var wide *fault.Fault
	if o.Scope.empty() {
		wide = fault.New(fault.Invalid, "review.scope_missing").At("scope")
	}
	var days *fault.Fault
	if o.Days < 0 || o.Days > 60 {
		days = fault.New(fault.Invalid, "review.setting_range", 1, 60).At("days")
	}
	if err := fault.Collect(reasoned(o.Note, "note"), wide, days); err != nil {
		return Campaign{}, err
	}
	c := Campaign{Cause: CauseHand, Note: o.Note, Scope: o.Scope}
	if err := s.begin(ctx, who, &c, int(o.Days)); err != nil {
		return c, err
	}
	return s.collect(ctx, c)
}

// begin writes the campaign; its grants follow. One that an event opened exists once: it is then found, not made.
func (s *Service) begin(ctx context.Context, who access.Actor, c *Campaign, days int) error {
	now := s.Clock.Now().UTC().Truncate(time.Microsecond)
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		set, err := findSettings(ctx, q)
		if err != nil {
			return err
		}
		if days == 0 {
			days = set.days(c.Cause)
		}
		if c.record != "" {
			if old, found, err := findCampaignOf(ctx, q, c.record); err != nil || found {
				*c = old
				return err
			}
		}
		year := now.In(i18n.Zone).Year()
		n, err := nextNumber(ctx, q, year)
		if err != nil {
			return err
		}
		c.ID, c.Number, c.State, c.By, c.ByName, c.CreatedAt = ids.New(), fmt.Sprintf("RSQ-%d-%04d", year, n), Collecting, who.ID, who.Name, now
		if c.DueAt, err = s.Calendar.AddWorkingDays(now, days); err != nil {
			return fmt.Errorf("count the deadline of a review: %w", err)
		}
		c.DueAt = c.DueAt.UTC().Truncate(time.Microsecond)
		if err := insertCampaign(ctx, q, c); err != nil {
			return err
		}
		return s.note(ctx, q, who, "review.open", *c, c.Note, map[string]string{"cause": string(c.Cause), "of": c.Of})
	})
}

// note records a step of a campaign.
func (s *Service) note(ctx context.Context, q controldb.Querier, who access.Actor, event string, c Campaign, reason string, detail map[string]string) error {
	channel := audit.ChannelScreen
	if who.Type == access.Job {
		channel = audit.ChannelJob
	}
	if detail == nil {
		detail = map[string]string{}
	}
	detail["number"] = c.Number
	return s.Log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Channel: channel, Event: event, Subject: "review.campaign/" + c.ID, Agency: s.Operator, Dataset: c.Scope.Dataset, Reason: reason, Detail: detail})
}

// FindCampaign shows one review: to those who act for all agencies, and to agencies with a grant in it on either side.
func (s *Service) FindCampaign(ctx context.Context, id string) (Campaign, error) {
	who, err := access.Require(ctx, access.AccessRead)
	if err != nil {
		return Campaign{}, err
	}
	c, err := findCounted(ctx, s.DB, id)
	if err != nil {
		return c, err
	}
	if who.Operates() {
		return c, nil
	}
	mine, err := countConcerned(ctx, s.DB, id, who.Agency)
	if err == nil && mine == 0 {
		err = fault.New(fault.NotFound, "review.campaign_not_found", id) // what exists is not told
	}
	return c, err
}

// ListCampaigns lists reviews, newest first, as far as the reader is concerned.
func (s *Service) ListCampaigns(ctx context.Context, f CampaignFilter) ([]Campaign, error) {
	who, err := access.Require(ctx, access.AccessRead)
	if err != nil {
		return nil, err
	}
	if !who.Operates() {
		f.agency = who.Agency
	}
	return listCampaigns(ctx, s.DB, f)
}

// ListItems lists the grants of a review, by number, as far as the reader is concerned.
func (s *Service) ListItems(ctx context.Context, f ItemFilter) ([]Item, error) {
	if _, err := s.FindCampaign(ctx, f.Campaign); err != nil {
		return nil, err
	}
	if who := access.ActorOf(ctx); !who.Operates() {
		f.concerned = who.Agency
	}
	return listItems(ctx, s.DB, f)
}

// Mine reports whether the reader may answer the item.
func (s *Service) Mine(ctx context.Context, i Item) bool {
	who := access.ActorOf(ctx)
	return who.Can(access.ReviewAnswer) && (who.Agency == i.Reviewer || i.Reviewer == s.Operator && who.CanForAll(access.ReviewAnswer)) && i.State.answerable()
}

// Standings lists how far each reviewer of a review has come.
func (s *Service) Standings(ctx context.Context, campaign string) ([]Standing, error) {
	if _, err := s.FindCampaign(ctx, campaign); err != nil {
		return nil, err
	}
	all, err := listStandings(ctx, s.DB, campaign)
	if who := access.ActorOf(ctx); !who.Operates() {
		mine := all[:0]
		for _, one := range all {
			if one.Agency == who.Agency {
				mine = append(mine, one)
			}
		}
		all = mine
	}
	return all, err
}

// FindItem shows one grant of a review, as far as the reader is concerned.
func (s *Service) FindItem(ctx context.Context, campaign, id string) (Item, error) {
	if _, err := s.FindCampaign(ctx, campaign); err != nil {
		return Item{}, err
	}
	i, err := findItem(ctx, s.DB, id)
	if err != nil {
		return i, err
	}
	who := access.ActorOf(ctx)
	if i.Campaign != campaign || !who.Operates() && who.Agency != i.Reviewer && who.Agency != i.Agency {
		return Item{}, fault.New(fault.NotFound, "review.item_not_found", id)
	}
	return i, nil
}

// Uses tells the day of the last use of each field of a grant, by its name in the answer; whoever may see the grant may
// know.
func (s *Service) Uses(ctx context.Context, grant string) (map[string]string, error) {
	if _, err := s.Access.FindGrant(ctx, grant); err != nil {
		if fault.Of(err).Kind == fault.NotFound {
			return nil, nil
		}
		return nil, err
	}
	all, err := listUses(ctx, s.DB, []string{grant})
	return all[grant], err
}
