package connectionweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// pageStep is a form of the request's page: its verb, the actions it stands for, and the use case behind it.
type pageStep struct {
	verb       string
	permission access.Permission
	actions    []connection.Action
	do         func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error
}

// actForm is what the forms of all steps send; each step reads its own part.
type actForm struct {
	Revision       int64    `form:"revision"`
	Comment        string   `form:"comment"`
	DocumentNumber string   `form:"document_number"`
	DocumentTitle  string   `form:"document_title"`
	Attest         bool     `form:"attest"`
	Missing        string   `form:"missing_items"`
	Questions      string   `form:"questions"`
	Stand          string   `form:"stand"`
	Exclude        []string `form:"exclude_fields"`
	Limits         string   `form:"limits"`
	Citation       string   `form:"legal_citation"`
	DecisionNumber string   `form:"decision_number"`
	DecisionTitle  string   `form:"decision_title"`
	Version        int64    `form:"version"`
	OK             bool     `form:"ok"`
	ReasonClass    string   `form:"reason_class"`
	ExpectedEnd    string   `form:"expected_end"`
	orderForm

	scopeForm
	parametersForm

	values url.Values
}

type scopeForm struct {
	Columns         []string `form:"columns"`
	Purposes        []string `form:"purposes"`
	Levels          []string `form:"levels"`
	Roles           []string `form:"roles"`
	Rows            string   `form:"rows"`
	Operations      []string `form:"operations"`
	CallsPerMinute  int64    `form:"calls_per_minute"`
	CallsPerDay     int64    `form:"calls_per_day"`
	RecordsPerCall  int64    `form:"records_per_call"`
	RecordsPerDay   int64    `form:"records_per_day"`
	PersonsPerDay   int64    `form:"persons_per_day"`
	Addresses       string   `form:"source_addresses"`
	CaseRequired    bool     `form:"case_required"`
	OfficerRequired bool     `form:"officer_required"`
	From            string   `form:"valid_from"`
	To              string   `form:"valid_to"`
}

type parametersForm struct {
	Timeout   int64  `form:"timeout_ms"`
	Retries   int64  `form:"retries"`
	Cache     int64  `form:"cache_seconds"`
	PageSize  int64  `form:"page_size"`
	TestCalls int64  `form:"test_calls"`
	MaxP95    int64  `form:"max_p95_ms"`
	Schedule  string `form:"schedule"`
}

func (f actForm) input() connection.Input {
	in := connection.Input{
		Revision: f.Revision, Comment: f.Comment, Attest: f.Attest, Missing: lines(f.Missing), Questions: f.Questions, Citation: f.Citation,
		Opinion:  connection.Opinion{Stand: connection.Stand(f.Stand), Exclude: f.Exclude, Limits: f.Limits, Citation: f.Citation},
		Decision: connection.Document{Number: f.DecisionNumber, Title: f.DecisionTitle}, Reviewed: f.Version, OK: f.OK,
		ReasonClass: f.ReasonClass, ExpectedEnd: connection.Day(f.ExpectedEnd), Hours: f.hours(),
	}
	if f.DocumentNumber != "" || f.DocumentTitle != "" {
		in.Documents = []connection.Document{{Number: f.DocumentNumber, Title: f.DocumentTitle}}
	}
	return in
}

// checklist reads the appraisal form: item.<item>, note.<item>, needed.<field>, mask.<field>, note.<field>.
func (f actForm) checklist() connection.Checklist {
	c := connection.Checklist{Items: map[connection.Item]connection.Finding{}, Fields: map[string]connection.Necessity{}}
	for _, item := range connection.Items() {
		if a := f.values.Get(string(item)); a != "" {
			c.Items[item] = connection.Finding{Answer: connection.Answer(a), Comment: clean(f.values.Get("note." + string(item)))}
		}
	}
	for _, name := range f.values["field"] {
		c.Fields[name] = connection.Necessity{
			Needed: f.values.Get("needed."+name) != "", Mask: access.MaskKind(f.values.Get("mask." + name)), Comment: clean(f.values.Get("note." + name)),
		}
	}
	return c
}

func (f actForm) scope() *connection.Scope {
	s := &connection.Scope{
		Purposes: f.Purposes, Roles: rolesOf(f.Roles), Rows: rowRules(f.Rows), Operations: f.Operations, CallsPerMinute: f.CallsPerMinute, CallsPerDay: f.CallsPerDay, RecordsPerCall: f.RecordsPerCall,
		RecordsPerDay: f.RecordsPerDay, PersonsPerDay: f.PersonsPerDay, Addresses: lines(f.Addresses), CaseRequired: f.CaseRequired,
		OfficerRequired: f.OfficerRequired, From: connection.Day(f.From), To: connection.Day(f.To),
	}
	for _, l := range f.Levels {
		s.Levels = append(s.Levels, access.Level(l))
	}
	for _, name := range f.Columns {
		c := access.Column{Name: name, Mask: access.MaskKind(f.values.Get("mask." + name)), As: clean(f.values.Get("as." + name)), Reveal: f.values.Get("reveal."+name) != ""}
		if c.Mask == access.MaskYesNo {
			text, not := strings.CutPrefix(clean(f.values.Get("values."+name)), "!")
			c.Values, c.Not = items(text), not
		}
		s.Columns = append(s.Columns, c)
	}
	return s
}

// parameters laid over those in force; zero fields of the form are what the user typed.
func (f actForm) parameters(now connection.Parameters) *connection.Parameters {
	now.TimeoutMillis, now.Retries, now.CacheSeconds, now.PageSize = f.Timeout, f.Retries, f.Cache, f.PageSize
	now.TestCalls, now.MaxP95Millis, now.Schedule = f.TestCalls, f.MaxP95, f.Schedule
	return &now
}

func clean(s string) string { return strings.TrimSpace(s) }

// lines are the non-empty lines of a text.
func lines(s string) []string { return split(s, "\n") }

// items are the values between commas.
func items(s string) []string { return split(s, ",") }

func split(s, sep string) []string {
	var out []string
	for part := range strings.SplitSeq(s, sep) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// rowRules reads "column = value, value", one rule a line.
func rowRules(s string) []access.RowRule {
	var out []access.RowRule
	for _, line := range lines(s) {
		column, values, _ := strings.Cut(line, "=")
		out = append(out, access.RowRule{Column: strings.TrimSpace(column), In: items(values)})
	}
	return out
}

func rowText(rules []access.RowRule) string {
	var out []string
	for _, r := range rules {
		out = append(out, r.Column+" = "+strings.Join(r.In, ", "))
	}
	return strings.Join(out, "\n")
}

type useCase func(context.Context, connection.ID, connection.Input) (*connection.Request, error)

// simple is a step whose form has nothing of its own.
func simple(verb string, p access.Permission, take useCase, actions ...connection.Action) pageStep {
	return pageStep{verb, p, actions, func(ctx context.Context, id connection.ID, _ actForm, in connection.Input) error {
		_, err := take(ctx, id, in)
		return err
	}}
}

func (p *Pages) steps() []pageStep {
	s := p.connections
	return slices.Concat([]pageStep{
		simple("submit", access.ConnectionDraft, s.Submit, connection.ActSubmit, connection.ActResubmit),
		simple("withdraw", access.ConnectionDraft, s.Withdraw, connection.ActWithdraw),
		simple("return", access.ConnectionAppr, s.Return, connection.ActReturn),
		simple("start-appraisal", access.ConnectionAppr, s.StartAppraisal, connection.ActStartAppraisal),
		{"appraise", access.ConnectionAppr, []connection.Action{connection.ActAppraise}, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			in.Checklist = f.checklist()
			_, err := s.Appraise(ctx, id, in)
			return err
		}},
		simple("ask-owner", access.ConnectionAppr, s.AskOwner, connection.ActAskOwner),
		simple("opinion", access.ConnectionOpinion, s.GiveOpinion, connection.ActGiveOpinion),
		simple("deem-agreed", access.ConnectionAppr, s.DeemAgreed, connection.ActDeemAgreed),
		{"approve", access.ConnectionApprove, []connection.Action{connection.ActApprove, connection.ActApproveDecided}, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			in.Scope = f.scope()
			_, err := s.Approve(ctx, id, in)
			return err
		}},
		simple("reject", access.ConnectionApprove, s.Reject, connection.ActReject, connection.ActRejectDecided),
		simple("escalate", access.ConnectionAppr, s.Escalate, connection.ActEscalate),
	}, p.shortenedSteps(), p.setUpSteps(), p.liveSteps())
}

func (p *Pages) setUpSteps() []pageStep {
	s := p.connections
	return []pageStep{
		{"reconfigure", access.ConnectionSetUp, []connection.Action{connection.ActReconfigure}, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			v, err := s.Find(ctx, id)
			if err != nil {
				return err
			}
			if len(v.Configs) > 0 {
				in.Parameters = f.parameters(v.Configs[len(v.Configs)-1].Parameters)
			}
			_, err = s.Reconfigure(ctx, id, in)
			return err
		}},
		{"rollback", access.ConnectionSetUp, nil, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			_, err := s.Rollback(ctx, id, f.Version, in)
			return err
		}},
		simple("review", access.ConnectionReview, s.Review, connection.ActReview),
		simple("start-testing", access.ConnectionSetUp, s.StartTesting, connection.ActStartTesting),
		{"test", access.ConnectionTest, []connection.Action{connection.ActRecordRun}, func(ctx context.Context, id connection.ID, _ actForm, _ connection.Input) error {
			_, _, err := p.test.Run(ctx, id)
			return err
		}},
		simple("pass-testing", access.ConnectionTest, s.PassTesting, connection.ActPassTesting),
		simple("fail-testing", access.ConnectionTest, s.FailTesting, connection.ActFailTesting),
	}
}

func (p *Pages) liveSteps() []pageStep {
	s := p.connections
	confirm := func(side connection.Side) useCase {
		return func(ctx context.Context, id connection.ID, in connection.Input) (*connection.Request, error) {
			return s.Confirm(ctx, id, side, in)
		}
	}
	return []pageStep{
		simple("confirm-operator", access.ConnectionAccept, confirm(connection.Operator), connection.ActConfirmOperator),
		simple("confirm-owner", access.ConnectionAccept, confirm(connection.Owner), connection.ActConfirmOwner),
		simple("confirm-requester", access.ConnectionAccept, confirm(connection.Requester), connection.ActConfirmConsumer),
		simple("go-live", access.ConnectionAccept, s.GoLive, connection.ActGoLive),
		simple("retest", access.ConnectionAccept, s.Retest, connection.ActRetest),
		simple("ask-suspend", access.ConnectionOpinion, s.AskSuspend, connection.ActAskSuspend),
		simple("suspend", access.ConnectionSuspend, s.Suspend, connection.ActSuspend),
		simple("resume", access.ConnectionSuspend, s.Resume, connection.ActResume),
		simple("terminate", access.ConnectionRead, s.Terminate, connection.ActTerminate, connection.ActEndOwn),
	}
}

// readForm decodes the form of a step and keeps what was typed.
func readForm(r *http.Request) (actForm, error) {
	var f actForm
	err := web.Decode(r, &f)
	f.values = r.Form
	return f, err
}

// take is the handler of a step: decode, one call, back to the request; refused, the page again with what was typed.
func (p *Pages) take(s pageStep) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := connection.ID(r.PathValue("id"))
		f, err := readForm(r)
		if err == nil {
			err = s.do(r.Context(), id, f, f.input())
		}
		if err == nil {
			http.Redirect(w, r, path(id), http.StatusSeeOther)
			return nil
		}
		return p.refuse(w, r, id, s.verb, f, err)
	}
}

func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, id connection.ID, verb string, f actForm, err error) error {
	errs, shown := p.shell.Refused(r, err)
	if !shown {
		return err
	}
	if verb == "submit" {
		errs = elsewhere(p.shell.T(r), path(id)+"/edit", errs)
	}
	return p.renderStep(w, r, id, typed{verb: verb, values: f.values, errors: errs})
}

// elsewhere leads from what a submission lacks to its fields, which stand on the page of the need; there each says its name.
func elsewhere(t ui.T, page string, errs ui.FormErrors) ui.FormErrors {
	labels := needLabels()
	for i, e := range errs.Items {
		if label, known := labels[e.Field]; known {
			errs.Items[i].Path, errs.Items[i].Text = page, t(label)+": "+e.Text
		}
	}
	return errs
}

// typed is a refused form with its errors; its zero value is a page that was asked for.
type typed struct {
	verb   string
	values url.Values
	errors ui.FormErrors
}

func path(id connection.ID) string { return "/connections/" + string(id) }

// provision says who picks the credential's secret up, and where.
func (p *Pages) provision(w http.ResponseWriter, r *http.Request) error {
	id := connection.ID(r.PathValue("id"))
	f, err := readForm(r)
	if err != nil {
		return p.refuse(w, r, id, "provision", f, err)
	}
	granted, err := p.grant.Run(r.Context(), id, f.input())
	if err != nil {
		return p.refuse(w, r, id, "provision", f, err)
	}
	if granted.Credential.ID == "" { // people sign in themselves
		http.Redirect(w, r, path(id), http.StatusSeeOther)
		return nil
	}
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{
		Title: t("connection.secret_title"), Narrow: true, Crumbs: p.crumbs(t, granted.Request, t("connection.secret_title")),
		Body: issuedPage(issuedView{
			Head:     ui.Head{Eyebrow: granted.Request.Number, Title: t("connection.secret_title"), Lead: t("connection.secret_lead")},
			ClientID: ui.Pair{Name: t("connection.client_id"), Value: ui.Copyable(granted.Credential.ClientID)},
			Back:     ui.Action{Label: t("connection.back"), Path: path(id), Kind: ui.Primary},
		}),
	})
}
