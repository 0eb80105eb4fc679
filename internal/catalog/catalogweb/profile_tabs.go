package catalogweb

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"lienthong/internal/catalog"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// overviewTab is what the dataset is and whose.
func (p *Pages) overviewTab(ctx context.Context, t ui.T, about catalog.Profile) (pageView, error) {
	copyCard, err := p.copyCard(ctx, t, about)
	if err != nil {
		return pageView{}, err
	}
	purposes, err := p.Sources.Purposes(ctx)
	if err != nil {
		return pageView{}, err
	}
	owners := ui.TableProps{Caption: t("catalog.owners"), Columns: []ui.Column{{Label: t("catalog.owner")}, {Label: t("catalog.since")}, {Label: t("catalog.decision")}}}
	for _, o := range about.Owners {
		owners.Rows = append(owners.Rows, ui.Cells(ui.Two(p.agency(ctx, o.Agency), o.Agency), ui.Day(o.From), ui.Text(dash(o.Decision))))
	}
	processing, err := p.processingParts(ctx, t, about.Code)
	if err != nil {
		return pageView{}, err
	}
	return pageView{
		Main: []part{
			{Card: card(t, "catalog.seven", about.ChangedAt, false), Body: []templ.Component{ui.KeyValue(p.sevenFields(ctx, t, about.Dataset)...)}},
			{Card: ui.CardProps{Title: t("catalog.sharing"), Lead: t("catalog.sharing_lead")}, Body: []templ.Component{ui.KeyValue(p.sharing(ctx, t, about, purposes)...)}},
			{Card: ui.CardProps{Title: t("catalog.owners"), Flush: true}, Body: []templ.Component{ui.Table(owners)}},
		},
		Aside: append(append([]part{copyCard}, processing...),
			part{Card: ui.CardProps{Title: t("catalog.fs_class")}, Body: []templ.Component{ui.KeyValue(classPairs(t, about)...)}},
			part{Card: ui.CardProps{Title: t("catalog.declared")}, Body: []templ.Component{ui.KeyValue(declared(t, about.Dataset)...)}},
		),
	}, nil
}

// sevenFields are those of Điều 7.3, in their order.
func (p *Pages) sevenFields(ctx context.Context, t ui.T, d catalog.Dataset) []ui.Pair {
	method := ui.Pair{Name: t("catalog.method"), Text: word(t, "catalog.method.", string(d.Method))}
	if d.Method.Manual() && d.MethodReason != "" {
		method.Help = t("catalog.method_manual", d.MethodReason, i18n.Date(d.AutomateBy.Time()))
	}
	frequency := ui.Pair{Name: t("catalog.frequency"), Text: word(t, "catalog.frequency.", string(d.Frequency))}
	if d.MaxDelay > 0 {
		frequency.Help = t("catalog.max_delay_is", i18n.Number(int64(d.MaxDelay)))
	}
	return []ui.Pair{
		{Name: t("catalog.name"), Text: d.Name},
		{Name: t("catalog.owner"), Text: p.agency(ctx, d.Owner), Help: d.Owner},
		{Name: t("catalog.description"), Text: d.Description},
		{Name: t("catalog.sharing"), Text: p.whoMay(ctx, t, d.Sharing)},
		method, frequency,
		{Name: t("catalog.formats"), Value: lines(append(append([]string{}, d.Formats...), d.Standards...))},
		{Name: t("catalog.legal_basis"), Text: d.LegalBasis},
		{Name: t("catalog.official_system"), Value: ui.Mono(dash(d.OfficialSystem)), Help: t("catalog.official_help")},
	}
}

func (p *Pages) whoMay(ctx context.Context, t ui.T, s catalog.Sharing) string {
	if s.Everyone {
		return t("catalog.who.everyone")
	}
	var list []string
	for _, k := range s.AgencyTypes {
		list = append(list, t("catalog.kind."+k))
	}
	for _, a := range s.Agencies {
		list = append(list, p.agency(ctx, a))
	}
	return dash(strings.Join(list, "; "))
}

// sharing is the scope of Điều 7.3d as people read it.
func (p *Pages) sharing(ctx context.Context, t ui.T, about catalog.Profile, purposes []Named) []ui.Pair {
	s := about.Sharing
	fields, rows, levels := []string{}, []string{}, []string{}
	for _, name := range s.Fields {
		label := name
		if about.Schema != nil {
			if f, known := about.Schema.Field(name); known {
				label = f.Label + " (" + name + ")"
			}
		}
		fields = append(fields, label)
	}
	for _, l := range s.Rows {
		limit := append([]string{}, l.In...)
		if l.Own {
			limit = append(limit, t("catalog.row_own"))
		}
		rows = append(rows, l.Column+" = "+strings.Join(limit, ", "))
	}
	for _, l := range s.Levels {
		levels = append(levels, t("catalog.level."+l))
	}
	whole := ui.Pair{Name: t("catalog.rows"), Value: lines(rows)}
	if len(rows) == 0 {
		whole = ui.Pair{Name: t("catalog.rows"), Text: t("catalog.rows_all")}
	}
	return []ui.Pair{
		{Name: t("catalog.sharing_who"), Text: p.whoMay(ctx, t, s)},
		{Name: t("catalog.sharing_fields"), Value: lines(fields)}, whole,
		{Name: t("catalog.sharing_purposes"), Value: lines(nameOf(purposes, s.Purposes))},
		{Name: t("catalog.sharing_levels"), Value: lines(levels)},
	}
}

// nameOf adds their names to codes; one that is no longer on the list stands alone.
func nameOf(list []Named, codes []string) []string {
	out := make([]string, 0, len(codes))
	for _, code := range codes {
		text := code
		for _, n := range list {
			if n.Code == code {
				text = n.Name + " (" + code + ")"
			}
		}
		out = append(out, text)
	}
	return out
}

func classPairs(t ui.T, about catalog.Profile) []ui.Pair {
	c := about.Classification
	confirmed := ui.Pair{Name: t("catalog.confirmed"), Value: ui.Moment(c.ConfirmedAt)}
	if c.ConfirmedBy == "" {
		confirmed = ui.Pair{Name: t("catalog.confirmed"), Value: ui.Badge(ui.State{Label: t("catalog.unconfirmed"), Tone: ui.Warn})}
	}
	pairs := []ui.Pair{
		{Name: t("catalog.form"), Text: word(t, "catalog.form.", string(about.Form))},
		{Name: t("catalog.nature"), Text: word(t, "catalog.nature.", string(c.Nature))},
		{Name: t("catalog.scope"), Text: word(t, "catalog.scope.", string(c.Scope))},
		{Name: t("catalog.steering"), Text: yesNo(t, c.Steering)},
		{Name: t("catalog.class"), Text: word(t, "catalog.class.", string(about.Class))}, confirmed,
	}
	if s := about.SuggestedClass; s != "" && s.Rank() > about.Class.Rank() {
		pairs = append(pairs, ui.Pair{Name: t("catalog.suggested_class"), Value: ui.Badge(ui.State{Label: t("catalog.class." + string(s)), Tone: ui.Warn}), Help: t("catalog.suggested_class_help")})
	}
	return pairs
}

func declared(t ui.T, d catalog.Dataset) []ui.Pair {
	pairs := []ui.Pair{{Name: t("catalog.not_secret")}, {Name: t("catalog.attested")}}
	if x := d.Declaration; x != nil {
		pairs[0].Value, pairs[0].Help = ui.Moment(x.At), x.ByName
	}
	if x := d.Attestation; x != nil {
		pairs[1].Value, pairs[1].Help = ui.Moment(x.At), x.ByName
	}
	return pairs
}

// copyCard says that what the platform holds is a copy, from where and as at when (Điều 13.4).
func (p *Pages) copyCard(ctx context.Context, t ui.T, about catalog.Profile) (part, error) {
	q, err := p.quality(ctx, about.Dataset)
	if err != nil {
		return part{}, err
	}
	title := ui.CardProps{Title: t("catalog.copy")}
	if q.Current == nil {
		return part{Card: title, Body: []templ.Component{ui.EmptyState(ui.Empty{Icon: ui.IconWarehouse, Title: t("catalog.no_copy"), Text: t("catalog.no_copy_text")})}}, nil
	}
	v := q.Current
	title.Lead = t("catalog.copy_at", i18n.DateTime(v.Provenance.SourceTime))
	pairs := []ui.Pair{
		{Name: t("catalog.version"), Value: ui.Link(fmt.Sprint(v.Number), fmt.Sprintf("/warehouse/%s/%d", about.Code, v.Number))},
		{Name: t("catalog.row_count"), Text: i18n.Number(v.Rows)},
		{Name: t("catalog.source_system"), Value: ui.Mono(v.Provenance.System)},
		{Name: t("catalog.owner"), Text: p.agency(ctx, v.Provenance.Owner)},
		{Name: t("catalog.loaded"), Value: ui.Moment(v.Provenance.LoadedAt)},
	}
	if due, late, has := about.Due(v.Provenance.SourceTime); has {
		next := ui.Pair{Name: t("catalog.next_due"), Value: ui.Moment(due)}
		if p.Clock.Now().After(late) {
			next.Value = ui.Group(ui.Badge(ui.State{Label: t("catalog.stale"), Tone: ui.Warn}), ui.Moment(due))
		}
		pairs = append(pairs, next)
	}
	return part{Card: title, Body: []templ.Component{ui.KeyValue(pairs...)}}, nil
}

// qualityTab is what came in, what was published, what waits in quarantine.
func (p *Pages) qualityTab(ctx context.Context, t ui.T, about catalog.Profile) (pageView, error) {
	q, err := p.quality(ctx, about.Dataset)
	if err != nil {
		return pageView{}, err
	}
	tiles := []ui.Tile{
		{Label: t("catalog.q_published"), Value: i18n.Number(int64(q.Deliveries[ingest.Published])), Icon: ui.IconSuccess},
		{Label: t("catalog.q_held"), Value: i18n.Number(int64(q.Deliveries[ingest.Held])), Icon: ui.IconPaused},
		{Label: t("catalog.q_rejected"), Value: i18n.Number(int64(q.Deliveries[ingest.Rejected])), Icon: ui.IconFailure},
	}
	versions := ui.TableProps{
		Caption: t("catalog.versions"), Empty: ui.Empty{Icon: ui.IconWarehouse, Title: t("catalog.no_copy"), Text: t("catalog.no_copy_text")},
		Columns: []ui.Column{{Label: t("catalog.version")}, {Label: t("catalog.row_count"), Number: true}, {Label: t("catalog.data_time")}, {Label: t("catalog.published_at")}},
	}
	for _, v := range q.Versions {
		versions.Rows = append(versions.Rows, ui.Cells(ui.Link(fmt.Sprint(v.Number), fmt.Sprintf("/warehouse/%s/%d", about.Code, v.Number)), ui.Number(v.Rows), ui.Moment(v.SourceTime), ui.Moment(v.PublishedAt)))
	}
	all := card(t, "catalog.versions", q.ChangedAt, true)
	all.Actions = []ui.Action{{Label: t("catalog.all_versions"), Path: "/warehouse/" + string(about.Code), Icon: ui.IconHistory}}
	return pageView{Main: []part{
		{Card: card(t, "catalog.tab.quality", q.ChangedAt, false), Body: []templ.Component{ui.Stats(tiles...)}},
		{Card: all, Body: []templ.Component{ui.Table(versions)}},
		deliveries(t, about.Code, q),
	}}, nil
}

func deliveries(t ui.T, code catalog.Code, q quality) part {
	c := ui.CardProps{Title: t("catalog.deliveries"), Flush: true}
	if q.Forbidden != "" {
		return part{Card: c, Body: []templ.Component{ui.Forbidden(q.Forbidden)}}
	}
	c.Lead = t("catalog.quarantined", i18n.Number(q.Rejected))
	c.Actions = []ui.Action{{Label: t("catalog.all_deliveries"), Path: "/ingest?dataset=" + url.QueryEscape(string(code)), Icon: ui.IconDelivery}}
	props := ui.TableProps{
		Caption: t("catalog.deliveries"), Empty: ui.Empty{Icon: ui.IconDelivery, Title: t("catalog.no_delivery"), Text: t("catalog.no_delivery_text")},
		Columns: []ui.Column{{Label: t("catalog.delivery")}, {Label: t("catalog.state")}, {Label: t("catalog.rows_read"), Number: true}, {Label: t("catalog.rows_accepted"), Number: true}, {Label: t("catalog.rows_rejected"), Number: true}, {Label: t("catalog.rows_twice"), Number: true}},
	}
	for _, d := range q.Last {
		props.Rows = append(props.Rows, ui.Cells(ui.LinkTwo(d.FileName, "/ingest/"+string(d.ID), i18n.DateTime(d.ReceivedAt)), ui.Badge(deliveryState(t, d.State)),
			ui.Number(d.Counts.Read), ui.Number(d.Counts.Accepted), ui.Number(d.Counts.Rejected), ui.Number(d.Counts.Duplicates)))
	}
	return part{Card: c, Body: []templ.Component{ui.Table(props)}}
}

func deliveryState(t ui.T, s ingest.State) ui.State {
	tone := map[ingest.State]ui.Tone{ingest.Published: ui.Good, ingest.Held: ui.Warn, ingest.Rejected: ui.Bad, ingest.Failed: ui.Bad}[s]
	if tone == "" {
		tone = ui.Info
	}
	return ui.State{Label: t("catalog.delivery." + string(s)), Tone: tone}
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func yesNo(t ui.T, yes bool) string {
	if yes {
		return t("catalog.yes")
	}
	return t("catalog.no")
}
