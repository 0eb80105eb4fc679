package connection_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/kit/fault"
)

func issued(t *testing.T, run func(t *testing.T, w *connectiontest.World)) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		w.Issue()
		run(t, w)
	})
}

func found(t *testing.T, w *connectiontest.World, id connection.ID) connection.View {
	t.Helper()
	v, err := w.Service.Find(connectiontest.Engineer(), id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func states(v connection.View) []connection.State {
	var out []connection.State
	for _, s := range v.Steps {
		if s.From != s.To {
			out = append(out, s.To)
		}
	}
	return out
}

func TestShortenedWay(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		r := w.UntilShortened(connection.Live)
		v := found(t, w, r.ID)
		want := []connection.State{
			connection.Draft, connection.Submitted, connection.SecurityCheck, connection.Provisioning, connection.Testing, connection.Acceptance, connection.Live,
		}
		if got := states(v); !slices.Equal(got, want) {
			t.Fatalf("states %v, section 5.1b says %v", got, want)
		}
		if r.Route != connection.Shortened || r.Opinion != nil || len(r.Checklist.Items) > 0 {
			t.Fatalf("route %s, opinion %v: the need is not appraised and the owner is not asked", r.Route, r.Opinion)
		}
		if len(r.Minutes.Participants) != 2 || r.Minutes.OwnerSilent {
			t.Fatalf("operator and requester confirm, the owner need not: %+v", r.Minutes)
		}
		if err := r.Approved.Within(r.Need.Requested()); err != nil || len(r.Approved.Columns) != len(r.Need.Fields) || !slices.Equal(r.Approved.Levels, []access.Level{access.LevelUse}) {
			t.Fatalf("what was asked is approved, its level named: %+v, %v", r.Approved, err)
		}
		if r.Approval.By.Account == "" || slices.ContainsFunc(v.Steps, func(s connection.Step) bool { return s.To == connection.SecurityCheck && len(s.Conditions) != 6 }) {
			t.Fatal("a step does not keep the six conditions as it found them")
		}
		if v.Total.Limit != 7 || v.Total.Until.IsZero() {
			t.Fatalf("the total of D2: %+v", v.Total)
		}
	})
}

func TestTheRouteFollowsTheDraft(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		n := w.Need()
		would := func(want connection.Route, why string) {
			t.Helper()
			o, err := w.Service.Outlook(connectiontest.Steward(), n)
			if err != nil || o.Route != want {
				t.Fatalf("would go %s, want %s: %+v %v", o.Route, want, o.Conditions, err)
			}
			for _, c := range o.Conditions {
				if !c.Met && c.Reasons[0].Code != why {
					t.Fatalf("%s because of %+v, want %s", c.Code, c.Reasons, why)
				}
			}
		}
		would(connection.Shortened, "")
		n.Fields = append(n.Fields, "dia_chi_cha_me")
		would(connection.Full, "outside_field")
		n.Fields = n.Fields[:len(n.Fields)-1]
		would(connection.Shortened, "")
	})
}

// lapses take each condition away in turn.
func lapses() map[string]func(*connectiontest.World) {
	return map[string]func(*connectiontest.World){
		"dataset_listed": func(w *connectiontest.World) { w.Dataset.Listed = "" },
		"system_listed":  func(w *connectiontest.World) { w.Provider.Listed = "" },
		"scope": func(w *connectiontest.World) {
			w.Dataset.Outside = func(connection.Need, connection.Agency) []connection.Reason {
				return []connection.Reason{{Code: "outside_purpose", Args: []string{"DVC-TTHC"}}}
			}
		},
		"security_level": func(w *connectiontest.World) { w.System.SecurityLevel = 2 },
		"register":       func(w *connectiontest.World) { w.Registered = []string{"QLNN"} },
		"violation":      func(w *connectiontest.World) { w.Violations.Store(1) },
	}
}

// next is the step that somebody would take in each state of the shortened process.
func next(w *connectiontest.World, r *connection.Request) error {
	s := w.Service
	var err error
	switch r.State {
	case connection.Submitted:
		_, err = s.StartCheck(connectiontest.Check(), r.ID, in{})
	case connection.SecurityCheck:
		_, err = s.PassCheck(connectiontest.Check(), r.ID, in{Scope: w.Protected(r)})
	case connection.Provisioning:
		_, _, err = s.Provision(connectiontest.Engineer(), r.ID, in{}, w.Setup)
	case connection.Testing:
		_, _, err = s.RecordRun(connectiontest.Engineer(), connectiontest.Passed(r, w.Clock.Now()))
	case connection.Acceptance:
		_, err = s.Confirm(connectiontest.ConsumerHead(), r.ID, connection.Requester, in{})
	case connection.Escalated:
		_, err = s.Continue(connectiontest.Approver(), r.ID, in{Decision: connection.Document{Number: "20/QĐ-UBND", Title: "Quyết định"}})
	}
	return err
}

// until takes a request to one of the states in which a condition may fall away.
func until(t *testing.T, w *connectiontest.World, state connection.State) *connection.Request {
	t.Helper()
	if state != connection.Escalated {
		return w.UntilShortened(state)
	}
	r := w.UntilShortened(connection.Testing)
	r, err := w.Service.Object(connectiontest.OwnerHead(), r.ID, in{Comment: "Dữ liệu đang tranh chấp", Citation: "Luật 60/2024/QH15, Điều 19"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// In every state, each condition that falls away leads to the appraisal of the full process with its reason, at the next
// step or by the sweep, and takes back what was set up.
func TestAConditionThatFallsAway(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		at := []connection.State{connection.Submitted, connection.SecurityCheck, connection.Provisioning, connection.Testing, connection.Acceptance, connection.Escalated}
		for _, state := range at {
			for code, lapse := range lapses() {
				t.Run(string(state)+" "+code, func(t *testing.T) {
					w.Issue()
					w.Violations.Store(0)
					w.System.SecurityLevel = 3
					r := until(t, w, state)
					revoked := w.Revoked.Load()
					lapse(w)
					if code == "security_level" || code == "scope" || code == "register" { // the other half by the sweep
						if err := w.Service.Sweep(jobs()); err != nil {
							t.Fatal(err)
						}
					} else {
						wantCode(t, next(w, r), "connection.converted")
					}
					converted(t, w, r, state, code)
					if len(r.Grants) > 0 && w.Revoked.Load() == revoked {
						t.Fatal("the credential outlives the conversion")
					}
				})
			}
		}
	})
}

func converted(t *testing.T, w *connectiontest.World, before *connection.Request, state connection.State, code string) {
	t.Helper()
	v := found(t, w, before.ID)
	r, last := v.Request, v.Steps[len(v.Steps)-1]
	if r.State != connection.Appraising || r.Route != connection.Full || r.Converted == nil || r.Converted.From != state {
		t.Fatalf("it stands at %s on the %s way: %+v", r.State, r.Route, r.Converted)
	}
	if len(r.Converted.Reasons) != 1 || r.Converted.Reasons[0].Code != code || len(r.Converted.Reasons[0].Reasons) == 0 {
		t.Fatalf("the reason is %+v, want %s", r.Converted.Reasons, code)
	}
	if last.Action != connection.ActConvert || last.By.Role != string(access.SystemJob) || len(last.Conditions) != 6 {
		t.Fatalf("the step does not say that the platform converted, and why: %+v", last)
	}
	if r.Approved != nil || len(r.Grants) > 0 || r.Clock.Phase != connection.PhaseAppraisal || r.Clock.Limit != 5 {
		t.Fatalf("something of the shortened process counts on: %+v", r)
	}
	grants, err := w.Access.GrantsOfRequest(t.Context(), string(r.ID))
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range grants {
		if g.Status != access.GrantEnded {
			t.Fatalf("grant %s is %s after the conversion", g.ID, g.Status)
		}
	}
	if state == connection.Escalated && (r.Opinion == nil || r.Opinion.Stand != connection.Object) {
		t.Fatal("the objection on which nobody decided is lost")
	}
}

// After a conversion the full process runs to its end: appraisal, owner, approval, a new set-up, three confirmations.
func TestAConvertedRequestGoesTheFullWay(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		r := w.UntilShortened(connection.Testing)
		w.Dataset.Listed = ""
		wantCode(t, next(w, r), "connection.converted")
		w.Issue() // back in the catalogue: the request stays on the full way
		s, scope := w.Service, connectiontest.Scope()
		for _, step := range []func() error{
			func() error {
				c := connectiontest.Checklist()
				delete(c.Fields, "dia_chi_cha_me")
				_, err := s.Appraise(connectiontest.Appraiser(), r.ID, in{Checklist: c})
				return err
			},
			func() error {
				_, err := s.AskOwner(connectiontest.Appraiser(), r.ID, in{Questions: "Ý kiến?"})
				return err
			},
			func() error {
				_, err := s.GiveOpinion(connectiontest.OwnerHead(), r.ID, in{Opinion: connection.Opinion{Stand: connection.Agree}})
				return err
			},
			func() error { _, err := s.Approve(connectiontest.Approver(), r.ID, in{Scope: &scope}); return err },
			func() error { _, _, err := s.Provision(connectiontest.Engineer(), r.ID, in{}, w.Setup); return err },
			func() error { _, err := s.Review(connectiontest.Second(), r.ID, in{Reviewed: 2, OK: true}); return err },
			func() error { _, err := s.StartTesting(connectiontest.Engineer(), r.ID, in{}); return err },
			func() error {
				_, _, err := s.RecordRun(connectiontest.Engineer(), connectiontest.Passed(found(t, w, r.ID).Request, w.Clock.Now()))
				return err
			},
			func() error { _, err := s.PassTesting(connectiontest.Engineer(), r.ID, in{}); return err },
			func() error {
				_, err := s.Confirm(connectiontest.Engineer(), r.ID, connection.Operator, in{})
				return err
			},
			func() error {
				_, err := s.Confirm(connectiontest.ConsumerHead(), r.ID, connection.Requester, in{})
				return err
			},
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		if v := found(t, w, r.ID); v.Request.State != connection.Acceptance {
			t.Fatalf("without the owner's word it stands at %s", v.Request.State)
		}
		if _, err := s.Confirm(connectiontest.OwnerHead(), r.ID, connection.Owner, in{}); err != nil {
			t.Fatal(err)
		}
		v := found(t, w, r.ID)
		if v.Request.State != connection.Live || v.Total.Limit != 17 {
			t.Fatalf("%s, %+v", v.Request.State, v.Total)
		}
	})
}

// What is acknowledged stands after a restart in every state, and the way leads on from there.
func TestARestartInEveryState(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		for _, state := range []connection.State{connection.Draft, connection.Submitted, connection.SecurityCheck, connection.Provisioning, connection.Testing, connection.Acceptance} {
			r := w.UntilShortened(state)
			before := own(t, w, r)
			w.Restart()
			after := own(t, w, r)
			if after.Request.State != before.Request.State || after.Request.Revision != before.Request.Revision || !after.Request.Clock.Deadline.Equal(before.Request.Clock.Deadline) || len(after.Steps) != len(before.Steps) {
				t.Fatalf("%s: %+v became %+v", state, before.Request, after.Request)
			}
			if live := w.Onward(after.Request); live.Route != connection.Shortened {
				t.Fatalf("from %s it went live by the %s process", state, live.Route)
			}
		}
		r := object(t, w, w.UntilShortened(connection.Provisioning))
		w.Restart()
		got, err := w.Service.Continue(connectiontest.Approver(), r.ID, in{Decision: decision})
		if err != nil {
			t.Fatal(err)
		}
		w.Onward(got)
	})
}

// own is a request as its own steward sees it, drafts too.
func own(t *testing.T, w *connectiontest.World, r *connection.Request) connection.View {
	t.Helper()
	v, err := w.Service.Find(connectiontest.Steward(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTwoChecksRace(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		r := w.UntilShortened(connection.SecurityCheck)
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 4 {
			who := connectiontest.As([]string{"s-1", "s-2", "s-3", "s-4"}[i], "H38.02", access.OpSecurity)
			wg.Go(func() {
				_, err := w.Service.PassCheck(who, r.ID, in{Scope: w.Protected(r)})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if k := fault.Of(err).Kind; k != fault.Conflict && k != fault.Unavailable {
					t.Errorf("got %v", err)
				}
			})
		}
		wg.Wait()
		passed := 0
		for _, s := range found(t, w, r.ID).Steps {
			if s.Action == connection.ActPassCheck {
				passed++
			}
		}
		if won != 1 || passed != 1 {
			t.Fatalf("%d won, %d steps in the history", won, passed)
		}
	})
}

func TestTwoConfirmationsRace(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		r := w.UntilShortened(connection.Acceptance)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, confirm := range []func() error{
			func() error {
				_, err := w.Service.Confirm(connectiontest.Engineer(), r.ID, connection.Operator, in{})
				return err
			},
			func() error {
				_, err := w.Service.Confirm(connectiontest.ConsumerHead(), r.ID, connection.Requester, in{})
				return err
			},
		} {
			wg.Go(func() {
				err := confirm()
				for fault.Is(err, "connection.changed_meanwhile") || fault.Is(err, "controldb.busy") { // a clear 409: look again and confirm
					err = confirm()
				}
				errs[i] = err
			})
		}
		wg.Wait()
		v := found(t, w, r.ID)
		if errs[0] != nil || errs[1] != nil || v.Request.State != connection.Live || len(v.Request.Minutes.Participants) != 2 {
			t.Fatalf("%v: %s", errs, v.Request.State)
		}
		live := 0
		for _, s := range v.Steps {
			if s.To == connection.Live {
				live++
			}
		}
		if live != 1 {
			t.Fatalf("went live %d times", live)
		}
	})
}

func TestWhatChangesInTheMiddle(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		t.Run("the steward's appointment ends", func(t *testing.T) {
			r := w.UntilShortened(connection.SecurityCheck)
			w.Steward = false
			defer func() { w.Steward = true }()
			if err := next(w, r); err != nil { // the operator's work goes on; what only a steward may do does not
				t.Fatal(err)
			}
			_, err := w.Service.Create(connectiontest.Steward(), w.Need())
			wantCode(t, err, "connection.no_active_steward")
		})
		t.Run("the data gets another owner", func(t *testing.T) {
			r := w.UntilShortened(connection.SecurityCheck)
			w.Dataset.Owner = connectiontest.Other
			defer func() { w.Dataset.Owner = connectiontest.Owner }()
			if _, err := w.Service.Object(connectiontest.OwnerHead(), r.ID, in{Comment: "x y z", Citation: "Điều 9 Quy chế"}); err == nil {
				t.Fatal("who no longer owns the data objects for it")
			}
			head := connectiontest.As("new-head", connectiontest.Other, access.AgencyHead)
			got, err := w.Service.Object(head, r.ID, in{Comment: "Chủ quản mới phản đối", Citation: "Điều 9 Quy chế"})
			if err != nil || got.Owner != connectiontest.Other || got.State != connection.Escalated {
				t.Fatalf("the new owner objects: %v, %v", got, err)
			}
		})
		t.Run("the agency ends", func(t *testing.T) {
			r := w.UntilShortened(connection.Testing)
			w.Ended.Store(true)
			defer w.Ended.Store(false)
			if err := w.Service.Sweep(jobs()); err != nil {
				t.Fatal(err)
			}
			v := found(t, w, r.ID)
			if v.Request.State != connection.Withdrawn {
				t.Fatalf("it stands at %s", v.Request.State)
			}
		})
	})
}

// jobs is the context in which the sweep runs.
func jobs() context.Context {
	return access.WithActor(context.Background(), access.JobActor("connection sweep"))
}
