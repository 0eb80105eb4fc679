package privacyweb

import (
	"context"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/privacy"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func codeOf(r *http.Request) string { return r.PathValue("owner") + "/" + r.PathValue("slug") }

func (p *Pages) showEntry(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, actForm{}, step{}, nil)
}

// show is the page of one entry, with what a refused step was refused for.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, form actForm, at step, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	found, err := p.privacy.Find(r.Context(), codeOf(r))
	if err != nil {
		return err
	}
	t, ctx := p.shell.T(r), r.Context()
	state := badge(t, found.Standing)
	v := showView{
		Head:  ui.Head{Eyebrow: t("privacy.entry_of") + " · " + found.Dataset.Code, Title: found.Dataset.Name, State: &state, Actions: p.actions(ctx, t, found)},
		Notes: p.notes(t, found), Aside: p.aside(ctx, t, found), Steps: p.steps(ctx, t, found, form, at, errs),
	}
	if e := found.Entry; e != nil && e.Draft != nil {
		v.Main = append(v.Main, p.versionPart(ctx, t, "privacy.draft", e.Draft, found))
	}
	if e := found.Entry; e != nil && e.InForce != nil {
		v.Main = append(v.Main, p.versionPart(ctx, t, "privacy.in_force", e.InForce, found))
	}
	if len(v.Main) == 0 {
		v.Main = []part{p.nothingPart(ctx, t, found)}
	}
	page := web.Page{Title: found.Dataset.Name, Crumbs: []ui.Crumb{{Label: t("privacy.register"), Path: "/privacy"}, {Label: found.Dataset.Code}}, Body: showPage(v)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func (p *Pages) actions(ctx context.Context, t ui.T, v privacy.View) []ui.Action {
	var out []ui.Action
	who := access.ActorOf(ctx)
	writes := who.CanFor(access.PrivacyRegister, v.Dataset.Owner) && len(v.Dataset.Categories) > 0
	if writes && (v.Entry == nil || !v.Entry.Draft.Sent()) {
		a := ui.Action{Label: t("privacy.edit"), Path: path(v.Dataset.Code) + "/edit", Icon: ui.IconEdit}
		if v.Entry == nil {
			a.Label, a.Kind, a.Icon = t("privacy.begin"), ui.Primary, ui.IconAdd
		}
		out = append(out, a)
	}
	if v.Entry != nil {
		out = append(out, ui.Action{Label: t("privacy.entry_docx"), Path: path(v.Dataset.Code) + "/entry.docx", Icon: ui.IconDownload})
	}
	return out
}

// notes say what stands in the way, and what to do.
func (p *Pages) notes(t ui.T, v privacy.View) []templ.Component {
	var out []templ.Component
	if !v.Standing.Serves() && v.Standing != privacy.NotNeeded {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Bad, Title: t("privacy.not_served"), Text: t("privacy.why." + string(v.Standing))}))
	} else if v.Standing == privacy.Ending {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("privacy.ending"), Text: t("privacy.why.ending")}))
	}
	if v.Entry != nil && v.Entry.Returned != "" {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("privacy.returned"), Text: v.Entry.Returned}))
	}
	if v.Entry != nil && v.Entry.Withdrawn != nil {
		x := v.Entry.Withdrawn
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("privacy.withdrawn_by", x.By.Name, i18n.DateTime(x.At)), Text: x.Reason}))
	}
	return out
}

// aside is what the dataset holds, and what the entry still lacks.
func (p *Pages) aside(ctx context.Context, t ui.T, v privacy.View) []part {
	pairs := []ui.Pair{
		{Name: t("privacy.owner"), Text: p.registers.Agency(ctx, v.Dataset.Owner)},
		{Name: t("privacy.dataset"), Value: ui.LinkTwo(v.Dataset.Name, "/catalog/"+v.Dataset.Code, v.Dataset.Code)},
		{Name: t("privacy.categories"), Text: categories(t, v.Dataset.Categories)},
	}
	parts := []part{{Card: ui.CardProps{Title: t("privacy.about")}, Body: []templ.Component{ui.KeyValue(pairs...)}}}
	if len(v.Missing) > 0 {
		parts = append([]part{{Card: ui.CardProps{Title: t("privacy.missing"), Lead: t("privacy.missing_lead")}, Body: []templ.Component{p.missing(ctx, t, v)}}}, parts...)
	}
	fields := ui.TableProps{Caption: t("privacy.fields"), Columns: []ui.Column{{Label: t("privacy.field")}, {Label: t("privacy.category")}}, Empty: ui.Empty{Title: t("privacy.no_fields"), Text: t("privacy.no_fields_text")}}
	for _, f := range v.Dataset.Fields {
		fields.Rows = append(fields.Rows, ui.Cells(ui.Two(f.Label, f.Name), ui.Text(t("privacy.category."+string(f.Category)))))
	}
	return append(parts, part{Card: ui.CardProps{Title: t("privacy.fields"), Flush: true}, Body: []templ.Component{ui.Table(fields)}})
}

// missing lists what the entry lacks; each line leads to its field for whoever may fill it in.
func (p *Pages) missing(ctx context.Context, t ui.T, v privacy.View) templ.Component {
	who := access.ActorOf(ctx)
	writes := who.CanFor(access.PrivacyRegister, v.Dataset.Owner) && (v.Entry == nil || !v.Entry.Draft.Sent())
	var lines []templ.Component
	for _, f := range v.Missing {
		text := t(f.Code, f.Args...)
		if writes {
			lines = append(lines, ui.Link(text, path(v.Dataset.Code)+"/edit#f-"+f.Field))
			continue
		}
		lines = append(lines, ui.Text(text))
	}
	return ui.Lines(lines...)
}

func (p *Pages) nothingPart(ctx context.Context, t ui.T, v privacy.View) part {
	e := ui.Empty{Icon: ui.IconProof, Title: t("privacy.no_entry"), Text: t("privacy.no_entry_text")}
	switch actions := p.actions(ctx, t, v); {
	case len(v.Dataset.Categories) == 0:
		e.Title, e.Text = t("privacy.not_needed_title"), t("privacy.not_needed_text")
	case len(actions) > 0 && v.Entry == nil:
		e.Action = &actions[0]
	case v.Entry != nil: // it was withdrawn and nobody writes a new one yet
		e.Title, e.Text = t("privacy.standing.withdrawn"), t("privacy.why.withdrawn")
	}
	return part{Body: []templ.Component{ui.EmptyState(e)}}
}

// versionPart is one state of the content as people read it.
func (p *Pages) versionPart(ctx context.Context, t ui.T, title string, x *privacy.Version, v privacy.View) part {
	lead := t("privacy.written", x.Number, names(x.WrittenBy), i18n.DateTime(x.WrittenAt))
	if x.SentBy != nil {
		lead += " " + t("privacy.sent_by", x.SentBy.Name, i18n.DateTime(x.SentAt))
	}
	if x.ConfirmedBy != nil {
		lead += " " + t("privacy.confirmed_by", x.ConfirmedBy.Name, i18n.DateTime(x.ConfirmedAt))
	}
	var pairs []ui.Pair
	for _, l := range p.lines(ctx, t, x.Content) {
		pair := ui.Pair{Name: l.name, Text: strings.Join(l.values, "; ")}
		if len(l.values) > 1 {
			lines := make([]templ.Component, len(l.values))
			for i, s := range l.values {
				lines[i] = ui.Text(s)
			}
			pair.Value = ui.Lines(lines...)
		}
		if len(l.values) == 0 {
			pair.Value = ui.Muted(t("privacy.unfilled"))
		}
		pairs = append(pairs, pair)
	}
	return part{Card: ui.CardProps{Title: t(title), Lead: lead}, Body: []templ.Component{ui.KeyValue(pairs...)}}
}

func names(all []privacy.Person) string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = x.Name
	}
	return strings.Join(out, ", ")
}

// said is one member of an entry in words.
type said struct {
	name   string
	values []string
}

// lines are the members of an entry, in the order of the register, for pages and papers alike.
func (p *Pages) lines(ctx context.Context, t ui.T, c privacy.Content) []said {
	one := func(text string) []string {
		if text == "" {
			return nil
		}
		return []string{text}
	}
	purposes, known := []string{}, p.registers.Purposes(ctx)
	for _, code := range c.Purposes {
		name := code
		if known[code] != "" {
			name = known[code] + " (" + code + ")"
		}
		purposes = append(purposes, name)
	}
	var measures []string
	for _, m := range c.Measures {
		measures = append(measures, t("privacy.measure."+string(m)))
	}
	retention := one(c.Retention)
	if c.Months > 0 {
		retention = append([]string{t("privacy.months", c.Months)}, retention...)
	}
	return []said{
		{t("privacy.categories"), one(categories(t, c.Categories))}, {t("privacy.purposes"), purposes}, {t("privacy.legal_basis"), one(c.LegalBasis)},
		{t("privacy.function"), one(c.Function)}, {t("privacy.source"), one(c.Source)}, {t("privacy.recipients"), c.Recipients}, {t("privacy.retention"), retention},
		{t("privacy.measures"), append(measures, one(c.Measured)...)}, {t("privacy.impact"), impact(t, c.Impact)}, {t("privacy.officer"), one(officer(c.Officer))}, {t("privacy.valid_to"), one(c.ValidTo.String())},
	}
}

func impact(t ui.T, i privacy.Impact) []string {
	if i.Status == "" {
		return nil
	}
	out := []string{t("privacy.impact." + string(i.Status))}
	if i.Number != "" {
		out = append(out, t("privacy.impact_file", i.Number, i.Date.String()))
	}
	if i.Note != "" {
		out = append(out, i.Note)
	}
	return out
}

func officer(o privacy.Officer) string {
	var out []string
	for _, x := range []string{o.Name, o.Position, o.Contact} {
		if x != "" {
			out = append(out, x)
		}
	}
	return strings.Join(out, ", ")
}
