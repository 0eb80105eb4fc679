package flow_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/flow"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/testkit"
)

// vault issues credentials that only tests know.
type vault struct{ err error }

func (v *vault) Issue(_ context.Context, _ controldb.Querier, _ access.Actor, c flow.CredentialFor) (flow.Credential, error) {
	return flow.Credential{ID: "k-" + c.Connection, ClientID: c.System}, v.err
}

// exchange stands for the HTTP side of a probe; decision and record are the real ones.
type exchange struct {
	w       *connectiontest.World
	gate    *flow.Gate
	records []map[string]any // as the source holds them
	leak    string           // a field that comes although nobody granted it
	alter   string           // a field whose values are changed on the way
	slow    time.Duration
	fails   int  // of the allowed calls
	mute    bool // leaves no evidence id
	open    bool // answers whatever is asked
	down    bool
	unsafe  bool // lets undeclared methods through

	provider provider
}

func (x *exchange) Call(ctx context.Context, c flow.ProbeCall) (flow.ProbeAnswer, error) {
	if x.down {
		return flow.ProbeAnswer{}, errors.New("connection refused")
	}
	r := access.Request{
		ID: ids.New(), At: x.w.Clock.Now(), Channel: access.ChannelGateway, Action: access.ListRecords, Dataset: c.Dataset, Purpose: c.Purpose, Case: c.Case,
		Columns: c.Fields, Limit: c.Limit, Address: netip.MustParseAddr("10.10.1.7"),
		Actor: access.Actor{Type: access.System, ID: c.System, Roles: []access.Role{access.SystemAccount}, Auth: access.AuthOAuth2},
	}
	if c.Service != nil {
		r.Action, r.Service, r.Columns = access.CallService, c.Service.Operation, nil
		if op, _ := (connection.Dataset{Supply: x.w.Supply}).Operation(r.Service); op.Updates {
			r.Action = access.UpdateSource
		}
	}
	for column := range c.Filter {
		r.Uses = append(r.Uses, column)
	}
	answer := flow.ProbeAnswer{Evidence: r.ID, Duration: 3*time.Millisecond + x.slow}
	if x.mute {
		answer.Evidence = ""
	}
	switch c.Token {
	case flow.TokenNone, flow.TokenExpired:
		r.Actor = access.Actor{Type: access.Anyone}
		f := fault.New(fault.Unauthenticated, "exchange.token_invalid")
		answer.Status, answer.Code = 401, f.Code
		return answer, x.gate.Refuse(ctx, r, f, access.CheckAuthn)
	case flow.TokenProbe:
		r.Actor.Probe = c.Connection
	}
	if c.Service != nil && c.Service.Operation == "" {
		f := fault.New(fault.NotFound, "exchange.operation_unknown")
		if c.Service.Method != "GET" {
			f = fault.New(fault.Denied, "exchange.method_not_granted", c.Service.Method)
		}
		answer.Status, answer.Code = f.Kind.Status(), f.Code
		if x.unsafe {
			answer.Status, answer.Code = 200, ""
		}
		return answer, x.gate.Refuse(ctx, r, f, access.CheckScope)
	}
	permit, err := x.gate.Open(ctx, r)
	if err != nil && !x.open {
		f := fault.Of(err)
		answer.Status, answer.Code = f.Kind.Status(), f.Code
		return answer, nil
	}
	answer.Status = 200
	if x.fails > 0 {
		x.fails--
		answer.Status = 502
		return answer, nil
	}
	switch {
	case err != nil:
	case c.Service == nil:
		answer.Records = x.leave(permit.Columns(), permit.Rows(), c.Limit)
	case r.Action == access.UpdateSource:
		x.provider.updates++
		answer.Status = 204
		if err := json.Unmarshal([]byte(c.Service.Body), &x.provider.written); err != nil {
			return answer, err
		}
	default:
		x.provider.calls++
		answer.Extra = x.provider.extra
		answer.Records = x.leave(permit.Columns(), permit.Rows(), 100)
	}
	return answer, nil
}

// provider stands for the source system behind a service.
type provider struct {
	calls, updates int
	extra          []string // places that the exchange lets out although nobody approved them
	written        map[string]any
	loses          bool // answers an update and does not keep it
	gone           bool
}

func (x *exchange) Source(_ context.Context, _ flow.ServiceCall, rows []access.RowRule) ([]map[string]any, error) {
	if x.provider.gone {
		return nil, fault.New(fault.BadGateway, "exchange.provider_unreachable")
	}
	return (&source{x.records}).sample(x.w.Scope().Columns, rows, 100), nil
}

func (x *exchange) Written(_ context.Context, c flow.ServiceCall) (map[string]any, []map[string]any, error) {
	sent := map[string]any{}
	if err := json.Unmarshal([]byte(c.Body), &sent); err != nil {
		return nil, nil, err
	}
	if x.provider.loses {
		return sent, []map[string]any{{"ho_ten": "Tên cũ"}}, nil
	}
	return sent, []map[string]any{{"ho_ten": "Người khác"}, x.provider.written}, nil
}

// leave gives the records as they leave: rows restricted, masked, named.
func (x *exchange) leave(columns []access.Column, rows []access.RowRule, n int64) []map[string]any {
	out := (&source{x.records}).sample(columns, rows, n)
	for _, rec := range out {
		if x.leak != "" {
			rec[x.leak] = "lộ"
		}
		if x.alter != "" {
			rec[x.alter] = "khác"
		}
	}
	return out
}

type source struct{ records []map[string]any }

func (s *source) Sample(_ context.Context, _ string, columns []access.Column, rows []access.RowRule, n int64) ([]map[string]any, error) {
	return s.sample(columns, rows, n), nil
}

func (s *source) sample(columns []access.Column, rows []access.RowRule, n int64) []map[string]any {
	var out []map[string]any
	for _, rec := range s.records {
		kept := !slices.ContainsFunc(rows, func(r access.RowRule) bool { return !slices.Contains(r.In, rec[r.Column].(string)) })
		if !kept || int64(len(out)) == n {
			continue
		}
		leaving := map[string]any{}
		for _, c := range columns {
			leaving[c.Out()] = access.Masker{Key: []byte("k")}.Apply(c, rec[c.Name].(string))
		}
		out = append(out, leaving)
	}
	return out
}

type bench struct {
	w        *connectiontest.World
	vault    *vault
	exchange *exchange
	grant    *flow.GrantConnection
	test     *flow.TestConnection
}

func newBench(t *testing.T, db *controldb.DB) *bench {
	t.Helper()
	w := connectiontest.New(t, db)
	log, err := audit.Open(t.TempDir(), audit.Options{
		PersonKey: make([]byte, 32), Journal: journal.Options{Signer: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), Origin: "example.test/audit/2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	w.Access.Use(access.Sources{
		Account: func(context.Context, access.Actor) (*access.AccountFacts, error) {
			return &access.AccountFacts{Active: true}, nil
		},
		Dataset: func(_ context.Context, code string) (*access.DatasetFacts, error) {
			if code != connectiontest.Dataset {
				return nil, nil //nolint:nilnil // absent dataset facts, as the source's contract says
			}
			d := &access.DatasetFacts{Owner: connectiontest.Owner, Served: true, Fields: map[string]access.Class{}, Processing: access.Processing{Register: access.RegisterInForce, Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}}
			for _, f := range w.Dataset.Fields {
				d.Fields[f.Name] = f.Class
			}
			return d, nil
		},
		System: func(context.Context, string) (*access.SystemFacts, error) {
			return &access.SystemFacts{Agency: connectiontest.Consumer, AgencyActive: true, SecurityLevel: w.System.SecurityLevel}, nil
		},
		Connection: w.Service.State,
	})
	x := &exchange{w: w, gate: flow.NewGate(w.Access, log, w.Clock)}
	for _, r := range [][]string{
		{"999190000123", "Sùng A Páo", "2015-05-01", "08", "02683", "thôn 1"},
		{"999190000124", "Lý Thị Mẩy", "2014-02-03", "09", "02683", "thôn 2"},
		{"999190000125", "Nguyễn Văn An", "2015-09-09", "01", "02683", "thôn 3"},
		{"999190000126", "Trần Thị Bình", "2015-01-09", "01", "02689", "thôn 4"},
	} {
		x.records = append(x.records, map[string]any{"so_dinh_danh": r[0], "ho_ten": r[1], "ngay_sinh": r[2], "dan_toc": r[3], "ma_xa": r[4], "dia_chi_cha_me": r[5]})
	}
	b := &bench{w: w, vault: &vault{}, exchange: x}
	b.grant = flow.NewGrantConnection(w.Service, w.Access, b.vault)
	b.test = flow.NewTestConnection(w.Service, x, &source{x.records}, w.Clock)
	return b
}

func (b *bench) testing(t *testing.T) *connection.Request {
	t.Helper()
	r := b.w.Until(connection.Approved)
	granted, err := b.grant.Run(connectiontest.Engineer(), r.ID, connection.Input{})
	if err != nil {
		t.Fatal(err)
	}
	if granted.Credential.ID == "" || granted.Request.Credential == "" || len(granted.Request.Grants) != 1 {
		t.Fatalf("got %+v", granted)
	}
	if _, err := b.w.Service.Review(connectiontest.Second(), r.ID, connection.Input{Reviewed: 1, OK: true}); err != nil {
		t.Fatal(err)
	}
	r, err = b.w.Service.StartTesting(connectiontest.Engineer(), r.ID, connection.Input{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestGrantConnectionIsAllOrNothing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := newBench(t, db)
		r := b.w.Until(connection.Approved)
		wide := connectiontest.Scope()
		wide.Rows = nil
		_, err := b.grant.Run(connectiontest.Engineer(), r.ID, connection.Input{Scope: &wide})
		if f := fault.Of(err); f == nil || f.Code != "connection.scope_wider" || f.Kind.Status() != 422 {
			t.Fatalf("got %v", err)
		}
		b.vault.err = fault.New(fault.Unavailable, "system.closed")
		if _, err := b.grant.Run(connectiontest.Engineer(), r.ID, connection.Input{}); !fault.Is(err, "system.closed") {
			t.Fatalf("got %v", err)
		}
		if grants, err := b.w.Access.GrantsOfRequest(context.Background(), string(r.ID)); err != nil || len(grants) != 0 {
			t.Fatalf("grants %v, %v", grants, err)
		}
		b.vault.err = nil
		narrow := connectiontest.Scope()
		narrow.Columns = narrow.Columns[:2]
		got, err := b.grant.Run(connectiontest.Engineer(), r.ID, connection.Input{Scope: &narrow})
		if err != nil || len(got.Config.Scope.Columns) != 2 || got.Request.State != connection.Provisioning {
			t.Fatalf("got %+v, %v", got, err)
		}
	})
}

func TestTestConnectionPasses(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := newBench(t, db)
		r := b.testing(t)
		after, run, err := b.test.Run(connectiontest.Engineer(), r.ID)
		if err != nil || !run.Passed || !run.Intact() || after.State != connection.Testing {
			t.Fatalf("run %+v, %v", run, err)
		}
		for _, name := range []string{"allowed", "forbidden_field", "forbidden_filter", "wrong_purpose", "no_purpose", "no_case", "no_token", "expired_token", "not_accepted", "sample"} {
			i := slices.IndexFunc(run.Cases, func(c connection.Case) bool { return c.Name == name })
			if i < 0 || !run.Cases[i].Pass || run.Cases[i].Evidence == "" {
				t.Errorf("case %s: %+v", name, run.Cases)
			}
		}
		if run.Accuracy.Records != 3 || run.Accuracy.Percent != 100 || run.Stability.Calls != 20 || run.Safety.Denied != run.Safety.Cases {
			t.Fatalf("verdicts %+v %+v %+v", run.Accuracy, run.Stability, run.Safety)
		}
		if got, err := b.w.Service.PassTesting(connectiontest.Engineer(), r.ID, connection.Input{}); err != nil || got.RunHash != run.Hash {
			t.Fatalf("got %+v, %v", got, err)
		}
	})
}

func TestTestConnectionFindsWhatIsWrong(t *testing.T) {
	b := newBench(t, testkit.DB(t))
	for _, c := range []struct {
		name    string
		damage  func(x *exchange)
		failing string
	}{
		{"a field that was not granted leaves", func(x *exchange) { x.leak = "dia_chi_cha_me" }, "accuracy"},
		{"values differ from the source", func(x *exchange) { x.alter = "ngay_sinh" }, "accuracy"},
		{"no record comes", func(x *exchange) { x.records = nil }, "accuracy"},
		{"calls fail", func(x *exchange) { x.fails = 2 }, "allowed"},
		{"calls are slow", func(x *exchange) { x.slow = 3 * time.Second }, "stability"},
		{"what is forbidden is answered", func(x *exchange) { x.open = true }, "safety"},
		{"calls leave no evidence", func(x *exchange) { x.mute = true }, "safety"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := b.testing(t)
			good := *b.exchange
			defer func() { *b.exchange = good }()
			c.damage(b.exchange)
			after, run, err := b.test.Run(connectiontest.Engineer(), r.ID)
			if err != nil || run.Passed || !slices.Contains(run.Failing(), c.failing) {
				t.Fatalf("failing %v, %v", run.Failing(), err)
			}
			if after.State != connection.Provisioning {
				t.Fatalf("a failing verdict goes back to set-up, not to %s", after.State)
			}
			if _, err := b.w.Service.PassTesting(connectiontest.Engineer(), r.ID, connection.Input{}); fault.Of(err).Kind != fault.Conflict {
				t.Fatalf("got %v", err)
			}
		})
	}
	t.Run("an exchange that cannot be called is no verdict", func(t *testing.T) {
		r := b.testing(t)
		b.exchange.down = true
		if _, _, err := b.test.Run(connectiontest.Engineer(), r.ID); !fault.Is(err, "connection.probe_failed") {
			t.Fatalf("got %v", err)
		}
		v, err := b.w.Service.Find(connectiontest.Engineer(), r.ID)
		if err != nil || v.Request.State != connection.Testing || len(v.Runs) != 0 {
			t.Fatalf("state %s, %v", v.Request.State, err)
		}
	})
}
