package access

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC) // 12:00 in Viet Nam

// world is one request that is allowed, and the facts that allow it; each test breaks one thing.
func world() (Request, Facts) {
	g := Grant{
		ID: "g1", Version: 1, Number: "Q-000001", Subject: Subject{SubjectSystem, "tthc"}, Agency: "H38.01", Level: LevelUse,
		Dataset: "H38.04/khai-sinh", Purposes: []string{"DVC-TTHC.BT"}, Connection: "c1", Status: GrantActive,
		Columns:   []Column{{Name: "so_dinh_danh"}, {Name: "ho_ten"}, {Name: "dan_toc", Mask: MaskYesNo, Values: []string{"Kinh"}, Not: true, As: "la_nguoi_dtts"}},
		Rows:      []RowRule{{Column: "xa", In: []string{"02701"}}},
		ValidFrom: noon.AddDate(0, -1, 0), ValidTo: noon.AddDate(0, 11, 0),
	}
	r := Request{
		ID: "01", At: noon, Channel: ChannelGateway, Action: LookupRecord, Dataset: g.Dataset, Purpose: "DVC-TTHC.BT", Case: "H38.02-260512-0007",
		Actor:   Actor{Type: System, ID: "tthc", Agency: "H38.01", Roles: []Role{SystemAccount}, Auth: AuthOAuth2},
		Address: netip.MustParseAddr("10.20.3.14"),
	}
	f := Facts{
		Account: &AccountFacts{Active: true},
		Dataset: &DatasetFacts{Owner: "H38.04", Served: true, Fields: map[string]Class{"so_dinh_danh": ClassBasic, "ho_ten": ClassBasic, "dan_toc": ClassSensitive, "xa": ClassNormal},
			Processing: Processing{Register: RegisterInForce, Until: noon.AddDate(1, 0, 0)}},
		Grants:     []Grant{g},
		System:     &SystemFacts{Agency: "H38.01", AgencyActive: true, SecurityLevel: 3},
		Connection: map[string]ConnectionFacts{"c1": {State: "live"}},
		Purposes:   map[string]PurposeFacts{"DVC-TTHC.BT": {true, true}, "QLNN": {true, false}},
		Policy:     PolicyVersion,
	}
	return r, f
}

func TestDecide(t *testing.T) {
	type change func(r *Request, f *Facts)
	grant := func(c func(*Grant)) change { return func(_ *Request, f *Facts) { c(&f.Grants[0]) } }
	cases := []struct {
		name  string
		code  string
		check Check
		do    change
	}{
		{"all checks pass", "", CheckOK, func(*Request, *Facts) {}},
		{"nobody", "access.sign_in_required", CheckAuthn, func(r *Request, _ *Facts) { r.Actor = Actor{Type: Anyone} }},
		{"zero actor", "access.sign_in_required", CheckAuthn, func(r *Request, _ *Facts) { r.Actor = Actor{} }},
		{"unknown account", "access.sign_in_required", CheckAuthn, func(_ *Request, f *Facts) { f.Account = nil }},
		{"disabled account", "access.account_inactive", CheckAuthn, func(_ *Request, f *Facts) { f.Account.Active = false }},
		{"suspended account", "access.account_suspended", CheckAuthn, func(_ *Request, f *Facts) { f.Account.Suspended = true }},
		{"foreign address", "access.address_not_allowed", CheckAuthn, func(_ *Request, f *Facts) { f.Account.Addresses = []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")} }},
		{"no address where one is demanded", "access.address_not_allowed", CheckAuthn, func(r *Request, f *Facts) {
			r.Address, f.Account.Addresses = netip.Addr{}, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		}},
		{"R16.5b the copy in the warehouse is changed by nobody", "access.action_forbidden", CheckRole, func(r *Request, _ *Facts) { r.Action = ChangeCopy }},
		{"unknown action", "access.action_forbidden", CheckRole, func(r *Request, _ *Facts) { r.Action = "anything" }},
		{"role without the permission", "access.permission_missing", CheckRole, func(r *Request, _ *Facts) { r.Actor.Roles = []Role{OpAdmin} }},
		{"unknown role", "access.permission_missing", CheckRole, func(r *Request, _ *Facts) { r.Actor.Roles = []Role{"root"} }},
		{"unknown dataset is told as a missing grant", "access.grant_missing", CheckGrant, func(_ *Request, f *Facts) { f.Dataset = nil }},
		{"no grant", "access.grant_missing", CheckGrant, func(_ *Request, f *Facts) { f.Grants = nil }},
		{"another system's grant", "access.grant_missing", CheckGrant, grant(func(g *Grant) { g.Subject.ID = "other" })},
		{"another dataset's grant", "access.grant_missing", CheckGrant, grant(func(g *Grant) { g.Dataset = "H38.04/khai-sinh-nhay-cam" })},
		{"unknown status", "access.grant_missing", CheckGrant, grant(func(g *Grant) { g.Status = "new" })},
		{"suspended grant", "access.grant_suspended", CheckGrant, grant(func(g *Grant) { g.Status = GrantSuspended })},
		{"R12.2đ1 a grant suspended with its connection", "access.connection_suspended", CheckGrant, func(_ *Request, f *Facts) {
			f.Grants[0].Status, f.Connection["c1"] = GrantSuspended, ConnectionFacts{State: "suspended", Reason: "maintenance"}
		}},
		{"ended grant", "access.grant_ended", CheckGrant, grant(func(g *Grant) { g.Status = GrantEnded })},
		{"R21.3a VIEW is not enough for an API", "access.level_required", CheckLevel, grant(func(g *Grant) { g.Level = LevelView })},
		{"R21.3c UPDATE does not imply USE", "access.level_required", CheckLevel, grant(func(g *Grant) { g.Level = LevelUpdate })},
		{"R21.3d SHARE does not imply USE", "access.level_required", CheckLevel, grant(func(g *Grant) { g.Level = LevelShare })},
		{"unknown level", "access.level_required", CheckLevel, grant(func(g *Grant) { g.Level = "all" })},
		{"T35 no purpose", "access.purpose_missing", CheckPurpose, func(r *Request, _ *Facts) { r.Purpose = "" }},
		{"T35 unknown purpose", "access.purpose_unknown", CheckPurpose, func(r *Request, _ *Facts) { r.Purpose = "CURIOSITY" }},
		{"T35 other purpose", "access.purpose_mismatch", CheckPurpose, func(r *Request, _ *Facts) { r.Purpose = "QLNN" }},
		{"retired purpose", "access.purpose_unknown", CheckPurpose, func(_ *Request, f *Facts) { f.Purposes["DVC-TTHC.BT"] = PurposeFacts{} }},
		{"no case where the purpose needs one", "access.case_missing", CheckPurpose, func(r *Request, _ *Facts) { r.Case = " " }},
		{"no officer where the grant needs one", "access.officer_missing", CheckPurpose, grant(func(g *Grant) { g.Conditions.OfficerRequired = true })},
		{"field outside the grant", "access.field_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Columns = []string{"ho_ten", "dia_chi"} }},
		{"T33 filter on a field outside the grant", "access.filter_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Uses = []string{"dia_chi"} }},
		{"T33 filter on a masked field", "access.filter_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Uses = []string{"dan_toc"} }},
		{"no field asked for", "access.no_field_granted", CheckScope, func(r *Request, _ *Facts) { r.Columns = []string{} }},
		{"a probe of a live connection", "", CheckOK, func(r *Request, _ *Facts) { r.Actor.Probe = "c1" }},
		{"a probe of a connection under test", "", CheckOK, func(r *Request, f *Facts) {
			r.Actor.Probe, f.Connection["c1"] = "c1", ConnectionFacts{State: "testing"}
		}},
		{"a probe as in production before the acceptance", "access.not_accepted", CheckState, func(r *Request, f *Facts) {
			r.Actor.Probe, f.Connection["c1"] = ProbeAsProduction+"c1", ConnectionFacts{State: "testing"}
		}},
		{"a probe as in production, while another connection is live", "access.not_accepted", CheckState, func(r *Request, f *Facts) {
			other := f.Grants[0]
			other.ID, other.Connection = "g0", "c2"
			f.Grants = append(f.Grants, other)
			r.Actor.Probe, f.Connection["c1"], f.Connection["c2"] = ProbeAsProduction+"c1", ConnectionFacts{State: "testing"}, ConnectionFacts{State: "live"}
		}},
		{"provider operation on a grant without operations", "access.operation_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Service = "GET /all" }},
		{"provider operation outside the grant", "access.operation_not_granted", CheckScope, func(r *Request, f *Facts) {
			r.Action, r.Service, f.Grants[0].Operations = CallService, "GET /all", []string{"GET /one/{id}"}
		}},
		{"provider operation of the grant", "", CheckOK, func(r *Request, f *Facts) {
			r.Action, r.Service, f.Grants[0].Operations = CallService, "GET /one/{id}", []string{"GET /one/{id}"}
		}},
		{"a warehouse read does not mind the grant's operations", "", CheckOK, func(_ *Request, f *Facts) { f.Grants[0].Operations = []string{"GET /one/{id}"} }},
		{"unmasked without a reason", "access.unmask_reason_missing", CheckScope, func(r *Request, _ *Facts) { r.Unmask = []string{"ho_ten"} }},
		{"a system asks unmasked", "access.unmask_reason_missing", CheckScope, func(r *Request, _ *Facts) {
			r.Unmask, r.Reason = []string{"ho_ten"}, "kiểm tra hồ sơ khiếu nại"
		}},
		{"an exact value stated by API", "access.filter_not_granted", CheckScope, func(r *Request, _ *Facts) { r.Match = []string{"so_dinh_danh"} }},
		{"not yet valid", "access.grant_not_yet", CheckTime, grant(func(g *Grant) { g.ValidFrom = noon.Add(time.Second) })},
		{"expired at this very moment", "access.grant_expired", CheckTime, grant(func(g *Grant) { g.ValidTo = noon })},
		{"outside hours", "access.outside_hours", CheckTime, grant(func(g *Grant) { g.Conditions.HourFrom, g.Conditions.HourTo = 13, 17 })},
		{"calls of the minute used up", "access.quota_calls_minute", CheckQuota, func(_ *Request, f *Facts) {
			f.Grants[0].Conditions.CallsPerMinute, f.Usage = 5, map[string]Usage{"g1": {CallsMinute: 5}}
		}},
		{"calls of the day used up", "access.quota_calls_day", CheckQuota, func(_ *Request, f *Facts) {
			f.Grants[0].Conditions.CallsPerDay, f.Usage = 5, map[string]Usage{"g1": {CallsDay: 6}}
		}},
		{"records of the day used up", "access.quota_records_day", CheckQuota, func(_ *Request, f *Facts) {
			f.Grants[0].Conditions.RecordsPerDay, f.Usage = 5, map[string]Usage{"g1": {RecordsDay: 5}}
		}},
		{"persons of the day used up", "access.quota_persons_day", CheckQuota, func(_ *Request, f *Facts) {
			f.Grants[0].Conditions.PersonsPerDay, f.Usage = 5, map[string]Usage{"g1": {PersonsDay: 5}}
		}},
		{"grant's own address list", "access.address_not_allowed", CheckAuthn, grant(func(g *Grant) { g.Conditions.Addresses = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })},
		{"second factor demanded", "access.strong_auth_required", CheckAuthn, grant(func(g *Grant) { g.Conditions.StrongAuth = true })},
		{"suspended dataset", "access.dataset_suspended", CheckState, func(_ *Request, f *Facts) { f.Dataset.Suspended = true }},
		{"nothing published yet", "access.dataset_not_served", CheckState, func(_ *Request, f *Facts) { f.Dataset.Served = false }},
		{"R27.1 data of persons without an entry in the register", "access.processing_missing", CheckState, func(_ *Request, f *Facts) { f.Dataset.Processing = Processing{} }},
		{"R27.1 an entry that no longer covers the fields", "access.processing_incomplete", CheckState, func(_ *Request, f *Facts) { f.Dataset.Processing.Register = RegisterIncomplete }},
		{"R27.1 an entry that was withdrawn", "access.processing_withdrawn", CheckState, func(_ *Request, f *Facts) { f.Dataset.Processing.Register = RegisterWithdrawn }},
		{"R27.1 an entry that ends at this very moment", "access.processing_expired", CheckState, func(_ *Request, f *Facts) { f.Dataset.Processing.Until = noon }},
		{"R27.1 a state of the register that is not known", "access.processing_missing", CheckState, func(_ *Request, f *Facts) { f.Dataset.Processing.Register = "x" }},
		{"R27.1 a field that was raised above its personal element", "access.processing_missing", CheckState, func(_ *Request, f *Facts) {
			f.Dataset.Fields, f.Dataset.Processing = map[string]Class{"so_dinh_danh": ClassImportant, "ho_ten": ClassImportant, "dan_toc": ClassImportant, "xa": ClassNormal}, Processing{Needed: true}
		}},
		{"R27.1 without data of persons no entry is needed", "", CheckOK, func(_ *Request, f *Facts) {
			f.Dataset.Fields, f.Dataset.Processing = map[string]Class{"so_dinh_danh": ClassNormal, "ho_ten": ClassNormal, "dan_toc": ClassNormal, "xa": ClassNormal}, Processing{}
		}},
		{"suspended system", "access.system_suspended", CheckState, func(_ *Request, f *Facts) { f.System.Suspended = true }},
		{"unknown system", "access.system_suspended", CheckState, func(_ *Request, f *Facts) { f.System = nil }},
		{"abolished agency", "access.agency_inactive", CheckState, func(_ *Request, f *Facts) { f.System.AgencyActive = false }},
		{"security level too low for sensitive data", "access.security_level_low", CheckState, func(_ *Request, f *Facts) { f.System.SecurityLevel = 2 }},
		{"a field that nobody described is core", "access.security_level_low", CheckState, func(_ *Request, f *Facts) { delete(f.Dataset.Fields, "ho_ten") }},
		{"suspended connection", "access.connection_suspended", CheckState, func(_ *Request, f *Facts) { f.Connection["c1"] = ConnectionFacts{State: "suspended"} }},
		{"terminated connection", "access.connection_terminated", CheckState, func(_ *Request, f *Facts) { f.Connection["c1"] = ConnectionFacts{State: "terminated"} }},
		{"R12.2d3 not accepted yet", "access.not_accepted", CheckState, func(_ *Request, f *Facts) { f.Connection["c1"] = ConnectionFacts{State: "testing"} }},
		{"unknown connection", "access.not_accepted", CheckState, func(_ *Request, f *Facts) { f.Connection = nil }},
		{"a probe of another connection", "access.grant_missing", CheckGrant, func(r *Request, f *Facts) {
			f.Connection["c1"] = ConnectionFacts{State: "testing"}
			r.Actor.Probe = "c2"
		}},
		{"the platform's own probe while testing", "", CheckOK, func(r *Request, f *Facts) {
			f.Connection["c1"] = ConnectionFacts{State: "testing"}
			r.Actor.Probe = "c1"
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, f := world()
			c.do(&r, &f)
			d := Decide(r, f)
			if d.Allowed != (c.code == "") || d.Code != c.code || d.Check != c.check {
				t.Fatalf("allowed %v, check %s, code %s; want %s %s", d.Allowed, d.Check, d.Code, c.check, c.code)
			}
			if d.Code != "" {
				if _, said := Messages[d.Code]; !said {
					t.Fatalf("no sentence for %s", d.Code)
				}
			}
			if !d.Allowed && (d.Columns != nil || d.Rows != nil) {
				t.Fatal("a refusal carries columns or rows")
			}
		})
	}
}

// The acceptance matrix of section 6.4: action × level, for a person of the owner agency where UPDATE says "own".
func TestAcceptanceMatrix(t *testing.T) {
	levels := []Level{LevelView, LevelUse, LevelUpdate, LevelShare, ""}
	want := map[Action][5]bool{
		ViewRecord:   {true, true, true, false, false},
		ListRecords:  {false, true, false, false, false},
		ExportFile:   {false, true, false, false, false},
		UpdateSource: {false, false, true, false, false},
		ChangeCopy:   {false, false, false, false, false},
		ShareOnward:  {false, false, false, true, false},
	}
	wrongs := map[string]func(*Request, *Facts){
		"wrong purpose": func(r *Request, _ *Facts) { r.Purpose = "PTDB" },
		"expired":       func(_ *Request, f *Facts) { f.Grants[0].ValidTo = noon },
		"outside hours": func(_ *Request, f *Facts) { f.Grants[0].Conditions.HourFrom, f.Grants[0].Conditions.HourTo = 1, 2 },
		"unmasked without reason": func(r *Request, _ *Facts) {
			r.Unmask = []string{"ho_ten"}
		},
	}
	for action, cells := range want {
		for i, level := range levels {
			t.Run(fmt.Sprintf("%s by %s", action, level), func(t *testing.T) {
				r, f := matrixWorld(action, level)
				if d := Decide(r, f); d.Allowed != cells[i] {
					t.Fatalf("allowed %v (%s), want %v", d.Allowed, d.Code, cells[i])
				}
				for name, wrong := range wrongs {
					r, f := matrixWorld(action, level)
					if len(f.Grants) == 0 {
						continue
					}
					wrong(&r, &f)
					if d := Decide(r, f); d.Allowed {
						t.Fatalf("%s was allowed", name)
					}
				}
			})
		}
	}
}

func matrixWorld(action Action, level Level) (Request, Facts) {
	r, f := world()
	r.Action, r.Purpose, r.Case = action, "QLNN", "H38.02-260512-0007"
	r.Actor = Actor{Type: User, ID: "u1", Agency: f.Dataset.Owner, Roles: []Role{Steward, Analyst, LookupOfficer}, Auth: AuthTwo}
	r.Recipient = "H38.09"
	f.System = nil
	g := &f.Grants[0]
	g.Subject, g.Level, g.Purposes, g.Connection, g.Recipients = Subject{SubjectAccount, "u1"}, level, []string{"QLNN"}, "", []string{"H38.09"}
	if level == "" {
		f.Grants = nil
	}
	return r, f
}

// Properties over random requests and facts: Decide never panics, is deterministic, never leaks a column outside the
// grant, never loosens a mask, and allows only what every single check allows.
func TestDecideProperties(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 7))
	allowed := 0
	for i := range 200_000 {
		r, f := randomWorld(rnd)
		d := Decide(r, f)
		if again := Decide(r, f); !reflect.DeepEqual(d, again) {
			t.Fatalf("seed %d round %d: two answers to one question", seed, i)
		}
		if !d.Allowed {
			if d.Code == "" || d.Check == CheckOK || d.Fault() == nil {
				t.Fatalf("seed %d round %d: a refusal without its reason", seed, i)
			}
			continue
		}
		allowed++
		if why := mustHold(r, f, d); why != "" {
			t.Fatalf("seed %d round %d: %s\n%+v\n%+v", seed, i, why, r, d)
		}
	}
	if allowed < 500 {
		t.Fatalf("seed %d: only %d of the random calls were allowed, the property is hardly tested", seed, allowed)
	}
}

func mustHold(r Request, f Facts, d Decision) string {
	g := d.Grant
	switch {
	case g == nil || g.Status != GrantActive || g.Dataset != r.Dataset:
		return "no active grant on the dataset"
	case !slices.Contains(g.Purposes, r.Purpose) || !f.Purposes[r.Purpose].Active:
		return "purpose outside the grant"
	case r.At.Before(g.ValidFrom) || !r.At.Before(g.ValidTo):
		return "outside its validity"
	case r.Action == ChangeCopy:
		return "a warehouse copy was changed"
	case f.Account == nil || !f.Account.Active || f.Account.Suspended:
		return "dead account"
	case f.Dataset == nil || f.Dataset.Suspended:
		return "dataset suspended"
	case f.Dataset.Processing.Register != RegisterInForce || !r.At.Before(f.Dataset.Processing.Until):
		return "data of persons whose processing is not registered"
	case r.Actor.Type == User && (r.Action == ViewRecord || r.Action == ExportFile) && (!r.Actor.Auth.Strong() || r.Case == ""):
		return "data of persons without a second factor or a case"
	}
	for _, name := range r.Match {
		if c, granted := g.Column(name); r.Action != ViewRecord || !granted || c.Mask != MaskNone && (c.Mask != MaskPartial || name != "so_dinh_danh") {
			return "records were looked up by " + name
		}
	}
	if state := f.Connection[g.Connection].State; g.Connection != "" && state != "live" && (state != "testing" || r.Actor.Probe != g.Connection) {
		return "connection not live"
	}
	for _, c := range d.Columns {
		granted, ok := g.Column(c.Name)
		if !ok {
			return "column " + c.Name + " was never granted"
		}
		if !granted.Mask.Known() && c.Mask == MaskHide {
			continue
		}
		if granted.Mask != c.Mask && !(slices.Contains(r.Unmask, c.Name) && granted.Reveal && granted.Mask.Liftable() && r.Reason != "" && len(r.Match) > 0) {
			return "mask of " + c.Name + " was loosened"
		}
	}
	if !reflect.DeepEqual(d.Rows, g.Rows) && len(g.Rows) > 0 {
		return "row rules were lost"
	}
	return ""
}

func randomWorld(rnd *rand.Rand) (Request, Facts) {
	r, f := world()
	pick := func(p float64) bool { return rnd.Float64() < p }
	one := func(of ...string) string { return of[rnd.IntN(len(of))] }
	r.Action = Action(one("view_record", "list_records", "lookup_record", "lookup_record", "export_file", "update_source", "change_copy", "call_service", "x"))
	if pick(.3) {
		r.Actor = Actor{Type: User, ID: one("u1", ""), Agency: one("H38.04", "H38.01"), Roles: []Role{Role(one("steward", "analyst", "op_admin", "lookup_officer"))}, Auth: Auth(one("pwd", "pwd+totp"))}
	}
	if pick(.2) {
		r.Purpose = one("QLNN", "", "PTDB")
	}
	if pick(.2) {
		r.Columns = []string{one("ho_ten", "dia_chi", "dan_toc", "")}
	}
	if pick(.1) {
		r.Uses = []string{one("ho_ten", "dan_toc", "dia_chi")}
	}
	if pick(.2) {
		r.Match = []string{one("so_dinh_danh", "ho_ten", "dan_toc")}
	}
	if pick(.2) {
		r.Unmask = []string{one("so_dinh_danh", "ho_ten", "dan_toc")}
	}
	r.Reason = one("", "kiểm tra hồ sơ khiếu nại")
	if pick(.1) {
		f.Dataset.Processing.Register = RegisterState(one("", "incomplete", "withdrawn", "x"))
	}
	if pick(.1) {
		f.Dataset.Processing.Until = noon.Add(time.Duration(rnd.IntN(3)-1) * time.Hour)
	}
	f.Dataset.Keys = []string{"so_dinh_danh"}
	for range rnd.IntN(3) {
		g := f.Grants[0]
		g.ID = one("g0", "g2", "g3")
		g.Columns = slices.Clone(g.Columns)
		g.Columns[0].Mask, g.Columns[0].Reveal = MaskKind(one("", "hide", "partial", "odd")), pick(.5)
		g.Level = Level(one("view", "use", "update", "share"))
		g.Status = GrantStatus(one("active", "active", "suspended", "ended"))
		g.Subject = Subject{SubjectType(one("system", "account", "agency_role")), one("tthc", "u1", "H38.04/steward")}
		g.Connection = one("c1", "c2", "")
		if pick(.3) {
			g.ValidTo = noon.Add(-time.Hour)
		}
		f.Grants = append(f.Grants, g)
	}
	f.Connection["c1"] = ConnectionFacts{State: one("live", "live", "suspended", "testing", "acceptance")}
	if pick(.1) {
		f.Account.Active = false
	}
	if pick(.1) {
		f.Dataset.Suspended = true
	}
	if pick(.05) {
		f.Dataset, f.System = nil, nil
	}
	return r, f
}

func BenchmarkDecide(b *testing.B) {
	r, f := world()
	for b.Loop() {
		if d := Decide(r, f); !d.Allowed {
			b.Fatal(d.Code)
		}
	}
}

// BenchmarkDecideAmong50000 decides with 50,000 grants in the store: what a decision costs must not hang on how many rights
// there are.
func BenchmarkDecideAmong50000(b *testing.B) {
	const grants = 50_000
	r, f := world()
	all := make(map[string][]Grant, grants)
	for i := range grants {
		g := f.Grants[0]
		g.ID, g.Subject.ID = fmt.Sprintf("%s-%05d", g.ID, i), fmt.Sprintf("%s-%05d", g.Subject.ID, i)
		all[g.Subject.ID] = append(all[g.Subject.ID], g)
	}
	all[r.Actor.ID] = f.Grants
	took := make([]time.Duration, 0, 1<<20)
	for b.Loop() {
		began := time.Now()
		f.Grants = all[r.Actor.ID]
		if d := Decide(r, f); !d.Allowed {
			b.Fatal(d.Code)
		}
		if len(took) < cap(took) {
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "ns-p99")
}
