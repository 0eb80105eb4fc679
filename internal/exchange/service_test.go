package exchange_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func as(roles ...access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "u", Agency: "H38", Roles: roles, Auth: access.AuthTwo})
}

func TestRoutesNeedTheirPermission(t *testing.T) {
	b := Start(t)
	for name, ctx := range map[string]context.Context{"nobody": context.Background(), "steward": as(access.Steward)} {
		_, err := b.Service.RegisterRoute(ctx, exchange.Route{})
		if k := fault.Of(err).Kind; k != fault.Unauthenticated && k != fault.Denied {
			t.Errorf("%s registers: %v", name, err)
		}
		err = b.Service.SetRouteStatus(ctx, Owner, "hotich", "khai-sinh", exchange.RouteSuspended, "x")
		if k := fault.Of(err).Kind; k != fault.Unauthenticated && k != fault.Denied {
			t.Errorf("%s suspends: %v", name, err)
		}
	}
	if _, err := b.Service.ListRoutes(context.Background(), ""); fault.Of(err).Kind != fault.Unauthenticated {
		t.Error(err)
	}
}

func TestRouteDeclarations(t *testing.T) {
	b := Start(t)
	ok := func() exchange.Route {
		return exchange.Route{Owner: "H38.04", System: "s", Name: "n", Dataset: "d", Base: "http://10.1.1.1/", Operations: []*exchange.Operation{{Method: "GET", Path: "/a/{b}", Records: "$"}}}
	}
	for name, change := range map[string]func(*exchange.Route){
		"T55 loopback that is not registered": func(r *exchange.Route) { r.Base = "http://127.0.0.1/" },
		"T55 metadata service":                func(r *exchange.Route) { r.Base = "http://169.254.169.254/" },
		"T55 file":                            func(r *exchange.Route) { r.Base = "file:///etc/passwd" },
		"no operation":                        func(r *exchange.Route) { r.Operations = nil },
		"GET that updates":                    func(r *exchange.Route) { r.Operations[0].Updates = true },
		"PUT that does not update":            func(r *exchange.Route) { r.Operations[0].Method = "PUT" },
		"wildcard path":                       func(r *exchange.Route) { r.Operations[0].Path = "/a/*" },
		"path with dots":                      func(r *exchange.Route) { r.Name = ".." },
		"unknown subject":                     func(r *exchange.Route) { r.Operations[0].Subject = "c" },
		"success body passed unfiltered":      func(r *exchange.Route) { r.Operations[0].Statuses = map[int]exchange.BodyRule{200: exchange.BodyPass} },
		"records that cannot be placed":       func(r *exchange.Route) { r.Operations[0].Records = "$..x" },
		"two fields at one place":             func(r *exchange.Route) { r.Operations[0].Fields = map[string]string{"a": "x.y", "b": "x.y"} },
		"a field above another":               func(r *exchange.Route) { r.Operations[0].Fields = map[string]string{"a": "x", "b": "x.y"} },
		"one operation twice":                 func(r *exchange.Route) { r.Operations = append(r.Operations, r.Operations[0]) },
		"bad prefix":                          func(r *exchange.Route) { r.Addresses = []string{"localhost"} },
	} {
		r := ok()
		change(&r)
		if _, err := b.Service.RegisterRoute(as(access.OpEngineer), r); fault.Of(err).Kind != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Service.RegisterRoute(as(access.OpEngineer), ok()); err != nil {
		t.Error(err)
	}
	again := ok()
	if again, err := b.Service.RegisterRoute(as(access.OpEngineer), again); err != nil || again.Version != 2 {
		t.Error(again.Version, err)
	}
	other := ok()
	other.Name = "m"
	if _, err := b.Service.RegisterRoute(as(access.OpEngineer), other); !fault.Is(err, "exchange.operation_taken") {
		t.Errorf("one name of an operation opens two services: %v", err)
	}
}

func TestSuspendedRouteIsClosedAtOnce(t *testing.T) {
	b := withService(t)
	if got := b.Call("GET", svc+"/ho-so/1", "", ""); got.Status != 200 {
		t.Fatalf("%+v", got)
	}
	set := func(s exchange.RouteStatus) {
		if err := b.Service.SetRouteStatus(as(access.OpSecurity), Owner, "hotich", "khai-sinh", s, "kiểm tra"); err != nil {
			t.Fatal(err)
		}
	}
	set(exchange.RouteSuspended)
	if got := b.Call("GET", svc+"/ho-so/1", "", ""); got.Code() != "exchange.service_suspended" || got.Header.Get("Retry-After") == "" {
		t.Errorf("%+v", got)
	}
	set(exchange.RouteActive)
	if got := b.Call("GET", svc+"/ho-so/1", "", ""); got.Status != 200 {
		t.Errorf("%+v", got)
	}
}

func TestSuspendedSystemIsRefusedAtOnce(t *testing.T) {
	b := withService(t)
	b.Suspended = true
	if got := b.Call("GET", svc+"/ho-so/1", "", ""); got.Code() != "access.account_suspended" {
		t.Errorf("%+v", got)
	}
}

func TestQuotaAnswersWithRetryAfter(t *testing.T) {
	b := Start(t, func(g *access.Grant) { g.Conditions.CallsPerMinute = 2 })
	for range 2 {
		if got := b.Call("GET", data+"/records", "", ""); got.Status != 200 {
			t.Fatalf("%+v", got)
		}
	}
	if got := b.Call("GET", data+"/records", "", ""); got.Status != 429 || got.Header.Get("Retry-After") != "60" { // the bench's clock stands at a full minute
		t.Errorf("%+v", got)
	}
}

func TestIdentifierInAServiceQueryIsRefused(t *testing.T) {
	b := withService(t)
	r := exchange.Route{Owner: Owner, System: "hotich", Name: "tra-cuu", Dataset: Dataset, Base: "http://10.1.1.1/",
		Operations: []*exchange.Operation{{Method: "GET", Path: "/tra-cuu", Records: "$", Params: []exchange.Param{{Name: "so", Column: "so_dinh_danh"}}}}}
	if _, err := b.Service.RegisterRoute(as(access.OpEngineer), r); err != nil {
		t.Fatal(err)
	}
	if got := b.Call("GET", "/svc/H38.04/hotich/tra-cuu/tra-cuu?so="+Citizen, "", ""); got.Code() != "exchange.identifier_in_url" {
		t.Errorf("%+v", got)
	}
}

// A caller who goes away before the answer is still recorded (T66).
func TestCallerGone(t *testing.T) {
	b := withService(t)
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer slow.Close()
	defer close(release)
	_, err := b.Service.RegisterRoute(as(access.OpEngineer), exchange.Route{
		Owner: Owner, System: "hotich", Name: "khai-sinh", Dataset: Dataset, Base: slow.URL, Addresses: []string{"127.0.0.0/8"},
		Operations: []*exchange.Operation{{Method: "GET", Path: "/ho-so", Records: "$"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	before := settled(t, b)
	c := dial(t, b.Addr)
	_, _ = io.WriteString(c, "GET /svc/H38.04/hotich/khai-sinh/ho-so HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer "+b.Token+"\r\nLienthong-Purpose: QLNN\r\n\r\n")
	for deadline := time.Now().Add(5 * time.Second); len(b.Records()) == before && time.Now().Before(deadline); {
	}
	c.Close()
	outcome(t, b, before, "503", "exchange.cancelled")
}

// T04, T05: over TLS the name of the certificate and the host of the request are one.
func TestTLS(t *testing.T) {
	b := withService(t)
	made := httptest.NewTLSServer(nil)
	defer made.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := b.Server.Options
	o.Hosts = []string{"example.com", "gw.test"}
	srv, err := exchange.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = srv.Serve(tls.NewListener(l, &tls.Config{Certificates: made.TLS.Certificates, NextProtos: []string{"http/1.1"}}))
	}()
	defer srv.Shutdown(context.Background())
	ask := func(sni, host string) string {
		roots := made.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: sni, RootCAs: roots, NextProtos: []string{"h2", "http/1.1"}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if p := c.ConnectionState().NegotiatedProtocol; p != "http/1.1" { // T14: HTTP/2 is not offered
			t.Errorf("negotiated %q", p)
		}
		_, _ = fmt.Fprintf(c, "GET /livez HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
		all, _ := io.ReadAll(c)
		line, _, _ := strings.Cut(string(all), "\r\n")
		return line
	}
	if got := ask("example.com", "example.com"); got != "HTTP/1.1 200 OK" {
		t.Error(got)
	}
	if got := ask("example.com", "gw.test"); got != "HTTP/1.1 421 Misdirected Request" {
		t.Error(got)
	}
}

func TestStoreOnBothEngines(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		StoreContract(t, db)
	})
}
