package catalogweb

import (
	"context"
	"encoding/json"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
)

// datasetJSON is a dataset with its days in words of the interface.
type datasetJSON struct {
	catalog.Dataset
	AutomateBy string `json:"automate_by,omitempty" format:"date"`
}

func asJSON(d catalog.Dataset) datasetJSON { return datasetJSON{d, d.AutomateBy.String()} }

// Address names one dataset. It is exported because the schema check reads embedded fields only so.
type Address struct {
	Owner string `path:"owner" doc:"Code of the agency in the dataset's code" example:"H38.05"`
	Slug  string `path:"slug" example:"ho-ngheo"`
}

func (n Address) code() catalog.Code { return codeOf(n.Owner, n.Slug) }

type listIn struct {
	Text         string `query:"q" doc:"Words of name, code, description, owner or fields, with or without tone marks; what is spelled exactly so comes first"`
	Owner        string `query:"owner"`
	State        string `query:"state" enum:"draft,registered,returned,reviewed,approved,in_catalogue,published,change_pending,suspended,retiring,retired"`
	Scope        string `query:"scope" enum:"private,shared,open"`
	Class        string `query:"class" enum:"normal,internal,basic_personal,sensitive_personal,important,core"`
	Method       string `query:"method" enum:"api,sync_periodic,sync_event,warehouse,file,other"`
	Frequency    string `query:"frequency" enum:"real_time,hourly,daily,weekly,monthly,quarterly,half_yearly,yearly,on_event"`
	Manual       bool   `query:"manual" doc:"Only what is shared by file or by other means"`
	Unclassified bool   `query:"unclassified" doc:"Only what lacks labels or class, or whose labels are not confirmed"`
	Proposed     bool   `query:"proposed" doc:"Only what has a proposal of classification that waits for a second person"`
	Issued       bool   `query:"issued" doc:"Only what is in the catalogue in force"`
	After        string `query:"after" doc:"next of the page before"`
	Limit        int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

func (in listIn) filter() catalog.Filter {
	return catalog.Filter{
		Text: in.Text, Owner: in.Owner, State: catalog.State(in.State), Scope: catalog.Scope(in.Scope), Class: dictionary.Class(in.Class),
		Method: catalog.Method(in.Method), Frequency: catalog.Frequency(in.Frequency), Manual: in.Manual, Unclassified: in.Unclassified,
		Proposed: in.Proposed, Issued: in.Issued, After: in.After, Limit: in.Limit,
	}
}

type listOut struct {
	Body struct {
		Datasets []datasetJSON `json:"datasets"`
		Next     string        `json:"next,omitempty" doc:"Absent on the last page"`
		Total    int           `json:"total" doc:"Of all pages"`
	}
}

func (p *Pages) opList(ctx context.Context, in *listIn) (*listOut, error) {
	page, err := p.Catalog.Search(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	return pageJSON(page), nil
}

func pageJSON(page catalog.Page) *listOut {
	var out listOut
	out.Body.Next, out.Body.Total = page.Next, page.Total
	out.Body.Datasets = make([]datasetJSON, 0, len(page.Datasets))
	for _, d := range page.Datasets {
		out.Body.Datasets = append(out.Body.Datasets, asJSON(d))
	}
	return &out
}

type oneOut struct{ Body datasetJSON }

func (p *Pages) opFind(ctx context.Context, in *Address) (*oneOut, error) {
	d, err := p.Catalog.FindByCode(ctx, in.code())
	if err != nil {
		return nil, err
	}
	return &oneOut{asJSON(d)}, nil
}

type schemaOut struct {
	ContentType string `header:"Content-Type"`
	Body        json.RawMessage
}

func (p *Pages) opSchema(ctx context.Context, in *Address) (*schemaOut, error) {
	body, err := p.Catalog.JSONSchema(ctx, in.code())
	if err != nil {
		return nil, err
	}
	return &schemaOut{"application/schema+json", body}, nil
}

type fieldsOut struct{ Body catalog.Schema }

func (p *Pages) opFields(ctx context.Context, in *Address) (*fieldsOut, error) {
	d, err := p.Catalog.Profile(ctx, in.code())
	if err != nil {
		return nil, err
	}
	if d.Schema == nil {
		return &fieldsOut{catalog.Schema{Dataset: d.ID, Fields: []catalog.Field{}}}, nil
	}
	return &fieldsOut{*d.Schema}, nil
}

// ownerJSON and stepJSON are the history as the interface tells it.
type ownerJSON struct {
	Agency   string    `json:"agency"`
	Name     string    `json:"name"`
	From     time.Time `json:"from"`
	Decision string    `json:"decision,omitempty"`
}

type stepJSON struct {
	From catalog.State `json:"from"`
	To   catalog.State `json:"to"`
	Note string        `json:"note,omitempty"`
	Who  string        `json:"who"`
	At   time.Time     `json:"at"`
}

type overviewJSON struct {
	ChangedAt      time.Time        `json:"changed_at"`
	Dataset        datasetJSON      `json:"dataset"`
	Owners         []ownerJSON      `json:"owners" doc:"The newest first"`
	SuggestedClass dictionary.Class `json:"suggested_class,omitempty"`
	Persons        int64            `json:"persons,omitempty" doc:"Distinct persons that the suggestion counts on"`
	PersonsFrom    string           `json:"persons_from,omitempty" enum:"declared,sample,published" doc:"Who counted them"`
	Missing        []missingJSON    `json:"missing,omitempty" doc:"What a draft still lacks before it can be registered"`
	DueAt          time.Time        `json:"due_at,omitzero" doc:"When the next update falls due"`
	LateAt         time.Time        `json:"late_at,omitzero" doc:"From when on it is late"`
}

type missingJSON struct {
	Field string `json:"field,omitempty"`
	Code  string `json:"code"`
}

type statusJSON struct {
	ChangedAt time.Time       `json:"changed_at"`
	State     catalog.State   `json:"state"`
	Release   string          `json:"release,omitempty" doc:"Decision that issued it"`
	Next      []catalog.State `json:"next"`
	Steps     []stepJSON      `json:"steps" doc:"The newest first"`
	Mapping   catalog.Mapping `json:"mapping"`
}

type profileOut struct {
	Body struct {
		Overview    overviewJSON `json:"overview"`
		Status      statusJSON   `json:"status"`
		Connections block        `json:"connections"`
		Grants      block        `json:"grants"`
		Quality     quality      `json:"quality"`
		Usage       block        `json:"usage"`
		Incidents   block        `json:"incidents"`
	}
}

func (p *Pages) opProfile(ctx context.Context, in *Address) (*profileOut, error) {
	about, err := p.Catalog.Profile(ctx, in.code())
	if err != nil {
		return nil, err
	}
	var out profileOut
	b := &out.Body
	b.Overview = overviewJSON{ChangedAt: about.ChangedAt, Dataset: asJSON(about.Dataset), Owners: []ownerJSON{}, SuggestedClass: about.SuggestedClass, Persons: about.Suggestion.Persons, PersonsFrom: string(about.Suggestion.Source)}
	for _, f := range about.Missing {
		b.Overview.Missing = append(b.Overview.Missing, missingJSON{f.Field, f.Code})
	}
	for _, o := range about.Owners {
		b.Overview.Owners = append(b.Overview.Owners, ownerJSON{o.Agency, p.agency(ctx, o.Agency), o.From, o.Decision})
	}
	b.Status = statusJSON{ChangedAt: about.StateChangedAt, State: about.State, Release: about.Release, Next: about.State.Next(), Steps: []stepJSON{}, Mapping: about.Mapping}
	for _, s := range about.Steps {
		b.Status.Steps = append(b.Status.Steps, stepJSON{s.From, s.To, s.Note, s.WhoName, s.At})
	}
	if b.Quality, err = p.quality(ctx, about.Dataset); err != nil {
		return nil, err
	}
	if v := b.Quality.Current; v != nil {
		b.Overview.DueAt, b.Overview.LateAt, _ = about.Due(v.Provenance.SourceTime)
	}
	for _, x := range []struct {
		to  *block
		src Source
	}{{&b.Connections, p.Sources.Connections}, {&b.Grants, p.Sources.Grants}, {&b.Usage, p.Sources.Usage}, {&b.Incidents, p.Sources.Incidents}} {
		if *x.to, err = ask(ctx, x.src, about.Code); err != nil {
			return nil, err
		}
	}
	return &out, nil
}
