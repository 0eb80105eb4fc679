package releaseweb

import (
	"context"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/release"
)

// day reads a date of a call; an empty one is none, which the service judges.
func day(text, field string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, i18n.Zone)
	if err != nil {
		return at, fault.New(fault.Invalid, "release.day_form", text).At(field)
	}
	return at, nil
}

// changed answers a step with the release as it then is.
func (p *Pages) changed(ctx context.Context, r *release.Release, err error) (*oneOut, error) {
	if err != nil {
		return nil, err
	}
	if r.State == release.Discarded {
		return &oneOut{release.View{Release: *r, Standing: release.NotIssued, Files: []release.File{}}}, nil
	}
	v, err := p.Releases.Find(ctx, r.List, r.Number)
	if err != nil {
		return nil, err
	}
	return &oneOut{v}, nil
}

func (p *Pages) opOpen(ctx context.Context, in *ListIn) (*oneOut, error) {
	r, err := p.Releases.Open(ctx, release.List(in.List))
	return p.changed(ctx, r, err)
}

// Seen is the revision that the caller saw; exported because embedded fields are described only then.
type Seen struct {
	Revision int64 `json:"revision,omitempty" minimum:"0" doc:"Revision that the caller saw; the call is refused when it has changed. Absent: whatever it is now"`
}

type seenIn struct {
	Address
	Body Seen
}

func (p *Pages) opCollect(ctx context.Context, in *seenIn) (*oneOut, error) {
	r, err := p.Releases.Collect(ctx, in.ref(in.Body.Revision))
	return p.changed(ctx, r, err)
}

type leaveOutIn struct {
	Address
	Body struct {
		Seen
		Subject string `json:"subject" maxLength:"200"`
		Reason  string `json:"reason" maxLength:"1000"`
	}
}

func (p *Pages) opLeaveOut(ctx context.Context, in *leaveOutIn) (*oneOut, error) {
	r, err := p.Releases.LeaveOut(ctx, in.ref(in.Body.Revision), in.Body.Subject, in.Body.Reason)
	return p.changed(ctx, r, err)
}

type takeInIn struct {
	Address
	Body struct {
		Seen
		Subject string `json:"subject" maxLength:"200"`
	}
}

func (p *Pages) opTakeIn(ctx context.Context, in *takeInIn) (*oneOut, error) {
	r, err := p.Releases.TakeIn(ctx, in.ref(in.Body.Revision), in.Body.Subject)
	return p.changed(ctx, r, err)
}

type consultIn struct {
	Address
	Body struct {
		Seen
		Deadline string `json:"deadline" doc:"Last day of the consultation, YYYY-MM-DD" example:"2026-12-15"`
	}
}

func (p *Pages) opConsult(ctx context.Context, in *consultIn) (*oneOut, error) {
	until, err := day(in.Body.Deadline, "deadline")
	if err != nil {
		return nil, err
	}
	r, err := p.Releases.Consult(ctx, in.ref(in.Body.Revision), until)
	return p.changed(ctx, r, err)
}

func (p *Pages) opAgree(ctx context.Context, in *Address) (*struct{}, error) {
	return nil, p.Releases.Agree(ctx, in.ref(0))
}

type commentIn struct {
	Address
	Body struct {
		Subject string `json:"subject,omitempty" maxLength:"200" doc:"Entry that it concerns; absent for the draft as a whole"`
		Text    string `json:"text" maxLength:"4000" doc:"At least 10 characters"`
	}
}

type commentOut struct{ Body release.Comment }

func (p *Pages) opComment(ctx context.Context, in *commentIn) (*commentOut, error) {
	c, err := p.Releases.Comment(ctx, in.ref(0), in.Body.Subject, in.Body.Text)
	if err != nil {
		return nil, err
	}
	return &commentOut{c}, nil
}

type answerIn struct {
	Address
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Seen
		Verdict string `json:"verdict" enum:"accepted,rejected"`
		Answer  string `json:"answer,omitempty" maxLength:"4000" doc:"The reason when it is not accepted"`
	}
}

func (p *Pages) opAnswer(ctx context.Context, in *answerIn) (*oneOut, error) {
	r, err := p.Releases.Answer(ctx, in.ref(in.Body.Revision), in.ID, release.Verdict(in.Body.Verdict), in.Body.Answer)
	return p.changed(ctx, r, err)
}

type reasonIn struct {
	Address
	Body struct {
		Seen
		Reason string `json:"reason,omitempty" maxLength:"1000"`
	}
}

func (p *Pages) opClose(ctx context.Context, in *reasonIn) (*oneOut, error) {
	r, err := p.Releases.Close(ctx, in.ref(in.Body.Revision), in.Body.Reason)
	return p.changed(ctx, r, err)
}

func (p *Pages) opReopen(ctx context.Context, in *reasonIn) (*oneOut, error) {
	r, err := p.Releases.Reopen(ctx, in.ref(in.Body.Revision), in.Body.Reason)
	return p.changed(ctx, r, err)
}

func (p *Pages) opDiscard(ctx context.Context, in *reasonIn) (*oneOut, error) {
	r, err := p.Releases.Discard(ctx, in.ref(in.Body.Revision), in.Body.Reason)
	return p.changed(ctx, r, err)
}

func (p *Pages) opApprove(ctx context.Context, in *seenIn) (*oneOut, error) {
	r, err := p.Releases.Approve(ctx, in.ref(in.Body.Revision))
	return p.changed(ctx, r, err)
}

type recordIn struct {
	Address
	Body struct {
		Seen
		Number    string `json:"number" maxLength:"60" example:"88/QĐ-UBND"`
		Date      string `json:"date" doc:"Day of the decision, YYYY-MM-DD"`
		Effective string `json:"effective" doc:"Day from which the list is in force, YYYY-MM-DD"`
		Signer    string `json:"signer" maxLength:"200" doc:"Title and name"`
		FileName  string `json:"file_name,omitempty" maxLength:"200"`
		File      []byte `json:"file" doc:"The signed decision, a PDF, as base64"`
	}
}

func (p *Pages) opRecord(ctx context.Context, in *recordIn) (*oneOut, error) {
	date, wrongDate := day(in.Body.Date, "date")
	effective, wrongEffective := day(in.Body.Effective, "effective")
	if err := fault.Collect(faultsOf(wrongDate, wrongEffective)...); err != nil {
		return nil, err
	}
	d := release.Decision{Number: in.Body.Number, Date: date, Effective: effective, Signer: in.Body.Signer}
	r, err := p.Releases.Record(ctx, in.ref(in.Body.Revision), d, release.Signed{Name: in.Body.FileName, Content: in.Body.File})
	return p.changed(ctx, r, err)
}

// faultsOf keeps the refusals among errors.
func faultsOf(errs ...error) []*fault.Fault {
	var out []*fault.Fault
	for _, err := range errs {
		if err != nil {
			out = append(out, fault.Of(err))
		}
	}
	return out
}
