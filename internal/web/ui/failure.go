package ui

import "context"

// pairs name an error to those who can help.
func (f Failure) pairs(ctx context.Context) []Pair {
	pairs := []Pair{}
	if f.Permission != "" {
		pairs = append(pairs, Pair{Name: word(ctx, "ui.permission_named"), Value: Mono(f.Permission)})
	}
	if f.Code != "" {
		pairs = append(pairs, Pair{Name: word(ctx, "ui.code"), Value: Mono(f.Code)})
	}
	if f.Reference != "" {
		pairs = append(pairs, Pair{Name: word(ctx, "ui.reference"), Value: Copyable(f.Reference)})
	}
	return pairs
}
