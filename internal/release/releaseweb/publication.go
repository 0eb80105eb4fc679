package releaseweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/release"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// publicationsPath is the page of the requests to publish openly.
const publicationsPath = "/release/publications"

type publicationForm struct {
	Dataset string `form:"dataset"`
	ID      string `form:"id"`
	Reason  string `form:"reason"`
	Before  string `form:"before"`
}

func (p *Pages) listPublications(w http.ResponseWriter, r *http.Request) error {
	var in publicationForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	return p.publicationsPage(w, r, in, nil)
}

func (p *Pages) propose(w http.ResponseWriter, r *http.Request) error {
	var in publicationForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if _, err := p.Releases.Propose(r.Context(), in.Dataset); err != nil {
		return p.publicationsPage(w, r, in, err)
	}
	http.Redirect(w, r, publicationsPath, http.StatusSeeOther)
	return nil
}

func (p *Pages) publicationsPage(w http.ResponseWriter, r *http.Request, in publicationForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	all, err := p.Releases.Publications(r.Context(), in.Before, pageSize+1)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	may := access.ActorOf(r.Context()).Can(access.ReleasePublish)
	view := pageView{Head: ui.Head{Title: t("release.publications"), Lead: t("release.publications_lead")}}
	if may {
		dataset := ui.Field{Name: "dataset", Label: t("release.publication_dataset"), Hint: t("release.publication_dataset_hint"), Value: in.Dataset, Error: errs.Of("dataset"), Required: true, MaxLength: 200}
		view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("release.propose"), Lead: t("release.propose_lead")}, Body: []templ.Component{
			form(ui.FormProps{Action: publicationsPath, Submit: t("release.propose"), Icon: ui.IconSend, Errors: errs}, ui.Input(dataset)),
		}})
	}
	view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("release.publications_all"), Flush: true}, Body: []templ.Component{ui.Table(p.publicationTable(r, t, in, all, may))}})
	page := web.Page{Title: t("release.publications"), Crumbs: []ui.Crumb{{Label: t("release.list.open"), Path: listPath(release.Open)}, {Label: t("release.publications")}}, Body: page(view)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func (p *Pages) publicationTable(r *http.Request, t ui.T, in publicationForm, all []release.Publication, may bool) ui.TableProps {
	props := ui.TableProps{
		Caption: t("release.publications_all"), Columns: []ui.Column{{Label: t("release.col_entry")}, {Label: t("release.col_owner")}, {Label: t("release.col_by")}, {Label: t("release.col_decision")}, {Label: t("release.col_state")}},
		Empty: ui.Empty{Icon: ui.IconOpen, Title: t("release.publications_none"), Text: t("release.publications_none_text")}, Pages: &ui.PageLinks{},
	}
	if len(all) > pageSize {
		all = all[:pageSize]
		props.Pages.Next = publicationsPath + "?before=" + all[pageSize-1].ID
	}
	if in.Before != "" {
		props.Pages.Previous = publicationsPath
	}
	for _, x := range all {
		state := []templ.Component{ui.Badge(publicationState(t, x))}
		if x.Reason != "" {
			state = append(state, ui.Muted(x.Reason))
		}
		if may && x.EndedAt.IsZero() {
			state = append(state, ui.Link(t("release.take_back"), publicationsPath+"/"+x.ID))
		}
		props.Rows = append(props.Rows, ui.Cells(ui.Two(x.Name, x.Dataset), ui.Text(p.agency(r.Context(), x.Owner)), ui.Two(x.ByName, i18n.DateTime(x.At)), ui.Text(x.Decision), ui.Lines(state...)))
	}
	return props
}

func publicationState(t ui.T, x release.Publication) ui.State {
	switch {
	case !x.EndedAt.IsZero():
		return ui.State{Label: t("release.publication.ended"), Tone: ui.Neutral, Icon: ui.IconStopped}
	case !x.Listed:
		return ui.State{Label: t("release.publication.unlisted"), Tone: ui.Warn}
	}
	return ui.State{Label: t("release.publication.waiting"), Tone: ui.Info, Icon: ui.IconWaiting}
}

func (p *Pages) showTakeBack(w http.ResponseWriter, r *http.Request) error {
	return p.takeBackPage(w, r, publicationForm{}, nil)
}

func (p *Pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	var in publicationForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if err := p.Releases.TakeBack(r.Context(), r.PathValue("id"), in.Reason); err != nil {
		return p.takeBackPage(w, r, in, err)
	}
	http.Redirect(w, r, publicationsPath, http.StatusSeeOther)
	return nil
}

func (p *Pages) takeBackPage(w http.ResponseWriter, r *http.Request, in publicationForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	x, err := p.Releases.FindPublication(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	state := publicationState(t, x)
	reason := ui.Field{Name: "reason", Label: t("release.reason"), Value: in.Reason, Error: errs.Of("reason"), Required: true, MaxLength: 1000}
	view := pageView{Head: ui.Head{Eyebrow: x.Dataset, Title: x.Name, State: &state}}
	view.Main = []part{{Card: ui.CardProps{Title: t("release.take_back"), Lead: t("release.take_back_lead")}, Body: []templ.Component{
		form(ui.FormProps{Action: publicationsPath + "/" + x.ID, Submit: t("release.take_back"), Icon: ui.IconBack, Danger: true, Cancel: publicationsPath, Errors: errs}, ui.Textarea(reason)),
	}}}
	page := web.Page{Title: t("release.take_back"), Narrow: true, Crumbs: []ui.Crumb{{Label: t("release.publications"), Path: publicationsPath}, {Label: x.Dataset}}, Body: page(view)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

type proposeIn struct {
	Body struct {
		Dataset string `json:"dataset" maxLength:"200" doc:"Code of the dataset" example:"H38.10/tram-y-te"`
	}
}

type publicationOut struct{ Body release.Publication }

func (p *Pages) opPropose(ctx context.Context, in *proposeIn) (*publicationOut, error) {
	x, err := p.Releases.Propose(ctx, in.Body.Dataset)
	if err != nil {
		return nil, err
	}
	return &publicationOut{x}, nil
}

type publicationsIn struct {
	Before string `query:"before" doc:"Id of the last of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type publicationsOut struct {
	Body struct {
		Publications []release.Publication `json:"publications"`
	}
}

func (p *Pages) opPublications(ctx context.Context, in *publicationsIn) (*publicationsOut, error) {
	all, err := p.Releases.Publications(ctx, in.Before, in.Limit)
	if err != nil {
		return nil, err
	}
	var out publicationsOut
	out.Body.Publications = append([]release.Publication{}, all...)
	return &out, nil
}

type takeBackIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Reason string `json:"reason" maxLength:"1000"`
	}
}

func (p *Pages) opTakeBack(ctx context.Context, in *takeBackIn) (*struct{}, error) {
	return nil, p.Releases.TakeBack(ctx, in.ID, in.Body.Reason)
}
