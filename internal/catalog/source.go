package catalog

import (
	"context"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// SourceState is how far the claim of a dataset to be an official source has come.
type SourceState string

const (
	SourceDeclared SourceState = "declared" // said by the owner, not yet confirmed
	SourceOfficial SourceState = "official"
	SourceEnded    SourceState = "ended"
)

// Source says that a dataset is, claims to be or was the official source of an element of an entity (Điều 4.3): the
// date of birth of a person, the area of a land parcel. There is one at a time for each element of an entity.
type Source struct {
	ID          string          `json:"id"`
	Element     dictionary.Code `json:"element"`
	Entity      string          `json:"entity"`
	Dataset     Code            `json:"dataset"`
	State       SourceState     `json:"state"`
	Basis       string          `json:"basis"` // text by which the owner keeps this data
	DeclaredBy  string          `json:"declared_by"`
	Declarer    string          `json:"declarer_name"`
	DeclaredAt  time.Time       `json:"declared_at"`
	ConfirmedBy string          `json:"confirmed_by,omitempty"`
	Confirmer   string          `json:"confirmer_name,omitempty"`
	From        time.Time       `json:"valid_from,omitzero"`
	To          time.Time       `json:"valid_to,omitzero"`
	Decision    string          `json:"decision,omitempty"` // of a transfer
}

// DeclareSources says that a dataset is the official source of the elements of an entity. An element that has another
// official source is refused with its name; every such element at once. The claim takes effect when the operator reviews
// the dataset, or confirms it where the dataset has been reviewed already.
func (s *Service) DeclareSources(ctx context.Context, id ID, entity string, elements []dictionary.Code, basis string) ([]Source, error) {
	basis = strings.TrimSpace(basis)
	if err := s.knownEntity(ctx, entity); err != nil {
		return nil, err
	}
	var out []Source
	_, err := s.alter(ctx, id, access.CatalogRegister, "catalog.source_declare", basis, func(q controldb.Querier, who access.Actor, d *Dataset) error {
		out = nil
		if err := s.mayBeSource(ctx, q, *d, elements, basis); err != nil {
			return err
		}
		var taken []*fault.Fault
		for _, e := range elements {
			other, found, err := officialSource(ctx, q, e, entity)
			if err != nil {
				return err
			}
			if found {
				taken = append(taken, s.taken(ctx, q, other).At("elements"))
				continue
			}
			out = append(out, Source{
				ID: ids.New(), Element: e, Entity: entity, Dataset: d.Code, State: SourceDeclared, Basis: basis, DeclaredBy: who.ID, Declarer: who.Name, DeclaredAt: s.Clock.Now(),
			})
		}
		if err := fault.Collect(taken...); err != nil {
			return err
		}
		for _, x := range out {
			if err := insertSource(ctx, q, x); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// knownEntity holds that the entity is one of the dictionary's list, in force today.
func (s *Service) knownEntity(ctx context.Context, entity string) error {
	list, err := s.Dictionary.FindCodeList(ctx, dictionary.EntityList)
	if err != nil {
		return err
	}
	if _, problem := list.Find(entity, dictionary.DayOf(s.Clock.Now())); problem != nil {
		return fault.New(fault.Invalid, "catalog.entity_unknown", entity).At("entity")
	}
	return nil
}

// mayBeSource says everything that keeps a dataset from being the source of the elements.
func (s *Service) mayBeSource(ctx context.Context, q controldb.Querier, d Dataset, elements []dictionary.Code, basis string) error {
	c := collector{}
	c.when(basis == "", "basis", "catalog.source_basis_missing")
	c.when(len(elements) == 0, "elements", "catalog.source_elements_missing")
	if d.State == Retiring || d.State == Retired {
		return fault.New(fault.Conflict, "catalog.not_editable", d.Code, d.State)
	}
	if d.Classification.Scope == Private && d.Classification.Nature == Specialised {
		return fault.New(fault.Conflict, "catalog.source_private", d.Code)
	}
	if d.ReplicaOf != "" {
		return fault.New(fault.Conflict, "catalog.replica_no_source", d.Code, d.ReplicaOf)
	}
	schema, err := schemaOf(ctx, q, d)
	if err != nil {
		return err
	}
	for i, e := range elements {
		mapped := schema != nil && slices.ContainsFunc(schema.Fields, func(f Field) bool { return f.Element.Code == e })
		c.when(!mapped, "elements", "catalog.source_not_held", d.Code, e)
		c.when(slices.Contains(elements[:i], e), "elements", "catalog.source_twice", e)
	}
	return c.err()
}

// taken names the source there is. A dataset that is official is registered, so everybody may know it.
func (s *Service) taken(ctx context.Context, q controldb.Querier, x Source) *fault.Fault {
	name := string(x.Element)
	if e, err := s.Dictionary.LatestElement(ctx, x.Element); err == nil {
		name = e.Name
	}
	owner := ""
	if d, err := findByCode(ctx, q, x.Dataset); err == nil {
		owner = d.Owner
	}
	return fault.New(fault.Conflict, "catalog.official_source_exists", name, x.Dataset, owner)
}

// confirmSources makes the claims of a dataset official in the transaction of its review (Invariant 7: the index of the
// store holds that there is one, whoever comes at the same moment).
func (s *Service) confirmSources(ctx context.Context, q controldb.Querier, who access.Actor, d Dataset) (int, error) {
	claims, err := listSources(ctx, q, SourceFilter{Dataset: d.Code, State: SourceDeclared})
	if err != nil {
		return 0, err
	}
	var taken []*fault.Fault
	for _, x := range claims {
		if x.DeclaredBy == who.ID {
			return 0, fault.New(fault.Denied, "catalog.own_registration", d.Code)
		}
		other, found, err := officialSource(ctx, q, x.Element, x.Entity)
		if err != nil {
			return 0, err
		}
		if found {
			taken = append(taken, s.taken(ctx, q, other))
			continue
		}
		x.State, x.ConfirmedBy, x.Confirmer, x.From = SourceOfficial, who.ID, who.Name, s.Clock.Now()
		if err := updateSource(ctx, q, x); err != nil {
			return 0, err
		}
	}
	return len(claims), fault.Collect(taken...)
}

// ConfirmSources makes the claims of a dataset official that was reviewed before they were made.
func (s *Service) ConfirmSources(ctx context.Context, id ID) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogReview, "catalog.source_confirm", "", func(q controldb.Querier, who access.Actor, d *Dataset) error {
		if !d.State.Live() {
			return fault.New(fault.Conflict, "catalog.source_not_reviewed", d.Code)
		}
		n, err := s.confirmSources(ctx, q, who, *d)
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "catalog.source_none_declared", d.Code)
		}
		return err
	})
}

// WithdrawSource takes a claim back that is not official yet.
func (s *Service) WithdrawSource(ctx context.Context, id ID, element dictionary.Code, entity string) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogRegister, "catalog.source_withdraw", "", func(q controldb.Querier, _ access.Actor, d *Dataset) error {
		claims, err := listSources(ctx, q, SourceFilter{Dataset: d.Code, Element: element, Entity: entity, State: SourceDeclared})
		if err != nil {
			return err
		}
		if len(claims) == 0 {
			return fault.New(fault.NotFound, "catalog.source_none_declared", d.Code)
		}
		return s.endSources(ctx, q, claims, "")
	})
}

func (s *Service) endSources(ctx context.Context, q controldb.Querier, list []Source, decision string) error {
	for _, x := range list {
		x.State, x.To, x.Decision = SourceEnded, s.Clock.Now(), decision
		if err := updateSource(ctx, q, x); err != nil {
			return err
		}
	}
	return nil
}

// TransferSource makes another dataset the official source of an element of an entity, by a decision, from a day on.
func (s *Service) TransferSource(ctx context.Context, element dictionary.Code, entity string, to ID, decision string, from time.Time) (Source, error) {
	var made Source
	_, err := s.alter(ctx, to, access.CatalogTransfer, "catalog.source_transfer", decision, func(q controldb.Querier, who access.Actor, d *Dataset) error {
		if !who.CanForAll(access.CatalogTransfer) { // it takes from one agency and gives to another
			return fault.New(fault.Denied, "access.permission_missing", access.CatalogTransfer)
		}
		c := collector{}
		c.when(strings.TrimSpace(decision) == "", "decision", "catalog.decision_missing")
		c.when(from.IsZero() || from.After(s.Clock.Now()), "from", "catalog.transfer_day")
		if err := c.err(); err != nil {
			return err
		}
		if !d.State.Live() {
			return fault.New(fault.Conflict, "catalog.source_not_reviewed", d.Code)
		}
		if err := s.mayBeSource(ctx, q, *d, []dictionary.Code{element}, decision); err != nil {
			return err
		}
		old, found, err := officialSource(ctx, q, element, entity)
		switch {
		case err != nil:
			return err
		case !found:
			return fault.New(fault.NotFound, "catalog.source_none", element, entity)
		case old.Dataset == d.Code:
			return fault.New(fault.Conflict, "catalog.source_same", d.Code)
		case from.Before(old.From):
			return fault.New(fault.Invalid, "catalog.transfer_day").At("from")
		}
		old.State, old.To, old.Decision = SourceEnded, from, decision
		if err := updateSource(ctx, q, old); err != nil {
			return err
		}
		claims, err := listSources(ctx, q, SourceFilter{Dataset: d.Code, Element: element, Entity: entity, State: SourceDeclared})
		if err != nil {
			return err
		}
		if err := s.endSources(ctx, q, claims, decision); err != nil { // what the decision grants need not be claimed
			return err
		}
		made = Source{
			ID: ids.New(), Element: element, Entity: entity, Dataset: d.Code, State: SourceOfficial, Basis: decision, DeclaredBy: who.ID, Declarer: who.Name, DeclaredAt: s.Clock.Now(),
			ConfirmedBy: who.ID, Confirmer: who.Name, From: from, Decision: decision,
		}
		if err := insertSource(ctx, q, made); err != nil {
			return err
		}
		return s.noteLoss(ctx, q, who, old, decision)
	})
	return made, err
}

// noteLoss records the transfer with the dataset that was the source before, too.
func (s *Service) noteLoss(ctx context.Context, q controldb.Querier, who access.Actor, old Source, decision string) error {
	d, err := findByCode(ctx, q, old.Dataset)
	if err != nil {
		return err
	}
	return s.apply(ctx, q, who, &d, "catalog.source_transfer", decision, func(controldb.Querier, access.Actor, *Dataset) error { return nil })
}

// MarkReplica says that a dataset is a copy of another one, which stays the source; an empty code ends that. A copy claims
// nothing.
func (s *Service) MarkReplica(ctx context.Context, id ID, source Code) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogRegister, "catalog.replica", string(source), func(q controldb.Querier, who access.Actor, d *Dataset) error {
		if d.State == Retired {
			return fault.New(fault.Conflict, "catalog.not_editable", d.Code, d.State)
		}
		d.ReplicaOf = source
		if source == "" {
			return nil
		}
		other, err := findByCode(ctx, q, source)
		if other, err = shown(who, other, string(source), err); err != nil {
			return fault.New(fault.Invalid, "catalog.not_found", source).At("source")
		}
		if other.ID == d.ID || other.ReplicaOf != "" || other.State == Retired {
			return fault.New(fault.Invalid, "catalog.replica_unfit", source).At("source")
		}
		official, err := listSources(ctx, q, SourceFilter{Dataset: d.Code, State: SourceOfficial, Limit: 1})
		if err != nil {
			return err
		}
		if len(official) > 0 {
			return fault.New(fault.Conflict, "catalog.replica_is_source", d.Code)
		}
		claims, err := listSources(ctx, q, SourceFilter{Dataset: d.Code, State: SourceDeclared})
		if err != nil {
			return err
		}
		return s.endSources(ctx, q, claims, "")
	})
}

// DisputeSource asks the operator to look into who should be the source of an element. It opens an incident of quality, on
// which both agencies can be heard; it changes no right and no source.
func (s *Service) DisputeSource(ctx context.Context, id ID, element dictionary.Code, entity, reason string) error {
	who, err := access.Require(ctx, access.CatalogRegister)
	if err != nil {
		return err
	}
	d, err := findDataset(ctx, s.DB, id)
	if d, err = shown(who, d, string(id), err); err != nil {
		return err
	}
	if _, err := access.RequireFor(ctx, access.CatalogRegister, d.Owner); err != nil {
		return err
	}
	if len([]rune(strings.TrimSpace(reason))) < 10 {
		return fault.New(fault.Invalid, "catalog.dispute_reason_missing").At("reason")
	}
	current, found, err := officialSource(ctx, s.DB, element, entity)
	if err != nil {
		return err
	}
	if !found {
		return fault.New(fault.NotFound, "catalog.source_none", element, entity)
	}
	refs := map[string]string{"dataset": string(d.Code), "source": string(current.Dataset), "element": string(element), "entity": entity, "agency": d.Owner}
	summary := "Xung đột nguồn chính thức của “" + string(element) + "”: " + string(d.Code) + " và " + string(current.Dataset) + ". " + strings.TrimSpace(reason)
	return s.Incidents.Open(ctx, "quality", "normal", summary, refs)
}

// Sources lists claims and official sources, by entity and element.
func (s *Service) Sources(ctx context.Context, f SourceFilter) ([]Source, error) {
	who, err := access.Require(ctx, access.CatalogRead)
	if err != nil {
		return nil, err
	}
	if f.Dataset != "" { // of a registration under way only those may know who may see it
		d, err := findByCode(ctx, s.DB, f.Dataset)
		if _, err := shown(who, d, string(f.Dataset), err); err != nil {
			return nil, err
		}
	} else if f.State != SourceEnded {
		f.State = SourceOfficial
	}
	return listSources(ctx, s.DB, f)
}

// Replicas counts the datasets that say they are copies, by their source.
func (s *Service) Replicas(ctx context.Context, sources []Code) (map[Code][]Code, error) {
	if _, err := access.Require(ctx, access.CatalogRead); err != nil {
		return nil, err
	}
	return listReplicas(ctx, s.DB, sources)
}
