package account

import (
	"context"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func (w *world) actor(a *Account) context.Context {
	return as(access.Actor{Type: access.User, ID: a.ID, Name: a.FullName, Agency: a.Agency, Roles: a.Roles, Auth: access.AuthTwo})
}

var approver = New{Username: "phe.duyet", FullName: "Người Phê Duyệt", Agency: operator, Roles: []access.Role{access.OpApprover}}

// M6: nobody alone makes an op_approver, or takes over the account of one.
func TestOperatorRolesNeedTwo(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := worldOn(t, db)
		one := w.person("quan.tri", NewTOTPSecret(), access.OpAdmin)
		first := w.actor(one)
		if runs, err := w.SetUpRuns(first); err != nil || !runs {
			t.Fatalf("one administrator alone is no set-up: %v, %v", runs, err)
		}
		two := w.person("an.toan", NewTOTPSecret(), access.OpSecurity)
		if runs, err := w.SetUpRuns(first); err != nil || runs {
			t.Fatalf("the set-up goes on with two who could confirm: %v, %v", runs, err)
		}
		if _, err := w.SetActive(first, two.ID, false); err != nil { // the time alone does not come back
			t.Fatal(err)
		}
		if _, _, err := w.Create(first, approver); !fault.Is(err, "account.second_person") {
			t.Fatalf("one administrator makes an op_approver: %v", err)
		}
		if _, err := w.SetActive(first, two.ID, true); err != nil {
			t.Fatal(err)
		}
		w.create(t, first, one, two)
		w.takeOver(t, first, two)
	})
}

func (w *world) create(t *testing.T, first context.Context, one, two *Account) {
	t.Helper()
	p, err := w.Propose(first, Ask{Kind: ProposeCreate, New: &approver})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Confirm(first, p.ID); !fault.Is(err, "account.second_person_same") {
		t.Errorf("the proposer confirms: %v", err)
	}
	for name, ctx := range map[string]context.Context{"an engineer": as(access.Actor{Type: access.User, ID: "e", Agency: operator, Roles: []access.Role{access.OpEngineer}, Auth: access.AuthTwo}), "a steward": as(access.Actor{Type: access.User, ID: "s", Agency: "H38.04", Roles: []access.Role{access.Steward}})} {
		if _, _, err := w.Confirm(ctx, p.ID); !fault.Is(err, "access.permission_missing") {
			t.Errorf("%s confirms: %v", name, err)
		}
	}
	w.clock.Shift(73 * time.Hour)
	if _, _, err := w.Confirm(w.actor(two), p.ID); !fault.Is(err, "account.proposal_over") {
		t.Errorf("after 72 hours: %v", err)
	}
	if all, err := w.Proposals(first); err != nil || len(all) != 0 {
		t.Errorf("an expired proposal is listed: %v, %v", all, err)
	}
	if err := w.ExpireProposals(as(access.JobActor("account proposals"))); err != nil {
		t.Error(err)
	}
	w.clock.Shift(-73 * time.Hour)
	if p, err = w.Propose(first, Ask{Kind: ProposeCreate, New: &approver}); err != nil {
		t.Fatal(err)
	}
	made, token, err := w.Confirm(w.actor(two), p.ID)
	if err != nil || token == "" || made.CreatedBy != one.ID {
		t.Fatalf("made %+v, %v", made, err)
	}
	if _, _, err := w.Confirm(w.actor(two), p.ID); !fault.Is(err, "account.proposal_over") {
		t.Errorf("confirmed twice: %v", err)
	}
	if err := w.TakeLink(context.Background(), token.Reveal(), phrase); err != nil {
		t.Error(err)
	}
}

// takeOver tries every way of one administrator into the account of somebody with an operator's role.
func (w *world) takeOver(t *testing.T, first context.Context, two *Account) {
	t.Helper()
	held, err := findByName(context.Background(), w.DB, "phe.duyet")
	if err != nil || held == nil {
		t.Fatal(held, err)
	}
	if _, err := w.Reset(first, held.ID); !fault.Is(err, "account.second_person") {
		t.Errorf("reset alone: %v", err)
	}
	if _, err := w.ChangeRoles(first, held.ID, []access.Role{access.OpEngineer}); !fault.Is(err, "account.second_person") {
		t.Errorf("other roles alone: %v", err)
	}
	plain := w.person("chuyen.vien", "", access.Analyst)
	if _, err := w.ChangeRoles(first, plain.ID, []access.Role{access.Auditor}); !fault.Is(err, "account.second_person") {
		t.Errorf("an auditor alone: %v", err)
	}
	if _, err := w.Reset(first, plain.ID); err != nil {
		t.Errorf("people of an agency need no second person: %v", err)
	}
	forTwo, err := w.Propose(first, Ask{Kind: ProposeReset, Account: two.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Confirm(w.actor(two), forTwo.ID); !fault.Is(err, "account.second_person_same") {
		t.Errorf("confirmed for oneself: %v", err)
	}
	stale, err := w.Propose(first, Ask{Kind: ProposeReset, Account: held.ID})
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Shift(time.Minute)
	if _, err := w.SetActive(first, held.ID, false); err != nil { // taking away needs one person only
		t.Fatal(err)
	}
	if _, _, err := w.Confirm(w.actor(two), stale.ID); !fault.Is(err, "account.proposal_stale") {
		t.Errorf("a proposal about another state of the account: %v", err)
	}
	if err := w.Refuse(w.actor(two), stale.ID); err != nil {
		t.Error(err)
	}
	roles, err := w.Propose(first, Ask{Kind: ProposeRoles, Account: held.ID, Roles: []access.Role{access.OpEngineer}})
	if err != nil {
		t.Fatal(err)
	}
	changed, token, err := w.Confirm(w.actor(two), roles.ID)
	if err != nil || token != "" || len(changed.Roles) != 1 || changed.Roles[0] != access.OpEngineer {
		t.Errorf("got %+v, %v", changed, err)
	}
}
