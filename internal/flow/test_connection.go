package flow

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/clock"
)

// ProbeToken says which access token a probe carries.
type ProbeToken string

const (
	TokenProbe    ProbeToken = "probe"    // of the consuming system, bound to the connection under test (access.Actor.Probe)
	TokenOrdinary ProbeToken = "ordinary" // of the consuming system, as it would call in production
	TokenExpired  ProbeToken = "expired"  // a probe token whose life is over
	TokenNone     ProbeToken = "none"
)

// ProbeCall is one call that the platform makes to itself.
type ProbeCall struct {
	Connection string
	System     string
	Dataset    string
	Token      ProbeToken
	Purpose    string
	Case       string
	Fields     []string          // nil: not named, so all that are granted
	Filter     map[string]string // column to value
	Limit      int64
	Service    *ServiceCall // of a provider; nil: the warehouse
	Person     *PersonCall  // people look on screen; nil: a system calls
}

// PersonCall is a look as somebody of the agency would take it.
type PersonCall struct {
	Agency    string
	Roles     []access.Role
	OneFactor bool   // has signed in without the second factor
	Export    bool   // asks for a file instead
	Unmask    string // a column without its mask, for which no reason is given
}

// ServiceCall is a call of a provider's service, "H38.06/hotich/khai-sinh".
type ServiceCall struct {
	Name      string
	Method    string
	Operation string   // declared code by which the answer is read, empty for what is not declared
	Template  string   // the path without any value, for the report
	Path      []string // below the service
	Body      string
	Columns   []access.Column
}

// ProbeAnswer is what came back.
type ProbeAnswer struct {
	Status   int
	Code     string           // of the problem document
	Evidence string           // id of the decision record
	Records  []map[string]any // of a provider: its columns under the names under which they leave
	Extra    []string         // of a provider: places of values that are no approved column
	Duration time.Duration
}

func (a ProbeAnswer) good() bool { return a.Status >= 200 && a.Status < 300 }

// Prober calls the real exchange over HTTP, through listener, canonicaliser, tokens, gate and log. An error means that
// no answer came; a refusal is an answer.
type Prober interface {
	Call(ctx context.Context, c ProbeCall) (ProbeAnswer, error)
	// Source calls a provider's reading operation past the exchange: the records as they should leave.
	Source(ctx context.Context, c ServiceCall, rows []access.RowRule) ([]map[string]any, error)
	// Written says what an update's body set, and the records that the source holds at the same path now.
	Written(ctx context.Context, c ServiceCall) (sent map[string]any, records []map[string]any, err error)
}

// Sampler reads the source itself, past the exchange: the first n records within the rows, in the order in which the
// exchange lists them, with the columns masked as approved and named as they leave.
type Sampler interface {
	Sample(ctx context.Context, dataset string, columns []access.Column, rows []access.RowRule, n int64) ([]map[string]any, error)
}

// TestConnection is the platform's own test of a connection before its acceptance (Điều 12.2d).
type TestConnection struct {
	connections *connection.Service
	prober      Prober
	sampler     Sampler
	clock       clock.Clock
	screens     *ViewData
}

// NewTestConnection builds the use case.
func NewTestConnection(c *connection.Service, p Prober, s Sampler, k clock.Clock) *TestConnection {
	return &TestConnection{connections: c, prober: p, sampler: s, clock: k}
}

// WithScreens lets it test connections for people, who look through v.
func (t *TestConnection) WithScreens(v *ViewData) *TestConnection {
	t.screens = v
	return t
}

// Run makes the calls, measures, judges and stores the report. A failing verdict sends the request back to set-up.
func (t *TestConnection) Run(ctx context.Context, id connection.ID) (*connection.Request, connection.Run, error) {
	b, err := t.connections.Bench(ctx, id)
	if err != nil {
		return nil, connection.Run{}, err
	}
	run := connection.Run{Request: id, Config: b.Config.Version, Began: t.now()}
	s := suite{Bench: b, t: t, prober: t.prober, run: &run, answers: map[string]ProbeAnswer{}, seen: newComparison()}
	if b.Request.Need.People() {
		s.prober = screenProber{t.screens}
	}
	if s.targets, err = s.aims(); err != nil {
		return nil, run, err
	}
	for _, step := range []func(context.Context) error{s.safety, s.accuracy, s.stability} {
		if err := step(ctx); err != nil {
			return nil, run, err
		}
	}
	run.Ended = t.now()
	return t.connections.RecordRun(ctx, run)
}

func (t *TestConnection) now() time.Time { return t.clock.Now().UTC().Truncate(time.Microsecond) }

// suite is one run in the making.
type suite struct {
	connection.Bench
	t       *TestConnection
	prober  Prober
	run     *connection.Run
	targets []target
	answers map[string]ProbeAnswer // of the allowed call of each operation
	seen    *comparison
}
