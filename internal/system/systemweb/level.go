package systemweb

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// levelForm is a dossier or a decision as a person types it.
type levelForm struct {
	Kind          string `form:"kind"`
	Level         int    `form:"level"`
	Number        string `form:"number"`
	Justification string `form:"justification"`
	Measures      string `form:"measures"`
	Authority     string `form:"authority"`
	Decision      string `form:"decision"`
	DecidedAt     string `form:"decided_at"`
	ReviewAt      string `form:"review_at"`
	CheckedAt     string `form:"checked_at"`

	file *system.Attached
}

// uploadRoom is the largest form with a file.
const uploadRoom = system.MaxPaper + 1<<20

// levelActs are the steps of a security level: proposed by the owner, dealt with by the operator.
func (p *Pages) levelActs() []act {
	const one = "/system/{id}/level/{lid}"
	return []act{
		{pattern: "/system/{id}/level", permission: access.SystemRegister, key: "system.level_propose", icon: ui.IconSend, anchor: "#levels", upload: true, begin: p.beginLevel, fields: proposalFields, do: p.proposeLevel},
		{pattern: one + "/record", permission: access.SystemLevel, key: "system.level_record", icon: ui.IconDecision, anchor: "#levels", upload: true, begin: p.beginDecision, fields: decisionFields, do: p.recordLevel},
		{pattern: one + "/return", permission: access.SystemLevel, key: "system.level_return", icon: ui.IconBack, anchor: "#levels", begin: p.beginReturn, fields: reasonField, do: p.returnLevel},
		{pattern: one + "/withdraw", permission: access.SystemRegister, key: "system.level_withdraw", icon: ui.IconStopped, anchor: "#levels", danger: true, begin: p.beginReturn, fields: noFields, do: p.withdrawLevel},
		{pattern: "/system/{id}/plan", permission: access.SystemRegister, key: "system.plan", icon: ui.IconDeadline, anchor: "#plan", begin: p.beginPlan, hidden: planRevision, fields: planFields, do: p.setPlan},
	}
}

// beginLevel proposes what is in force now.
func (p *Pages) beginLevel(_ context.Context, r *http.Request, s *system.System) (actForm, []ui.Pair, error) {
	return actForm{levelForm: levelForm{Kind: string(system.ForApproval), Level: s.Level}}, p.levelFacts(p.shell.T(r), s), nil
}

func (p *Pages) beginReturn(ctx context.Context, r *http.Request, s *system.System) (actForm, []ui.Pair, error) {
	d, err := p.systems.FindDossier(ctx, s.ID, r.PathValue("lid"))
	if err != nil {
		return actForm{}, nil, err
	}
	return actForm{}, p.dossierFacts(p.shell.T(r), d), nil
}

// beginDecision proposes the level as it was proposed.
func (p *Pages) beginDecision(ctx context.Context, r *http.Request, s *system.System) (actForm, []ui.Pair, error) {
	d, err := p.systems.FindDossier(ctx, s.ID, r.PathValue("lid"))
	if err != nil {
		return actForm{}, nil, err
	}
	if d.State != system.Proposed {
		return actForm{}, nil, fault.New(fault.Conflict, "system.level_ended", d.Number)
	}
	return actForm{levelForm: levelForm{Kind: string(d.Kind), Level: d.Level}}, p.dossierFacts(p.shell.T(r), d), nil
}

// dossierFacts are what a dossier says, for whoever decides on it.
func (p *Pages) dossierFacts(t ui.T, d *system.Dossier) []ui.Pair {
	pairs := []ui.Pair{
		{Name: t("system.level_kind_field"), Text: t("system.level_kind." + string(d.Kind))},
		{Name: t("system.level_proposed"), Text: t("system.level_n", d.Level)},
		{Name: t("system.level_number_field"), Text: d.Number, Value: p.paperLink(t, d, d.File, "dossier", d.Number)},
		{Name: t("system.level_by"), Value: ui.Two(d.ProposedName, i18n.DateTime(d.ProposedAt))},
		{Name: t("system.level_why"), Text: d.Justification},
	}
	if d.Measures != "" {
		pairs = append(pairs, ui.Pair{Name: t("system.level_measures_field"), Text: d.Measures})
	}
	return pairs
}

// paperLink leads to a file of a dossier; nil when there is none.
func (p *Pages) paperLink(t ui.T, d *system.Dossier, file *system.Paper, which, label string) templ.Component {
	if file == nil {
		return nil
	}
	return ui.Stack(ui.Link(label, path(d.System)+"/level/"+d.ID+"/file/"+which), ui.Muted(t("system.file_about", file.Name, (file.Size+1023)>>10)))
}

func levelChoice(t ui.T, f actForm, errs ui.FormErrors) ui.Choice {
	level := ui.Choice{Field: ui.Field{Name: "level", Label: t("system.level"), Error: errs.Of("level"), Required: true}}
	for n := 1; n <= 5; n++ {
		level.Options = append(level.Options, ui.Option{Value: strconv.Itoa(n), Label: t("system.level_n", n), On: f.Level == n})
	}
	return level
}

func fileField(t ui.T, label, hint string, errs ui.FormErrors, required bool) templ.Component {
	return ui.FileInput(ui.FileChoice{
		Field: ui.Field{Name: "file", Label: t(label), Hint: t(hint), Error: errs.Of("file"), Required: required, Optional: !required}, Accept: ".pdf,application/pdf", MaxText: strconv.Itoa(system.MaxPaper>>20) + " MB",
	})
}

func proposalFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	kind := ui.Choice{Field: ui.Field{Name: "kind", Label: t("system.level_kind_field"), Error: errs.Of("kind"), Required: true}}
	for _, k := range []system.DossierKind{system.ForApproval, system.ForException} {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: t("system.level_kind." + string(k)), Hint: t("system.level_kind_hint." + string(k)), On: f.Kind == string(k)})
	}
	return []templ.Component{
		ui.Radios(kind), ui.Radios(levelChoice(t, f, errs)),
		ui.Input(ui.Field{Name: "number", Label: t("system.level_number_field"), Hint: t("system.level_number_hint"), Value: f.Number, Error: errs.Of("number"), Required: true, MaxLength: 200}),
		ui.Textarea(ui.Field{Name: "justification", Label: t("system.level_why"), Hint: t("system.level_why_hint"), Value: f.Justification, Error: errs.Of("justification"), Required: true, Rows: 4, MaxLength: 4000}),
		ui.Textarea(ui.Field{Name: "measures", Label: t("system.level_measures_field"), Hint: t("system.level_measures_hint"), Value: f.Measures, Error: errs.Of("measures"), Rows: 3, MaxLength: 4000}),
		fileField(t, "system.level_dossier_file", "system.level_file_hint", errs, false),
	}
}

func decisionFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	date := func(name, label, hint, value string, required bool) templ.Component {
		field := ui.Field{Name: name, Label: t(label), Value: value, Error: errs.Of(name), Required: required, Optional: !required, Type: "date"}
		if hint != "" {
			field.Hint = t(hint)
		}
		return ui.Input(field)
	}
	toHint := "system.to_hint"
	if f.Kind == string(system.ForException) {
		toHint = "system.exception_to_hint"
	}
	return []templ.Component{
		ui.Radios(levelChoice(t, f, errs)),
		ui.Input(ui.Field{Name: "authority", Label: t("system.level_authority_field"), Hint: t("system.level_authority_hint"), Value: f.Authority, Error: errs.Of("authority"), Required: true, MaxLength: 200}),
		ui.Input(ui.Field{Name: "decision", Label: t("system.level_decision"), Value: f.Decision, Error: errs.Of("decision"), Required: true, MaxLength: 200}),
		date("decided_at", "system.level_decided", "", f.DecidedAt, true),
		date("valid_to", "system.level_to", toHint, f.ValidTo, true),
		date("review_at", "system.level_review", "system.level_review_hint", f.ReviewAt, false),
		date("checked_at", "system.checked", "system.checked_hint", f.CheckedAt, false),
		fileField(t, "system.level_decision_file", "system.level_file_hint", errs, true),
	}
}

func (p *Pages) proposeLevel(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	in := system.Dossier{Kind: system.DossierKind(f.Kind), Level: f.Level, Number: f.Number, Justification: f.Justification, Measures: f.Measures}
	_, err := p.systems.ProposeLevel(ctx, r.PathValue("id"), in, f.file)
	return nil, err
}

func (p *Pages) recordLevel(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	in, err := decisionOf(f.Level, f.Authority, f.Decision, f.DecidedAt, f.ValidTo, f.ReviewAt, f.CheckedAt)
	if err == nil {
		_, err = p.systems.RecordLevel(ctx, r.PathValue("id"), r.PathValue("lid"), in, f.file)
	}
	return nil, err
}

// decisionOf reads the days of a decision.
func decisionOf(level int, authority, number, decidedAt, validTo, reviewAt, checkedAt string) (system.LevelDecision, error) {
	d := system.LevelDecision{Level: level, Authority: authority, Number: number}
	var wrong [4]*fault.Fault
	d.DecidedAt, wrong[0] = day("decided_at", decidedAt)
	d.ValidTo, wrong[1] = day("valid_to", validTo)
	d.ReviewAt, wrong[2] = day("review_at", reviewAt)
	d.CheckedAt, wrong[3] = day("checked_at", checkedAt)
	return d, fault.Collect(wrong[:]...)
}

func (p *Pages) returnLevel(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	_, err := p.systems.ReturnLevel(ctx, r.PathValue("id"), r.PathValue("lid"), f.Reason)
	return nil, err
}

func (p *Pages) withdrawLevel(ctx context.Context, r *http.Request, _ actForm) (*system.Issued, error) {
	_, err := p.systems.WithdrawLevel(ctx, r.PathValue("id"), r.PathValue("lid"))
	return nil, err
}

// paperFile gives a file of a dossier out. It is a download: what people attached is never shown as a page of ours.
func (p *Pages) paperFile(w http.ResponseWriter, r *http.Request) error {
	file, content, err := p.systems.OpenPaper(r.Context(), r.PathValue("id"), r.PathValue("lid"), r.PathValue("which"))
	if err != nil {
		return err
	}
	defer content.Close()
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("id")+"-"+r.PathValue("which")+`.pdf"`)
	w.Header().Set("Content-Length", strconv.FormatInt(file.Size, 10))
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = io.Copy(w, content)
	return err
}

// levelRoutes are those of the screen of levels and of files.
func (p *Pages) levelRoutes() []web.Route {
	return []web.Route{
		web.Get("/system/level", access.SystemRead, p.listLevels).InMenu(web.Nav{Group: web.GroupSupervise, LabelKey: "system.levels", Icon: ui.IconLocked, Order: 60}),
		web.Get("/system/{id}/level/{lid}/file/{which}", access.SystemRead, p.paperFile),
	}
}
