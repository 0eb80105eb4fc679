package account

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account/accounttest/op"
	"lienthong/internal/account/sso"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/secret"
	"lienthong/internal/kit/testkit"
)

const origin = "http://localhost:8080"

// province is the world with a real provider beside it.
type province struct {
	*world
	idp *op.Provider
}

func newProvince(t *testing.T, change func(*sso.Config)) *province {
	t.Helper()
	idp, err := op.Start(op.Client{ID: "console", Secret: "bí mật của trang thử, đủ dài để ký", Redirect: origin + "/sign-in/sso/tinh/callback"},
		op.Client{ID: "other", Secret: "khác", Redirect: "http://localhost:9999/callback"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(idp.Close)
	c := sso.Config{Key: "tinh", Name: i18n.Text{Vi: "Đăng nhập một lần của tỉnh", En: "The province's sign-on"}, Issuer: idp.URL, ClientID: "console", ClientSecret: "bí mật của trang thử, đủ dài để ký"}
	if change != nil {
		change(&c)
	}
	w := worldWith(t, testkit.DB(t), clock.System(), func(p *Parts) { p.Origin, p.Providers = origin, []sso.Config{c} })
	return &province{w, idp}
}

func answerOf(back *url.URL) sso.Answer {
	q := back.Query()
	return sso.Answer{Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss"), Error: q.Get("error")}
}

// visit goes to the provider and comes back.
func (p *province) visit(g Going) sso.Answer {
	p.t.Helper()
	back, err := p.idp.Visit(g.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	if got := back.Scheme + "://" + back.Host + back.Path; got != origin+"/sign-in/sso/tinh/callback" {
		p.t.Fatal("came back to " + got)
	}
	return answerOf(back)
}

func (p *province) begin() Going {
	p.t.Helper()
	g, err := p.BeginSSO(context.Background(), "tinh", "/task")
	if err != nil {
		p.t.Fatal(err)
	}
	return g
}

// comes signs in through the provider.
func (p *province) comes() (Came, error) {
	p.t.Helper()
	g := p.begin()
	return p.FinishSSO(context.Background(), "tinh", g.Cookie, p.visit(g), place)
}

// links links the provider's present person to an account with password and code.
func (p *province) links(a *Account, key string) error {
	p.t.Helper()
	ctx := as(actorOf(a, key != "", withCode(access.AuthPassword), desk))
	code := ""
	if key != "" {
		code = p.code(key)
	}
	g, err := p.BeginLink(ctx, "tinh", phrase, code, place)
	if err != nil {
		return err
	}
	came, err := p.FinishSSO(ctx, "tinh", g.Cookie, p.visit(g), place)
	if err == nil && (!came.Linked || came.Signed.Account != nil) {
		p.t.Fatalf("linking came back with %+v", came)
	}
	return err
}

func (p *province) sessions() (n int) {
	p.t.Helper()
	if err := p.DB.QueryRowContext(context.Background(), `SELECT count(*) FROM account_session`).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// R21.4a: the holder links the identity, then signs in with it; the code of the second factor is still asked.
func TestALinkedIdentityOpensItsAccount(t *testing.T) {
	p := newProvince(t, nil)
	key := NewTOTPSecret()
	a := p.person("hoa", key, access.OpSecurity)
	p.idp.SignIn(op.Person{Subject: "cb-0001"})
	if err := p.links(a, key); err != nil {
		t.Fatal(err)
	}
	came, err := p.comes()
	if err != nil {
		t.Fatal(err)
	}
	if came.Ticket == "" || came.Signed.Account != nil || p.sessions() != 0 || came.Next != "/task" {
		t.Fatalf("one factor opened an account with two: %+v", came)
	}
	p.clock.Shift(time.Minute)
	got, err := p.SecondStep(context.Background(), came.Ticket, p.code(key), place)
	if err != nil {
		t.Fatal(err)
	}
	if got.Account.ID != a.ID || !got.Strong {
		t.Fatalf("%+v", got)
	}
	if in := p.events("auth.login"); len(in) != 1 || in[0].Actor.Auth != string(access.AuthSSOTwo) || in[0].Actor.AccountID != a.ID {
		t.Fatalf("%+v", in)
	}
	if linked := p.events("account.identity"); len(linked) != 1 || linked[0].Detail["linked"] != p.idp.URL {
		t.Fatalf("%+v", linked)
	}
}

// T27: nobody is found by an e-mail address or a name, and no account is made.
func TestAnUnlinkedIdentityIsRefused(t *testing.T) {
	p := newProvince(t, nil)
	a := p.person("lan", "", access.Steward)
	for _, who := range []op.Person{
		{Subject: "lan"}, {Subject: a.ID}, {Subject: "cb-9", Claims: map[string]any{"email": "lan@laocai.example", "email_verified": true, "preferred_username": "lan"}},
		{Subject: "cb-10", Claims: map[string]any{"email": "lan@laocai.example@evil.example", "name": a.FullName}},
	} {
		p.idp.SignIn(who)
		_, err := p.comes()
		p.fails(err, "account.sso_unlinked")
	}
	if n, err := countAccounts(context.Background(), p.DB); err != nil || n != 1 || p.sessions() != 0 {
		t.Fatal(n, p.sessions(), err)
	}
	failed := p.events("auth.fail")
	if len(failed) != 4 || failed[0].Detail["cause"] != causeUnlinked || failed[0].Actor.AccountID != "" {
		t.Fatalf("%+v", failed)
	}
}

// An identity belongs to one account, and an account has one identity at each provider.
func TestAnIdentityIsLinkedOnce(t *testing.T) {
	p := newProvince(t, nil)
	one, two := NewTOTPSecret(), NewTOTPSecret()
	hoa, mai := p.person("hoa", one, access.Steward), p.person("mai", two, access.Steward)
	p.idp.SignIn(op.Person{Subject: "cb-1"})
	if err := p.links(hoa, one); err != nil {
		t.Fatal(err)
	}
	p.fails(p.links(mai, two), "account.identity_taken")
	p.clock.Shift(time.Minute)
	p.idp.SignIn(op.Person{Subject: "cb-2"})
	p.fails(p.links(hoa, one), "account.identity_taken")
	_, err := p.LinkAs(as(admin), mai.ID, "tinh", "cb-1")
	p.fails(err, "account.identity_taken")
}

func TestLinkingAsksForPasswordAndCode(t *testing.T) {
	p := newProvince(t, nil)
	key := NewTOTPSecret()
	hoa, lan := p.person("hoa", key, access.Steward), p.person("lan", "", access.Steward)
	strong, weak := as(actorOf(hoa, true, access.AuthTwo, desk)), as(actorOf(hoa, false, access.AuthPassword, desk))
	_, err := p.BeginLink(context.Background(), "tinh", phrase, p.code(key), place)
	p.fails(err, "access.sign_in_required")
	_, err = p.BeginLink(weak, "tinh", phrase, p.code(key), place)
	p.fails(err, "account.strong_needed")
	_, err = p.BeginLink(strong, "tinh", "mật khẩu sai rồi", p.code(key), place)
	p.fails(err, "account.password_wrong")
	_, err = p.BeginLink(strong, "tinh", phrase, "000000", place)
	p.fails(err, "account.code_wrong")
	_, err = p.BeginLink(as(actorOf(lan, false, access.AuthPassword, desk)), "tinh", phrase, "", place)
	p.fails(err, "account.link_needs_second")
	code := p.code(key)
	if _, err = p.BeginLink(strong, "tinh", phrase, code, place); err != nil {
		t.Fatal(err)
	}
	_, err = p.BeginLink(strong, "tinh", phrase, code, place) // T30: the code is used up
	p.fails(err, "account.code_wrong")
	for range maxFailures {
		_, err = p.BeginLink(strong, "tinh", phrase, "111111", place)
	}
	p.fails(err, "account.locked")
}

// The link that one person began is not finished by another who is signed in in that browser, nor by nobody.
func TestALinkIsFinishedByWhoBeganIt(t *testing.T) {
	p := newProvince(t, nil)
	key := NewTOTPSecret()
	hoa, lan := p.person("hoa", key, access.Steward), p.person("lan", "", access.Steward)
	p.idp.SignIn(op.Person{Subject: "cb-1"})
	g, err := p.BeginLink(as(actorOf(hoa, true, access.AuthTwo, desk)), "tinh", phrase, p.code(key), place)
	if err != nil {
		t.Fatal(err)
	}
	answer := p.visit(g)
	for _, ctx := range []context.Context{context.Background(), as(actorOf(lan, false, access.AuthPassword, desk))} {
		_, err = p.FinishSSO(ctx, "tinh", g.Cookie, answer, place)
		p.fails(err, "account.sso_state")
	}
}

// T26: the answer must belong to what this browser began, and passes once.
func TestAnAnswerBelongsToItsBrowserAndPassesOnce(t *testing.T) {
	p := newProvince(t, nil)
	p.person("lan", "", access.Steward)
	p.idp.SignIn(op.Person{Subject: "cb-1"})
	if _, err := p.LinkAs(as(admin), p.accountOf("lan").ID, "tinh", "cb-1"); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	mine, foreign := p.begin(), p.begin()
	answer := p.visit(mine)
	for name, try := range map[string]struct {
		cookie string
		answer sso.Answer
	}{
		"no cookie":             {"", answer},
		"cookie of another":     {foreign.Cookie, answer},
		"cookie tampered with":  {mine.Cookie[:len(mine.Cookie)-2] + "AA", answer},
		"state of another":      {mine.Cookie, sso.Answer{Code: answer.Code, State: answerOf(mustParse(t, foreign.URL)).State}},
		"no state":              {mine.Cookie, sso.Answer{Code: answer.Code}},
		"sign-in ticket inside": {p.sealer.seal(ticketUse, "{}"), answer},
	} {
		_, err := p.FinishSSO(ctx, "tinh", try.cookie, try.answer, place)
		if !fault.Is(err, "account.sso_state") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p.idp.Redeemed() != 0 {
		t.Fatal("a code was redeemed for a foreign browser")
	}
	if _, err := p.FinishSSO(ctx, "tinh", mine.Cookie, answer, place); err != nil {
		t.Fatal(err)
	}
	_, err := p.FinishSSO(ctx, "tinh", mine.Cookie, answer, place)
	p.fails(err, "account.used_before")
	if p.idp.Redeemed() != 1 || p.sessions() != 1 {
		t.Fatal("the code went to the provider again", p.idp.Redeemed(), p.sessions())
	}
	late := p.begin()
	answer = p.visit(late)
	p.clock.Shift(FlowLife)
	_, err = p.FinishSSO(ctx, "tinh", late.Cookie, answer, place)
	p.fails(err, "account.sso_state")
}

// A code that was redeemed, with a new state around it: the provider refuses it.
func TestARedeemedCodeIsRefusedByTheProvider(t *testing.T) {
	p := newProvince(t, nil)
	p.idp.SignIn(op.Person{Subject: "cb-1"})
	first := p.begin()
	answer := p.visit(first)
	_, err := p.FinishSSO(context.Background(), "tinh", first.Cookie, answer, place)
	p.fails(err, "account.sso_unlinked")
	second := p.begin()
	again := p.visit(second)
	again.Code = answer.Code
	_, err = p.FinishSSO(context.Background(), "tinh", second.Cookie, again, place)
	p.fails(err, "account.sso_refused")
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (w *world) accountOf(username string) *Account {
	w.t.Helper()
	a, err := findByName(context.Background(), w.DB, username)
	if err != nil || a == nil {
		w.t.Fatal(a, err)
	}
	return a
}

// Invariant 2 of sso: what the token must be.
func TestAnIDTokenThatIsNotForUsOpensNothing(t *testing.T) {
	p := newProvince(t, nil)
	p.person("lan", "", access.Steward)
	p.idp.SignIn(op.Person{Subject: "cb-1"})
	if _, err := p.LinkAs(as(admin), p.accountOf("lan").ID, "tinh", "cb-1"); err != nil {
		t.Fatal(err)
	}
	change := func(name string, value any) op.Forge {
		return func(claims map[string]any) string {
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
			return ""
		}
	}
	sign := func(algorithm string) op.Forge { return func(map[string]any) string { return algorithm } }
	hour := time.Now().Add(-time.Hour).Unix()
	for name, forge := range map[string]op.Forge{
		"other audience": change("aud", "other"), "ours among others without azp": func(c map[string]any) string {
			c["aud"] = []string{"console", "other"}
			delete(c, "azp")
			return ""
		},
		"issued for another party": change("azp", "other"), "other issuer": change("iss", "https://idp.example"), "expired": change("exp", hour), "no expiry": change("exp", nil),
		"other nonce": change("nonce", "x"), "no nonce": change("nonce", nil), "no subject": change("sub", nil), "subject is a number": change("sub", 7),
		"unsigned": sign("none"), "signed with the client's secret": sign("HS256"), "not yet valid": change("nbf", time.Now().Add(time.Hour).Unix()),
	} {
		p.idp.Misbehave(forge)
		_, err := p.comes()
		if !fault.Is(err, "account.sso_refused") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p.sessions() != 0 {
		t.Fatal("a session was opened")
	}
	p.idp.Misbehave(change("more", "harmless"))
	if _, err := p.comes(); err != nil {
		t.Fatalf("forging itself is refused, so the above shows nothing: %v", err)
	}
}

// The provider's second factor counts only where the operator says so.
func TestTheProvidersSecondFactorCountsWhenConfigured(t *testing.T) {
	for name, c := range map[string]struct {
		person op.Person
		strong bool
	}{
		"no word of it":        {op.Person{Subject: "cb-1"}, false},
		"accepted acr":         {op.Person{Subject: "cb-1", ACR: "urn:vn:loa3"}, true},
		"other acr":            {op.Person{Subject: "cb-1", ACR: "urn:vn:loa1"}, false},
		"accepted amr":         {op.Person{Subject: "cb-1", AMR: []string{"pwd", "hwk"}}, true},
		"other amr":            {op.Person{Subject: "cb-1", AMR: []string{"pwd"}}, false},
		"acr in another claim": {op.Person{Subject: "cb-1", Claims: map[string]any{"loa": "urn:vn:loa3"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvince(t, func(c *sso.Config) { c.StrongACR, c.StrongAMR = []string{"urn:vn:loa3"}, []string{"hwk"} })
			a := p.person("hoa", "", access.OpSecurity) // its role needs a second factor
			if _, err := p.LinkAs(as(admin), a.ID, "tinh", "cb-1"); err != nil {
				t.Fatal(err)
			}
			p.idp.SignIn(c.person)
			came, err := p.comes()
			if err != nil {
				t.Fatal(err)
			}
			who := actorOf(came.Signed.Account, came.Signed.Strong, came.Signed.auth, desk)
			if came.Signed.Strong != c.strong || who.Auth.Strong() != c.strong || who.Has(access.OpSecurity) != c.strong {
				t.Fatalf("%+v %+v", came.Signed, who)
			}
		})
	}
}

// F14: the platform starts and works without the provider; its sign-ins fail with a code, and work again when it does.
func TestAProviderThatIsDown(t *testing.T) {
	p := newProvince(t, nil)
	p.person("lan", "", access.Steward)
	if _, err := p.LinkAs(as(admin), p.accountOf("lan").ID, "tinh", "cb-1"); err != nil {
		t.Fatal(err)
	}
	p.idp.SignIn(op.Person{Subject: "cb-1"})
	p.idp.Break("")
	_, err := p.BeginSSO(context.Background(), "tinh", "/")
	p.fails(err, "account.sso_unavailable")
	if fault.Of(err).Kind != fault.Unavailable {
		t.Fatal(err)
	}
	p.enter("lan", "") // a password still opens
	p.idp.Heal()
	for _, end := range []string{"/oauth/token", "/keys"} {
		g := p.begin()
		answer := p.visit(g)
		p.idp.Break(end)
		_, err = p.FinishSSO(context.Background(), "tinh", g.Cookie, answer, place)
		p.fails(err, "account.sso_unavailable")
		p.idp.Heal()
	}
	if n := len(p.events("auth.fail")); n != 0 {
		t.Fatal("that the provider was down is told as failed sign-ins:", n)
	}
	if n := len(p.attempts.kept); n != 0 {
		t.Fatal("that the provider was down counts against an address")
	}
	if _, err := p.comes(); err != nil {
		t.Fatal(err)
	}
	_, err = p.BeginSSO(context.Background(), "khac", "/")
	p.fails(err, "account.provider_unknown")
}

// R19.2c: what is disabled or reset opens no more by this way either.
func TestAClosedAccountIsNotOpenedByItsIdentity(t *testing.T) {
	p := newProvince(t, nil)
	a := p.person("lan", "", access.Steward)
	p.idp.SignIn(op.Person{Subject: "cb-1"})
	if _, err := p.LinkAs(as(admin), a.ID, "tinh", "cb-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.SetActive(as(admin), a.ID, false); err != nil {
		t.Fatal(err)
	}
	_, err := p.comes()
	p.fails(err, "account.closed")
	if _, err := p.SetActive(as(admin), a.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Reset(as(admin), a.ID); err != nil {
		t.Fatal(err)
	}
	_, err = p.comes()
	p.fails(err, "account.sso_unlinked")
}

func TestAdministratorsLinkOthersOnly(t *testing.T) {
	p := newProvince(t, nil)
	a := p.person("lan", "", access.Steward)
	_, err := p.LinkAs(as(actorOf(a, false, access.AuthPassword, desk)), a.ID, "tinh", "cb-1")
	p.fails(err, "access.permission_missing")
	own := p.person("quantri", "", access.OpAdmin)
	_, err = p.LinkAs(as(actorOf(own, true, access.AuthTwo, desk)), own.ID, "tinh", "cb-1")
	p.fails(err, "account.own_account")
	for _, subject := range []string{"", strings.Repeat("x", 256)} {
		_, err = p.LinkAs(as(admin), a.ID, "tinh", subject)
		p.fails(err, "account.subject_form")
	}
	if _, err = p.LinkAs(as(admin), a.ID, "tinh", "cb-1"); err != nil {
		t.Fatal(err)
	}
	if err := p.Unlink(as(actorOf(a, false, access.AuthPassword, desk)), p.idp.URL); !fault.Is(err, "account.strong_needed") {
		t.Fatal(err)
	}
	if _, err = p.UnlinkAs(as(admin), a.ID, p.idp.URL); err != nil {
		t.Fatal(err)
	}
	_, err = p.UnlinkAs(as(admin), a.ID, p.idp.URL)
	p.fails(err, "account.identity_not_found")
	if got, err := p.Identities(as(admin), a.ID); err != nil || len(got) != 0 {
		t.Fatal(got, err)
	}
}

func TestTheConfigurationOfAProviderIsChecked(t *testing.T) {
	good := sso.Config{Key: "tinh", Name: i18n.Text{Vi: "a", En: "b"}, Issuer: "https://idp.example", ClientID: "x", ClientSecret: secret.Redacted("s")}
	if _, err := sso.New(good, "https://console.example", clock.System()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*sso.Config){
		"plain HTTP": func(c *sso.Config) { c.Issuer = "http://idp.example" }, "no issuer": func(c *sso.Config) { c.Issuer = "" },
		"an e-mail address as identity": func(c *sso.Config) { c.SubjectClaim = "email" }, "no client": func(c *sso.Config) { c.ClientID = "" },
		"no name": func(c *sso.Config) { c.Name.Vi = "" }, "key with a slash": func(c *sso.Config) { c.Key = "a/b" },
		"issuer with a user": func(c *sso.Config) { c.Issuer = "https://a@idp.example" },
	} {
		c := good
		change(&c)
		if _, err := sso.New(c, "https://console.example", clock.System()); err == nil {
			t.Errorf("%s is taken", name)
		} else if strings.Contains(fmt.Sprint(err), "%!") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
