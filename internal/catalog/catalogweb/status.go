package catalogweb

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// statusTab is where the dataset stands in the catalogue and which fields it has.
func (p *Pages) statusTab(t ui.T, about catalog.Profile) pageView {
	status := []ui.Pair{
		{Name: t("catalog.state"), Value: ui.Badge(stateOf(t, about.State))},
		{Name: t("catalog.release"), Text: about.Release},
		{Name: t("catalog.first_published"), Value: ui.Moment(about.FirstPublishedAt)},
	}
	return pageView{
		Main: []part{
			{Card: card(t, "catalog.tab.status", about.StateChangedAt, false), Body: []templ.Component{ui.KeyValue(status...), ui.Stepper(t("catalog.way"), way(t, about))}},
			schemaCard(t, about),
		},
		Aside: []part{{Card: ui.CardProps{Title: t("catalog.history")}, Body: []templ.Component{history(t, about.Steps)}}},
	}
}

// way is the straight way of a dataset into the catalogue: what is done, with when and by whom, and what comes next.
func way(t ui.T, about catalog.Profile) []ui.Step {
	states := []catalog.State{catalog.Draft, catalog.Registered, catalog.Reviewed, catalog.Approved, catalog.InCatalogue, catalog.Published}
	if about.Classification.Scope == catalog.Private {
		states = states[:3] // one that stays private stops at reviewed
	}
	at := about.State
	if at == catalog.Suspended {
		at = about.StateBefore
	}
	switch at {
	case catalog.Returned:
		at = catalog.Draft
	case catalog.ChangePending, catalog.Retiring, catalog.Retired:
		at = catalog.Published
	}
	here := slices.Index(states, at)
	list := make([]ui.Step, 0, len(states))
	for i, s := range states {
		step := ui.Step{Label: t("catalog.way." + string(s)), State: ui.StepTodo}
		switch {
		case i == 0 && here == 0, i > 0 && i == here+1 && here > 0:
			step.State = ui.StepCurrent
		case i <= here:
			step.State = ui.StepDone
			step.When, step.Who = reached(about, s)
		}
		list = append(list, step)
	}
	return list
}

// reached is when and by whom a state was reached last.
func reached(about catalog.Profile, s catalog.State) (time.Time, string) {
	for _, x := range about.Steps {
		if x.To == s {
			return x.At, x.WhoName
		}
	}
	if s == catalog.Draft {
		return about.CreatedAt, ""
	}
	return time.Time{}, ""
}

func history(t ui.T, steps []catalog.Step) templ.Component {
	if len(steps) == 0 {
		return ui.EmptyState(ui.Empty{Icon: ui.IconHistory, Title: t("catalog.no_history"), Text: t("catalog.no_history_text")})
	}
	events := make([]ui.Event, 0, len(steps))
	for _, s := range steps {
		who := s.WhoName
		if strings.HasPrefix(s.Who, "job:") { // a person reads "background job", not its code
			who = t(web.RoleKey(access.SystemJob))
		}
		events = append(events, ui.Event{When: s.At, What: t("catalog.state." + string(s.To)), Who: who, Detail: s.Note, Tone: stateOf(t, s.To).Tone})
	}
	return ui.Timeline(t("catalog.history"), events)
}

// schemaCard lists the fields in force, and how much of them the dictionary covers.
func schemaCard(t ui.T, about catalog.Profile) part {
	c := ui.CardProps{Title: t("catalog.fields"), Flush: true}
	props := ui.TableProps{
		Caption: t("catalog.fields"), Empty: ui.Empty{Icon: ui.IconRows, Title: t("catalog.no_schema"), Text: t("catalog.no_schema_text")},
		Columns: []ui.Column{{Label: t("catalog.field")}, {Label: t("catalog.field_element")}, {Label: t("catalog.field_class")}, {Label: t("catalog.field_marks")}},
	}
	if about.Schema == nil {
		return part{Card: c, Body: []templ.Component{ui.Table(props)}}
	}
	m := about.Mapping
	c.Lead = t("catalog.mapped", m.Mapped, m.Fields, about.Schema.Version, i18n.DateTime(about.Schema.CreatedAt))
	c.Actions = []ui.Action{{Label: t("catalog.json_schema"), Path: path(about.Code) + "/schema.json", Icon: ui.IconDownload}}
	for _, f := range about.Schema.Fields {
		props.Rows = append(props.Rows, ui.Cells(ui.Two(f.Label, f.Name), fieldElement(t, about, f), ui.Text(t("catalog.class."+string(f.Class))), marks(t, f)))
	}
	return part{Card: c, Body: []templ.Component{ui.Table(props)}}
}

func fieldElement(t ui.T, about catalog.Profile, f catalog.Field) templ.Component {
	if !f.Mapped() {
		return ui.Group(ui.Badge(ui.State{Label: t("catalog.proposed"), Tone: ui.Warn}), ui.Muted(f.Proposal))
	}
	name := about.Elements[f.Element].Name
	if name == "" {
		name = string(f.Element.Code)
	}
	return ui.LinkTwo(name, "/dictionary/element/"+string(f.Element.Code), f.Element.String())
}

func marks(t ui.T, f catalog.Field) templ.Component {
	var list []templ.Component
	for _, m := range []struct {
		on  bool
		key string
	}{{f.Key, "catalog.field_key"}, {f.Required, "catalog.field_required"}, {f.Person, "catalog.field_person"}} {
		if m.on {
			list = append(list, ui.Badge(ui.State{Label: t(m.key), Tone: ui.Neutral, Icon: ui.IconDone}))
		}
	}
	if len(list) == 0 {
		return ui.Muted("–")
	}
	return ui.Group(list...)
}

func (p *Pages) downloadSchema(w http.ResponseWriter, r *http.Request) error {
	body, err := p.Catalog.JSONSchema(r.Context(), codeOf(r.PathValue("owner"), r.PathValue("slug")))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/schema+json")
	w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("slug")+`.schema.json"`)
	_, err = w.Write(body)
	return err
}
