package catalogweb

import (
	"context"
	"net/http"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/web"
)

// classifyOperations are those of classification, reports and owners.
func (p *Pages) classifyOperations(api *web.API) {
	const one = "/datasets/{owner}/{slug}"
	op := func(id, method, path string, permission access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: "dataset-" + id, Method: method, Path: path, Permission: permission, Tag: "catalog", Summary: summary}
	}
	files := []string{"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/json"}
	discover := op("discover", http.MethodPost, "/datasets/discover", access.CatalogRegister, "Tell the fields of a sample file, which is not kept; the answer holds no value of it")
	api.Describe(web.RawSpec{OpSpec: discover, Body: files, Query: map[string]string{"file_name": "name of the file"}, Answer: "application/json"})
	imports := op("import", http.MethodPost, "/datasets/import", access.CatalogRegister, "Import the filled-in template: drafts of all datasets or none; a refusal names every wrong cell")
	api.Describe(web.RawSpec{OpSpec: imports, Body: files[:2], Answer: "application/json", Query: map[string]string{
		"file_name": "name of the file", "preview": "1: nothing is kept", "form": "fields: a CSV file of fields, of drafts that are there already",
	}})
	web.Op(api, op("classify", http.MethodPost, one+"/classification", access.CatalogRegister, "Change labels and classes: a higher class at once, everything else as a proposal"), p.opClassify)
	web.Op(api, op("classify-confirm", http.MethodPost, one+"/classification/confirm", access.CatalogReview, "Confirm a proposal of classification as the second person"), p.opConfirmProposal)
	web.Op(api, op("classify-refuse", http.MethodPost, one+"/classification/refuse", access.CatalogReview, "Refuse a proposal of classification with the reason"), p.opRefuseProposal)
	web.Op(api, op("labels-confirm", http.MethodPost, "/datasets/labels/confirm", access.CatalogReview, "Confirm the labels of several datasets: all or none"), p.opConfirmLabels)
	web.Op(api, op("labels-ask", http.MethodPost, "/datasets/labels/ask", access.CatalogReview, "Ask the owners of several datasets to classify them: all or none"), p.opAskLabels)
	web.Op(api, op("late", http.MethodGet, "/datasets/late", access.CatalogRead, "Datasets whose update is overdue beyond the grace, the longest first"), p.opLate)
	web.Op(api, op("unowned-list", http.MethodGet, "/datasets/unowned", access.CatalogRead, "Data without a clear owner (Điều 20.2)"), p.opUnowned)
	report := op("unowned-report", http.MethodPost, "/datasets/unowned", access.CatalogRead, "Report data without a clear owner; stewards and the operator may")
	report.Status = http.StatusCreated
	web.Op(api, report, p.opReportUnowned)
	web.Op(api, op("unowned-propose", http.MethodPost, "/datasets/unowned/{id}/propose", access.CatalogReview, "Propose the owner of reported data"), p.opProposeUnowned)
	web.Op(api, op("propose-owner", http.MethodPost, one+"/propose-owner", access.CatalogReview, "Propose a new owner of a dataset whose owner has ended"), p.opProposeOwner)
	web.Op(api, op("unowned-assign", http.MethodPost, "/datasets/unowned/{id}/assign", access.CatalogTransfer, "Record the decision of the owner, as a second person; its file is attached on the page"), p.opAssign)
}

type classifyIn struct {
	Address
	Body struct {
		Revision int64             `json:"revision" minimum:"1" doc:"Revision that was read; another one is a conflict"`
		Nature   string            `json:"nature" enum:"master_national,master_sector,specialised"`
		Scope    string            `json:"scope" enum:"private,shared,open"`
		Steering bool              `json:"steering,omitempty"`
		Class    string            `json:"class" enum:"normal,internal,basic_personal,sensitive_personal,important,core"`
		Fields   map[string]string `json:"fields,omitempty" doc:"Classes of fields by name; those left out stay"`
		Reason   string            `json:"reason,omitempty" maxLength:"2000" doc:"At least 20 characters when a class becomes lower or stays below what is suggested"`
	}
}

func (p *Pages) opClassify(ctx context.Context, in *classifyIn) (*oneOut, error) {
	x := catalog.Proposal{
		Nature: catalog.Nature(in.Body.Nature), Scope: catalog.Scope(in.Body.Scope), Steering: in.Body.Steering, Class: dictionary.Class(in.Body.Class),
		Reason: in.Body.Reason, Fields: map[string]dictionary.Class{},
	}
	for name, class := range in.Body.Fields {
		x.Fields[name] = dictionary.Class(class)
	}
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) {
		return p.Catalog.Reclassify(ctx, id, in.Body.Revision, x)
	})
}

type decideIn struct {
	Address
	Body struct {
		Revision int64  `json:"revision" minimum:"1" doc:"Revision that was read; another one is a conflict"`
		Reason   string `json:"reason,omitempty" maxLength:"2000" doc:"For a refusal"`
	}
}

func (p *Pages) opConfirmProposal(ctx context.Context, in *decideIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) {
		return p.Catalog.ConfirmProposal(ctx, id, in.Body.Revision)
	})
}

func (p *Pages) opRefuseProposal(ctx context.Context, in *decideIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) {
		return p.Catalog.RefuseProposal(ctx, id, in.Body.Revision, in.Body.Reason)
	})
}

type severalIn struct {
	Body struct {
		Datasets []catalog.Code `json:"datasets" minItems:"1" maxItems:"200"`
	}
}

func (p *Pages) opConfirmLabels(ctx context.Context, in *severalIn) (*listOut, error) {
	return several(p.Catalog.ConfirmLabels(ctx, in.Body.Datasets))
}

func (p *Pages) opAskLabels(ctx context.Context, in *severalIn) (*listOut, error) {
	return several(p.Catalog.AskLabels(ctx, in.Body.Datasets))
}

func several(list []catalog.Dataset, err error) (*listOut, error) {
	if err != nil {
		return nil, err
	}
	return pageJSON(catalog.Page{Datasets: list, Total: len(list)}), nil
}

type lateIn struct {
	Owner string `query:"owner"`
	After string `query:"after" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type lateJSON struct {
	Dataset   catalog.Code      `json:"dataset"`
	Name      string            `json:"name"`
	Owner     string            `json:"owner"`
	Frequency catalog.Frequency `json:"frequency"`
	LastTime  time.Time         `json:"last_time" doc:"As at which the version in force is"`
	DueAt     time.Time         `json:"due_at"`
}

type lateOut struct {
	Body struct {
		Datasets []lateJSON `json:"datasets"`
		Next     string     `json:"next,omitempty" doc:"Absent on the last page"`
		Total    int        `json:"total"`
	}
}

func (p *Pages) opLate(ctx context.Context, in *lateIn) (*lateOut, error) {
	page, err := p.Catalog.Late(ctx, in.Owner, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	var out lateOut
	out.Body.Next, out.Body.Total, out.Body.Datasets = page.Next, page.Total, []lateJSON{}
	for _, d := range page.Updates {
		out.Body.Datasets = append(out.Body.Datasets, lateJSON{d.Code, d.Name, d.Owner, d.Frequency, d.LastTime, d.DueAt})
	}
	return &out, nil
}

// orphanJSON is a dataset whose owner has ended.
type orphanJSON struct {
	Dataset catalog.Code `json:"dataset"`
	Name    string       `json:"name"`
	Owner   string       `json:"owner" doc:"The agency that has ended"`
	Unowned string       `json:"unowned,omitempty" doc:"Id of the question of its owner, once one is proposed"`
}

type unownedOut struct {
	Body struct {
		Found    []catalog.Unowned `json:"found" doc:"Reported, not registered"`
		Datasets []orphanJSON      `json:"datasets" doc:"Whose owner agency has ended"`
		Assigned []catalog.Unowned `json:"assigned" doc:"Decided, the newest first"`
	}
}

func (p *Pages) opUnowned(ctx context.Context, _ *struct{}) (*unownedOut, error) {
	found, orphans, err := p.Catalog.WithoutOwner(ctx)
	if err != nil {
		return nil, err
	}
	assigned, err := p.Catalog.Assigned(ctx)
	if err != nil {
		return nil, err
	}
	var out unownedOut
	out.Body.Found, out.Body.Assigned, out.Body.Datasets = append([]catalog.Unowned{}, found...), append([]catalog.Unowned{}, assigned...), []orphanJSON{}
	for _, o := range orphans {
		x := orphanJSON{Dataset: o.Dataset.Code, Name: o.Dataset.Name, Owner: o.Dataset.Owner}
		if o.Question != nil {
			x.Unowned = o.Question.ID
		}
		out.Body.Datasets = append(out.Body.Datasets, x)
	}
	return &out, nil
}

type oneUnownedOut struct{ Body catalog.Unowned }

type reportUnownedIn struct {
	Body struct {
		Name        string `json:"name" maxLength:"500"`
		Description string `json:"description" maxLength:"4000" doc:"At least 50 characters: what it is, where it is kept, who uses it"`
	}
}

func (p *Pages) opReportUnowned(ctx context.Context, in *reportUnownedIn) (*oneUnownedOut, error) {
	return unownedJSON(p.Catalog.ReportUnowned(ctx, in.Body.Name, in.Body.Description))
}

func unownedJSON(u catalog.Unowned, err error) (*oneUnownedOut, error) {
	if err != nil {
		return nil, err
	}
	return &oneUnownedOut{u}, nil
}

type proposalBody struct {
	Agency string `json:"agency"`
	Why    string `json:"why" maxLength:"2000"`
}

type proposeUnownedIn struct {
	ID   string `path:"id"`
	Body proposalBody
}

func (p *Pages) opProposeUnowned(ctx context.Context, in *proposeUnownedIn) (*oneUnownedOut, error) {
	return unownedJSON(p.Catalog.ProposeOwner(ctx, in.ID, in.Body.Agency, in.Body.Why))
}

type proposeOwnerIn struct {
	Address
	Body proposalBody
}

func (p *Pages) opProposeOwner(ctx context.Context, in *proposeOwnerIn) (*oneUnownedOut, error) {
	return unownedJSON(p.Catalog.ProposeOwner(ctx, string(in.code()), in.Body.Agency, in.Body.Why))
}

type assignIn struct {
	ID   string `path:"id"`
	Body struct {
		Revision int64  `json:"revision" minimum:"1"`
		Agency   string `json:"agency"`
		Slug     string `json:"slug,omitempty" doc:"Of the draft's code, for data that was never registered"`
		System   string `json:"official_system,omitempty" doc:"Official source of the new owner, for a dataset"`
		Decision string `json:"decision" maxLength:"500" doc:"Number and date"`
		From     string `json:"from" format:"date"`
	}
}

func (p *Pages) opAssign(ctx context.Context, in *assignIn) (*oneUnownedOut, error) {
	b := in.Body
	a, err := unownedForm{Agency: b.Agency, Slug: b.Slug, System: b.System, Decision: b.Decision, From: b.From}.assignment()
	if err != nil {
		return nil, err
	}
	return unownedJSON(p.Catalog.AssignOwner(ctx, in.ID, b.Revision, a))
}
