package account

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"lienthong/internal/access"
)

// R21.4a: whoever is signed in sees where, ends one place or all others, and nobody else's.
func TestTheHolderSeesAndEndsSessions(t *testing.T) {
	w := newWorld(t)
	w.person("lan", "", access.Steward)
	w.person("binh", "", access.Steward)
	mine, other, stranger := w.enter("lan", "").Token.Reveal(), w.enter("lan", "").Token.Reveal(), w.enter("binh", "").Token.Reveal()
	ctx := as(w.caller(mine))
	all, err := w.Sessions(ctx, mine)
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	var current, second Session
	for _, one := range all {
		if one.Current {
			current = one
		} else {
			second = one
		}
	}
	if current.ID == "" || second.ID == "" || second.Address != desk.String() || second.Agent != place.Agent || second.Auth != access.AuthPassword {
		t.Fatalf("%+v", all)
	}
	w.fails(w.EndSession(as(w.caller(stranger)), second.ID), "account.session_not_found")
	if err := w.EndSession(ctx, second.ID); err != nil {
		t.Fatal(err)
	}
	if w.caller(other).Type != access.Anyone || w.caller(mine).Type != access.User {
		t.Fatal("the wrong session ended")
	}
	w.fails(w.EndSession(ctx, second.ID), "account.session_not_found")
	again, third := w.enter("lan", "").Token.Reveal(), w.enter("lan", "").Token.Reveal()
	if n, err := w.EndOtherSessions(ctx, mine); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if w.caller(again).Type != access.Anyone || w.caller(third).Type != access.Anyone || w.caller(mine).Type != access.User || w.caller(stranger).Type != access.User {
		t.Fatal("the wrong sessions ended")
	}
	_, err = w.Sessions(t.Context(), mine)
	w.fails(err, "access.sign_in_required")
}

func TestASessionThatIsOverIsNotListed(t *testing.T) {
	w := newWorld(t)
	w.person("lan", "", access.Steward)
	w.enter("lan", "")
	w.clock.Shift(sessionIdle)
	mine := w.enter("lan", "").Token.Reveal()
	if all, err := w.Sessions(as(w.caller(mine)), mine); err != nil || len(all) != 1 || !all[0].Current {
		t.Fatal(all, err)
	}
}

// One more session than an account may have ends the oldest.
func TestAnAccountHasSoManySessionsAndNoMore(t *testing.T) {
	w := newWorld(t)
	w.person("lan", "", access.Steward)
	first := w.enter("lan", "").Token.Reveal()
	var last string
	for range sessionsMost - 1 {
		w.clock.Shift(time.Second)
		last = w.enter("lan", "").Token.Reveal()
	}
	if w.caller(first).Type != access.User {
		t.Fatal("ended too early")
	}
	w.clock.Shift(time.Second)
	w.enter("lan", "")
	if w.caller(first).Type != access.Anyone || w.caller(last).Type != access.User {
		t.Fatal("the oldest did not end")
	}
}

// visits asks for a page with a session; personal pages are those below /warehouse.
func (w *world) visits(token, pattern string) access.Actor {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Pattern = pattern
	ctx, err := w.Authenticate(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return access.ActorOf(ctx)
}

// D18: a screen with personal data opens to nobody who was away for 15 minutes, also not by way of another page.
func TestPersonalDataAsksAgainAfterAQuarterOfAnHour(t *testing.T) {
	const personal, plain = "GET /warehouse/{dataset}", "GET /task"
	for name, c := range map[string]struct {
		away  time.Duration
		first string
		open  bool
	}{
		"14 minutes": {14 * time.Minute, personal, true}, "15 minutes": {15 * time.Minute, personal, false}, "15 minutes, then another page": {15 * time.Minute, plain, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Personal = func(pattern string) bool { return pattern == personal }
			w.person("lan", "", access.Steward)
			token := w.enter("lan", "").Token.Reveal()
			w.clock.Shift(c.away)
			if c.first == plain && w.visits(token, plain).Type != access.User {
				t.Fatal("other pages have 60 minutes")
			}
			if got := w.visits(token, personal).Type == access.User; got != c.open {
				t.Fatalf("open: %v", got)
			}
			if got := w.visits(token, plain).Type == access.User; got != c.open { // the sign-in page must ask, so the session is over
				t.Fatalf("after that: %v", got)
			}
		})
	}
}
