package connectionweb

import (
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/connection"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// filter is what the form narrows the list to.
func (f listForm) filter() connection.Filter {
	return connection.Filter{
		Number: strings.ToUpper(clean(f.Number)), State: connection.State(f.State), Agency: f.Agency, Owner: f.Owner, After: f.After, Limit: pageSize,
	}
}

// query is the address of the list without its page.
func (f listForm) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"show": f.Show, "number": clean(f.Number), "state": f.State, "agency": f.Agency, "owner": f.Owner} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// empty says why nothing is listed: there is nothing yet, or nothing fits.
func (f listForm) empty(t ui.T) ui.Empty {
	if len(f.query()) == 0 && f.After == "" {
		return ui.Empty{Icon: ui.IconConnection, Title: t("connection.list_empty"), Text: t("connection.list_none")}
	}
	return ui.Empty{Icon: ui.IconFilter, Title: t("connection.list_unmatched"), Text: t("connection.list_unmatched_text"), Action: &ui.Action{Label: t("connection.list_clear"), Path: "/connections"}}
}

// filterForm finds requests by number, state and the agencies on both sides.
func (p *Pages) filterForm(r *http.Request, asked listForm) templ.Component {
	t := p.shell.T(r)
	agencies := named(p.registers.Agencies(r.Context()))
	choose := func(name, label, value string, options []ui.Option) templ.Component {
		return ui.Select(ui.Choice{Field: ui.Field{Name: name, Label: t(label), Value: value}, Options: options, Any: true})
	}
	return form(ui.FormProps{Action: "/connections", Get: true, Submit: t("connection.list_find"), Icon: ui.IconFilter, Hidden: []ui.Hidden{{Name: "show", Value: asked.Show}}},
		fieldRow(
			ui.Input(ui.Field{Name: "number", Label: t("connection.number"), Value: asked.Number, Short: true}),
			choose("state", "connection.col_state", asked.State, coded(t, "connection.state.", connection.States())),
			choose("agency", "connection.col_agency", asked.Agency, agencies),
			choose("owner", "connection.col_owner", asked.Owner, agencies)))
}
