package backupweb

import (
	"context"
	"path/filepath"
	"time"

	"lienthong/internal/backup"
)

type runJSON struct {
	ID        string       `json:"id"`
	Kind      backup.Kind  `json:"kind" enum:"backup,restore"`
	State     backup.State `json:"state" enum:"running,done,failed,expired"`
	File      string       `json:"file" doc:"Name in the folder of backups"`
	Key       string       `json:"key" doc:"Recovery key that opens it"`
	StartedAt time.Time    `json:"started_at"`
	EndedAt   time.Time    `json:"ended_at,omitzero"`
	Bytes     int64        `json:"bytes"`
	LogSize   int64        `json:"log_size" doc:"Records of the access log in it"`
	Note      string       `json:"note,omitempty" doc:"Code of why it failed; of a restore, how many records are known to be lost"`
}

func shown(r backup.Run) runJSON {
	return runJSON{r.ID, r.Kind, r.State, filepath.Base(r.File), r.Key, r.StartedAt, r.EndedAt, r.Bytes, r.LogSize, r.Note}
}

type listIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type listOut struct {
	Body struct {
		Scheduled bool      `json:"scheduled"`
		Key       string    `json:"key,omitempty" doc:"Recovery key that backups are made for; absent before one was made"`
		LastAt    time.Time `json:"last_at,omitzero"`
		Late      bool      `json:"late" doc:"The last one is older than configured"`
		Runs      []runJSON `json:"runs"`
	}
}

func (p *Pages) opList(ctx context.Context, in *listIn) (*listOut, error) {
	h, err := p.backup.Look(ctx)
	if err != nil {
		return nil, err
	}
	list, err := p.backup.List(ctx, in.Limit)
	if err != nil {
		return nil, err
	}
	var out listOut
	out.Body.Scheduled, out.Body.Key, out.Body.Late, out.Body.Runs = h.On, h.Key, h.Late, make([]runJSON, 0, len(list))
	if h.Last != nil {
		out.Body.LastAt = h.Last.StartedAt
	}
	for _, r := range list {
		out.Body.Runs = append(out.Body.Runs, shown(r))
	}
	return &out, nil
}

type createOut struct{ Body runJSON }

func (p *Pages) opCreate(ctx context.Context, _ *struct{}) (*createOut, error) {
	r, err := p.backup.CreateNow(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	return &createOut{shown(r)}, nil
}
