package account

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/descope/virtualwebauthn"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

// device is a phone or a security key with its passkeys.
type device struct {
	*world
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func newKeyWorld(t *testing.T) *world {
	return worldWith(t, testkit.DB(t), clock.Fixed(noon), func(p *Parts) { p.Origin = origin })
}

func (w *world) device(holder *Account) *device {
	return &device{
		world: w, rp: virtualwebauthn.RelyingParty{ID: "localhost", Name: "Liên thông", Origin: origin},
		auth: virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(holder.ID)}),
		key:  newKey(),
	}
}

// newKey is a key whose coordinates have their full length: the library drops leading zeros, which no real device does.
func newKey() virtualwebauthn.Credential {
	for {
		key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		if len(key.Key.AttestationData()) == fullKey {
			return key
		}
	}
}

const fullKey = 77 // bytes of an EC2 key in COSE

func (d *device) make(c Ceremony) string {
	d.t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(c.Options)
	if err != nil {
		d.t.Fatal(err)
	}
	answer := virtualwebauthn.CreateAttestationResponse(d.rp, d.auth, d.key, *options)
	d.auth.AddCredential(d.key)
	return answer
}

func (d *device) answer(c Ceremony) string {
	d.t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(c.Options)
	if err != nil {
		d.t.Fatal(err)
	}
	return virtualwebauthn.CreateAssertionResponse(d.rp, d.auth, d.key, *options)
}

func (d *device) asked() Ceremony {
	d.t.Helper()
	c, err := d.BeginPasskeySignIn()
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// enter signs in with the next value of the key's counter.
func (d *device) enter() (Signed, error) {
	d.key.Counter++
	c := d.asked()
	return d.SignInByPasskey(context.Background(), c.Ticket, d.answer(c), place)
}

// adds registers the device's key for whoever ctx is.
func (d *device) adds(ctx context.Context, code, name string) (Passkey, error) {
	c, err := d.BeginPasskey(ctx, name, phrase, code, place)
	if err != nil {
		return Passkey{}, err
	}
	return d.AddPasskey(ctx, c.Ticket, d.make(c))
}

func TestAPasskeyOpensAStrongSession(t *testing.T) {
	w := newKeyWorld(t)
	a := w.person("hoa", "", access.OpSecurity) // its role needs a second factor
	d := w.device(a)
	ctx := as(actorOf(a, false, access.AuthPassword, desk))
	k, err := d.adds(ctx, "", "  Điện thoại   của tôi ")
	if err != nil {
		t.Fatal(err)
	}
	if k.Name != "Điện thoại của tôi" || k.ID == "" {
		t.Fatalf("%+v", k)
	}
	got, err := d.enter()
	if err != nil {
		t.Fatal(err)
	}
	who := actorOf(got.Account, got.Strong, got.auth, desk)
	if got.Account.ID != a.ID || who.Auth != access.AuthPasskey || !who.Auth.Strong() || !who.Has(access.OpSecurity) {
		t.Fatalf("%+v", who)
	}
	if in := w.events("auth.login"); len(in) != 1 || in[0].Actor.Auth != "passkey" {
		t.Fatalf("%+v", in)
	}
	if set := w.events("account.second_factor"); len(set) != 1 || set[0].Detail["kind"] != "passkey" {
		t.Fatalf("%+v", set)
	}
	if all, err := w.ListPasskeys(ctx, a.ID); err != nil || len(all) != 1 || all[0].Used.IsZero() {
		t.Fatal(all, err)
	}
	var kept string
	if err := w.DB.QueryRowContext(context.Background(), `SELECT credential FROM account_passkey`).Scan(&kept); err != nil || strings.Contains(kept, "publicKey") {
		t.Fatal("the credential stands in clear", kept, err)
	}
}

// The question of a registration leaves no choice: the key is discoverable and opened by finger, face or PIN.
func TestTheBrowserIsAskedForVerification(t *testing.T) {
	w := newKeyWorld(t)
	a := w.person("lan", "", access.Steward)
	c, err := w.BeginPasskey(as(actorOf(a, false, access.AuthPassword, desk)), "khóa", phrase, "", place)
	if err != nil {
		t.Fatal(err)
	}
	in, err := w.BeginPasskeySignIn()
	if err != nil {
		t.Fatal(err)
	}
	for options, wants := range map[string][]string{
		c.Options:  {`"residentKey":"required"`, `"userVerification":"required"`, `"id":"localhost"`},
		in.Options: {`"userVerification":"required"`, `"rpId":"localhost"`},
	} {
		for _, want := range wants {
			if !strings.Contains(options, want) {
				t.Errorf("%s lacks %s", options, want)
			}
		}
	}
	if strings.Contains(in.Options, "allowCredentials") {
		t.Error("the question of a sign-in names keys:", in.Options)
	}
}

func TestAnAnswerThatDoesNotCountOpensNothing(t *testing.T) {
	w := newKeyWorld(t)
	a, other := w.person("lan", "", access.Steward), w.person("binh", "", access.Steward)
	d := w.device(a)
	if _, err := d.adds(as(actorOf(a, false, access.AuthPassword, desk)), "", "khóa"); err != nil {
		t.Fatal(err)
	}
	stranger := w.device(a)
	for name, change := range map[string]func(d *device){
		"no finger, no PIN":       func(d *device) { d.auth.Options.UserNotVerified = true },
		"nobody touched it":       func(d *device) { d.auth.Options.UserNotPresent = true },
		"another site":            func(d *device) { d.rp.Origin = "http://localhost:9999" },
		"another domain":          func(d *device) { d.rp.ID = "evil.example" },
		"names another account":   func(d *device) { d.auth.Options.UserHandle = []byte(other.ID) },
		"names no account":        func(d *device) { d.auth.Options.UserHandle = nil },
		"a key nobody added":      func(d *device) { d.key = stranger.key },
		"the id of another's key": func(d *device) { d.key.Key = stranger.key.Key },
	} {
		one := *d
		one.key.Counter += 10
		change(&one)
		c := w.ceremony()
		_, err := w.SignInByPasskey(context.Background(), c.Ticket, one.answer(c), place)
		if !fault.Is(err, "account.passkey_failed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "{}", "null", strings.Repeat("[", 1000)} {
		c := w.ceremony()
		if _, err := w.SignInByPasskey(context.Background(), c.Ticket, text, place); !fault.Is(err, "account.passkey_failed") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if _, err := d.enter(); err != nil {
		t.Fatal("the right answer is refused too:", err)
	}
}

func (w *world) ceremony() Ceremony {
	w.t.Helper()
	c, err := w.BeginPasskeySignIn()
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// A challenge passes once, within five minutes, and only for what it was made.
func TestAChallengePassesOnce(t *testing.T) {
	w := newKeyWorld(t)
	a := w.person("lan", "", access.Steward)
	d, ctx := w.device(a), as(actorOf(a, false, access.AuthPassword, desk))
	c, err := w.BeginPasskey(ctx, "khóa", phrase, "", place)
	if err != nil {
		t.Fatal(err)
	}
	answer := d.make(c)
	b := w.person("binh", "", access.Steward)
	_, err = w.AddPasskey(as(actorOf(b, false, access.AuthPassword, desk)), c.Ticket, answer) // the ticket of another
	w.fails(err, "account.ceremony_expired")
	if _, err = w.AddPasskey(ctx, c.Ticket, answer); err != nil {
		t.Fatal(err)
	}
	_, err = w.AddPasskey(ctx, c.Ticket, answer)
	w.fails(err, "account.used_before")
	in := w.ceremony()
	d.key.Counter++
	answer = d.answer(in)
	_, err = w.SignInByPasskey(context.Background(), c.Ticket, answer, place)
	w.fails(err, "account.ceremony_expired")
	if _, err = w.SignInByPasskey(context.Background(), in.Ticket, answer, place); err != nil {
		t.Fatal(err)
	}
	_, err = w.SignInByPasskey(context.Background(), in.Ticket, answer, place)
	w.fails(err, "account.used_before")
	in = w.ceremony()
	answer = d.answer(in)
	w.clock.Shift(ceremonyLife)
	_, err = w.SignInByPasskey(context.Background(), in.Ticket, answer, place)
	w.fails(err, "account.ceremony_expired")
	in, foreign := w.ceremony(), w.ceremony()
	d.key.Counter++
	_, err = w.SignInByPasskey(context.Background(), in.Ticket, d.answer(foreign), place)
	w.fails(err, "account.passkey_failed")
}

// A counter that goes back tells of a copy: refused, recorded, and somebody is told.
func TestACounterThatGoesBackIsRefused(t *testing.T) {
	w := newKeyWorld(t)
	a := w.person("lan", "", access.Steward)
	d := w.device(a)
	if _, err := d.adds(as(actorOf(a, false, access.AuthPassword, desk)), "", "khóa"); err != nil {
		t.Fatal(err)
	}
	d.key.Counter = 41
	if _, err := d.enter(); err != nil {
		t.Fatal(err)
	}
	for _, counter := range []uint32{41, 9} { // the next sign-in uses the value after it
		d.key.Counter = counter - 1
		if counter == 41 {
			d.key.Counter = 41
		}
		c := w.ceremony()
		_, err := w.SignInByPasskey(context.Background(), c.Ticket, d.answer(c), place)
		w.fails(err, "account.passkey_cloned")
	}
	failed := w.events("auth.fail")
	if len(failed) != 2 || failed[1].Detail["cause"] != causeCloned || failed[1].Actor.AccountID != a.ID || len(*w.incidents) != 2 {
		t.Fatalf("%+v %v", failed, *w.incidents)
	}
	d.key.Counter = 50
	if _, err := d.enter(); err != nil {
		t.Fatal(err)
	}
}

// Two answers with one counter at once: one counts.
func TestOneCounterOpensOneSession(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := worldWith(t, db, clock.Fixed(noon), func(p *Parts) { p.Origin = origin })
		a := w.person("lan", "", access.Steward)
		d := w.device(a)
		if _, err := d.adds(as(actorOf(a, false, access.AuthPassword, desk)), "", "khóa"); err != nil {
			t.Fatal(err)
		}
		d.key.Counter = 7
		if n := atOnce(func() error {
			c := w.ceremony()
			_, err := w.SignInByPasskey(context.Background(), c.Ticket, d.answer(c), place)
			return err
		}); n != 1 {
			t.Fatal(n, "sessions by one counter")
		}
	})
}

// Of many who bring one question back at once, one gets in.
func TestOneQuestionIsAnsweredOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := worldWith(t, db, clock.Fixed(noon), func(p *Parts) { p.Origin = origin })
		a := w.person("lan", "", access.Steward)
		d := w.device(a) // without a counter, as the keys that phones share between devices
		if _, err := d.adds(as(actorOf(a, false, access.AuthPassword, desk)), "", "khóa"); err != nil {
			t.Fatal(err)
		}
		c := w.ceremony()
		answer := d.answer(c)
		if n := atOnce(func() error {
			_, err := w.SignInByPasskey(context.Background(), c.Ticket, answer, place)
			return err
		}); n != 1 {
			t.Fatal(n, "sessions by one answer")
		}
	})
}

// atOnce does a thing six times at once and tells how often it succeeded.
func atOnce(do func() error) int64 {
	var done atomic.Int64
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			if do() == nil {
				done.Add(1)
			}
		})
	}
	wait.Wait()
	return done.Load()
}

// Once there is a second factor of any kind, a session by password alone adds no way in.
func TestAPasswordAloneAddsNoWayInBesideASecondFactor(t *testing.T) {
	w := newKeyWorld(t)
	a := w.person("lan", "", access.Steward)
	weak, strong := as(actorOf(a, false, access.AuthPassword, desk)), as(actorOf(a, true, access.AuthPasskey, desk))
	if _, err := w.device(a).adds(weak, "", "khóa 1"); err != nil {
		t.Fatal(err)
	}
	_, err := w.device(a).adds(weak, "", "khóa 2")
	w.fails(err, "account.strong_needed")
	_, err = w.BeginEnrol(weak)
	w.fails(err, "account.strong_needed")
	if _, err = w.BeginEnrol(strong); err != nil {
		t.Fatal(err)
	}
	second, err := w.device(a).adds(strong, "", "khóa 2")
	if err != nil {
		t.Fatal(err)
	}
	w.fails(w.RemovePasskey(weak, second.ID), "account.strong_needed")
	b := w.person("binh", "", access.Steward)
	w.fails(w.RemovePasskey(as(actorOf(b, true, access.AuthPasskey, desk)), second.ID), "account.passkey_not_found")
	if err := w.RemovePasskey(strong, second.ID); err != nil {
		t.Fatal(err)
	}
	if all, err := w.ListPasskeys(strong, a.ID); err != nil || len(all) != 1 || all[0].Name != "khóa 1" {
		t.Fatal(all, err)
	}
	_, err = w.ListPasskeys(as(actorOf(b, false, access.AuthPassword, desk)), a.ID)
	w.fails(err, "access.permission_missing")
}

func TestPasskeysHaveNamesAndAnEnd(t *testing.T) {
	w := newKeyWorld(t)
	a := w.person("lan", "", access.Steward)
	ctx := as(actorOf(a, true, access.AuthPasskey, desk))
	for _, name := range []string{"", "   ", strings.Repeat("k", 61)} {
		_, err := w.device(a).adds(ctx, "", name)
		w.fails(err, "account.passkey_name")
	}
	for range passkeysMost {
		if _, err := w.device(a).adds(ctx, "", "khóa"); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.device(a).adds(ctx, "", "khóa")
	w.fails(err, "account.passkeys_many")
}

// R19.2c: disabled, dormant and reset accounts are not opened by a passkey. A lock of guessed passwords does not stop one.
func TestAPasskeyOfAClosedAccount(t *testing.T) {
	w := newKeyWorld(t)
	a := w.person("lan", "", access.Steward)
	d := w.device(a)
	if _, err := d.adds(as(actorOf(a, false, access.AuthPassword, desk)), "", "khóa"); err != nil {
		t.Fatal(err)
	}
	for range maxFailures {
		_, _ = w.SignIn(context.Background(), "lan", "mật khẩu đoán mò", "", place)
	}
	if _, err := d.enter(); err != nil {
		t.Fatal("locked out by somebody else's guesses:", err)
	}
	if _, err := w.SetActive(as(admin), a.ID, false); err != nil {
		t.Fatal(err)
	}
	_, err := d.enter()
	w.fails(err, "account.closed")
	if _, err := w.SetActive(as(admin), a.ID, true); err != nil {
		t.Fatal(err)
	}
	w.clock.Shift(dormancy)
	_, err = d.enter()
	w.fails(err, "account.closed")
	if _, err := w.Reset(as(admin), a.ID); err != nil {
		t.Fatal(err)
	}
	_, err = d.enter()
	w.fails(err, "account.passkey_failed")
}

// Whoever can write the table cannot give a key to another account.
func TestAPasskeyIsBoundToItsRow(t *testing.T) {
	w := newKeyWorld(t)
	a, b := w.person("lan", "", access.Steward), w.person("binh", "", access.OpAdmin)
	d := w.device(a)
	if _, err := d.adds(as(actorOf(a, false, access.AuthPassword, desk)), "", "khóa"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB.ExecContext(context.Background(), `UPDATE account_passkey SET account_id = ?`, b.ID); err != nil {
		t.Fatal(err)
	}
	d.auth.Options.UserHandle = []byte(b.ID)
	if _, err := d.enter(); err == nil || fault.Of(err).Kind != fault.Internal {
		t.Fatal(err)
	}
}

func TestPasskeysNeedANameAndHTTPS(t *testing.T) {
	for address, on := range map[string]bool{
		"": false, "http://127.0.0.1:8080": false, "https://10.1.2.3": false, "http://lienthong.example": false, "https://lienthong.example": true, "http://localhost:8080": true,
	} {
		w := worldWith(t, testkit.DB(t), clock.Fixed(noon), func(p *Parts) { p.Origin = address })
		if w.Passkeys() != on {
			t.Errorf("%q: %v", address, w.Passkeys())
		}
		if _, err := w.BeginPasskeySignIn(); !on && !fault.Is(err, "account.passkeys_off") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
