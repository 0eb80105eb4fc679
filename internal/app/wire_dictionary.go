package app

import (
	"context"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/task"
)

// dictionarySources tell the dictionary who uses it, and keep inbox and notices.
func (a *App) dictionarySources() dictionary.Sources {
	return dictionary.Sources{
		Calendar:    a.calendar,
		Uses:        a.catalog.Uses,
		Connections: a.liveConnections,
		Versions:    a.warehouse.CountVersions,
		Agencies:    a.agencyCodes,
		Stepped:     a.proposalStepped,
		Tell:        a.tellOfDictionary,
	}
}

// liveConnections are those over the datasets that serve now.
func (a *App) liveConnections(ctx context.Context, datasets []string) ([]dictionary.ConnectionUse, error) {
	all, err := a.connections.LiveOver(ctx, datasets)
	var out []dictionary.ConnectionUse
	for _, o := range all {
		out = append(out, dictionary.ConnectionUse{Number: o.Number, Path: "/connections/" + string(o.ID), Consumer: o.Agency, Dataset: o.Dataset})
	}
	return out, err
}

// agencyCodes are the agencies of the province that can be consulted.
func (a *App) agencyCodes(ctx context.Context) ([]string, error) {
	all, err := a.agency.List(ctx, agency.Filter{At: a.clock.Now()})
	var out []string
	for _, x := range all {
		if x.Kind != agency.External {
			out = append(out, x.Code)
		}
	}
	return out, err
}

// proposalStepped keeps the inbox true: the tasks of the state before end, those of whoever's move it is now begin.
func (a *App) proposalStepped(ctx context.Context, q controldb.Querier, p *dictionary.Proposal) error {
	subject := "dictionary.proposal/" + p.ID
	open := func(kind string, t task.Task) error {
		t.Kind, t.Subject, t.Path, t.TitleKey, t.TitleArgs = "dictionary."+kind, subject, "/dictionary/proposals/"+p.ID, "dictionary.task."+kind, []string{p.Number, p.Title}
		return a.task.Open(ctx, q, t)
	}
	if p.State == dictionary.Consulting && !p.ConsultationOver(a.clock.Now()) {
		return a.consultationTasks(ctx, q, p, open)
	}
	if err := a.task.Cancel(ctx, q, subject); err != nil {
		return err
	}
	for _, code := range p.Consulted {
		if err := a.task.Cancel(ctx, q, subject+"/"+code); err != nil {
			return err
		}
	}
	switch p.State {
	case dictionary.Proposed:
		return open("review", task.Task{Agency: a.conf.Operator, Role: access.OpAppraiser, WorkingDays: 5})
	case dictionary.Returned:
		return open("returned", task.Task{Agency: p.Agency, Account: p.By, WorkingDays: 10})
	case dictionary.Consulting:
		return open("approve", task.Task{Agency: a.conf.Operator, Role: access.OpApprover, WorkingDays: 5})
	}
	return nil
}

// consultationTasks ask each agency for its opinion once, until the deadline; one that has commented is done. The approver's
// task begins with the consultation and is due after it.
func (a *App) consultationTasks(ctx context.Context, q controldb.Querier, p *dictionary.Proposal, open func(string, task.Task) error) error {
	subject := "dictionary.proposal/" + p.ID
	who := access.ActorOf(ctx)
	if err := a.task.Done(ctx, q, "dictionary.review", subject); err != nil {
		return err
	}
	if !p.ConsultAt.Equal(p.ChangedAt) { // not the step that opened it: somebody has commented
		return a.task.Done(ctx, q, "dictionary.comment", subject+"/"+who.Agency)
	}
	for _, code := range p.Consulted {
		err := a.task.Open(ctx, q, task.Task{
			Kind: "dictionary.comment", Agency: code, Role: access.Steward, Subject: subject + "/" + code, Path: "/dictionary/proposals/" + p.ID,
			TitleKey: "dictionary.task.comment", TitleArgs: []string{p.Number, p.Title}, DueAt: p.ConsultTo,
		})
		if err != nil {
			return err
		}
	}
	due, err := a.calendar.AddWorkingDays(p.ConsultTo, 5)
	if err != nil {
		return fmt.Errorf("count the deadline of the decision on %s: %w", p.Number, err)
	}
	return open("approve", task.Task{Agency: a.conf.Operator, Role: access.OpApprover, DueAt: due})
}

func (a *App) tellOfDictionary(ctx context.Context, q controldb.Querier, n dictionary.Notice) error {
	t := task.Telling{Key: n.Key, TitleKey: n.TitleKey, TitleArgs: n.TitleArgs, Path: n.Path, Subject: n.Subject}
	for _, account := range n.Accounts {
		t.To = append(t.To, task.Recipient{Account: account})
	}
	for _, code := range n.Agencies {
		t.To = append(t.To, task.Recipient{Agency: code, Role: access.Steward})
	}
	return a.task.Tell(ctx, q, t)
}
