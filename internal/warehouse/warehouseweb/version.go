package warehouseweb

import (
	"fmt"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/warehouse"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) showVersion(w http.ResponseWriter, r *http.Request) error {
	d, v, err := p.asked(r)
	if err != nil {
		return err
	}
	return p.versionPage(w, r, d, v, nil, http.StatusOK)
}

// asked finds the dataset and version that the address names.
func (p *Pages) asked(r *http.Request) (catalog.Dataset, warehouse.Version, error) {
	d, err := p.dataset(r.Context(), r.PathValue("owner"), r.PathValue("slug"))
	if err != nil {
		return d, warehouse.Version{}, err
	}
	v, err := p.version(r.Context(), d, r.PathValue("number"))
	return d, v, err
}

// verifyVersion changes nothing; it is sent as a form so that no link and no crawler starts it.
func (p *Pages) verifyVersion(w http.ResponseWriter, r *http.Request) error {
	d, v, err := p.asked(r)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	err = p.verify(r.Context(), d, v)
	switch {
	case err == nil:
		note := ui.Note{Tone: ui.Good, Title: t("warehouse.verified"), Text: t("warehouse.verified_text", len(v.Files), i18n.DateTime(p.clock.Now()))}
		return p.versionPage(w, r, d, v, &note, http.StatusOK)
	case fault.Is(err, "warehouse.files_damaged"):
		f := fault.Of(err)
		note := ui.Note{Tone: ui.Bad, Title: t("warehouse.damaged"), Text: t(f.Code, f.Args...)}
		return p.versionPage(w, r, d, v, &note, f.Kind.Status())
	}
	return err
}

func (p *Pages) versionPage(w http.ResponseWriter, r *http.Request, d catalog.Dataset, v warehouse.Version, note *ui.Note, status int) error {
	t := p.shell.T(r)
	title := t("warehouse.version_of", v.Number)
	view := pageView{
		Head: ui.Head{Eyebrow: string(d.Code), Title: d.Name + " · " + title, Lead: t("warehouse.copy_at", i18n.DateTime(v.Provenance.SourceTime))},
		Main: []part{columnCard(t, v, mayVerify(r.Context(), d)), fileCard(t, v)},
		Aside: []part{
			{Card: ui.CardProps{Title: t("warehouse.provenance"), Lead: t("warehouse.provenance_lead")}, Body: []templ.Component{ui.KeyValue(p.provenance(r, t, d, v)...)}},
			{Card: ui.CardProps{Title: t("warehouse.way")}, Body: []templ.Component{ui.Timeline(t("warehouse.way"), way(t, v))}},
		},
	}
	if mayVerify(r.Context(), d) {
		view.Head.Actions = []ui.Action{{Label: t("warehouse.verify"), Path: fmt.Sprintf("%s/%d/verify", path(d.Code), v.Number), Icon: ui.IconProof, Kind: ui.Primary, Post: true}}
	}
	if note != nil {
		view.Above = []templ.Component{ui.Alert(*note)}
	}
	return p.shell.Render(w, r, web.Page{Title: title, Crumbs: crumbs(t, d, title), Body: page(view), Status: status})
}

// provenance is what every record of the version carries (Điều 15.4b).
func (p *Pages) provenance(r *http.Request, t ui.T, d catalog.Dataset, v warehouse.Version) []ui.Pair {
	delivery := ui.Pair{Name: t("warehouse.delivery"), Value: ui.Mono(v.Provenance.Delivery)}
	if who := access.ActorOf(r.Context()); who.CanFor(access.IngestRead, d.Owner) {
		delivery.Value = ui.Link(v.Provenance.Delivery, "/ingest/"+v.Provenance.Delivery)
	}
	return []ui.Pair{
		{Name: t("warehouse.source"), Value: ui.Mono(v.Provenance.System)},
		{Name: t("warehouse.owner"), Text: p.agency(r.Context(), v.Provenance.Owner), Help: v.Provenance.Owner}, delivery,
		{Name: t("warehouse.data_time"), Value: ui.Moment(v.Provenance.SourceTime)},
		{Name: t("warehouse.loaded"), Value: ui.Moment(v.Provenance.LoadedAt)},
		{Name: t("warehouse.rule_version"), Value: ui.Mono(v.Provenance.RuleVersion)},
		{Name: t("warehouse.verdict"), Value: ui.Mono(v.Verdict)},
	}
}

// way is how the version came about, the newest first.
func way(t ui.T, v warehouse.Version) []ui.Event {
	return []ui.Event{
		{When: v.PublishedAt, What: t("warehouse.published"), Tone: ui.Good},
		{When: v.Provenance.LoadedAt, What: t("warehouse.loaded"), Who: v.Provenance.Delivery, Tone: ui.Neutral, Icon: ui.IconDelivery},
		{When: v.Provenance.SourceTime, What: t("warehouse.data_time"), Who: v.Provenance.System, Tone: ui.Neutral, Icon: ui.IconSystem},
	}
}

// columnCard lists the columns with their statistics. The bounds are data, shown to those who answer for it.
func columnCard(t ui.T, v warehouse.Version, bounds bool) part {
	props := ui.TableProps{
		Caption: t("warehouse.columns"), Empty: ui.Empty{Title: t("warehouse.no_columns")},
		Columns: []ui.Column{{Label: t("warehouse.column")}, {Label: t("warehouse.kind")}, {Label: t("warehouse.nulls"), Number: true}, {Label: t("warehouse.distinct"), Number: true}},
	}
	if bounds {
		props.Columns = append(props.Columns, ui.Column{Label: t("warehouse.bounds")})
	}
	stats := map[string]warehouse.ColumnStats{}
	for _, s := range v.Stats {
		stats[s.Name] = s
	}
	for _, c := range v.Columns {
		s, counted := stats[c.Name]
		row := ui.Cells(columnName(t, c), ui.Text(t("warehouse.kind."+string(c.Kind))), count(counted, s.Nulls), count(counted, s.Distinct))
		if bounds {
			row.Cells = append(row.Cells, boundCell(t, c, s))
		}
		props.Rows = append(props.Rows, row)
	}
	return part{Card: ui.CardProps{Title: t("warehouse.columns"), Lead: t("warehouse.columns_lead", i18n.Number(v.Rows), v.SchemaVersion), Flush: true}, Body: []templ.Component{ui.Table(props)}}
}

func columnName(t ui.T, c warehouse.Column) templ.Component {
	label := c.Label
	if label == "" {
		label = c.Name
	}
	parts := []templ.Component{ui.Two(label, c.Name)}
	if c.Key {
		parts = append(parts, ui.Badge(ui.State{Label: t("warehouse.key"), Tone: ui.Neutral, Icon: ui.IconDone}))
	}
	if c.Person {
		parts = append(parts, ui.Badge(ui.State{Label: t("warehouse.person"), Tone: ui.Neutral, Icon: ui.IconAccount}))
	}
	return ui.Group(parts...)
}

func count(counted bool, n int64) templ.Component {
	if !counted {
		return ui.Muted("–")
	}
	return ui.Number(n)
}

func boundCell(t ui.T, c warehouse.Column, s warehouse.ColumnStats) templ.Component {
	switch {
	case c.Sensitive:
		return ui.Muted(t("warehouse.protected"))
	case s.Min == "" && s.Max == "":
		return ui.Muted("–")
	}
	return ui.Text(s.Min + " – " + s.Max)
}

// fileCard lists the files with the sums that a copy can be checked by.
func fileCard(t ui.T, v warehouse.Version) part {
	props := ui.TableProps{Caption: t("warehouse.files"), Columns: []ui.Column{{Label: t("warehouse.file")}, {Label: t("warehouse.size"), Number: true}, {Label: "SHA-256"}}}
	for _, f := range v.Files {
		props.Rows = append(props.Rows, ui.Cells(ui.Text(f.Name), ui.Number(f.Size), ui.Copyable(f.SHA256)))
	}
	manifest := ui.KeyValue(ui.Pair{Name: t("warehouse.manifest"), Value: ui.Copyable(v.ManifestSHA256), Help: t("warehouse.manifest_help")})
	return part{Card: ui.CardProps{Title: t("warehouse.files"), Lead: t("warehouse.files_lead")}, Body: []templ.Component{manifest, ui.Table(props)}}
}
