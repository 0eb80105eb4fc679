package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/ids"
)

// PolicyVersion names the rules of Decide and of the role matrix; it stands in every decision record.
const PolicyVersion = "2026.11.3"

// Sources tell the facts that other slices own. app wires them; each must answer from memory or one indexed read.
type Sources struct {
	Account    func(ctx context.Context, a Actor) (*AccountFacts, error)
	Dataset    func(ctx context.Context, code string) (*DatasetFacts, error)
	System     func(ctx context.Context, id string) (*SystemFacts, error)
	Connection func(ctx context.Context, id string) (ConnectionFacts, error)
	Owned      func(ctx context.Context, agency string) ([]string, error) // codes of the datasets that an agency owns

	AgencyKind      func(ctx context.Context, code string) (string, error)                              // kind of Điều 2; nil: kinds are not known
	TemplateStepped func(ctx context.Context, q controldb.Querier, t Template, v TemplateVersion) error // hears of each step of a sharing policy, in its transaction; may be nil
	Methods         []string                                                                            // ways of use that a sharing policy may name; nil: any
	AgencyKinds     []string                                                                            // kinds that it may name; nil: any
}

// Service keeps grants and gathers the facts of decisions.
type Service struct {
	db       *controldb.DB
	clock    clock.Clock
	log      *audit.Log
	sources  Sources
	usage    *usage
	attested *attested
	grants   *controldb.Fresh[[]Grant]
	purposes *controldb.Fresh[map[string]PurposeFacts]
}

// NewService builds the service; Use gives it its sources before the first decision.
func NewService(db *controldb.DB, c clock.Clock, log *audit.Log) *Service {
	s := &Service{db: db, clock: c, log: log, usage: newUsage(ids.New()), attested: newAttested()}
	log.Keep("access.grant", keepGrant())
	log.Keep("access.purpose", keepPurpose())
	log.Keep("access.template", keepTemplate())
	s.grants = controldb.NewFresh(db, 100_000, func(ctx context.Context, key string) ([]Grant, error) {
		kind, rest, _ := strings.Cut(key, "\x00")
		subject, dataset, _ := strings.Cut(rest, "\x00")
		found, err := listGrants(ctx, db, GrantFilter{SubjectType: SubjectType(kind), SubjectID: subject, Dataset: dataset})
		if err != nil {
			return nil, err
		}
		return s.confirmed(ctx, found)
	})
	s.purposes = controldb.NewFresh(db, 1, func(ctx context.Context, _ string) (map[string]PurposeFacts, error) {
		all, err := listPurposes(ctx, db)
		facts := make(map[string]PurposeFacts, len(all))
		for _, p := range all {
			facts[p.Code] = PurposeFacts{Active: p.Active, CaseRequired: p.CaseRequired}
		}
		return facts, err
	})
	return s
}

// Use gives the service its sources of facts.
func (s *Service) Use(src Sources) { s.sources = src }

// Facts reads, at one moment, all that Decide needs for the request.
func (s *Service) Facts(ctx context.Context, r Request) (Facts, error) {
	f := Facts{Policy: PolicyVersion}
	var err error
	if r.Actor.Type == Anyone {
		return f, nil
	}
	if f.Account, err = s.sources.Account(ctx, r.Actor); err != nil {
		return f, fmt.Errorf("read account facts: %w", err)
	}
	if f.Dataset, err = s.sources.Dataset(ctx, r.Dataset); err != nil {
		return f, fmt.Errorf("read dataset facts: %w", err)
	}
	if f.Purposes, err = s.purposes.Find(ctx, ""); err != nil {
		return f, fmt.Errorf("read purposes: %w", err)
	}
	if r.Actor.Type == System {
		if f.System, err = s.sources.System(ctx, r.Actor.ID); err != nil {
			return f, fmt.Errorf("read system facts: %w", err)
		}
	}
	if f.Grants, err = s.grantsOf(ctx, r, f.Dataset); err != nil {
		return f, err
	}
	f.Usage = make(map[string]Usage, len(f.Grants))
	f.Connection = make(map[string]ConnectionFacts, len(f.Grants))
	for _, g := range f.Grants {
		f.Usage[g.ID] = s.usage.read(g.ID, r.At)
		if g.Connection == "" {
			continue
		}
		if f.Connection[g.Connection], err = s.sources.Connection(ctx, g.Connection); err != nil {
			return f, fmt.Errorf("read connection facts: %w", err)
		}
	}
	return f, nil
}

// Known tells which of a dataset's and a purpose's code exist; what cannot be read is not known.
func (s *Service) Known(ctx context.Context, dataset, purpose string) (knowsDataset, knowsPurpose bool) {
	if dataset != "" {
		d, err := s.sources.Dataset(ctx, dataset)
		knowsDataset = err == nil && d != nil
	}
	if purpose != "" {
		all, err := s.purposes.Find(ctx, "")
		_, has := all[purpose]
		knowsPurpose = err == nil && has
	}
	return knowsDataset, knowsPurpose
}

func (s *Service) grantsOf(ctx context.Context, r Request, d *DatasetFacts) ([]Grant, error) {
	var keys []string
	switch r.Actor.Type {
	case System:
		keys = append(keys, string(SubjectSystem)+"\x00"+r.Actor.ID)
	case User:
		keys = append(keys, string(SubjectAccount)+"\x00"+r.Actor.ID)
		for _, role := range r.Actor.Roles {
			keys = append(keys, string(SubjectAgencyRole)+"\x00"+r.Actor.Agency+"/"+string(role))
		}
	}
	var all []Grant
	for _, k := range keys {
		got, err := s.grants.Find(ctx, k+"\x00"+r.Dataset)
		if err != nil {
			return nil, fmt.Errorf("read grants: %w", err)
		}
		all = append(all, got...)
	}
	if g, has := implicit(r, d); has {
		all = append(all, g)
	}
	return all, nil
}

// implicit is the right of an owner agency's own people on its own data: VIEW for the purpose of state management,
// personal fields masked, with the bounds of a person's work (section 6.1, check 3).
func implicit(r Request, d *DatasetFacts) (Grant, bool) {
	if d == nil || r.Actor.Type != User || r.Actor.Agency == "" || r.Actor.Agency != d.Owner {
		return Grant{}, false
	}
	if !slices.ContainsFunc(r.Actor.Roles, func(x Role) bool {
		return x == Steward || x == DeputySteward || x == Analyst || x == LookupOfficer || x == CommuneOfficer
	}) {
		return Grant{}, false
	}
	g := Grant{
		ID: "implicit:" + r.Actor.ID + ":" + r.Dataset, Number: "Q-CQ", Subject: Subject{SubjectAccount, r.Actor.ID}, Agency: r.Actor.Agency,
		Level: LevelView, Dataset: r.Dataset, Purposes: []string{"QLNN"}, Status: GrantActive, PolicyVersion: PolicyVersion,
		LegalBasis: "Điều 20", Implicit: true, ValidTo: r.At.Add(time.Minute),
		Conditions: Conditions{CallsPerMinute: 60, CallsPerDay: 1000, RecordsPerCall: 50, RecordsPerDay: 2000, PersonsPerDay: 500},
	}
	names := make([]string, 0, len(d.Fields))
	for name := range d.Fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c := Column{Name: name}
		if d.Fields[name].Personal() || d.Fields[name] == ClassCore {
			c.Mask, c.Reveal = MaskPartial, d.Fields[name].Personal()
		}
		g.Columns = append(g.Columns, c)
	}
	return g, true
}

// Grants lists grants: all for those who may see them, else those of the actor's own agency and those on the datasets that
// it owns.
func (s *Service) Grants(ctx context.Context, f GrantFilter) ([]Grant, error) {
	who, err := Require(ctx, AccessRead)
	if err != nil {
		return nil, err
	}
	if !who.Operates() {
		f.party = who.Agency
		if f.owned, err = s.owned(ctx, who.Agency); err != nil {
			return nil, err
		}
	}
	return listGrants(ctx, s.db, f)
}

func (s *Service) owned(ctx context.Context, agency string) ([]string, error) {
	if s.sources.Owned == nil {
		return nil, nil
	}
	codes, err := s.sources.Owned(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("list datasets of %s: %w", agency, err)
	}
	return codes, nil
}

// concerns reports that the actor acts for all agencies, or for one of the grant's two: who got it and who owns the data.
func (s *Service) concerns(ctx context.Context, who Actor, g Grant) (bool, error) {
	if who.ActsFor(g.Agency) {
		return true, nil
	}
	owned, err := s.owned(ctx, who.Agency)
	return slices.Contains(owned, g.Dataset), err
}

// GrantsOfRequest lists the grants that a connection request created; the caller has checked who asks.
func (s *Service) GrantsOfRequest(ctx context.Context, requestID string) ([]Grant, error) {
	return listGrants(ctx, s.db, GrantFilter{RequestID: requestID})
}
