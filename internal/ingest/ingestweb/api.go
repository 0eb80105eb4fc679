package ingestweb

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
)

// deliveryJSON is a delivery with its state, the sentence of its refusal and how far its check has come.
type deliveryJSON struct {
	ingest.Delivery
	State    ingest.State  `json:"state" enum:"received,checking,published,held,rejected,failed,purged"`
	Detail   string        `json:"refusal_detail,omitempty" doc:"Why the delivery as a whole did not pass"`
	Progress *progressJSON `json:"progress,omitempty" doc:"While it is received or checked on the node that answers"`
}

type progressJSON struct {
	Bytes int64 `json:"bytes"`
	Of    int64 `json:"of"`
	Rows  int64 `json:"rows"`
}

func (p *Pages) asJSON(ctx context.Context, d *ingest.Delivery) deliveryJSON {
	out := deliveryJSON{Delivery: *d, State: d.State}
	if d.Refusal != nil {
		out.Detail = p.shell.T((&http.Request{}).WithContext(ctx))(d.Refusal.Code, d.Refusal.Args...)
	}
	if now, runs := p.ingest.Progress(d.ID); runs {
		out.Progress = &progressJSON{now.Bytes, max(now.Of, d.Size), now.Rows}
	}
	return out
}

// declared is what a caller writes to declare that a file is no state secret.
const declared = "not-secret"

// mediaTypes are those that a file may be sent as. What it is, is told by its content.
var mediaTypes = []string{
	"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/json", "application/x-ndjson", "application/octet-stream",
}

// streamDelivery takes a file as the body of the request, from the connection to the disk.
func (p *Pages) streamDelivery(w http.ResponseWriter, r *http.Request) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || !slices.Contains(mediaTypes, kind) {
		return fault.New(fault.Malformed, "ingest.media_type")
	}
	q := r.URL.Query()
	at, err := readTime(q.Get("data_time"))
	if err != nil {
		return err
	}
	in := ingest.DeliveryInput{
		Dataset: catalog.Code(q.Get("dataset")), System: q.Get("system"), NotSecret: q.Get("declaration") == declared, FileName: q.Get("file_name"),
		DataTime: at, IdempotencyKey: r.Header.Get("Idempotency-Key"), SHA256: q.Get("sha256"), Size: max(r.ContentLength, 0),
		Encoding: q.Get("encoding"),
	}
	if who := access.ActorOf(r.Context()); in.System == "" && who.Type == access.System {
		in.System = who.ID
	}
	start := p.ingest.Clock.Now()
	d, err := p.ingest.Deliver(r.Context(), in, r.Body)
	if err != nil {
		return asDeclared(err)
	}
	status := answered(d, start)
	w.Header().Set("Location", deliveriesPath+"/"+string(d.ID))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(p.asJSON(r.Context(), d))
}

// answered is 202 while a delivery is checked, 201 when it ended at once, 200 when it repeats an earlier one.
func answered(d *ingest.Delivery, start time.Time) int {
	switch {
	case d.ReceivedAt.Before(start):
		return http.StatusOK
	case d.State.Final():
		return http.StatusCreated
	}
	return http.StatusAccepted
}

type listIn struct {
	Dataset string `query:"dataset" example:"H38.05/ho-ngheo"`
	State   string `query:"state" enum:"received,checking,published,held,rejected,failed,purged"`
	Before  string `query:"before" doc:"Id of the last delivery of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type listOut struct {
	Body struct {
		Deliveries []deliveryJSON `json:"deliveries"`
		Next       string         `json:"next,omitempty" doc:"Absent on the last page"`
	}
}

func (p *Pages) opList(ctx context.Context, in *listIn) (*listOut, error) {
	list, err := p.ingest.List(ctx, ingest.Filter{Dataset: catalog.Code(in.Dataset), State: ingest.State(in.State), Before: ingest.ID(in.Before), Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var out listOut
	out.Body.Deliveries = make([]deliveryJSON, 0, len(list))
	for _, d := range list {
		out.Body.Deliveries = append(out.Body.Deliveries, p.asJSON(ctx, d))
	}
	if len(list) == in.Limit {
		out.Body.Next = string(list[len(list)-1].ID)
	}
	return &out, nil
}

type findIn struct {
	ID string `path:"id"`
}

type findOut struct {
	Body struct {
		Delivery deliveryJSON     `json:"delivery"`
		Verdicts []ingest.Verdict `json:"verdicts" doc:"The newest first"`
	}
}

func (p *Pages) opFind(ctx context.Context, in *findIn) (*findOut, error) {
	d, err := p.ingest.Find(ctx, ingest.ID(in.ID))
	if err != nil {
		return nil, err
	}
	verdicts, err := p.ingest.Verdicts(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	var out findOut
	out.Body.Delivery, out.Body.Verdicts = p.asJSON(ctx, d), append([]ingest.Verdict{}, verdicts...)
	return &out, nil
}

type errorsIn struct {
	ID    string `path:"id"`
	Skip  int64  `query:"skip" minimum:"0"`
	Limit int    `query:"limit" minimum:"1" maximum:"999" default:"100"`
}

type errorJSON struct {
	Line   int64  `json:"line"`
	Field  string `json:"field,omitempty" doc:"Absent when the row as a whole is wrong"`
	Label  string `json:"label,omitempty"`
	Value  string `json:"value,omitempty" doc:"Hidden without the permission ingest.rows in the owner agency"`
	Rule   string `json:"rule"`
	Detail string `json:"detail"`
}

type errorsOut struct {
	Body struct {
		Errors []errorJSON `json:"errors"`
		Next   int64       `json:"next,omitempty" doc:"skip of the next page; absent on the last"`
	}
}

func (p *Pages) opErrors(ctx context.Context, in *errorsIn) (*errorsOut, error) {
	entries, err := p.ingest.Quarantine(ctx, ingest.ID(in.ID), in.Skip, in.Limit+1)
	if err != nil {
		return nil, err
	}
	var out errorsOut
	if len(entries) > in.Limit {
		entries = entries[:in.Limit]
		out.Body.Next = in.Skip + int64(in.Limit)
	}
	t := p.shell.T((&http.Request{}).WithContext(ctx))
	out.Body.Errors = make([]errorJSON, 0, len(entries))
	for _, e := range entries {
		out.Body.Errors = append(out.Body.Errors, errorJSON{e.Line, e.Field, e.Label, e.Value, e.Rule, t(e.Rule, e.Args...)})
	}
	return &out, nil
}

type decideIn struct {
	ID   string `path:"id"`
	Body struct {
		Reason string `json:"reason" maxLength:"2000" doc:"At least 10 characters"`
	}
}

type decideOut struct{ Body deliveryJSON }

func (p *Pages) decide(ctx context.Context, in *decideIn, take func(context.Context, ingest.ID, string) (*ingest.Delivery, error)) (*decideOut, error) {
	d, err := take(ctx, ingest.ID(in.ID), in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &decideOut{p.asJSON(ctx, d)}, nil
}

func (p *Pages) opRelease(ctx context.Context, in *decideIn) (*decideOut, error) {
	return p.decide(ctx, in, p.ingest.Release)
}

func (p *Pages) opWithdraw(ctx context.Context, in *decideIn) (*decideOut, error) {
	return p.decide(ctx, in, p.ingest.Withdraw)
}

func (p *Pages) opPurge(ctx context.Context, in *decideIn) (*decideOut, error) {
	return p.decide(ctx, in, p.ingest.Purge)
}
