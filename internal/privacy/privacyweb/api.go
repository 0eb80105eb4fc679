package privacyweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/privacy"
	"lienthong/internal/web"
)

// missingJSON is a member that an entry lacks.
type missingJSON struct {
	Field string `json:"field"`
	Code  string `json:"code"`
}

// entryJSON is how a dataset stands in the register.
type entryJSON struct {
	privacy.View
	Missing []missingJSON `json:"missing" doc:"Members that the draft, or without one what is in force, lacks for the categories of the dataset"`
}

func asJSON(v privacy.View) entryJSON {
	out := entryJSON{View: v, Missing: []missingJSON{}}
	for _, f := range v.Missing {
		out.Missing = append(out.Missing, missingJSON{f.Field, f.Code})
	}
	return out
}

type entryIn struct {
	Owner string `path:"owner" example:"H38.05"`
	Slug  string `path:"slug" example:"ho-ngheo"`
}

func (in entryIn) code() string { return in.Owner + "/" + in.Slug }

type entryOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         entryJSON
}

func (p *Pages) answer(ctx context.Context, dataset string, err error) (*entryOut, error) {
	if err != nil {
		return nil, err
	}
	v, err := p.privacy.Find(ctx, dataset)
	if err != nil {
		return nil, err
	}
	return &entryOut{"no-store", asJSON(v)}, nil
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	const entry = "/privacy/entries/{owner}/{slug}"
	spec := func(id, method, path string, permission access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: "privacy-" + id, Method: method, Path: path, Permission: permission, Tag: "privacy", Summary: summary}
	}
	web.Op(api, spec("list", http.MethodGet, "/privacy/entries", access.PrivacyRead, "Datasets with personal data and their entries, also those that have none"), p.opList)
	web.Op(api, spec("find", http.MethodGet, entry, access.PrivacyRead, "One entry, with what it lacks"), func(ctx context.Context, in *entryIn) (*entryOut, error) {
		return p.answer(ctx, in.code(), nil)
	})
	web.Op(api, spec("save", http.MethodPut, entry, access.PrivacyRegister, "Write the draft of an entry whole; members may be missing until it is sent"), p.opSave)
	p.stepOperation(api, spec("send", http.MethodPost, entry+"/send", access.PrivacyRegister, "Send the draft for confirmation; all that it lacks is named at once"), sendStep)
	p.stepOperation(api, spec("confirm", http.MethodPost, entry+"/confirm", access.PrivacyConfirm, "Put the sent draft in force, as somebody who did not write it"), confirmStep)
	p.stepOperation(api, spec("return", http.MethodPost, entry+"/return", access.PrivacyConfirm, "Give the sent draft back with the reason"), returnStep)
	p.stepOperation(api, spec("withdraw", http.MethodPost, entry+"/withdraw", access.PrivacyWithdraw, "Take the entry out of force with the reason: the dataset is not served from then on"), withdrawStep)
	web.Op(api, spec("paper", http.MethodGet, entry+"/paper", access.PrivacyRead, "The entry as DOCX in the layout of Decree 30/2020"), func(ctx context.Context, in *entryIn) (*web.FileOut, error) {
		return p.entryPaper(ctx, in.code())
	})
	web.Op(api, spec("register", http.MethodGet, "/privacy/registers/{owner}", access.PrivacyRead, "The whole register of an agency, as DOCX or XLSX"), p.opRegister)
}

type listIn struct {
	Owner    string `query:"owner" doc:"Code of the owner agency"`
	Standing string `query:"standing" enum:"none,draft,sent,withdrawn,incomplete,expired,ending,in_force"`
	Text     string `query:"q" doc:"Words of name or code, without diacritics"`
	After    string `query:"after" doc:"Cursor: code of the last dataset of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type listOut struct {
	Body struct {
		Entries []entryJSON              `json:"entries"`
		Counts  map[privacy.Standing]int `json:"counts" doc:"Datasets by standing, of all that the other choices find"`
		Next    string                   `json:"next,omitempty"`
	}
}

func (p *Pages) opList(ctx context.Context, in *listIn) (*listOut, error) {
	found, counts, err := p.privacy.List(ctx, privacy.Filter{Owner: in.Owner, Standing: privacy.Standing(in.Standing), Text: in.Text, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var out listOut
	out.Body.Entries, out.Body.Counts = make([]entryJSON, 0, len(found)), counts
	for _, v := range found {
		out.Body.Entries = append(out.Body.Entries, asJSON(v))
	}
	if len(found) == in.Limit {
		out.Body.Next = found[len(found)-1].Dataset.Code
	}
	return &out, nil
}

type saveIn struct {
	Owner    string `path:"owner"`
	Slug     string `path:"slug"`
	Revision int64  `query:"revision" doc:"Revision that the caller saw; another one is refused with 409"`
	Body     privacy.Content
}

func (p *Pages) opSave(ctx context.Context, in *saveIn) (*entryOut, error) {
	code := in.Owner + "/" + in.Slug
	_, err := p.privacy.Save(ctx, code, in.Body, in.Revision)
	return p.answer(ctx, code, err)
}

type stepIn struct {
	Owner string `path:"owner"`
	Slug  string `path:"slug"`
	Body  *struct {
		Revision int64  `json:"revision,omitempty" doc:"Revision that the caller saw"`
		Reason   string `json:"reason,omitempty" maxLength:"4000"`
	}
}

func (p *Pages) stepOperation(api *web.API, spec web.OpSpec, s step) {
	web.Op(api, spec, func(ctx context.Context, in *stepIn) (*entryOut, error) {
		var form actForm
		if in.Body != nil {
			form = actForm{Reason: in.Body.Reason, Revision: in.Body.Revision}
		}
		code := in.Owner + "/" + in.Slug
		return p.answer(ctx, code, s.take(p.privacy, ctx, code, form))
	})
}

type registerIn struct {
	Owner  string `path:"owner" doc:"Code of the agency"`
	Format string `query:"format" enum:"docx,xlsx" default:"docx"`
}

func (p *Pages) opRegister(ctx context.Context, in *registerIn) (*web.FileOut, error) {
	if in.Format == "xlsx" {
		return wholeSheet(p, ctx, in.Owner)
	}
	return wholePaper(p, ctx, in.Owner)
}
