package catalog

import (
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/vitext"
)

// UnownedState is how far the question of an owner has come.
type UnownedState string

const (
	UnownedOpen     UnownedState = "open"     // somebody has found it
	UnownedProposed UnownedState = "proposed" // an agency is proposed
	UnownedAssigned UnownedState = "assigned" // decided
)

// Unowned is data of which nobody can say whose it is (Điều 20.2): found somewhere without a registration, or of a dataset
// whose owner agency has ended. It is no dataset and cannot become one without an owner.
type Unowned struct {
	ID          string       `json:"id"`
	Dataset     Code         `json:"dataset,omitempty"` // that lost its owner; empty for data that was never registered
	Name        string       `json:"name"`
	Description string       `json:"description"` // what it is, where it is kept now, who uses it
	State       UnownedState `json:"state"`
	FoundBy     string       `json:"found_by"`
	FoundName   string       `json:"found_name"`
	FoundAt     time.Time    `json:"found_at"`
	Agency      string       `json:"agency,omitempty"` // proposed, then assigned
	Why         string       `json:"why,omitempty"`    // of the proposal
	ProposedBy  string       `json:"proposed_by,omitempty"`
	Proposer    string       `json:"proposer,omitempty"`
	ProposedAt  time.Time    `json:"proposed_at,omitzero"`
	Decision    string       `json:"decision,omitempty"` // number and date
	Paper       *Paper       `json:"paper,omitempty"`
	DecidedBy   string       `json:"decided_by,omitempty"`
	Decider     string       `json:"decider,omitempty"`
	DecidedAt   time.Time    `json:"decided_at,omitzero"`
	Became      Code         `json:"became,omitempty"` // the draft or dataset of the owner
	Revision    int64        `json:"revision" history:"quiet"`
}

// Paper is a file of a decision as it was attached. Its bytes never change.
type Paper struct {
	ID     string `json:"id"` // where the bytes are kept
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const maxPaper = 20 << 20

// UsePapers says where attached decisions are kept; the register keeps to the folder "catalog" in it.
func (s *Service) UsePapers(store *blob.Store) { s.papers = store }

// ReportUnowned records data without a clear owner. Stewards and the operator may.
func (s *Service) ReportUnowned(ctx context.Context, name, description string) (Unowned, error) {
	who, err := access.Require(ctx, access.CatalogRead)
	if err != nil {
		return Unowned{}, err
	}
	if !who.Can(access.CatalogRegister) && !who.Can(access.CatalogReview) {
		return Unowned{}, fault.New(fault.Denied, "access.permission_missing", access.CatalogRegister)
	}
	u := Unowned{
		ID: ids.New(), Name: vitext.NFC(strings.TrimSpace(name)), Description: vitext.NFC(strings.TrimSpace(description)), State: UnownedOpen,
		FoundBy: who.ID, FoundName: who.Name, FoundAt: s.Clock.Now(), Revision: 1,
	}
	c := collector{}
	c.when(u.Name == "", "name", "catalog.name_missing")
	c.when(utf8.RuneCountInString(u.Description) < minDescription, "description", "catalog.description_short", minDescription)
	c.stamps(map[string]string{"name": u.Name, "description": u.Description})
	if err := c.err(); err != nil {
		return Unowned{}, s.reportStamp(ctx, "", err)
	}
	return u, s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := insertUnowned(ctx, q, u); err != nil {
			return err
		}
		return s.noteUnowned(ctx, q, who, u, "catalog.unowned_report", "")
	})
}

func (s *Service) noteUnowned(ctx context.Context, q controldb.Querier, who access.Actor, u Unowned, event, reason string) error {
	return s.Log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "catalog.unowned/" + u.ID, Agency: u.Agency, Dataset: string(u.Dataset), Reason: reason,
		Detail: map[string]string{"state": string(u.State)},
	})
}

// ProposeOwner proposes the agency whose the data should be. subject is the id of what was reported, or the code of a
// dataset whose owner has ended.
func (s *Service) ProposeOwner(ctx context.Context, subject, agency, why string) (Unowned, error) {
	who, err := access.Require(ctx, access.CatalogReview)
	if err != nil {
		return Unowned{}, err
	}
	why = strings.TrimSpace(why)
	c := collector{}
	c.when(why == "", "why", "catalog.reason_missing")
	ok, err := s.Agencies.CanOwn(ctx, agency)
	if err != nil {
		return Unowned{}, err
	}
	c.when(!ok, "agency", "catalog.owner_unknown", agency)
	if err := c.err(); err != nil {
		return Unowned{}, err
	}
	var u Unowned
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		known := false
		if u, known, err = s.unownedOf(ctx, q, subject); err != nil {
			return err
		}
		if u.State == UnownedAssigned {
			return fault.New(fault.Conflict, "catalog.unowned_assigned", u.Name)
		}
		u.State, u.Agency, u.Why, u.ProposedBy, u.Proposer, u.ProposedAt = UnownedProposed, agency, why, who.ID, who.Name, s.Clock.Now()
		if !known {
			u.Revision = 1
			err = insertUnowned(ctx, q, u)
		} else {
			err = updateUnowned(ctx, q, &u)
		}
		if err != nil {
			return err
		}
		return s.noteUnowned(ctx, q, who, u, "catalog.unowned_propose", why)
	})
	return u, err
}

// unownedOf finds what was reported, or begins the question for a dataset whose owner has ended; false when it is new.
func (s *Service) unownedOf(ctx context.Context, q controldb.Querier, subject string) (Unowned, bool, error) {
	code := Code(subject)
	if !strings.Contains(subject, "/") {
		u, err := findUnowned(ctx, q, subject)
		return u, true, err
	}
	u, found, err := openUnowned(ctx, q, code)
	if err != nil || found {
		return u, found, err
	}
	d, err := findByCode(ctx, q, code)
	if err != nil {
		return u, false, err
	}
	ended, err := s.Agencies.Ended(ctx, d.Owner)
	if err != nil {
		return u, false, err
	}
	if !ended {
		return u, false, fault.New(fault.Conflict, "catalog.owner_active", d.Code, d.Owner)
	}
	who := access.ActorOf(ctx)
	return Unowned{ID: ids.New(), Dataset: d.Code, Name: d.Name, Description: d.Description, FoundBy: who.ID, FoundName: who.Name, FoundAt: s.Clock.Now()}, false, nil
}

// Assignment is the decision that gives data its owner.
type Assignment struct {
	Agency   string
	Slug     string // of the draft's code, for data that was never registered
	System   string // official source of the new owner, for a dataset
	Decision string // number and date
	From     time.Time
	PaperIs  string    // name of the attached file
	Paper    io.Reader // the decision as a file; nil when none is attached
}

// AssignOwner records the decision by which an agency owns data from a day on. Whoever proposed it may not. What was never
// registered becomes a draft of the owner; a dataset goes to it by a dated transfer.
func (s *Service) AssignOwner(ctx context.Context, id string, revision int64, in Assignment) (Unowned, error) {
	who, err := access.Require(ctx, access.CatalogTransfer)
	if err != nil {
		return Unowned{}, err
	}
	if !who.CanForAll(access.CatalogTransfer) { // heads of agencies transfer what is theirs; this is nobody's
		return Unowned{}, fault.New(fault.Denied, "access.permission_missing", access.CatalogTransfer)
	}
	u, err := findUnowned(ctx, s.DB, id)
	if err != nil {
		return u, err
	}
	if err := s.mayAssign(ctx, who, u, revision, in); err != nil {
		return u, err
	}
	if u.Paper, err = s.keepPaper(u, in); err != nil {
		return u, err
	}
	u.State, u.Agency, u.Decision, u.DecidedBy, u.Decider, u.DecidedAt = UnownedAssigned, in.Agency, strings.TrimSpace(in.Decision), who.ID, who.Name, s.Clock.Now()
	if u.Dataset != "" {
		return s.assignDataset(ctx, who, u, in)
	}
	return s.assignFound(ctx, who, u, in)
}

func (s *Service) mayAssign(ctx context.Context, who access.Actor, u Unowned, revision int64, in Assignment) error {
	switch {
	case u.State == UnownedAssigned:
		return fault.New(fault.Conflict, "catalog.unowned_assigned", u.Name)
	case u.State == UnownedOpen:
		return fault.New(fault.Conflict, "catalog.unowned_not_proposed", u.Name)
	case u.ProposedBy == who.ID:
		return fault.New(fault.Denied, "catalog.own_assignment", u.Name)
	case revision != 0 && revision != u.Revision:
		return fault.New(fault.Conflict, "catalog.changed_meanwhile", u.Name)
	}
	c := collector{}
	ok, err := s.Agencies.CanOwn(ctx, in.Agency)
	if err != nil {
		return err
	}
	c.when(!ok, "agency", "catalog.owner_unknown", in.Agency)
	c.when(strings.TrimSpace(in.Decision) == "", "decision", "catalog.decision_missing")
	c.when(in.From.IsZero() || in.From.After(s.Clock.Now()), "from", "catalog.transfer_day")
	c.when(u.Dataset == "" && !Code(in.Agency+"/"+in.Slug).Valid(), "code", "catalog.bad_code", in.Agency+"/"+in.Slug)
	return c.err()
}

func paperName(u, id string) string { return path.Join("catalog", "unowned", u, id) }

// keepPaper stores the attached decision before anything points to it. Each attempt has a name of its own, so that none
// touches what another one has kept.
func (s *Service) keepPaper(u Unowned, in Assignment) (*Paper, error) {
	if in.Paper == nil || s.papers == nil {
		return nil, nil //nolint:nilnil // none is attached
	}
	id := ids.New()
	w, err := s.papers.Create(paperName(u.ID, id))
	if err != nil {
		return nil, fmt.Errorf("keep the decision about %s: %w", u.ID, err)
	}
	defer w.Abort()
	n, err := io.Copy(w, io.LimitReader(in.Paper, maxPaper+1))
	if err != nil {
		return nil, fmt.Errorf("keep the decision about %s: %w", u.ID, err)
	}
	if n == 0 || n > maxPaper {
		return nil, fault.New(fault.Invalid, "catalog.paper_size", maxPaper>>20).At("paper")
	}
	return &Paper{ID: id, Name: vitext.NFC(in.PaperIs), Size: n, SHA256: w.SHA256()}, w.Commit()
}

// assignFound opens the draft of the owner with the decision in its owner history.
func (s *Service) assignFound(ctx context.Context, who access.Actor, u Unowned, in Assignment) (Unowned, error) {
	d := Dataset{Code: Code(in.Agency + "/" + in.Slug), Name: u.Name, Description: u.Description, Owner: in.Agency}
	s.open(&d)
	if err := s.guard(ctx, &d); err != nil {
		return u, err
	}
	u.Became = d.Code
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := s.insert(ctx, q, who, &d, nil, OwnerPeriod{Agency: in.Agency, From: in.From, Decision: u.Decision, By: who.ID}); err != nil {
			return err
		}
		if err := updateUnowned(ctx, q, &u); err != nil {
			return err
		}
		return s.noteUnowned(ctx, q, who, u, "catalog.unowned_assign", u.Decision)
	})
	return u, err
}

// assignDataset moves a dataset from an agency that has ended to its new owner.
func (s *Service) assignDataset(ctx context.Context, who access.Actor, u Unowned, in Assignment) (Unowned, error) {
	u.Became = u.Dataset
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		d, err := findByCode(ctx, q, u.Dataset)
		if err != nil {
			return err
		}
		err = s.apply(ctx, q, who, &d, "catalog.transfer", u.Decision, func(q controldb.Querier, who access.Actor, d *Dataset) error {
			return s.transfer(ctx, q, who, d, OwnerPeriod{Agency: in.Agency, From: in.From, Decision: u.Decision}, in.System)
		})
		if err != nil {
			return err
		}
		if err := updateUnowned(ctx, q, &u); err != nil {
			return err
		}
		return s.noteUnowned(ctx, q, who, u, "catalog.unowned_assign", u.Decision)
	})
	return u, err
}

// FindUnowned finds one question of an owner.
func (s *Service) FindUnowned(ctx context.Context, id string) (Unowned, error) {
	if _, err := access.Require(ctx, access.CatalogRead); err != nil {
		return Unowned{}, err
	}
	return findUnowned(ctx, s.DB, id)
}

// OpenPaper opens the attached decision of an assignment.
func (s *Service) OpenPaper(ctx context.Context, id string) (Paper, io.ReadCloser, error) {
	u, err := s.FindUnowned(ctx, id)
	if err != nil {
		return Paper{}, nil, err
	}
	if u.Paper == nil || s.papers == nil {
		return Paper{}, nil, fault.New(fault.NotFound, "catalog.no_paper", u.Name)
	}
	in, err := s.papers.OpenFile(paperName(u.ID, u.Paper.ID))
	if err != nil {
		return Paper{}, nil, fmt.Errorf("open the decision about %s: %w", id, err)
	}
	return *u.Paper, in, nil
}

// Orphan is a dataset whose owner agency has ended.
type Orphan struct {
	Dataset  Dataset
	Question *Unowned // the proposal under way; nil while there is none
}

// WithoutOwner lists what has no clear owner now: reported data not yet assigned, and datasets of ended agencies.
func (s *Service) WithoutOwner(ctx context.Context) ([]Unowned, []Orphan, error) {
	if _, err := access.Require(ctx, access.CatalogRead); err != nil {
		return nil, nil, err
	}
	open, err := listUnowned(ctx, s.DB, false)
	if err != nil {
		return nil, nil, err
	}
	all, err := s.index.all(ctx)
	if err != nil {
		return nil, nil, err
	}
	ended := map[string]bool{}
	var lost []ID
	for _, e := range all {
		if e.state == Retired {
			continue
		}
		over, known := ended[e.owner]
		if !known {
			if over, err = s.Agencies.Ended(ctx, e.owner); err != nil {
				return nil, nil, err
			}
			ended[e.owner] = over
		}
		if over && e.shownTo(access.ActorOf(ctx)) {
			lost = append(lost, e.id)
		}
	}
	datasets, err := s.inOrder(ctx, lost)
	if err != nil {
		return nil, nil, err
	}
	var found []Unowned
	questions := map[Code]*Unowned{}
	for i, u := range open {
		if u.Dataset == "" {
			found = append(found, u)
			continue
		}
		questions[u.Dataset] = &open[i]
	}
	var orphans []Orphan
	for _, d := range datasets {
		orphans = append(orphans, Orphan{d, questions[d.Code]})
	}
	return found, orphans, nil
}

// Assigned lists the decisions of assignment, the newest first.
func (s *Service) Assigned(ctx context.Context) ([]Unowned, error) {
	if _, err := access.Require(ctx, access.CatalogRead); err != nil {
		return nil, err
	}
	return listUnowned(ctx, s.DB, true)
}
