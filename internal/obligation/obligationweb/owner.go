package obligationweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/obligation"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// ownerOf is the agency whose figures are asked for: the reader's own, or another one for whoever sees all.
func ownerOf(ctx context.Context, asked string) (string, error) {
	who := access.ActorOf(ctx)
	switch {
	case asked == "" || asked == who.Agency:
		return who.Agency, nil
	case !obligation.Sees(who):
		return "", fault.New(fault.Denied, "access.other_agency", asked)
	}
	return asked, nil
}

// showOwner is the screen "Bảng điều khiển chủ quản" (Điều 20.3).
func (p *Pages) showOwner(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Agency string `form:"agency"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	ctx, t := r.Context(), p.shell.T(r)
	owner, err := ownerOf(ctx, form.Agency)
	if err != nil {
		return err
	}
	blocks, err := p.Board(ctx, owner)
	if err != nil {
		return err
	}
	v := ownerView{T: t, Head: ui.Head{Eyebrow: owner, Title: t("obligation.owner_title"), Lead: t("obligation.owner_lead", p.Agency(ctx, owner))}}
	if obligation.Sees(access.ActorOf(ctx)) {
		all, err := p.Agencies(ctx)
		if err != nil {
			return err
		}
		v.Agency = ui.Choice{NoEmpty: true, Field: ui.Field{Name: "agency", Label: t("obligation.owner"), Value: owner}}
		for _, a := range all {
			v.Agency.Options = append(v.Agency.Options, ui.Option{Value: a.Code, Label: a.Name, On: a.Code == owner})
		}
	}
	for _, b := range blocks {
		one := ownerBlock{Title: t("obligation.block." + b.Key)}
		for _, f := range b.Figures {
			one.Tiles = append(one.Tiles, figureTile(t, f))
		}
		v.Blocks = append(v.Blocks, one)
	}
	return p.shell.Render(w, r, web.Page{Title: t("obligation.owner_title"), Crumbs: []ui.Crumb{{Label: t("obligation.owner_title")}}, Body: ownerPage(v)})
}

func figureTile(t ui.T, f Figure) ui.Tile {
	tile := ui.Tile{Label: t("obligation.figure." + f.Key), Value: i18n.Number(f.Value), Path: f.Path}
	if f.Of > 0 {
		tile.Value = t("obligation.part", f.Value, f.Of)
	}
	if f.Warn {
		tile.Tone, tile.Icon = ui.Warn, ui.IconWarning
	}
	return tile
}

type ownerIn struct {
	Agency string `query:"agency" maxLength:"35" doc:"Code of the agency; the caller's own when absent"`
}

type ownerOut struct {
	Body struct {
		Agency string  `json:"agency"`
		Blocks []Block `json:"blocks"`
	}
}

func (p *Pages) opOwner(ctx context.Context, in *ownerIn) (*ownerOut, error) {
	owner, err := ownerOf(ctx, in.Agency)
	if err != nil {
		return nil, err
	}
	var out ownerOut
	out.Body.Agency = owner
	out.Body.Blocks, err = p.Board(ctx, owner)
	return &out, err
}

type complianceIn struct {
	Owner string `query:"owner" maxLength:"35" doc:"Code of the owner agency"`
	Kind  string `query:"kind" enum:"connected,standardised,updated,quality"`
	Light string `query:"light" enum:"met,unmet,not_assessed" doc:"Of the obligation, or of any when none is named"`
	Text  string `query:"q" maxLength:"200" doc:"Part of code or name; diacritics and case do not count"`
	After string `query:"after" maxLength:"120" doc:"Code of the last dataset of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// standingJSON is a dataset with its findings, each with its sentence.
type standingJSON struct {
	obligation.Entry
	Findings map[obligation.Kind]findingJSON `json:"findings" doc:"By obligation: connected, standardised, updated, quality"`
}

type findingJSON struct {
	obligation.Finding
	Why string `json:"why" doc:"The sentence of the code"`
}

type complianceOut struct {
	Body struct {
		Datasets []standingJSON    `json:"datasets"`
		Totals   obligation.Totals `json:"totals" doc:"Of all that the filter selects"`
		Next     string            `json:"next,omitempty" doc:"Value of after for the next page"`
	}
}

func (p *Pages) opCompliance(ctx context.Context, in *complianceIn) (*complianceOut, error) {
	f := obligation.Filter{Owner: in.Owner, Kind: obligation.Kind(in.Kind), Light: obligation.Light(in.Light), Text: in.Text, After: in.After, Limit: in.Limit}
	list, err := p.obligations.List(ctx, f)
	if err != nil {
		return nil, err
	}
	var out complianceOut
	if out.Body.Totals, err = p.obligations.Totals(ctx, f); err != nil {
		return nil, err
	}
	say := p.shell.In(i18n.LangOf(ctx))
	out.Body.Datasets = make([]standingJSON, 0, len(list))
	for _, s := range list {
		one := standingJSON{s.Entry, map[obligation.Kind]findingJSON{}}
		for k, finding := range s.Findings {
			one.Findings[k] = findingJSON{finding, why(say, finding)}
		}
		out.Body.Datasets = append(out.Body.Datasets, one)
	}
	if len(list) > 0 && len(list) == in.Limit {
		out.Body.Next = list[len(list)-1].Dataset
	}
	return &out, nil
}
