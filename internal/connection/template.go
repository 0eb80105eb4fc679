package connection

import (
	"context"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// FromPolicy fills a new need in with what the owner's sharing policy of its dataset gives by default (Điều 20.4b); the
// requester may ask for less, or for more with the owner's consent. The version is 0 where the dataset has no policy.
func (s *Service) FromPolicy(ctx context.Context, n Need) (Need, int64, error) {
	if _, err := access.Require(ctx, access.ConnectionDraft); err != nil {
		return n, 0, err
	}
	v, err := s.access.PolicyInForce(ctx, n.Dataset)
	if err != nil || v == nil {
		return n, 0, err
	}
	p, now := v.Policy, s.clock.Now()
	n.Purposes, n.Rows, n.CallsPerDay, n.PeakPerMinute, n.Fields = p.Purposes, p.Rows, p.CallsPerDay, p.CallsPerMinute, nil
	for _, c := range p.Columns {
		n.Fields = append(n.Fields, c.Name)
	}
	if !slices.Contains(p.Levels, n.Level) && !n.People() && len(p.Levels) > 0 {
		n.Level = p.Levels[0]
	}
	if len(p.Methods) > 0 && !slices.Contains(p.Methods, string(n.Method)) && !n.People() {
		n.Method = Method(p.Methods[0])
	}
	n.From = DayOf(now)
	start, _ := n.From.Start()
	n.To = DayOf(start.AddDate(0, p.LongestMonths, 0).AddDate(0, 0, -1))
	return n, v.Version, nil
}

// Consent is the owner's own word after its silence was taken for agreement: what lies outside its sharing policy is given
// only on that (Điều 21.5).
func (s *Service) Consent(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActConsent, in, nil)
}

func silent(r *Request, _ Input, _ Facts) error {
	if r.Opinion == nil || !r.Opinion.Deemed {
		return fault.New(fault.Conflict, "connection.consent_given")
	}
	return nil
}

func keepConsent(r *Request, _ Input, f Facts, who Person) {
	o := *r.Opinion
	o.Stand, o.By, o.At, o.Deemed = Agree, who, f.Now, false
	r.Opinion = &o
}
