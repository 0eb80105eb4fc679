package account

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func TestSignInRefusesEverythingAlike(t *testing.T) {
	w := newWorld(t)
	key := NewTOTPSecret()
	w.person("lan", "", access.Steward)
	w.person("hoa", key, access.OpSecurity)
	off := w.person("tat", "", access.Steward)
	if _, err := w.SetActive(as(admin), off.ID, false); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, username, password, code string }{
		{"unknown name", "khongco", phrase, ""}, {"wrong password", "lan", "sai mật khẩu rồi đó", ""}, {"empty password", "lan", "", ""},
		{"wrong code", "hoa", phrase, "000000"}, {"disabled", "tat", phrase, ""}, {"empty name", "", phrase, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.SignIn(context.Background(), c.username, c.password, c.code, From{})
			f := fault.Of(err)
			if f == nil || f.Code != "account.sign_in_failed" || f.Kind != fault.Unauthenticated || len(f.Args) > 0 {
				t.Fatalf("told apart: %+v", f)
			}
		})
	}
	got := w.enter(" Lan ", "")
	if got.Account.Username != "lan" || got.Strong || got.Token.Reveal() == "" {
		t.Fatalf("%+v", got)
	}
}

// T24: names and passwords that are equal when written one after the other are different people.
func TestNameAndPasswordAreNotJoined(t *testing.T) {
	w := newWorld(t)
	for username, password := range map[string]string{"lan": "h.mật khẩu dài đó", "lanh": ".mật khẩu dài đó"} {
		if _, _, err := w.Create(as(admin), New{Username: username, FullName: "Người Giả", Agency: "H38.04", Roles: []access.Role{access.Steward}, Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	var wait sync.WaitGroup
	for username, password := range map[string]string{"lan": "h.mật khẩu dài đó", "lanh": ".mật khẩu dài đó"} {
		wait.Go(func() {
			got, err := w.SignIn(context.Background(), username, password, "", place)
			if err != nil || got.Account.Username != username {
				t.Errorf("%s: %+v %v", username, got.Account, err)
			}
		})
	}
	wait.Wait()
	_, err := w.SignIn(context.Background(), "lan", ".mật khẩu dài đó", "", place)
	w.fails(err, "account.sign_in_failed")
}

// T23: five failures lock the account for 15 minutes; the right password does not help meanwhile.
func TestFiveFailuresLockTheAccount(t *testing.T) {
	w := newWorld(t)
	w.person("lan", "", access.Steward)
	w.person("binh", "", access.Steward)
	try := func(password string) error {
		_, err := w.SignIn(context.Background(), "lan", password, "", place)
		return err
	}
	for range maxFailures - 1 {
		w.fails(try("sai mật khẩu rồi đó"), "account.sign_in_failed")
	}
	if err := try(phrase); err != nil {
		t.Fatalf("four failures lock nothing: %v", err)
	}
	for range maxFailures {
		w.fails(try("sai mật khẩu rồi đó"), "account.sign_in_failed")
	}
	w.fails(try(phrase), "account.sign_in_failed")
	w.enter("binh", "") // nobody else is locked
	for range 10 {      // failures during the lock do not make it longer
		w.fails(try("sai mật khẩu rồi đó"), "account.sign_in_failed")
	}
	w.clock.Shift(lockFor - time.Second)
	w.fails(try(phrase), "account.sign_in_failed")
	w.clock.Shift(time.Second)
	if err := try(phrase); err != nil {
		t.Fatalf("after the lock: %v", err)
	}
	locked := 0
	for _, r := range w.events("auth.fail") {
		for _, f := range r.Anomaly.Flags {
			if f == "account_locked" {
				locked++
			}
		}
	}
	if locked != 1 {
		t.Errorf("%d records say that the account was locked", locked)
	}
}

// T23: one address gets 30 failures in 5 minutes, whatever names it tries; a success is not counted.
func TestOneAddressCannotTryForEver(t *testing.T) {
	w := newWorld(t)
	w.person("lan", "", access.Steward)
	for range 3 {
		w.enter("lan", "")
	}
	var wait sync.WaitGroup
	for range attemptsMost {
		wait.Go(func() {
			_, err := w.SignIn(context.Background(), "khongco", phrase, "", place)
			if !fault.Is(err, "account.sign_in_failed") {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	_, err := w.SignIn(context.Background(), "lan", phrase, "", place)
	w.fails(err, "account.too_many")
	if _, err := w.SignIn(context.Background(), "lan", phrase, "", From{Address: netip.MustParseAddr("192.0.2.8")}); err != nil {
		t.Errorf("the neighbour: %v", err)
	}
	w.clock.Shift(attemptsWithin + time.Second)
	w.enter("lan", "")
}

func TestASubscriberOfIPv6IsOneAddress(t *testing.T) {
	w := newWorld(t)
	for i := range attemptsMost {
		if !w.attempts.take(netip.MustParseAddr("2001:db8::1").Next()) {
			t.Fatal(i)
		}
	}
	if w.attempts.take(netip.MustParseAddr("2001:db8::ffff:1")) || !w.attempts.take(netip.MustParseAddr("2001:db8:0:1::1")) {
		t.Error("a /64 is one subscriber, and the next /64 another")
	}
}

func TestMemoryOfAttemptsIsBounded(t *testing.T) {
	w := newWorld(t)
	at := netip.MustParseAddr("10.0.0.0")
	for range attemptsKept + 10 {
		w.attempts.take(at)
		at = at.Next()
	}
	if n := len(w.attempts.kept); n > attemptsKept {
		t.Fatalf("%d addresses are kept", n)
	}
}

// T30: the second step needs the ticket of the first, for this account, in time, and as long as the password is the same.
func TestTheSecondStepCannotBeReachedAlone(t *testing.T) {
	w := newWorld(t)
	key := NewTOTPSecret()
	a := w.person("hoa", key, access.OpSecurity)
	ctx := context.Background()
	first := func() string {
		t.Helper()
		got, ticket, err := w.FirstStep(ctx, "hoa", phrase, place)
		if err != nil || ticket == "" || got.Token != "" {
			t.Fatalf("%+v %q %v", got, ticket, err)
		}
		return ticket
	}
	for name, ticket := range map[string]string{"none": "", "made up": "x", "the account's own sealed secret": a.totp, "an enrolment's": w.sealer.seal(enrolUse+a.ID, key), "unsealed": a.ID + " x 9999999999999999"} {
		t.Run(name, func(t *testing.T) {
			_, err := w.SecondStep(ctx, ticket, w.code(key), place)
			w.fails(err, "account.step_expired")
		})
	}
	old := first()
	w.clock.Shift(ticketLife)
	_, err := w.SecondStep(ctx, old, w.code(key), place)
	w.fails(err, "account.step_expired")

	stale := first()
	if _, err := w.Reset(as(admin), a.ID); err != nil {
		t.Fatal(err)
	}
	_, err = w.SecondStep(ctx, stale, w.code(key), place)
	w.fails(err, "account.sign_in_failed")

	_, err = w.SignIn(ctx, "khac", phrase, "", place)
	w.fails(err, "account.sign_in_failed")
}

func TestACodeMustBeGiven(t *testing.T) {
	w := newWorld(t)
	key := NewTOTPSecret()
	w.person("hoa", key, access.OpSecurity)
	_, err := w.SignIn(context.Background(), "hoa", phrase, " ", place)
	w.fails(err, "account.code_required")
	if got := w.enter("hoa", w.code(key)); !got.Strong {
		t.Fatal("not strong")
	}
}

// T30: a code opens one session. On both engines: of two sign-ins at once with one code one wins.
func TestOfTwoSignInsWithOneCodeOneWins(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := worldOn(t, db)
		key := NewTOTPSecret()
		w.person("hoa", key, access.OpSecurity)
		code := w.code(key)
		var wait sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 4 {
			wait.Go(func() {
				_, err := w.SignIn(context.Background(), "hoa", phrase, code, place)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !fault.Is(err, "account.sign_in_failed") {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if won != 1 {
			t.Fatalf("%d sign-ins with one code", won)
		}
		reused := 0
		for _, r := range w.events("auth.fail") {
			if r.Detail["cause"] == causeReused && len(r.Anomaly.Flags) > 0 {
				reused++
			}
		}
		if reused != 3 {
			t.Errorf("%d records tell of a used code", reused)
		}
		w.clock.Shift(stepLength * time.Second)
		w.enter("hoa", w.code(key))
	})
}

// T30: guesses of the code lock the account, also when they come at once, and somebody is told.
func TestGuessesOfTheCodeLockTheAccount(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := worldOn(t, db)
		key := NewTOTPSecret()
		w.person("hoa", key, access.OpSecurity)
		right := w.code(key)
		_, ticket, err := w.FirstStep(context.Background(), "hoa", phrase, place)
		if err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range maxFailures + 3 {
			wait.Go(func() {
				wrong := "111111"
				if right == wrong {
					wrong = "222222"
				}
				if _, err := w.SecondStep(context.Background(), ticket, wrong, place); !fault.Is(err, "account.sign_in_failed") {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		_, err = w.SecondStep(context.Background(), ticket, right, place)
		w.fails(err, "account.sign_in_failed")
		_, err = w.SignIn(context.Background(), "hoa", phrase, "", place)
		w.fails(err, "account.sign_in_failed")
		if len(*w.incidents) != 1 || !strings.HasPrefix((*w.incidents)[0], "security high") {
			t.Errorf("incidents: %v", *w.incidents)
		}
		w.clock.Shift(lockFor)
		w.enter("hoa", w.code(key))
	})
}

// T30: a recovery code works once, in whatever way it is typed.
func TestARecoveryCodeWorksOnce(t *testing.T) {
	w := newWorld(t)
	a := w.person("lan", "", access.Steward)
	who := actorOf(a, false, access.AuthPassword, desk)
	e, err := w.BeginEnrol(as(who))
	if err != nil {
		t.Fatal(err)
	}
	codes, err := w.Enrol(as(who), e.Ticket, w.code(e.Secret))
	if err != nil || len(codes) != 10 {
		t.Fatal(codes, err)
	}
	w.enter("lan", " "+strings.ToLower(codes[3])+" ")
	_, err = w.SignIn(context.Background(), "lan", phrase, codes[3], place)
	w.fails(err, "account.sign_in_failed")
	w.enter("lan", strings.ReplaceAll(codes[4], "-", " "))
	kept, err := findAccount(context.Background(), w.DB, a.ID)
	if err != nil || len(kept.recovery) != 8 {
		t.Fatalf("%d recovery codes are left, %v", len(kept.recovery), err)
	}
	for _, hash := range kept.recovery {
		for _, c := range codes {
			if strings.Contains(hash, strings.ReplaceAll(c, "-", "")) {
				t.Fatal("a recovery code is kept in clear")
			}
		}
	}
}

func TestSignInIsRecordedWithoutSecrets(t *testing.T) {
	w := newWorld(t)
	key := NewTOTPSecret()
	a := w.person("hoa", key, access.OpSecurity)
	code := w.code(key)
	w.enter("hoa", code)
	_, err := w.SignIn(context.Background(), "hoa", "mật khẩu gõ nhầm 1", "", place)
	w.fails(err, "account.sign_in_failed")
	_, err = w.SignIn(context.Background(), "mật khẩu gõ vào ô tên", "x", "", place)
	w.fails(err, "account.sign_in_failed")

	in := w.events("auth.login")
	if len(in) != 1 || in[0].Actor.AccountID != a.ID || in[0].Actor.Auth != string(access.AuthTwo) || in[0].Client.IP != desk.String() {
		t.Fatalf("%+v", in)
	}
	out := w.events("auth.fail")
	if len(out) != 2 || out[0].Actor.AccountID != a.ID || out[0].Detail["cause"] != causePassword || out[1].Actor.AccountID != "" || out[1].Subject != "" {
		t.Fatalf("%+v", out)
	}
	for _, r := range append(in, out...) {
		text := strings.Join([]string{r.Subject, r.Reason, r.Actor.Name, r.Detail["cause"]}, "|")
		for _, secret := range []string{phrase, code, "gõ nhầm", "gõ vào ô tên"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s stands in the log", secret)
			}
		}
	}
}

// D18: an account that nobody used for 90 days is closed until an administrator enables it.
func TestAnUnusedAccountIsClosed(t *testing.T) {
	w := newWorld(t)
	a := w.person("lan", "", access.Steward)
	w.clock.Shift(dormancy - time.Minute)
	w.enter("lan", "")
	w.clock.Shift(dormancy)
	_, err := w.SignIn(context.Background(), "lan", phrase, "", place)
	w.fails(err, "account.sign_in_failed")
	if _, err := w.SetActive(as(admin), a.ID, true); err != nil {
		t.Fatal(err)
	}
	w.enter("lan", "")
}

// R2.3: an account that is given for a time ends by itself, its sessions too.
func TestAnAccountEndsOnItsDay(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.Create(as(admin), New{Username: "nhathau", FullName: "Nhà Thầu", Agency: "H38.04", Roles: []access.Role{access.Vendor}, Password: phrase,
		ValidTo: noon.Add(time.Hour), Sponsor: "H38.04", Commitment: "01/CK ngày 01/10/2026"})
	if err != nil {
		t.Fatal(err)
	}
	got := w.enter("nhathau", "")
	if who := w.caller(got.Token.Reveal()); !who.Has(access.Vendor) {
		t.Fatalf("%+v", who)
	}
	w.clock.Shift(59*time.Minute + 59*time.Second)
	if who := w.caller(w.enter("nhathau", "").Token.Reveal()); who.Type != access.User {
		t.Fatal("ended too early")
	}
	w.clock.Shift(time.Second)
	if who := w.caller(got.Token.Reveal()); who.Type != access.Anyone {
		t.Fatalf("%+v", who)
	}
	_, err = w.SignIn(context.Background(), "nhathau", phrase, "", place)
	w.fails(err, "account.sign_in_failed")
}
