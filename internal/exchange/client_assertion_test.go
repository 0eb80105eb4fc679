package exchange_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"

	"lienthong/internal/exchange"
	"lienthong/internal/kit/controldb"
)

// signer makes client assertions of the bench's client ByKey.
type signer struct {
	t   *testing.T
	b   *Bench
	key crypto.Signer
	alg jwa.SignatureAlgorithm
	kid string
}

func (s signer) sign(change func(h jws.Headers, c map[string]any)) string {
	s.t.Helper()
	now := s.b.Clock.Now().Unix()
	claims := map[string]any{"iss": ByKey, "sub": ByKey, "aud": "https://" + Host + "/oauth2/token", "iat": now, "exp": now + 60, "jti": rand.Text()}
	header := jws.NewHeaders()
	if s.kid != "" {
		_ = header.Set("kid", s.kid)
	}
	if change != nil {
		change(header, claims)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := jws.Sign(payload, jws.WithKey(s.alg, s.key, jws.WithProtectedHeaders(header)))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(out)
}

func (b *Bench) askToken(form url.Values) Reply {
	b.t.Helper()
	if !form.Has("grant_type") {
		form.Set("grant_type", "client_credentials")
	}
	body := form.Encode()
	return b.Send(1, fmt.Sprintf("POST /oauth2/token HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", Host, len(body), body))[0]
}

const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

func (b *Bench) askSigned(assertion string) Reply {
	return b.askToken(url.Values{"client_assertion_type": {jwtBearer}, "client_assertion": {assertion}})
}

// withKeys registers an Ed25519, a P-256, a P-384 and an RSA key.
func withKeys(t *testing.T) (*Bench, map[string]signer) {
	t.Helper()
	b := withRows(t)
	_, ed, _ := ed25519.GenerateKey(nil)
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	all := map[string]signer{}
	for kid, x := range map[string]struct {
		key crypto.Signer
		alg jwa.SignatureAlgorithm
	}{"ed": {ed, jwa.EdDSA()}, "p256": {p256, jwa.ES256()}, "p384": {p384, jwa.ES384()}, "rsa": {rsaKey, jwa.RS256()}} {
		all[kid] = signer{t, b, x.key, x.alg, kid}
		b.ClientKeys = append(b.ClientKeys, exchange.ClientKey{KID: kid, Alg: x.alg.String(), Public: x.key.Public(), Proof: "key:" + kid, Until: b.Clock.Now().AddDate(1, 0, 0)})
	}
	return b, all
}

func TestClientAssertionOpens(t *testing.T) {
	b, keys := withKeys(t)
	for kid, s := range keys {
		got := b.askSigned(s.sign(nil))
		var answer struct {
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(got.Body), &answer); err != nil || got.Status != 200 {
			t.Fatalf("%s: %+v", kid, got)
		}
		b.Token = answer.Token
		if got := b.Call("GET", data+"/records", "", ""); got.Status != 200 {
			t.Errorf("%s: %+v", kid, got)
		}
		b.Ended = "key:" + kid // revoked: the token goes with the key
		if err := b.DB.InTx(context.Background(), func(q controldb.Querier) error {
			return b.Service.RevokeProof(context.Background(), q, System, "key:"+kid)
		}); err != nil {
			t.Fatal(err)
		}
		if got := b.Call("GET", data+"/records", "", ""); got.Status != 401 {
			t.Errorf("T21 %s: the token outlived its key: %+v", kid, got)
		}
	}
	nameless := keys["ed"]
	nameless.kid = ""
	if got := b.askSigned(nameless.sign(nil)); got.Status != 200 {
		t.Errorf("without kid, one key of the algorithm: %+v", got)
	}
	b.ClientKeys = append(b.ClientKeys, b.ClientKeys...)
	if got := b.askSigned(nameless.sign(nil)); got.Status != 401 {
		t.Errorf("without kid, two keys of the algorithm: %+v", got)
	}
	last := b.Records()[len(b.Records())-2]
	if last.Event != "auth.login" || last.Detail["method"] != "private_key_jwt" || last.Detail["proof"] != "key:ed" {
		t.Errorf("the record tells neither method nor key: %+v", last)
	}
}

// T17-T19 for the assertion that stands for a system's secret.
func TestClientAssertionAttacks(t *testing.T) {
	b, keys := withKeys(t)
	ed, rsaSigner := keys["ed"], keys["rsa"]
	parts := strings.Split(ed.sign(nil), ".")
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	der, err := x509.MarshalPKIXPublicKey(rsaSigner.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	swapped := rsaSigner
	swapped.alg = jwa.PS256()
	_, otherKey, _ := ed25519.GenerateKey(nil)
	other := ed
	other.key = otherKey
	with := func(name string, value any) string {
		return ed.sign(func(_ jws.Headers, c map[string]any) { c[name] = value })
	}
	without := func(name string) string { return ed.sign(func(_ jws.Headers, c map[string]any) { delete(c, name) }) }
	head := func(name string, value any) string {
		return ed.sign(func(h jws.Headers, _ map[string]any) { _ = h.Set(name, value) })
	}
	now := b.Clock.Now().Unix()
	ours := "https://" + Host
	for name, assertion := range map[string]string{
		"T17 alg none": raw(`{"alg":"none","kid":"ed"}`) + "." + parts[1] + ".", "T17 alg None": raw(`{"alg":"None","kid":"ed"}`) + "." + parts[1] + "." + parts[2],
		"T17 HS256 by the public key": hmacSigned(t, public, "rsa", rsaSigner), "T17 RS256 to PS256": swapped.sign(nil), "T17 empty signature": parts[0] + "." + parts[1] + ".",
		"T17 altered claims": parts[0] + "." + raw(`{"iss":"tthc.key","sub":"tthc.key","aud":"https://gw.test","exp":99999999999,"jti":"x"}`) + "." + parts[2],
		"T18 jku":            head("jku", "http://127.0.0.1/k"), "T18 x5u": head("x5u", "http://127.0.0.1/k"), "T18 jwk": head("cty", "JWT"),
		"T18 kid as a path": head("kid", "../../ed"), "T18 kid by injection": head("kid", "' or 1=1"), "T18 kid of another key": head("kid", "p256"), "T18 crit": raw(`{"alg":"EdDSA","kid":"ed","crit":["b64"],"b64":false}`) + "." + parts[1] + "." + parts[2],
		"another key by the same id": other.sign(nil),
		"T19 expired":                with("exp", now-6), "T19 too long": with("exp", now+306), "T19 no exp": without("exp"), "T19 exp as a text": with("exp", "x"), "T19 nbf in the future": with("nbf", now+30), "T19 issued in the future": with("iat", now+30),
		"T19 no aud": without("aud"), "T19 aud of another": with("aud", "https://other.test/oauth2/token"), "T19 aud by prefix": with("aud", ours+"/oauth2/token/x"), "T19 aud of several": with("aud", []string{ours, "https://other.test"}),
		"T19 iss of another": with("iss", "x.key"), "T19 no iss": without("iss"), "T19 no jti": without("jti"),
		"T19 a client of another method": ed.sign(func(_ jws.Headers, c map[string]any) { c["iss"], c["sub"] = System, System }),
		"T19 unknown client":             ed.sign(func(_ jws.Headers, c map[string]any) { c["iss"], c["sub"] = "nobody", "nobody" }),
	} {
		before := len(b.Records())
		got := b.askSigned(assertion)
		if got.Status != 401 || !strings.Contains(got.Body, `"error":"invalid_client"`) {
			t.Errorf("%s: %+v", name, got)
		}
		if recs := b.Records()[before:]; len(recs) != 1 || recs[0].Event != "auth.fail" {
			t.Errorf("%s: records %+v", name, recs)
		}
		if got := b.askSigned(ed.sign(nil)); got.Status != 200 {
			t.Fatalf("%s: the right assertion after it: %+v", name, got)
		}
	}
}

func hmacSigned(t *testing.T, key []byte, kid string, like signer) string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(like.sign(nil), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	header := jws.NewHeaders()
	_ = header.Set("kid", kid)
	out, err := jws.Sign(payload, jws.WithKey(jwa.HS256(), key, jws.WithProtectedHeaders(header)))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// An assertion opens once, also after a restart, which forgets what stands in memory only.
func TestClientAssertionIsUsedOnce(t *testing.T) {
	b, keys := withKeys(t)
	one := keys["ed"].sign(nil)
	if got := b.askSigned(one); got.Status != 200 {
		t.Fatalf("%+v", got)
	}
	if got := b.askSigned(one); got.Status != 401 {
		t.Errorf("replay: %+v", got)
	}
	again := exchange.NewService(b.DB, b.Clock, b.Log, b, nil)
	sameID := keys["p256"].sign(func(_ jws.Headers, c map[string]any) { c["jti"] = "j1" })
	if got := b.askSigned(sameID); got.Status != 200 {
		t.Fatalf("%+v", got)
	}
	sum := "0000"
	if _, err := again.IssueToken(context.Background(), exchange.Client{System: System, Credential: "c1", Once: sum, OnceEnds: b.Clock.Now().Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Service.IssueToken(context.Background(), exchange.Client{System: System, Credential: "c1", Once: sum, OnceEnds: b.Clock.Now().Add(time.Minute)}); err == nil {
		t.Error("another node takes the same assertion")
	}
	b.Clock.Shift(10 * time.Minute)
	if got := b.askSigned(keys["ed"].sign(nil)); got.Status != 200 {
		t.Fatalf("%+v", got)
	}
	var kept int
	if err := b.DB.QueryRowContext(context.Background(), `SELECT count(*) FROM exchange_assertion`).Scan(&kept); err != nil || kept != 1 {
		t.Errorf("%d assertions are kept, %v: those that are over go", kept, err)
	}
}

func TestTokenRequestShowsOneProof(t *testing.T) {
	b, keys := withKeys(t)
	a := keys["ed"].sign(nil)
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(System+":"+Secret)) + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	form := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {jwtBearer}, "client_assertion": {a}}
	if got := b.Call("POST", "/oauth2/token", basic, form.Encode()); !strings.Contains(got.Body, "invalid_request") {
		t.Errorf("Basic beside an assertion: %+v", got)
	}
	for name, form := range map[string]url.Values{
		"secret beside an assertion": {"client_assertion_type": {jwtBearer}, "client_assertion": {a}, "client_secret": {"x"}},
		"another type":               {"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}, "client_assertion": {a}},
		"no type":                    {"client_assertion": {a}}, "type alone": {"client_assertion_type": {jwtBearer}, "client_id": {System}},
		"another client_id": {"client_assertion_type": {jwtBearer}, "client_assertion": {a}, "client_id": {System}}, "no proof": {},
	} {
		if got := b.askToken(form); got.Status != 400 || !strings.Contains(got.Body, "invalid_request") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := b.askToken(url.Values{"client_id": {ByCert}}); got.Status != 401 {
		t.Errorf("a certificate's client without certificate: %+v", got)
	}
	if got := b.askToken(url.Values{"client_assertion_type": {jwtBearer}, "client_assertion": {a}, "client_id": {ByKey}}); got.Status != 200 {
		t.Errorf("the same client_id: %+v", got)
	}
}

// No token outlives the credential or key that it was given for, and none is given beyond the system's addresses.
func TestTokenEndsWithItsCredential(t *testing.T) {
	b, keys := withKeys(t)
	b.Until = b.Clock.Now().Add(90 * time.Second)
	if got := b.askSigned(keys["ed"].sign(nil)); !strings.Contains(got.Body, `"expires_in":90`) {
		t.Errorf("%+v", got)
	}
	b.Until = time.Time{}
	for i := range b.ClientKeys {
		b.ClientKeys[i].Until = b.Clock.Now().Add(30 * time.Second)
	}
	if got := b.askSigned(keys["ed"].sign(nil)); !strings.Contains(got.Body, `"expires_in":30`) {
		t.Errorf("%+v", got)
	}
	b.Addresses = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	if got := b.askSigned(keys["ed"].sign(nil)); got.Status != 401 {
		t.Errorf("from an address that is not the system's: %+v", got)
	}
	b.Addresses = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	if got := b.askSigned(keys["ed"].sign(nil)); got.Status != 200 {
		t.Errorf("%+v", got)
	}
}

func TestMetadata(t *testing.T) {
	b := withRows(t)
	before := len(b.Records())
	got := b.Call("GET", "/.well-known/oauth-authorization-server", "", "")
	var m struct {
		Issuer, TokenEndpoint string
		Methods               []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := json.Unmarshal([]byte(got.Body), &m); err != nil || got.Status != 200 || m.Issuer != "https://"+Host || len(m.Methods) != 4 {
		t.Errorf("%+v", got)
	}
	if got := b.Call("POST", "/.well-known/oauth-authorization-server", "", "{}"); got.Status != 405 {
		t.Errorf("%+v", got)
	}
	for _, path := range []string{"/.well-known", "/.well-known/x", "/.well-known/../data", "/data/.well-known/x/y", "/%2ewell-known/oauth-authorization-server"} {
		if got := b.Call("GET", path, "", ""); got.Status < 400 {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if len(b.Records())-before != 6 {
		t.Errorf("%d records: one of each refusal and none of the metadata", len(b.Records())-before)
	}
}
