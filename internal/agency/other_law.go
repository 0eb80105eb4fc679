package agency

import (
	"context"
	"strings"

	"lienthong/internal/kit/vitext"
)

// otherLaw is what the legal basis of data and rights of central vertical agencies says beside what else it cites: they
// share and use data as the laws that concern them say (Điều 2.2).
const otherLaw = "theo quy định của pháp luật có liên quan"

// LegalBasis gives a cited legal basis with what Điều 2.2 adds to it when one of the agencies is a central vertical one.
// What cites nothing stays empty: that is still to be filled in by a person.
func (s *Service) LegalBasis(ctx context.Context, basis string, codes ...string) (string, error) {
	basis = strings.TrimSpace(basis)
	if basis == "" || strings.Contains(vitext.Fold(basis), vitext.Fold(otherLaw)) {
		return basis, nil
	}
	for _, code := range codes {
		if code == "" {
			continue
		}
		a, err := s.Known(ctx, code)
		if err != nil {
			return "", err
		}
		if a != nil && a.Kind == CentralVertical {
			return strings.TrimRight(basis, ".; ") + "; " + otherLaw, nil
		}
	}
	return basis, nil
}

// Ranked reports that the province ranks the agency by its data work unless a ranking says otherwise: the province's own
// departments, communes and service units, not the central vertical agencies (Điều 2.2) and not outside bodies.
func (k Kind) Ranked() bool { return k == Department || k == Commune || k == ServiceUnit }

// Inspected reports that the province's inspection plans hold the agency unless a plan says otherwise.
func (k Kind) Inspected() bool { return k.Ranked() }
