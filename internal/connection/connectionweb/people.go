package connectionweb

import (
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// forPeople stands in the choice of the consumer for people of the agency who look on screen.
const forPeople = "@people"

func rolesOf(values []string) []access.Role {
	var out []access.Role
	for _, v := range values {
		out = append(out, access.Role(v))
	}
	return out
}

func roleValues(roles []access.Role) []string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return out
}

func roleOptions(t ui.T, roles []access.Role) []ui.Option {
	var out []ui.Option
	for _, r := range roles {
		out = append(out, ui.Option{Value: string(r), Label: t(web.RoleKey(r))})
	}
	return out
}

func roleNames(t ui.T, roles []access.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, t(web.RoleKey(r)))
	}
	return strings.Join(out, ", ")
}

// consumerName is who takes the data: a system, or people of the agency.
func consumerName(t ui.T, n connection.Need, s connection.System) string {
	if n.People() {
		return t("connection.people")
	}
	return s.Name
}

// peopleFields are the fields of a need for people, who look through the platform's own screen.
func peopleFields(f filler, n connection.Need, purposes, fields []ui.Option) []templ.Component {
	t := f.t
	return []templ.Component{
		fieldSet(t("connection.fs_who_looks"), "", f.several("roles", "connection.roles", "connection.roles_hint", roleValues(n.Roles), roleOptions(t, connection.LookingRoles()))),
		fieldSet(t("connection.fs_what"), "",
			f.several("purposes", "connection.purposes", "connection.purposes_hint", n.Purposes, purposes),
			f.area("legal_basis", "connection.legal_basis", "connection.legal_hint", n.LegalBasis),
			f.area("procedures", "connection.procedures", "connection.procedures_hint", strings.Join(n.Procedures, "\n")),
			f.several("fields", "connection.fields", "connection.fields_hint", n.Fields, fields),
			f.area("rows", "connection.rows", "connection.rows_hint", rowText(n.Rows)),
			fieldRow(f.number("expected_subjects", "connection.subjects", n.Subjects),
				f.choose("level", "connection.level", string(n.Level), coded(t, "connection.level.", []access.Level{access.LevelView, access.LevelUse}))),
			hinted(f, "impact_assessment", "connection.impact", "connection.impact_hint", n.ImpactAssessment)),
		fieldSet(t("connection.fs_how"), "",
			fieldRow(f.number("calls_per_day", "connection.looks_per_day", n.CallsPerDay), f.number("peak_per_minute", "connection.looks_per_minute", n.PeakPerMinute)),
			fieldRow(f.date("valid_from", "connection.from", string(n.From)), f.date("valid_to", "connection.to", string(n.To))),
			f.area("source_addresses", "connection.office_addresses", "connection.addresses_hint", strings.Join(n.Addresses, "\n")),
			f.text("responsible_person", "connection.responsible", n.Responsible)),
	}
}

// peoplePairs are what was registered for people, without the scope.
func peoplePairs(t ui.T, n connection.Need) []ui.Pair {
	return []ui.Pair{
		{Name: t("connection.roles"), Text: roleNames(t, n.Roles)}, {Name: t("connection.legal_basis"), Text: n.LegalBasis},
		{Name: t("connection.procedures"), Text: strings.Join(n.Procedures, ", ")}, {Name: t("connection.impact"), Text: n.ImpactAssessment},
		{Name: t("connection.responsible"), Text: n.Responsible},
	}
}
