package dictionary

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/vitext"
)

const minReason = 10 // characters

// Propose submits a change of the dictionary for review. Whatever is wrong with it is said at once, and nothing is kept
// then. While another proposal about the same thing is open it is refused (invariant 5).
func (s *Service) Propose(ctx context.Context, in Proposing) (*Proposal, error) {
	who, err := access.Require(ctx, access.DictionaryPropose)
	if err != nil {
		return nil, err
	}
	var p *Proposal
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		now := s.clock.Now()
		p = &Proposal{ID: ids.New(), By: who.ID, ByName: who.Name, Agency: who.Agency, At: now, State: Proposed}
		if err := s.fill(ctx, q, p, in); err != nil {
			return err
		}
		if p.Number, err = nextNumber(ctx, q, now); err != nil {
			return err
		}
		p.Revision, p.ChangedAt = 1, now
		if err := insertProposal(ctx, q, p); err != nil {
			return err
		}
		return s.stepped(ctx, q, who, p, "", "", "dictionary.propose")
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// ChangeProposal puts a returned proposal, or one that nobody has reviewed yet, right and submits it again.
func (s *Service) ChangeProposal(ctx context.Context, id string, revision int64, in Proposing) (*Proposal, error) {
	return s.take(ctx, access.DictionaryPropose, id, revision, "dictionary.proposal_change", "", func(q controldb.Querier, who access.Actor, p *Proposal) error {
		if who.Agency != p.Agency {
			return fault.New(fault.Denied, "access.other_agency", p.Agency)
		}
		if p.State != Proposed && p.State != Returned {
			return fault.New(fault.Conflict, "dictionary.wrong_state", p.Number, p.State, Proposed)
		}
		in.Kind, in.Action, in.Origin = p.Kind, p.Action, p.Origin
		subject := p.Subject
		if in.Subject == "" {
			in.Subject = subject
		}
		if err := s.fill(ctx, q, p, in); err != nil {
			return err
		}
		if p.Subject != subject { // the code of what is proposed stays, so that links to it hold
			return fault.New(fault.Invalid, "dictionary.code_stays", subject).At("code")
		}
		if !p.Wrote(who.ID) {
			p.ChangedBy = append(p.ChangedBy, who.ID)
		}
		p.Note = ""
		return p.step(Proposed)
	})
}

// fill checks what is proposed against what stands, and works out changes, level and label.
func (s *Service) fill(ctx context.Context, q controldb.Querier, p *Proposal, in Proposing) error {
	p.Kind, p.Action, p.Reason, p.Effective, p.Origin = in.Kind, in.Action, vitext.NFC(strings.TrimSpace(in.Reason)), in.Effective, in.Origin
	var faults []*fault.Fault
	join := func(err error) {
		if err == nil {
			return
		}
		if f := fault.Of(err); len(f.Items) > 0 {
			faults = append(faults, f.Items...)
		} else {
			faults = append(faults, f)
		}
	}
	err := s.fillThing(ctx, q, p, in)
	if f := fault.Of(err); f != nil && f.Kind != fault.Invalid {
		return err
	}
	join(err)
	if utf8.RuneCountInString(p.Reason) < minReason {
		join(fault.New(fault.Invalid, "dictionary.reason_missing", minReason).At("reason"))
	}
	if today := s.today(); p.Effective != NoDay && p.Effective < today {
		join(fault.New(fault.Invalid, "dictionary.effective_past").At("effective_from"))
	}
	if in.Level != "" && in.Level.Rank() < 0 {
		join(fault.New(fault.Invalid, "dictionary.bad_level", in.Level).At("level"))
	}
	if err := fault.Collect(faults...); err != nil {
		return err
	}
	least := LevelOf(p.Changes)
	if in.Level != "" && in.Level.Rank() < least.Rank() {
		return fault.New(fault.Invalid, "dictionary.level_too_low", least).At("level")
	}
	p.Level = cmp.Or(in.Level, least)
	return s.labelled(ctx, q, p)
}

// labelled gives the proposal the label that its version would have as of now.
func (s *Service) labelled(ctx context.Context, q controldb.Querier, p *Proposal) error {
	before := ""
	if p.Action != Create {
		var err error
		if before, err = newestLabel(ctx, q, p.Kind, p.Subject); err != nil {
			return err
		}
	}
	p.Label = Raise(before, p.Level)
	return nil
}

func (s *Service) fillThing(ctx context.Context, q controldb.Querier, p *Proposal, in Proposing) error {
	switch in.Action {
	case Create, Revise, Retire:
	default:
		return fault.New(fault.Invalid, "dictionary.bad_action", in.Action).At("action")
	}
	switch in.Kind {
	case ThingElement:
		return s.fillElement(ctx, q, p, in)
	case ThingCodeList:
		return s.fillList(ctx, q, p, in)
	case ThingIdentifier:
		return s.fillIdentifier(ctx, q, p, in)
	}
	return fault.New(fault.Invalid, "dictionary.bad_kind", in.Kind).At("kind")
}

func (s *Service) fillElement(ctx context.Context, q controldb.Querier, p *Proposal, in Proposing) error {
	e, before := Element{}, Element{}
	if in.Element != nil {
		e = *in.Element
	}
	if in.Action == Retire {
		e.Code = Code(in.Subject)
	}
	known, err := newestElement(ctx, q, e.Code)
	if err := standing(in, string(e.Code), known.Version, err); err != nil {
		return err
	}
	before = known
	switch in.Action {
	case Create:
		e.ReplacedBy = ""
	case Retire:
		e = before
		if err := s.replaceable(ctx, q, &e, in.Replacement); err != nil {
			return err
		}
	case Revise:
		if before.ReplacedBy != "" {
			return fault.New(fault.Conflict, "dictionary.element_retired", e.Code)
		}
		e.ReplacedBy = ""
	}
	e.Name, e.Meaning = vitext.NFC(strings.TrimSpace(e.Name)), vitext.NFC(strings.TrimSpace(e.Meaning))
	if err := e.check(); err != nil {
		return err
	}
	if e.Definition.CodeList != "" {
		if _, err := findShelved(ctx, q, listShelf, e.Definition.CodeList, s.today()); err != nil {
			return fault.Of(err).At("code_list")
		}
	}
	p.Subject, p.Title, p.Base, p.Element = string(e.Code), e.Name, known.Version, &e
	p.Changes = nil
	if in.Action != Create {
		p.Changes = Compare(before, e)
		return changed(p.Changes)
	}
	return nil
}

// standing holds that something new is not there yet, and that something changed is what the proposer saw.
func standing(in Proposing, code string, version int, err error) error {
	there := err == nil
	if err != nil && fault.Of(err).Kind != fault.NotFound {
		return err
	}
	switch {
	case in.Action == Create && there:
		return fault.New(fault.Conflict, "dictionary.code_taken", code).At("code")
	case in.Action != Create && !there:
		return err
	case in.Action != Create && in.Base != 0 && in.Base != version:
		return fault.New(fault.Conflict, "dictionary.element_changed", code)
	}
	return nil
}

func changed(changes []Change) error {
	if len(changes) == 0 {
		return fault.New(fault.Conflict, "dictionary.nothing_changed")
	}
	return nil
}

// replaceable ends an element. One in use needs a replacement; the replacement must itself be in force.
func (s *Service) replaceable(ctx context.Context, q controldb.Querier, e *Element, replacement string) error {
	if e.ReplacedBy != "" || e.Rule.ValidTo != NoDay {
		return fault.New(fault.Conflict, "dictionary.element_retired", e.Code)
	}
	if replacement == "" {
		impact, err := s.impact(ctx, q, ThingElement, string(e.Code))
		if err != nil {
			return err
		}
		if impact.Datasets > 0 {
			return fault.New(fault.Invalid, "dictionary.replacement_missing", e.Code, impact.Datasets).At("replacement")
		}
	} else {
		r, err := newestElement(ctx, q, Code(replacement))
		if err != nil {
			return fault.New(fault.Invalid, "dictionary.element_not_found", replacement).At("replacement")
		}
		if r.Code == e.Code || r.ReplacedBy != "" || r.Rule.ValidTo != NoDay {
			return fault.New(fault.Invalid, "dictionary.replacement_unfit", replacement).At("replacement")
		}
	}
	e.ReplacedBy = Code(replacement)
	e.Rule.ValidTo = max(e.Rule.ValidFrom, s.today()) // set to the day before its effect when it is published
	return nil
}

func (s *Service) fillList(ctx context.Context, q controldb.Querier, p *Proposal, in Proposing) error {
	l := CodeList{}
	if in.List != nil {
		l = *in.List
	}
	if in.Action == Retire {
		l.Name = in.Subject
	}
	body, err := newestShelved(ctx, q, listShelf, l.Name)
	if err := standing(in, l.Name, body.Version, err); err != nil {
		return err
	}
	before := CodeList{}
	if in.Action != Create {
		kept, err := readCodeList(body)
		if err != nil {
			return err
		}
		before = *kept
	}
	if in.Action == Retire {
		if before.ReplacedBy != "" {
			return fault.New(fault.Conflict, "dictionary.list_retired", l.Name)
		}
		if _, err := newestShelved(ctx, q, listShelf, in.Replacement); err != nil || in.Replacement == l.Name {
			return fault.New(fault.Invalid, "dictionary.replacement_unfit", in.Replacement).At("replacement")
		}
		l, l.ReplacedBy = before, in.Replacement
	} else {
		l.ReplacedBy = ""
	}
	l.Title = vitext.NFC(strings.TrimSpace(l.Title))
	saved, err := NewCodeList(l)
	if err != nil {
		return err
	}
	if err := nothingLost(before, saved); err != nil {
		return err
	}
	p.Subject, p.Title, p.Base, p.List, p.Changes = l.Name, l.Title, body.Version, saved, nil
	if in.Action != Create {
		p.Changes = CompareLists(before, *saved)
		return changed(p.Changes)
	}
	return nil
}

// nothingLost holds that a code may end but not vanish, or older records lose their meaning.
func nothingLost(before CodeList, now *CodeList) error {
	var faults []*fault.Fault
	for _, item := range before.Items {
		if len(now.index[item.Code]) == 0 {
			faults = append(faults, fault.New(fault.Conflict, "dictionary.code_removed", item.Code).At("items"))
		}
	}
	return fault.Collect(faults...)
}

func (s *Service) fillIdentifier(ctx context.Context, q controldb.Querier, p *Proposal, in Proposing) error {
	i := Identifier{}
	if in.Identifier != nil {
		i = *in.Identifier
	}
	if in.Action == Retire {
		i.Name = in.Subject
	}
	body, err := newestShelved(ctx, q, identifierShelf, i.Name)
	if err := standing(in, i.Name, body.Version, err); err != nil {
		return err
	}
	before := Identifier{}
	if in.Action != Create {
		if before, err = readIdentifier(body); err != nil {
			return err
		}
	}
	if in.Action == Retire {
		if _, err := newestShelved(ctx, q, identifierShelf, in.Replacement); err != nil || in.Replacement == i.Name {
			return fault.New(fault.Invalid, "dictionary.replacement_unfit", in.Replacement).At("replacement")
		}
		i, i.ReplacedBy = before, in.Replacement
	}
	i.Title, i.Meaning = vitext.NFC(strings.TrimSpace(i.Title)), vitext.NFC(strings.TrimSpace(i.Meaning))
	if err := i.check(s.units, s.today()); err != nil {
		return err
	}
	p.Subject, p.Title, p.Base, p.Identifier, p.Changes = i.Name, i.Title, body.Version, &i, nil
	if in.Action != Create {
		p.Changes = CompareIdentifiers(before, i)
		return changed(p.Changes)
	}
	return nil
}

// take is the one way to change a proposal: permission, what the caller saw, rule, save, step, record, inbox.
func (s *Service) take(ctx context.Context, permission access.Permission, id string, revision int64, event, note string, rule func(controldb.Querier, access.Actor, *Proposal) error) (*Proposal, error) {
	who, err := access.Require(ctx, permission)
	if err != nil {
		return nil, err
	}
	var p *Proposal
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		if p, err = findProposal(ctx, q, id); err != nil {
			return err
		}
		if revision != 0 && revision != p.Revision {
			return fault.New(fault.Conflict, "dictionary.proposal_changed", p.Number)
		}
		from := p.State
		p.ChangedAt = s.clock.Now()
		if err := rule(q, who, p); err != nil {
			return err
		}
		if err := updateProposal(ctx, q, p); err != nil {
			return err
		}
		return s.stepped(ctx, q, who, p, from, note, event)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// stepped keeps the step, the record of it and the inbox, in the transaction of the step (invariant 6).
func (s *Service) stepped(ctx context.Context, q controldb.Querier, who access.Actor, p *Proposal, from State, note, event string) error {
	if from != p.State || event == "dictionary.proposal_change" {
		if err := insertStep(ctx, q, p.ID, Step{From: from, To: p.State, Note: note, Who: who.ID, WhoName: who.Name, At: p.ChangedAt}); err != nil {
			return err
		}
	}
	if s.sources.Stepped != nil {
		if err := s.sources.Stepped(ctx, q, p); err != nil {
			return fmt.Errorf("keep the inbox of proposal %s: %w", p.Number, err)
		}
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "dictionary.proposal/" + p.ID, Agency: p.Agency, Reason: note,
		Detail: map[string]string{"number": p.Number, "state": string(p.State), "about": p.ThingSubject(), "label": p.Label},
	})
}
