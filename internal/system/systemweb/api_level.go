package systemweb

import (
	"bytes"
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/system"
	"lienthong/internal/web"
)

// levelOperations are those of security levels, statuses, plans and the import.
func (p *Pages) levelOperations(api *web.API, spec func(id, method, path string, need access.Permission, summary string) web.OpSpec, created func(web.OpSpec) web.OpSpec) {
	large := func(s web.OpSpec) web.OpSpec { // a file comes as base64, a third longer
		s.MaxBody = uploadRoom * 4 / 3
		return s
	}
	web.Op(api, spec("levels", http.MethodGet, "/{id}/levels", access.SystemRead, "Dossiers of a system's security level, newest first; its own agency and the operator see them"), p.opLevels)
	web.Op(api, large(created(spec("level-propose", http.MethodPost, "/{id}/levels", access.SystemRegister, "Propose a security level or a temporary exception (Điều 26.2a)"))), p.opProposeLevel)
	web.Op(api, large(spec("level-record", http.MethodPost, "/{id}/levels/{lid}/record", access.SystemLevel, "Record what the authority decided on a dossier; whoever proposed it may not")), p.opRecordLevel)
	web.Op(api, spec("level-return", http.MethodPost, "/{id}/levels/{lid}/return", access.SystemLevel, "Give a dossier back with what is missing"), p.opReturnLevel)
	web.Op(api, spec("level-withdraw", http.MethodPost, "/{id}/levels/{lid}/withdraw", access.SystemRegister, "Take a dossier back"), p.opWithdrawLevel)
	web.Op(api, spec("plan", http.MethodPut, "/{id}/plan", access.SystemRegister, "Say by when and how a system will be connected; its own agency does (Điều 8.6b)"), p.opPlan)
	web.Op(api, spec("progress", http.MethodGet, "/progress", access.SystemRead, "How many systems had which status by day, as traffic showed it (Điều 8.3a)"), p.opProgress)
	api.Describe(web.RawSpec{OpSpec: web.OpSpec{ID: "system-import", Method: http.MethodPost, Path: "/systems/import", Permission: access.SystemRegister, Tag: "system",
		Summary: "Add or change systems from a CSV or XLSX file, all or none"}, Body: []string{"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}, Answer: "application/json"})
}

// FileIn is an attached file as other programs send it; exported because embedded fields are described only then.
type FileIn struct {
	Name    string `json:"name" maxLength:"200"`
	Content []byte `json:"content" doc:"A PDF of at most 20 MB"`
}

func (f *FileIn) attached() (*system.Attached, error) {
	if f == nil {
		return nil, nil //nolint:nilnil // no file is no fault here
	}
	return system.ReadAttached(f.Name, bytes.NewReader(f.Content))
}

type levelsOut struct {
	Body struct {
		Levels []*system.Dossier `json:"levels"`
	}
}

func (p *Pages) opLevels(ctx context.Context, in *idIn) (*levelsOut, error) {
	list, err := p.systems.Dossiers(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out levelsOut
	out.Body.Levels = append([]*system.Dossier{}, list...)
	return &out, nil
}

type proposeIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Kind          string  `json:"kind,omitempty" enum:"approval,exception" default:"approval"`
		Level         int     `json:"level" minimum:"1" maximum:"5"`
		Number        string  `json:"number" maxLength:"200" doc:"Number of the dossier"`
		Justification string  `json:"justification" maxLength:"4000"`
		Measures      string  `json:"measures,omitempty" maxLength:"4000" doc:"Of an exception: what is done instead"`
		File          *FileIn `json:"file,omitempty" doc:"The dossier itself"`
	}
}

type levelOut struct{ Body *system.Dossier }

func (p *Pages) opProposeLevel(ctx context.Context, in *proposeIn) (*levelOut, error) {
	file, err := in.Body.File.attached()
	if err != nil {
		return nil, err
	}
	kind := system.DossierKind(in.Body.Kind)
	if kind == "" {
		kind = system.ForApproval
	}
	return dossierAnswer(p.systems.ProposeLevel(ctx, in.ID, system.Dossier{
		Kind: kind, Level: in.Body.Level, Number: in.Body.Number, Justification: in.Body.Justification, Measures: in.Body.Measures,
	}, file))
}

func dossierAnswer(d *system.Dossier, err error) (*levelOut, error) {
	if err != nil {
		return nil, err
	}
	return &levelOut{d}, nil
}

type recordIn struct {
	ID      string `path:"id" maxLength:"40"`
	Dossier string `path:"lid" maxLength:"64"`
	Body    struct {
		Level     int     `json:"level,omitempty" maximum:"5" doc:"As proposed when absent"`
		Authority string  `json:"authority" maxLength:"200" doc:"Who decided"`
		Decision  string  `json:"decision" maxLength:"200" doc:"Number of the decision"`
		DecidedAt string  `json:"decided_at" maxLength:"40" doc:"Day of the decision (2026-11-24)"`
		ValidTo   string  `json:"valid_to" maxLength:"40" doc:"Day (in Viet Nam) or moment (RFC 3339) from which it counts no more; an exception lasts 90 days at most"`
		ReviewAt  string  `json:"review_at,omitempty" maxLength:"40" doc:"Day of the next review"`
		CheckedAt string  `json:"checked_at,omitempty" maxLength:"40" doc:"Day of the last security check"`
		File      *FileIn `json:"file,omitempty" doc:"The decision; without it the record is refused"`
	}
}

func (p *Pages) opRecordLevel(ctx context.Context, in *recordIn) (*levelOut, error) {
	b := in.Body
	d, err := decisionOf(b.Level, b.Authority, b.Decision, b.DecidedAt, b.ValidTo, b.ReviewAt, b.CheckedAt)
	if err != nil {
		return nil, err
	}
	file, err := b.File.attached()
	if err != nil {
		return nil, err
	}
	return dossierAnswer(p.systems.RecordLevel(ctx, in.ID, in.Dossier, d, file))
}

type returnIn struct {
	ID      string `path:"id" maxLength:"40"`
	Dossier string `path:"lid" maxLength:"64"`
	Body    struct {
		Reason string `json:"reason" maxLength:"1000" doc:"What is missing; at least 10 characters"`
	}
}

func (p *Pages) opReturnLevel(ctx context.Context, in *returnIn) (*levelOut, error) {
	return dossierAnswer(p.systems.ReturnLevel(ctx, in.ID, in.Dossier, in.Body.Reason))
}

type dossierIn struct {
	ID      string `path:"id" maxLength:"40"`
	Dossier string `path:"lid" maxLength:"64"`
}

func (p *Pages) opWithdrawLevel(ctx context.Context, in *dossierIn) (*levelOut, error) {
	return dossierAnswer(p.systems.WithdrawLevel(ctx, in.ID, in.Dossier))
}

type planIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Target    string `json:"target" maxLength:"40" doc:"Day by which it will be connected (2027-03-31)"`
		Steps     string `json:"steps" maxLength:"4000"`
		Obstacles string `json:"obstacles,omitempty" maxLength:"4000"`
		Revision  int64  `json:"revision,omitempty" doc:"Of the plan that this one replaces"`
	}
}

type planOut struct{ Body *system.Plan }

func (p *Pages) opPlan(ctx context.Context, in *planIn) (*planOut, error) {
	to, wrong := day("target", in.Body.Target)
	if err := fault.Collect(wrong); err != nil {
		return nil, err
	}
	plan, err := p.systems.SetPlan(ctx, in.ID, system.Plan{TargetAt: to, Steps: in.Body.Steps, Obstacles: in.Body.Obstacles, Revision: in.Body.Revision})
	if err != nil {
		return nil, err
	}
	return &planOut{plan}, nil
}

type progressIn struct {
	All  bool `query:"all" doc:"All systems, not those of the mandatory list alone"`
	Days int  `query:"days" minimum:"1" maximum:"400" default:"90"`
}

type progressOut struct {
	Body struct {
		Days []system.DayCount `json:"days"`
	}
}

func (p *Pages) opProgress(ctx context.Context, in *progressIn) (*progressOut, error) {
	days, err := p.systems.Progress(ctx, !in.All, in.Days)
	if err != nil {
		return nil, err
	}
	var out progressOut
	out.Body.Days = append([]system.DayCount{}, days...)
	return &out, nil
}
