package app

import (
	"context"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/access/accessweb"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/task"
)

// texts are the words of a list of named texts.
func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

// agencyKind is the kind of an agency as Điều 2 has it; empty for one that the register does not have.
func (a *App) agencyKind(ctx context.Context, code string) (string, error) {
	body, err := a.agency.Known(ctx, code)
	if err != nil || body == nil {
		return "", err
	}
	return string(body.Kind), nil
}

// templateStepped keeps the inbox true: a proposed sharing policy is the head's to decide on, and its proposer hears what
// became of it.
func (a *App) templateStepped(ctx context.Context, q controldb.Querier, t access.Template, v access.TemplateVersion) error {
	subject, path := "access.template/"+t.Dataset, "/access/templates/"+t.Dataset
	if t.Proposed != nil {
		return a.task.Open(ctx, q, task.Task{
			Kind: "access.template", Agency: t.Proposed.Owner, Role: access.AgencyHead, Subject: subject, Path: path,
			TitleKey: "access.template_task", TitleArgs: []string{t.Dataset}, WorkingDays: 5,
		})
	}
	if err := a.task.Done(ctx, q, "access.template", subject); err != nil {
		return err
	}
	if v.State == access.TemplateWithdrawn {
		return nil
	}
	return a.task.Tell(ctx, q, task.Telling{
		Key: fmt.Sprintf("template/%s/%d", v.Dataset, v.Version), To: []task.Recipient{{Account: v.ProposedBy}},
		TitleKey: "access.template_told_" + string(v.State), TitleArgs: []string{t.Dataset}, Path: path, Subject: subject,
	})
}

// sharedFields are the fields of a dataset that a sharing policy may name.
func (a *App) sharedFields(ctx context.Context, code string) ([]accessweb.Named, error) {
	d, err := a.catalog.Describe(ctx, catalog.Code(code))
	if err != nil || d.Schema == nil {
		return nil, err
	}
	var out []accessweb.Named
	for _, f := range d.Schema.Fields {
		word := a.words.Say(i18n.LangOf(ctx), "connection.class."+string(f.Class))
		out = append(out, accessweb.Named{Code: f.Name, Name: f.Label + " (" + f.Name + ")", Hint: word})
	}
	return out, nil
}

// ownShared are the datasets of an agency that it may share.
func (a *App) ownShared(ctx context.Context, agency string) ([]accessweb.Named, error) {
	all, err := a.catalog.List(ctx, catalog.Filter{Owner: agency})
	var out []accessweb.Named
	for _, d := range all {
		if d.State.Live() && d.Classification.Scope != catalog.Private {
			out = append(out, accessweb.Named{Code: string(d.Code), Name: d.Name})
		}
	}
	return out, err
}
