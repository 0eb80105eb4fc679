package supportweb

import (
	"context"
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/support"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of help.
type Pages struct {
	shell  *web.Shell
	terms  *support.Terms
	exists func(path string) bool
}

// New builds the pages. exists tells whether a page is served at a path, so that a definition leads nowhere else; every
// path is taken for served when it is nil.
func New(shell *web.Shell, terms *support.Terms, exists func(path string) bool) *Pages {
	if exists == nil {
		exists = func(string) bool { return true }
	}
	return &Pages{shell, terms, exists}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/support/terms", access.Public, p.listTerms).InMenu(web.Nav{Group: web.GroupHome, LabelKey: "support.terms", Icon: ui.IconHelp, Order: 90}),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	web.Op(api, web.OpSpec{ID: "support-list-terms", Method: http.MethodGet, Path: "/support/terms", Permission: access.Public, Tag: "support",
		Summary: "Definitions of Điều 3, word for word, and the glossary; searched with or without diacritics"}, p.opTerms)
}

// Messages are the words of the page.
var Messages = i18n.Messages{
	"support.terms":             {Vi: "Thuật ngữ", En: "Terms"},
	"support.terms_lead":        {Vi: "Nguyên văn các từ ngữ được giải thích tại Điều 3 của Quy chế, chức năng thực hiện từng nội dung, và bảng thuật ngữ dùng thống nhất trên giao diện.", En: "The definitions of Điều 3 of the regulation word for word (in Vietnamese, which alone is binding), the feature that implements each, and the glossary of the interface."},
	"support.search":            {Vi: "Tìm thuật ngữ, gõ có dấu hoặc không dấu", En: "Find a term, with or without diacritics"},
	"support.find":              {Vi: "Tìm", En: "Find"},
	"support.definitions":       {Vi: "Giải thích từ ngữ (Điều 3)", En: "Definitions (Điều 3)"},
	"support.clause":            {Vi: "Khoản {0} Điều 3", En: "Điều 3, clause {0}"},
	"support.feature":           {Vi: "Chức năng thực hiện", En: "Implemented by"},
	"support.glossary":          {Vi: "Bảng thuật ngữ", En: "Glossary"},
	"support.glossary_lead":     {Vi: "Mỗi khái niệm có một tên gọi duy nhất trên giao diện, trong tiếng Anh và trong mã nguồn.", En: "Each thing has one name in the interface, in English and in code."},
	"support.col_vi":            {Vi: "Tiếng Việt", En: "Vietnamese"},
	"support.col_en":            {Vi: "Tiếng Anh", En: "English"},
	"support.col_noun":          {Vi: "Tên trong mã nguồn", En: "Name in code"},
	"support.nothing_found":     {Vi: "Không tìm thấy thuật ngữ", En: "No term found"},
	"support.nothing_found_try": {Vi: "Thử từ ngắn hơn, hoặc gõ không dấu. Ví dụ: chu quan, doi soat, nghiem thu.", En: "Try a shorter word, for example owner, grant, reconciliation."},
	"support.show_all":          {Vi: "Xem tất cả", En: "Show all"},
}

type searchForm struct {
	Words string `form:"q"`
}

func (p *Pages) listTerms(w http.ResponseWriter, r *http.Request) error {
	var form searchForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	t, lang := p.shell.T(r), i18n.LangOf(r.Context())
	definitions, glossary := p.terms.Search(form.Words)
	v := termsView{
		Head: ui.Head{Title: t("support.terms"), Lead: t("support.terms_lead")}, Words: form.Words, T: t,
		Glossary: glossaryTable(t, glossary), Nothing: len(definitions)+len(glossary) == 0,
	}
	for _, d := range definitions {
		v.Definitions = append(v.Definitions, definitionView{
			Clause: t("support.clause", d.Clause), Term: d.Term, Text: d.Text, Feature: say(lang, d.Feature.Label), Path: p.pathOf(d.Feature), Anchor: "khoan-" + strconv.Itoa(d.Clause),
		})
	}
	return p.shell.Render(w, r, web.Page{Title: t("support.terms"), Crumbs: []ui.Crumb{{Label: t("support.terms")}}, Body: termsPage(v)})
}

// pathOf is the page of the feature, empty while it is not served. The page of the API belongs to the shell and always is.
func (p *Pages) pathOf(f support.Feature) string {
	if f.Path == "/api" || p.exists(f.Path) {
		return f.Path
	}
	return ""
}

func say(lang i18n.Lang, text i18n.Text) string {
	if lang == i18n.En {
		return text.En
	}
	return text.Vi
}

func glossaryTable(t ui.T, terms []support.Term) ui.TableProps {
	props := ui.TableProps{Caption: t("support.glossary"), Columns: []ui.Column{{Label: t("support.col_vi")}, {Label: t("support.col_en")}, {Label: t("support.col_noun")}}}
	for _, x := range terms {
		props.Rows = append(props.Rows, ui.Cells(ui.Text(x.Vi), ui.Text(x.En), ui.Mono(x.Noun)))
	}
	return props
}

type termsIn struct {
	Words string `query:"q" maxLength:"200" doc:"Words to find; everything when absent"`
}

type definitionJSON struct {
	Clause  int    `json:"clause" doc:"Clause of Điều 3"`
	Term    string `json:"term"`
	Text    string `json:"text" doc:"Word for word as in the regulation, in Vietnamese"`
	Feature string `json:"feature" doc:"What puts the definition to work, in the language of Accept-Language"`
	Path    string `json:"path,omitempty" doc:"Its page"`
}

type termJSON struct {
	Vi   string `json:"vi"`
	En   string `json:"en"`
	Noun string `json:"noun" doc:"Name in code"`
}

type termsOut struct {
	Body struct {
		Definitions []definitionJSON `json:"definitions"`
		Glossary    []termJSON       `json:"glossary"`
	}
}

func (p *Pages) opTerms(ctx context.Context, in *termsIn) (*termsOut, error) {
	definitions, glossary := p.terms.Search(in.Words)
	var out termsOut
	out.Body.Definitions, out.Body.Glossary = make([]definitionJSON, 0, len(definitions)), make([]termJSON, 0, len(glossary))
	for _, d := range definitions {
		out.Body.Definitions = append(out.Body.Definitions, definitionJSON{d.Clause, d.Term, d.Text, say(i18n.LangOf(ctx), d.Feature.Label), p.pathOf(d.Feature)})
	}
	for _, x := range glossary {
		out.Body.Glossary = append(out.Body.Glossary, termJSON{x.Vi, x.En, x.Noun})
	}
	return &out, nil
}
