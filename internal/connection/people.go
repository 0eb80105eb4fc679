package connection

import (
	"slices"

	"lienthong/internal/access"
)

// A request for people asks that holders of roles of the agency look at the data on screen (Điều 21.3a). No system takes
// part: the screen is the platform's own, so nothing leaves it, and there is neither a credential nor a security level.

// People reports a request for people; its draft may not name their roles yet.
func (n Need) People() bool { return len(n.Roles) > 0 || n.System == "" && n.Level == access.LevelView }

// LookingRoles lists the roles that can look at data on screen.
func LookingRoles() []access.Role {
	var out []access.Role
	for _, r := range access.AllRoles() {
		if !r.Province() && slices.Contains(r.Permissions(), access.DataView) {
			out = append(out, r)
		}
	}
	return out
}

// checkWho: either an information system of the agency takes the data, or people of it look at it.
func (n Need) checkWho(p *problems, f Facts) {
	if !n.People() {
		p.when(n.Level == access.LevelView, "roles", "connection.roles_missing")
		p.when(n.Level != access.LevelView && (f.System.ID == "" || f.System.Agency != f.Requester), "system", "connection.system_not_yours")
		p.when(f.System.ID != "" && f.System.Suspended, "system", "connection.system_suspended")
		return
	}
	p.when(n.System != "", "system", "connection.system_or_people")
	p.when(len(n.Roles) == 0, "roles", "connection.roles_missing")
	checkRoles(p, n.Roles)
	p.when(n.Level != access.LevelView && n.Level != access.LevelUse, "level", "connection.level_of_people")
	p.when(len(n.Operations) > 0, "operations", "connection.operations_of_people")
	p.when(!f.Dataset.Published, "dataset", "connection.dataset_not_in_warehouse", n.Dataset)
}

func checkRoles(p *problems, roles []access.Role) {
	for i, r := range roles {
		p.when(!slices.Contains(LookingRoles(), r), "roles", "connection.role_does_not_look", r)
		p.when(slices.Contains(roles[:i], r), "roles", "connection.role_twice", r)
	}
}

// subjects are those to whom the grants are given: the system, or the roles in the agency.
func (c Config) subjects(agency string) []access.Subject {
	if len(c.Scope.Roles) == 0 {
		return []access.Subject{{Type: access.SubjectSystem, ID: c.System}}
	}
	out := make([]access.Subject, 0, len(c.Scope.Roles))
	for _, r := range c.Scope.Roles {
		out = append(out, access.Subject{Type: access.SubjectAgencyRole, ID: agency + "/" + string(r)})
	}
	return out
}
