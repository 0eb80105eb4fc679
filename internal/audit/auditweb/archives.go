package auditweb

import (
	"path/filepath"

	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

// archives tells where records of the time asked for have gone.
func (p *Pages) archives(t ui.T, list []journal.Archive) []ui.Pair {
	var pairs []ui.Pair
	for _, a := range list {
		state := t("audit.archive_here", filepath.Base(a.Dir))
		switch {
		case !a.PurgedAt.IsZero():
			state = t("audit.archive_purged", i18n.DateTime(a.PurgedAt))
		case !a.Here:
			state = t("audit.archive_elsewhere", filepath.Base(a.Dir))
		}
		pairs = append(pairs, ui.Pair{Name: t("audit.archive_of", i18n.DateTime(a.From), i18n.DateTime(a.To)), Value: ui.Two(state, t("audit.archive_records", a.First, a.End-1))})
	}
	return pairs
}
