package agency

import (
	"bytes"
	"context"
	_ "embed"
)

// The profile of Lào Cai: 14 departments, service units, central vertical agencies and the 99 communes of 1/7/2025.
// Codes of central vertical agencies are placeholders of the profile; the register is data and may be changed.
//
//go:embed profile/lao-cai.csv
var laoCai []byte

// ImportProfile imports the profile that ships; what is there already with the same content is left alone.
func (s *Service) ImportProfile(ctx context.Context) (Imported, error) {
	return s.Import(ctx, bytes.NewReader(laoCai))
}
