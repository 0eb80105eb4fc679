package privacy

import (
	"context"
	"strings"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// Parts are what the register stands on.
type Parts struct {
	DB      *controldb.DB
	Log     *audit.Log
	Clock   clock.Clock
	Catalog *catalog.Service
	// Purposes lists the controlled list of purposes.
	Purposes func(ctx context.Context) ([]access.Purpose, error)
	// Stepped hears of every change in its transaction, and of an entry whose end is near, for the inbox of those whose
	// move it is; may be nil.
	Stepped func(ctx context.Context, q controldb.Querier, e *Entry, s Standing) error
}

// Service keeps the register.
type Service struct {
	Parts
	register *controldb.Fresh[*register]
}

// NewService ties the register to its parts.
func NewService(p Parts) *Service {
	p.Log.Keep("privacy.entry", keeper())
	s := &Service{Parts: p}
	last := newRegister()
	s.register = controldb.NewFresh(p.DB, 1, func(ctx context.Context, _ string) (*register, error) { return last.renew(ctx, s) })
	return s
}

// Save writes the draft of an entry whole; the owner agency's own people do. What an entry needs may still be missing.
// revision is that which the caller saw, 0 for any. When an entry is in force the draft stands beside it.
func (s *Service) Save(ctx context.Context, dataset string, c Content, revision int64) (*Entry, error) {
	c.clean()
	all, err := s.Purposes(ctx)
	if err != nil {
		return nil, err
	}
	active := map[string]bool{}
	for _, p := range all {
		active[p.Code] = p.Active
	}
	return s.change(ctx, change{access.PrivacyRegister, "privacy.save", dataset, revision, ""}, func(who access.Actor, d Dataset, e *Entry) error {
		if len(d.Categories) == 0 {
			return fault.New(fault.Conflict, "privacy.not_needed", dataset)
		}
		if err := c.wrong(func(code string) bool { return active[code] }); err != nil {
			return err
		}
		return e.write(c, personOf(who), s.Clock.Now())
	})
}

// Send hands the draft to the head of the agency or the operator. All that is missing is named at once.
func (s *Service) Send(ctx context.Context, dataset string, revision int64) (*Entry, error) {
	return s.change(ctx, change{access.PrivacyRegister, "privacy.send", dataset, revision, ""}, func(who access.Actor, d Dataset, e *Entry) error {
		return e.send(d.Categories, personOf(who), s.Clock.Now())
	})
}

// Return gives a sent draft back to its writers.
func (s *Service) Return(ctx context.Context, dataset string, revision int64, why string) (*Entry, error) {
	why, wrong := reason(why)
	return s.change(ctx, change{access.PrivacyConfirm, "privacy.return", dataset, revision, why}, func(_ access.Actor, _ Dataset, e *Entry) error {
		if wrong != nil {
			return wrong
		}
		return e.giveBack(why)
	})
}

// Confirm puts the sent draft in force: from then on the dataset may be served.
func (s *Service) Confirm(ctx context.Context, dataset string, revision int64) (*Entry, error) {
	return s.change(ctx, change{access.PrivacyConfirm, "privacy.confirm", dataset, revision, ""}, func(who access.Actor, d Dataset, e *Entry) error {
		return e.confirm(d.Categories, personOf(who), s.Clock.Now())
	})
}

// Withdraw takes the entry out of force: the next decision on the dataset refuses.
func (s *Service) Withdraw(ctx context.Context, dataset string, revision int64, why string) (*Entry, error) {
	why, wrong := reason(why)
	return s.change(ctx, change{access.PrivacyWithdraw, "privacy.withdraw", dataset, revision, why}, func(who access.Actor, _ Dataset, e *Entry) error {
		if wrong != nil {
			return wrong
		}
		return e.withdraw(why, personOf(who), s.Clock.Now())
	})
}

// reason is a text that says something.
func reason(text string) (string, error) {
	text = vitext.NFC(strings.TrimSpace(text))
	if n := utf8.RuneCountInString(text); n < 10 || n > maxText || vitext.Suspicious(text) {
		return text, fault.New(fault.Invalid, "privacy.reason_missing").At("reason")
	}
	return text, nil
}

// change is one step on one entry.
type change struct {
	permission access.Permission
	event      string
	dataset    string
	revision   int64
	reason     string
}

// change is the one way to change an entry: permission for the owner of the dataset, rule, save, record, inbox.
func (s *Service) change(ctx context.Context, c change, rule func(access.Actor, Dataset, *Entry) error) (*Entry, error) {
	who, err := access.Require(ctx, c.permission)
	if err != nil {
		return nil, err
	}
	d, err := s.dataset(ctx, who, c.dataset)
	if err != nil {
		return nil, err
	}
	if _, err := access.RequireFor(ctx, c.permission, d.Owner); err != nil {
		return nil, err
	}
	var out *Entry
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		e, err := findEntry(ctx, q, c.dataset)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		if e == nil {
			e = &Entry{Dataset: c.dataset, CreatedAt: now}
		}
		if c.revision != 0 && c.revision != e.Revision {
			return fault.New(fault.Conflict, "privacy.changed_meanwhile", c.dataset)
		}
		if err := rule(who, d, e); err != nil {
			return err
		}
		e.Owner, e.ChangedAt = d.Owner, now
		if err := saveEntry(ctx, q, e); err != nil {
			return err
		}
		if s.Stepped != nil {
			if err := s.Stepped(ctx, q, e, e.Standing(d.Categories, now)); err != nil {
				return err
			}
		}
		out = e
		return s.Log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: c.event, Subject: "privacy.entry/" + c.dataset, Agency: d.Owner, Dataset: c.dataset, Reason: c.reason,
			Detail: map[string]string{"standing": string(e.Standing(d.Categories, now))},
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
