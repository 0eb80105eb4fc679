package privacyweb

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/document"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/privacy"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func (p *Pages) downloadEntry(w http.ResponseWriter, r *http.Request) error {
	f, err := p.entryPaper(r.Context(), codeOf(r))
	if err != nil {
		return err
	}
	return f.Send(w)
}

type registerFile func(p *Pages, ctx context.Context, owner string) (*web.FileOut, error)

func (p *Pages) downloadRegister(make registerFile) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		owner := r.URL.Query().Get("owner")
		if owner == "" {
			owner = access.ActorOf(r.Context()).Agency
		}
		f, err := make(p, r.Context(), owner)
		if err != nil {
			return err
		}
		return f.Send(w)
	}
}

// entryPaper is one entry as a paper: what is in force, else what is being written, which the paper says.
func (p *Pages) entryPaper(ctx context.Context, dataset string) (*web.FileOut, error) {
	v, err := p.privacy.Find(ctx, dataset)
	if err != nil {
		return nil, err
	}
	ctx, t := i18n.WithLang(ctx, i18n.Vi), p.shell.In(i18n.Vi)
	x := version(v)
	if x == nil {
		return nil, fault.New(fault.NotFound, "privacy.nothing_to_print", dataset)
	}
	head := p.registers.Letterhead(ctx, v.Dataset.Owner)
	paper := head.Paper()
	paper.Number, paper.Type, paper.Summary = "/"+head.Symbol(), t("privacy.paper_entry"), t("privacy.paper_entry_summary", v.Dataset.Name)
	paper.Date = x.ConfirmedAt
	paper.Body = []document.Block{
		document.Ground(t("privacy.paper_ground", head.Regulation)),
		document.Text(t("privacy.paper_standing", t("privacy.standing."+string(v.Standing)))),
		document.Heading(t("privacy.paper_about")),
		document.Lines{{Name: t("privacy.dataset"), Value: v.Dataset.Name + " (" + v.Dataset.Code + ")"}, {Name: t("privacy.owner"), Value: p.registers.Agency(ctx, v.Dataset.Owner)}},
		document.Heading(t("privacy.paper_content")), p.contentTable(ctx, t, x.Content),
		document.Heading(t("privacy.paper_fields")), fieldTable(t, v.Dataset),
		document.Text(signedOff(t, x)),
	}
	paper.Signatures = []document.Signature{signature(t, x)}
	paper.Recipients = []string{t("privacy.paper_operator"), t("privacy.paper_archive")}
	body, err := paper.DOCX()
	if err != nil {
		return nil, err
	}
	return web.File(t("privacy.paper_file", strings.ReplaceAll(dataset, "/", "-"))+".docx", document.TypeDOCX, body), nil
}

// version is what a paper shows: what is in force, else the draft, else what was withdrawn.
func version(v privacy.View) *privacy.Version {
	switch e := v.Entry; {
	case e == nil:
		return nil
	case e.InForce != nil:
		return e.InForce
	case e.Draft != nil:
		return e.Draft
	case e.Withdrawn != nil:
		return &e.Withdrawn.Was
	}
	return nil
}

func signature(t ui.T, x *privacy.Version) document.Signature {
	if x.ConfirmedBy == nil {
		return document.Signature{Capacity: t("privacy.paper_confirmer")}
	}
	return document.Signature{Capacity: t("privacy.paper_confirmer"), Note: t("privacy.paper_confirmed", i18n.DateTime(x.ConfirmedAt)), Name: x.ConfirmedBy.Name}
}

// signedOff says who wrote, sent and confirmed the content.
func signedOff(t ui.T, x *privacy.Version) string {
	out := t("privacy.written", x.Number, names(x.WrittenBy), i18n.DateTime(x.WrittenAt))
	if x.ConfirmedBy != nil {
		out += " " + t("privacy.confirmed_by", x.ConfirmedBy.Name, i18n.DateTime(x.ConfirmedAt))
	}
	return out
}

func (p *Pages) contentTable(ctx context.Context, t ui.T, c privacy.Content) document.Table {
	table := document.Table{Columns: []document.Column{{Title: t("privacy.paper_no"), Width: 1, Align: document.Centre}, {Title: t("privacy.paper_member"), Width: 4}, {Title: t("privacy.paper_value"), Width: 9}}}
	for i, l := range p.lines(ctx, t, c) {
		table.Rows = append(table.Rows, []string{fmt.Sprint(i + 1), l.name, strings.Join(l.values, "\n")})
	}
	return table
}

func fieldTable(t ui.T, d privacy.Dataset) document.Table {
	table := document.Table{Columns: []document.Column{{Title: t("privacy.paper_no"), Width: 1, Align: document.Centre}, {Title: t("privacy.field"), Width: 8}, {Title: t("privacy.category"), Width: 5}}}
	for i, f := range d.Fields {
		table.Rows = append(table.Rows, []string{fmt.Sprint(i + 1), f.Label + " (" + f.Name + ")", t("privacy.category." + string(f.Category))})
	}
	return table
}

// whole is the register of one agency, of which the reader may see all.
func (p *Pages) whole(ctx context.Context, owner string) ([]privacy.View, error) {
	if _, err := access.RequireFor(ctx, access.PrivacyRead, owner); err != nil {
		return nil, err
	}
	var all []privacy.View
	for after := ""; ; {
		page, _, err := p.privacy.List(ctx, privacy.Filter{Owner: owner, After: after, Limit: 500})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < 500 {
			break
		}
		after = page[len(page)-1].Dataset.Code
	}
	if len(all) == 0 {
		return nil, fault.New(fault.NotFound, "privacy.register_empty", owner)
	}
	return all, nil
}

// columnsOf the register: the dataset, its standing, then the members of an entry.
func (p *Pages) columnsOf(ctx context.Context, t ui.T) []document.Column {
	columns := []document.Column{{Title: t("privacy.paper_no"), Width: 2, Align: document.Centre}, {Title: t("privacy.dataset"), Width: 6}, {Title: t("privacy.standing"), Width: 4}}
	for _, l := range p.lines(ctx, t, privacy.Content{}) {
		columns = append(columns, document.Column{Title: l.name, Width: 5})
	}
	return columns
}

func (p *Pages) rowOf(ctx context.Context, t ui.T, v privacy.View) []string {
	row := []string{v.Dataset.Name + "\n" + v.Dataset.Code, t("privacy.standing." + string(v.Standing))}
	content := privacy.Content{}
	if x := version(v); x != nil {
		content = x.Content
	}
	for _, l := range p.lines(ctx, t, content) {
		row = append(row, strings.Join(l.values, "\n"))
	}
	return row
}

// wholePaper is the register of an agency as a paper, with the entries in an annex that lies on its side.
func wholePaper(p *Pages, ctx context.Context, owner string) (*web.FileOut, error) {
	all, err := p.whole(ctx, owner)
	if err != nil {
		return nil, err
	}
	ctx, t := i18n.WithLang(ctx, i18n.Vi), p.shell.In(i18n.Vi)
	head, counts := p.registers.Letterhead(ctx, owner), map[privacy.Standing]int{}
	overview := document.Table{Columns: []document.Column{{Title: t("privacy.paper_no"), Width: 1, Align: document.Centre}, {Title: t("privacy.dataset"), Width: 7}, {Title: t("privacy.categories"), Width: 4}, {Title: t("privacy.standing"), Width: 4}}}
	var details []document.Block
	for i, v := range all {
		counts[v.Standing]++
		overview.Rows = append(overview.Rows, []string{fmt.Sprint(i + 1), v.Dataset.Name + "\n" + v.Dataset.Code, categories(t, v.Dataset.Categories), t("privacy.standing." + string(v.Standing))})
		if x := version(v); x != nil {
			details = append(details, document.Heading(fmt.Sprintf("%d. %s (%s)", i+1, v.Dataset.Name, v.Dataset.Code)), p.contentTable(ctx, t, x.Content))
		}
	}
	paper := head.Paper()
	paper.Number, paper.Type, paper.Summary = "/"+head.Symbol(), t("privacy.paper_register"), t("privacy.paper_register_summary", head.Agency)
	paper.Date = p.clock.Now()
	paper.Body = []document.Block{
		document.Ground(t("privacy.paper_ground", head.Regulation)),
		document.Text(t("privacy.paper_register_text", len(all), counts[privacy.InForce]+counts[privacy.Ending], i18n.DateTime(p.clock.Now()))), overview,
	}
	paper.Signatures, paper.Recipients = []document.Signature{{Position: t("privacy.paper_head")}}, []string{t("privacy.paper_operator"), t("privacy.paper_archive")}
	if len(details) > 0 {
		paper.Annexes = []document.Annex{{Title: t("privacy.paper_annex"), Wide: true, Body: details}}
	}
	body, err := paper.DOCX()
	if err != nil {
		return nil, err
	}
	return web.File(t("privacy.register_file", owner)+".docx", document.TypeDOCX, body), nil
}

// wholeSheet is the register of an agency as a workbook, one line for each dataset.
func wholeSheet(p *Pages, ctx context.Context, owner string) (*web.FileOut, error) {
	all, err := p.whole(ctx, owner)
	if err != nil {
		return nil, err
	}
	ctx, t := i18n.WithLang(ctx, i18n.Vi), p.shell.In(i18n.Vi)
	sheet := document.Sheet{
		Name: t("privacy.sheet_name"), Columns: p.columnsOf(ctx, t),
		Title: []string{strings.ToUpper(t("privacy.register")), t("privacy.sheet_subtitle", p.registers.Agency(ctx, owner), i18n.DateTime(p.clock.Now()))},
	}
	for i, v := range all {
		row := []any{i + 1}
		for _, text := range p.rowOf(ctx, t, v) {
			row = append(row, text)
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	body, err := document.XLSX(sheet)
	if err != nil {
		return nil, err
	}
	return web.File(t("privacy.register_file", owner)+".xlsx", document.TypeXLSX, body), nil
}
