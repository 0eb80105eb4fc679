package connectionweb

import (
	"context"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/document"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// paperKind is a paper that a request has once it has come so far.
type paperKind string

const (
	minutesPaper paperKind = "minutes" // biên bản nghiệm thu
	refusalPaper paperKind = "refusal" // văn bản từ chối
)

func (p *Pages) paperOperations(api *web.API) {
	spec := func(kind paperKind, summary string) {
		web.Op(api, web.OpSpec{
			ID: "connection-" + string(kind), Method: http.MethodGet, Path: "/connections/requests/{id}/" + string(kind), Permission: access.ConnectionRead, Tag: "connection", Summary: summary,
		}, func(ctx context.Context, in *requestIn) (*web.FileOut, error) {
			return p.paper(ctx, connection.ID(in.ID), kind)
		})
	}
	spec(minutesPaper, "Minutes of the acceptance as DOCX in the layout of Decree 30/2020; to the parties, once the connection was accepted")
	spec(refusalPaper, "The written refusal as DOCX in the layout of Decree 30/2020; to the parties, once the request was refused")
}

func (p *Pages) downloadPaper(kind paperKind) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := p.paper(r.Context(), connection.ID(r.PathValue("id")), kind)
		if err != nil {
			return err
		}
		return f.Send(w)
	}
}

func paperButton(t ui.T, id connection.ID, kind paperKind) templ.Component {
	return ui.Buttons(ui.Action{Label: t("connection.paper_" + string(kind)), Path: path(id) + "/" + string(kind) + ".docx", Icon: ui.IconDownload, Kind: ui.Secondary})
}

// paper writes a paper of a request for one of its parties. It is made of what the request kept when it was accepted or
// refused, so it says the same whenever it is asked for.
func (p *Pages) paper(ctx context.Context, id connection.ID, kind paperKind) (*web.FileOut, error) {
	v, err := p.connections.Find(ctx, id)
	if err != nil {
		return nil, err
	}
	if !v.Party {
		return nil, fault.New(fault.Denied, "connection.paper_of_parties")
	}
	w := writer{p, ctx, p.shell.In(i18n.Vi), v}
	var paper document.Paper
	switch {
	case kind == minutesPaper && v.Request.Minutes != nil:
		paper = w.minutes()
	case kind == refusalPaper && v.Request.Refusal != nil:
		paper = w.refusal()
	default:
		return nil, fault.New(fault.NotFound, "connection.no_paper_"+string(kind))
	}
	body, err := paper.DOCX()
	if err != nil {
		return nil, err
	}
	name := w.t("connection.paper_file_"+string(kind)) + " " + strings.ReplaceAll(v.Request.Number, "/", "-") + ".docx"
	return web.File(name, document.TypeDOCX, body), nil
}

// writer writes the papers of one request.
type writer struct {
	p   *Pages
	ctx context.Context
	t   ui.T
	v   connection.View
}

func (w writer) agency(code string) string { return w.p.registers.Agency(w.ctx, code) }

// codes are names of codes, separated by commas.
func (w writer) codes(names map[string]string, codes []string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = nameIn(names, c)
		if out[i] != c {
			out[i] += " (" + c + ")"
		}
	}
	return strings.Join(out, "; ")
}

// word is the name of a code of a list; nothing for none.
func (w writer) word(list, code string) string {
	if code == "" {
		return ""
	}
	return w.t(list + code)
}

// refusal is the letter to the agency that asked: what, why not, on which legal ground, and what it can do.
func (w writer) refusal() document.Paper {
	r := w.v.Request
	head := w.p.registers.Letterhead(w.ctx, r.Refusal.By.Agency)
	paper := head.Paper()
	paper.Number, paper.Date = "/"+head.Symbol(), r.Refusal.At
	paper.Summary = w.t("connection.paper_refusal_summary", r.Number)
	paper.To = []string{w.agency(r.Agency)}
	asked := document.Lines{
		{Name: w.t("connection.dataset"), Value: w.dataset()},
		{Name: w.t("connection.col_owner"), Value: w.agency(r.Owner)},
		{Name: w.t("connection.consumer"), Value: w.consumer()},
		{Name: w.t("connection.purposes"), Value: w.codes(w.p.registers.Purposes(i18n.WithLang(w.ctx, i18n.Vi)), r.Need.Purposes)},
		{Name: w.t("connection.fields"), Value: strings.Join(fieldLabels(w.v.Dataset, r.Need.Fields), ", ")},
	}
	paper.Body = []document.Block{
		document.Text(w.t("connection.paper_refusal_received", head.Agency, r.Number, w.agency(r.Agency), head.Regulation)),
		document.Heading(w.t("connection.paper_refusal_asked")), asked,
		document.Heading(w.t("connection.paper_refusal_why")), document.Text(r.Refusal.Reason),
		document.Heading(w.t("connection.paper_refusal_ground")), document.Text(r.Refusal.Citation),
	}
	if d := r.Refusal.Decision; d.Number != "" {
		paper.Body = append(paper.Body, document.Text(w.t("connection.paper_refusal_decision", d.Number, d.Title)))
	}
	paper.Body = append(paper.Body, document.Text(w.t("connection.paper_refusal_next")), document.Text(w.t("connection.paper_refusal_end", head.Agency, w.agency(r.Agency))))
	paper.Signatures = []document.Signature{{Capacity: w.t("connection.paper_approver"), Note: w.t("connection.paper_decided", i18n.DateTime(r.Refusal.At)), Name: r.Refusal.By.Name}}
	paper.Recipients = []string{w.t("connection.paper_as_above"), w.agency(r.Owner), w.t("connection.paper_archive")}
	return paper
}

func (w writer) dataset() string {
	code := w.v.Request.Need.Dataset
	if w.v.Dataset.Name == "" {
		return code
	}
	return w.v.Dataset.Name + " (" + code + ")"
}

// consumer is the system that takes the data, or the people who look at it.
func (w writer) consumer() string {
	n := w.v.Request.Need
	switch {
	case n.People():
		return w.t("connection.people") + ": " + roleNames(w.t, n.Roles)
	case w.v.System.Name != "":
		return w.v.System.Name
	}
	return n.System
}
