package web

import (
	"cmp"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

// Group is a heading of the menu. Its label is the message "web.group_" + Group.
type Group string

// The groups in the order of the menu.
const (
	GroupHome      Group = "home"      // overview and inbox, without a heading
	GroupData      Group = "data"      // what data there is and where it comes from
	GroupShare     Group = "share"     // requests, grants, calls
	GroupSupervise Group = "supervise" // log, incidents, quality
	GroupAdmin     Group = "admin"     // agencies, accounts, settings
)

var groups = []Group{GroupHome, GroupData, GroupShare, GroupSupervise, GroupAdmin}

// Nav is a page's place in the menu.
type Nav struct {
	Group    Group
	LabelKey string // message key of the entry
	Icon     ui.Icon
	Order    int
}

// menuFor lists what the actor may open (invariant 2), with the entry of the current page marked.
func menuFor(routes []Route, a access.Actor, t ui.T, path string) []ui.MenuGroup {
	current := currentEntry(routes, path)
	var menu []ui.MenuGroup
	for _, g := range groups {
		var entries []Route
		for _, rt := range routes {
			if rt.Nav != nil && rt.Nav.Group == g && a.Can(rt.Permission) {
				entries = append(entries, rt)
			}
		}
		if len(entries) == 0 {
			continue
		}
		slices.SortStableFunc(entries, func(x, y Route) int {
			return cmp.Or(cmp.Compare(x.Nav.Order, y.Nav.Order), cmp.Compare(x.Pattern, y.Pattern))
		})
		group := ui.MenuGroup{}
		if g != GroupHome {
			group.Label = t("web.group_" + string(g))
		}
		for _, rt := range entries {
			group.Items = append(group.Items, ui.MenuItem{
				Label: t(rt.Nav.LabelKey), Path: rt.path(), Icon: rt.Nav.Icon, Current: rt.path() == current,
			})
		}
		menu = append(menu, group)
	}
	return menu
}

// currentEntry is the entry with the longest path that leads to the page: /catalog/123 belongs to /catalog.
func currentEntry(routes []Route, path string) string {
	best := ""
	for _, rt := range routes {
		if rt.Nav == nil {
			continue
		}
		p := rt.path()
		if (p == path || (p != "/" && strings.HasPrefix(path, p+"/"))) && len(p) > len(best) {
			best = p
		}
	}
	return best
}

// missingLabels finds menu entries whose label has no sentence.
func missingLabels(routes []Route, catalog *i18n.Catalog) []string {
	var missing []string
	for _, rt := range routes {
		if rt.Nav != nil && !catalog.Has(rt.Nav.LabelKey) {
			missing = append(missing, rt.Nav.LabelKey)
		}
	}
	return missing
}
