package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
	"lienthong/internal/warehouse"
)

// refuseFile ends a delivery whose file as a whole cannot pass. Other errors are ours and go on.
func (s *Service) refuseFile(ctx context.Context, d *Delivery, by lease, err error) error {
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return err
	}
	d.State, d.CheckedAt, d.Refusal = Rejected, s.Clock.Now(), &Refusal{Code: f.Code, Args: f.Args}
	d.Counts = Counts{}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := saveChecked(ctx, q, d, by); err != nil {
			return err
		}
		return s.note(ctx, q, d, "ingest.reject", "")
	})
}

// conclude keeps the verdict and does what it says.
func (s *Service) conclude(ctx context.Context, d *Delivery, by lease, draft *warehouse.Draft, v Verdict) error {
	if !d.Counts.Balanced() { // invariant 4
		return fmt.Errorf("the counts of delivery %s do not add up: %+v", d.ID, d.Counts)
	}
	d.CheckedAt = s.Clock.Now()
	v.ID, v.Delivery, v.RuleVersion, v.At = ids.New(), d.ID, d.RuleVersion, d.CheckedAt
	d.Verdict = v.ID
	if !v.Passes() {
		return s.hold(ctx, d, by, v)
	}
	if err := draft.Seal(ctx); err != nil {
		return err
	}
	err := s.publish(ctx, d, by, draft, v)
	var newer *newerError
	if errors.As(err, &newer) { // published while this one was checked
		d.VersionID, d.Version = "", 0
		return s.hold(ctx, d, by, v.behind(newer.version.Number))
	}
	return err
}

// hold ends a check without a version: the delivery waits for a decision, or is refused when no row passes.
func (s *Service) hold(ctx context.Context, d *Delivery, by lease, v Verdict) error {
	d.State, d.Newer, d.OnlyOlder, d.Refusal = Held, v.Newer, v.OnlyOlder, nil
	event := "ingest.hold"
	switch {
	case d.Counts.Accepted == 0:
		d.State, d.Refusal, event = Rejected, &Refusal{Code: "ingest.no_row_passes", Args: []any{d.Counts.Read}}, "ingest.reject"
	case v.Newer > 0:
		d.Refusal = &Refusal{Code: "ingest.older", Args: []any{v.Newer, i18n.DateTime(d.DataTime), s.asAt(ctx, d)}}
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := insertVerdict(ctx, q, v); err != nil {
			return err
		}
		if err := saveChecked(ctx, q, d, by); err != nil {
			return err
		}
		return s.note(ctx, q, d, event, "")
	})
}

// publish makes the version visible. Invariant 5: version, verdict and state become true together.
func (s *Service) publish(ctx context.Context, d *Delivery, by lease, draft *warehouse.Draft, v Verdict) error {
	d.State = Published
	_, err := s.Warehouse.Publish(ctx, warehouse.PublishInput{
		Draft: draft, Verdict: v.ID, Actor: access.ActorOf(ctx).ForAudit(),
		Over: func(newest *warehouse.Version) error { // invariant 10
			if newest != nil && d.olderThan(newest) {
				return &newerError{newest}
			}
			return nil
		},
		Also: func(ctx context.Context, q controldb.Querier, version warehouse.Version) error {
			d.VersionID, d.Version = version.ID, version.Number
			if err := insertVerdict(ctx, q, v); err != nil {
				return err
			}
			if err := saveChecked(ctx, q, d, by); err != nil {
				return err
			}
			if err := s.Catalog.Flowed(ctx, q, d.Dataset); err != nil {
				return err
			}
			return s.note(ctx, q, d, "ingest.publish", v.Reason)
		},
	})
	return err
}

// newerError says that a version with newer data is in use.
type newerError struct{ version *warehouse.Version }

func (e *newerError) Error() string {
	return fmt.Sprintf("version %d has newer data", e.version.Number)
}

// newer is the number of the version in use whose data is newer than the delivery's, 0 for none.
func (s *Service) newer(ctx context.Context, d *Delivery) (int, error) {
	v, err := s.Warehouse.Current(ctx, string(d.Dataset))
	switch {
	case fault.Is(err, "warehouse.no_version"):
		return 0, nil
	case err != nil:
		return 0, err
	case d.olderThan(&v):
		return v.Number, nil
	}
	return 0, nil
}

// olderThan tells data that would take the place of newer data without anyone having said so. Times are compared by the
// minute, as forms write them.
func (d *Delivery) olderThan(v *warehouse.Version) bool {
	return v.Number > d.Over && v.Provenance.SourceTime.Truncate(time.Minute).After(d.DataTime.Truncate(time.Minute))
}

// asAt is when the data in use is from, for the sentence of a held delivery.
func (s *Service) asAt(ctx context.Context, d *Delivery) string {
	v, err := s.Warehouse.Current(ctx, string(d.Dataset))
	if err != nil {
		return "–"
	}
	return i18n.DateTime(v.Provenance.SourceTime)
}
