package connectionweb

import (
	"encoding/json"
	"net/http"

	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// showImpact is the form in which the requester states the necessity of each personal field (Điều 9.8).
func (p *Pages) showImpact(w http.ResponseWriter, r *http.Request) error {
	return p.renderImpact(w, r, typed{})
}

func (p *Pages) renderImpact(w http.ResponseWriter, r *http.Request, typed typed) error {
	v, err := p.connections.Find(r.Context(), connection.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if !may(v, connection.ActChange) {
		return fault.New(fault.Conflict, "connection.wrong_state", connection.ActChange, v.Request.State)
	}
	t, id := p.shell.T(r), v.Request.ID
	f := filler{t: t, values: typed.values, errors: typed.errors}
	var fields []templ.Component
	for _, name := range v.Request.Need.PersonalFields(v.Dataset) {
		x, kept := v.Dataset.FieldOr(name), v.Request.Need.Impact[name]
		fields = append(fields, fieldSet(x.Label+" ("+name+")", t("connection.class."+string(x.Class)),
			hidden("field", name),
			f.area("necessity."+name, "connection.necessity_text", "", kept.Necessity),
			f.choose("alternative."+name, "connection.alternative", string(kept.Alternative), coded(t, "connection.alternative.", connection.Alternatives())),
			f.area("why."+name, "connection.alternative_why", "", kept.Why)))
	}
	title, status := t("connection.impact_form"), 0
	if typed.errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	body := part{Card: ui.CardProps{Lead: t("connection.impact_form_lead")}, Body: []templ.Component{form(ui.FormProps{
		Action: path(id) + "/impact", Submit: t("connection.save_impact"), Icon: ui.IconDraft, Cancel: path(id), Errors: typed.errors,
		Hidden: []ui.Hidden{{Name: "revision", Value: number(v.Request.Revision)}},
	}, fields...)}}
	if len(fields) == 0 {
		body = part{Body: []templ.Component{ui.EmptyState(ui.Empty{
			Icon: ui.IconReview, Title: t("connection.impact_none"), Action: &ui.Action{Label: t("connection.back"), Path: path(id), Kind: ui.Primary},
		})}}
	}
	return p.shell.Render(w, r, web.Page{
		Title: title, Narrow: true, Status: status, Crumbs: p.crumbs(t, v.Request, title),
		Body: page(pageView{Head: ui.Head{Eyebrow: name(t, v.Request), Title: title, Lead: v.Dataset.Name}, Main: []part{body}}),
	})
}

// keepImpact saves the statements as a change of the draft; they may still be incomplete.
func (p *Pages) keepImpact(w http.ResponseWriter, r *http.Request) error {
	id := connection.ID(r.PathValue("id"))
	f, err := readForm(r)
	if err == nil {
		impact := map[string]connection.Statement{}
		for _, name := range f.values["field"] {
			impact[name] = connection.Statement{
				Necessity: clean(f.values.Get("necessity." + name)), Alternative: connection.Alternative(f.values.Get("alternative." + name)), Why: clean(f.values.Get("why." + name)),
			}
		}
		var raw []byte
		if raw, err = json.Marshal(map[string]any{"impact": impact}); err == nil {
			_, err = p.connections.Change(r.Context(), id, f.Revision, raw)
		}
	}
	if err == nil {
		http.Redirect(w, r, path(id), http.StatusSeeOther)
		return nil
	}
	errs, shown := p.shell.Refused(r, err)
	if !shown {
		return err
	}
	return p.renderImpact(w, r, typed{values: f.values, errors: errs})
}

// statementsPart is what the requester stated, beside what the appraisal judged.
func statementsPart(t ui.T, v connection.View) part {
	n := v.Request.Need
	props := ui.TableProps{
		Caption: t("connection.impact_statements"),
		Columns: []ui.Column{{Label: t("connection.content")}, {Label: t("connection.necessity_text")}, {Label: t("connection.alternative")}, {Label: t("connection.alternative_judged")}},
	}
	for _, name := range n.PersonalFields(v.Dataset) {
		x, said, judged := v.Dataset.FieldOr(name), n.Impact[name], v.Request.Checklist.Fields[name]
		asked, found := orDash(""), orDash("")
		if said.Alternative != "" {
			asked = ui.Two(t("connection.alternative."+string(said.Alternative)), said.Why)
		}
		if judged.Alternative != "" {
			found = ui.Two(t("connection.alternative."+string(judged.Alternative)), judged.Comment)
		}
		if _, done := v.Request.Checklist.Fields[name]; done && !judged.Needed {
			found = ui.Two(t("connection.not_needed"), judged.Comment)
		}
		props.Rows = append(props.Rows, ui.Cells(ui.Two(x.Label, t("connection.class."+string(x.Class))), orDash(said.Necessity), asked, found))
	}
	return part{Card: ui.CardProps{Title: t("connection.impact_form"), Flush: true}, Body: []templ.Component{ui.Table(props)}}
}

// lackingPart lists what a draft misses, each point leading to its field.
func (p *Pages) lackingPart(r *http.Request, v connection.View) part {
	t, id := p.shell.T(r), v.Request.ID
	card := ui.CardProps{Title: t("connection.lacking"), Lead: t("connection.lacking_lead")}
	errs, _ := p.shell.Refused(r, v.Lacks)
	labels := needLabels()
	var links []templ.Component
	for _, e := range errs.Items {
		text, at := e.Text, path(id)+"/edit#f-"+e.Field
		if label, known := labels[e.Field]; known {
			text = t(label) + ": " + e.Text
		}
		if e.Field == "impact" {
			at = path(id) + "/impact"
		}
		links = append(links, ui.Link(text, at))
	}
	return part{Card: card, Body: []templ.Component{ui.Lines(links...)}}
}
