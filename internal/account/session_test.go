package account

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/secret"
	"lienthong/internal/kit/testkit"
)

// caller is who a program with the bearer token is.
func (w *world) caller(token string) access.Actor {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	r.RemoteAddr = desk.String() + ":4711"
	ctx, err := w.Authenticate(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return access.ActorOf(ctx)
}

func TestASessionNamesItsPerson(t *testing.T) {
	w := newWorld(t)
	key := NewTOTPSecret()
	a := w.person("hoa", key, access.OpSecurity)
	got := w.enter("hoa", w.code(key))
	who := w.caller(got.Token.Reveal())
	if who.Type != access.User || who.ID != a.ID || who.Name != a.FullName || who.Agency != operator || who.Auth != access.AuthTwo || !who.Has(access.OpSecurity) || who.Address != desk {
		t.Fatalf("%+v", who)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: w.CookieName(), Value: got.Token.Reveal()})
	if ctx, err := w.Authenticate(r); err != nil || access.ActorOf(ctx).ID != a.ID {
		t.Fatal("the cookie is not read")
	}
	for _, bad := range []string{"", "x", got.Token.Reveal() + "x", secret.HashToken(got.Token.Reveal())} {
		if who := w.caller(bad); who.Type != access.Anyone || len(who.Roles) > 0 {
			t.Errorf("%q is %+v", bad, who)
		}
	}
}

func TestTheCookieBindsToHTTPS(t *testing.T) {
	w := newWorld(t)
	if w.CookieName() != "lienthong" {
		t.Error(w.CookieName())
	}
	w.HTTPS = true
	if w.CookieName() != "__Host-lienthong" {
		t.Error(w.CookieName())
	}
	got := w.person("lan", "", access.Steward)
	token := w.enter(got.Username, "").Token.Reveal()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "lienthong", Value: token})
	if ctx, _ := w.Authenticate(r); access.ActorOf(ctx).Type != access.Anyone {
		t.Error("a cookie that plain HTTP could have set is taken")
	}
}

// Invariant 3: until the second factor was used, no role is given, not even one that needs none.
func TestWithoutTheSecondFactorARoleGivesNothing(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.Create(as(admin), New{Username: "hoa", FullName: "Người Giả", Agency: operator, Roles: []access.Role{access.OpQuality, access.Analyst}, Password: phrase})
	if err != nil {
		t.Fatal(err)
	}
	who := w.caller(w.enter("hoa", "").Token.Reveal())
	if len(who.Roles) > 0 || who.Auth != access.AuthPassword || !who.Can(access.SignedIn) || who.Can(access.CatalogRead) {
		t.Fatalf("%+v", who)
	}
	e, err := w.BeginEnrol(as(who))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Enrol(as(who), e.Ticket, w.code(e.Secret)); err != nil {
		t.Fatal(err)
	}
	w.clock.Shift(stepLength * time.Second)
	if who := w.caller(w.enter("hoa", w.code(e.Secret)).Token.Reveal()); !who.Has(access.OpQuality) || !who.Has(access.Analyst) || who.Auth != access.AuthTwo {
		t.Fatalf("%+v", who)
	}
}

// T21, T25: what ends a session ends it before it has answered.
func TestWhatEndsASession(t *testing.T) {
	for name, end := range map[string]func(w *world, a *Account, token string) error{
		"sign-out": func(w *world, _ *Account, token string) error {
			return w.SignOut(as(w.caller(token)), token)
		},
		"disabled": func(w *world, a *Account, _ string) error {
			_, err := w.SetActive(as(admin), a.ID, false)
			return err
		},
		"other roles": func(w *world, a *Account, _ string) error {
			_, err := w.ChangeRoles(as(admin), a.ID, []access.Role{access.Analyst})
			return err
		},
		"reset": func(w *world, a *Account, _ string) error {
			_, err := w.Reset(as(admin), a.ID)
			return err
		},
		"new password": func(w *world, _ *Account, token string) error {
			return w.ChangePassword(as(w.caller(token)), phrase, "một câu hoàn toàn khác hẳn")
		},
		"second factor": func(w *world, _ *Account, token string) error {
			ctx := as(w.caller(token))
			e, err := w.BeginEnrol(ctx)
			if err != nil {
				return err
			}
			_, err = w.Enrol(ctx, e.Ticket, w.code(e.Secret))
			return err
		},
		"60 minutes without use": func(w *world, _ *Account, _ string) error {
			w.clock.Shift(sessionIdle)
			return nil
		},
		"12 hours": func(w *world, _ *Account, token string) error {
			for range 23 {
				w.clock.Shift(30 * time.Minute)
				if who := w.caller(token); who.Type != access.User {
					w.t.Error("a session in use ended early")
				}
			}
			w.clock.Shift(30 * time.Minute)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			a := w.person("lan", "", access.Steward)
			w.person("binh", "", access.Steward)
			token, other, neighbour := w.enter("lan", "").Token.Reveal(), w.enter("lan", "").Token.Reveal(), w.enter("binh", "").Token.Reveal()
			if w.caller(token).ID != a.ID || token == other {
				t.Fatal("no session of its own")
			}
			if err := end(w, a, token); err != nil {
				t.Fatal(err)
			}
			if who := w.caller(token); who.Type != access.Anyone {
				t.Fatalf("still %+v", who)
			}
			switch name {
			case "sign-out":
				if w.caller(other).ID != a.ID {
					t.Error("the other session ended too")
				}
			case "12 hours", "60 minutes without use":
				return
			default:
				if w.caller(other).Type != access.Anyone {
					t.Error("the other session goes on")
				}
			}
			if w.caller(neighbour).Type != access.User {
				t.Error("somebody else's session ended")
			}
		})
	}
}

// T21 on both engines: no call that begins after the answer finds the session.
func TestDisablingIsSeenByEveryCallAfterIt(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := worldOn(t, db)
		a := w.person("lan", "", access.Steward)
		token := w.enter("lan", "").Token.Reveal()
		for range 50 {
			w.caller(token)
		}
		if _, err := w.SetActive(as(admin), a.ID, false); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range 200 {
			wait.Go(func() {
				if w.caller(token).Type != access.Anyone {
					t.Error("the session still opens")
				}
			})
		}
		wait.Wait()
		if f, err := w.Facts(context.Background(), access.Actor{Type: access.User, ID: a.ID}); err != nil || f == nil || f.Active {
			t.Fatalf("%+v %v", f, err)
		}
	})
}

func TestUseIsWrittenOnceAMinute(t *testing.T) {
	w := newWorld(t)
	w.person("lan", "", access.Steward)
	token := w.enter("lan", "").Token.Reveal()
	writes := func() uint64 {
		before := w.DB.Generation()
		for range 20 {
			w.caller(token)
		}
		return w.DB.Generation() - before
	}
	if n := writes(); n != 0 {
		t.Errorf("%d writes in the first minute", n)
	}
	w.clock.Shift(touchEvery)
	if n := writes(); n != 1 {
		t.Errorf("%d writes in the next minute", n)
	}
}

func TestFactsOfNobody(t *testing.T) {
	w := newWorld(t)
	if f, err := w.Facts(context.Background(), access.Actor{Type: access.User, ID: "nobody"}); err != nil || f != nil {
		t.Fatal(f, err)
	}
}
