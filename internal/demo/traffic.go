package demo

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	randv2 "math/rand/v2"
	"net/http"
	"time"

	"lienthong/internal/connection"
	"lienthong/internal/demo/consumer"
	"lienthong/internal/demo/world"
)

// clients gives every system with a live connection a client. A system whose secret is not known any more gets a new
// credential (invariant 3).
func (l *loader) clients(ctx context.Context) error {
	engineer := l.as(ctx, engineer)
	for _, p := range plans(l.w, l.served) {
		r := l.loaded.Requests[p.name]
		if r == nil || p.system == "" || r.State != connection.Live || l.loaded.Clients[p.system] != nil {
			continue
		}
		if _, known := l.loaded.Secrets[p.system]; !known {
			made, err := l.System.IssueCredential(engineer, p.system, "Lưu lượng của bản dùng thử", l.Clock.Now().AddDate(0, 1, 0))
			if err != nil {
				return fmt.Errorf("issue a credential of %s: %w", p.system, err)
			}
			if err := l.pickUp(ctx, p.system, made.ID); err != nil {
				return err
			}
		}
		secret := l.loaded.Secrets[p.system]
		officers, err := l.officers(engineer, p)
		if err != nil {
			return err
		}
		l.loaded.Clients[p.system] = consumer.New(consumer.Config{
			Base: l.ExchangeURL, ClientID: secret.ClientID, Secret: secret.Secret, Clock: l.Clock, Officers: officers, Agent: "demo-" + p.system + "/1.0",
		})
	}
	return nil
}

// officers registers a key with which the system names its officers; only where a plan asks for them.
func (l *loader) officers(ctx context.Context, p plan) (*consumer.Officers, error) {
	if !p.officer {
		return nil, nil //nolint:nilnil // a system whose officers are not named has no key
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key of %s: %w", p.system, err)
	}
	o, err := consumer.NewOfficers(l.ownerOf(p.system), fmt.Sprintf("demo-%d", l.Clock.Now().UnixMicro()), private)
	if err != nil {
		return nil, err
	}
	if _, err := l.System.AddOfficerKey(ctx, p.system, o.PublicJWK()); err != nil {
		return nil, fmt.Errorf("register a key of %s: %w", p.system, err)
	}
	l.loaded.Officers[p.system] = o
	return o, nil
}

// Case is a case reference of a commune's one-stop office.
func Case(agency string, at time.Time, n int) string {
	return fmt.Sprintf("%s-%s-%04d", agency, at.Format("060102"), n%10000)
}

// Traffic is what the calling systems do while the demo lives: mostly what they may, now and then what they may not.
func (l *Loaded) Traffic(p Platform, perSecond float64) (*consumer.Traffic, error) {
	today := func() time.Time { return p.Clock.Now() }
	children := l.ids(world.Births, "so_dinh_danh")
	poor := l.ids(world.Poor, "so_dinh_danh")
	insured := l.ids(world.Insurance, "so_dinh_danh")
	communes := l.ids(world.Parcels, "ma_xa")
	lookup := func(system, dataset string, from []string, ask consumer.Ask, withCase, officer bool) func(context.Context, *randv2.Rand) (consumer.Answer, error) {
		return func(ctx context.Context, r *randv2.Rand) (consumer.Answer, error) {
			if withCase {
				ask.Case = Case(world.CommuneYTy, today(), r.IntN(10000))
			}
			if officer {
				ask.Officer = "motcua.yty"
			}
			return l.Clients[system].Lookup(ctx, dataset, map[string]string{"so_dinh_danh": from[r.IntN(len(from))]}, ask)
		}
	}
	records := func(system, dataset string, ask consumer.Ask, filter string, values []string) func(context.Context, *randv2.Rand) (consumer.Answer, error) {
		return func(ctx context.Context, r *randv2.Rand) (consumer.Answer, error) {
			if filter != "" {
				ask.Filters = map[string]string{filter: values[r.IntN(len(values))]}
			}
			return l.Clients[system].Records(ctx, dataset, ask)
		}
	}
	source := func(ctx context.Context, r *randv2.Rand) (consumer.Answer, error) {
		body, err := json.Marshal(map[string]string{"so_dinh_danh": children[r.IntN(len(children))]})
		if err != nil {
			return consumer.Answer{}, fmt.Errorf("write the look-up: %w", err)
		}
		ask := consumer.Ask{Purpose: "DVC-TTHC", Case: Case(world.CommuneYTy, today(), r.IntN(10000))}
		return l.Clients[world.SysEducation].Service(ctx, http.MethodPost, world.Justice+"/"+world.SysCivil+"/khai-sinh", birthSearch, ask, body)
	}
	// A system whose connection people of the demo have ended or suspended calls no more.
	weight := func(system string, n int) int {
		if l.Clients[system] == nil {
			return 0
		}
		return n
	}
	procedure, state, steering := consumer.Ask{Purpose: "DVC-TTHC"}, consumer.Ask{Purpose: "QLNN"}, consumer.Ask{Purpose: "CDDH", Limit: 50}
	page := state
	page.Limit = 20
	hidden := page
	hidden.Fields = []string{"ma_thua", "dien_thoai"}
	atSource := 10
	if len(l.Requests[plans(l.World, false)[0].name].Need.Operations) == 0 {
		atSource = 0
	}
	return consumer.NewTraffic(l.World.Seed, perSecond,
		consumer.Step{Name: "birth of a child, at its source", Weight: weight(world.SysEducation, atSource), Call: source},
		consumer.Step{Name: "birth of a child", Weight: weight(world.SysEducation, 15), Call: lookup(world.SysEducation, world.Births, children, procedure, true, false)},
		consumer.Step{Name: "poor household", Weight: weight(world.SysProcedures, 25), Call: lookup(world.SysProcedures, world.Poor, poor, procedure, true, true)},
		consumer.Step{Name: "insurance", Weight: weight(world.SysBooking, 15), Call: lookup(world.SysBooking, world.Insurance, insured, state, false, false)},
		consumer.Step{Name: "parcels of a commune", Weight: weight(world.SysTax, 15), Call: records(world.SysTax, world.Parcels, page, "ma_xa", communes)},
		consumer.Step{Name: "water levels", Weight: weight(world.SysIOC, 15), Call: records(world.SysIOC, world.Gauges, steering, "", nil)},
		consumer.Step{Name: "birth for another purpose", Weight: weight(world.SysEducation, 3), Call: lookup(world.SysEducation, world.Births, children, state, false, false)},
		consumer.Step{Name: "poor household without a case", Weight: weight(world.SysProcedures, 3), Call: lookup(world.SysProcedures, world.Poor, poor, procedure, false, true)},
		consumer.Step{Name: "telephone number of a holder", Weight: weight(world.SysTax, 2), Call: records(world.SysTax, world.Parcels, hidden, "", nil)},
		consumer.Step{Name: "dataset without a grant", Weight: weight(world.SysIOC, 2), Call: records(world.SysIOC, world.Allowances, steering, "", nil)},
	)
}

// ids are the values of a column of a dataset's regular delivery.
func (l *Loaded) ids(dataset, column string) []string {
	for i := range l.World.Datasets {
		d := &l.World.Datasets[i]
		if string(d.Code()) != dataset {
			continue
		}
		f := &d.Files[0]
		at := f.Column(column)
		out := make([]string, 0, len(f.Rows))
		for _, row := range f.Rows {
			out = append(out, row[at])
		}
		return out
	}
	return nil
}
