package system

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Agencies tells whether an agency may own a system now; agency implements it.
type Agencies interface {
	Active(ctx context.Context, code string) (bool, error)
}

// Service keeps systems and their credentials.
type Service struct {
	db       *controldb.DB
	clock    clock.Clock
	log      *audit.Log
	agencies Agencies
	onRevoke func(ctx context.Context, q controldb.Querier, system, credential string) error

	onKeyDue      func(ctx context.Context, q controldb.Querier, sys *System, k *ClientKey) error
	onRevokeProof func(ctx context.Context, q controldb.Querier, system, proof string) error
	onCredential  func(ctx context.Context, q controldb.Querier, sys *System, c *Credential) error

	papers     Papers
	traffic    func(ctx context.Context) (map[string]Traffic, error)
	onLevel    func(ctx context.Context, q controldb.Querier, sys *System, d *Dossier) error
	onLevelDue func(ctx context.Context, q controldb.Querier, sys *System, due LevelDue) error
	onNeed     func(ctx context.Context, q controldb.Querier, sys *System, need Need, p *Plan) error

	refreshing sync.Mutex // one computation of statuses at a time
	refreshed  time.Time
	counted    string // day of which the statuses were counted last

	systems     *controldb.Fresh[*System]
	clients     *controldb.Fresh[*Credential]
	credentials *controldb.Fresh[*Credential]
	keys        *controldb.Fresh[[]OfficerKey]
	clientKeys  *controldb.Fresh[[]*ClientKey]
}

// NewService builds the service.
func NewService(db *controldb.DB, c clock.Clock, log *audit.Log, agencies Agencies) *Service {
	s := &Service{db: db, clock: c, log: log, agencies: agencies}
	log.Keep("system", keeper())
	s.systems = controldb.NewFresh(db, 10_000, func(ctx context.Context, id string) (*System, error) { return findSystem(ctx, db, id) })
	s.keys = controldb.NewFresh(db, 10_000, func(ctx context.Context, id string) ([]OfficerKey, error) { return listKeys(ctx, db, id) })
	s.clientKeys = controldb.NewFresh(db, 10_000, func(ctx context.Context, id string) ([]*ClientKey, error) { return listClientKeys(ctx, db, id) })
	byID := func(column string) func(ctx context.Context, value string) (*Credential, error) {
		return func(ctx context.Context, value string) (*Credential, error) {
			c, ok, err := findCredential(ctx, db, column, value)
			if err != nil || !ok {
				return nil, err
			}
			return c, nil
		}
	}
	s.clients = controldb.NewFresh(db, 10_000, byID("client_id"))
	s.credentials = controldb.NewFresh(db, 10_000, byID("id"))
	return s
}

// OnRevoke is called inside the transaction that revokes a credential, or all of a system (credential empty): the
// exchange ends the tokens there.
func (s *Service) OnRevoke(f func(ctx context.Context, q controldb.Querier, system, credential string) error) {
	s.onRevoke = f
}

// OnRevokeProof is called inside the transaction that revokes a key: the exchange ends there what was given for it.
func (s *Service) OnRevokeProof(f func(ctx context.Context, q controldb.Querier, system, proof string) error) {
	s.onRevokeProof = f
}

// Register adds a system. The owner's steward registers its own; the operator any.
func (s *Service) Register(ctx context.Context, in System) (*System, error) {
	if in.Owner == "" && !access.ActorOf(ctx).Operates() {
		in.Owner = access.ActorOf(ctx).Agency
	}
	who, err := access.RequireFor(ctx, access.SystemRegister, in.Owner)
	if err != nil {
		return nil, err
	}
	in = s.fresher(who, in)
	if err := s.checked(ctx, &in); err != nil {
		return nil, err
	}
	err = s.db.InTx(ctx, func(q controldb.Querier) error { return s.insert(ctx, q, who, &in, "system.register") })
	return &in, err
}

// fresher is a system as it begins: nothing is approved, suspended or bound yet, and networks are the operator's to set.
func (s *Service) fresher(who access.Actor, in System) System {
	now := s.clock.Now()
	begun := System{
		ID: in.ID, Name: in.Name, Owner: in.Owner, Operator: in.Operator, Vendor: in.Vendor, Category: in.Category, Layer: in.Layer, Address: in.Address,
		Technology: in.Technology, API: in.API, APINote: in.APINote, Contact: in.Contact, Security: in.Security, CreatedAt: now, ChangedAt: now, Revision: 1,
	}
	if who.Can(access.SystemChange) {
		begun.Sources = in.Sources
	}
	return begun
}

func (s *Service) insert(ctx context.Context, q controldb.Querier, who access.Actor, in *System, event string) error {
	if _, err := findSystem(ctx, q, in.ID); err == nil {
		return fault.New(fault.Conflict, "system.id_taken", in.ID).At("id")
	} else if !fault.Is(err, "system.not_found") {
		return err
	}
	return s.save(ctx, q, who, in, event, "")
}

// Change replaces what may change of a system; its id, level and suspension have calls of their own. Its owner and the
// networks that it may call from are the operator's to change. A revision that is not the newest is refused.
func (s *Service) Change(ctx context.Context, in System) (*System, error) {
	who, err := access.Require(ctx, access.SystemRegister)
	if err != nil {
		return nil, err
	}
	old, err := s.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := access.RequireFor(ctx, access.SystemRegister, old.Owner); err != nil {
		return nil, err
	}
	if !who.Can(access.SystemChange) {
		in.Owner = old.Owner
	}
	if err := s.checked(ctx, &in); err != nil {
		return nil, err
	}
	return s.changed(ctx, who, in.ID, "system.change", "", func(old *System) error {
		if in.Revision != 0 && in.Revision != old.Revision {
			return fault.New(fault.Conflict, "system.changed_meanwhile", old.Name)
		}
		replace(old, in, who.Can(access.SystemChange))
		return nil
	})
}

// replace writes over what may change of a system.
func replace(old *System, in System, operator bool) {
	old.Name, old.Operator, old.Vendor, old.Category, old.Layer, old.Address = in.Name, in.Operator, in.Vendor, in.Category, in.Layer, in.Address
	old.Technology, old.API, old.APINote, old.Contact, old.Security = in.Technology, in.API, in.APINote, in.Contact, in.Security
	if operator {
		old.Owner, old.Sources = in.Owner, in.Sources
	}
}

func (s *Service) checked(ctx context.Context, in *System) error {
	if err := in.check(); err != nil {
		return err
	}
	active, err := s.agencies.Active(ctx, in.Owner)
	if err != nil {
		return err
	}
	if !active {
		return fault.New(fault.Invalid, "system.owner_inactive", in.Owner).At("owner")
	}
	return nil
}

func (s *Service) save(ctx context.Context, q controldb.Querier, who access.Actor, in *System, event, reason string) error {
	if taken, err := nameTaken(ctx, q, in); err != nil {
		return err
	} else if taken {
		return fault.New(fault.Conflict, "system.name_taken").At("name")
	}
	if err := saveSystem(ctx, q, in); err != nil {
		if controldb.IsUnique(err) {
			return fault.New(fault.Conflict, "system.name_taken").At("name")
		}
		return err
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "system/" + in.ID, Agency: in.Owner, Reason: reason,
		Detail: map[string]string{
			"name": in.Name, "category": string(in.Category), "layer": string(in.Layer), "sources": prefixes(in.Sources),
			"level": fmt.Sprint(in.Level), "level_decision": in.LevelDecision, "suspended": fmt.Sprint(in.Suspended), "certificate_bound": fmt.Sprint(in.CertificateBound),
		},
	})
}

func prefixes(list []netip.Prefix) string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.String()
	}
	return strings.Join(out, ",")
}

func (s *Service) changed(ctx context.Context, who access.Actor, id, event, reason string, change func(*System) error) (*System, error) {
	var out *System
	err := s.db.InTx(ctx, func(q controldb.Querier) error {
		old, err := findSystem(ctx, q, id)
		if err != nil {
			return err
		}
		if err := change(old); err != nil {
			return err
		}
		old.ChangedAt, old.Revision = s.clock.Now(), old.Revision+1
		out = old
		return s.save(ctx, q, who, old, event, reason)
	})
	return out, err
}

// Suspend stops every call of the system at once; Resume lets it call again.
func (s *Service) Suspend(ctx context.Context, id, reason string) (*System, error) {
	who, err := access.Require(ctx, access.AccessSuspend)
	if err != nil {
		return nil, err
	}
	if len([]rune(strings.TrimSpace(reason))) < 10 {
		return nil, fault.New(fault.Invalid, "system.reason_missing").At("reason")
	}
	return s.changed(ctx, who, id, "system.suspend", reason, func(old *System) error {
		old.Suspended, old.SuspendedReason = true, reason
		return nil
	})
}

// Resume ends a suspension.
func (s *Service) Resume(ctx context.Context, id, reason string) (*System, error) {
	who, err := access.Require(ctx, access.AccessSuspend)
	if err != nil {
		return nil, err
	}
	if len([]rune(strings.TrimSpace(reason))) < 10 {
		return nil, fault.New(fault.Invalid, "system.reason_missing").At("reason")
	}
	return s.changed(ctx, who, id, "system.resume", reason, func(old *System) error {
		old.Suspended, old.SuspendedReason = false, ""
		return nil
	})
}

// onlyVendor reports somebody who is nothing but a vendor's person: such see their own agency's systems only (Điều 2.3).
func onlyVendor(who access.Actor) bool {
	return len(who.Roles) > 0 && !slices.ContainsFunc(who.Roles, func(r access.Role) bool { return r != access.Vendor })
}

// Find shows one system.
func (s *Service) Find(ctx context.Context, id string) (*System, error) {
	who, err := access.Require(ctx, access.SystemRead)
	if err != nil {
		return nil, err
	}
	sys, err := findSystem(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	if onlyVendor(who) && who.Agency != sys.Owner && who.Agency != sys.Vendor {
		return nil, fault.New(fault.NotFound, "system.not_found", id)
	}
	return sys, nil
}

// List shows systems in Vietnamese order of their names.
func (s *Service) List(ctx context.Context, f Filter) ([]*System, error) {
	who, err := access.Require(ctx, access.SystemRead)
	if err != nil {
		return nil, err
	}
	if onlyVendor(who) {
		f.mine = who.Agency
	}
	return listSystems(ctx, s.db, f)
}

// Known gives a system to other slices' rules, from memory; the caller has decided who may ask.
func (s *Service) Known(ctx context.Context, id string) (*System, error) {
	return s.systems.Find(ctx, id)
}

// Facts are what the decision rests on: nil when the system does not exist.
func (s *Service) Facts(ctx context.Context, id string) (*access.SystemFacts, error) {
	sys, err := s.systems.Find(ctx, id)
	if fault.Is(err, "system.not_found") {
		return nil, nil //nolint:nilnil // Facts says by nil that the thing does not exist
	}
	if err != nil {
		return nil, err
	}
	active, err := s.agencies.Active(ctx, sys.Owner)
	if err != nil {
		return nil, err
	}
	return &access.SystemFacts{Agency: sys.Owner, AgencyActive: active, Suspended: sys.Suspended, SecurityLevel: sys.LevelAt(s.clock.Now())}, nil
}

// AccountFacts of the system as a caller: nil when it does not exist.
func (s *Service) AccountFacts(ctx context.Context, id string) (*access.AccountFacts, error) {
	sys, err := s.systems.Find(ctx, id)
	if fault.Is(err, "system.not_found") {
		return nil, nil //nolint:nilnil // as in Facts
	}
	if err != nil {
		return nil, err
	}
	return &access.AccountFacts{Active: true, Suspended: sys.Suspended, Addresses: sys.Sources}, nil
}
