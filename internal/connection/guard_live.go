package connection

import (
	"maps"
	"slices"

	"lienthong/internal/kit/fault"
)

func notConfirmed(side Side) func(*Request, Input, Facts) error {
	return func(r *Request, _ Input, f Facts) error {
		for other, c := range r.Confirmed {
			if other != side && c.By.Account == f.By.Account {
				return fault.New(fault.Denied, "connection.confirmed_by_one_person")
			}
		}
		if _, has := r.Confirmed[side]; has {
			return fault.New(fault.Conflict, "connection.already_confirmed", side)
		}
		return nil
	}
}

func confirm(side Side) func(*Request, Input, Facts, Person) {
	return func(r *Request, in Input, f Facts, who Person) {
		if r.Confirmed == nil {
			r.Confirmed = map[Side]Confirmed{}
		}
		r.Confirmed[side] = Confirmed{By: who, At: f.Now, Comment: in.Comment}
	}
}

// allConfirmed: three parties, three people; in the shortened process operator and requester. On data of the issued
// catalogue an owner silent past the limit is flagged and does not hold the others up.
func allConfirmed(r *Request, _ Input, f Facts) error {
	var people []string
	for _, side := range r.Route.Confirming() {
		c, has := r.Confirmed[side]
		silent := side == Owner && f.Dataset.Listed != "" && f.Now.After(r.Clock.Deadline)
		if !has && !silent {
			return fault.New(fault.Conflict, "connection.confirmation_missing", side)
		}
		if has && slices.Contains(people, c.By.Account) {
			return fault.New(fault.Denied, "connection.confirmed_by_one_person")
		}
		people = append(people, c.By.Account)
	}
	if r.Run == 0 || f.Run == nil || f.Run.Seq != r.Run || f.Run.Hash != r.RunHash || !f.Run.Passed || !f.Run.Intact() {
		return fault.New(fault.Conflict, "connection.run_missing")
	}
	return blocking(AssessSecurity(r.Need, *r.Approved, r.Checklist, f))
}

func goLive(r *Request, _ Input, f Facts, _ Person) {
	_, owner := r.Confirmed[Owner]
	r.LiveSince = f.Now
	r.Minutes = &Minutes{
		Number: r.Number + "/NT", At: f.Now, Participants: maps.Clone(r.Confirmed), Run: r.Run, RunHash: r.RunHash, Config: r.Config,
		OwnerSilent: !owner && r.Route != Shortened, Route: r.Route,
	}
}

func retest(r *Request, _ Input, f Facts, _ Person) {
	r.Confirmed, r.Run, r.RunHash, r.TestedFrom = nil, 0, "", f.Now
}

func askPause(r *Request, in Input, f Facts, who Person) {
	r.Asked = &Pause{Class: "owner_request", Reason: in.Comment, AskedBy: who.Agency, By: who, At: f.Now, ExpectedEnd: in.ExpectedEnd}
}

func pauseReasoned(r *Request, in Input, f Facts) error {
	if err := commented(r, in, f); err != nil {
		return err
	}
	if !slices.Contains(PauseClasses(), in.ReasonClass) {
		return fault.New(fault.Invalid, "connection.reason_class_missing").At("reason_class")
	}
	if in.ExpectedEnd != "" {
		if _, ok := in.ExpectedEnd.Start(); !ok {
			return fault.New(fault.Invalid, "connection.date_missing").At("expected_end")
		}
	}
	return plain(in.AskedBy, "asked_by")
}

func pause(r *Request, in Input, f Facts, who Person) {
	asked := in.AskedBy
	if asked == "" && in.ReasonClass == "owner_request" {
		asked = r.Owner
	}
	r.Pause = &Pause{Class: in.ReasonClass, Reason: in.Comment, AskedBy: asked, By: who, At: f.Now, ExpectedEnd: in.ExpectedEnd}
	r.Asked = nil
}

// mayResume: the cause is cleared, the end is not reached, and the consumer's system is safe enough again.
func mayResume(r *Request, in Input, f Facts) error {
	if err := commented(r, in, f); err != nil {
		return err
	}
	if to, ok := r.Approved.To.End(); !ok || !to.After(f.Now) {
		return fault.New(fault.Conflict, "connection.date_past").At("valid_to")
	}
	return blocking(AssessSecurity(r.Need, *r.Approved, r.Checklist, f))
}

func resume(r *Request, _ Input, _ Facts, _ Person) { r.Pause = nil }

func end(r *Request, in Input, _ Facts, _ Person) { r.EndReason = in.Comment }
