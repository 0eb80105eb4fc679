package catalog

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
)

// Find finds a dataset by id for a reader of the register.
func (s *Service) Find(ctx context.Context, id ID) (Dataset, error) {
	who, err := access.Require(ctx, access.CatalogRead)
	if err != nil {
		return Dataset{}, err
	}
	d, err := findDataset(ctx, s.DB, id)
	return shown(who, d, string(id), err)
}

// shown keeps a registration that is still being written from agencies that it does not concern, as if it did not exist
// (invariant 6).
func shown(who access.Actor, d Dataset, name string, err error) (Dataset, error) {
	if err == nil && d.State.Editable() && !who.ActsFor(d.Owner) {
		return Dataset{}, fault.New(fault.NotFound, "catalog.not_found", name)
	}
	return d, err
}

// FindByCode finds a dataset by its permanent code for a reader of the register.
func (s *Service) FindByCode(ctx context.Context, code Code) (Dataset, error) {
	who, err := access.Require(ctx, access.CatalogRead)
	if err != nil {
		return Dataset{}, err
	}
	d, err := findByCode(ctx, s.DB, code)
	return shown(who, d, string(code), err)
}

// Described is a dataset with its schema and the elements that it names.
type Described struct {
	Dataset
	Schema   *Schema // nil while there is none
	Elements map[dictionary.Ref]dictionary.Element
}

// Describe finds a dataset with its schema in force, for other slices: what they may tell of it is theirs to decide.
func (s *Service) Describe(ctx context.Context, code Code) (Described, error) {
	d, err := findByCode(ctx, s.DB, code)
	if err != nil {
		return Described{}, err
	}
	return s.described(ctx, d, d.SchemaVersion)
}

// DescribeVersion is Describe with an older schema version.
func (s *Service) DescribeVersion(ctx context.Context, code Code, schema int) (Described, error) {
	d, err := findByCode(ctx, s.DB, code)
	if err != nil {
		return Described{}, err
	}
	return s.described(ctx, d, schema)
}

func (s *Service) described(ctx context.Context, d Dataset, version int) (Described, error) {
	if version == 0 {
		return Described{Dataset: d}, nil
	}
	schema, err := findSchema(ctx, s.DB, d.ID, version)
	if err != nil {
		return Described{}, err
	}
	elements, err := s.Dictionary.FindElements(ctx, schema.refs())
	if err != nil {
		return Described{}, err
	}
	return Described{Dataset: d, Schema: schema, Elements: elements}, nil
}

// JSONSchema is the machine-readable schema in force.
func (s *Service) JSONSchema(ctx context.Context, code Code) ([]byte, error) {
	if _, err := s.FindByCode(ctx, code); err != nil {
		return nil, err
	}
	d, err := s.Describe(ctx, code)
	if err != nil {
		return nil, err
	}
	if d.Schema == nil {
		_, err := findSchema(ctx, s.DB, d.ID, 0)
		return nil, err
	}
	ref, err := s.Dictionary.Reference(ctx)
	if err != nil {
		return nil, err
	}
	return JSONSchema(d.Dataset, *d.Schema, d.Elements, ref.Lists)
}

// Profile is the register's part of the dataset profile; other slices add theirs.
type Profile struct {
	Described
	Owners         []OwnerPeriod // the newest first
	Steps          []Step        // the newest first
	Mapping        Mapping
	Suggestion     Suggestion
	SuggestedClass dictionary.Class // of the suggestion
	Missing        []*fault.Fault   // what a registration still lacks before it can be sent
}

// Profile gathers what the register knows of a dataset.
func (s *Service) Profile(ctx context.Context, code Code) (Profile, error) {
	if _, err := s.FindByCode(ctx, code); err != nil {
		return Profile{}, err
	}
	d, err := s.Describe(ctx, code)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{Described: d}
	if p.Owners, err = listOwners(ctx, s.DB, d.ID); err != nil {
		return Profile{}, err
	}
	if p.Steps, err = listSteps(ctx, s.DB, d.ID); err != nil {
		return Profile{}, err
	}
	if d.State.Editable() {
		if p.Missing, err = s.Missing(ctx, d.Dataset, d.Schema); err != nil {
			return Profile{}, err
		}
	}
	if d.Schema != nil {
		p.Mapping = d.Schema.Mapping()
		if p.Suggestion, err = s.Suggest(ctx, d.Dataset, d.Schema); err != nil {
			return Profile{}, err
		}
		p.SuggestedClass = p.Suggestion.Class
	}
	return p, nil
}
