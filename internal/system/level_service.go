package system

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Papers keeps the files that people attach; kit/blob's sealed store is one.
type Papers interface {
	Put(name string, data []byte) error
	Remove(name string) error
	Open(name string) (io.ReadCloser, error)
}

// MaxPaper is the largest attached file in bytes.
const MaxPaper = 20 << 20

// OnLevel is called inside the transaction that moves a dossier, for the inbox of those whose move it is.
func (s *Service) OnLevel(f func(ctx context.Context, q controldb.Querier, sys *System, d *Dossier) error) {
	s.onLevel = f
}

// UsePapers says where attached files lie.
func (s *Service) UsePapers(p Papers) { s.papers = p }

// ProposeLevel opens a dossier for a security level or an exception: its owner's people propose, or the operator's in
// their name (Điều 26.2a). One of each system is open at most.
func (s *Service) ProposeLevel(ctx context.Context, system string, in Dossier, file *Attached) (*Dossier, error) {
	who, sys, err := s.mayWrite(ctx, system)
	if err != nil {
		return nil, err
	}
	d := &Dossier{
		ID: ids.New(), System: sys.ID, Kind: in.Kind, State: Proposed, Level: in.Level, Number: in.Number, Justification: in.Justification, Measures: in.Measures,
		ProposedBy: who.ID, ProposedName: who.Name, ProposedAt: s.clock.Now(),
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	if d.File, err = s.attach(sys.ID, file); err != nil {
		return nil, err
	}
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		if _, open, err := openDossier(ctx, q, sys.ID); err != nil {
			return err
		} else if open {
			return fault.New(fault.Conflict, "system.level_open", sys.ID)
		}
		return s.moved(ctx, q, who, sys, d, "system.level_propose", d.Justification)
	})
	return d, s.kept(d.File, err)
}

// mayWrite finds a system whose register entry the actor may write: its owner's people, or the operator's.
func (s *Service) mayWrite(ctx context.Context, id string) (access.Actor, *System, error) {
	who, err := access.Require(ctx, access.SystemRegister)
	if err != nil {
		return who, nil, err
	}
	sys, err := s.Find(ctx, id)
	if err != nil {
		return who, nil, err
	}
	_, err = access.RequireFor(ctx, access.SystemRegister, sys.Owner)
	return who, sys, err
}

// moved saves a dossier with its record, in the caller's transaction.
func (s *Service) moved(ctx context.Context, q controldb.Querier, who access.Actor, sys *System, d *Dossier, event, reason string) error {
	if err := saveDossier(ctx, q, d); err != nil {
		if controldb.IsUnique(err) {
			return fault.New(fault.Conflict, "system.level_open", sys.ID)
		}
		return err
	}
	if s.onLevel != nil {
		if err := s.onLevel(ctx, q, sys, d); err != nil {
			return err
		}
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "system/" + sys.ID, Agency: sys.Owner, Reason: reason,
		Detail: map[string]string{"dossier": d.ID, "kind": string(d.Kind), "level": fmt.Sprint(d.Level), "state": string(d.State)},
	})
}

// ReturnLevel gives a dossier back with what is missing.
func (s *Service) ReturnLevel(ctx context.Context, system, dossier, note string) (*Dossier, error) {
	who, err := access.Require(ctx, access.SystemLevel)
	if err != nil {
		return nil, err
	}
	if note = strings.TrimSpace(note); len([]rune(note)) < minReason {
		return nil, fault.New(fault.Invalid, "system.reason_missing").At("reason")
	}
	return s.end(ctx, who, system, dossier, "system.level_return", note, func(_ controldb.Querier, _ *System, d *Dossier) error {
		d.State, d.Note = Returned, note
		return notProposer(who, d)
	})
}

// WithdrawLevel takes a dossier back; its owner's people do.
func (s *Service) WithdrawLevel(ctx context.Context, system, dossier string) (*Dossier, error) {
	who, _, err := s.mayWrite(ctx, system)
	if err != nil {
		return nil, err
	}
	return s.end(ctx, who, system, dossier, "system.level_withdraw", "", func(_ controldb.Querier, _ *System, d *Dossier) error {
		d.State = Withdrawn
		return nil
	})
}

// notProposer upholds invariant 8.
func notProposer(who access.Actor, d *Dossier) error {
	if who.ID == d.ProposedBy {
		return fault.New(fault.Denied, "system.level_own")
	}
	return nil
}

// RecordLevel records what the competent authority decided on a dossier, with the decision's file. Whoever proposed it
// does not record it. From then on the level counts, until it ends.
func (s *Service) RecordLevel(ctx context.Context, system, dossier string, in LevelDecision, file *Attached) (*Dossier, error) {
	who, err := access.Require(ctx, access.SystemLevel)
	if err != nil {
		return nil, err
	}
	d, err := findDossier(ctx, s.db, system, dossier)
	if err != nil {
		return nil, err
	}
	if err := notProposer(who, d); err != nil {
		return nil, err
	}
	if in.Level == 0 {
		in.Level = d.Level
	}
	in.File = nil
	if file != nil {
		in.File = &Paper{Name: file.Name}
	}
	since, err := s.exceptionSince(ctx, system)
	if err != nil {
		return nil, err
	}
	if err := in.check(d.Kind, since, s.clock.Now()); err != nil {
		return nil, err
	}
	if in.File, err = s.attach(system, file); err != nil {
		return nil, err
	}
	d, err = s.end(ctx, who, system, dossier, "system.level", "", func(q controldb.Querier, sys *System, d *Dossier) error {
		if err := notProposer(who, d); err != nil {
			return err
		}
		d.State, d.Decided = Recorded, &in
		return s.putInForce(ctx, q, sys, d)
	})
	return d, s.kept(in.File, err)
}

func (s *Service) exceptionSince(ctx context.Context, system string) (time.Time, error) {
	sys, err := findSystem(ctx, s.db, system)
	if err != nil || sys.Exception == nil {
		return time.Time{}, err
	}
	return sys.Exception.Since, nil
}

// putInForce writes a decided level to its system. An approval ends the exceptions before it.
func (s *Service) putInForce(ctx context.Context, q controldb.Querier, sys *System, d *Dossier) error {
	got := d.Decided
	if !got.CheckedAt.IsZero() {
		sys.CheckedAt = got.CheckedAt
	}
	switch d.Kind {
	case ForApproval:
		sys.Level, sys.LevelAuthority, sys.LevelDecision, sys.LevelDecidedAt = got.Level, got.Authority, got.Number, got.DecidedAt
		sys.LevelValidTo, sys.LevelReviewAt, sys.Exception = got.ValidTo, got.ReviewAt, nil
	case ForException:
		since := got.DecidedAt
		if sys.Exception != nil {
			since = sys.Exception.Since
		}
		if got.ValidTo.After(exceptionEnd(since, got.DecidedAt)) { // another was recorded meanwhile
			return fault.New(fault.Conflict, "system.changed_meanwhile", sys.ID)
		}
		sys.Exception = &Exception{Level: got.Level, Decision: got.Number, Measures: d.Measures, Since: since, To: got.ValidTo}
	}
	sys.ChangedAt, sys.Revision = s.clock.Now(), sys.Revision+1
	return saveSystem(ctx, q, sys)
}

// end closes an open dossier by a rule.
func (s *Service) end(ctx context.Context, who access.Actor, system, dossier, event, reason string, rule func(controldb.Querier, *System, *Dossier) error) (*Dossier, error) {
	var out *Dossier
	err := s.db.InTx(ctx, func(q controldb.Querier) error {
		sys, err := findSystem(ctx, q, system)
		if err != nil {
			return err
		}
		d, err := findDossier(ctx, q, system, dossier)
		if err != nil {
			return err
		}
		if d.State != Proposed {
			return fault.New(fault.Conflict, "system.level_ended", d.Number)
		}
		if err := rule(q, sys, d); err != nil {
			return err
		}
		d.EndedBy, d.EndedName, d.EndedAt = who.ID, who.Name, s.clock.Now()
		out = d
		return s.moved(ctx, q, who, sys, d, event, reason)
	})
	return out, err
}

// Dossiers of a system, the newest first: to its owner's people, the operator and the auditor.
func (s *Service) Dossiers(ctx context.Context, system string) ([]*Dossier, error) {
	sys, err := s.Find(ctx, system)
	if err != nil {
		return nil, err
	}
	if _, err := access.RequireFor(ctx, access.SystemRead, sys.Owner); err != nil {
		return nil, err
	}
	return listDossiers(ctx, s.db, system)
}

// FindDossier is one of Dossiers.
func (s *Service) FindDossier(ctx context.Context, system, id string) (*Dossier, error) {
	sys, err := s.Find(ctx, system)
	if err != nil {
		return nil, err
	}
	if _, err := access.RequireFor(ctx, access.SystemRead, sys.Owner); err != nil {
		return nil, err
	}
	return findDossier(ctx, s.db, system, id)
}
