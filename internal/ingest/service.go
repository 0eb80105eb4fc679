package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/warehouse"
)

// Incidents takes what must be looked into at once.
type Incidents interface {
	Open(ctx context.Context, kind, severity, summary string, refs map[string]string) error
}

// Parts are what ingest stands on.
type Parts struct {
	DB         *controldb.DB
	Files      *blob.Store // raw files and quarantine, with nothing else in it
	Log        *audit.Log
	Clock      clock.Clock
	Catalog    *catalog.Service
	Dictionary *dictionary.Service
	Warehouse  *warehouse.Service
	Incidents  Incidents
	Node       string // name of this process among those of one control store; "1" when empty
	MaxBytes   int64  // of one file; 2 GiB when 0
	Logger     *slog.Logger
}

// Service takes and checks deliveries.
type Service struct {
	Parts
	wake    chan struct{}
	readers chan struct{} // places for children that look through a file on its way in

	beginning sync.Mutex // of uploads
	mu        sync.Mutex
	running   map[ID]*progress
	uploading map[string]bool // uploads that a request is changing
}

// NewService ties ingest to its parts. Run must work somewhere for deliveries to be checked.
func NewService(p Parts) *Service {
	if p.Node == "" {
		p.Node = "1"
	}
	if p.MaxBytes == 0 {
		p.MaxBytes = 2 << 30
	}
	if p.Logger == nil {
		p.Logger = slog.Default()
	}
	return &Service{Parts: p, wake: make(chan struct{}, 1), readers: make(chan struct{}, maxReaders), running: map[ID]*progress{}, uploading: map[string]bool{}}
}

const (
	leaseTime   = 30 * time.Second
	maxAttempts = 3
	idleTime    = time.Second
	maxReaders  = 2
)

// Run checks deliveries one after the other until the context ends.
func (s *Service) Run(ctx context.Context) error {
	for {
		worked, err := s.checkNext(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			s.Logger.Error("a delivery could not be checked", "slice", "ingest", "cause", err)
		}
		if worked && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-time.After(idleTime):
		}
	}
}

// wakeUp tells Run that there is work.
func (s *Service) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Service) checkNext(ctx context.Context) (bool, error) {
	if s.Log.Serves() != nil { // nothing could be published, and a load would take the room that is left
		return false, nil
	}
	id, found, err := nextWaiting(ctx, s.DB, s.Clock.Now())
	if err != nil || !found {
		return false, err
	}
	_, err = s.Check(ctx, id)
	return true, err
}

// Check checks one waiting delivery now and answers what became of it. Deliveries that are done are answered as they are.
func (s *Service) Check(ctx context.Context, id ID) (*Delivery, error) {
	by := lease(s.Node + "/" + ids.New())
	var mine bool
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		now := s.Clock.Now()
		var err error
		mine, err = claim(ctx, q, id, by, now, now.Add(leaseTime))
		return err
	})
	if err != nil {
		return nil, err
	}
	d, err := findDelivery(ctx, s.DB, id)
	if err != nil || !mine {
		return d, err
	}
	ctx = access.WithActor(ctx, access.JobActor("ingest"))
	if d.Attempts > maxAttempts {
		return d, s.fail(ctx, d, by)
	}
	err = s.examine(ctx, d, by)
	if err == nil {
		return d, nil
	}
	if ctx.Err() == nil && !errors.Is(err, errLeaseLost) {
		back := s.DB.InTx(ctx, func(q controldb.Querier) error { return giveBack(ctx, q, id, by) })
		err = errors.Join(err, back)
	}
	return d, fmt.Errorf("check delivery %s: %w", id, err)
}

// fail ends a delivery that could not be checked several times, which is our fault and not the sender's.
func (s *Service) fail(ctx context.Context, d *Delivery, by lease) error {
	d.State, d.CheckedAt = Failed, s.Clock.Now()
	d.Refusal = &Refusal{Code: "ingest.failed", Args: []any{string(d.ID)}}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := saveChecked(ctx, q, d, by); err != nil {
			return err
		}
		return s.note(ctx, q, d, "ingest.failed", "")
	})
}

func (s *Service) note(ctx context.Context, q controldb.Querier, d *Delivery, event, reason string) error {
	detail := map[string]string{
		"state": string(d.State), "sha256": d.SHA256, "read": fmt.Sprint(d.Counts.Read), "accepted": fmt.Sprint(d.Counts.Accepted),
		"rejected": fmt.Sprint(d.Counts.Rejected), "duplicates": fmt.Sprint(d.Counts.Duplicates),
	}
	if d.Refusal != nil {
		detail["refusal"] = d.Refusal.Code
	}
	return s.Log.Change(ctx, q, audit.Entry{
		Actor: access.ActorOf(ctx).ForAudit(), Channel: audit.ChannelFile, Event: event, Subject: "ingest.delivery/" + string(d.ID),
		Agency: d.Owner, Dataset: string(d.Dataset), Reason: reason, Detail: detail,
	})
}

// Filter narrows a list of deliveries; zero values do not. Before is the id of the last of the page before.
type Filter struct {
	Dataset catalog.Code
	Agency  string // owner of the dataset at receipt
	System  string
	State   State
	Before  ID
	Limit   int
}

// List lists deliveries, the newest first. Systems see their own, people those to their agency's datasets, the operator all.
func (s *Service) List(ctx context.Context, f Filter) ([]*Delivery, error) {
	who, err := access.Require(ctx, access.IngestRead)
	if err != nil {
		return nil, err
	}
	switch {
	case who.Type == access.System:
		f.System = who.ID
	case !who.Operates():
		f.Agency = who.Agency
	}
	return listDeliveries(ctx, s.DB, f)
}

// Find finds a delivery for someone of its owner agency or the operator.
func (s *Service) Find(ctx context.Context, id ID) (*Delivery, error) {
	d, _, err := s.find(ctx, id, access.IngestRead)
	return d, err
}

// find checks the permission against the dataset's owner of today.
func (s *Service) find(ctx context.Context, id ID, p access.Permission) (*Delivery, catalog.Described, error) {
	if _, err := access.Require(ctx, p); err != nil {
		return nil, catalog.Described{}, err
	}
	d, err := findDelivery(ctx, s.DB, id)
	if err != nil {
		return nil, catalog.Described{}, err
	}
	about, err := s.Catalog.Describe(ctx, d.Dataset)
	if err != nil {
		return nil, catalog.Described{}, err
	}
	who := access.ActorOf(ctx)
	if !who.CanFor(p, about.Owner) || who.Type == access.System && who.ID != d.System { // what exists is not told
		return nil, catalog.Described{}, fault.New(fault.NotFound, "ingest.not_found", id)
	}
	return d, about, nil
}

// Verdicts lists the verdicts on a delivery, the newest first.
func (s *Service) Verdicts(ctx context.Context, id ID) ([]Verdict, error) {
	if _, err := s.Find(ctx, id); err != nil {
		return nil, err
	}
	return listVerdicts(ctx, s.DB, id)
}

// Tally counts the deliveries of a dataset by state, for its profile.
func (s *Service) Tally(ctx context.Context, dataset catalog.Code) (Tally, error) {
	if _, err := access.Require(ctx, access.CatalogRead); err != nil {
		return nil, err
	}
	return tally(ctx, s.DB, dataset)
}

// Progress tells how far a running check has come; false when none runs here.
func (s *Service) Progress(id ID) (Progress, bool) {
	s.mu.Lock()
	p := s.running[id]
	s.mu.Unlock()
	if p == nil {
		return Progress{}, false
	}
	return p.now(), true
}
