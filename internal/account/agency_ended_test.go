package account

import (
	"context"
	"net/http/httptest"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// M5: with its agency ends what a person may do, whatever ended it.
func TestPeopleEndWithTheirAgency(t *testing.T) {
	w := newWorld(t)
	w.bodies["V99"] = true
	w.person("chuyen.vien", "", access.Analyst)
	if _, _, err := w.Create(as(admin), New{
		Username: "nha.thau", FullName: "Người Nhà Thầu", Agency: "V99", Roles: []access.Role{access.Vendor}, Sponsor: "H38.04", Commitment: "05/CK", ValidTo: noon.AddDate(0, 6, 0), Password: phrase,
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"chuyen.vien", "nha.thau"} {
		w.bodies["H38.04"] = true
		in, err := w.SignIn(context.Background(), name, phrase, "", place)
		if err != nil {
			t.Fatal(err)
		}
		who := func() access.ActorType {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", "Bearer "+in.Token.Reveal())
			ctx, err := w.Authenticate(r)
			if err != nil {
				t.Fatal(err)
			}
			return access.ActorOf(ctx).Type
		}
		facts := func() bool {
			f, err := w.Facts(context.Background(), access.Actor{Type: access.User, ID: in.Account.ID})
			if err != nil {
				t.Fatal(err)
			}
			return f.Active
		}
		if who() != access.User || !facts() {
			t.Fatalf("%s has no session", name)
		}
		w.bodies["H38.04"] = false
		if facts() {
			t.Errorf("%s still counts as active", name)
		}
		if who() != access.Anyone {
			t.Errorf("%s is still signed in", name)
		}
		if _, err := w.SignIn(context.Background(), name, phrase, "", place); !fault.Is(err, "account.agency_ended") {
			t.Errorf("%s signs in: %v", name, err)
		}
		if _, err := w.SignIn(context.Background(), name, "mật khẩu khác hẳn", "", place); !fault.Is(err, "account.sign_in_failed") {
			t.Errorf("%s with a wrong password: %v", name, err)
		}
		w.bodies["H38.04"] = true
		if who() != access.Anyone {
			t.Errorf("the old session of %s came back with its agency", name)
		}
	}
	w.person("an.toan", "", access.OpSecurity)
	w.bodies[operator] = false
	if _, err := w.SignIn(context.Background(), "an.toan", phrase, "", place); err != nil {
		t.Errorf("the operator is locked out: %v", err)
	}
}
