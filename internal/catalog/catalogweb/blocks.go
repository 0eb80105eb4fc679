package catalogweb

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/warehouse"
)

// block is what another slice knows of a dataset, or the permission that the reader lacks to be told.
type block struct {
	ChangedAt time.Time `json:"changed_at,omitzero" doc:"Last change of this block; absent while there was none"`
	Lines     []Line    `json:"lines"`
	Forbidden string    `json:"forbidden,omitempty" doc:"Permission that is missing to see this block"`
}

func ask(ctx context.Context, src Source, code catalog.Code) (block, error) {
	b := block{Lines: []Line{}}
	lines, err := src(ctx, code)
	if permission, denied := missing(err); denied {
		b.Forbidden = permission
		return b, nil
	}
	if err != nil {
		return b, err
	}
	for _, l := range lines {
		b.Lines = append(b.Lines, l)
		b.ChangedAt = later(b.ChangedAt, l.At)
	}
	return b, nil
}

// missing names the permission for lack of which something was refused.
func missing(err error) (string, bool) {
	if err == nil {
		return "", false
	}
	f := fault.Of(err)
	if f.Kind != fault.Denied {
		return "", false
	}
	if f.Code == "access.permission_missing" && len(f.Args) > 0 {
		return fmt.Sprint(f.Args[0]), true
	}
	return f.Code, true
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// quality is what came in and what was published of it.
type quality struct {
	ChangedAt  time.Time          `json:"changed_at,omitzero"`
	Deliveries ingest.Tally       `json:"deliveries" doc:"Deliveries by state"`
	Current    *warehouse.Version `json:"current,omitempty" doc:"Version in force, with provenance, statistics and sums"`
	Versions   []versionLine      `json:"versions" doc:"Newest versions, the newest first"`
	Last       []deliveryLine     `json:"last_deliveries,omitempty" doc:"Newest deliveries with their counts, for the owner agency and the operator"`
	Rejected   int64              `json:"quarantined_rows" doc:"Rows in quarantine of the deliveries shown"`
	Forbidden  string             `json:"forbidden,omitempty" doc:"Permission that is missing to see single deliveries"`
}

type deliveryLine struct {
	ID         ingest.ID     `json:"id"`
	State      ingest.State  `json:"state" enum:"received,checking,published,held,rejected,failed"`
	FileName   string        `json:"file_name"`
	ReceivedAt time.Time     `json:"received_at"`
	CheckedAt  time.Time     `json:"checked_at,omitzero"`
	Counts     ingest.Counts `json:"counts"`
	Version    int           `json:"version,omitempty" doc:"Number of the version that it became"`
}

type versionLine struct {
	Number      int       `json:"number"`
	Rows        int64     `json:"rows"`
	SourceTime  time.Time `json:"source_time"`
	LoadedAt    time.Time `json:"load_time"`
	PublishedAt time.Time `json:"published_at"`
}

const newest = 10

func (p *Pages) quality(ctx context.Context, d catalog.Dataset) (quality, error) {
	q := quality{Versions: []versionLine{}}
	versions, err := p.Warehouse.Versions(ctx, string(d.Code), 0, newest)
	if err != nil {
		return q, err
	}
	for i, v := range versions {
		if i == 0 {
			q.Current = &versions[0]
			if !access.ActorOf(ctx).ActsFor(d.Owner) { // the smallest and largest value of a column are data
				for j := range v.Stats {
					v.Stats[j].Min, v.Stats[j].Max = "", ""
				}
			}
		}
		q.Versions = append(q.Versions, versionLine{v.Number, v.Rows, v.Provenance.SourceTime, v.Provenance.LoadedAt, v.PublishedAt})
		q.ChangedAt = later(q.ChangedAt, v.PublishedAt)
	}
	if q.Deliveries, err = p.Ingest.Tally(ctx, d.Code); err != nil {
		return q, err
	}
	if _, err := access.RequireFor(ctx, access.IngestRead, d.Owner); err != nil {
		q.Forbidden, _ = missing(err)
		return q, nil
	}
	last, err := p.Ingest.List(ctx, ingest.Filter{Dataset: d.Code, Limit: newest})
	if err != nil {
		return q, err
	}
	for _, x := range last {
		q.Last = append(q.Last, deliveryLine{x.ID, x.State, x.FileName, x.ReceivedAt, x.CheckedAt, x.Counts, x.Version})
		q.Rejected += x.Counts.Rejected
		q.ChangedAt = later(later(q.ChangedAt, x.ReceivedAt), x.CheckedAt)
	}
	return q, nil
}
