package dictionary

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

var (
	//go:embed data/elements.json
	seedFile []byte
	//go:embed data/identifiers.json
	identifierFile []byte
)

type seedData struct {
	Lists    []CodeList `json:"code_lists"`
	Elements []Element  `json:"elements"`
}

// Seed adds the standard elements and code lists that are missing, owned by the agency given. It changes none that exists.
func (s *Service) Seed(ctx context.Context, owner string) error {
	var seed seedData
	if err := json.Unmarshal(seedFile, &seed); err != nil {
		return fmt.Errorf("read the standard elements: %w", err)
	}
	for _, l := range seed.Lists {
		_, err := s.FindCodeList(ctx, l.Name)
		if err == nil {
			continue
		}
		if !fault.Is(err, "dictionary.code_list_not_found") {
			return err
		}
		if _, err := s.CreateCodeList(ctx, l); err != nil {
			return fmt.Errorf("add code list %s: %w", l.Name, err)
		}
	}
	for _, e := range seed.Elements {
		e.Rule.Owner = owner
		_, err := s.CreateElement(ctx, e)
		if err != nil && !fault.Is(err, "dictionary.code_taken") {
			return fmt.Errorf("add element %s: %w", e.Code, err)
		}
	}
	return nil
}

// Prepare brings a register that an older version of the platform left to the form of this one, and adds the standard kinds
// of identifiers that are missing. It is called at each start, as a job.
func (s *Service) Prepare(ctx context.Context) error {
	who, err := access.Require(ctx, access.DictionaryChange)
	if err != nil {
		return err
	}
	var kinds []Identifier
	if err := json.Unmarshal(identifierFile, &kinds); err != nil {
		return fmt.Errorf("read the standard kinds of identifiers: %w", err)
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		if err := spell(ctx, q); err != nil {
			return err
		}
		if err := s.addEntities(ctx, q, who); err != nil {
			return err
		}
		for _, i := range kinds {
			if _, err := newestShelved(ctx, q, identifierShelf, i.Name); err == nil {
				continue
			} else if !fault.Is(err, "dictionary.identifier_not_found") {
				return err
			}
			if err := i.check(s.units, s.today()); err != nil {
				return fmt.Errorf("add kind of identifier %s: %w", i.Name, err)
			}
			i.Version, i.Label, i.CreatedAt, i.CreatedBy = 1, Raise("", Minor), s.clock.Now(), who.ID
			if err := insertShelved(ctx, q, identifierShelf, shelved{Name: i.Name, Version: 1, Label: i.Label, At: i.CreatedAt, By: who.ID}, i); err != nil {
				return err
			}
			if err := s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "dictionary.identifier", Subject: "dictionary.identifier/" + i.Name, Detail: map[string]string{"version": "1"}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// addEntities adds the list of entities where an older version of the platform left none.
func (s *Service) addEntities(ctx context.Context, q controldb.Querier, who access.Actor) error {
	if _, err := newestShelved(ctx, q, listShelf, EntityList); err == nil || !fault.Is(err, listShelf.missing) {
		return err
	}
	var seed seedData
	if err := json.Unmarshal(seedFile, &seed); err != nil {
		return fmt.Errorf("read the standard code lists: %w", err)
	}
	for _, l := range seed.Lists {
		if l.Name != EntityList {
			continue
		}
		l.Version, l.Label = 1, Raise("", Minor)
		if err := insertShelved(ctx, q, listShelf, shelved{Name: l.Name, Version: 1, Label: l.Label, At: s.clock.Now(), By: who.ID}, l); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "dictionary.code_list", Subject: "dictionary.code_list/" + l.Name, Detail: map[string]string{"version": "1"}})
	}
	return nil
}
