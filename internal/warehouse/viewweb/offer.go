package viewweb

import (
	"context"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
)

// offer is a dataset with the grants under which the reader may look at it.
type offer struct {
	catalog.Described
	grants []access.Grant
}

// find gives what may be looked at of a dataset; without a grant the same refusal as for one that does not exist.
func (p *Pages) find(ctx context.Context, code string) (offer, error) {
	grants, err := p.Access.Viewable(ctx, code)
	if err != nil {
		return offer{}, err
	}
	if len(grants) == 0 {
		return offer{}, fault.New(fault.Denied, "access.grant_missing", code)
	}
	d, err := p.Catalog.Describe(ctx, catalog.Code(code))
	return offer{d, grants}, err
}

// offers lists what the reader may look at: by grants, and of the own agency.
func (p *Pages) offers(ctx context.Context) ([]offer, error) {
	grants, err := p.Access.ListViewable(ctx)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, g := range grants {
		codes = append(codes, g.Dataset)
	}
	own, err := p.Catalog.List(ctx, catalog.Filter{Owner: access.ActorOf(ctx).Agency, Limit: 500})
	if err != nil {
		return nil, err
	}
	for _, d := range own {
		codes = append(codes, string(d.Code))
	}
	slices.Sort(codes)
	var out []offer
	for _, code := range slices.Compact(codes) {
		o, err := p.find(ctx, code)
		if fault.Is(err, "access.grant_missing") {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// purposes that any of the grants names.
func (o offer) purposes() []string {
	var out []string
	for _, g := range o.grants {
		out = append(out, g.Purposes...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// columns that any of the grants gives, in the order of the dataset, each with its mildest mask.
func (o offer) columns() []access.Column {
	var out []access.Column
	for _, f := range o.fields() {
		var got *access.Column
		for _, g := range o.grants {
			if c, granted := g.Column(f.Name); granted && (got == nil || c.Mask == access.MaskNone) {
				c.Reveal = c.Reveal || got != nil && got.Reveal
				got = &c
			}
		}
		if got != nil {
			out = append(out, *got)
		}
	}
	return out
}

func (o offer) fields() []catalog.Field {
	if o.Schema == nil {
		return nil
	}
	return o.Schema.Fields
}

// keys are the fields by which a record can be looked up, as access.Decide sees it.
func (o offer) keys() []catalog.Field {
	var out []catalog.Field
	columns := o.columns()
	for _, f := range o.fields() {
		identifies := f.Key || f.Person || o.Elements[f.Element].Definition.Type == dictionary.PersonalID
		granted := slices.ContainsFunc(columns, func(c access.Column) bool {
			return c.Name == f.Name && (c.Mask == access.MaskNone || c.Mask == access.MaskPartial)
		})
		if identifies && granted {
			out = append(out, f)
		}
	}
	return out
}

// personal reports data of persons, which asks for a case and a second factor.
func (o offer) personal() bool {
	classes := map[string]access.Class{}
	for _, f := range o.fields() {
		classes[f.Name] = access.Class(f.Class)
	}
	return slices.ContainsFunc(o.columns(), func(c access.Column) bool {
		class := classes[c.Name]
		return class.Personal() || class == access.ClassCore
	})
}

// label of a column of an answer.
func (o offer) label(source, name string) string {
	for _, f := range o.fields() {
		if f.Name == source && source == name && f.Label != "" {
			return f.Label
		}
	}
	return name
}
