package catalog

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Proposal is a change of labels, or a lower class, that waits for a second person (Điều 6.1, 6.2). Until that person
// confirms it nothing of the dataset changes, and neither does any grant.
type Proposal struct {
	Nature   Nature                      `json:"nature"`
	Scope    Scope                       `json:"scope"`
	Steering bool                        `json:"steering"`
	Class    dictionary.Class            `json:"class"`
	Fields   map[string]dictionary.Class `json:"fields,omitempty"` // those whose class would become another
	Lowers   bool                        `json:"lowers,omitempty"` // a class would become lower, or stay below what is suggested
	Reason   string                      `json:"reason,omitempty"`
	By       string                      `json:"by"` // account id
	ByName   string                      `json:"by_name"`
	At       time.Time                   `json:"at"`
}

// Lowered is a class that stands below what is suggested, with the two people who answer for it.
type Lowered struct {
	Class         dictionary.Class `json:"class"`
	Suggested     dictionary.Class `json:"suggested"` // at that time
	Reason        string           `json:"reason"`
	By            string           `json:"by"`
	ByName        string           `json:"by_name"`
	ConfirmedBy   string           `json:"confirmed_by"`
	ConfirmedName string           `json:"confirmed_name"`
	At            time.Time        `json:"at"`
}

// Suggestion is the class that the dictionary and the number of persons suggest (Điều 6.2, QĐ 20/2025/QĐ-TTg). A person
// confirms it.
type Suggestion struct {
	Class   dictionary.Class `json:"class"`
	Persons int64            `json:"persons"`          // distinct persons, 0 when nobody has counted them
	Source  Counted          `json:"source,omitempty"` // who counted them
}

// Counted is where a number of persons comes from.
type Counted string

const (
	CountedDeclared  Counted = "declared"  // the owner says so
	CountedSample    Counted = "sample"    // a sample file held them
	CountedPublished Counted = "published" // the version in force holds them
)

// Holding is what the warehouse holds of a dataset.
type Holding struct {
	Version    int
	SourceTime time.Time // as at which the data is
	Persons    int64     // distinct persons, 0 when no field identifies them
}

// Holdings tells what the warehouse holds.
type Holdings interface {
	// Holding of one dataset; false when nothing of it is published.
	Holding(ctx context.Context, dataset Code) (Holding, bool, error)
	// Holdings of all datasets.
	Holdings(ctx context.Context) (map[Code]Holding, error)
}

// UseHoldings says where published versions are known. Without it only declarations and samples count.
func (s *Service) UseHoldings(h Holdings) { s.holdings = h }

// Suggest gives the class that a dataset should have: of its fields, and of the largest number of persons that anybody
// counted in it.
func (s *Service) Suggest(ctx context.Context, d Dataset, schema *Schema) (Suggestion, error) {
	var out Suggestion
	if schema == nil {
		return out, nil
	}
	counts := []struct {
		n    int64
		from Counted
	}{{d.Persons, CountedDeclared}, {d.SamplePersons, CountedSample}}
	if s.holdings != nil {
		h, there, err := s.holdings.Holding(ctx, d.Code)
		if err != nil {
			return out, err
		}
		if there {
			counts = append(counts, struct {
				n    int64
				from Counted
			}{h.Persons, CountedPublished})
		}
	}
	for _, c := range counts {
		if c.n > out.Persons {
			out.Persons, out.Source = c.n, c.from
		}
	}
	out.Class = dictionary.SuggestClass(schema.classes(), out.Persons)
	return out, nil
}

// classes of the fields, as they stand.
func (s *Schema) classes() []dictionary.Class {
	list := make([]dictionary.Class, len(s.Fields))
	for i, f := range s.Fields {
		list[i] = f.Class
	}
	return list
}

// below says that the class stands below what is suggested, without two people who answer for it.
func (d Dataset) below(s Suggestion) *fault.Fault {
	if !d.Class.Valid() || d.Class.Rank() >= s.Class.Rank() {
		return nil
	}
	if l := d.Lowered; l != nil && d.Class.Rank() >= l.Class.Rank() && s.Class.Rank() <= l.Suggested.Rank() {
		return nil
	}
	return fault.New(fault.Invalid, "catalog.class_below_suggestion", s.Class, s.Persons).At("class")
}

const minReason = 20

// Reclassify changes labels and classes of a dataset by its owner (Điều 6.1, 6.2). A higher class holds at once. Other
// labels, a lower class, and a class below what is suggested wait as a proposal until a second person confirms them; a
// lower class needs a reason of at least 20 characters. revision is that which was read; another one is a conflict.
func (s *Service) Reclassify(ctx context.Context, id ID, revision int64, in Proposal) (Dataset, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	return s.alter(ctx, id, access.CatalogRegister, "catalog.reclassify", in.Reason, func(q controldb.Querier, who access.Actor, d *Dataset) error {
		if err := s.mayReclassify(*d, revision); err != nil {
			return err
		}
		schema, err := schemaOf(ctx, q, *d)
		if err != nil {
			return err
		}
		suggestion, err := s.Suggest(ctx, *d, schema)
		if err != nil {
			return err
		}
		if err := in.check(*d, schema, suggestion); err != nil {
			return err
		}
		in.By, in.ByName, in.At = who.ID, who.Name, s.Clock.Now()
		if err := s.raise(ctx, q, d, schema, in); err != nil {
			return err
		}
		d.ProposalNote, d.LabelsAsked = "", false
		if d.Proposal = nil; in.changes(*d, suggestion) {
			d.Proposal = &in
		}
		return nil
	})
}

func (s *Service) mayReclassify(d Dataset, revision int64) error {
	switch {
	case d.State == Retired:
		return fault.New(fault.Conflict, "catalog.not_editable", d.Code, d.State)
	case d.PendingSchema > 0:
		return fault.New(fault.Conflict, "catalog.schema_waits", d.Code)
	case revision != 0 && revision != d.Revision:
		return fault.New(fault.Conflict, "catalog.changed_meanwhile", d.Code)
	}
	return nil
}

// check says everything that is wrong with the proposal, and marks whether it lowers.
func (p *Proposal) check(d Dataset, schema *Schema, suggestion Suggestion) error {
	c := collector{}
	c.when(!p.Nature.Valid() || !p.Scope.Valid(), "classification", "catalog.classification_missing")
	c.when(!p.Class.Valid(), "class", "catalog.class_missing")
	p.Lowers = p.Class.Rank() < d.Class.Rank() || p.Class.Rank() < suggestion.Class.Rank()
	highest := dictionary.Normal
	if schema != nil {
		for _, f := range schema.Fields {
			class, said := p.Fields[f.Name]
			if said && !class.Valid() {
				c.when(true, "field_class."+f.Name, "catalog.field_class_missing", f.Name)
			}
			if !said {
				class = f.Class
			}
			p.Lowers = p.Lowers || class.Rank() < f.Class.Rank()
			highest = highest.Above(class)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		known := false
		if schema != nil {
			_, known = schema.Field(name)
		}
		c.when(!known, "field_class."+name, "catalog.unknown_field", name)
	}
	c.when(p.Class.Valid() && p.Class.Rank() < highest.Rank(), "class", "catalog.class_too_low", highest)
	c.when(p.Lowers && utf8.RuneCountInString(p.Reason) < minReason, "reason", "catalog.lowering_reason", minReason)
	c.stamps(map[string]string{"reason": p.Reason})
	return c.err()
}

// raise applies at once what makes the protection higher.
func (s *Service) raise(ctx context.Context, q controldb.Querier, d *Dataset, schema *Schema, p Proposal) error {
	raised := p.Class.Rank() > d.Class.Rank()
	if raised {
		d.Class = p.Class
	}
	if schema != nil {
		next, changed := schema.with(p.Fields, func(f Field, class dictionary.Class) bool { return class.Rank() > f.Class.Rank() })
		if changed {
			raised = true
			if err := s.nextSchema(ctx, q, d, next, p.By); err != nil {
				return err
			}
			d.Class = d.Class.Above(next.Class())
		}
	}
	if raised && !d.State.Editable() { // the operator looks at it again
		d.Classification.ConfirmedBy, d.Classification.ConfirmedAt = "", time.Time{}
	}
	return nil
}

// with is a copy of the schema in which the classes that take accepts are those given.
func (s *Schema) with(classes map[string]dictionary.Class, take func(Field, dictionary.Class) bool) (Schema, bool) {
	next, changed := *s, false
	next.Fields = slices.Clone(s.Fields)
	for i, f := range next.Fields {
		class, said := classes[f.Name]
		if !said || class == f.Class || !take(f, class) {
			continue
		}
		next.Fields[i].Lowered = class.Rank() < f.Class.Rank() || f.Lowered && class.Rank() < f.Class.Rank()
		next.Fields[i].Class = class
		changed = true
	}
	return next, changed
}

// nextSchema puts a version in force that differs from the one before in its classes only: nobody who reads the data need
// change anything.
func (s *Service) nextSchema(ctx context.Context, q controldb.Querier, d *Dataset, next Schema, by string) error {
	next.CreatedAt, next.CreatedBy = s.Clock.Now(), by
	if err := insertSchema(ctx, q, &next); err != nil {
		return err
	}
	d.SchemaVersion = next.Version
	return nil
}

// changes reports whether anything of the proposal still differs from the dataset, or needs the second person because it
// stands below what is suggested.
func (p Proposal) changes(d Dataset, suggestion Suggestion) bool {
	c := d.Classification
	return p.Lowers || p.Nature != c.Nature || p.Scope != c.Scope || p.Steering != c.Steering || d.below(suggestion) != nil
}

// ConfirmProposal puts a proposal in force by a second person, who confirms the classification with it. Whoever proposed
// it may not.
func (s *Service) ConfirmProposal(ctx context.Context, id ID, revision int64) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogReview, "catalog.class_confirm", "", func(q controldb.Querier, who access.Actor, d *Dataset) error {
		p, err := s.decided(who, *d, revision)
		if err != nil {
			return err
		}
		schema, err := schemaOf(ctx, q, *d)
		if err != nil {
			return err
		}
		suggestion, err := s.Suggest(ctx, *d, schema)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		if schema != nil {
			next, changed := schema.with(p.Fields, func(Field, dictionary.Class) bool { return true })
			if p.Class.Rank() < next.Class().Rank() {
				return fault.New(fault.Conflict, "catalog.class_too_low", next.Class()).At("class")
			}
			if changed {
				if err := s.nextSchema(ctx, q, d, next, p.By); err != nil {
					return err
				}
			}
		}
		d.Class = p.Class
		if p.Class.Rank() < suggestion.Class.Rank() {
			d.Lowered = &Lowered{p.Class, suggestion.Class, p.Reason, p.By, p.ByName, who.ID, who.Name, now}
		}
		d.Classification = Classification{p.Nature, p.Scope, p.Steering, p.By, p.At, who.ID, now}
		d.Proposal, d.ProposalNote = nil, ""
		return nil
	})
}

// RefuseProposal leaves everything as it is and tells the owner why.
func (s *Service) RefuseProposal(ctx context.Context, id ID, revision int64, reason string) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogReview, "catalog.class_refuse", reason, func(_ controldb.Querier, who access.Actor, d *Dataset) error {
		if strings.TrimSpace(reason) == "" {
			return fault.New(fault.Invalid, "catalog.reason_missing").At("reason")
		}
		if _, err := s.decided(who, *d, revision); err != nil {
			return err
		}
		d.Proposal, d.ProposalNote = nil, strings.TrimSpace(reason)
		return nil
	})
}

// decided is the proposal that this person may decide (separation of duties on the object, section 6.5).
func (s *Service) decided(who access.Actor, d Dataset, revision int64) (Proposal, error) {
	switch {
	case d.Proposal == nil:
		return Proposal{}, fault.New(fault.Conflict, "catalog.no_proposal", d.Code)
	case who.ID == d.Proposal.By:
		return Proposal{}, fault.New(fault.Denied, "catalog.own_proposal", d.Code)
	case revision != 0 && revision != d.Revision:
		return Proposal{}, fault.New(fault.Conflict, "catalog.changed_meanwhile", d.Code)
	}
	return *d.Proposal, nil
}

// ConfirmLabels confirms the classification of several datasets as their owners have set it: all of them or none. A
// refusal names each dataset for which it cannot be done.
func (s *Service) ConfirmLabels(ctx context.Context, codes []Code) ([]Dataset, error) {
	return s.each(ctx, codes, "catalog.labels_confirm", func(who access.Actor, d *Dataset) *fault.Fault {
		c := &d.Classification
		switch {
		case !c.Nature.Valid() || !c.Scope.Valid() || !d.Class.Valid():
			return fault.New(fault.Conflict, "catalog.labels_missing", d.Code)
		case d.State.Editable():
			return fault.New(fault.Conflict, "catalog.labels_draft", d.Code)
		case d.Proposal != nil:
			return fault.New(fault.Conflict, "catalog.proposal_waits", d.Code)
		case who.ID == c.SetBy:
			return fault.New(fault.Denied, "catalog.own_proposal", d.Code)
		}
		c.ConfirmedBy, c.ConfirmedAt = who.ID, s.Clock.Now()
		return nil
	})
}

// AskLabels asks the owners of several datasets to classify them. The task ends when they have.
func (s *Service) AskLabels(ctx context.Context, codes []Code) ([]Dataset, error) {
	return s.each(ctx, codes, "catalog.labels_ask", func(_ access.Actor, d *Dataset) *fault.Fault {
		if d.State == Retired {
			return fault.New(fault.Conflict, "catalog.not_editable", d.Code, d.State)
		}
		d.LabelsAsked = true
		return nil
	})
}

const maxBulk = 200

// each changes several datasets in one transaction by the operator, or none of them.
func (s *Service) each(ctx context.Context, codes []Code, event string, rule func(access.Actor, *Dataset) *fault.Fault) ([]Dataset, error) {
	who, err := access.Require(ctx, access.CatalogReview)
	if err != nil {
		return nil, err
	}
	if len(codes) == 0 || len(codes) > maxBulk {
		return nil, fault.New(fault.Invalid, "catalog.bulk_choice", maxBulk).At("datasets")
	}
	codes = slices.Compact(slices.Sorted(slices.Values(codes)))
	var done []Dataset
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		done = done[:0]
		var wrong []*fault.Fault
		for _, code := range codes {
			d, err := findByCode(ctx, q, code)
			if fault.Is(err, "catalog.not_found") {
				wrong = append(wrong, fault.Of(err).At("datasets"))
				continue
			}
			if err != nil {
				return err
			}
			tried := d
			if f := rule(who, &tried); f != nil {
				wrong = append(wrong, f.At("datasets"))
				continue
			}
			done = append(done, d)
		}
		if err := fault.Collect(wrong...); err != nil {
			return err
		}
		for i := range done {
			err := s.apply(ctx, q, who, &done[i], event, "", func(_ controldb.Querier, who access.Actor, d *Dataset) error {
				_ = rule(who, d) // it was taken above
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return done, nil
}
