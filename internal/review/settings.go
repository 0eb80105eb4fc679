package review

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Settings are the parameters of reviews (D4 of the requirements), which the operator may change.
type Settings struct {
	Revision        int64     `json:"revision" history:"quiet" doc:"What the caller saw; a change of another revision is refused"`
	RegularMonths   int64     `json:"regular_months" minimum:"1" maximum:"12" doc:"Months between reviews of grants on data that is not protected"`
	ProtectedMonths int64     `json:"protected_months" minimum:"1" maximum:"12" doc:"Months between reviews of grants on sensitive, important or core data"`
	AnswerDays      int64     `json:"answer_days" minimum:"1" maximum:"60" doc:"Working days in which a review at a set time is answered"`
	EventDays       int64     `json:"event_days" minimum:"1" maximum:"20" doc:"Working days in which a review that a change opened is answered"`
	AskDays         int64     `json:"ask_days" minimum:"1" maximum:"20" doc:"Working days in which the operator answers an owner's request"`
	UnusedDays      int64     `json:"unused_days" minimum:"7" maximum:"365" doc:"Days without use after which a field or a grant counts as unused"`
	QuotaFactor     int64     `json:"quota_factor" minimum:"2" maximum:"1000" doc:"A quota this many times above the highest use of a day counts as too high"`
	Since           time.Time `json:"since" history:"quiet" doc:"From when the times of reviews count"`
}

// defaults are the parameters of the requirements.
func defaults(now time.Time) Settings {
	return Settings{RegularMonths: 6, ProtectedMonths: 3, AnswerDays: 15, EventDays: 5, AskDays: 3, UnusedDays: 90, QuotaFactor: 10, Since: now.UTC().Truncate(time.Microsecond)}
}

func (s Settings) check() error {
	var p []*fault.Fault
	for _, x := range []struct {
		field     string
		v         int64
		low, high int64
	}{
		{"regular_months", s.RegularMonths, 1, 12}, {"protected_months", s.ProtectedMonths, 1, 12}, {"answer_days", s.AnswerDays, 1, 60}, {"event_days", s.EventDays, 1, 20},
		{"ask_days", s.AskDays, 1, 20}, {"unused_days", s.UnusedDays, 7, 365}, {"quota_factor", s.QuotaFactor, 2, 1000},
	} {
		if x.v < x.low || x.v > x.high {
			p = append(p, fault.New(fault.Invalid, "review.setting_range", x.low, x.high).At(x.field))
		}
	}
	if s.ProtectedMonths > s.RegularMonths {
		p = append(p, fault.New(fault.Invalid, "review.protected_later").At("protected_months"))
	}
	return fault.Collect(p...)
}

// months between two reviews of a cause that comes with time.
func (s Settings) months(c Cause) int {
	if c == CauseProtected {
		return int(s.ProtectedMonths)
	}
	return int(s.RegularMonths)
}

func (s Settings) days(c Cause) int {
	if c.Event() {
		return int(s.EventDays)
	}
	return int(s.AnswerDays)
}

// FindSettings shows the parameters in force.
func (s *Service) FindSettings(ctx context.Context) (Settings, error) {
	if _, err := access.Require(ctx, access.AccessRead); err != nil {
		return Settings{}, err
	}
	return findSettings(ctx, s.DB)
}

// ChangeSettings replaces the parameters; campaigns that run keep their deadline.
func (s *Service) ChangeSettings(ctx context.Context, in Settings) (Settings, error) {
	who, err := access.Require(ctx, access.SettingsChange)
	if err != nil {
		return in, err
	}
	if err := in.check(); err != nil {
		return in, err
	}
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		old, err := findSettings(ctx, q)
		if err != nil {
			return err
		}
		if in.Revision != old.Revision {
			return fault.New(fault.Conflict, "review.changed_meanwhile")
		}
		in.Since, in.Revision = old.Since, old.Revision+1
		if err := saveSettings(ctx, q, in); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "review.settings", Subject: "review.settings/platform"})
	})
	return in, err
}
