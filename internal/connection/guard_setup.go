package connection

import (
	"fmt"

	"lienthong/internal/kit/fault"
)

// mayProvision: the approved scope still fits what is known today, and a proposed configuration does not widen it.
func mayProvision(r *Request, in Input, f Facts) error {
	if len(f.Dataset.MissingDocuments) > 0 {
		return fault.New(fault.Conflict, "connection.documents_incomplete", fmt.Sprint(f.Dataset.MissingDocuments))
	}
	if in.Scope != nil {
		if err := in.Scope.valid(f.Dataset); err != nil {
			return err
		}
		if err := in.Scope.Within(*r.Approved); err != nil {
			return err
		}
	}
	if in.Parameters != nil {
		if err := in.Parameters.valid(); err != nil {
			return err
		}
	}
	if err := r.Approved.stillServed(f.Dataset); err != nil {
		return err
	}
	if _, to := r.Approved.validity(f.Now, f.Dataset); !to.After(f.Now) {
		return fault.New(fault.Conflict, "connection.date_past").At("valid_to")
	}
	return blocking(AssessSecurity(r.Need, *r.Approved, r.Checklist, f))
}

func reasonedParameters(r *Request, in Input, f Facts) error {
	if err := commented(r, in, f); err != nil {
		return err
	}
	if in.Parameters != nil {
		return in.Parameters.valid()
	}
	return nil
}

func newestReviewed(r *Request, in Input, f Facts) error {
	if f.Config == nil || in.Reviewed != f.Config.Version {
		return fault.New(fault.Conflict, "connection.config_not_newest", r.Config)
	}
	if f.Config.By.Account == f.By.Account { // Invariant 2: nobody reviews a version of their own.
		return fault.New(fault.Denied, "connection.review_own_config")
	}
	if r.Operating() && !r.Pending() {
		return fault.New(fault.Conflict, "connection.nothing_proposed")
	}
	if !in.OK && blank(in.Comment) {
		return fault.New(fault.Invalid, "connection.reason_missing").At("comment")
	}
	return nil
}

// keepReview: on a connection in operation the reviewed version takes effect with the review.
func keepReview(r *Request, in Input, f Facts, _ Person) {
	switch {
	case in.OK:
		r.Reviewed = in.Reviewed
		r.apply(*f.Config)
	case r.Operating():
		r.Declined = in.Reviewed
	default:
		r.Reviewed = 0
	}
}

func configReviewed(r *Request, _ Input, f Facts) error {
	if f.Config == nil || f.Review == nil || !f.Review.OK || f.Review.Version != f.Config.Version || r.Reviewed != f.Config.Version {
		return fault.New(fault.Conflict, "connection.review_missing")
	}
	if f.Review.By.Account == f.Config.By.Account {
		return fault.New(fault.Denied, "connection.review_own_config")
	}
	return nil
}

func beginTesting(r *Request, _ Input, f Facts, _ Person) { r.TestedFrom = f.Now }

// current reports a run of the newest configuration made since testing began.
func current(r *Request, f Facts) error {
	if f.Run == nil || f.Run.Config != r.Config || f.Run.Began.Before(r.TestedFrom) {
		return fault.New(fault.Conflict, "connection.run_missing")
	}
	if !f.Run.Intact() {
		return fault.New(fault.Conflict, "connection.run_altered")
	}
	return nil
}

// runOfThisConfig: what was tested is what is configured now.
func runOfThisConfig(r *Request, in Input, _ Facts) error {
	if in.run == nil || in.run.Config != r.Config || in.run.Began.Before(r.TestedFrom) {
		return fault.New(fault.Conflict, "connection.config_not_newest", r.Config)
	}
	return nil
}

func runFailed(r *Request, in Input, f Facts) error {
	if err := current(r, f); err != nil {
		return err
	}
	if f.Run.Passed && blank(in.Comment) {
		return fault.New(fault.Invalid, "connection.reason_missing").At("comment")
	}
	return nil
}

func toSetUp(r *Request, _ Input, _ Facts, _ Person) {
	r.Run, r.RunHash, r.Reviewed = 0, "", 0
}

func runPassed(r *Request, _ Input, f Facts) error {
	if err := current(r, f); err != nil {
		return err
	}
	if !f.Run.Passed {
		return fault.New(fault.Conflict, "connection.run_failed", fmt.Sprint(f.Run.Failing()))
	}
	return nil
}

func toAcceptance(r *Request, _ Input, f Facts, _ Person) {
	r.Run, r.RunHash, r.Confirmed = f.Run.Seq, f.Run.Hash, nil
}
