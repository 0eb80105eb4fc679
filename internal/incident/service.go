package incident

import (
	"context"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
)

// Service keeps incidents.
type Service struct {
	db       *controldb.DB
	clock    clock.Clock
	calendar *clock.Calendar
	log      *audit.Log
	opened   func(ctx context.Context, q controldb.Querier, i *Incident) error
}

// NewService builds the service.
func NewService(db *controldb.DB, c clock.Clock, cal *clock.Calendar, log *audit.Log) *Service {
	return &Service{db: db, clock: c, calendar: cal, log: log}
}

// OnOpen is called inside the transaction that opens an incident: who must know is told there.
func (s *Service) OnOpen(f func(ctx context.Context, q controldb.Querier, i *Incident) error) {
	s.opened = f
}

// Detection is what a slice says when it finds that something is wrong.
type Detection struct {
	Kind     Kind
	Severity Severity
	Summary  string // Vietnamese, without personal values
	Agency   string
	Source   string            // "ingest", "audit", an account id
	Refs     map[string]string // dataset, delivery, connection, sha256 …
	Same     string            // what makes a second detection the same incident; the summary when empty
}

// Open records an incident, or a further detection of the same one while it is open. The actor of the context is kept
// as who caused or reported it; no permission is needed to report.
func (s *Service) Open(ctx context.Context, d Detection) (*Incident, error) {
	if _, known := Messages["incident.kind."+string(d.Kind)]; !known {
		return nil, fault.New(fault.Invalid, "incident.kind_unknown", d.Kind).At("kind")
	}
	if d.Same == "" {
		d.Same = d.Summary
	}
	who := access.ActorOf(ctx)
	var opened *Incident
	err := s.db.InTx(ctx, func(q controldb.Querier) error {
		now := s.clock.Now()
		again, found, err := findOpen(ctx, q, d.Kind, d.Same)
		if err != nil {
			return err
		}
		step := Step{To: Detected, Who: who.ID, WhoName: who.Name, Agency: who.Agency, At: now, Comment: d.Summary}
		if found {
			opened = again
			step.From, step.To = again.State, again.State
			return insertStep(ctx, q, again.ID, step)
		}
		number, err := nextNumber(ctx, q, now.In(i18n.Zone).Year())
		if err != nil {
			return err
		}
		opened = &Incident{
			ID: ids.New(), Number: number, Kind: d.Kind, Severity: d.Severity, State: Detected, Summary: d.Summary, Source: d.Source,
			Agency: d.Agency, Refs: d.Refs, DetectedAt: now, ChangedAt: now, fingerprint: d.Same,
		}
		if err := insertIncident(ctx, q, opened); err != nil {
			return err
		}
		if err := insertStep(ctx, q, opened.ID, step); err != nil {
			return err
		}
		if s.opened != nil {
			if err := s.opened(ctx, q, opened); err != nil {
				return err
			}
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "incident.open", Subject: "incident/" + number, Agency: d.Agency,
			Detail: map[string]string{"kind": string(d.Kind), "severity": string(d.Severity)},
		})
	})
	return opened, err
}

// Step moves an incident on, with what was done.
func (s *Service) Step(ctx context.Context, id string, to State, comment string) error {
	who, err := access.Require(ctx, access.IncidentHandle)
	if err != nil {
		return err
	}
	comment = strings.TrimSpace(comment)
	if len([]rune(comment)) < 10 {
		return fault.New(fault.Invalid, "incident.comment_missing").At("comment")
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		i, err := findIncident(ctx, q, id)
		if err != nil {
			return err
		}
		if err := i.mayBecome(to); err != nil {
			return err
		}
		now := s.clock.Now()
		if err := setState(ctx, q, id, to, now); err != nil {
			return err
		}
		if err := insertStep(ctx, q, id, Step{From: i.State, To: to, Who: who.ID, WhoName: who.Name, Agency: who.Agency, At: now, Comment: comment}); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "incident.step", Subject: "incident/" + i.Number, Agency: i.Agency,
			Detail: map[string]string{"before": string(i.State), "after": string(to)},
		})
	})
}

// List shows incidents, newest first: all to the operator and the auditor, to others those of their agency.
func (s *Service) List(ctx context.Context, f Filter) ([]*Incident, error) {
	who, err := access.Require(ctx, access.IncidentRead)
	if err != nil {
		return nil, err
	}
	if !who.Operates() {
		f.Agency = who.Agency
	}
	all, err := listIncidents(ctx, s.db, f)
	for _, i := range all {
		s.count(i)
	}
	return all, err
}

// Violations counts the open incidents of misuse of high or critical severity that name the agency, or the system among
// their references. It is asked by the process of connections and needs no permission: only the number leaves.
func (s *Service) Violations(ctx context.Context, agency, system string) (int, error) {
	open, err := listOpenMisuse(ctx, s.db)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, i := range open {
		if agency != "" && i.Agency == agency || system != "" && i.Refs["system"] == system {
			n++
		}
	}
	return n, nil
}

// Find shows one incident with its steps.
func (s *Service) Find(ctx context.Context, id string) (*Incident, error) {
	who, err := access.Require(ctx, access.IncidentRead)
	if err != nil {
		return nil, err
	}
	i, err := findIncident(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	if !who.CanFor(access.IncidentRead, i.Agency) {
		return nil, fault.New(fault.NotFound, "incident.not_found", id) // what exists is not told
	}
	s.count(i)
	i.Steps, err = listSteps(ctx, s.db, id)
	return i, err
}

// count fills in the deadline of the triage. A year without calendar leaves it out rather than guess.
func (s *Service) count(i *Incident) {
	if by, err := i.triageBy(s.calendar); err == nil {
		i.TriageBy = by
	}
}
