package exchange_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/exchange"
	"lienthong/internal/flow"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
)

// Names of the bench: one consumer, one provider, one dataset.
const (
	Host     = "gw.test"
	System   = "tthc"
	Agency   = "H38.01"
	Owner    = "H38.04"
	Dataset  = "H38.04/khai-sinh"
	Secret   = "s3cret-of-the-system"
	ByKey    = "tthc.key"  // client that signs
	ByCert   = "tthc.cert" // client that shows a certificate
	Purpose  = "QLNN"
	CaseRef  = "H38.99.07-260812-0007"
	Citizen  = "999190000123"
	Stranger = "999190000999"
)

// Bench is a running exchange.
type Bench struct {
	Addr      string
	Clock     *clock.Adjustable
	DB        *controldb.DB
	Log       *audit.Log
	Access    *access.Service
	Service   *exchange.Service
	Server    *exchange.Server
	Provider  *Recorder
	Token     string
	Officer   ed25519.PrivateKey
	Suspended bool // the calling system's account
	Rows      []map[string]any
	Version   int64
	t         testing.TB

	ClientKeys []exchange.ClientKey
	Holders    map[string]exchange.Holder // by thumbprint
	Addresses  []netip.Prefix
	Until      time.Time
	Bound      bool
	Ended      string // a proof that holds no longer
}

// Gate joins flow's gate to the exchange, as app does.
type Gate struct{ *flow.Gate }

// Close converts the outcome.
func (g Gate) Close(ctx context.Context, p access.Permit, o exchange.Outcome) {
	g.Gate.Close(ctx, p, flow.Outcome(o))
}

// Start builds and serves an exchange with one live grant, before a provider that records.
func Start(t testing.TB, change ...func(*access.Grant)) *Bench {
	t.Helper()
	r := Record(t, Answer(200, `{"ho_ten":"Giàng A Páo","so_dinh_danh":"`+Citizen+`","dan_toc":"Mông","xa":"02701"}`))
	b := StartBefore(t, r.Addr, change...)
	b.Provider = r
	return b
}

// StartOn does so on a control store of the test's own.
func StartOn(t testing.TB, db *controldb.DB, change ...func(*access.Grant)) *Bench {
	return startWith(t, db, "127.0.0.1:9", change...)
}

// StartBefore does so before any provider at the address.
func StartBefore(t testing.TB, provider string, change ...func(*access.Grant)) *Bench {
	return startWith(t, testkit.DB(t), provider, change...)
}

func startWith(t testing.TB, db *controldb.DB, provider string, change ...func(*access.Grant)) *Bench {
	t.Helper()
	b := &Bench{t: t, DB: db, Clock: clock.NewAdjustable(clock.Fixed(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC))), Version: 3}
	b.openLog()
	b.Access = access.NewService(b.DB, b.Clock, b.Log)
	b.Access.Use(b.sources())
	_, b.Officer, _ = ed25519.GenerateKey(nil)
	b.Service = exchange.NewService(b.DB, b.Clock, b.Log, b, func(string) (string, error) { return "Bearer provider-secret", nil })
	b.Grant(change...)
	b.serve()
	b.route(provider)
	token, err := b.Service.IssueToken(context.Background(), exchange.Client{System: System, Credential: "c1"})
	b.must(err)
	b.Token = token
	return b
}

func (b *Bench) openLog() {
	log, err := audit.Open(b.t.TempDir(), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	b.must(err)
	b.t.Cleanup(func() { _ = log.Close() })
	b.Log = log
	b.must(log.UseOutbox(context.Background(), b.DB))
}

func (b *Bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *Bench) serve() {
	catalog, err := i18n.NewCatalog(exchange.Messages, access.Messages, httpx.Messages, flow.Messages, audit.Messages)
	b.must(err)
	b.Server, err = exchange.NewServer(exchange.Options{
		Hosts: []string{Host}, Gate: Gate{flow.NewGate(b.Access, b.Log, b.Clock)}, Evidence: b.Log, Clients: b, Reader: b.Reader(), Datasets: b,
		Service: b.Service, Clock: b.Clock, Catalog: catalog, Logger: slog.New(slog.DiscardHandler), Key: bytes.Repeat([]byte{3}, 32),
		Masker: access.Masker{Key: []byte("mask")}, URLs: []string{"https://" + Host}, Certificates: b,
	})
	b.must(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	b.must(err)
	b.Addr = l.Addr().String()
	server := b.Server
	go func() { _ = server.Serve(l) }()
	b.t.Cleanup(func() { _ = server.Shutdown(context.Background()) })
}

// Grant gives the calling system a right; without changes it is USE on four columns for one commune.
func (b *Bench) Grant(change ...func(*access.Grant)) access.Grant {
	b.t.Helper()
	g := access.Grant{
		Subject: access.Subject{Type: access.SubjectSystem, ID: System}, Agency: Agency, Level: access.LevelUse, Dataset: Dataset,
		Purposes:   []string{Purpose},
		Columns:    []access.Column{{Name: "so_dinh_danh"}, {Name: "ho_ten"}, {Name: "xa"}, {Name: "dan_toc", As: "la_nguoi_dtts", Mask: access.MaskYesNo, Values: []string{"Kinh"}, Not: true}},
		Rows:       []access.RowRule{{Column: "xa", In: []string{"02701"}}},
		Operations: nil, ValidFrom: b.Clock.Now().Add(-time.Hour), ValidTo: b.Clock.Now().AddDate(0, 6, 0), RequestID: "r1", Connection: "k1",
	}
	for _, f := range change {
		f(&g)
	}
	var saved access.Grant
	b.must(b.DB.InTx(context.Background(), func(q controldb.Querier) (err error) {
		saved, err = b.Access.CreateGrant(context.Background(), q, access.JobActor("test"), g, true, access.Basis{})
		return err
	}))
	return saved
}

// Operations makes a grant one on the provider's service.
func Operations(codes ...string) func(*access.Grant) {
	return func(g *access.Grant) { g.Operations = codes }
}

func (b *Bench) route(provider string) {
	ctx := access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "ks", Agency: "H38", Roles: []access.Role{access.OpEngineer}, Auth: access.AuthTwo})
	_, err := b.Service.RegisterRoute(ctx, exchange.Route{
		Owner: Owner, System: "hotich", Name: "khai-sinh", Dataset: Dataset, Base: "http://" + provider + "/api", Addresses: []string{"127.0.0.0/8"},
		Credential: "hotich", Total: 2000, Body: 64 << 10,
		Operations: []*exchange.Operation{
			{Method: "GET", Path: "/ho-so/{so}", Subject: "so", Records: "$", Key: "so_dinh_danh"},
			{Method: "GET", Path: "/ho-so", Records: "$.data", Key: "so_dinh_danh", Params: []exchange.Param{{Name: "xa", Column: "xa"}, {Name: "sap_xep", Column: "dia_chi"}, {Name: "trang"}}},
			{Method: "POST", Path: "/tim", Records: "$.data", Envelope: []string{"tong"}, Key: "so_dinh_danh", Members: []exchange.Member{
				{Name: "q"}, {Name: "trang", Type: exchange.MemberNumber}, {Name: "con_song", Type: exchange.MemberBoolean}, {Name: "so", Column: "so_dinh_danh"},
				{Name: "cac_so", Type: exchange.MemberTexts, Column: "so_dinh_danh"}, {Name: "xa", Column: "xa"}, {Name: "dia_chi", Column: "dia_chi"}, {Name: "dan_toc", Column: "dan_toc"},
				{Name: "sap_xep", Column: "xa", Use: exchange.UseSort},
			}},
			{Method: "POST", Path: "/trong", Records: "$.data"},
			{Method: "PUT", Path: "/ho-so/{so}", Updates: true, Subject: "so", Records: "$", Key: "so_dinh_danh"},
			{Method: "GET", Path: "/loi", Records: "$", Statuses: map[int]exchange.BodyRule{200: exchange.BodyRecords, 404: exchange.BodyPass}},
		},
	})
	b.must(err)
}

func (b *Bench) sources() access.Sources {
	return access.Sources{
		Account: func(_ context.Context, a access.Actor) (*access.AccountFacts, error) {
			return &access.AccountFacts{Active: true, Suspended: b.Suspended}, nil
		},
		Dataset: func(_ context.Context, code string) (*access.DatasetFacts, error) {
			if code != Dataset {
				return nil, nil
			}
			return &access.DatasetFacts{Owner: Owner, Served: true, Version: b.Version, Processing: access.Processing{Register: access.RegisterInForce, Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, Fields: map[string]access.Class{
				"so_dinh_danh": access.ClassBasic, "ho_ten": access.ClassBasic, "xa": access.ClassNormal, "dan_toc": access.ClassSensitive, "dia_chi": access.ClassBasic,
				"ten_cha": access.ClassBasic, "ten_con": access.ClassBasic, "diem": access.ClassNormal, "noi": access.ClassNormal,
			}}, nil
		},
		System: func(context.Context, string) (*access.SystemFacts, error) {
			return &access.SystemFacts{Agency: Agency, AgencyActive: true, SecurityLevel: 3}, nil
		},
		Connection: func(context.Context, string) (access.ConnectionFacts, error) {
			return access.ConnectionFacts{State: "live"}, nil
		},
	}
}

// Authenticate is the bench's register of credentials.
func (b *Bench) Authenticate(ctx context.Context, id, value string) (exchange.Client, error) {
	if id != System || value != Secret {
		return exchange.Client{}, fault.New(fault.Unauthenticated, "system.credential_invalid")
	}
	return b.client(ctx, exchange.BySecret)
}

func (b *Bench) client(ctx context.Context, m exchange.Method) (exchange.Client, error) {
	a, err := b.Caller(ctx, System, "c1", "")
	return exchange.Client{System: System, Credential: "c1", Actor: a.Actor, Method: m, Until: b.Until, Addresses: b.Addresses, Bound: b.Bound}, err
}

// Find gives the clients that prove themselves otherwise than by the secret.
func (b *Bench) Find(ctx context.Context, id string) (exchange.Client, error) {
	switch id {
	case ByKey:
		return b.client(ctx, exchange.ByAssertion)
	case ByCert:
		return b.client(ctx, exchange.ByCertificate)
	case System:
		return b.client(ctx, exchange.BySecret)
	}
	return exchange.Client{}, fault.New(fault.Unauthenticated, "system.client_invalid")
}

// Keys are what the test registered.
func (b *Bench) Keys(context.Context, string) ([]exchange.ClientKey, error) { return b.ClientKeys, nil }

// Holder of the one certificate that is in force.
func (b *Bench) Holder(_ context.Context, thumbprint string) (exchange.Holder, bool, error) {
	got, found := b.Holders[thumbprint]
	return got, found, nil
}

// Caller is the calling system.
func (b *Bench) Caller(_ context.Context, system, _, proof string) (exchange.Caller, error) {
	if b.Ended != "" && proof == b.Ended {
		return exchange.Caller{}, fault.New(fault.Unauthenticated, "system.client_invalid")
	}
	return exchange.Caller{Bound: b.Bound, Actor: access.Actor{Type: access.System, ID: system, Name: "Hệ thống giải quyết TTHC", Agency: Agency, Roles: []access.Role{access.SystemAccount}, Auth: access.AuthOAuth2}}, nil
}

// OfficerKeys are the calling system's.
func (b *Bench) OfficerKeys(context.Context, string) ([]exchange.OfficerKey, error) {
	return []exchange.OfficerKey{{ID: "k1", Public: crypto.PublicKey(b.Officer.Public())}}, nil
}

// Describe is the dataset's schema.
func (b *Bench) Describe(_ context.Context, code string) (exchange.Description, error) {
	if code != Dataset {
		return exchange.Description{}, fault.New(fault.NotFound, "catalog.dataset_not_found")
	}
	return exchange.Description{Version: 1, Fields: []exchange.Field{
		{Name: "so_dinh_danh", Title: "Số định danh", Type: "text", Key: true, Identifier: true}, {Name: "ho_ten", Type: "text"}, {Name: "xa", Type: "text"}, {Name: "dan_toc", Type: "text"},
	}}, nil
}

// Records reads every record of the evidence.
func (b *Bench) Records() []*audit.Record {
	b.t.Helper()
	var out []*audit.Record
	b.must(b.Log.Journal().Each(0, b.Log.Journal().Size(), func(e journal.Entry) error {
		r, err := audit.Decode(e.Body)
		out = append(out, r)
		return err
	}))
	return out
}

// Raw is the evidence as bytes.
func (b *Bench) Raw() string {
	var all strings.Builder
	b.must(b.Log.Journal().Each(0, b.Log.Journal().Size(), func(e journal.Entry) error {
		all.Write(e.Body)
		return nil
	}))
	return all.String()
}

// Reply is one answer of the exchange.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Code is the problem's code, empty when the answer is none.
func (r Reply) Code() string {
	_, rest, _ := strings.Cut(r.Body, `"code":"`)
	code, _, _ := strings.Cut(rest, `"`)
	return code
}

// Send writes raw bytes and reads the answers that come; {token} stands for the access token.
func (b *Bench) Send(answers int, raw string) []Reply {
	b.t.Helper()
	c, err := net.Dial("tcp", b.Addr)
	b.must(err)
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	go func() { _, _ = io.WriteString(c, strings.ReplaceAll(raw, "{token}", b.Token)) }()
	var out []Reply
	br := bufio.NewReader(c)
	for len(out) < answers {
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			break
		}
		body, _ := io.ReadAll(resp.Body)
		out = append(out, Reply{resp.StatusCode, resp.Header, string(body)})
	}
	return out
}

// Call sends one well-formed call with token and purpose; head holds further header lines, each ended by CRLF.
func (b *Bench) Call(method, target, head, body string) Reply {
	b.t.Helper()
	if body != "" && !strings.Contains(head, "Content-Type") {
		head += "Content-Type: application/json\r\n"
	}
	if !strings.Contains(head, "Lienthong-Purpose") {
		head += "Lienthong-Purpose: " + Purpose + "\r\n"
	}
	if !strings.Contains(head, "Authorization") {
		head += "Authorization: Bearer {token}\r\n"
	}
	length := ""
	if body != "" {
		length = fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	got := b.Send(1, method+" "+target+" HTTP/1.1\r\nHost: "+Host+"\r\nConnection: close\r\n"+head+length+"\r\n"+body)
	if len(got) == 0 {
		return Reply{}
	}
	return got[0]
}

// Recorder is a provider that keeps the raw bytes of each request.
type Recorder struct {
	Addr   string
	mu     sync.Mutex
	raw    []string
	answer string
}

// Answer is a raw JSON answer.
func Answer(status int, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

// Echo makes the provider answer with the path that it was asked for.
const Echo = "echo"

// Record starts a provider.
func Record(t testing.TB, answer string) *Recorder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &Recorder{Addr: l.Addr().String(), answer: answer}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.serve(c)
		}
	}()
	return r
}

func (r *Recorder) serve(c net.Conn) {
	defer c.Close()
	var seen bytes.Buffer
	br := bufio.NewReader(io.TeeReader(c, &seen))
	for {
		req, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		r.mu.Lock()
		r.raw = append(r.raw, seen.String())
		answer := r.answer
		if answer == Echo {
			answer = Answer(200, `{"ho_ten":"`+req.URL.Path+`","xa":"02701"}`)
		}
		r.mu.Unlock()
		seen.Reset()
		if _, err := io.WriteString(c, answer); err != nil || !strings.Contains(answer, "Content-Length") || strings.Contains(answer, "Connection: close") {
			return
		}
	}
}

// Says changes what the provider answers.
func (r *Recorder) Says(answer string) { r.mu.Lock(); defer r.mu.Unlock(); r.answer = answer }

// Forget what was seen.
func (r *Recorder) Forget() { r.mu.Lock(); defer r.mu.Unlock(); r.raw = nil }

// Seen lists the raw requests.
func (r *Recorder) Seen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.raw...)
}
