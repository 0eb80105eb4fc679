package connection

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

var monday = time.Date(2026, 11, 2, 9, 0, 0, 0, i18n.Zone).UTC()

func measure(t *testing.T) Measure {
	t.Helper()
	cal, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	return Measure{Calendar: cal, Limits: DefaultLimits()}
}

// The table holds the 21 rows of section 5.1a, each with its states, the end that comes with the agency (Q32), and the rows
// of section 5.1b.
func TestTableIsThatOfTheRequirements(t *testing.T) {
	want := map[int]string{
		1: "->draft", 2: "draft->submitted", 3: "submitted->returned", 4: "returned->submitted", 5: "submitted->appraising",
		6: "appraising->owner_opinion", 7: "owner_opinion->appraising", 8: "appraising->approved", 9: "appraising->rejected",
		10: "appraising/owner_opinion->escalated", 11: "escalated->approved escalated->rejected", 12: "approved->provisioning",
		13: "provisioning->testing", 14: "testing->provisioning", 15: "testing->acceptance", 16: "acceptance->live", 17: "acceptance->testing",
		18: "live->suspended", 19: "suspended->live", 20: "live/suspended->terminated", 21: "draft/submitted/returned->withdrawn draft->withdrawn", // the second: the owner takes an offer back
		22: "draft/submitted/returned/appraising/owner_opinion/escalated/approved/provisioning/testing/acceptance->withdrawn security_check->withdrawn",
		23: "submitted->security_check", 24: "submitted/security_check->returned", 25: "security_check->provisioning",
		26: "submitted/security_check/provisioning/testing->escalated", 27: "escalated->",
		28: "submitted/security_check/escalated/provisioning/testing/acceptance->appraising",
	}
	got := map[int][]string{}
	for _, tr := range Transitions() {
		if tr.No == 0 {
			if tr.To != "" {
				t.Errorf("%s changes the state without a row number", tr.Action)
			}
			continue
		}
		var from []string
		for _, s := range tr.From {
			from = append(from, string(s))
		}
		row := strings.Join(from, "/") + "->" + string(tr.To)
		if !slices.Contains(got[tr.No], row) {
			got[tr.No] = append(got[tr.No], row)
		}
	}
	for no, row := range want {
		if strings.Join(got[no], " ") != row {
			t.Errorf("row %d: got %v, want %s", no, got[no], row)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
}

func cast() []access.Actor {
	user := func(id, agency string, roles ...access.Role) access.Actor {
		return access.Actor{Type: access.User, ID: id, Name: id, Agency: agency, Roles: roles, Auth: access.AuthTwo}
	}
	return []access.Actor{
		user("con-1", "A", access.Steward), user("con-2", "A", access.AgencyHead), user("con-3", "A", access.Steward, access.AgencyHead),
		user("own-1", "B", access.AgencyHead), user("own-2", "B", access.Steward),
		user("op-1", "O", access.OpAppraiser), user("op-2", "O", access.OpApprover), user("op-3", "O", access.OpEngineer), user("op-4", "O", access.OpEngineer),
		user("op-5", "O", access.OpSecurity), user("op-6", "O", access.OpSecurity),
		// Somebody to whom every role was given by mistake must still be held back by the duties.
		user("all", "A", access.Steward, access.AgencyHead, access.OpAppraiser, access.OpApprover, access.OpEngineer, access.OpSecurity),
		user("stranger", "C", access.Steward, access.AgencyHead), {Type: access.Anyone},
	}
}

func completeNeed() Need {
	return Need{
		System: "s", Dataset: "B/d", SchemaVersion: 1, Purposes: []string{"QLNN"}, LegalBasis: "Luật 60/2024/QH15, Điều 11", Fields: []string{"x", "y"},
		Subjects: 10, Level: access.LevelUse, Method: "api", Frequency: "daily", CallsPerDay: 100, PeakPerMinute: 10, ResponseMillis: 1000,
		Addresses: []string{"10.0.0.1"}, Environment: "môi trường chính thức", Contact: Contact{"a", "a@example.vn", "0"}, Responsible: "b",
		Answers: Answers{"records", "look_up", "at_once", "calls"}, Readiness: "ready", From: "2026-11-01", To: "2027-10-01",
	}
}

func completeScope(n Need) *Scope {
	s := n.Requested()
	s.Columns = s.Columns[:1]
	return &s
}

func worldFacts(now time.Time) Facts {
	return Facts{
		Now: now, Requester: "A", Steward: true, Purposes: map[string]Purpose{"QLNN": {Active: true}},
		Dataset: Dataset{
			Code: "B/d", Owner: "B", SchemaVersion: 1, Shareable: true, Fields: []Field{{Name: "x", Class: access.ClassInternal}, {Name: "y", Class: access.ClassNormal}},
			Listed: "12/QĐ-UBND", Provider: "p", Outside: func(Need, Agency) []Reason { return nil },
		},
		System: System{ID: "s", Agency: "A", SecurityLevel: 2, CheckValid: true, Listed: "13/QĐ-UBND"}, Providers: []System{{ID: "p", Listed: "13/QĐ-UBND"}},
	}
}

// randomInput is right about half of the time.
func randomInput(rnd *rand.Rand, r *Request) Input {
	in := Input{}
	yes := func() bool { return rnd.IntN(3) > 0 }
	if yes() {
		in.Comment, in.Questions, in.Attest, in.Missing, in.ReasonClass, in.OK = "ghi rõ", "hỏi", true, []string{"thiếu"}, "incident", true
	}
	if yes() {
		in.Scope = completeScope(r.Need)
		if !yes() {
			in.Scope.Columns = append(in.Scope.Columns, access.Column{Name: "z"})
		}
	}
	if yes() {
		in.Citation, in.Decision = "Điều 9 Quy chế", Document{Number: "1/QĐ", Title: "Quyết định"}
	}
	in.Opinion = Opinion{Stand: []Stand{Agree, AgreeLimits, Object}[rnd.IntN(3)], Citation: "Điều 10", Limits: "chỉ giờ hành chính"}
	in.Reviewed = r.Config
	answer := Pass
	if !yes() {
		answer = Fail
	}
	in.Checklist = Checklist{Items: map[Item]Finding{}, Fields: map[string]Necessity{"x": {Needed: true}, "y": {Needed: yes()}}}
	for _, i := range Items() {
		in.Checklist.Items[i] = Finding{Answer: answer, Comment: "vì"}
	}
	n := completeNeed()
	in.Need, in.Hours = &n, map[Phase]int{PhaseTesting: 4}
	return in
}

// play runs one random life and checks, after each step, what must hold.
func play(t *testing.T, seed uint64, m Measure) *Request {
	rnd := rand.New(rand.NewPCG(seed, 1))
	people := cast()
	r := &Request{ID: "r", Agency: "A", Owner: "B", Need: completeNeed(), Route: Full}
	listed := rnd.IntN(2) == 0 // the dataset may leave its list, or enter it, at any moment
	now := monday
	var steps []Step
	var config, served *Config // the newest, and the one by which calls are served
	var review, reviewed *Review
	var run *Run
	all := Transitions()
	for range 400 {
		now = now.Add(time.Duration(rnd.IntN(60)) * time.Minute)
		if rnd.IntN(1500) == 0 {
			listed = !listed
		}
		f := worldFacts(now)
		if !listed {
			f.Dataset.Listed = ""
		}
		f.Config, f.Review, f.Run = config, review, run
		who := people[rnd.IntN(len(people))]
		action := all[rnd.IntN(len(all))].Action
		if rnd.IntN(3) > 0 { // mostly something that the state knows
			var fitting []Action
			for _, x := range all {
				back := x.To.Final() || slices.Contains([]Action{ActObject, ActRetest, ActReconfigure, ActReturn, ActReturnCheck, ActEscalate, ActFailTesting}, x.Action)
				ends := back && rnd.IntN(30) > 0 // or most lives would end young
				if r.offers(x) && !ends {
					fitting = append(fitting, x.Action)
				}
			}
			if len(fitting) == 0 {
				break
			}
			action = fitting[rnd.IntN(len(fitting))]
		}
		in := randomInput(rnd, r)
		if action == ActRecordRun {
			in.run = &Run{Seq: int64(len(steps)), Config: r.Config, Began: now, Cases: []Case{{Pass: true}}, Stability: Stability{Pass: true}, Accuracy: Accuracy{Pass: true}, Safety: Safety{Pass: rnd.IntN(2) == 0}}
			in.run.judge()
			_ = in.run.seal()
		}
		before := *r
		step, err := r.Apply(who, action, in, f, m)
		if err != nil {
			if r.State != before.State || r.Revision != before.Revision {
				t.Fatalf("seed %d: a refused %s changed the request", seed, action)
			}
			continue
		}
		switch action { // what the service does beside the step
		case ActProvision:
			r.Grants = []string{"quyen"}
			config = &Config{Version: r.Config + 1, By: step.By}
			r.newest(*config)
			review = nil
		case ActReconfigure:
			config = &Config{Version: r.Config + 1, By: step.By}
			r.newest(*config)
			review = nil
		case ActReview:
			review = &Review{Version: in.Reviewed, OK: in.OK, By: step.By}
		case ActRecordRun:
			run = in.run
		}
		steps = append(steps, step)
		if r.InForce != nil && r.InForce.Version == config.Version {
			served, reviewed = config, review
		}
		holdInvariants(t, seed, r, steps, served, reviewed, run)
	}
	return r
}

func holdInvariants(t *testing.T, seed uint64, r *Request, steps []Step, config *Config, review *Review, run *Run) {
	t.Helper()
	fail := func(what string) {
		t.Fatalf("seed %d: %s: %s after %v", seed, r.State, what, actions(steps))
	}
	for _, done := range r.Duties {
		for _, d := range done {
			if other, found := conflict(done, d); found {
				fail("one person did " + string(other) + " and " + string(d))
			}
		}
	}
	has := func(a ...Action) bool {
		return slices.ContainsFunc(steps, func(s Step) bool { return slices.Contains(a, s.Action) })
	}
	switch r.State {
	case Live, Suspended, Terminated, Acceptance, Testing, Provisioning:
	default:
		return
	}
	if !has(ActSubmit) || r.Attested == nil {
		fail("without an attested submission")
	}
	if r.Route == Shortened {
		holdShortened(t, seed, r, steps, config)
	} else if !has(ActApprove, ActApproveDecided) {
		fail("without an approval")
	}
	if r.State == Provisioning && !r.setUp() {
		return
	}
	if r.Approved == nil || r.Approved.Within(r.Need.Requested()) != nil {
		fail("without an approval within the need")
	}
	if r.Route == Full && has(ActApprove) && (r.Opinion == nil || r.Opinion.Stand == Object || r.Checklist.passed(r.Need, worldFacts(r.UpdatedAt).Dataset) != nil) && !has(ActApproveDecided) {
		fail("approved against the owner or the checklist")
	}
	if !has(ActProvision) || config == nil {
		fail("without provisioning")
	}
	if r.State == Provisioning {
		return
	}
	if review == nil || !review.OK || review.Version != config.Version || review.By.Account == config.By.Account {
		fail("without a second operator's review")
	}
	if r.State == Testing {
		return
	}
	tested := config.Version
	if r.Minutes != nil { // parameters change in operation; the scope stays the one that was tested
		tested = r.Minutes.Config
	}
	if run == nil || !run.Passed || run.Config != tested || r.RunHash != run.Hash {
		fail("without a passed run of this configuration")
	}
	if r.State == Acceptance {
		return
	}
	people := map[string]bool{}
	for _, side := range r.Route.Confirming() {
		c, said := r.Confirmed[side]
		if !said && side == Owner && r.Minutes != nil && r.Minutes.OwnerSilent { // on data of the issued catalogue, past the limit
			people["silent owner"] = true
			continue
		}
		if !said {
			fail("without the confirmation of " + string(side))
		}
		people[c.By.Account] = true
	}
	if len(people) != len(r.Route.Confirming()) {
		fail("confirmed by fewer people than parties")
	}
}

// holdShortened: what no life of the shortened process may lack, whatever happened.
func holdShortened(t *testing.T, seed uint64, r *Request, steps []Step, config *Config) {
	t.Helper()
	last := func(a Action) int {
		for i := len(steps) - 1; i >= 0; i-- {
			if steps[i].Action == a {
				return i
			}
		}
		return -1
	}
	passed := last(ActPassCheck)
	switch {
	case passed < 0 || passed < last(ActSubmit):
		t.Fatalf("seed %d: %s: without a security check after %v", seed, r.State, actions(steps))
	case last(ActConvert) > 0:
		t.Fatalf("seed %d: back on the shortened way after a conversion: %v", seed, actions(steps))
	case r.setUp() && config != nil && r.Duties[steps[passed].By.Account] != nil && config.By.Account == steps[passed].By.Account:
		t.Fatalf("seed %d: who passed the check set the connection up", seed)
	}
	for _, s := range steps {
		if s.Route == Shortened && s.To == Approved {
			t.Fatalf("seed %d: an approval in the shortened process", seed)
		}
	}
}

func actions(steps []Step) []Action {
	var out []Action
	for _, s := range steps {
		out = append(out, s.Action)
	}
	return out
}

// No sequence of actions by anybody reaches a state without each of its gates, and nobody does two separated duties.
func TestNoOtherWayToLive(t *testing.T) {
	m := measure(t)
	reached, live, converted := map[State]int{}, map[Route]int{}, 0
	lives := uint64(2000)
	if testing.Short() {
		lives = 500
	}
	for seed := range lives {
		r := play(t, seed, m)
		reached[r.State]++
		if !r.LiveSince.IsZero() {
			live[r.Route]++
		}
		if r.Converted != nil {
			converted++
		}
	}
	t.Log(reached, live, converted)
	// The property says nothing if the random lives never get far.
	if live[Shortened] == 0 || live[Full] == 0 || converted == 0 {
		t.Fatalf("lives that went live %v, converted %d: the generator does not reach both ways", live, converted)
	}
	if reached[Live]+reached[Suspended]+reached[Terminated] == 0 {
		t.Fatal("no life reached operation: the generator is too weak to prove anything")
	}
}

func TestDuties(t *testing.T) {
	for _, c := range []struct {
		name       string
		done, next Duty
		refused    bool
	}{
		{"who registered does not approve", Registers, Approves, true},
		{"who appraised does not approve", Appraises, Approves, true},
		{"who approved does not provision", Approves, Provisions, true},
		{"who provisioned does not approve", Provisions, Approves, true},
		{"who registered does not confirm the acceptance", Registers, Accepts, true},
		{"who provisioned may confirm for the operator", Provisions, Accepts, false},
		{"who registered may register again", Registers, Registers, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &Request{Duties: map[string][]Duty{"p": {c.done}}}
			if err := r.did(Person{Account: "p"}, c.next); fault.Is(err, "connection.duties_separated") != c.refused {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestClock(t *testing.T) {
	m := measure(t)
	day := func(n int) time.Time { return monday.AddDate(0, 0, n) }
	r := &Request{State: Draft, Route: Full}
	to := func(s State, at time.Time) {
		t.Helper()
		if err := m.move(r, s, at); err != nil {
			t.Fatal(err)
		}
	}
	end := func(n int) time.Time { return time.Date(2026, 11, 2+n, 17, 0, 0, 0, i18n.Zone).UTC() }
	to(Submitted, day(0))
	if !r.Clock.Deadline.Equal(end(2)) {
		t.Fatalf("intake ends %v", r.Clock.Deadline)
	}
	to(Returned, day(1))
	if !r.Clock.Paused || !r.Clock.Deadline.IsZero() || r.Clock.Used != 1 {
		t.Fatalf("the clock must stand still while the request is returned: %+v", r.Clock)
	}
	to(Submitted, day(10)) // Thursday: one day of the two is left
	if used, _ := m.used(r.Clock, day(10)); used != 1 || !r.Clock.Deadline.Equal(end(11)) {
		t.Fatalf("used %d, ends %v", used, r.Clock.Deadline)
	}
	to(Appraising, day(10))
	appraisal := r.Clock.Deadline
	to(OwnerOpinion, day(11))
	if !r.Clock.Deadline.Equal(end(16)) { // Friday + 3 working days = Wednesday
		t.Fatalf("opinion ends %v", r.Clock.Deadline)
	}
	to(Appraising, day(14))
	if !r.Clock.Deadline.Equal(appraisal) {
		t.Fatalf("the opinion lies inside the appraisal, whose end moved to %v", r.Clock.Deadline)
	}
	to(Approved, day(14))
	setUp := r.Clock.Deadline
	to(Provisioning, day(15))
	if !r.Clock.Deadline.Equal(setUp) {
		t.Fatalf("set-up is one phase")
	}
}

func TestTotalsOfTheLimits(t *testing.T) {
	l := DefaultLimits()
	if l.Total(Full) != 17 || l.Total(Shortened) != 7 {
		t.Fatalf("got %d and %d, parameters D1 and D2 say 17 and 7", l.Total(Full), l.Total(Shortened))
	}
	var p problems
	if l.check(&p); len(p) > 0 {
		t.Fatalf("the defaults are refused: %v", p)
	}
	for _, c := range []struct {
		name, code string
		change     func(Limits)
	}{
		{"a longer total of the shortened process", "connection.limit_total", func(l Limits) { l.Shortened[PhaseTesting] = 3 }},
		{"a longer total of the full process", "connection.limit_total", func(l Limits) { l.Full[PhaseTesting] = 6 }},
		{"a check without a day", "connection.limit_missing", func(l Limits) { l.Shortened[PhaseCheck] = 0 }},
		{"a phase of the other process", "connection.limit_unknown", func(l Limits) { l.Shortened[PhaseIntake] = 1 }},
		{"an opinion longer than its appraisal", "connection.limit_opinion", func(l Limits) { l.Full[PhaseOpinion] = 6 }},
	} {
		l, p := DefaultLimits(), problems{}
		c.change(l)
		if l.check(&p); !slices.ContainsFunc(p, func(f *fault.Fault) bool { return f.Code == c.code }) {
			t.Errorf("%s: got %v, want %s", c.name, p, c.code)
		}
	}
}

func TestSilence(t *testing.T) {
	r := &Request{Need: completeNeed(), Clock: Clock{Deadline: monday}, Opinion: &Opinion{}}
	f := worldFacts(monday.Add(time.Hour))
	if err := silenceCounts(r, Input{}, f); err != nil {
		t.Fatalf("data that is not personal, limit over: %v", err)
	}
	f.Now = monday.Add(-time.Hour)
	if err := silenceCounts(r, Input{}, f); !fault.Is(err, "connection.limit_not_over") {
		t.Fatalf("got %v", err)
	}
	f.Now = monday.Add(time.Hour)
	f.Dataset.Fields[0].Class = access.ClassBasic
	if err := silenceCounts(r, Input{}, f); !fault.Is(err, "connection.silence_on_personal") {
		t.Fatalf("silence is never consent for personal data: %v", err)
	}
}
