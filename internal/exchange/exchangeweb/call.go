package exchangeweb

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Why the log is read from these pages; it stands in the record of the reading.
const (
	reasonList = "giám sát lượt gọi của đơn vị"
	reasonCall = "tra cứu một lượt gọi theo mã"
)

type callsForm struct {
	ID     string `form:"id"`
	Side   string `form:"side"` // "owner": calls on the agency's own datasets
	Cursor string `form:"cursor"`
}

func (p *Pages) listCalls(w http.ResponseWriter, r *http.Request) error {
	var form callsForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	if id := strings.TrimSpace(form.ID); id != "" {
		return web.Redirect(w, r, "/exchange/calls/"+url.PathEscape(id))
	}
	who := access.ActorOf(r.Context())
	f := audit.Filter{Kind: audit.KindDecision, Channel: audit.ChannelGateway, Limit: 50, Cursor: form.Cursor}
	if !who.Can(access.ExchangeRead) {
		if form.Side == "owner" {
			f.Owner = who.Agency
		} else {
			f.Agency = who.Agency
		}
	}
	found, err := p.log.Search(r.Context(), who.ForAudit(), reasonList, f)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := callsView{T: t, Head: ui.Head{Title: t("exchange.recent")}, Table: p.callTable(r.Context(), t, found.Items)}
	if found.Next != "" {
		v.Table.Pages = &ui.PageLinks{Next: "/exchange/calls?" + url.Values{"cursor": {found.Next}, "side": {form.Side}}.Encode()}
	}
	return p.shell.Render(w, r, web.Page{Title: t("exchange.recent"),
		Crumbs: []ui.Crumb{{Label: t("exchange.monitor"), Path: "/exchange"}, {Label: t("exchange.recent")}}, Body: callsPage(v)})
}

func (p *Pages) callTable(ctx context.Context, t ui.T, items []audit.Item) ui.TableProps {
	table := ui.TableProps{
		Caption: t("exchange.recent"),
		Columns: []ui.Column{{Label: t("exchange.when")}, {Label: t("exchange.who")}, {Label: t("exchange.dataset")}, {Label: t("exchange.purpose")}, {Label: t("exchange.decision")}},
		Empty:   ui.Empty{Icon: ui.IconCall, Title: t("exchange.no_calls"), Text: t("exchange.no_calls_text")},
	}
	purpose, dataset, who := named(ctx, p.purposes), named(ctx, p.datasets), access.ActorOf(ctx)
	for _, item := range items {
		item.Record = access.ToldTo(who, item.Record)
		what, code := dataset(item.Target.Dataset)
		why, _ := purpose(item.Purpose.Code)
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{
			ui.LinkTwo(i18n.DateTime(item.At), "/exchange/calls/"+item.ID, short(item.ID)), ui.Two(item.Actor.Name, p.agency(ctx, item.Actor.AgencyCode)),
			ui.Two(what, code), ui.Two(why, item.Purpose.CaseRef), decisionCell(t, item),
		}})
	}
	return table
}

// short is enough of a call's id to tell it from its neighbours; its page shows it whole.
func short(id string) string {
	if len(id) > 12 {
		return "…" + id[len(id)-10:]
	}
	return id
}

func decisionState(t ui.T, item audit.Item) ui.State {
	if item.Decision.Result == audit.Allow {
		return ui.State{Label: t("exchange.allowed"), Tone: ui.Good}
	}
	return ui.State{Label: t("exchange.refused"), Tone: ui.Bad}
}

// checkName says in words which check refused a call.
func checkName(t ui.T, item audit.Item) string {
	if item.Decision.Result == audit.Allow || item.Decision.Reason == "" {
		return ""
	}
	return t("access.check." + item.Decision.Reason)
}

func decisionCell(t ui.T, item audit.Item) templ.Component {
	badge := ui.Badge(decisionState(t, item))
	if why := checkName(t, item); why != "" {
		return ui.Stack(badge, ui.Muted(why))
	}
	return badge
}

// find gives one call that the actor may see: its own systems' and those on its agency's data.
func (p *Pages) find(ctx context.Context, id string) (audit.Item, error) {
	who, err := access.Require(ctx, access.CatalogRead)
	if err != nil {
		return audit.Item{}, err
	}
	items, err := p.log.Follow(ctx, who.ForAudit(), reasonCall, id)
	if err != nil {
		return audit.Item{}, err
	}
	var ended *audit.Record
	for _, item := range items {
		if item.Kind == audit.KindOutcome && item.Of == id {
			ended = item.Record
		}
	}
	for _, item := range items {
		mine := who.Can(access.ExchangeRead) || item.Actor.AgencyCode == who.Agency || item.Target.Owner == who.Agency
		if item.Kind == audit.KindDecision && item.ID == id && mine {
			item.Record, item.Outcome = access.ToldTo(who, item.Record), ended
			return item, nil
		}
	}
	return audit.Item{}, fault.New(fault.NotFound, "exchange.call_not_yours")
}

func (p *Pages) showCall(w http.ResponseWriter, r *http.Request) error {
	item, err := p.find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	state := decisionState(t, item)
	v := callView{T: t, Head: ui.Head{Eyebrow: item.ID, Title: t("exchange.call"), State: &state}}
	what, whatCode := named(r.Context(), p.datasets)(item.Target.Dataset)
	why, whyCode := named(r.Context(), p.purposes)(item.Purpose.Code)
	v.Facts = []ui.Pair{
		{Name: t("exchange.when"), Value: ui.Moment(item.At)},
		{Name: t("exchange.who"), Text: item.Actor.Name + " · " + p.agency(r.Context(), item.Actor.AgencyCode)},
		{Name: t("exchange.operation"), Value: ui.Mono(item.Target.Operation)},
		{Name: t("exchange.dataset"), Text: what, Help: whatCode},
		{Name: t("exchange.purpose"), Text: why, Help: strings.Trim(whyCode+" · "+item.Purpose.CaseRef, " ·")},
	}
	if code := item.Result.ErrorCode; code != "" {
		v.Facts = append(v.Facts, ui.Pair{Name: t("exchange.why"), Value: ui.Two(checkName(t, item), code)})
	}
	if len(item.Content.Fields) > 0 {
		v.Facts = append(v.Facts, ui.Pair{Name: t("exchange.fields"), Text: strings.Join(item.Content.Fields, ", ")})
	}
	switch o := item.Outcome; {
	case o != nil:
		v.Facts = append(v.Facts, ui.Pair{Name: t("exchange.outcome"), Text: t("exchange.outcome_text", o.Result.Status, i18n.Number(o.Content.Records), i18n.Number(o.Content.Persons), i18n.Number(o.Content.Bytes), o.Duration)})
	case item.Decision.Result == audit.Allow:
		v.Facts = append(v.Facts, ui.Pair{Name: t("exchange.outcome"), Text: t("exchange.under_way")})
	}
	v.Evidence = []ui.Pair{{Name: t("exchange.seq"), Text: i18n.Number(item.Seq)}, {Name: t("exchange.leaf"), Value: ui.Copyable(item.Hash.String())}}
	if access.ActorOf(r.Context()).Can(access.ExchangeRead) {
		v.Steps = p.stepsOf(t, item.ID)
	}
	return p.shell.Render(w, r, web.Page{Title: t("exchange.call"),
		Crumbs: []ui.Crumb{{Label: t("exchange.monitor"), Path: "/exchange"}, {Label: t("exchange.recent"), Path: "/exchange/calls"}, {Label: t("exchange.call")}}, Body: callPage(v)})
}
