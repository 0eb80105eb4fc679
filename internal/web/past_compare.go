package web

import (
	"net/http"

	"lienthong/internal/audit/history"
	"lienthong/internal/web/ui"
)

// Differences names the members in which two states of a kind of thing are otherwise, in the words of its history. The
// states are JSON, as the history keeps them.
func (s *Shell) Differences(r *http.Request, p Past, before, after []byte) ([]ui.PastMember, error) {
	changes, err := history.Compare(before, after, nil)
	if err != nil {
		return nil, err
	}
	words := s.words(r, p)
	var out []ui.PastMember
	for _, m := range changes {
		if words.internal(m.Field, m.Before, m.After) {
			continue
		}
		out = append(out, ui.PastMember{Name: words.member(m.Field), Before: words.value(m.Field, m.Before), After: words.value(m.Field, m.After)})
	}
	return out, nil
}
