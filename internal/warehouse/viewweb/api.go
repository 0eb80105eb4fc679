package viewweb

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/flow"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// viewableJSON is a dataset that the caller may look at.
type viewableJSON struct {
	Dataset     string          `json:"dataset" example:"H38.05/ho-ngheo"`
	Name        string          `json:"name"`
	Owner       string          `json:"owner"`
	Grants      []string        `json:"grants" doc:"Numbers of the grants; Q-CQ stands for the agency's own data"`
	Purposes    []string        `json:"purposes"`
	Identifiers []string        `json:"identifiers" doc:"Fields by which a record can be looked up"`
	Fields      []access.Column `json:"fields"`
	Personal    bool            `json:"personal" doc:"A case number and a second factor are needed"`
}

type viewableOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Datasets []viewableJSON `json:"datasets"`
	}
}

func (p *Pages) opList(ctx context.Context, _ *struct{}) (*viewableOut, error) {
	all, err := p.offers(ctx)
	if err != nil {
		return nil, err
	}
	out := &viewableOut{CacheControl: "no-store"}
	out.Body.Datasets = make([]viewableJSON, 0, len(all))
	for _, o := range all {
		x := viewableJSON{Dataset: string(o.Code), Name: o.Name, Owner: o.Owner, Purposes: o.purposes(), Identifiers: []string{}, Fields: o.columns(), Personal: o.personal()}
		for _, g := range o.grants {
			x.Grants = append(x.Grants, g.Number)
		}
		for _, f := range o.keys() {
			x.Identifiers = append(x.Identifiers, f.Name)
		}
		out.Body.Datasets = append(out.Body.Datasets, x)
	}
	return out, nil
}

// Address names one dataset. It is exported because the schema check reads embedded fields only so.
type Address struct {
	Owner string `path:"owner" doc:"Code of the agency in the dataset's code" example:"H38.05"`
	Slug  string `path:"slug" example:"ho-ngheo"`
}

func (a Address) code() string { return a.Owner + "/" + a.Slug }

type lookIn struct {
	Address
	UserAgent string `header:"User-Agent"`
	Body      struct {
		Purpose string   `json:"purpose" example:"QLNN"`
		Case    string   `json:"case,omitempty" doc:"Number of the case at hand; needed for data of persons"`
		Column  string   `json:"identifier,omitempty" doc:"Field by which a record is looked up; without it one page is read"`
		Value   string   `json:"value,omitempty" doc:"The whole identifier; kept nowhere but as a keyed hash"`
		Fields  []string `json:"fields,omitempty" doc:"Fields to see; all that are granted when absent"`
		Unmask  []string `json:"unmask,omitempty" doc:"Fields to see without their mask, of one looked-up record, where the grant allows it"`
		Reason  string   `json:"reason,omitempty" doc:"Why, at least 10 characters; recorded"`
		After   string   `json:"after,omitempty" doc:"next of the page before"`
	}
}

// columnJSON is a column of the answer.
type columnJSON struct {
	Name  string          `json:"name"`
	Label string          `json:"label"`
	Mask  access.MaskKind `json:"mask,omitempty"`
}

type lookOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		ID       string           `json:"id" doc:"Of the record in the access log"`
		At       time.Time        `json:"at"`
		Mark     string           `json:"mark" doc:"To be shown wherever the values are shown"`
		Dataset  string           `json:"dataset"`
		Version  int              `json:"version"`
		DataTime time.Time        `json:"data_time"`
		Grant    string           `json:"grant"`
		Columns  []columnJSON     `json:"columns"`
		Records  []map[string]any `json:"records"`
		Next     string           `json:"next,omitempty" doc:"Absent at the end"`
	}
}

func (p *Pages) opLook(ctx context.Context, in *lookIn) (*lookOut, error) {
	b := in.Body
	s, err := p.View.Run(ctx, flow.Look{
		ID: httpx.RequestIDOf(ctx), Dataset: in.code(), Operation: "POST " + web.APIPrefix + "/datasets/{owner}/{slug}/view", UserAgent: short(in.UserAgent),
		Purpose: b.Purpose, Case: b.Case, Column: b.Column, Value: b.Value, Columns: b.Fields, Unmask: b.Unmask, Reason: b.Reason, After: b.After,
	})
	if err != nil {
		return nil, err
	}
	o, err := p.find(ctx, in.code())
	if err != nil {
		return nil, err
	}
	who := access.ActorOf(ctx)
	out := &lookOut{CacheControl: "no-store"}
	out.Body.ID, out.Body.At, out.Body.Dataset, out.Body.Grant, out.Body.Next = s.ID, s.At.UTC(), in.code(), s.Grant.Number, s.Next
	out.Body.Version, out.Body.DataTime = s.Version.Number, s.Version.Provenance.SourceTime
	out.Body.Mark = ui.MarkProps{Who: who.Name, Agency: p.Agency(ctx, who.Agency), At: s.At, ID: s.ID}.Line()
	out.Body.Records = make([]map[string]any, 0, len(s.Records))
	for _, c := range s.Columns {
		out.Body.Columns = append(out.Body.Columns, columnJSON{c.Name, o.label(c.Source, c.Name), c.Mask})
	}
	for _, rec := range s.Records {
		row := map[string]any{}
		for i, c := range s.Columns {
			row[c.Name] = rec.Values[i]
		}
		out.Body.Records = append(out.Body.Records, row)
	}
	return out, nil
}
