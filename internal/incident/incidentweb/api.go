package incidentweb

import (
	"context"
	"time"

	"lienthong/internal/incident"
)

// incidentJSON is an incident with its deadlines and what can follow.
type incidentJSON struct {
	incident.Incident
	NoticeBy time.Time        `json:"notice_by,omitzero" doc:"End of the 72 hours of a personal data breach"`
	Next     []incident.State `json:"next" doc:"States that can follow"`
}

func asJSON(i *incident.Incident) incidentJSON {
	next := i.State.Next()
	if next == nil {
		next = []incident.State{}
	}
	return incidentJSON{*i, i.NoticeBy(), next}
}

type listIn struct {
	Kind  string `query:"kind" enum:"availability,quality,security,personal_data,state_secret,misuse"`
	State string `query:"state" enum:"detected,triaged,containing,contained,recovering,review,closed,false_alarm"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type listOut struct {
	Body struct {
		Incidents []incidentJSON `json:"incidents"`
	}
}

func (p *Pages) opList(ctx context.Context, in *listIn) (*listOut, error) {
	list, err := p.incident.List(ctx, incident.Filter{Kind: incident.Kind(in.Kind), State: incident.State(in.State), Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var out listOut
	out.Body.Incidents = make([]incidentJSON, 0, len(list))
	for _, i := range list {
		out.Body.Incidents = append(out.Body.Incidents, asJSON(i))
	}
	return &out, nil
}

type findIn struct {
	ID string `path:"id"`
}

type findOut struct{ Body incidentJSON }

func (p *Pages) opFind(ctx context.Context, in *findIn) (*findOut, error) {
	i, err := p.incident.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &findOut{asJSON(i)}, nil
}

type stepIn struct {
	ID   string `path:"id"`
	Body struct {
		To      string `json:"to" enum:"triaged,containing,contained,recovering,review,closed,false_alarm"`
		Comment string `json:"comment" maxLength:"4000" doc:"What was done, at least 10 characters, without personal data"`
	}
}

func (p *Pages) opStep(ctx context.Context, in *stepIn) (*struct{}, error) {
	return nil, p.incident.Step(ctx, in.ID, incident.State(in.Body.To), in.Body.Comment)
}
