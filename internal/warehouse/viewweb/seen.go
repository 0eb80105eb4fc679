package viewweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/flow"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/warehouse"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// seen shows the records under the mark of who sees them (invariant 2).
func (p *Pages) seen(w http.ResponseWriter, r *http.Request, o offer, f lookForm, s flow.Seen) error {
	t := p.shell.T(r)
	v := pageView{
		Head: ui.Head{
			Eyebrow: string(o.Code), Title: o.Name, Lead: t("view.copy_at", i18n.DateTime(s.Version.Provenance.SourceTime)),
			Actions: []ui.Action{{Label: t("view.again"), Path: pathOf(string(o.Code)), Icon: ui.IconSearch, Kind: ui.Primary}},
		},
		Mark:  mark(r, p, s),
		Main:  []part{p.records(t, o, f, s)},
		Aside: []part{p.evidence(r, t, f, s)},
	}
	if s.Ticket != "" {
		if fields := o.liftable(s.Columns); len(fields) > 0 {
			f.Ticket = s.Ticket
			v.Main = append(v.Main, liftForm(t, o, asked{lookForm: f}, fields))
		}
	}
	if s.Next != "" {
		next := ui.FormProps{Action: pathOf(string(o.Code)), Submit: t("view.next"), Icon: ui.IconNext, Hidden: []ui.Hidden{
			{Name: "purpose", Value: f.Purpose}, {Name: "case", Value: f.Case}, {Name: "column", Value: byPage}, {Name: "after", Value: s.Next},
		}}
		v.Main = append(v.Main, part{Body: []templ.Component{form(next)}})
	}
	return p.render(w, r, web.Page{Title: o.Name, Crumbs: []ui.Crumb{{Label: t("view.title"), Path: root}, {Label: string(o.Code), Path: pathOf(string(o.Code))}, {Label: t("view.result")}}, Body: page(v)})
}

// mark names who sees the values, when, under which record.
func mark(r *http.Request, p *Pages, s flow.Seen) *ui.MarkProps {
	who := access.ActorOf(r.Context())
	return &ui.MarkProps{Who: who.Name, Agency: p.Agency(r.Context(), who.Agency), At: s.At, ID: s.ID}
}

func (p *Pages) records(t ui.T, o offer, f lookForm, s flow.Seen) part {
	card := ui.CardProps{Title: t("view.result"), Lead: t("view.result_lead", len(s.Records))}
	if f.Column != byPage && len(s.Records) == 1 {
		var pairs []ui.Pair
		for i, c := range s.Columns {
			pairs = append(pairs, ui.Pair{Name: o.label(c.Source, c.Name), Value: valueCell(t, c, s.Records[0].Values[i])})
		}
		return part{Card: card, Body: []templ.Component{ui.KeyValue(pairs...)}}
	}
	card.Flush = true
	props := ui.TableProps{Caption: t("view.result"), Empty: ui.Empty{Icon: ui.IconSearch, Title: t("view.empty"), Text: t("view.empty_text")}}
	for _, c := range s.Columns {
		props.Columns = append(props.Columns, ui.Column{Label: o.label(c.Source, c.Name)})
	}
	for _, rec := range s.Records {
		row := ui.Row{}
		for i, c := range s.Columns {
			row.Cells = append(row.Cells, valueCell(t, c, rec.Values[i]))
		}
		props.Rows = append(props.Rows, row)
	}
	return part{Card: card, Body: []templ.Component{ui.Table(props)}}
}

// valueCell shows a value as it left the warehouse, and says where it is masked.
func valueCell(t ui.T, c warehouse.OutColumn, v any) templ.Component {
	text := valueText(t, c, v)
	switch {
	case c.Mask == access.MaskNone && text == "":
		return ui.Muted("–")
	case c.Mask == access.MaskNone:
		return ui.Text(text)
	case text == "":
		return ui.Muted(t("view.masked"))
	}
	return ui.Two(text, t("view.mask."+string(c.Mask)))
}

func valueText(t ui.T, c warehouse.OutColumn, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return t("view.yes")
		}
		return t("view.no")
	case int64:
		return strconv.FormatInt(v, 10)
	case string:
		if c.Mask == access.MaskNone && c.Kind == warehouse.Date {
			if day, err := time.ParseInLocation(time.DateOnly, v, i18n.Zone); err == nil {
				return i18n.Date(day)
			}
		}
		if c.Mask == access.MaskNone && c.Kind == warehouse.Time {
			if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
				return i18n.DateTime(at)
			}
		}
		return v
	}
	return ""
}

// evidence says under what the values are shown.
func (p *Pages) evidence(r *http.Request, t ui.T, f lookForm, s flow.Seen) part {
	who := access.ActorOf(r.Context())
	grant := s.Grant.Number
	if s.Grant.Implicit {
		grant = t("view.own")
	}
	return part{Card: ui.CardProps{Title: t("view.evidence"), Lead: t("view.evidence_lead")}, Body: []templ.Component{ui.KeyValue(
		ui.Pair{Name: t("view.reference_no"), Value: ui.Link(s.ID, "/exchange/calls/"+s.ID)},
		ui.Pair{Name: t("view.at"), Value: ui.Moment(s.At)},
		ui.Pair{Name: t("view.account"), Text: who.Name, Help: p.Agency(r.Context(), who.Agency)},
		ui.Pair{Name: t("view.purpose"), Text: purposeName(f.Purpose, p.Purposes(r.Context()))},
		ui.Pair{Name: t("view.case"), Text: f.Case},
		ui.Pair{Name: t("view.grant"), Text: grant},
	)}}
}

// liftForm asks for values without their mask, of the one record on screen, where the grant allows it.
func liftForm(t ui.T, o offer, a asked, fields []ui.Option) part {
	for i := range fields {
		fields[i].On = slices.Contains(a.Unmask, fields[i].Value)
	}
	body := form(ui.FormProps{Action: pathOf(string(o.Code)), Submit: t("view.lift_do"), Icon: ui.IconSee, Errors: a.errors, Hidden: []ui.Hidden{
		{Name: "purpose", Value: a.Purpose}, {Name: "case", Value: a.Case}, {Name: "column", Value: a.Column}, {Name: "ticket", Value: a.Ticket}, {Name: "lift", Value: "1"},
	}},
		ui.Checkboxes(ui.Choice{Field: ui.Field{Name: "unmask", Label: t("view.lift_fields"), Required: true, Error: a.errors.Of("unmask")}, Options: fields}),
		ui.Textarea(ui.Field{Name: "reason", Label: t("view.reason"), Hint: t("view.reason_hint"), Value: a.Reason, Required: true, MaxLength: 200, Error: a.errors.Of("reason")}))
	return part{Card: ui.CardProps{Title: t("view.lift"), Lead: t("view.lift_lead")}, Body: []templ.Component{body}}
}

// liftable are the fields whose mask a grant allows to be lifted; of an answer those that it shows masked.
func (o offer) liftable(shown []warehouse.OutColumn) []ui.Option {
	var out []ui.Option
	for _, c := range o.columns() {
		masked := shown == nil || slices.ContainsFunc(shown, func(x warehouse.OutColumn) bool { return x.Source == c.Name && x.Mask != access.MaskNone })
		if c.Reveal && c.Mask.Liftable() && masked {
			out = append(out, ui.Option{Value: c.Name, Label: o.label(c.Name, c.Out())})
		}
	}
	return out
}
