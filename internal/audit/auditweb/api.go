package auditweb

import (
	"context"
	"encoding/json"
	"path/filepath"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
)

// record is a record as the API gives it: the leaf as it is in the log, with its place and hash.
type record struct {
	Seq     int64           `json:"seq"`
	Hash    string          `json:"hash"`
	Record  json.RawMessage `json:"record"`
	Outcome json.RawMessage `json:"outcome,omitempty"`
}

type recordsBody struct {
	Body struct {
		Records []record `json:"records"`
		Next    string   `json:"next,omitempty"`
		// Archives may hold more of what was asked for.
		Archives []archive `json:"archives,omitempty"`
	}
}

// archive is where records of a time have gone.
type archive struct {
	First  int64     `json:"first"`
	Last   int64     `json:"last"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Place  string    `json:"place" doc:"Folder of the archive below the log"`
	Here   bool      `json:"here"`
	Purged bool      `json:"purged"`
}

func asRecords(items []audit.Item, next string) *recordsBody {
	out := &recordsBody{}
	out.Body.Next, out.Body.Records = next, make([]record, 0, len(items))
	for _, item := range items {
		r := record{Seq: item.Seq, Hash: item.Hash.String(), Record: audit.Encode(item.Record)}
		if item.Outcome != nil {
			r.Outcome = audit.Encode(item.Outcome)
		}
		out.Body.Records = append(out.Body.Records, r)
	}
	return out
}

func (p *Pages) opSearch(ctx context.Context, in *struct{ Body searchForm }) (*recordsBody, error) {
	found, err := p.search(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	out := asRecords(found.Items, found.Next)
	for _, a := range found.Archives {
		out.Body.Archives = append(out.Body.Archives, archive{a.First, a.End - 1, a.From, a.To, filepath.Base(a.Dir), a.Here, !a.PurgedAt.IsZero()})
	}
	return out, nil
}

func (p *Pages) opTrace(ctx context.Context, in *struct {
	Body struct {
		Request string `json:"request"`
		Reason  string `json:"reason"`
	}
}) (*recordsBody, error) {
	items, err := p.follow(ctx, in.Body.Reason, in.Body.Request)
	if err != nil {
		return nil, err
	}
	return asRecords(items, ""), nil
}

type verdict struct {
	Body struct {
		Whole    bool   `json:"whole"`
		Records  int64  `json:"records"`
		Signed   int64  `json:"signed"`
		Unsigned int64  `json:"unsigned"`
		FirstBad string `json:"first_bad,omitempty"`
	}
}

func (p *Pages) opVerify(ctx context.Context, _ *struct{}) (*verdict, error) {
	report, err := p.verify(ctx)
	if err != nil {
		return nil, err
	}
	out := &verdict{}
	out.Body.Whole, out.Body.Records, out.Body.Signed, out.Body.Unsigned = report.OK(), report.Records, report.Signed, report.Unsigned
	if first, bad := report.First(); bad {
		out.Body.FirstBad = first.String()
	}
	return out, nil
}

type checkpointBody struct {
	Body struct {
		Checkpoint  string `json:"checkpoint" doc:"Signed note (C2SP checkpoint)"`
		VerifierKey string `json:"verifier_key"`
	}
}

func (p *Pages) opCheckpoint(context.Context, *struct{}) (*checkpointBody, error) {
	note, err := p.checkpoint()
	if err != nil {
		return nil, err
	}
	out := &checkpointBody{}
	out.Body.Checkpoint, out.Body.VerifierKey = note, p.log.Journal().VerifierKey()
	return out, nil
}

type evidenceBody struct{ Body audit.Evidence }

func (p *Pages) opProve(ctx context.Context, in *struct {
	Seq int64 `path:"seq" minimum:"0"`
}) (*evidenceBody, error) {
	if _, err := access.Require(ctx, access.AuditVerify); err != nil {
		return nil, err
	}
	e, err := p.log.Prove(ctx, in.Seq)
	return &evidenceBody{e}, err
}

// opReadRecord gives the record as well, which is a reading of the log like a search.
func (p *Pages) opReadRecord(ctx context.Context, in *struct {
	Seq  int64 `path:"seq" minimum:"0"`
	Body struct {
		Reason string `json:"reason" doc:"Why the record is read; it is recorded"`
	}
}) (*evidenceBody, error) {
	who, err := access.Require(ctx, access.AuditRead)
	if err != nil {
		return nil, err
	}
	e, err := p.log.ReadEvidence(ctx, who.ForAudit(), in.Body.Reason, in.Seq)
	return &evidenceBody{e}, err
}
