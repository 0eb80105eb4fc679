package catalogweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/web"
)

// sourceOperations are those of the mapping and of official sources.
func (p *Pages) sourceOperations(api *web.API, op func(id, method, path string, permission access.Permission, summary string) web.OpSpec) {
	const one = "/datasets/{owner}/{slug}"
	web.Op(api, op("mapping", http.MethodGet, one+"/mapping", access.CatalogRead, "Fields with their elements, coverage and suggestions (Điều 4.5)"), p.opMapping)
	web.Op(api, op("mapping-change", http.MethodPut, one+"/mapping", access.CatalogRegister, "Give fields their elements, or what is proposed for them"), p.opRemap)
	web.Op(api, op("official-sources", http.MethodGet, "/official-sources", access.CatalogRead, "Official sources of elements by entity (Điều 4.3)"), p.opSources)
	web.Op(api, op("sources", http.MethodGet, one+"/sources", access.CatalogRead, "What a dataset is, claims to be or was the official source of"), p.opSourcesOf)
	declare := op("source-declare", http.MethodPost, one+"/sources", access.CatalogRegister, "Claim to be the official source of elements; refused with 409 and the name of the source there is")
	declare.Status = http.StatusCreated
	web.Op(api, declare, p.opDeclare)
	web.Op(api, op("source-confirm", http.MethodPost, one+"/sources/confirm", access.CatalogReview, "Make the claims of a reviewed dataset official"), p.opConfirm)
	web.Op(api, op("source-withdraw", http.MethodPost, one+"/sources/withdraw", access.CatalogRegister, "Take a claim back"), p.opWithdrawSource)
	web.Op(api, op("source-dispute", http.MethodPost, one+"/sources/dispute", access.CatalogRegister, "Report a conflict about who is the source"), p.opDispute)
	web.Op(api, op("replica", http.MethodPost, one+"/replica", access.CatalogRegister, "Mark a dataset as a copy of its source; an empty source ends that"), p.opReplica)
	web.Op(api, op("source-transfer", http.MethodPost, "/official-sources/transfer", access.CatalogTransfer, "Make another dataset the source, by a decision"), p.opTransferSource)
}

type officialIn struct {
	Element string `query:"element"`
	Entity  string `query:"entity"`
	State   string `query:"state" enum:"official,ended" default:"official"`
	After   string `query:"after" doc:"next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type sourcesOut struct {
	Body struct {
		Sources []catalog.Source `json:"sources"`
		Next    string           `json:"next,omitempty" doc:"Absent on the last page"`
	}
}

func (p *Pages) opSources(ctx context.Context, in *officialIn) (*sourcesOut, error) {
	list, err := p.Catalog.Sources(ctx, catalog.SourceFilter{Element: dictionary.Code(in.Element), Entity: in.Entity, State: catalog.SourceState(in.State), After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return asSources(list, in.Limit), nil
}

func asSources(list []catalog.Source, limit int) *sourcesOut {
	var out sourcesOut
	if out.Body.Sources = list; list == nil {
		out.Body.Sources = []catalog.Source{}
	}
	if limit > 0 && len(list) == limit {
		out.Body.Next = list[limit-1].Cursor()
	}
	return &out
}

func (p *Pages) opSourcesOf(ctx context.Context, in *Address) (*sourcesOut, error) {
	list, err := p.Catalog.Sources(ctx, catalog.SourceFilter{Dataset: in.code()})
	if err != nil {
		return nil, err
	}
	return asSources(list, 0), nil
}

type declareIn struct {
	Address
	Body struct {
		Entity   string   `json:"entity" doc:"Code of the list thuc_the" example:"nguoi"`
		Elements []string `json:"elements" minItems:"1" maxItems:"500"`
		Basis    string   `json:"basis" maxLength:"2000" doc:"Text by which the agency keeps this data"`
	}
}

func (p *Pages) opDeclare(ctx context.Context, in *declareIn) (*sourcesOut, error) {
	d, err := p.Catalog.FindByCode(ctx, in.code())
	if err != nil {
		return nil, err
	}
	var elements []dictionary.Code
	for _, e := range in.Body.Elements {
		elements = append(elements, dictionary.Code(e))
	}
	list, err := p.Catalog.DeclareSources(ctx, d.ID, in.Body.Entity, elements, in.Body.Basis)
	if err != nil {
		return nil, err
	}
	return asSources(list, 0), nil
}

func (p *Pages) opConfirm(ctx context.Context, in *Address) (*oneOut, error) {
	return p.stepped(ctx, *in, func(id catalog.ID) (catalog.Dataset, error) { return p.Catalog.ConfirmSources(ctx, id) })
}

type claimIn struct {
	Address
	Body struct {
		Element string `json:"element"`
		Entity  string `json:"entity"`
		Reason  string `json:"reason,omitempty" maxLength:"2000" doc:"For dispute"`
	}
}

func (p *Pages) opWithdrawSource(ctx context.Context, in *claimIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) {
		return p.Catalog.WithdrawSource(ctx, id, dictionary.Code(in.Body.Element), in.Body.Entity)
	})
}

func (p *Pages) opDispute(ctx context.Context, in *claimIn) (*struct{}, error) {
	d, err := p.Catalog.FindByCode(ctx, in.code())
	if err != nil {
		return nil, err
	}
	return nil, p.Catalog.DisputeSource(ctx, d.ID, dictionary.Code(in.Body.Element), in.Body.Entity, in.Body.Reason)
}

type replicaIn struct {
	Address
	Body struct {
		Source string `json:"source" doc:"Code of the dataset that is the source; empty ends the mark" example:"H38.05/ho-ngheo"`
	}
}

func (p *Pages) opReplica(ctx context.Context, in *replicaIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) {
		return p.Catalog.MarkReplica(ctx, id, catalog.Code(in.Body.Source))
	})
}

type transferSourceIn struct {
	Body struct {
		Element  string `json:"element"`
		Entity   string `json:"entity"`
		Dataset  string `json:"dataset" doc:"Code of the dataset that becomes the source"`
		Decision string `json:"decision" maxLength:"500"`
		From     string `json:"from" format:"date"`
	}
}

func (p *Pages) opTransferSource(ctx context.Context, in *transferSourceIn) (*sourcesOut, error) {
	b := in.Body
	if err := p.transferSource(ctx, transferSourceForm{Element: b.Element, Entity: b.Entity, Dataset: b.Dataset, Decision: b.Decision, From: b.From}); err != nil {
		return nil, err
	}
	return p.opSources(ctx, &officialIn{Element: b.Element, Entity: b.Entity, State: string(catalog.SourceOfficial), Limit: 1})
}
