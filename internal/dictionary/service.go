package dictionary

import (
	"context"
	"fmt"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// Service keeps the dictionary's register.
type Service struct {
	db    *controldb.DB
	log   *audit.Log
	clock clock.Clock
	units *Units
}

// NewService reads the administrative units and ties the register to its store.
func NewService(db *controldb.DB, log *audit.Log, now clock.Clock) (*Service, error) {
	units, err := LoadUnits()
	if err != nil {
		return nil, err
	}
	log.Keep("dictionary.element", keepElement())
	log.Keep("dictionary.code_list", keepCodeList())
	return &Service{db: db, log: log, clock: now, units: units}, nil
}

// Units are the administrative units, which are public reference data.
func (s *Service) Units() *Units { return s.units }

// Filter narrows a list of elements; After is the last code of the page before.
type Filter struct {
	Text  string
	After Code
	Limit int
}

const maxPage = 1000

func (f Filter) limit() int {
	if f.Limit <= 0 || f.Limit > maxPage {
		return maxPage
	}
	return f.Limit
}

func nameKey(s string) string { return vitext.Fold(s) }

func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// CreateElement adds the first version of an element.
func (s *Service) CreateElement(ctx context.Context, e Element) (Element, error) {
	e.Version = 1
	return s.addVersion(ctx, e, "dictionary.create")
}

// ReviseElement adds the next version of an element; e.Version is the version that was changed, so that two people who
// change the same one do not overwrite each other. Invariant 1: the version before stays as it is.
func (s *Service) ReviseElement(ctx context.Context, e Element) (Element, error) {
	latest, err := s.LatestElement(ctx, e.Code)
	if err != nil {
		return Element{}, err
	}
	if latest.Version != e.Version {
		return Element{}, fault.New(fault.Conflict, "dictionary.element_changed", e.Code)
	}
	e.Version++
	return s.addVersion(ctx, e, "dictionary.revise")
}

// RetireElement ends an element with its replacement. There is no deletion: what used it keeps its meaning.
func (s *Service) RetireElement(ctx context.Context, code, replacement Code) (Element, error) {
	e, err := s.LatestElement(ctx, code)
	if err != nil {
		return Element{}, err
	}
	if _, err := s.LatestElement(ctx, replacement); err != nil {
		return Element{}, err
	}
	e.Version++
	e.ReplacedBy = replacement
	e.Rule.ValidTo = DayOf(s.clock.Now())
	return s.addVersion(ctx, e, "dictionary.retire")
}

func (s *Service) addVersion(ctx context.Context, e Element, event string) (Element, error) {
	who, err := access.Require(ctx, access.DictionaryChange)
	if err != nil {
		return Element{}, err
	}
	e.CreatedAt, e.CreatedBy = s.clock.Now(), who.ID
	if e.Rule.ValidFrom == NoDay {
		e.Rule.ValidFrom = DayOf(e.CreatedAt)
	}
	e.Name, e.Meaning = vitext.NFC(strings.TrimSpace(e.Name)), vitext.NFC(strings.TrimSpace(e.Meaning))
	if err := e.check(); err != nil {
		return Element{}, err
	}
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		if e.Definition.CodeList != "" {
			if _, err := latestCodeList(ctx, q, e.Definition.CodeList); err != nil {
				return err
			}
		}
		if err := insertElement(ctx, q, e); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: event, Subject: "dictionary.element/" + string(e.Code), Agency: e.Rule.Owner,
			Detail: map[string]string{"version": fmt.Sprint(e.Version)},
		})
	})
	return e, err
}

// LatestElement finds the newest version of an element.
func (s *Service) LatestElement(ctx context.Context, code Code) (Element, error) {
	return latestElement(ctx, s.db, code)
}

// FindElement finds one version of an element.
func (s *Service) FindElement(ctx context.Context, ref Ref) (Element, error) {
	return findElement(ctx, s.db, ref)
}

// FindElements finds the versions that a schema names. One that does not exist is absent from the answer.
func (s *Service) FindElements(ctx context.Context, refs []Ref) (map[Ref]Element, error) {
	found := make(map[Ref]Element, len(refs))
	for _, ref := range refs {
		if _, twice := found[ref]; twice || ref.Code == "" {
			continue
		}
		e, err := findElement(ctx, s.db, ref)
		if fault.Is(err, "dictionary.element_not_found") {
			continue
		}
		if err != nil {
			return nil, err
		}
		found[ref] = e
	}
	return found, nil
}

// ElementHistory lists all versions of an element, the newest first.
func (s *Service) ElementHistory(ctx context.Context, code Code) ([]Element, error) {
	return elementHistory(ctx, s.db, code)
}

// ListElements lists the newest versions, by code.
func (s *Service) ListElements(ctx context.Context, f Filter) ([]Element, error) {
	return latestElements(ctx, s.db, f)
}

// SaveCodeList adds a code list or its next version. A code may end but not vanish, or older records lose their meaning.
func (s *Service) SaveCodeList(ctx context.Context, l CodeList) (*CodeList, error) {
	who, err := access.Require(ctx, access.DictionaryChange)
	if err != nil {
		return nil, err
	}
	var saved *CodeList
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		l.Version = 1
		before, err := latestCodeList(ctx, q, l.Name)
		if err == nil {
			l.Version = before.Version + 1
		} else if !fault.Is(err, "dictionary.code_list_not_found") {
			return err
		}
		if saved, err = NewCodeList(l); err != nil {
			return err
		}
		if before != nil {
			for _, item := range before.Items {
				if len(saved.index[item.Code]) == 0 {
					return fault.New(fault.Conflict, "dictionary.code_removed", item.Code).At("items")
				}
			}
		}
		if err := insertCodeList(ctx, q, saved, s.clock.Now(), who.ID); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "dictionary.code_list", Subject: "dictionary.code_list/" + saved.Name,
			Detail: map[string]string{"version": fmt.Sprint(saved.Version)},
		})
	})
	return saved, err
}

// FindCodeList finds the newest version of a list.
func (s *Service) FindCodeList(ctx context.Context, name string) (*CodeList, error) {
	return latestCodeList(ctx, s.db, name)
}

// ListCodeLists lists the newest versions, by name.
func (s *Service) ListCodeLists(ctx context.Context) ([]*CodeList, error) {
	return latestCodeLists(ctx, s.db)
}

// Reference is what the elements of a delivery may point to, as it stands now.
func (s *Service) Reference(ctx context.Context) (Reference, error) {
	lists, err := latestCodeLists(ctx, s.db)
	if err != nil {
		return Reference{}, err
	}
	ref := Reference{Units: s.units, Lists: make(map[string]*CodeList, len(lists))}
	for _, l := range lists {
		ref.Lists[l.Name] = l
	}
	return ref, nil
}
