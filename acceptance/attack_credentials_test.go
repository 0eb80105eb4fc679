package acceptance

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"lienthong/acceptance/harness"
)

// gateway is a province whose exchange speaks TLS, with a live connection, and the ways to prove oneself there.
type gateway struct {
	*province
	conn *connection
	pool *x509.CertPool
	ca   string // file of the server's certificate, for curl
	at   string // path of the calling system in the API
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	cert, key, pool := certificate(t)
	g := &gateway{pool: pool, ca: cert, at: "/api/v1/systems/" + callerSystem}
	g.province = withData(t, harness.Options{Args: []string{"--set", "exchange.tls_cert=" + cert, "--set", "exchange.tls_key=" + key}}, 30)
	g.Exchange = strings.Replace(g.Exchange, "http://", "https://", 1)
	g.conn = g.live(t, nil)
	return g
}

// client of the exchange, with a certificate where one is given.
func (g *gateway) client(t testing.TB, certs ...tls.Certificate) *harness.Client {
	t.Helper()
	c := harness.NewClient(t, g.Exchange)
	conf := &tls.Config{RootCAs: g.pool, MinVersion: tls.VersionTLS12}
	if len(certs) > 0 { // sent whatever the server asks for: Go itself would keep back one of an authority that was not named
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certs[0], nil }
	}
	c.HTTP.Transport = &http.Transport{TLSClientConfig: conf}
	return c
}

// ask asks for a token with one proof.
func (g *gateway) ask(c *harness.Client, form url.Values) harness.Answer {
	form.Set("grant_type", "client_credentials")
	return c.With("Content-Type", "application/x-www-form-urlencoded").Post("/oauth2/token", form.Encode())
}

// caller is a client with a token that the answer gave.
func (g *gateway) caller(t testing.TB, c *harness.Client, a harness.Answer) *harness.Client {
	t.Helper()
	if a.Status != http.StatusOK {
		t.Fatalf("no token: %s", a)
	}
	var got struct {
		Token string `json:"access_token"`
	}
	a.Into(t, &got)
	return c.With("Authorization", "Bearer "+got.Token).With("Lienthong-Purpose", purpose).With("Lienthong-Case", caseRef)
}

// credential makes a client of the calling system that proves itself by the method.
func (g *gateway) credential(t *testing.T, method string) (id, clientID string) {
	t.Helper()
	var got struct {
		ID       string
		ClientID string `json:"client_id"`
	}
	a := g.engineer.Post(g.at+"/credentials", m{"method": method, "valid_to": time.Now().AddDate(1, 0, 0).Format(time.DateOnly)})
	ok(t, a, http.StatusCreated).Into(t, &got)
	if strings.Contains(a.String(), "client_secret\":") {
		t.Fatalf("a client of %s has a secret: %s", method, a)
	}
	return got.ID, got.ClientID
}

// signing is a registered key of the calling system.
type signing struct {
	t        *testing.T
	id, kid  string
	key      crypto.Signer
	alg      jwa.SignatureAlgorithm
	client   string
	audience string
}

func (g *gateway) registerKey(t *testing.T, client, kid string, key crypto.Signer, alg jwa.SignatureAlgorithm) signing {
	t.Helper()
	public, err := jwk.Import(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	_ = public.Set(jwk.KeyIDKey, kid)
	var got struct{ ID string }
	ok(t, g.engineer.Post(g.at+"/client-keys", m{"jwk": public, "valid_to": time.Now().AddDate(1, 0, 0).Format(time.DateOnly)}), http.StatusCreated).Into(t, &got)
	return signing{t, got.ID, kid, key, alg, client, g.Exchange + "/oauth2/token"}
}

func (s signing) sign(change func(h jws.Headers, c m)) string {
	s.t.Helper()
	now := time.Now().Unix()
	claims := m{"iss": s.client, "sub": s.client, "aud": s.audience, "iat": now, "exp": now + 60, "jti": rand.Text()}
	header := jws.NewHeaders()
	_ = header.Set("kid", s.kid)
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

const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

func assertionForm(a string) url.Values {
	return url.Values{"client_assertion_type": {jwtBearer}, "client_assertion": {a}}
}

// issued is a certificate of the calling system with its key, as files and for Go.
type issued struct {
	Serial, PEM string
	cert        tls.Certificate
	certFile    string
	keyFile     string
}

// issue makes key and request by openssl, as the system's administrator would, and gives the platform's certificate.
func (g *gateway) issue(t *testing.T, path string, more m) issued {
	t.Helper()
	dir := t.TempDir()
	csr, key := filepath.Join(dir, "csr.pem"), filepath.Join(dir, "key.pem")
	out, err := exec.Command("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", csr, "-subj", "/CN=quan-tri").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	request, err := os.ReadFile(csr)
	if err != nil {
		t.Fatal(err)
	}
	body := m{"csr": string(request)}
	for k, v := range more {
		body[k] = v
	}
	var got issued
	ok(t, g.engineer.Post(path, body), http.StatusCreated).Into(t, &got)
	got.certFile, got.keyFile = filepath.Join(dir, "cert.pem"), key
	write(t, got.certFile, []byte(got.PEM))
	if got.cert, err = tls.LoadX509KeyPair(got.certFile, key); err != nil {
		t.Fatal(err)
	}
	return got
}

// Credentials of systems (Điều 10.1a, 26.3a): signatures, certificates, their rotation and their end, and the attacks.
func TestSystemCredentials(t *testing.T) {
	g := newGateway(t)
	t.Run("R10.1a2 a system signs instead of sending a secret, and keys overlap", func(t *testing.T) { signedIn(t, g) })
	t.Run("T17 T18 T19 assertions that are refused", func(t *testing.T) { assertionAttacks(t, g) })
	t.Run("T20 tokens that are refused", func(t *testing.T) { tokenAttacks(t, g) })
	t.Run("R10.1a2 mutual TLS: certificates are given, bind tokens, are renewed and revoked", func(t *testing.T) { mutualTLS(t, g) })
	t.Run("T21 what is revoked opens nothing when the revocation has answered", func(t *testing.T) { revocations(t, g) })
	t.Run("T22 an older token or secret gets no new token", func(t *testing.T) { noNewToken(t, g) })
	t.Run("R10.1a2 addresses hold at the token endpoint too", func(t *testing.T) { addresses(t, g) })
	t.Run("T29 certificates that are refused", func(t *testing.T) { certificateAttacks(t, g) })
}

func signedIn(t *testing.T, g *gateway) {
	_, client := g.credential(t, "private_key_jwt")
	_, first, _ := ed25519.GenerateKey(rand.Reader)
	second, _ := rsa.GenerateKey(rand.Reader, 2048)
	one := g.registerKey(t, client, "khoa-1", first, jwa.EdDSA())
	two := g.registerKey(t, client, "khoa-2", second, jwa.RS256())
	c := g.client(t)
	for _, s := range []signing{one, two} {
		readPage(t, g.caller(t, c, g.ask(c, assertionForm(s.sign(nil)))).Get(recordsPath+"?limit=1"))
	}
	// An unmodified client library: golang.org/x/oauth2 with the assertion as its parameters.
	conf := clientcredentials.Config{ClientID: client, TokenURL: g.Exchange + "/oauth2/token", AuthStyle: oauth2.AuthStyleInParams, EndpointParams: assertionForm(one.sign(nil))}
	token, err := conf.Token(context.WithValue(context.Background(), oauth2.HTTPClient, c.HTTP))
	if err != nil || token.TokenType != "Bearer" {
		t.Fatalf("%+v, %v", token, err)
	}
	var meta struct {
		Issuer   string
		Endpoint string   `json:"token_endpoint"`
		Methods  []string `json:"token_endpoint_auth_methods_supported"`
		Bound    bool     `json:"tls_client_certificate_bound_access_tokens"`
	}
	ok(t, c.Get("/.well-known/oauth-authorization-server"), http.StatusOK).Into(t, &meta)
	if meta.Issuer != g.Exchange || meta.Endpoint != g.Exchange+"/oauth2/token" || !meta.Bound || !strings.Contains(strings.Join(meta.Methods, " "), "private_key_jwt tls_client_auth") {
		t.Errorf("%+v", meta)
	}
	private, _ := jwk.Import(first)
	refused(t, g.engineer.Post(g.at+"/client-keys", m{"jwk": private, "valid_to": "2027-01-01"}), http.StatusUnprocessableEntity, "system.key_private")
	refused(t, g.consumerSteward.Post(g.at+"/client-keys", m{"pem": "x", "valid_to": "2027-01-01"}), http.StatusForbidden, "access.permission_missing")
}

func assertionAttacks(t *testing.T, g *gateway) {
	_, client := g.credential(t, "private_key_jwt")
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	s := g.registerKey(t, client, "rsa-1", key, jwa.RS256())
	swapped := s
	swapped.alg = jwa.PS256()
	stranger := s
	stranger.key, _ = rsa.GenerateKey(rand.Reader, 2048)
	parts := strings.Split(s.sign(nil), ".")
	raw := func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) }
	der, _ := x509.MarshalPKIXPublicKey(key.Public())
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	hs, err := jws.Sign(payload, jws.WithKey(jwa.HS256(), public, jws.WithProtectedHeaders(withKID("rsa-1"))))
	if err != nil {
		t.Fatal(err)
	}
	touched := harness.NewRecorder(t, func(*http.Request) (int, http.Header, []byte) { return 200, nil, []byte(`{"keys":[]}`) })
	claim := func(name string, value any) string { return s.sign(func(_ jws.Headers, c m) { c[name] = value }) }
	none := func(name string) string { return s.sign(func(_ jws.Headers, c m) { delete(c, name) }) }
	head := func(name string, value any) string {
		return s.sign(func(h jws.Headers, _ m) { _ = h.Set(name, value) })
	}
	now := time.Now().Unix()
	c := g.client(t)
	for _, x := range []struct{ name, assertion string }{
		{"T17 alg none", raw(`{"alg":"none","kid":"rsa-1"}`) + "." + parts[1] + "."}, {"T17 alg None", raw(`{"alg":"None","kid":"rsa-1"}`) + "." + parts[1] + "." + parts[2]},
		{"T17 HS256 with the public key", string(hs)}, {"T17 RS256 to PS256", swapped.sign(nil)}, {"T17 empty signature", parts[0] + "." + parts[1] + "."},
		{"T18 jku", head("jku", touched.URL+"/k")}, {"T18 x5u", head("x5u", touched.URL+"/k")}, {"T18 jwk", raw(`{"alg":"RS256","kid":"rsa-1","jwk":{}}`) + "." + parts[1] + "." + parts[2]},
		{"T18 kid as a path", head("kid", "../../key")}, {"T18 kid by injection", head("kid", "' or 1=1")},
		{"T19 expired", claim("exp", now-30)}, {"T19 no exp", none("exp")}, {"T19 longer than five minutes", claim("exp", now+400)}, {"T19 not yet", claim("nbf", now+120)},
		{"T19 no aud", none("aud")}, {"T19 another aud", claim("aud", "https://lgsp.khac.gov.vn/oauth2/token")}, {"T19 several aud", claim("aud", []string{g.Exchange, "https://khac"})},
		{"T19 another iss", claim("iss", "csdl-khac.abc")}, {"T19 no jti", none("jti")}, {"T19 another key by the same kid", stranger.sign(nil)},
		{"T19 an officer's assertion", s.sign(func(_ jws.Headers, c m) { delete(c, "aud"); delete(c, "iss"); c["agency"] = consumer })},
		{"T19 the client of a secret", s.sign(func(_ jws.Headers, k m) { k["iss"], k["sub"] = g.conn.ClientID, g.conn.ClientID })},
	} {
		a := g.ask(c, assertionForm(x.assertion))
		if a.Status != http.StatusUnauthorized || !strings.Contains(a.String(), "invalid_client") {
			t.Errorf("%s: %s", x.name, a)
		}
		if a := g.ask(c, assertionForm(s.sign(nil))); a.Status != http.StatusOK { // the right one still opens, and clears the count of failures
			t.Fatalf("after %s: %s", x.name, a)
		}
	}
	if len(touched.Requests()) != 0 {
		t.Error("T18 the platform fetched what an assertion named")
	}
	once := s.sign(nil)
	ok(t, g.ask(c, assertionForm(once)), http.StatusOK)
	ok(t, g.ask(c, assertionForm(once)), http.StatusUnauthorized)
	g.Stop()
	g.Run()
	if a := g.ask(g.client(t), assertionForm(once)); a.Status != http.StatusUnauthorized {
		t.Errorf("T19 a used assertion opens after a restart: %s", a)
	}
}

func withKID(kid string) jws.Headers {
	h := jws.NewHeaders()
	_ = h.Set("kid", kid)
	return h
}

func tokenAttacks(t *testing.T, g *gateway) {
	c := g.client(t)
	a := g.ask(c, url.Values{"client_id": {g.conn.ClientID}, "client_secret": {g.conn.Secret}})
	good := g.caller(t, c, a)
	token := strings.TrimPrefix(good.Header.Get("Authorization"), "Bearer ")
	readPage(t, good.Get(recordsPath+"?limit=1"))
	for name, value := range map[string]string{"cut": token[:42], "longer": token + "A", "in another case": strings.ToUpper(token), "of zeros": strings.Repeat("A", 43), "the secret": g.conn.Secret} {
		if a := good.With("Authorization", "Bearer "+value).Get(recordsPath + "?limit=1"); a.Status != http.StatusUnauthorized {
			t.Errorf("T20 token %s: %s", name, a)
		}
	}
	for name, secret := range map[string]string{"with a space": g.conn.Secret + " ", "in another case": strings.ToUpper(g.conn.Secret), "cut": g.conn.Secret[:42], "doubled": g.conn.Secret + g.conn.Secret} {
		if a := g.ask(c, url.Values{"client_id": {g.conn.ClientID}, "client_secret": {secret}}); a.Status != http.StatusUnauthorized {
			t.Errorf("T20 secret %s: %s", name, a)
		}
	}
}

// pagesAndCommands takes the same steps on the system's page and by the command line.
func pagesAndCommands(t *testing.T, g *gateway) {
	t.Helper()
	request := func() string {
		key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
	}
	csr := request()
	form := g.engineer.With("Content-Type", "application/x-www-form-urlencoded")
	at := "/system/" + callerSystem
	ok(t, form.Post(at+"/certificate", url.Values{"csr": {"x"}, "days": {"30"}}.Encode()), http.StatusUnprocessableEntity)
	ok(t, form.Post(at+"/certificate", url.Values{"csr": {csr}, "days": {"30"}, "label": {"lập trên trang"}}.Encode()), http.StatusSeeOther)
	ok(t, g.consumerSteward.With("Content-Type", "application/x-www-form-urlencoded").Post(at+"/certificate", url.Values{"csr": {csr}, "days": {"30"}}.Encode()), http.StatusForbidden)
	page := string(ok(t, g.engineer.Get(at), http.StatusOK).Body)
	_, rest, _ := strings.Cut(page, at+"/certificate/")
	serial, _, _ := strings.Cut(rest, "/")
	if !strings.Contains(page, "lập trên trang") || !strings.Contains(page, "Sắp hết hạn") || len(serial) != 32 {
		t.Fatalf("the page shows no certificate that ends soon: %q", serial)
	}
	if a := ok(t, g.consumerSteward.Get(at+"/certificate/"+serial+"/pem"), http.StatusOK); !strings.HasPrefix(string(a.Body), "-----BEGIN CERTIFICATE-----") {
		t.Errorf("%s", a)
	}
	ok(t, g.ownerSteward.Get(at+"/certificate/"+serial+"/pem"), http.StatusForbidden)
	ok(t, form.Post(at+"/certificate/"+serial+"/revoke", url.Values{"code": {"superseded"}, "reason": {"Chỉ để thử trên trang"}}.Encode()), http.StatusSeeOther)

	session, out := filepath.Join(t.TempDir(), "session.json"), filepath.Join(t.TempDir(), "cert.pem")
	kept, _ := json.Marshal(m{"server": g.Console, "token": g.engineer.Token()})
	write(t, session, kept)
	cli := func(stdin string, args ...string) string {
		t.Helper()
		got, code := harness.CLI(t, stdin, append(append([]string{"certificates"}, args...), "--session", session)...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s", args, code, got)
		}
		return got
	}
	made := cli(request(), "issue", callerSystem, "-", "--label", "lập bằng lệnh", "--out", out)
	serial = strings.Fields(made)[0]
	if list := cli("", "list", callerSystem); !strings.Contains(list, serial+"  valid") || !strings.Contains(list, "lập bằng lệnh") {
		t.Errorf("list: %s", list)
	}
	cli("", "revoke", callerSystem, serial, "--code", "superseded", "--reason", "Chỉ để thử bằng lệnh")
	if list := cli("", "list", callerSystem); !strings.Contains(list, serial+"  revoked") {
		t.Errorf("list: %s", list)
	}
}

// curlCalls fetches and calls as the integrator's guide has it.
func curlCalls(t *testing.T, g *gateway, c issued, client string) {
	t.Helper()
	curl := func(args ...string) string {
		out, err := exec.Command("curl", append([]string{"-sS", "--max-time", "20", "--cacert", g.ca}, args...)...).CombinedOutput()
		if err != nil {
			t.Errorf("curl: %v: %s", err, out)
		}
		return string(out)
	}
	var got struct {
		Token string `json:"access_token"`
	}
	out := curl("--cert", c.certFile, "--key", c.keyFile, "-d", "grant_type=client_credentials", "-d", "client_id="+client, g.Exchange+"/oauth2/token")
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Token == "" {
		t.Fatalf("curl --cert: %s", out)
	}
	call := []string{"-H", "Authorization: Bearer " + got.Token, "-H", "Lienthong-Purpose: " + purpose, "-H", "Lienthong-Case: " + caseRef, g.Exchange + recordsPath + "?limit=1"}
	if out := curl(append([]string{"--cert", c.certFile, "--key", c.keyFile}, call...)...); !strings.Contains(out, `"records"`) {
		t.Errorf("curl --cert: %s", out)
	}
	if out := curl(call...); !strings.Contains(out, "exchange.certificate_mismatch") {
		t.Errorf("curl without the certificate: %s", out)
	}
	address := strings.TrimPrefix(g.Exchange, "https://")
	cmd := exec.Command("openssl", "s_client", "-connect", address, "-cert", c.certFile, "-key", c.keyFile, "-CAfile", g.ca)
	cmd.Stdin = strings.NewReader("")
	shown, _ := cmd.CombinedOutput()
	if !strings.Contains(string(shown), "Lien thong CA 1") || !strings.Contains(string(shown), "TLSv1.3") {
		t.Errorf("openssl s_client: the server does not ask for a certificate of the platform: %s", shown)
	}
}

func addresses(t *testing.T, g *gateway) {
	facts := m{"name": "Cơ sở dữ liệu ngành giáo dục", "owner": consumer, "category": "sector", "layer": "source", "contact": "Phòng Kỹ thuật"}
	set := func(list []string, status int) harness.Answer {
		t.Helper()
		facts["sources"] = list
		return ok(t, g.engineer.Do(http.MethodPut, g.at, facts), status)
	}
	c := g.client(t)
	form := func() url.Values {
		return url.Values{"client_id": {g.conn.ClientID}, "client_secret": {g.conn.Secret}}
	}
	held := g.caller(t, c, g.ask(c, form()))
	for name, x := range map[string]struct {
		list []string
		open bool
	}{
		"another IPv4 network": {[]string{"10.0.0.0/8"}, false}, "IPv6 only": {[]string{"::1/128", "2001:db8::/32"}, false}, "this host": {[]string{"127.0.0.1"}, true},
		"this network, mapped into IPv6": {[]string{"::ffff:127.0.0.0/104"}, true}, "one of several": {[]string{"10.0.0.0/8", "127.0.0.0/8"}, true},
	} {
		set(x.list, http.StatusOK)
		// A header that tells of another address changes nothing, in either direction.
		a, b := g.ask(c.With("X-Forwarded-For", "10.1.2.3"), form()), held.With("X-Forwarded-For", "10.1.2.3").Get(recordsPath+"?limit=1")
		if (a.Status == http.StatusOK) != x.open || (b.Status == http.StatusOK) != x.open {
			t.Errorf("%s: token %s, call %d %s", name, a, b.Status, b.Code())
		}
	}
	set(nil, http.StatusOK)
	refused(t, set([]string{"127.0.0.1/99"}, http.StatusUnprocessableEntity), http.StatusUnprocessableEntity, "system.source_form")
	refused(t, set([]string{"::ffff:0:0/80"}, http.StatusUnprocessableEntity), http.StatusUnprocessableEntity, "system.source_form")
}
