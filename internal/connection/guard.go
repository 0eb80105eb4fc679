package connection

import (
	"slices"

	"lienthong/internal/kit/fault"
)

func stewardActive(_ *Request, _ Input, f Facts) error {
	if !f.Steward {
		return fault.New(fault.Conflict, "connection.no_active_steward", f.Requester)
	}
	return nil
}

func needSane(_ *Request, in Input, _ Facts) error {
	if in.Need == nil {
		return fault.New(fault.Malformed, "connection.body_unreadable")
	}
	return in.Need.sane()
}

func keepNeed(r *Request, in Input, f Facts, _ Person) {
	r.Need = *in.Need
	if f.LegalBasis != "" {
		r.Need.LegalBasis = f.LegalBasis
	}
	r.Owner, r.Advice = f.Dataset.Owner, r.Need.advice()
}

func needComplete(r *Request, in Input, f Facts) error {
	if err := stewardActive(r, in, f); err != nil {
		return err
	}
	if !in.Attest {
		return fault.New(fault.Invalid, "connection.attestation_missing").At("attest")
	}
	return r.Need.complete(f)
}

func itemsAnswered(r *Request, in Input, f Facts) error {
	if blank(in.Comment) {
		return fault.New(fault.Invalid, "connection.answer_missing").At("comment")
	}
	return needComplete(r, in, f)
}

func submit(r *Request, _ Input, f Facts, who Person) {
	r.Attested = &Attestation{By: who, At: f.Now}
	r.Owner, r.Advice = f.Dataset.Owner, r.Need.advice()
	r.Missing, r.Objection, r.Limited = nil, nil, nil
	r.Conditions = Eligibility(r.Need, f)
	r.Route = routeOf(r.Conditions)
}

func itemsNamed(_ *Request, in Input, _ Facts) error {
	if len(in.Missing) == 0 || slices.ContainsFunc(in.Missing, blank) {
		return fault.New(fault.Invalid, "connection.items_missing").At("missing_items")
	}
	for _, m := range in.Missing {
		if err := plain(m, "missing_items"); err != nil {
			return err
		}
	}
	return nil
}

func sendBack(r *Request, in Input, _ Facts, _ Person) { r.Missing = slices.Clone(in.Missing) }

// needStillComplete checks the intake again: the dataset or the system may have changed since.
func needStillComplete(r *Request, _ Input, f Facts) error { return r.Need.complete(f) }

func commented(_ *Request, in Input, _ Facts) error {
	if blank(in.Comment) {
		return fault.New(fault.Invalid, "connection.reason_missing").At("comment")
	}
	return nil
}

func requesterEnded(r *Request, in Input, f Facts) error {
	if !f.RequesterEnded {
		return fault.New(fault.Conflict, "connection.requester_active", r.Agency)
	}
	return commented(r, in, f)
}
