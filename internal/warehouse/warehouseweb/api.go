package warehouseweb

import (
	"context"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/warehouse"
)

// copyJSON is a dataset with its version in force.
type copyJSON struct {
	Dataset    catalog.Code `json:"dataset"`
	Name       string       `json:"name"`
	Owner      string       `json:"owner"`
	Version    int          `json:"version,omitempty" doc:"Absent while there is none"`
	Rows       int64        `json:"rows,omitempty"`
	System     string       `json:"source_system,omitempty"`
	SourceTime time.Time    `json:"source_time,omitzero" doc:"As at when the copy is"`
	LoadedAt   time.Time    `json:"load_time,omitzero"`
	DueAt      time.Time    `json:"due_at,omitzero" doc:"By when the owner has promised the next update"`
	Stale      bool         `json:"stale" doc:"That moment has passed"`
}

type datasetsIn struct {
	Text  string `query:"q"`
	After string `query:"after" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type datasetsOut struct {
	Body struct {
		Datasets []copyJSON `json:"datasets"`
		Next     string     `json:"next,omitempty" doc:"Absent on the last page"`
	}
}

func (p *Pages) opDatasets(ctx context.Context, in *datasetsIn) (*datasetsOut, error) {
	page, err := p.catalog.Search(ctx, catalog.Filter{Text: in.Text, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	list := page.Datasets
	var out datasetsOut
	out.Body.Next = page.Next
	out.Body.Datasets = make([]copyJSON, 0, len(list))
	for _, d := range list {
		x := copyJSON{Dataset: d.Code, Name: d.Name, Owner: d.Owner}
		v, there, err := p.current(ctx, d)
		if err != nil {
			return nil, err
		}
		if there {
			x.Version, x.Rows, x.System, x.SourceTime, x.LoadedAt = v.Number, v.Rows, v.Provenance.System, v.Provenance.SourceTime, v.Provenance.LoadedAt
			if due, has := d.Frequency.NextDue(v.Provenance.SourceTime, d.MaxDelay); has {
				x.DueAt, x.Stale = due, p.clock.Now().After(due)
			}
		}
		out.Body.Datasets = append(out.Body.Datasets, x)
	}
	return &out, nil
}

// Address names one dataset. It is exported because the schema check reads embedded fields only so.
type Address struct {
	Owner string `path:"owner" doc:"Code of the agency in the dataset's code" example:"H38.05"`
	Slug  string `path:"slug" example:"ho-ngheo"`
}

type versionsIn struct {
	Address
	Before int `query:"before" minimum:"0" doc:"Number of the last version of the page before"`
	Limit  int `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type versionsOut struct {
	Body struct {
		Versions []warehouse.Version `json:"versions"`
		Next     int                 `json:"next,omitempty" doc:"before of the next page; absent on the last"`
	}
}

func (p *Pages) opVersions(ctx context.Context, in *versionsIn) (*versionsOut, error) {
	d, err := p.dataset(ctx, in.Owner, in.Slug)
	if err != nil {
		return nil, err
	}
	list, err := p.warehouse.Versions(ctx, string(d.Code), in.Before, in.Limit)
	if err != nil {
		return nil, err
	}
	var out versionsOut
	out.Body.Versions = make([]warehouse.Version, 0, len(list))
	for _, v := range list {
		out.Body.Versions = append(out.Body.Versions, shown(ctx, d, v))
	}
	if len(list) == in.Limit {
		out.Body.Next = list[len(list)-1].Number
	}
	return &out, nil
}

type versionIn struct {
	Address
	Number string `path:"number" example:"1"`
}

type versionOut struct{ Body warehouse.Version }

func (p *Pages) opVersion(ctx context.Context, in *versionIn) (*versionOut, error) {
	d, err := p.dataset(ctx, in.Owner, in.Slug)
	if err != nil {
		return nil, err
	}
	v, err := p.version(ctx, d, in.Number)
	if err != nil {
		return nil, err
	}
	return &versionOut{v}, nil
}

type verifyOut struct {
	Body struct {
		Verified  bool      `json:"verified"`
		Manifest  string    `json:"manifest_sha256"`
		Files     int       `json:"files"`
		CheckedAt time.Time `json:"checked_at"`
	}
}

func (p *Pages) opVerify(ctx context.Context, in *versionIn) (*verifyOut, error) {
	d, err := p.dataset(ctx, in.Owner, in.Slug)
	if err != nil {
		return nil, err
	}
	v, err := p.version(ctx, d, in.Number)
	if err != nil {
		return nil, err
	}
	if err := p.verify(ctx, d, v); err != nil {
		return nil, err
	}
	var out verifyOut
	out.Body.Verified, out.Body.Manifest, out.Body.Files, out.Body.CheckedAt = true, v.ManifestSHA256, len(v.Files), p.clock.Now()
	return &out, nil
}
