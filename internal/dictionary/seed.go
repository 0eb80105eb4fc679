package dictionary

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"lienthong/internal/kit/fault"
)

//go:embed data/elements.json
var seedFile []byte

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
		if _, err := s.SaveCodeList(ctx, l); err != nil {
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
