package ingestweb

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) showDelivery(w http.ResponseWriter, r *http.Request) error {
	d, err := p.ingest.Find(r.Context(), ingest.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	main, err := p.outcome(r, t, d)
	if err != nil {
		return err
	}
	aside, err := p.aside(r, t, d)
	if err != nil {
		return err
	}
	dataset, _ := named(p.datasetNames(r.Context()), d.Dataset)
	view := pageView{Head: ui.Head{Eyebrow: dataset, Title: title(t, d), Actions: p.actions(access.ActorOf(r.Context()), t, d)}, Main: main, Aside: aside}
	if r.URL.Query().Get("again") != "" {
		view.Above = []templ.Component{ui.Alert(ui.Note{Tone: ui.Info, Title: t("ingest.again"), Text: t("ingest.again_text", i18n.DateTime(d.ReceivedAt), d.DeclaredName)})}
	}
	return p.shell.Render(w, r, web.Page{Title: title(t, d), Crumbs: []ui.Crumb{{Label: t("ingest.list"), Path: "/ingest"}, {Label: title(t, d)}}, Body: page(view)})
}

// showProgress answers the part of the page that renews itself while the file is checked.
func (p *Pages) showProgress(w http.ResponseWriter, r *http.Request) error {
	d, err := p.ingest.Find(r.Context(), ingest.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	main, err := p.outcome(r, p.shell.T(r), d)
	if err != nil {
		return err
	}
	return p.shell.Part(w, r, main)
}

// outcome is how far the check has come, then what it found.
func (p *Pages) outcome(r *http.Request, t ui.T, d *ingest.Delivery) (templ.Component, error) {
	address := "/ingest/" + string(d.ID)
	if !d.State.Final() {
		return live(ui.Renewal{Path: address + "/progress", Page: address, Seconds: 2}, p.underWay(t, d)), nil
	}
	parts := []part{summary(t, d)}
	if d.State == ingest.Purged {
		return result(parts...), nil
	}
	errors, err := p.errorCard(r, t, d)
	if err != nil {
		return nil, err
	}
	return result(append(parts, errors...)...), nil
}

func (p *Pages) underWay(t ui.T, d *ingest.Delivery) part {
	card := ui.CardProps{Title: t("ingest.state." + string(d.State))}
	now, runs := p.ingest.Progress(d.ID)
	if !runs || now.Bytes == 0 {
		return part{Card: card, Body: []templ.Component{ui.Loading(t("ingest.waits"))}}
	}
	of := max(now.Of, d.Size)
	return part{Card: card, Body: []templ.Component{
		ui.Progress(ui.Meter{Label: t("ingest.checking"), Value: now.Bytes, Max: of, Running: true}), ui.Muted(t("ingest.rows_done", i18n.Number(now.Rows))),
	}}
}

// summary is the outcome in one look: what happened, the counts and that they add up, the version.
func summary(t ui.T, d *ingest.Delivery) part {
	body := []templ.Component{ui.Alert(ui.Note{Tone: stateOf(t, d.State).Tone, Title: t("ingest.outcome." + string(d.State)), Text: outcomeText(t, d)})}
	c := d.Counts
	if c.Read > 0 {
		rejected := ui.Tile{Label: t("ingest.rejected"), Value: i18n.Number(c.Rejected), Icon: ui.IconQuarantine}
		if c.Rejected > 0 {
			rejected.Tone, rejected.Note = ui.Warn, t("ingest.share", percent(c))
		}
		body = append(body, ui.Stats(
			ui.Tile{Label: t("ingest.read"), Value: i18n.Number(c.Read), Icon: ui.IconRows},
			ui.Tile{Label: t("ingest.accepted"), Value: i18n.Number(c.Accepted), Icon: ui.IconSuccess}, rejected,
			ui.Tile{Label: t("ingest.duplicates"), Value: i18n.Number(c.Duplicates), Icon: ui.IconCopy},
		), ui.Muted(t("ingest.balance", i18n.Number(c.Read), i18n.Number(c.Accepted), i18n.Number(c.Rejected), i18n.Number(c.Duplicates))))
	}
	if d.Version > 0 && d.State == ingest.Published {
		body = append(body, ui.Button(ui.Action{Label: t("ingest.version", d.Version), Path: fmt.Sprintf("/warehouse/%s/%d", d.Dataset, d.Version), Icon: ui.IconWarehouse}))
	}
	return part{Card: ui.CardProps{Title: t("ingest.result")}, Body: body}
}

// outcomeText is the reason of a refusal, or what to do next.
func outcomeText(t ui.T, d *ingest.Delivery) string {
	if d.Refusal != nil {
		return t(d.Refusal.Code, d.Refusal.Args...)
	}
	return t("ingest.outcome." + string(d.State) + "_text")
}

// percent of the rows that may pass, as people write it.
func percent(c ingest.Counts) string {
	return strings.Replace(strconv.FormatFloat(100*c.ValidShare(), 'f', 1, 64), ".", ",", 1)
}

const errorsShown = 50

// errorCard lists rejected values with their place and rule, the page that the address asks for.
func (p *Pages) errorCard(r *http.Request, t ui.T, d *ingest.Delivery) ([]part, error) {
	skip, _ := strconv.ParseInt(r.URL.Query().Get("skip"), 10, 64)
	skip = max(skip, 0)
	entries, err := p.ingest.Quarantine(r.Context(), d.ID, skip, errorsShown+1)
	if err != nil {
		return nil, err
	}
	address := "/ingest/" + string(d.ID)
	card := ui.CardProps{Title: t("ingest.errors"), Lead: t("ingest.errors_lead"), Flush: true, Actions: []ui.Action{{Label: t("ingest.errors_file"), Path: address + "/errors.csv", Icon: ui.IconDownload}}}
	props := ui.TableProps{
		Caption: t("ingest.errors"), Empty: ui.Empty{Icon: ui.IconSuccess, Title: t("ingest.no_errors"), Text: t("ingest.no_errors_text")},
		Columns: []ui.Column{{Label: t("ingest.line"), Number: true}, {Label: t("ingest.field")}, {Label: t("ingest.value")}, {Label: t("ingest.rule")}},
		Pages:   &ui.PageLinks{},
	}
	if len(entries) == 0 && skip == 0 {
		card.Actions, card.Lead = nil, ""
		if d.Counts.Read == 0 {
			return nil, nil // the file as a whole was refused; the reason stands above
		}
	}
	if len(entries) > errorsShown {
		entries = entries[:errorsShown]
		props.Pages.Next = fmt.Sprintf("%s?skip=%d", address, skip+errorsShown)
	}
	if skip > 0 {
		props.Pages.Previous = fmt.Sprintf("%s?skip=%d", address, max(0, skip-errorsShown))
	}
	if len(entries) > 0 {
		props.Pages.Summary = t("ingest.errors_shown", i18n.Number(skip+1), i18n.Number(skip+int64(len(entries))), i18n.Number(total(d.Rules)))
	}
	for _, e := range entries {
		props.Rows = append(props.Rows, ui.Cells(ui.Number(e.Line), fieldCell(t, e), valueCell(e), ui.Text(t(e.Rule, e.Args...))))
	}
	parts := []part{{Card: card, Body: []templ.Component{ui.Table(props)}}}
	if fixes := fixRows(t, d, p.labels(r.Context(), d)); len(fixes.Rows) > 0 {
		parts = append(parts, part{Card: ui.CardProps{Title: t("ingest.fixes"), Lead: t("ingest.fixes_lead"), Flush: true}, Body: []templ.Component{ui.Table(fixes)}})
	}
	return parts, nil
}

func fieldCell(t ui.T, e ingest.Entry) templ.Component {
	switch {
	case e.Field == "":
		return ui.Muted(t("ingest.whole_row"))
	case e.Label == "" || e.Label == e.Field:
		return ui.Text(e.Field)
	}
	return ui.Two(e.Label, e.Field)
}

func valueCell(e ingest.Entry) templ.Component {
	if e.Value == "" {
		return ui.Muted("–")
	}
	return ui.Mono(e.Value)
}

func total(rules map[string]int64) int64 {
	sum := int64(0)
	for _, n := range rules {
		sum += n
	}
	return sum
}

// fixRows tell what reading brought to its standard form, column by column, so that nothing is changed silently.
func fixRows(t ui.T, d *ingest.Delivery, labels map[string]string) ui.TableProps {
	props := ui.TableProps{Caption: t("ingest.fixes"), Columns: []ui.Column{{Label: t("ingest.field")}, {Label: t("ingest.fix")}, {Label: t("ingest.count"), Number: true}}}
	for _, column := range slices.Sorted(maps.Keys(d.Fixes)) {
		for _, fix := range slices.Sorted(maps.Keys(d.Fixes[column])) {
			props.Rows = append(props.Rows, ui.Cells(ui.Two(cmp.Or(labels[column], column), under(labels, column)), ui.Text(t("ingest.fix."+fix)), ui.Number(d.Fixes[column][fix])))
		}
	}
	return props
}

// labels are the Vietnamese names of the columns, as the schema of the delivery has them.
func (p *Pages) labels(ctx context.Context, d *ingest.Delivery) map[string]string {
	about, err := p.catalog.DescribeVersion(ctx, d.Dataset, d.SchemaVersion)
	if err != nil || about.Schema == nil { // the columns' own names say enough
		return nil
	}
	out := map[string]string{}
	for _, f := range about.Schema.Fields {
		out[f.Name] = f.Label
	}
	return out
}

func under(labels map[string]string, column string) string {
	if labels[column] == "" || labels[column] == column {
		return ""
	}
	return column
}

// systemCell names the system that the file came from.
func (p *Pages) systemCell(ctx context.Context, d *ingest.Delivery) templ.Component {
	systems, err := p.systems(ctx, d.Owner)
	if err == nil {
		for _, s := range systems {
			if s.Code == d.System {
				return ui.Two(s.Name, s.Code)
			}
		}
	}
	return ui.Mono(d.System)
}

// aside is what was delivered, by whom, and the verdicts on it.
func (p *Pages) aside(r *http.Request, t ui.T, d *ingest.Delivery) (templ.Component, error) {
	verdicts, err := p.ingest.Verdicts(r.Context(), d.ID)
	if err != nil {
		return nil, err
	}
	dataset, code := named(p.datasetNames(r.Context()), d.Dataset)
	facts := []ui.Pair{
		{Name: t("ingest.dataset"), Value: ui.LinkTwo(dataset, "/catalog/"+string(d.Dataset), code)},
		{Name: t("ingest.owner"), Text: p.agency(r.Context(), d.Owner)},
		{Name: t("ingest.system"), Value: p.systemCell(r.Context(), d)},
		{Name: t("ingest.data_time"), Value: ui.Moment(d.DataTime)},
		{Name: t("ingest.received"), Value: ui.Moment(d.ReceivedAt)},
		{Name: t("ingest.by"), Text: d.DeclaredName, Help: t("ingest.declared")},
		{Name: t("ingest.checked"), Value: ui.Moment(d.CheckedAt)},
		{Name: t("ingest.size"), Text: i18n.Number(d.Size) + " byte"},
		{Name: t("ingest.sha256"), Value: ui.Copyable(d.SHA256)},
		{Name: t("ingest.schema"), Text: fmt.Sprint(d.SchemaVersion)},
	}
	if d.Form.Delimiter != "" {
		facts = append(facts, ui.Pair{Name: t("ingest.form"), Text: t("ingest.form_text", delimiter(t, d.Form.Delimiter), bomText(t, d.Form.BOM))})
	}
	parts := []part{{Card: ui.CardProps{Title: t("ingest.facts")}, Body: []templ.Component{ui.KeyValue(facts...)}}}
	if len(verdicts) > 0 {
		parts = append(parts, part{Card: ui.CardProps{Title: t("ingest.verdicts")}, Body: []templ.Component{ui.Timeline(t("ingest.verdicts"), verdictEvents(t, verdicts))}})
	}
	return cards(parts...), nil
}

func delimiter(t ui.T, d string) string {
	switch d {
	case ",":
		return t("ingest.comma")
	case ";":
		return t("ingest.semicolon")
	case "\t":
		return t("ingest.tab")
	}
	return d
}

func bomText(t ui.T, bom bool) string {
	if bom {
		return t("ingest.with_bom")
	}
	return t("ingest.without_bom")
}

func verdictEvents(t ui.T, verdicts []ingest.Verdict) []ui.Event {
	events := make([]ui.Event, 0, len(verdicts))
	for _, v := range verdicts {
		e := ui.Event{When: v.At, What: t("ingest.verdict." + string(v.Outcome)), Detail: t("ingest.verdict_text", percent(v.Counts)), Tone: ui.Good}
		switch v.Outcome {
		case ingest.HeldBack:
			e.Tone = ui.Warn
		case ingest.WithWarning, ingest.PassedRows:
			e.Tone = ui.Info
		}
		if v.Reason != "" {
			e.Who, e.Detail = v.By, v.Reason
		}
		events = append(events, e)
	}
	return events
}

func (p *Pages) downloadErrors(w http.ResponseWriter, r *http.Request) error {
	attachment(w, "loi-"+r.PathValue("id")+".csv")
	return p.ingest.WriteErrors(r.Context(), ingest.ID(r.PathValue("id")), w, p.shell.T(r))
}
