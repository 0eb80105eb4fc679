package release

import (
	"context"
	"strings"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/vitext"
)

// least is how many characters a comment has, so that it says something.
const least = 10

// Agree says that the caller's agency has nothing against the draft.
func (s *Service) Agree(ctx context.Context, ref Ref) error {
	return s.opine(ctx, ref, "release.agree", func(q controldb.Querier, _ *Release, o *Opinion) error {
		if o.Verdict == Commented {
			return fault.New(fault.Conflict, "release.comments_given").At("verdict")
		}
		o.Verdict = Agreed
		return nil
	})
}

// Comment adds a comment of the caller's agency on an entry, or on the draft as a whole when subject is empty. Further
// ones may follow until the consultation ends.
func (s *Service) Comment(ctx context.Context, ref Ref, subject, text string) (Comment, error) {
	var c Comment
	text = vitext.NFC(strings.TrimSpace(text))
	err := s.opine(ctx, ref, "release.comment", func(q controldb.Querier, r *Release, o *Opinion) error {
		if utf8.RuneCountInString(text) < least {
			return fault.New(fault.Invalid, "release.comment_missing").At("text")
		}
		if subject != "" {
			if _, err := findLine(ctx, q, r.ID, subject); err != nil {
				return err
			}
		}
		o.Verdict = Commented
		c = Comment{ID: ids.New(), Subject: subject, Agency: o.Agency, By: o.By, ByName: o.ByName, Text: text, At: o.At}
		return insertComment(ctx, q, r.ID, c)
	})
	return c, err
}

// opine is what an agency says during the consultation, by whoever speaks for it. It raises no revision: agencies answer
// side by side, and the operator's work on the draft has not begun.
func (s *Service) opine(ctx context.Context, ref Ref, event string, say func(q controldb.Querier, r *Release, o *Opinion) error) error {
	who, err := access.Require(ctx, access.ReleaseComment)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		r, err := findRelease(ctx, q, ref.List, ref.Number)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		if r.State != Consultation || !now.Before(r.Deadline) {
			return fault.New(fault.Conflict, "release.consultation_over")
		}
		asked, err := listOpinions(ctx, q, r.ID, who.Agency)
		if err != nil {
			return err
		}
		if len(asked) == 0 {
			return fault.New(fault.Denied, "release.not_consulted", who.Agency)
		}
		o := asked[0]
		o.By, o.ByName, o.At = who.ID, who.Name, now
		if err := say(q, r, &o); err != nil {
			return err
		}
		if err := setOpinion(ctx, q, r.ID, o); err != nil {
			return err
		}
		if err := s.Sources.Answered(ctx, q, r, who.Agency); err != nil {
			return err
		}
		return s.note(ctx, q, who, r, event, "", map[string]string{"agency": who.Agency, "verdict": string(o.Verdict)})
	})
}

// Answer says whether a comment is taken into the draft; one that is not needs the reason.
func (s *Service) Answer(ctx context.Context, ref Ref, id string, verdict Verdict, text string) (*Release, error) {
	text = vitext.NFC(strings.TrimSpace(text))
	return s.alter(ctx, ref, access.ReleasePrepare, "release.answer", text, func(q controldb.Querier, who access.Actor, r *Release) error {
		if r.State != Consultation && r.State != Reviewing {
			return fault.New(fault.Conflict, "release.not_editable", r.State)
		}
		c, err := findComment(ctx, q, r.ID, id)
		if err != nil {
			return err
		}
		switch {
		case verdict != Accepted && verdict != Rejected:
			return fault.New(fault.Invalid, "release.verdict_missing").At("verdict")
		case verdict == Rejected && text == "":
			return fault.New(fault.Invalid, "release.answer_missing").At("answer")
		}
		c.Verdict, c.Answer, c.AnsweredBy, c.AnsweredName, c.AnsweredAt = verdict, text, who.ID, who.Name, s.Clock.Now()
		r.hand(who.ID)
		return answerComment(ctx, q, r.ID, c)
	})
}
