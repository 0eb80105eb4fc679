package exchange_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"

	"lienthong/internal/access"
	"lienthong/internal/exchange"
)

func TestTokenEndpoint(t *testing.T) {
	b := withRows(t)
	form := "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: "
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(System+":"+Secret))
	ask := func(auth, body string) Reply {
		return b.Call("POST", "/oauth2/token", form+auth+"\r\n", body)
	}
	before := len(b.Records())
	got := ask(basic, "grant_type=client_credentials")
	var answer struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int    `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(got.Body), &answer); err != nil || answer.Type != "Bearer" || answer.Expires != 600 || got.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%+v", got)
	}
	if recs := b.Records()[before:]; len(recs) != 1 || recs[0].Event != "auth.login" || recs[0].Actor.AccountID != System {
		t.Errorf("%+v", recs)
	}
	old := b.Token
	b.Token = answer.Token
	if got := b.Call("GET", data+"/records", "", ""); got.Status != 200 {
		t.Errorf("new token: %+v", got)
	}
	b.Clock.Shift(exchange.TokenLife)
	if got := b.Call("GET", data+"/records", "", ""); got.Code() != "exchange.token_invalid" {
		t.Errorf("T19 expired: %+v", got)
	}
	b.Token = old
	if strings.Contains(b.Raw(), answer.Token) || strings.Contains(b.Raw(), Secret) {
		t.Error("a secret stands in the evidence")
	}
	rows := []struct{ name, auth, body, code string }{
		{"wrong secret", "Basic " + base64.StdEncoding.EncodeToString([]byte("tthc:no")), "grant_type=client_credentials", "invalid_client"},
		{"unknown client", "Basic " + base64.StdEncoding.EncodeToString([]byte("x:no")), "grant_type=client_credentials", "invalid_client"},
		{"other grant", basic, "grant_type=password", "unsupported_grant_type"},
		{"no grant", basic, "x=1", "invalid_request"},
		{"grant twice", basic, "grant_type=client_credentials&grant_type=client_credentials", "invalid_request"},
		{"secret twice", basic, "grant_type=client_credentials&client_id=tthc&client_secret=x", "invalid_request"},
		{"broken Basic", "Basic !!", "grant_type=client_credentials", "invalid_request"},
		{"scope", basic, "grant_type=client_credentials&scope=all", "invalid_scope"},
	}
	for _, row := range rows {
		before := len(b.Records())
		got := ask(row.auth, row.body)
		if !strings.Contains(got.Body, `"error":"`+row.code+`"`) || got.Status < 400 {
			t.Errorf("%s: %+v", row.name, got)
		}
		if recs := b.Records()[before:]; len(recs) != 1 || recs[0].Event != "auth.fail" {
			t.Errorf("%s: records %+v", row.name, recs)
		}
	}
	raw := b.Send(1, fmt.Sprintf("POST /oauth2/token HTTP/1.1\r\nHost: gw.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		len("grant_type=client_credentials&client_id=tthc&client_secret="+Secret), "grant_type=client_credentials&client_id=tthc&client_secret="+Secret))
	if raw[0].Status != 200 {
		t.Errorf("secret in the form: %+v", raw)
	}
	for range 10 {
		ask("Basic "+base64.StdEncoding.EncodeToString([]byte("tthc:no")), "grant_type=client_credentials")
	}
	if got := ask(basic, "grant_type=client_credentials"); got.Status != 429 || got.Header.Get("Retry-After") == "" { // T23
		t.Errorf("%+v", got)
	}
}

func sign(t *testing.T, b *Bench, change func(header jws.Headers, claims map[string]any)) string {
	t.Helper()
	header := jws.NewHeaders()
	_ = header.Set("kid", "k1")
	now := b.Clock.Now().Unix()
	claims := map[string]any{"sub": "cb-0042", "agency": Agency, "iat": now, "exp": now + 60, "jti": fmt.Sprint(time.Now().UnixNano())}
	change(header, claims)
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jws.Sign(payload, jws.WithKey(jwa.EdDSA(), b.Officer, jws.WithProtectedHeaders(header)))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// T17-T19 for the officer's assertion, and its single use.
func TestOfficerAssertion(t *testing.T) {
	b := Start(t, func(g *access.Grant) { g.Conditions.OfficerRequired = true })
	call := func(a string) Reply {
		return b.Call("GET", data+"/records", "Lienthong-Officer: "+a+"\r\n", "")
	}
	good := sign(t, b, func(jws.Headers, map[string]any) {})
	before := settled(t, b)
	if got := call(good); got.Status != 200 {
		t.Fatalf("%+v", got)
	}
	if rec := b.Records()[before]; rec.Detail["officer"] != "cb-0042" {
		t.Errorf("%+v", rec)
	}
	if got := call(good); got.Code() != "exchange.officer_replayed" {
		t.Errorf("replay: %+v", got)
	}
	if got := b.Call("GET", data+"/records", "", ""); got.Code() != "access.officer_missing" {
		t.Errorf("missing: %+v", got)
	}
	parts := strings.Split(sign(t, b, func(jws.Headers, map[string]any) {}), ".")
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for name, a := range map[string]string{
		"alg none":            raw(`{"alg":"none","kid":"k1"}`) + "." + parts[1] + ".",
		"alg None":            raw(`{"alg":"None","kid":"k1"}`) + "." + parts[1] + "." + parts[2],
		"HS256 by public key": raw(`{"alg":"HS256","kid":"k1"}`) + "." + parts[1] + "." + parts[2],
		"empty signature":     parts[0] + "." + parts[1] + ".",
		"altered claims":      parts[0] + "." + raw(`{"sub":"root"}`) + "." + parts[2],
		"jku":                 sign(t, b, func(h jws.Headers, _ map[string]any) { _ = h.Set("jku", "http://127.0.0.1/k") }),
		"kid of another":      sign(t, b, func(h jws.Headers, _ map[string]any) { _ = h.Set("kid", "../../k1") }),
		"kid by injection":    sign(t, b, func(h jws.Headers, _ map[string]any) { _ = h.Set("kid", "' or 1=1") }),
		"expired": sign(t, b, func(_ jws.Headers, c map[string]any) {
			c["iat"], c["exp"] = b.Clock.Now().Unix()-120, b.Clock.Now().Unix()-60
		}),
		"from the future": sign(t, b, func(_ jws.Headers, c map[string]any) {
			c["iat"], c["exp"] = b.Clock.Now().Unix()+30, b.Clock.Now().Unix()+60
		}),
		"too long":              sign(t, b, func(_ jws.Headers, c map[string]any) { c["exp"] = b.Clock.Now().Unix() + 61 }),
		"no exp":                sign(t, b, func(_ jws.Headers, c map[string]any) { delete(c, "exp") }),
		"no jti":                sign(t, b, func(_ jws.Headers, c map[string]any) { delete(c, "jti") }),
		"no sub":                sign(t, b, func(_ jws.Headers, c map[string]any) { delete(c, "sub") }),
		"another agency":        sign(t, b, func(_ jws.Headers, c map[string]any) { c["agency"] = "H38.02" }),
		"not a JWS":             "abc",
		"a free text name":      "Nguyen Van A",
		"JSON serialisation":    `{"payload":"x"}`,
		"key in its own header": sign(t, b, func(h jws.Headers, _ map[string]any) { _ = h.Set("x5u", "http://127.0.0.1/k") }),
	} {
		before := settled(t, b)
		if got := call(a); got.Status != 401 || got.Code() != "exchange.officer_invalid" {
			t.Errorf("%s: %+v", name, got)
		}
		if n := len(b.Records()) - before; n != 1 {
			t.Errorf("%s: %d records", name, n)
		}
	}
}
