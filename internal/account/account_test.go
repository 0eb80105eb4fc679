package account

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func TestRulesOfANewAccount(t *testing.T) {
	good := func() New {
		return New{Username: "lan.tp", FullName: "Nguyễn Giả Định", Agency: "H38.04", Roles: []access.Role{access.Steward}}
	}
	for _, c := range []struct {
		name, field, code string
		change            func(*New)
	}{
		{"all is well", "", "", func(*New) {}},
		{"capital letters", "username", "account.username_form", func(n *New) { n.Username = "Lan" }},
		{"diacritics", "username", "account.username_form", func(n *New) { n.Username = "lân.tp" }},
		{"two dots", "username", "account.username_form", func(n *New) { n.Username = "lan..tp" }},
		{"too short", "username", "account.username_form", func(n *New) { n.Username = "ab" }},
		{"no full name", "full_name", "account.full_name_form", func(n *New) { n.FullName = " " }},
		{"look-alike letters", "full_name", "account.full_name_form", func(n *New) { n.FullName = "Nguyễn Аn" }},
		{"no agency", "agency", "account.agency_missing", func(n *New) { n.Agency = "" }},
		{"an agency that does not exist", "agency", "account.agency_inactive", func(n *New) { n.Agency = "H38.99" }},
		{"no role", "roles", "account.role_missing", func(n *New) { n.Roles = nil }},
		{"a role that does not exist", "roles", "account.role_unknown", func(n *New) { n.Roles = []access.Role{"king"} }},
		{"a role of machines", "roles", "account.role_unknown", func(n *New) { n.Roles = []access.Role{access.SystemAccount} }},
		{"an operator's role elsewhere", "roles", "account.role_operator", func(n *New) { n.Roles = []access.Role{access.OpEngineer} }},
		{"an operator's role at the operator", "", "", func(n *New) { n.Agency, n.Roles = operator, []access.Role{access.OpEngineer} }},
		{"the auditor may come from elsewhere", "", "", func(n *New) { n.Roles = []access.Role{access.Auditor} }},
		{"operate and audit", "roles", "account.roles_incompatible", func(n *New) { n.Agency, n.Roles = operator, []access.Role{access.OpQuality, access.Auditor} }},
		{"appraise and approve", "roles", "account.roles_incompatible", func(n *New) { n.Agency, n.Roles = operator, []access.Role{access.OpAppraiser, access.OpApprover} }},
		{"a vendor without anything", "sponsor", "account.vendor_incomplete", func(n *New) { n.Roles = []access.Role{access.Vendor} }},
		{"a vendor without an end", "sponsor", "account.vendor_incomplete", func(n *New) {
			n.Roles, n.Sponsor, n.Commitment = []access.Role{access.Vendor}, "H38.04", "01/CK"
		}},
		{"a vendor with an unknown sponsor", "sponsor", "account.agency_inactive", func(n *New) {
			n.Roles, n.Sponsor, n.Commitment, n.ValidTo = []access.Role{access.Vendor}, "H38.99", "01/CK", noon.AddDate(0, 6, 0)
		}},
		{"a vendor with everything", "", "", func(n *New) {
			n.Roles, n.Sponsor, n.Commitment, n.ValidTo = []access.Role{access.Vendor}, "H38.04", "01/CK", noon.AddDate(0, 6, 0)
		}},
		{"an end in the past", "valid_to", "account.valid_to_past", func(n *New) { n.ValidTo = noon }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, n := newWorld(t), good()
			c.change(&n)
			a, token, err := w.Create(as(admin), n)
			if c.code == "" {
				if err != nil || a == nil || token.Reveal() == "" {
					t.Fatal(a, err)
				}
				return
			}
			f := fault.Of(err)
			for _, item := range append([]*fault.Fault{f}, f.Items...) {
				if item.Code == c.code && item.Field == c.field {
					return
				}
			}
			t.Fatalf("got %v, want %s at %s", err, c.code, c.field)
		})
	}
}

func TestPasswordPolicy(t *testing.T) {
	for password, want := range map[string]string{
		"mười một kt":            "account.password_short",
		"mười hai ký!":           "",
		"12345678901":            "account.password_short",
		"123456789012":           "account.password_common",
		"MatKhau12345":           "account.password_common",
		"xin chào LAN.TP nhé":    "account.password_name",
		phrase:                   "",
		strings.Repeat("a", 257): "account.password_long",
	} {
		f := checkPassword(password, "lan.tp")
		switch {
		case want == "" && f != nil:
			t.Errorf("%q: %v", password, f)
		case want != "" && (f == nil || f.Code != want):
			t.Errorf("%q: %v, want %s", password, f, want)
		}
	}
}

func TestWhoMayChangeAccounts(t *testing.T) {
	w := newWorld(t)
	a := w.person("lan", "", access.Steward)
	self := access.Actor{Type: access.User, ID: a.ID, Agency: operator, Roles: []access.Role{access.OpAdmin}}
	for _, c := range []struct {
		name string
		who  access.Actor
		code string
	}{
		{"nobody", access.Actor{Type: access.Anyone}, "access.sign_in_required"},
		{"a steward", access.Actor{Type: access.User, ID: "s", Agency: "H38.04", Roles: []access.Role{access.Steward}}, "access.permission_missing"},
		{"an agency's administrator", access.Actor{Type: access.User, ID: "s", Agency: "H38.04", Roles: []access.Role{access.AgencyAdmin}}, "access.permission_missing"},
		{"an auditor", access.Actor{Type: access.User, ID: "s", Agency: "H38.09", Roles: []access.Role{access.Auditor}}, "access.permission_missing"},
		{"an administrator, of the own account", self, "account.own_account"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := as(c.who)
			_, err := w.ChangeRoles(ctx, a.ID, []access.Role{access.Analyst})
			w.fails(err, c.code)
			_, err = w.SetActive(ctx, a.ID, false)
			w.fails(err, c.code)
			_, err = w.Reset(ctx, a.ID)
			w.fails(err, c.code)
			if c.code != "account.own_account" {
				_, _, err = w.Create(ctx, New{})
				w.fails(err, c.code)
			}
		})
	}
	_, err := w.ChangeRoles(as(admin), a.ID, []access.Role{access.OpApprover})
	w.fails(err, "account.role_operator")
	_, err = w.ChangeRoles(as(admin), a.ID, []access.Role{access.OpenDataEditor, access.LegalReviewer})
	w.fails(err, "account.roles_incompatible")
	_, err = w.SetActive(as(admin), "none", false)
	w.fails(err, "account.not_found")
	if kept, err := w.Find(as(admin), a.ID); err != nil || !kept.Active || len(kept.Roles) != 1 || kept.Roles[0] != access.Steward {
		t.Fatalf("%+v %v", kept, err)
	}
}

func TestWhoSeesWhichAccounts(t *testing.T) {
	w := newWorld(t)
	lan := w.person("lan", "", access.Steward)
	hoa := w.person("hoa", "", access.OpSecurity)
	local := as(access.Actor{Type: access.User, ID: "s", Agency: "H38.04", Roles: []access.Role{access.AgencyAdmin}})
	if all, err := w.List(as(admin), Filter{}); err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if own, err := w.List(local, Filter{Agency: operator}); err != nil || len(own) != 1 || own[0].ID != lan.ID {
		t.Fatal(own, err)
	}
	if strong, err := w.List(as(admin), Filter{Role: access.OpSecurity}); err != nil || len(strong) != 1 || strong[0].ID != hoa.ID {
		t.Fatal(strong, err)
	}
	if none, err := w.List(as(admin), Filter{Role: `%`}); err != nil || len(none) != 2 {
		t.Fatal("an unknown role does not filter", none, err)
	}
	if found, err := w.List(as(admin), Filter{Text: "nguoi gia dinh"}); err != nil || len(found) != 2 {
		t.Fatal(found, err)
	}
	_, err := w.Find(local, hoa.ID)
	w.fails(err, "account.not_found")
	_, err = w.List(as(access.Actor{Type: access.User, Roles: []access.Role{access.Steward}}), Filter{})
	w.fails(err, "access.permission_missing")
}

func TestANameIsGivenOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := worldOn(t, db)
		var wait sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 4 {
			wait.Go(func() {
				_, _, err := w.Create(as(admin), New{Username: "lan", FullName: "Người Giả", Agency: "H38.04", Roles: []access.Role{access.Steward}})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !fault.Is(err, "account.username_taken") {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if won != 1 {
			t.Fatalf("%d accounts of one name", won)
		}
	})
}

// T31: there is no account and no password until somebody with the server's token makes them.
func TestSetUp(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w, ctx := worldOn(t, db), context.Background()
		for _, password := range []string{"admin", "", "lienthong"} {
			_, err := w.SignIn(ctx, "admin", password, "", place)
			w.fails(err, "account.sign_in_failed")
		}
		old, needed, err := w.EnsureSetUpToken(ctx)
		if err != nil || !needed {
			t.Fatal(needed, err)
		}
		token, _, err := w.EnsureSetUpToken(ctx)
		if err != nil || token == old {
			t.Fatal("the token is not new", err)
		}
		for name, c := range map[string]struct{ token, password, code string }{
			"a token made up": {"ABC", phrase, "account.link_invalid"}, "no token": {"", phrase, "account.link_invalid"},
			"the token of an earlier start": {old, phrase, "account.link_invalid"}, "a weak password": {token, "admin", "account.password_short"},
		} {
			_, err := w.SetUp(ctx, c.token, "quantri", "Quản Trị Giả", c.password)
			if !fault.Is(err, c.code) {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if err := w.TakeLink(ctx, token, phrase); !fault.Is(err, "account.link_invalid") {
			t.Fatalf("the set-up token as a link: %v", err)
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for _, name := range []string{"quantri", "ketan"} {
			wait.Go(func() {
				_, err := w.SetUp(ctx, " "+strings.ToLower(token)+" ", name, "Quản Trị Giả", phrase)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !fault.Is(err, "account.set_up_done") {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if won != 1 {
			t.Fatalf("%d first accounts", won)
		}
		all, err := w.List(as(admin), Filter{})
		if err != nil || len(all) != 1 || all[0].Agency != operator || all[0].Roles[0] != access.OpAdmin {
			t.Fatal(all, err)
		}
		if token, needed, err := w.EnsureSetUpToken(ctx); err != nil || needed || token != "" {
			t.Fatal("a token though there is an account", err)
		}
		who := w.caller(w.enter(all[0].Username, "").Token.Reveal())
		if who.Can(access.AccountChange) {
			t.Fatal("the first administrator needs no second factor")
		}
	})
}

func TestSetUpTokenEnds(t *testing.T) {
	w := newWorld(t)
	token, _, err := w.EnsureSetUpToken(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Shift(linkLife)
	_, err = w.SetUp(context.Background(), token, "quantri", "Quản Trị Giả", phrase)
	w.fails(err, "account.link_invalid")
}

func TestTheFirstPasswordComesByALinkThatWorksOnce(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	n := New{Username: "lan", FullName: "Người Giả", Agency: "H38.04", Roles: []access.Role{access.Steward}}
	a, token, err := w.Create(as(admin), n)
	if err != nil {
		t.Fatal(err)
	}
	link := token.Reveal()
	for _, password := range []string{"", phrase} { // no password is no password
		_, err := w.SignIn(ctx, "lan", password, "", place)
		w.fails(err, "account.sign_in_failed")
	}
	if who, err := w.LinkHolder(ctx, link); err != nil || who.ID != a.ID {
		t.Fatal(who, err)
	}
	w.fails(w.TakeLink(ctx, "x"+link, phrase), "account.link_invalid")
	w.fails(w.TakeLink(ctx, link, "ngắn"), "account.password_short")
	w.fails(w.TakeLink(ctx, link, "mật khẩu của lan đây"), "account.password_name")
	if err := w.TakeLink(ctx, link, phrase); err != nil {
		t.Fatal(err)
	}
	w.fails(w.TakeLink(ctx, link, phrase), "account.link_invalid")
	w.enter("lan", "")

	n.Username = "binh"
	if _, token, err = w.Create(as(admin), n); err != nil {
		t.Fatal(err)
	}
	w.clock.Shift(linkLife - time.Second)
	if _, err := w.LinkHolder(ctx, token.Reveal()); err != nil {
		t.Fatal(err)
	}
	w.clock.Shift(time.Second)
	w.fails(w.TakeLink(ctx, token.Reveal(), phrase), "account.link_invalid")
}

func TestResetTakesEverythingAway(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	key := NewTOTPSecret()
	a := w.person("hoa", key, access.OpSecurity)
	first, err := w.Reset(as(admin), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.Reset(as(admin), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.SignIn(ctx, "hoa", phrase, w.code(key), place)
	w.fails(err, "account.sign_in_failed")
	w.fails(w.TakeLink(ctx, first.Reveal(), phrase), "account.link_invalid")
	if err := w.TakeLink(ctx, second.Reveal(), phrase); err != nil {
		t.Fatal(err)
	}
	if got := w.enter("hoa", ""); got.Strong {
		t.Fatal("the second factor is still there")
	}
}

// The only administrator lost phone and password: a command on the server begins anew.
func TestRecover(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	a := w.person("quantri", NewTOTPSecret(), access.OpAdmin)
	w.clock.Shift(dormancy + time.Hour)
	_, err := w.Recover(ctx, "khongco")
	w.fails(err, "account.not_found")
	token, err := w.Recover(ctx, "QuanTri")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.TakeLink(ctx, token.Reveal(), phrase); err != nil {
		t.Fatal(err)
	}
	w.enter("quantri", "")
	if all := w.events("account.recover"); len(all) != 1 || all[0].Subject != "account/"+a.Username || all[0].Actor.Type != "job" {
		t.Fatalf("%+v", all)
	}
}

func TestOwnPassword(t *testing.T) {
	w := newWorld(t)
	a := w.person("lan", "", access.Steward)
	ctx := as(actorOf(a, false, access.AuthPassword, desk))
	w.fails(w.ChangePassword(ctx, "sai rồi sai rồi", "một câu hoàn toàn khác hẳn"), "account.password_wrong")
	w.fails(w.ChangePassword(ctx, phrase, phrase), "account.password_same")
	w.fails(w.ChangePassword(ctx, phrase, "ngắn"), "account.password_short")
	w.fails(w.ChangePassword(context.Background(), phrase, "một câu hoàn toàn khác hẳn"), "access.sign_in_required")
	for range maxFailures - 1 {
		w.fails(w.ChangePassword(ctx, "sai rồi sai rồi", "một câu hoàn toàn khác hẳn"), "account.password_wrong")
	}
	w.fails(w.ChangePassword(ctx, phrase, "một câu hoàn toàn khác hẳn"), "account.locked")
	w.clock.Shift(lockFor)
	if err := w.ChangePassword(ctx, phrase, "một câu hoàn toàn khác hẳn"); err != nil {
		t.Fatal(err)
	}
	_, err := w.SignIn(context.Background(), "lan", phrase, "", place)
	w.fails(err, "account.sign_in_failed")
}

func TestEnrolmentIsBoundToItsAccount(t *testing.T) {
	w := newWorld(t)
	lan, binh := w.person("lan", "", access.Steward), w.person("binh", "", access.Steward)
	ctx, other := as(actorOf(lan, false, access.AuthPassword, desk)), as(actorOf(binh, false, access.AuthPassword, desk))
	e, err := w.BeginEnrol(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Enrol(other, e.Ticket, w.code(e.Secret))
	w.fails(err, "account.enrol_expired")
	_, err = w.Enrol(ctx, e.Secret, w.code(e.Secret)) // a secret of one's own choice
	w.fails(err, "account.enrol_expired")
	_, err = w.Enrol(ctx, e.Ticket, "000000")
	w.fails(err, "account.code_wrong")
	code := w.code(e.Secret)
	if _, err := w.Enrol(ctx, e.Ticket, code); err != nil {
		t.Fatal(err)
	}
	_, err = w.Enrol(ctx, e.Ticket, code)
	w.fails(err, "account.second_factor_set")
	_, err = w.BeginEnrol(ctx)
	w.fails(err, "account.second_factor_set")
	_, err = w.SignIn(context.Background(), "lan", phrase, code, place) // T30: it opened the enrolment already
	w.fails(err, "account.sign_in_failed")
	kept, err := findAccount(context.Background(), w.DB, lan.ID)
	if err != nil || strings.Contains(kept.totp, e.Secret) || kept.totp == "" {
		t.Fatal("the secret is kept in clear", err)
	}
}

func TestChangesAreRecorded(t *testing.T) {
	w := newWorld(t)
	a := w.person("lan", "", access.Steward)
	if _, err := w.ChangeRoles(as(admin), a.ID, []access.Role{access.Analyst, access.DeputySteward}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.SetActive(as(admin), a.ID, false); err != nil {
		t.Fatal(err)
	}
	roles := w.events("account.roles")
	if len(roles) != 1 || roles[0].Detail["before"] != "steward" || roles[0].Detail["after"] != "analyst,deputy_steward" || roles[0].Actor.AccountID != "admin" || roles[0].Target.Owner != "H38.04" {
		t.Fatalf("%+v", roles)
	}
	if off := w.events("account.disable"); len(off) != 1 || off[0].Detail["after"] != "false" || off[0].Subject != "account/lan" {
		t.Fatalf("%+v", off)
	}
}
