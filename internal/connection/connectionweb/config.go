package connectionweb

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// provisionFields are the quotas and parameters that set-up begins with; quotas may only be made narrower.
func provisionFields(f filler, v connection.View) []templ.Component {
	plan := connection.PlanOf(v.Request, v.Dataset)
	s := plan.Scope
	return append([]templ.Component{fieldSet(f.t("connection.fs_quota"), f.t("connection.fs_quota_hint"),
		fieldRow(f.number("calls_per_minute", "connection.l_calls_per_minute", s.CallsPerMinute), f.number("calls_per_day", "connection.l_calls_per_day", s.CallsPerDay)),
		fieldRow(f.number("records_per_call", "connection.l_records_per_call", s.RecordsPerCall), f.number("records_per_day", "connection.l_records_per_day", s.RecordsPerDay),
			f.number("persons_per_day", "connection.l_persons_per_day", s.PersonsPerDay)),
		fieldRow(f.date("valid_from", "connection.from", string(s.From)), f.date("valid_to", "connection.to", string(s.To))))},
		parameterFields(f, plan.Parameters)...)
}

// setUp lays the form over what follows from the approval. A form that names nothing of them takes all of it.
func (f actForm) setUp(v connection.View) (*connection.Scope, *connection.Parameters) {
	if v.Request.Approved == nil || !f.values.Has("calls_per_day") {
		return nil, nil
	}
	plan := connection.PlanOf(v.Request, v.Dataset)
	s := plan.Scope
	s.CallsPerMinute, s.CallsPerDay, s.RecordsPerCall, s.RecordsPerDay, s.PersonsPerDay = f.CallsPerMinute, f.CallsPerDay, f.RecordsPerCall, f.RecordsPerDay, f.PersonsPerDay
	s.From, s.To = connection.Day(f.From), connection.Day(f.To)
	return &s, f.parameters(plan.Parameters)
}

// planPart shows what a version configures: ways with their upstream, and what is done to each field of the answers.
func planPart(t ui.T, d connection.Dataset, c connection.Config) part {
	ways := ui.TableProps{Caption: t("connection.ways"), ShowCaption: true, Columns: []ui.Column{{Label: t("connection.way_call")}, {Label: t("connection.way_upstream")}}}
	for _, w := range c.Routes {
		from := w.Upstream
		if w.Upstream == connection.FromWarehouse || w.Upstream == connection.FromScreen {
			from = t("connection.from_" + w.Upstream)
		}
		ways.Rows = append(ways.Rows, ui.Cells(ui.Mono(w.Call), ui.Text(from)))
	}
	output := ui.TableProps{
		Caption: t("connection.output"), ShowCaption: true,
		Columns: []ui.Column{{Label: t("connection.output_name")}, {Label: t("connection.output_from")}, {Label: t("connection.class")}, {Label: t("connection.output_change")}},
	}
	for _, o := range c.Output {
		change := t("connection.mask." + string(o.Mask))
		if len(o.Values) > 0 {
			change += ": " + comparedText(o.Values, o.Not)
		}
		output.Rows = append(output.Rows, ui.Cells(ui.Mono(o.Name), ui.Two(d.FieldOr(o.Field).Label, o.Field), ui.Text(t("connection.class."+string(o.Class))), ui.Text(change)))
	}
	return part{Card: ui.CardProps{Title: t("connection.plan"), Lead: t("connection.plan_lead", c.Schema)}, Body: []templ.Component{ui.Table(ways), ui.Table(output)}}
}

// parametersPart are the figures of a version.
func parametersPart(t ui.T, c connection.Config) part {
	x, s := c.Parameters, c.Scope
	num := func(label string, n int64) ui.Pair { return ui.Pair{Name: t(label), Text: i18n.Number(n)} }
	share := func(label string, n float64) ui.Pair {
		return ui.Pair{Name: t(label), Text: strings.ReplaceAll(strconv.FormatFloat(n, 'f', -1, 64), ".", ",")}
	}
	return part{Card: ui.CardProps{Title: t("connection.fs_parameters")}, Body: []templ.Component{ui.KeyValue(
		num("connection.l_calls_per_minute", s.CallsPerMinute), num("connection.l_calls_per_day", s.CallsPerDay), num("connection.l_records_per_call", s.RecordsPerCall),
		num("connection.l_records_per_day", s.RecordsPerDay), num("connection.l_persons_per_day", s.PersonsPerDay),
		num("connection.l_timeout_ms", x.TimeoutMillis), num("connection.l_retries", x.Retries), num("connection.l_cache_seconds", x.CacheSeconds), num("connection.l_page_size", x.PageSize),
		share("connection.l_alert_error_percent", x.AlertErrors*100), num("connection.l_test_calls", x.TestCalls), num("connection.l_max_p95_ms", x.MaxP95Millis),
		share("connection.l_max_error_percent", x.MaxErrorRate*100), num("connection.l_sample_records", x.SampleRecords), share("connection.l_min_accuracy_pct", x.MinAccuracyPct),
		ui.Pair{Name: t("connection.l_schedule"), Text: x.Schedule})}}
}

// showConfig shows one version, and what is otherwise than in the one that the reader compares it with.
func (p *Pages) showConfig(w http.ResponseWriter, r *http.Request) error {
	v, err := p.connections.Find(r.Context(), connection.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	c, found := versionOf(v, r.PathValue("version"))
	if !found {
		return fault.New(fault.NotFound, "connection.config_not_found", r.PathValue("version"))
	}
	t := p.shell.T(r)
	title, state := t("connection.config", c.Version), configState(t, v.Request, c)
	view := pageView{
		Head: ui.Head{Eyebrow: name(t, v.Request), Title: title, State: &state, Lead: c.By.Name + " · " + i18n.DateTime(c.At) + " · " + c.Reason},
		Main: []part{planPart(t, v.Dataset, c), parametersPart(t, c)},
	}
	if may(v, connection.ActReconfigure) && c.Version != v.Request.Config {
		view.Head.Actions = []ui.Action{{Label: t("connection.action.rollback"), Path: path(v.Request.ID) + "/rollback?version=" + number(c.Version), Icon: ui.IconHistory}}
	}
	if len(v.Configs) > 1 {
		diff, err := p.diffPart(r, v, c)
		if err != nil {
			return err
		}
		view.Main = append([]part{diff}, view.Main...)
	}
	return p.shell.Render(w, r, web.Page{Title: title, Crumbs: p.crumbs(t, v.Request, title), Body: page(view)})
}

// versionOf finds a version of a request by the number in the address.
func versionOf(v connection.View, text string) (connection.Config, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	for _, c := range v.Configs {
		if err == nil && c.Version == n {
			return c, true
		}
	}
	return connection.Config{}, false
}

func configState(t ui.T, r *connection.Request, c connection.Config) ui.State {
	switch {
	case r.Reviewed == c.Version && !r.Operating():
		return ui.State{Label: t("connection.reviewed"), Tone: ui.Good}
	case r.Reviewed == c.Version:
		return ui.State{Label: t("connection.config_serves"), Tone: ui.Good}
	case r.Declined == c.Version:
		return ui.State{Label: t("connection.config_declined"), Tone: ui.Bad}
	case r.Config == c.Version:
		return ui.State{Label: t("connection.unreviewed"), Tone: ui.Warn}
	}
	return ui.State{Label: t("connection.config_old"), Tone: ui.Neutral}
}

// diffPart compares a version with another: with the one named in the address, else with the one in force, else with the
// one before.
func (p *Pages) diffPart(r *http.Request, v connection.View, c connection.Config) (part, error) {
	t := p.shell.T(r)
	with := r.URL.Query().Get("with")
	other, found := versionOf(v, with)
	if !found && v.Request.InForce != nil && v.Request.InForce.Version != c.Version {
		other, found = versionOf(v, number(v.Request.InForce.Version))
	}
	if !found {
		if other, found = versionOf(v, number(c.Version-1)); !found {
			other = v.Configs[len(v.Configs)-1]
		}
	}
	members, err := p.differences(r, other, c)
	if err != nil {
		return part{}, err
	}
	props := ui.TableProps{
		Caption: t("connection.diff"), Columns: []ui.Column{{Label: t("connection.content")}, {Label: t("connection.config", other.Version)}, {Label: t("connection.config", c.Version)}},
		Empty: ui.Empty{Icon: ui.IconReview, Title: t("connection.diff_none")},
	}
	for _, m := range members {
		props.Rows = append(props.Rows, ui.Cells(ui.Text(m.Name), orDash(m.Before), orDash(m.After)))
	}
	f := filler{t: t}
	choose := form(ui.FormProps{Action: path(v.Request.ID) + "/configs/" + number(c.Version), Get: true, Submit: t("connection.compare_do"), Icon: ui.IconFilter},
		f.sure("with", "connection.compare_with", number(other.Version), versions(v)))
	return part{Card: ui.CardProps{Title: t("connection.diff_of", other.Version, c.Version)}, Body: []templ.Component{choose, ui.Table(props)}}, nil
}

// differences are the members that configure and are otherwise.
func (p *Pages) differences(r *http.Request, before, after connection.Config) ([]ui.PastMember, error) {
	one, err := json.Marshal(configured(before))
	if err != nil {
		return nil, err
	}
	two, err := json.Marshal(configured(after))
	if err != nil {
		return nil, err
	}
	return p.shell.Differences(r, p.Pasts()[0], one, two)
}

// configured is a version without who made it and why.
func configured(c connection.Config) connection.Config {
	return connection.Config{System: c.System, Dataset: c.Dataset, Schema: c.Schema, Scope: c.Scope, Parameters: c.Parameters, Routes: c.Routes, Output: c.Output}
}

// reviewParts are what the second person judges: the version, and of a connection in operation what it changes.
func (p *Pages) reviewParts(r *http.Request, v connection.View) []part {
	t := p.shell.T(r)
	c, found := versionOf(v, number(v.Request.Config))
	if !found {
		return nil
	}
	parts := []part{planPart(t, v.Dataset, c), parametersPart(t, c)}
	if len(v.Configs) > 1 {
		if diff, err := p.diffPart(r, v, c); err == nil {
			parts = append([]part{diff}, parts...)
		}
	}
	return parts
}

func configLink(id connection.ID, c connection.Config) string {
	return path(id) + "/configs/" + number(c.Version)
}
