package dictionaryweb

import (
	"net/http"

	"lienthong/internal/dictionary"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) listCodeLists(w http.ResponseWriter, r *http.Request) error {
	lists, err := p.dictionary.ListCodeLists(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	props := ui.TableProps{
		Caption: t("dictionary.code_lists"), Empty: ui.Empty{Icon: ui.IconList, Title: t("dictionary.no_code_list"), Text: t("dictionary.no_code_list_text")},
		Columns: []ui.Column{{Label: t("dictionary.code_list")}, {Label: t("dictionary.standard")}, {Label: t("dictionary.codes"), Number: true}, {Label: t("dictionary.version"), Number: true}},
	}
	for _, l := range lists {
		props.Rows = append(props.Rows, ui.Cells(ui.LinkTwo(l.Title, "/dictionary/code-list/"+l.Name, l.Name), ui.Text(l.Standard), ui.Number(int64(len(l.Items))), ui.Number(int64(l.Version))))
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("dictionary.code_lists"), Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.code_lists")}),
		Body: page(pageView{
			Head:  ui.Head{Title: t("dictionary.code_lists"), Lead: t("dictionary.code_lists_lead")},
			Above: []templ.Component{ui.Tabs(t("dictionary.title"), parts(t, "/dictionary/code-list"))},
			Main:  []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(props)}}},
		}),
	})
}

func (p *Pages) showCodeList(w http.ResponseWriter, r *http.Request) error {
	l, err := p.dictionary.FindCodeList(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	items, at := l.Items, r.URL.Query().Get("at")
	if at != "" {
		day, err := p.dayOf("at", at)
		if err != nil {
			return err
		}
		items = l.At(day)
	}
	t := p.shell.T(r)
	props := ui.TableProps{
		Caption: l.Title, Empty: ui.Empty{Icon: ui.IconList, Title: t("dictionary.no_code_then")},
		Columns: []ui.Column{{Label: t("dictionary.code")}, {Label: t("dictionary.label")}, {Label: t("dictionary.validity")}},
	}
	for _, item := range items {
		props.Rows = append(props.Rows, ui.Cells(ui.Mono(item.Code), ui.Text(item.Label), ui.Text(period(t, item.ValidFrom, item.ValidTo))))
	}
	return p.shell.Render(w, r, web.Page{
		Title: l.Title, Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.code_lists"), Path: "/dictionary/code-list"}, ui.Crumb{Label: l.Title}),
		Body: page(pageView{
			Head: ui.Head{Eyebrow: l.Name, Title: l.Title, Lead: t("dictionary.list_version", l.Version, l.Standard)},
			Above: []templ.Component{search(ui.FormProps{Action: "/dictionary/code-list/" + l.Name, Get: true, Submit: t("dictionary.show"), Icon: ui.IconFilter},
				ui.Input(dayField(t, "at", "dictionary.at", at)))},
			Main: []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(props)}}},
		}),
	})
}

// dayField is a day in a form. What was typed as dd/MM/yyyy is shown in the form that browsers take.
func dayField(t ui.T, name, label, value string) ui.Field {
	if day, problem := dictionary.ParseDay(value); problem == nil {
		value = day.String()
	}
	return ui.Field{Name: name, Label: t(label), Value: value, Type: "date", Short: true}
}
