package releaseweb

import (
	"context"

	"lienthong/internal/kit/fault"
	"lienthong/internal/release"
)

// ListIn names a list; exported because embedded fields are described only then.
type ListIn struct {
	List string `path:"list" enum:"catalogue,systems,open"`
}

// Address names a release; exported for the same reason.
type Address struct {
	ListIn
	Number int64 `path:"number" minimum:"1"`
}

func (a Address) ref(revision int64) release.Ref {
	return release.Ref{List: release.List(a.List), Number: a.Number, Revision: revision}
}

type listOut struct {
	Body struct {
		Releases []release.View `json:"releases"`
	}
}

func (p *Pages) opList(ctx context.Context, in *ListIn) (*listOut, error) {
	all, err := p.Releases.List(ctx, release.List(in.List))
	if err != nil {
		return nil, err
	}
	var out listOut
	out.Body.Releases = append([]release.View{}, all...)
	return &out, nil
}

type oneOut struct{ Body release.View }

func (p *Pages) opFind(ctx context.Context, in *Address) (*oneOut, error) {
	v, err := p.Releases.Find(ctx, release.List(in.List), in.Number)
	if err != nil {
		return nil, err
	}
	return &oneOut{v}, nil
}

// Narrow narrows entries; exported for the same reason.
type Narrow struct {
	Text   string `query:"q" maxLength:"200" doc:"Words of name, code, description or owner"`
	Owner  string `query:"owner" doc:"Code of the owner agency"`
	Change string `query:"change" enum:"same,added,changed,removed,left_out" doc:"Against the release before; absent for all that the release holds"`
	After  string `query:"after" doc:"Cursor of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

func (n Narrow) filter() release.Filter {
	return release.Filter{Text: n.Text, Owner: n.Owner, Change: release.Change(n.Change), After: n.After, Limit: n.Limit}
}

type entriesIn struct {
	Address
	Narrow
}

type entriesBody struct {
	Release release.View    `json:"release"`
	Entries []*release.Line `json:"entries"`
	Altered bool            `json:"altered" doc:"The entries are not what was issued"`
	Next    string          `json:"next,omitempty" doc:"Absent on the last page"`
}

type entriesOut struct{ Body entriesBody }

func (p *Pages) opEntries(ctx context.Context, in *entriesIn) (*entriesOut, error) {
	return p.entries(ctx, release.List(in.List), in.Number, in.filter())
}

func (p *Pages) entries(ctx context.Context, list release.List, number int64, f release.Filter) (*entriesOut, error) {
	v, err := p.Releases.Find(ctx, list, number)
	if err != nil {
		return nil, err
	}
	page, altered, err := p.Releases.Lines(ctx, list, number, f)
	if err != nil {
		return nil, err
	}
	v.Altered = v.Altered || altered
	return &entriesOut{entriesBody{Release: v, Entries: append([]*release.Line{}, page.Lines...), Altered: v.Altered, Next: page.Next}}, nil
}

type catalogueIn struct {
	Release int64 `query:"release" minimum:"0" doc:"Number of a release; absent for the one in force"`
	Narrow
}

func (p *Pages) opCatalogue(ctx context.Context, in *catalogueIn) (*entriesOut, error) {
	number := in.Release
	if number == 0 {
		r, found, err := p.Releases.InForce(ctx, release.Catalogue)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fault.New(fault.NotFound, "release.none_in_force")
		}
		number = r.Number
	}
	return p.entries(ctx, release.Catalogue, number, in.filter())
}

type compareIn struct {
	Address
	With int64 `query:"with" minimum:"1" required:"true" doc:"Number of the earlier release"`
}

type compareOut struct {
	Body struct {
		From        int64              `json:"from"`
		To          int64              `json:"to"`
		Differences []release.Compared `json:"differences"`
	}
}

func (p *Pages) opCompare(ctx context.Context, in *compareIn) (*compareOut, error) {
	all, err := p.Releases.Compare(ctx, release.List(in.List), in.With, in.Number)
	if err != nil {
		return nil, err
	}
	var out compareOut
	out.Body.From, out.Body.To, out.Body.Differences = in.With, in.Number, append([]release.Compared{}, all...)
	return &out, nil
}

type listedIn struct {
	ListIn
	Subject string `query:"subject" required:"true" doc:"Code of the dataset or id of the system"`
}

type listedOut struct {
	Body struct {
		Listed  bool             `json:"listed"`
		Listing *release.Listing `json:"listing,omitempty"`
	}
}

func (p *Pages) opListed(ctx context.Context, in *listedIn) (*listedOut, error) {
	if _, _, err := p.Releases.InForce(ctx, release.List(in.List)); err != nil {
		return nil, err
	}
	l, found, err := p.Releases.Listed(ctx, release.List(in.List), in.Subject)
	if err != nil {
		return nil, err
	}
	var out listedOut
	if out.Body.Listed = found; found {
		out.Body.Listing = &l
	}
	return &out, nil
}

type opinionsOut struct {
	Body struct {
		Opinions []release.Opinion `json:"opinions"`
		Comments []release.Comment `json:"comments"`
	}
}

func (p *Pages) opOpinions(ctx context.Context, in *Address) (*opinionsOut, error) {
	c, err := p.Releases.Consultation(ctx, release.List(in.List), in.Number)
	if err != nil {
		return nil, err
	}
	var out opinionsOut
	out.Body.Opinions, out.Body.Comments = append([]release.Opinion{}, c.Opinions...), append([]release.Comment{}, c.Comments...)
	return &out, nil
}
