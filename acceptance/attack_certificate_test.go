package acceptance

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/controldb"
)

func mutualTLS(t *testing.T, g *gateway) {
	_, client := g.credential(t, "tls_client_auth")
	one := g.issue(t, g.at+"/certificates", m{"label": "máy chủ tích hợp 1"})
	with, without := g.client(t, one.cert), g.client(t)
	form := func() url.Values { return url.Values{"client_id": {client}} }
	a := g.ask(with, form())
	var got struct {
		Bound struct {
			Thumbprint string `json:"x5t#S256"`
		} `json:"cnf"`
	}
	bound := g.caller(t, with, a)
	a.Into(t, &got)
	if got.Bound.Thumbprint == "" {
		t.Errorf("the token is not bound: %s", a)
	}
	page := bound.Get(recordsPath + "?limit=1")
	readPage(t, page)
	d := g.decisionOf(t, page)
	if who := d["client"].(m); who["cert_fpr"] != got.Bound.Thumbprint || d["actor"].(m)["auth"] != "mtls" {
		t.Errorf("the record names neither certificate nor method: %v %v", d["client"], d["actor"])
	}
	// Without the certificate, or with another of the same system, the token opens nothing; headers change nothing.
	stolen := without.With("Authorization", bound.Header.Get("Authorization")).With("Lienthong-Purpose", purpose).With("Lienthong-Case", caseRef)
	g.denied(t, stolen.Get(recordsPath+"?limit=1"), http.StatusUnauthorized, "exchange.certificate_mismatch", "AUTHN")
	der := base64.StdEncoding.EncodeToString(one.cert.Certificate[0])
	for _, h := range []string{"X-Client-Cert", "X-Forwarded-Client-Cert", "X-Ssl-Cert", "Client-Cert"} {
		refused(t, stolen.With(h, ":"+der+":").Get(recordsPath+"?limit=1"), http.StatusUnauthorized, "exchange.certificate_mismatch")
		if a := g.ask(without.With(h, ":"+der+":"), form()); a.Status != http.StatusUnauthorized {
			t.Errorf("%s counts as a certificate: %s", h, a)
		}
	}
	curlCalls(t, g, one, client)
	// A new certificate takes over while the older one still opens.
	two := g.issue(t, g.at+"/certificates/"+one.Serial+"/renew", m{"overlap_days": 3})
	next := g.client(t, two.cert)
	renewed := g.caller(t, next, g.ask(next, form()))
	readPage(t, renewed.Get(recordsPath+"?limit=1"))
	readPage(t, bound.Get(recordsPath+"?limit=1"))
	refused(t, next.With("Authorization", bound.Header.Get("Authorization")).With("Lienthong-Purpose", purpose).With("Lienthong-Case", caseRef).Get(recordsPath+"?limit=1"), http.StatusUnauthorized, "exchange.certificate_mismatch")
	// The system may be held to certificates: then a token that is bound to none opens nothing, at once.
	plain := g.caller(t, without, g.ask(without, url.Values{"client_id": {g.conn.ClientID}, "client_secret": {g.conn.Secret}}))
	readPage(t, plain.Get(recordsPath+"?limit=1"))
	ok(t, g.engineer.Post(g.at+"/certificate-bound", m{"required": true, "reason": "Theo kế hoạch an toàn thông tin"}), http.StatusOK)
	refused(t, plain.Get(recordsPath+"?limit=1"), http.StatusUnauthorized, "exchange.certificate_required")
	ok(t, g.ask(without, url.Values{"client_id": {g.conn.ClientID}, "client_secret": {g.conn.Secret}}), http.StatusUnauthorized)
	secretBound := g.caller(t, next, g.ask(next, url.Values{"client_id": {g.conn.ClientID}, "client_secret": {g.conn.Secret}}))
	readPage(t, secretBound.Get(recordsPath+"?limit=1"))
	ok(t, g.engineer.Post(g.at+"/certificate-bound", m{"required": false, "reason": "Kết thúc thử nghiệm chứng thư"}), http.StatusOK)
	readPage(t, plain.Get(recordsPath+"?limit=1"))
	pagesAndCommands(t, g)
	var list struct {
		Certificates []struct {
			Serial     string
			ReplacedBy string `json:"replaced_by"`
		}
	}
	ok(t, g.consumerSteward.Get(g.at+"/certificates"), http.StatusOK).Into(t, &list)
	if len(list.Certificates) != 4 || list.Certificates[3].ReplacedBy != two.Serial {
		t.Errorf("%+v", list)
	}
	refused(t, g.ownerSteward.Get(g.at+"/certificates"), http.StatusForbidden, "access.other_agency")
}

// closes sends calls from several connections at once, begun after a revocation has answered: none may open.
func closes(t *testing.T, calls int, call func() harness.Answer) {
	t.Helper()
	var all sync.WaitGroup
	open := make(chan string, calls)
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range calls / 8 {
				if a := call(); a.Status != http.StatusUnauthorized {
					open <- a.String()
				}
			}
		}()
	}
	all.Wait()
	close(open)
	for a := range open {
		t.Errorf("T21 opens after the revocation: %s", a)
		return
	}
}

func revocations(t *testing.T, g *gateway) {
	why := m{"reason": "Nghi lộ khóa trên máy chủ tích hợp"}
	_, client := g.credential(t, "private_key_jwt")
	_, private, _ := ed25519.GenerateKey(rand.Reader)
	s := g.registerKey(t, client, "se-thu-hoi", private, jwa.EdDSA())
	c := g.client(t)
	signed := g.caller(t, c, g.ask(c, assertionForm(s.sign(nil))))
	readPage(t, signed.Get(recordsPath+"?limit=1"))
	ok(t, g.engineer.Post(g.at+"/client-keys/"+s.id+"/revoke", why), http.StatusNoContent)
	closes(t, 200, func() harness.Answer { return signed.Get(recordsPath + "?limit=1") })
	ok(t, g.ask(c, assertionForm(s.sign(nil))), http.StatusUnauthorized)
	public, _ := jwk.Import(private.Public())
	refused(t, g.engineer.Post(g.at+"/client-keys", m{"jwk": public, "valid_to": "2027-01-01"}), http.StatusConflict, "system.key_known")

	id, byCert := g.credential(t, "tls_client_auth")
	cert := g.issue(t, g.at+"/certificates", nil)
	with := g.client(t, cert.cert)
	bound := g.caller(t, with, g.ask(with, url.Values{"client_id": {byCert}}))
	readPage(t, bound.Get(recordsPath+"?limit=1")) // the connection stays open
	ok(t, g.engineer.Post(g.at+"/certificates/"+cert.Serial+"/revoke", m{"code": "key_compromise", "reason": why["reason"]}), http.StatusNoContent)
	closes(t, 200, func() harness.Answer { return bound.Get(recordsPath + "?limit=1") })
	ok(t, g.ask(with, url.Values{"client_id": {byCert}}), http.StatusUnauthorized)
	if !crlNames(t, g, cert.Serial) {
		t.Error("the published list does not name the revoked certificate")
	}
	other := g.issue(t, g.at+"/certificates", nil)
	again := g.client(t, other.cert)
	third := g.caller(t, again, g.ask(again, url.Values{"client_id": {byCert}}))
	readPage(t, third.Get(recordsPath+"?limit=1"))
	ok(t, g.engineer.Post(g.at+"/credentials/"+id+"/revoke", why), http.StatusNoContent)
	closes(t, 200, func() harness.Answer { return third.Get(recordsPath + "?limit=1") })
	for event, n := range map[string]int{"system.client_key_revoke": 1, "certificate.revoke": 3, "system.credential_revoke": 1} {
		if got := len(g.log(t, m{"event": event})); got != n {
			t.Errorf("%d records of %s", got, event)
		}
	}
}

// crlNames fetches the public list as anybody would, checks its signature by openssl, and looks for the serial number.
func crlNames(t *testing.T, g *gateway, serial string) bool {
	t.Helper()
	open := harness.NewClient(t, g.Console)
	dir := t.TempDir()
	ca, list := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "list.crl")
	write(t, ca, ok(t, open.Get("/certificate/authority.pem"), http.StatusOK).Body)
	a := ok(t, open.Get("/certificate/crl/1"), http.StatusOK)
	if a.Header.Get("Content-Type") != "application/pkix-crl" {
		t.Errorf("%v", a.Header)
	}
	write(t, list, a.Body)
	out, err := exec.Command("openssl", "crl", "-inform", "DER", "-in", list, "-CAfile", ca, "-text", "-noout").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "verify OK") {
		t.Errorf("openssl crl: %v %s", err, out)
	}
	return strings.Contains(strings.ToLower(string(out)), strings.TrimLeft(serial, "0"))
}

func noNewToken(t *testing.T, g *gateway) {
	c := g.client(t)
	held := g.caller(t, c, g.ask(c, url.Values{"client_id": {g.conn.ClientID}, "client_secret": {g.conn.Secret}}))
	token := strings.TrimPrefix(held.Header.Get("Authorization"), "Bearer ")
	for name, form := range map[string]url.Values{
		"as the secret": {"client_id": {g.conn.ClientID}, "client_secret": {token}}, "as an assertion": assertionForm(token),
		"as a refresh token": {"client_id": {g.conn.ClientID}, "refresh_token": {token}},
	} {
		if a := g.ask(c, form); a.Status == http.StatusOK {
			t.Errorf("T22 a token %s gets a token: %s", name, a)
		}
	}
	if a := g.ask(held, url.Values{}); a.Status == http.StatusOK {
		t.Errorf("T22 a token as Bearer gets a token: %s", a)
	}
	// The system's agency changes its secret; the operator then ends the older client: neither it nor its token mints.
	var made struct {
		ID       string
		ClientID string `json:"client_id"`
	}
	ok(t, g.engineer.Post(g.at+"/credentials", m{"valid_to": time.Now().AddDate(1, 0, 0).Format(time.DateOnly)}), http.StatusCreated).Into(t, &made)
	id, secret := g.pickUp(t, g.consumerSteward, callerSystem, made.ID)
	ok(t, g.ask(c, url.Values{"client_id": {id}, "client_secret": {secret}}), http.StatusOK)
	ok(t, g.engineer.Post(g.at+"/credentials/"+made.ID+"/revoke", m{"reason": "Đã đổi sang mã khách khác"}), http.StatusNoContent)
	if a := g.ask(c, url.Values{"client_id": {id}, "client_secret": {secret}}); a.Status != http.StatusUnauthorized {
		t.Errorf("T22 the older client mints: %s", a)
	}
}

// forged makes a certificate that looks like one of the platform's.
func forged(t *testing.T, like *x509.Certificate, signer crypto.Signer, parent *x509.Certificate, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	about := &x509.Certificate{
		SerialNumber: like.SerialNumber, Subject: like.Subject, URIs: like.URIs, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if change != nil {
		change(about)
	}
	if signer == nil {
		signer, parent = key, about
	}
	der, err := x509.CreateCertificate(rand.Reader, about, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func certificateAttacks(t *testing.T, g *gateway) {
	_, client := g.credential(t, "tls_client_auth")
	good, foreignSystem := g.issue(t, g.at+"/certificates", nil), g.issue(t, "/api/v1/systems/"+otherSystem+"/certificates", nil)
	leaf, _ := x509.ParseCertificate(good.cert.Certificate[0])
	authority := ok(t, harness.NewClient(t, g.Console).Get("/certificate/authority.pem"), http.StatusOK).Body
	block, _ := pem.Decode(authority)
	real, _ := x509.ParseCertificate(block.Bytes)
	// An authority of the same name with a key of the attacker's.
	theirKey, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	theirs := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: real.Subject.CommonName, Organization: real.Subject.Organization}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, SubjectKeyId: real.SubjectKeyId}
	goodClient := g.client(t, good.cert)
	bound := g.caller(t, goodClient, g.ask(goodClient, url.Values{"client_id": {client}}))
	readPage(t, bound.Get(recordsPath+"?limit=1"))
	for name, cert := range map[string]tls.Certificate{
		"signed by itself, same subject and serial": forged(t, leaf, nil, nil, nil),
		"of an authority of the same name":          forged(t, leaf, theirKey, theirs, nil),
		"expired":                                   forged(t, leaf, theirKey, theirs, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }),
		"for servers":                               forged(t, leaf, theirKey, theirs, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }),
		"signed by the system's own certificate":    forged(t, leaf, good.cert.PrivateKey.(crypto.Signer), leaf, nil),
		"of another system":                         foreignSystem.cert,
	} {
		c := g.client(t, cert)
		for what, form := range map[string]url.Values{"by itself": {"client_id": {client}}, "beside the right secret": {"client_id": {g.conn.ClientID}, "client_secret": {g.conn.Secret}}} {
			if a := g.ask(c, form); a.Status != http.StatusUnauthorized {
				t.Errorf("T29 a certificate %s, %s: %s", name, what, a)
			}
		}
		if a := c.With("Authorization", bound.Header.Get("Authorization")).With("Lienthong-Purpose", purpose).With("Lienthong-Case", caseRef).Get(recordsPath + "?limit=1"); a.Status != http.StatusUnauthorized {
			t.Errorf("T29 a certificate %s with the token of a good one: %s", name, a)
		}
		ok(t, g.ask(g.client(t), url.Values{"client_id": {g.conn.ClientID}, "client_secret": {g.conn.Secret}}), http.StatusOK) // clears the count of failures
	}
	// Resumed handshakes bring the certificate of the first one: it is judged anew.
	resumes := g.client(t, good.cert)
	resumes.HTTP.Transport.(*http.Transport).TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	resumes.HTTP.Transport.(*http.Transport).DisableKeepAlives = true
	resumed := g.caller(t, resumes, g.ask(resumes, url.Values{"client_id": {client}}))
	readPage(t, resumed.Get(recordsPath+"?limit=1"))
	readPage(t, resumed.Get(recordsPath+"?limit=1"))
	// The certificate ends in the store, by time: nothing that was open stays open.
	sql := func(query string) {
		t.Helper()
		db, err := controldb.Open(context.Background(), "sqlite:"+filepath.Join(g.Dir, "control", "control.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(context.Background(), query); err != nil {
			t.Fatal(err)
		}
	}
	g.Stop()
	sql(`UPDATE certificate_issued SET valid_to = 1 WHERE serial = '` + good.Serial + `'`)
	g.Run()
	refused(t, resumed.Get(recordsPath+"?limit=1"), http.StatusUnauthorized, "exchange.certificate_invalid")
	ok(t, g.ask(goodClient, url.Values{"client_id": {client}}), http.StatusUnauthorized)
	last := g.issue(t, g.at+"/certificates", nil)
	lastClient := g.client(t, last.cert)
	held := g.caller(t, lastClient, g.ask(lastClient, url.Values{"client_id": {client}}))
	readPage(t, held.Get(recordsPath+"?limit=1"))
	// Without its authority nothing is trusted, and nothing else opens instead.
	g.Stop()
	deleteAuthority(t, g)
	g.Run()
	if a := held.Get(recordsPath + "?limit=1"); a.Status != http.StatusUnauthorized {
		t.Errorf("T29 with no authority a certificate opens: %s", a)
	}
	ok(t, g.ask(lastClient, url.Values{"client_id": {client}}), http.StatusUnauthorized)
	ok(t, harness.NewClient(t, g.Console).Get("/certificate/authority.pem"), http.StatusNotFound)
}

// deleteAuthority takes the authority out of the store as somebody with the disk could.
func deleteAuthority(t *testing.T, g *gateway) {
	t.Helper()
	cmd := exec.Command("sqlite3", filepath.Join(g.Dir, "control", "control.db"), "PRAGMA foreign_keys = OFF; DELETE FROM certificate_authority; SELECT count(*) FROM certificate_authority;")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("0")) {
		t.Skipf("sqlite3 is needed to take the authority away: %v %s", err, out)
	}
}
