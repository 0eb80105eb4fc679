package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/demo/provider"
	"lienthong/internal/demo/world"
	"lienthong/internal/exchange"
	"lienthong/internal/incident"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
)

// datasets registers every dataset and takes it as far as the world says. Those of the catalogue in force come first, so
// that its release holds them alone; then the draft of the next one is open. Last come the files.
func (l *loader) datasets(ctx context.Context) error {
	if err := l.registered(ctx, func(d *world.Dataset) bool { return d.Stage == world.StageIssued }); err != nil {
		return err
	}
	if err := l.issued(ctx); err != nil {
		return err
	}
	if err := l.registered(ctx, func(d *world.Dataset) bool { return d.Stage != world.StageIssued }); err != nil {
		return err
	}
	if err := l.consultation(ctx); err != nil {
		return err
	}
	return l.files(ctx)
}

// registered takes datasets as far as the world says, or to the draft of the catalogue.
func (l *loader) registered(ctx context.Context, which func(*world.Dataset) bool) error {
	for i := range l.w.Datasets {
		d := &l.w.Datasets[i]
		if !which(d) {
			continue
		}
		made, err := l.dataset(ctx, d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Code(), explained(err))
		}
		l.loaded.Datasets[d.Code()] = made
	}
	return nil
}

// files delivers what the world has of each dataset that takes deliveries.
func (l *loader) files(ctx context.Context) error {
	stamped := false
	for i := range l.w.Datasets {
		d := &l.w.Datasets[i]
		now, err := l.Catalog.FindByCode(l.as(ctx, appraiser), d.Code())
		if fault.Is(err, "catalog.not_found") { // a draft is its owner's
			continue
		}
		if err != nil {
			return err
		}
		l.loaded.Datasets[d.Code()] = now
		if !now.State.Live() {
			continue
		}
		for n := range d.Files {
			if err := l.deliver(ctx, d, &d.Files[n], n == 0); err != nil {
				return fmt.Errorf("deliver %s: %w", d.Files[n].Name, err)
			}
		}
		if len(d.Files) > 0 && !stamped {
			stamped = true
			if err := l.deliverStamped(ctx, d); err != nil {
				return fmt.Errorf("deliver a stamped file: %w", err)
			}
		}
	}
	return nil
}

// deliverStamped hands in a file that must not be here at all, once: it is refused, nothing of it is kept, and the
// incident register has what a security officer works on.
func (l *loader) deliverStamped(ctx context.Context, d *world.Dataset) error {
	known, err := l.Incidents.List(l.as(ctx, security), incident.Filter{})
	if err != nil || len(known) > 0 {
		return err
	}
	steward, err := l.steward(ctx, d.Entry.Owner)
	if err != nil {
		return err
	}
	const text = "TỐI MẬT\nma,ten\n"
	_, err = l.Ingest.Deliver(steward, ingest.DeliveryInput{
		Dataset: d.Code(), System: d.Entry.OfficialSystem, NotSecret: true, FileName: "van-ban-dong-dau.csv", DataTime: d.Files[0].Time, Size: int64(len(text)),
	}, strings.NewReader(text))
	if !fault.Is(err, "ingest.secret_marking") {
		return fmt.Errorf("a stamped file was not refused: %w", err)
	}
	return nil
}

// dataset walks the registration from where it stands to its stage.
func (l *loader) dataset(ctx context.Context, d *world.Dataset) (catalog.Dataset, error) {
	steward, err := l.steward(ctx, d.Entry.Owner)
	if err != nil {
		return catalog.Dataset{}, err
	}
	now, err := l.Catalog.FindByCode(steward, d.Code())
	if fault.Is(err, "catalog.not_found") {
		now, err = l.Catalog.Create(steward, d.Entry)
	}
	if err != nil {
		return now, err
	}
	if now.SchemaVersion == 0 && now.State.Editable() {
		if _, err := l.Catalog.DefineSchema(steward, now.ID, d.Schema); err != nil {
			return now, err
		}
	}
	return l.advance(ctx, steward, d, now)
}

// advance takes one step after the other, each by whose part it is.
func (l *loader) advance(ctx, steward context.Context, d *world.Dataset, now catalog.Dataset) (catalog.Dataset, error) {
	order := []world.Stage{world.StageDraft, world.StageRegistered, world.StageReviewed, world.StageApproved}
	steps := map[catalog.State]func() (catalog.Dataset, error){
		catalog.Draft: func() (catalog.Dataset, error) { return l.Catalog.Register(steward, now.ID, true, true) },
		catalog.Registered: func() (catalog.Dataset, error) {
			return l.Catalog.Review(l.as(ctx, appraiser), now.ID, d.Entry.LegalBasis)
		},
		catalog.Reviewed: func() (catalog.Dataset, error) { return l.Catalog.Approve(l.as(ctx, approver), now.ID) },
	}
	for i, state := range []catalog.State{catalog.Draft, catalog.Registered, catalog.Reviewed} {
		if order[i] == d.Stage {
			return now, nil
		}
		if now.State != state {
			continue // an earlier loading came further
		}
		next, err := steps[state]()
		if err != nil {
			return now, err
		}
		now = next
	}
	return now, nil
}

// Files of stories that are delivered beside the regular ones: each ends held or rejected, which is what they show.
func shown(name string) bool {
	return name == "thua-dat-cu-khong-ngay.csv" || name == "tram-y-te-thang-sau.csv"
}

// deliver hands a file in as the owner's steward and waits until it is checked. A file that is there already answers
// its first delivery.
func (l *loader) deliver(ctx context.Context, d *world.Dataset, f *world.File, regular bool) error {
	if !regular && !shown(f.Name) {
		return nil
	}
	steward, err := l.steward(ctx, d.Entry.Owner)
	if err != nil {
		return err
	}
	text := f.CSV()
	got, err := l.Ingest.Deliver(steward, ingest.DeliveryInput{
		Dataset: d.Code(), System: d.Entry.OfficialSystem, NotSecret: true, FileName: f.Name, DataTime: f.Time, IdempotencyKey: "demo-" + f.Name, Size: int64(len(text)),
	}, bytes.NewReader(text))
	if err != nil {
		return err
	}
	got, err = l.checked(steward, got.ID)
	if err != nil {
		return err
	}
	l.loaded.Deliveries[f.Name] = got
	if regular && got.State != ingest.Published {
		return fmt.Errorf("the regular delivery is %s: %+v %v", got.State, got.Refusal, got.Rules)
	}
	return nil
}

// checked waits for the deliveries' worker.
func (l *loader) checked(ctx context.Context, id ingest.ID) (*ingest.Delivery, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		d, err := l.Ingest.Find(ctx, id)
		if err != nil || d.State.Final() {
			return d, err
		}
		select {
		case <-ctx.Done():
			return d, ctx.Err()
		case <-tick.C:
		}
	}
}

// services registers what the agencies' running systems offer as services of the exchange.
func (l *loader) services(ctx context.Context, province *provider.Province) error {
	if province == nil {
		return nil
	}
	ctx = l.as(ctx, engineer)
	for _, s := range province.Servers() {
		for _, r := range routes(s, l.w) {
			if _, err := l.Exchange.RegisterRoute(ctx, r); err != nil {
				return fmt.Errorf("register service %s of %s: %w", r.Name, s.System, err)
			}
		}
	}
	return nil
}

// routes turns the endpoints of a system into one service for each dataset.
func routes(s *provider.Server, w *world.World) []exchange.Route {
	var list []exchange.Route
	at := map[catalog.Code]int{}
	for _, e := range s.Endpoints() {
		i, known := at[e.Dataset]
		if !known {
			owner, slug, _ := strings.Cut(string(e.Dataset), "/")
			i = len(list)
			at[e.Dataset] = i
			list = append(list, exchange.Route{
				Owner: owner, System: s.System, Name: slug, Dataset: string(e.Dataset), Base: s.URL(), Addresses: []string{"127.0.0.0/8"}, Total: 5000,
			})
		}
		if op := operation(e, w.Dataset(e.Dataset)); op != nil {
			list[i].Operations = append(list[i].Operations, op)
		}
	}
	return list
}

// operation declares one endpoint; nil for one whose answer is not made of the dataset's fields.
func operation(e provider.Endpoint, d *world.Dataset) *exchange.Operation {
	if strings.HasSuffix(e.Path, "/chi-tiet") {
		return nil
	}
	op := &exchange.Operation{Method: e.Method, Path: e.Path, Updates: e.Updates, Records: "$"}
	for _, f := range d.Schema.Fields {
		if f.Key && op.Key == "" {
			op.Key = f.Name
		}
		if f.Key && f.Person && strings.Contains(e.Path, "{khoa}") {
			op.Subject = "khoa"
		}
	}
	if strings.Contains(e.Path, "{khoa}") {
		return op
	}
	op.Records, op.Envelope = "$.du_lieu", []string{"tong", "trang", "so_dong"}
	if e.Method != http.MethodGet {
		for _, f := range d.Schema.Fields { // an identifier belongs here, in the body
			op.Members = append(op.Members, exchange.Member{Name: f.Name, Column: f.Name})
		}
		return op
	}
	op.Params = []exchange.Param{{Name: "trang"}, {Name: "so_dong"}}
	for _, f := range d.Schema.Fields {
		if !f.Person { // invariant 5 of the exchange: no identifier in an address
			op.Params = append(op.Params, exchange.Param{Name: f.Name, Column: f.Name})
		}
	}
	return op
}
