package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// event opens the review that a record of the log calls for (Điều 21.5c): a person left or moved, an agency ends, a field
// became better protected, a dataset or a system belongs to somebody else. Whose record it is, is told by its subject, so
// that every way to change a thing is seen, whatever page or command it came from.
func (s *Service) event(ctx context.Context, r *audit.Record) error {
	if r.Kind != audit.KindChange {
		return nil
	}
	kind, id, _ := strings.Cut(r.Subject, "/")
	switch kind {
	case "account":
		return s.personChanged(ctx, r, id)
	case "catalog.dataset":
		return s.datasetChanged(ctx, r, id)
	case "system":
		return s.systemChanged(ctx, r, id)
	case "agency":
		return s.agencyChanged(ctx, r, id)
	case "access.grant":
		if r.Event == "grant.create" { // from now on a change of its dataset concerns somebody
			return s.learn(ctx, r)
		}
	}
	return nil
}

// personChanged: who left or lost a role, with what only that person could use.
func (s *Service) personChanged(ctx context.Context, r *audit.Record, username string) error {
	if r.Event != "account.disable" && r.Event != "account.roles" {
		return nil
	}
	p, found, err := s.World.Person(ctx, username)
	if err != nil || !found {
		return err
	}
	cause, lost := CauseLeft, p.Roles
	if r.Event == "account.roles" {
		cause, lost = CauseMoved, rolesLost(r.Detail["before"], r.Detail["after"])
	} else if p.Active { // enabled again before this was read
		return nil
	}
	subjects := []access.Subject{{Type: access.SubjectAccount, ID: p.ID}}
	for _, role := range lost {
		n, err := s.World.Holders(ctx, p.Agency, role)
		if err != nil {
			return fmt.Errorf("count who is %s of %s: %w", role, p.Agency, err)
		}
		if n == 0 {
			subjects = append(subjects, access.Subject{Type: access.SubjectAgencyRole, ID: p.Agency + "/" + string(role)})
		}
	}
	var grants []string
	for _, subject := range subjects {
		some, err := s.Access.LiveGrants(ctx, s.DB, access.LiveFilter{Subject: subject})
		if err != nil {
			return err
		}
		for _, g := range some {
			grants = append(grants, g.ID)
		}
	}
	return s.open(ctx, r, cause, "account/"+username, Scope{Agency: p.Agency, Grants: grants}, len(grants) > 0)
}

func rolesLost(before, after string) []access.Role {
	var lost []access.Role
	for role := range strings.SplitSeq(before, ",") {
		if role != "" && !slices.Contains(strings.Split(after, ","), role) {
			lost = append(lost, access.Role(role))
		}
	}
	return lost
}

// knownDataset is what was known of a dataset with grants.
type knownDataset struct {
	Owner  string                  `json:"owner"`
	Fields map[string]access.Class `json:"fields"`
}

// learn keeps what is known of a new grant's dataset and system.
func (s *Service) learn(ctx context.Context, r *audit.Record) error {
	d, err := s.World.Dataset(ctx, r.Target.Dataset)
	if err != nil || d == nil {
		return err
	}
	var old knownDataset
	if had, err := s.recall(ctx, "dataset/"+r.Target.Dataset, &old); err != nil {
		return err
	} else if !had {
		if err := s.remember(ctx, "dataset/"+r.Target.Dataset, knownDataset{d.Owner, d.Fields}); err != nil {
			return err
		}
	}
	id, isSystem := strings.CutPrefix(r.Detail["subject"], "system/")
	if !isSystem {
		return nil
	}
	var was string
	if had, err := s.recall(ctx, "system/"+id, &was); err != nil || had {
		return err
	}
	owner, err := s.World.SystemOwner(ctx, id)
	if err != nil || owner == "" {
		return err
	}
	return s.remember(ctx, "system/"+id, owner)
}

// datasetChanged compares owner and classes with what was known.
func (s *Service) datasetChanged(ctx context.Context, r *audit.Record, code string) error {
	var old knownDataset
	had, err := s.recall(ctx, "dataset/"+code, &old)
	if err != nil || !had { // no grant was ever given on it
		return err
	}
	d, err := s.World.Dataset(ctx, code)
	if err != nil || d == nil {
		return err
	}
	raised := raisedFields(old.Fields, d.Fields)
	if len(raised) > 0 {
		if err := s.open(ctx, r, CauseClass, "dataset/"+code, Scope{Dataset: code, Fields: raised}, true); err != nil {
			return err
		}
	}
	if d.Owner != old.Owner {
		if err := s.open(ctx, r, CauseOwner, "dataset/"+code, Scope{Dataset: code}, true); err != nil {
			return err
		}
	}
	return s.remember(ctx, "dataset/"+code, knownDataset{d.Owner, d.Fields})
}

// raisedFields are those that are better protected than before, in order.
func raisedFields(before, after map[string]access.Class) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if old, had := before[name]; had && rank(after[name]) > rank(old) {
			out = append(out, name)
		}
	}
	return out
}

func rank(c access.Class) int {
	order := []access.Class{access.ClassNormal, access.ClassInternal, access.ClassBasic, access.ClassSensitive, access.ClassImportant, access.ClassCore}
	if i := slices.Index(order, c); i >= 0 {
		return i
	}
	return len(order)
}

func (s *Service) systemChanged(ctx context.Context, r *audit.Record, id string) error {
	var was string
	had, err := s.recall(ctx, "system/"+id, &was)
	if err != nil || !had {
		return err
	}
	owner, err := s.World.SystemOwner(ctx, id)
	if err != nil || owner == "" || owner == was {
		return err
	}
	if err := s.open(ctx, r, CauseSystem, "system/"+id, Scope{Subject: access.Subject{Type: access.SubjectSystem, ID: id}}, true); err != nil {
		return err
	}
	return s.remember(ctx, "system/"+id, owner)
}

// agencyChanged: an end was decided, by a merger or otherwise. Its grants end with it by themselves (package connection);
// what it owns is reviewed, and what it holds as long as it holds it.
func (s *Service) agencyChanged(ctx context.Context, r *audit.Record, code string) error {
	a, err := s.World.Agency(ctx, code)
	if err != nil {
		return err
	}
	ends, was := "", ""
	if !a.EndsAt.IsZero() {
		ends = a.EndsAt.UTC().Format("2006-01-02T15:04:05Z")
	}
	if _, err := s.recall(ctx, "agency/"+code, &was); err != nil || ends == was {
		return err
	}
	if ends != "" {
		held := s.open(ctx, r, CauseAgency, "agency/"+code, Scope{Agency: code}, true)
		owned := s.openSecond(ctx, r, CauseAgency, "agency/"+code, Scope{Owner: code})
		if err := errors.Join(held, owned); err != nil {
			return err
		}
	}
	return s.remember(ctx, "agency/"+code, ends)
}

// open begins the review of a record; reading the record again finds it (invariant 4). Without a grant there is none.
func (s *Service) open(ctx context.Context, r *audit.Record, cause Cause, of string, scope Scope, any bool) error {
	if !any {
		return nil
	}
	return s.openAs(ctx, r.ID+"/"+string(cause), cause, of, scope)
}

func (s *Service) openSecond(ctx context.Context, r *audit.Record, cause Cause, of string, scope Scope) error {
	return s.openAs(ctx, r.ID+"/"+string(cause)+"/owned", cause, of, scope)
}

func (s *Service) openAs(ctx context.Context, record string, cause Cause, of string, scope Scope) error {
	first, err := s.touches(ctx, scope)
	if err != nil || !first {
		return err
	}
	c := Campaign{Cause: cause, Of: of, Scope: scope, record: record}
	if err := s.begin(ctx, jobActor(), &c, 0); err != nil {
		return err
	}
	_, err = s.collect(ctx, c)
	return err
}

// touches reports that the scope holds a live grant, so that no empty review is opened.
func (s *Service) touches(ctx context.Context, scope Scope) (bool, error) {
	for c := (Campaign{Scope: scope}); ; {
		facts, page, err := s.page(ctx, c)
		if err != nil {
			return false, err
		}
		for _, g := range page {
			c.after = g.Number
			if scope.takes(g, facts[g.Dataset]) && g.ValidTo.After(s.Clock.Now()) {
				return true, nil
			}
		}
		if len(page) < collectBatch {
			return false, nil
		}
	}
}

func (s *Service) remember(ctx context.Context, thing string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode what is known of %s: %w", thing, err)
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error { return saveKnown(ctx, q, thing, string(body)) })
}

func (s *Service) recall(ctx context.Context, thing string, into any) (bool, error) {
	body, found, err := findKnown(ctx, s.DB, thing)
	if err != nil || !found {
		return false, err
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		return false, fmt.Errorf("decode what is known of %s: %w", thing, err)
	}
	return true, nil
}
