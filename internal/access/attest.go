package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// A grant decides only while it says what its record in the log says. The control store is an ordinary database, in which
// whoever administers the machine can widen a right with one statement; the log is signed and is not.

// GrantAltered is the status of a grant whose row is not what the log says: it was changed past the platform. It stands in
// no row; whoever reads the grant to decide sees it in place of the row's status.
const GrantAltered GrantStatus = "altered"

const (
	detailScope = "scope" // member of a record's detail: digest of what the grant allows
	// EventAttest repeats the digest of a grant that is still what it was, so that it never leaves for an archive.
	EventAttest = "access.attest"

	attestAfter = 6 * 30 * 24 * time.Hour // records stay online for 12 months at least
	recordsMove = time.Second             // how long the record of a commit may take to the journal
)

// digest names all that a grant allows, whom, and how long; its status is not in it. The number before the colon rises
// when the form changes, so that records of earlier builds can still be compared in theirs.
func (g *Grant) digest() (string, error) {
	body, err := json.Marshal(struct {
		ID, Number, Subject, Agency, Level, Dataset string
		Version, SchemaVersion                      int64
		Scope                                       scope
		Request, LegalBasis, ApprovedBy, Policy     string
		From, To                                    int64
	}{
		g.ID, g.Number, string(g.Subject.Type) + "/" + g.Subject.ID, g.Agency, string(g.Level), g.Dataset, g.Version, g.SchemaVersion,
		scope{g.Purposes, g.Columns, g.Rows, g.Operations, g.Recipients, g.Conditions, g.Connection},
		g.RequestID, g.LegalBasis, g.ApprovedBy, g.PolicyVersion, g.ValidFrom.UnixMicro(), g.ValidTo.UnixMicro(),
	})
	if err != nil {
		return "", fmt.Errorf("name the scope of grant %s: %w", g.Number, err)
	}
	sum := sha256.Sum256(body)
	return "1:" + hex.EncodeToString(sum[:]), nil
}

// attested remembers which grants were compared with the log, so that a decision compares a digest and no records.
type attested struct {
	mu   sync.Mutex
	good map[string]string // id to digest and status that the log has confirmed
	bad  map[string]badGrant
}

type badGrant struct {
	seen string
	at   time.Time
}

func newAttested() *attested {
	return &attested{good: map[string]string{}, bad: map[string]badGrant{}}
}

// forget makes the next reading of a grant compare it with the log again.
func (a *attested) forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.good, id)
	delete(a.bad, id)
}

func (a *attested) known(id, seen string, now time.Time) (good, bad bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, found := a.bad[id]
	return a.good[id] == seen, found && b.seen == seen && now.Sub(b.at) < 10*time.Second
}

func (a *attested) keep(id, seen string, good bool, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if good {
		a.good[id] = seen
		delete(a.bad, id)
		return
	}
	a.bad[id] = badGrant{seen, now}
	delete(a.good, id)
}

// confirmed marks the active grants that are not what the log says. Others decide nothing anyway.
func (s *Service) confirmed(ctx context.Context, grants []Grant) ([]Grant, error) {
	for i := range grants {
		g := &grants[i]
		if g.Status != GrantActive {
			continue
		}
		digest, err := g.digest()
		if err != nil {
			return nil, err
		}
		now := s.clock.Now()
		good, bad := s.attested.known(g.ID, digest, now)
		for until := time.Now().Add(recordsMove); !good && !bad; {
			why, err := s.compare(ctx, g, digest)
			if err != nil {
				return nil, err
			}
			// The record of a commit of this moment may still be on its way to the journal.
			if good = why == ""; good || time.Now().After(until) {
				s.attested.keep(g.ID, digest, good, now)
				break
			}
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		if !good {
			g.Status = GrantAltered
		}
	}
	return grants, nil
}

// compare says in a word what of a grant is not as its records say; empty when all is.
func (s *Service) compare(ctx context.Context, g *Grant, digest string) (string, error) {
	status, scope, _, err := s.recorded(ctx, g)
	switch {
	case err != nil:
		return "", err
	case status == "":
		return "no record", nil
	case status != g.Status:
		return "status", nil
	case scope == "": // made by a build before the digest: its record says the scope in words
		return s.compareWords(ctx, g)
	case scope != digest:
		return "scope", nil
	}
	return "", nil
}

// recorded is what the log says of a grant: its status, the digest of its scope, and when that was recorded last.
func (s *Service) recorded(ctx context.Context, g *Grant) (status GrantStatus, scope string, at time.Time, err error) {
	newest := func(event string) (*audit.Record, error) {
		page, err := s.log.List(ctx, audit.Filter{Kind: audit.KindChange, Subject: "access.grant/" + g.Number, Event: event, Limit: 1})
		if err != nil || len(page.Items) == 0 {
			return nil, err
		}
		return page.Items[0].Record, nil
	}
	changed, err := newest("grant.*")
	if err != nil {
		return "", "", at, fmt.Errorf("read the records of grant %s: %w", g.Number, err)
	}
	attest, err := newest(EventAttest)
	if err != nil {
		return "", "", at, fmt.Errorf("read the records of grant %s: %w", g.Number, err)
	}
	if changed != nil {
		switch status = GrantStatus(strings.TrimPrefix(changed.Event, "grant.")); {
		case changed.Event == eventNarrow:
			status = GrantStatus(changed.Detail["status"])
		case status == "create":
			status = GrantActive
		}
	}
	made, err := newest(eventNarrow)
	if err == nil && made == nil && attest == nil {
		made, err = newest("grant.create")
	}
	if err != nil {
		return "", "", at, fmt.Errorf("read the records of grant %s: %w", g.Number, err)
	}
	if attest != nil && (made == nil || attest.Seq > made.Seq) {
		made = attest
	}
	if attest != nil && (changed == nil || attest.Seq > changed.Seq) {
		status = GrantStatus(attest.Detail["status"])
	}
	if made == nil {
		return status, "", at, nil
	}
	if made.Target.Grant != g.ID {
		return "", "", at, nil
	}
	return status, made.Detail[detailScope], made.At, nil
}

// compareWords compares with a record that has no digest.
func (s *Service) compareWords(ctx context.Context, g *Grant) (string, error) {
	page, err := s.log.List(ctx, audit.Filter{Kind: audit.KindChange, Subject: "access.grant/" + g.Number, Event: "grant.create", Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return "no record", err
	}
	for name, want := range described(*g) {
		if page.Items[0].Detail[name] != want {
			return name, nil
		}
	}
	return "", nil
}

// Altered is a grant that is not what its records say.
type Altered struct {
	Number string `json:"number"`
	ID     string `json:"id"`
	Agency string `json:"agency"`
	What   string `json:"what" doc:"What differs: status, scope, or that there is no record"`
}

// VerifyGrants compares every grant that has not ended with its records, past all memory of earlier comparisons. Grants
// whose digest was recorded long ago get a new record, so that it never leaves the log.
func (s *Service) VerifyGrants(ctx context.Context) (checked int, altered []Altered, err error) {
	who, err := Require(ctx, AuditVerify)
	if err != nil {
		return 0, nil, err
	}
	grants, err := listLiveGrants(ctx, s.db)
	if err != nil {
		return 0, nil, err
	}
	for i := range grants {
		g := &grants[i]
		digest, err := g.digest()
		if err != nil {
			return i, altered, err
		}
		what, err := s.compare(ctx, g, digest)
		if err != nil {
			return i, altered, err
		}
		if what != "" {
			s.attested.keep(g.ID, digest, false, s.clock.Now())
			altered = append(altered, Altered{g.Number, g.ID, g.Agency, what})
			continue
		}
		if err := s.attest(ctx, who, g, digest); err != nil {
			return i, altered, err
		}
	}
	return len(grants), altered, nil
}

func (s *Service) attest(ctx context.Context, who Actor, g *Grant, digest string) error {
	_, _, at, err := s.recorded(ctx, g)
	if err != nil || s.clock.Now().Sub(at) < attestAfter {
		return err
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Channel: audit.ChannelJob, Event: EventAttest, Subject: "access.grant/" + g.Number, Agency: g.Agency, Dataset: g.Dataset,
			Connection: g.Connection, Grant: g.ID, Detail: map[string]string{detailScope: digest, "status": string(g.Status)},
		})
	})
}
