package ui

import "context"

// pairs are the facts of a verification that are known.
func (p Proof) pairs(ctx context.Context) []Pair {
	var pairs []Pair
	if p.FirstBad != "" {
		pairs = append(pairs, Pair{Name: word(ctx, "ui.first_bad"), Text: p.FirstBad})
	}
	if p.Size != "" {
		pairs = append(pairs, Pair{Name: word(ctx, "ui.tree_size"), Text: p.Size})
	}
	if p.Root != "" {
		pairs = append(pairs, Pair{Name: word(ctx, "ui.root_hash"), Value: Mono(p.Root)})
	}
	if p.Witnesses != "" {
		pairs = append(pairs, Pair{Name: word(ctx, "ui.witnesses"), Text: p.Witnesses})
	}
	if !p.CheckedAt.IsZero() {
		pairs = append(pairs, Pair{Name: word(ctx, "ui.checked_at"), Value: Moment(p.CheckedAt)})
	}
	return pairs
}
