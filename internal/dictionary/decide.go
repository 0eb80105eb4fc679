package dictionary

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// Working days for which agencies may be consulted.
const (
	MinConsultation     = 1
	MaxConsultation     = 30
	DefaultConsultation = 5
)

// Everyone as an agency consulted means all agencies of the province.
const Everyone = "*"

// Return sends a proposal back with comments.
func (s *Service) Return(ctx context.Context, id string, revision int64, comments string) (*Proposal, error) {
	comments = trimmed(comments)
	return s.take(ctx, access.DictionaryReview, id, revision, "dictionary.proposal_return", comments, func(_ controldb.Querier, who access.Actor, p *Proposal) error {
		if err := said("comments", comments); err != nil {
			return err
		}
		if p.Wrote(who.ID) {
			return fault.New(fault.Denied, "dictionary.own_proposal", p.Number)
		}
		p.Note = comments
		return p.step(Returned)
	})
}

// Consult accepts a proposal for consultation: the agencies named, or all, may comment for that many working days. Who
// proposed it may not review it.
func (s *Service) Consult(ctx context.Context, id string, revision int64, days int, agencies []string) (*Proposal, error) {
	asked, err := s.asked(ctx, agencies)
	if err != nil {
		return nil, err
	}
	return s.take(ctx, access.DictionaryReview, id, revision, "dictionary.consult", "", func(q controldb.Querier, who access.Actor, p *Proposal) error {
		if p.Wrote(who.ID) {
			return fault.New(fault.Denied, "dictionary.own_proposal", p.Number)
		}
		if days < MinConsultation || days > MaxConsultation {
			return fault.New(fault.Invalid, "dictionary.days_out_of_range", MinConsultation, MaxConsultation).At("days")
		}
		if p.State != Proposed {
			return fault.New(fault.Conflict, "dictionary.wrong_state", p.Number, p.State, Consulting)
		}
		if err := p.step(Consulting); err != nil {
			return err
		}
		touched, err := s.impact(ctx, q, p.Kind, p.Subject)
		if err != nil {
			return err
		}
		now := p.ChangedAt
		if p.ConsultTo, err = s.deadline(now, days); err != nil {
			return err
		}
		p.ReviewedBy, p.Reviewer, p.ConsultAt, p.Closed = who.ID, who.Name, now, ""
		p.Consulted = slices.Clone(asked)
		for _, u := range touched.Uses { // whose data it touches is asked in any case
			if !slices.Contains(p.Consulted, u.Owner) {
				p.Consulted = append(p.Consulted, u.Owner)
			}
		}
		slices.Sort(p.Consulted)
		return nil
	})
}

// asked are the codes of the agencies to consult, all of which must exist.
func (s *Service) asked(ctx context.Context, agencies []string) ([]string, error) {
	if len(agencies) == 0 || s.sources.Agencies == nil {
		return agencies, nil
	}
	all, err := s.sources.Agencies(ctx)
	if err != nil {
		return nil, err
	}
	if slices.Contains(agencies, Everyone) {
		return all, nil
	}
	var faults []*fault.Fault
	for _, code := range agencies {
		if !slices.Contains(all, code) {
			faults = append(faults, fault.New(fault.Invalid, "dictionary.agency_unknown", code).At("agencies"))
		}
	}
	return agencies, fault.Collect(faults...)
}

// Comment keeps the opinion of the caller's agency while the consultation runs.
func (s *Service) Comment(ctx context.Context, id string, stance Stance, text string) (*Proposal, error) {
	text = trimmed(text)
	return s.take(ctx, access.DictionaryComment, id, 0, "dictionary.comment", "", func(q controldb.Querier, who access.Actor, p *Proposal) error {
		var faults []*fault.Fault
		if !slices.Contains(Stances(), stance) {
			faults = append(faults, fault.New(fault.Invalid, "dictionary.stance_missing").At("stance"))
		}
		if stance != Agree && text == "" {
			faults = append(faults, fault.New(fault.Invalid, "dictionary.comment_missing").At("text"))
		}
		if err := fault.Collect(faults...); err != nil {
			return err
		}
		now := s.clock.Now()
		if p.State != Consulting || p.ConsultationOver(now) {
			return fault.New(fault.Conflict, "dictionary.not_consulting", p.Number)
		}
		return insertComment(ctx, q, p.ID, Comment{Agency: who.Agency, Who: who.ID, WhoName: who.Name, Stance: stance, Text: text, At: now})
	})
}

// CloseConsultation ends a consultation before its deadline, with the reason.
func (s *Service) CloseConsultation(ctx context.Context, id string, revision int64, reason string) (*Proposal, error) {
	reason = trimmed(reason)
	return s.take(ctx, access.DictionaryReview, id, revision, "dictionary.consult_close", reason, func(_ controldb.Querier, who access.Actor, p *Proposal) error {
		if err := said("reason", reason); err != nil {
			return err
		}
		now := s.clock.Now()
		if p.State != Consulting || p.ConsultationOver(now) {
			return fault.New(fault.Conflict, "dictionary.not_consulting", p.Number)
		}
		if p.Wrote(who.ID) {
			return fault.New(fault.Denied, "dictionary.own_proposal", p.Number)
		}
		p.ConsultTo, p.Closed = now, reason
		return nil
	})
}

// Approve publishes the version: after the consultation, by a person who neither proposed nor reviewed it. The day may be
// put later than asked, never into the past; until then the version before holds.
func (s *Service) Approve(ctx context.Context, id string, revision int64, effective Day) (*Proposal, error) {
	return s.take(ctx, access.DictionaryApprove, id, revision, "dictionary.approve", "", func(q controldb.Querier, who access.Actor, p *Proposal) error {
		if p.Wrote(who.ID) {
			return fault.New(fault.Denied, "dictionary.own_proposal", p.Number)
		}
		if who.ID == p.ReviewedBy {
			return fault.New(fault.Denied, "dictionary.own_review", p.Number)
		}
		if p.State != Consulting {
			return fault.New(fault.Conflict, "dictionary.wrong_state", p.Number, p.State, Published)
		}
		if !p.ConsultationOver(s.clock.Now()) {
			return fault.New(fault.Conflict, "dictionary.still_consulting", p.Number, p.ConsultTo.Format("2006-01-02"))
		}
		today := s.today()
		if effective != NoDay && effective < today {
			return fault.New(fault.Invalid, "dictionary.effective_past").At("effective_from")
		}
		if effective != NoDay {
			p.Effective = effective
		}
		p.Effective = max(p.Effective, today)
		p.Approver = who.Name
		if err := p.step(Published); err != nil {
			return err
		}
		return s.publish(ctx, q, who, p)
	})
}

// Reject ends a proposal with the reason.
func (s *Service) Reject(ctx context.Context, id string, revision int64, reason string) (*Proposal, error) {
	reason = trimmed(reason)
	return s.take(ctx, access.DictionaryApprove, id, revision, "dictionary.reject", reason, func(_ controldb.Querier, who access.Actor, p *Proposal) error {
		if err := said("reason", reason); err != nil {
			return err
		}
		if p.Wrote(who.ID) {
			return fault.New(fault.Denied, "dictionary.own_proposal", p.Number)
		}
		p.Note, p.Approver = reason, who.Name
		return p.step(Rejected)
	})
}

// Withdraw takes a proposal back, by the agency that made it.
func (s *Service) Withdraw(ctx context.Context, id string, revision int64) (*Proposal, error) {
	return s.take(ctx, access.DictionaryPropose, id, revision, "dictionary.withdraw", "", func(_ controldb.Querier, who access.Actor, p *Proposal) error {
		if who.Agency != p.Agency {
			return fault.New(fault.Denied, "access.other_agency", p.Agency)
		}
		return p.step(Withdrawn)
	})
}

// Remove refuses to take away an element that is used, naming who uses it, and one that was ever published: both are
// ended with a replacement instead. A code that stands only in an open proposal is withdrawn with it.
func (s *Service) Remove(ctx context.Context, code Code) error {
	if _, err := access.Require(ctx, access.DictionaryPropose); err != nil {
		return err
	}
	_, err := newestElement(ctx, s.db, code)
	if fault.Is(err, "dictionary.element_not_found") {
		p, found, openErr := openProposal(ctx, s.db, ThingElement, string(code))
		if openErr != nil {
			return openErr
		}
		if !found {
			return err
		}
		_, err = s.Withdraw(ctx, p.ID, p.Revision)
		return err
	}
	if err != nil {
		return err
	}
	impact, err := s.Impact(ctx, ThingElement, string(code))
	if err != nil {
		return err
	}
	if n := impact.Datasets; n > 0 {
		return fault.New(fault.Conflict, "dictionary.element_used", code, n, impact.named(5))
	}
	return fault.New(fault.Conflict, "dictionary.element_published", code)
}

// named lists the datasets that the reader may see, the first few by code.
func (i Impact) named(most int) string {
	var codes []string
	for _, u := range i.Uses {
		if !slices.Contains(codes, u.Dataset) {
			codes = append(codes, u.Dataset)
		}
	}
	if len(codes) > most {
		codes = append(codes[:most], "…")
	}
	if len(codes) == 0 {
		return "–"
	}
	return strings.Join(codes, ", ")
}

func trimmed(s string) string { return vitext.NFC(strings.TrimSpace(s)) }

// said holds that a text says something.
func said(field, text string) error {
	if utf8.RuneCountInString(text) < minReason {
		return fault.New(fault.Invalid, "dictionary.reason_missing", minReason).At(field)
	}
	return nil
}

// publish adds the version that a proposal describes. The version before stays as it is (invariant 1) and holds until the
// day comes.
func (s *Service) publish(ctx context.Context, q controldb.Querier, who access.Actor, p *Proposal) error {
	if err := s.labelled(ctx, q, p); err != nil {
		return err
	}
	now := s.clock.Now()
	var err error
	switch p.Kind {
	case ThingElement:
		err = s.publishElement(ctx, q, p, who.ID)
	case ThingCodeList:
		l := *p.List
		l.Version, l.Label, l.Effective, l.ChangeNote = p.Base+1, p.Label, p.Effective, p.Reason
		p.Version = l.Version
		err = insertShelved(ctx, q, listShelf, shelved{Name: l.Name, Version: l.Version, Label: l.Label, Effective: l.Effective, At: now, By: who.ID}, l)
	case ThingIdentifier:
		i := *p.Identifier
		i.Version, i.Label, i.Effective, i.ChangeNote, i.CreatedAt, i.CreatedBy = p.Base+1, p.Label, p.Effective, p.Reason, now, who.ID
		p.Version = i.Version
		err = insertShelved(ctx, q, identifierShelf, shelved{Name: i.Name, Version: i.Version, Label: i.Label, Effective: i.Effective, At: now, By: who.ID}, i)
	}
	if err != nil {
		return err
	}
	today := s.today()
	if p.Effective <= today {
		if err := markAnnounced(ctx, q, p.Kind, p.Subject, p.Version); err != nil {
			return err
		}
	}
	if err := s.tellOf(ctx, q, p); err != nil {
		return err
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: "dictionary.publish", Subject: p.ThingSubject(), Agency: p.Agency, Reason: p.Reason,
		Detail: map[string]string{"proposal": p.Number, "label": p.Label, "effective_from": p.Effective.String()},
	})
}

func (s *Service) publishElement(ctx context.Context, q controldb.Querier, p *Proposal, by string) error {
	newest, err := newestElement(ctx, q, Code(p.Subject))
	if p.Action != Create && err != nil {
		return err
	}
	if newest.Version != p.Base {
		return fault.New(fault.Conflict, "dictionary.element_changed", p.Subject)
	}
	e := *p.Element
	e.Version, e.Label, e.Effective, e.ChangeNote, e.CreatedAt, e.CreatedBy = p.Base+1, p.Label, p.Effective, p.Reason, s.clock.Now(), by
	switch p.Action {
	case Create:
		e.Rule.ValidFrom = p.Effective
	case Retire:
		e.Rule.ValidTo = max(e.Rule.ValidFrom, p.Effective-1) // the last day on which it is for new fields
	}
	p.Version = e.Version
	return insertElement(ctx, q, e)
}
