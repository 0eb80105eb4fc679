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

	sources Sources
}

// NewService reads the administrative units and ties the register to its store.
func NewService(db *controldb.DB, log *audit.Log, now clock.Clock) (*Service, error) {
	units, err := LoadUnits()
	if err != nil {
		return nil, err
	}
	s := &Service{db: db, log: log, clock: now, units: units}
	log.Keep("dictionary.element", keepElement(s.today))
	log.Keep("dictionary.code_list", keepCodeList(s.today))
	log.Keep("dictionary.identifier", keepIdentifier(s.today))
	log.Keep("dictionary.proposal", keepProposal())
	return s, nil
}

func (s *Service) today() Day { return DayOf(s.clock.Now()) }

// Units are the administrative units, which are public reference data.
func (s *Service) Units() *Units { return s.units }

// Filter narrows a list of elements; After is the Cursor of the last of the page before.
type Filter struct {
	Text  string
	After string
	Limit int
}

// Cursor is where the list that the filter makes continues behind an element.
func (f Filter) Cursor(e Element) string { return fmt.Sprintf("%d/%s", nearness(e, f.Text), e.Code) }

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

// CreateElement adds the first version of an element without the process. Only the platform's own jobs may: people propose.
func (s *Service) CreateElement(ctx context.Context, e Element) (Element, error) {
	who, err := access.Require(ctx, access.DictionaryChange)
	if err != nil {
		return Element{}, err
	}
	e.Version, e.Label, e.CreatedAt, e.CreatedBy = 1, Raise("", Minor), s.clock.Now(), who.ID
	if e.Rule.ValidFrom == NoDay {
		e.Rule.ValidFrom = DayOf(e.CreatedAt)
	}
	e.Name, e.Meaning = vitext.NFC(strings.TrimSpace(e.Name)), vitext.NFC(strings.TrimSpace(e.Meaning))
	if err := e.check(); err != nil {
		return Element{}, err
	}
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		if e.Definition.CodeList != "" {
			if _, err := findShelved(ctx, q, listShelf, e.Definition.CodeList, s.today()); err != nil {
				return err
			}
		}
		if err := insertElement(ctx, q, e); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "dictionary.create", Subject: "dictionary.element/" + string(e.Code), Agency: e.Rule.Owner,
			Detail: map[string]string{"version": fmt.Sprint(e.Version)},
		})
	})
	return e, err
}

// LatestElement finds the version of an element that holds today.
func (s *Service) LatestElement(ctx context.Context, code Code) (Element, error) {
	return latestElement(ctx, s.db, code, s.today())
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

// ListElements lists the versions that hold today. With a text the exact spelling comes first.
func (s *Service) ListElements(ctx context.Context, f Filter) ([]Element, error) {
	return latestElements(ctx, s.db, f, s.today())
}

// CreateCodeList adds a code list without the process, as CreateElement does.
func (s *Service) CreateCodeList(ctx context.Context, l CodeList) (*CodeList, error) {
	who, err := access.Require(ctx, access.DictionaryChange)
	if err != nil {
		return nil, err
	}
	l.Version, l.Label = 1, Raise("", Minor)
	saved, err := NewCodeList(l)
	if err != nil {
		return nil, err
	}
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		if err := insertShelved(ctx, q, listShelf, shelved{Name: l.Name, Version: 1, Label: l.Label, At: s.clock.Now(), By: who.ID}, saved); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "dictionary.code_list", Subject: "dictionary.code_list/" + saved.Name, Detail: map[string]string{"version": "1"},
		})
	})
	return saved, err
}

// FindCodeList finds the version of a list that holds today.
func (s *Service) FindCodeList(ctx context.Context, name string) (*CodeList, error) {
	v, err := findShelved(ctx, s.db, listShelf, name, s.today())
	if err != nil {
		return nil, err
	}
	return readCodeList(v)
}

// CodeListHistory lists all versions of a list, the newest first.
func (s *Service) CodeListHistory(ctx context.Context, name string) ([]*CodeList, error) {
	all, err := shelvedHistory(ctx, s.db, listShelf, name)
	if err != nil {
		return nil, err
	}
	return readCodeLists(all)
}

// ListCodeLists lists the versions that hold today, by name.
func (s *Service) ListCodeLists(ctx context.Context) ([]*CodeList, error) {
	all, err := listShelved(ctx, s.db, listShelf, s.today())
	if err != nil {
		return nil, err
	}
	return readCodeLists(all)
}

func readCodeLists(all []shelved) ([]*CodeList, error) {
	lists := make([]*CodeList, 0, len(all))
	for _, v := range all {
		l, err := readCodeList(v)
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	return lists, nil
}

// Reference is what the elements of a delivery may point to, as it stands now.
func (s *Service) Reference(ctx context.Context) (Reference, error) {
	lists, err := s.ListCodeLists(ctx)
	if err != nil {
		return Reference{}, err
	}
	ref := Reference{Units: s.units, Lists: make(map[string]*CodeList, len(lists))}
	for _, l := range lists {
		ref.Lists[l.Name] = l
	}
	return ref, nil
}
