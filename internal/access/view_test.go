package access

import "testing"

// viewWorld is a commune officer who looks up one record under a grant to the role.
func viewWorld() (Request, Facts) {
	r, f := world()
	r.Channel, r.Action, r.Purpose, r.Match = ChannelScreen, ViewRecord, "QLNN", []string{"so_dinh_danh"}
	r.Actor = Actor{Type: User, ID: "u1", Agency: "H38.99.07", Roles: []Role{CommuneOfficer}, Auth: AuthTwo}
	f.System = nil
	f.Dataset.Keys = []string{"so_dinh_danh"}
	g := &f.Grants[0]
	g.Subject, g.Level, g.Purposes, g.Agency = Subject{SubjectAgencyRole, "H38.99.07/commune_officer"}, LevelView, []string{"QLNN"}, "H38.99.07"
	g.Columns = []Column{{Name: "so_dinh_danh", Mask: MaskPartial, Reveal: true}, {Name: "ho_ten"}, {Name: "dan_toc", Mask: MaskHide}, {Name: "xa", Mask: MaskPartial}}
	return r, f
}

func TestViewOnScreen(t *testing.T) {
	const why = "Đối chiếu bản chính của hồ sơ"
	for _, c := range []struct {
		name, code string
		check      Check
		do         func(r *Request, f *Facts)
	}{
		{"R21.3a one record by its identifier", "", CheckOK, func(*Request, *Facts) {}},
		{"R21.3a a page", "", CheckOK, func(r *Request, _ *Facts) { r.Match = nil }},
		{"R21.3a VIEW exports nothing", "access.level_required", CheckLevel, func(r *Request, _ *Facts) {
			r.Match, r.Action, r.Actor.Roles = nil, ExportFile, []Role{CommuneOfficer, Analyst}
		}},
		{"R21.3a VIEW lists nothing by API", "access.level_required", CheckLevel, func(r *Request, _ *Facts) {
			r.Match, r.Action, r.Actor.Roles = nil, ListRecords, []Role{CommuneOfficer, Analyst}
		}},
		{"R21.4a one factor reads no data of persons", "access.strong_auth_required", CheckAuthn, func(r *Request, _ *Facts) { r.Actor.Auth = AuthPassword }},
		{"one factor is enough for what is not personal", "", CheckOK, func(r *Request, f *Facts) {
			r.Actor.Auth, r.Match, r.Case = AuthPassword, nil, ""
			f.Grants[0].Columns = []Column{{Name: "xa"}}
		}},
		{"a field that nobody described counts as personal", "access.case_missing", CheckPurpose, func(r *Request, f *Facts) {
			r.Match, r.Case = nil, ""
			f.Grants[0].Columns = []Column{{Name: "xa"}, {Name: "la_lam"}}
		}},
		{"R27.3 no case", "access.case_missing", CheckPurpose, func(r *Request, _ *Facts) { r.Case = "" }},
		{"another agency's officer", "access.grant_missing", CheckGrant, func(r *Request, _ *Facts) { r.Actor.Agency = "H38.99.08" }},
		{"another role of the agency", "access.grant_missing", CheckGrant, func(r *Request, _ *Facts) { r.Actor.Roles = []Role{LookupOfficer} }},
		{"looked up by a hidden field", "access.filter_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Match = []string{"dan_toc"} }},
		{"looked up by a masked field that identifies nobody", "access.filter_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Match = []string{"xa"} }},
		{"looked up by a field outside the grant", "access.filter_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Match = []string{"dia_chi"} }},
		{"R27.3 unmasked with a reason", "", CheckOK, func(r *Request, _ *Facts) { r.Unmask, r.Reason = []string{"so_dinh_danh"}, why }},
		{"R27.3 unmasked without a reason", "access.unmask_reason_missing", CheckScope, func(r *Request, _ *Facts) { r.Unmask, r.Reason = []string{"so_dinh_danh"}, "xem      " }},
		{"R27.3 a whole page is never unmasked", "access.unmask_single_record", CheckScope, func(r *Request, _ *Facts) {
			r.Match, r.Unmask, r.Reason = nil, []string{"so_dinh_danh"}, why
		}},
		{"R27.3 a field that the grant keeps masked", "access.unmask_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Unmask, r.Reason = []string{"dan_toc"}, why }},
		{"R27.3 a field outside the grant", "access.unmask_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Unmask, r.Reason = []string{"dia_chi"}, why }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, f := viewWorld()
			c.do(&r, &f)
			d := Decide(r, f)
			if d.Allowed != (c.code == "") || d.Code != c.code || d.Check != c.check {
				t.Fatalf("allowed %v, check %s, code %s; want %s %s", d.Allowed, d.Check, d.Code, c.check, c.code)
			}
			if _, said := Messages[d.Code]; d.Code != "" && !said {
				t.Fatalf("no sentence for %s", d.Code)
			}
			if d.Allowed && len(r.Match) > 0 && (len(r.Unmask) == 0) != (d.Columns[0].Mask == MaskPartial) {
				t.Fatalf("the identifier leaves with mask %q", d.Columns[0].Mask)
			}
		})
	}
}
