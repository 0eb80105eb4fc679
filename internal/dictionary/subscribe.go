package dictionary

import (
	"context"
	"fmt"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Subscribe has the caller told of what happens to an element, a code list or a kind of identifier; on = false ends it.
func (s *Service) Subscribe(ctx context.Context, kind Thing, subject string, on bool) error {
	who, err := access.Require(ctx, access.DictionaryRead)
	if err != nil {
		return err
	}
	if who.Type != access.User {
		return fault.New(fault.Denied, "access.permission_missing", access.SignedIn)
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		if _, err := newestLabel(ctx, q, kind, subject); err != nil {
			return err
		}
		event := "dictionary.subscribe"
		if on {
			err = insertSubscription(ctx, q, kind, subject, who, s.clock.Now())
		} else {
			event, err = "dictionary.unsubscribe", deleteSubscription(ctx, q, kind, subject, who.ID)
		}
		if err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: event, Subject: "dictionary.subscription/" + string(kind) + "/" + subject, Agency: who.Agency})
	})
}

// Subscribed tells whether the caller follows a thing.
func (s *Service) Subscribed(ctx context.Context, kind Thing, subject string) (bool, error) {
	return subscribed(ctx, s.db, kind, subject, access.ActorOf(ctx).ID)
}

// thingPath is the page of a thing.
func thingPath(kind Thing, subject string) string {
	switch kind {
	case ThingCodeList:
		return "/dictionary/code-list/" + subject
	case ThingIdentifier:
		return "/dictionary/identifiers/" + subject
	}
	return "/dictionary/element/" + subject
}

// tellOf tells those who follow a thing, and the agencies whose data uses it, that a version was published.
func (s *Service) tellOf(ctx context.Context, q controldb.Querier, p *Proposal) error {
	title := "dictionary.notice.published"
	if p.Action == Retire {
		title = "dictionary.notice.retired"
	}
	return s.notify(ctx, q, p.Kind, p.Subject, fmt.Sprintf("dictionary.publish/%s/%s/%d", p.Kind, p.Subject, p.Version), title, p.Title, p.Label, viDay(p.Effective))
}

func viDay(d Day) string { return d.Time().Format("02/01/2006") }

func (s *Service) notify(ctx context.Context, q controldb.Querier, kind Thing, subject, key, title string, args ...string) error {
	accounts, err := subscribers(ctx, q, kind, subject)
	if err != nil {
		return err
	}
	touched, err := s.impact(ctx, q, kind, subject)
	if err != nil {
		return err
	}
	n := Notice{Key: key, Accounts: accounts, TitleKey: title, TitleArgs: args, Path: thingPath(kind, subject), Subject: "dictionary." + string(kind) + "/" + subject}
	for _, u := range touched.Uses {
		if !slices.Contains(n.Agencies, u.Owner) {
			n.Agencies = append(n.Agencies, u.Owner)
		}
	}
	return s.tell(ctx, q, n)
}

// TakeEffect tells of the versions whose day has come, once each. The versions need nobody to switch them: what holds is
// read by the day. A job calls it.
func (s *Service) TakeEffect(ctx context.Context) error {
	who := access.ActorOf(ctx)
	if who.Type != access.Job {
		return fault.New(fault.Denied, "access.permission_missing", access.DictionaryChange)
	}
	for _, kind := range Things() {
		due, err := listUnannounced(ctx, s.db, kind, s.today())
		if err != nil {
			return err
		}
		for _, v := range due {
			if err := s.announce(ctx, who, kind, v); err != nil {
				return fmt.Errorf("tell of version %d of %s %s: %w", v.Version, kind, v.Name, err)
			}
		}
	}
	return nil
}

func (s *Service) announce(ctx context.Context, who access.Actor, kind Thing, v shelved) error {
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		if err := markAnnounced(ctx, q, kind, v.Name, v.Version); err != nil {
			return err
		}
		key := fmt.Sprintf("dictionary.effective/%s/%s/%d", kind, v.Name, v.Version)
		if err := s.notify(ctx, q, kind, v.Name, key, "dictionary.notice.effective", v.Name, v.Label, viDay(v.Effective)); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Channel: audit.ChannelJob, Event: "dictionary.effective", Subject: "dictionary." + string(kind) + "/" + v.Name,
			Detail: map[string]string{"label": v.Label, "effective_from": v.Effective.String()},
		})
	})
}
