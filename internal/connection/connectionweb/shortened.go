package connectionweb

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// orderForm is the part of a step's form in which an urgent order gives hours.
type orderForm struct {
	HoursCheck      int `form:"hours.security_check"`
	HoursSetUp      int `form:"hours.set_up"`
	HoursTesting    int `form:"hours.testing"`
	HoursAcceptance int `form:"hours.acceptance"`
}

// hours that were given; a phase left empty keeps its limit in working days.
func (f orderForm) hours() map[connection.Phase]int {
	out := map[connection.Phase]int{}
	for phase, hours := range map[connection.Phase]int{
		connection.PhaseCheck: f.HoursCheck, connection.PhaseSetUp: f.HoursSetUp, connection.PhaseTesting: f.HoursTesting, connection.PhaseAcceptance: f.HoursAcceptance,
	} {
		if hours != 0 {
			out[phase] = hours
		}
	}
	return out
}

// shortenedSteps are the forms of the steps that only the shortened process has.
func (p *Pages) shortenedSteps() []pageStep {
	s := p.connections
	return []pageStep{
		simple("start-check", access.ConnectionCheck, s.StartCheck, connection.ActStartCheck),
		{"pass-check", access.ConnectionCheck, []connection.Action{connection.ActPassCheck}, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			v, err := s.Find(ctx, id)
			if err != nil {
				return err
			}
			in.Scope, in.Checklist = f.protected(v), f.maskReasons(v.Request.Need)
			_, err = s.PassCheck(ctx, id, in)
			return err
		}},
		simple("return-check", access.ConnectionCheck, s.ReturnCheck, connection.ActReturnCheck),
		simple("object", access.ConnectionOpinion, s.Object, connection.ActObject),
		{"continue", access.ConnectionApprove, []connection.Action{connection.ActContinue}, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			v, err := s.Find(ctx, id)
			if err != nil {
				return err
			}
			in.Scope = f.remaining(v)
			_, err = s.Continue(ctx, id, in)
			return err
		}},
		simple("order", access.ConnectionApprove, s.Order, connection.ActOrder),
	}
}

// protected is the proposed scope with the masks, limits and addresses of the form: the data itself stays as it was asked.
func (f actForm) protected(v connection.View) *connection.Scope {
	s := v.Request.Proposed(v.Dataset)
	s.CallsPerMinute, s.CallsPerDay, s.RecordsPerCall, s.RecordsPerDay, s.PersonsPerDay = f.CallsPerMinute, f.CallsPerDay, f.RecordsPerCall, f.RecordsPerDay, f.PersonsPerDay
	s.Addresses, s.CaseRequired, s.OfficerRequired = lines(f.Addresses), f.CaseRequired, f.OfficerRequired
	s.Columns = slices.Clone(s.Columns)
	for i, c := range s.Columns {
		s.Columns[i].Mask = access.MaskKind(f.values.Get("mask." + c.Name))
	}
	return &s
}

func (f actForm) maskReasons(n connection.Need) connection.Checklist {
	c := connection.Checklist{Fields: map[string]connection.Necessity{}}
	for _, name := range n.Fields {
		if why := clean(f.values.Get("note." + name)); why != "" {
			c.Fields[name] = connection.Necessity{Needed: true, Comment: why}
		}
	}
	return c
}

// remaining is the scope that the authority left; nil when no field was taken out of it.
func (f actForm) remaining(v connection.View) *connection.Scope {
	whole := v.Request.Bound()
	s := whole
	s.Columns = nil
	for _, c := range whole.Columns {
		if slices.Contains(f.Columns, c.Name) {
			s.Columns = append(s.Columns, c)
		}
	}
	if len(s.Columns) == len(whole.Columns) {
		return nil
	}
	return &s
}

// shortenedFields are the fields of the forms of these steps.
func shortenedFields(f filler, v connection.View, verb string) []templ.Component {
	r := v.Request
	comment := f.area("comment", "connection.l_comment", "", "")
	decision := fieldRow(f.text("decision_number", "connection.l_decision_number", ""), f.text("decision_title", "connection.l_decision_title", ""))
	switch verb {
	case "pass-check":
		return append(protectionFields(f, v), comment)
	case "return-check":
		return []templ.Component{f.area("missing_items", "connection.l_missing", "connection.one_per_line", ""), comment}
	case "object":
		return []templ.Component{
			f.area("comment", "connection.l_reason", "", ""), f.area("legal_citation", "connection.l_citation", "connection.l_object_hint", ""),
			fieldRow(f.text("document_number", "connection.l_document_number", ""), f.text("document_title", "connection.l_document_title", "")),
		}
	case "continue":
		var kept []string
		for _, c := range r.Bound().Columns {
			kept = append(kept, c.Name)
		}
		return []templ.Component{decision, f.several("columns", "connection.l_remaining", "connection.l_remaining_hint", kept, fieldOptions(f.t, kept, v.Dataset)), comment}
	}
	hours := make([]templ.Component, 0, 4)
	for _, phase := range connection.Shortened.Phases() {
		hours = append(hours, f.number("hours."+string(phase), "connection.phase."+string(phase), 0))
	}
	return []templ.Component{
		fieldRow(f.text("decision_number", "connection.l_order_number", ""), f.text("decision_title", "connection.l_order_title", "")),
		fieldSet(f.t("connection.l_hours"), f.t("connection.l_hours_hint"), fieldRow(hours[:2]...), fieldRow(hours[2:]...)), comment,
	}
}

// protectionFields ask how what was asked is protected: a mask or a reason for each sensitive field, limits, addresses.
func protectionFields(f filler, v connection.View) []templ.Component {
	t, s := f.t, v.Request.Proposed(v.Dataset)
	var out []templ.Component
	for _, c := range s.Columns {
		x := v.Dataset.FieldOr(c.Name)
		field := []templ.Component{f.sure("mask."+c.Name, "connection.l_mask", string(c.Mask), coded(t, "connection.mask.", simpleMasks()))}
		if x.Class == access.ClassSensitive || x.Class == access.ClassCore {
			field = append(field, f.text("note."+c.Name, "connection.l_unmasked_why", v.Request.Checklist.Fields[c.Name].Comment))
		}
		out = append(out, fieldSet(x.Label+" ("+c.Name+")", t("connection.class."+string(x.Class)), fieldRow(field...)))
	}
	return append(out,
		fieldRow(f.number("calls_per_minute", "connection.l_calls_per_minute", s.CallsPerMinute), f.number("calls_per_day", "connection.l_calls_per_day", s.CallsPerDay)),
		fieldRow(f.number("records_per_call", "connection.l_records_per_call", s.RecordsPerCall), f.number("records_per_day", "connection.l_records_per_day", s.RecordsPerDay),
			f.number("persons_per_day", "connection.l_persons_per_day", s.PersonsPerDay)),
		f.area("source_addresses", "connection.addresses", "connection.one_per_line", strings.Join(s.Addresses, "\n")),
		f.check("case_required", "connection.l_case_required", len(v.Request.Need.Procedures) > 0), f.check("officer_required", "connection.l_officer_required", false))
}

// simpleMasks are those that need no values to compare with.
func simpleMasks() []access.MaskKind {
	return []access.MaskKind{access.MaskNone, access.MaskPartial, access.MaskGeneralise, access.MaskHash, access.MaskHide}
}

// besideCheck is what the check and the authority look at.
func (p *Pages) besideCheck(r *http.Request, t ui.T, v connection.View) []part {
	parts := []part{routePart(t, v), securityPart(t, v), p.comparePart(r.Context(), t, v), p.needPart(t, v)}
	if v.Request.Objection != nil {
		parts = append([]part{objectionPart(t, v.Request)}, parts...)
	}
	return slices.DeleteFunc(parts, func(x part) bool { return len(x.Body) == 0 })
}

func objectionPart(t ui.T, r *connection.Request) part {
	o := r.Objection
	outcome := ui.Badge(ui.State{Label: t("connection.objection_open"), Tone: ui.Warn})
	if o.Outcome != "" {
		outcome = ui.Badge(ui.State{Label: t("connection.outcome." + string(o.Outcome)), Tone: ui.Info})
	}
	return part{Card: ui.CardProps{Title: t("connection.objection")}, Body: []templ.Component{ui.KeyValue(
		ui.Pair{Name: t("connection.l_reason"), Text: o.Reason, Help: o.By.Name + " · " + i18n.DateTime(o.At)}, ui.Pair{Name: t("connection.l_citation"), Text: o.Citation},
		ui.Pair{Name: t("connection.outcome"), Value: outcome}, ui.Pair{Name: t("connection.l_decision_number"), Text: o.Decision.Number, Help: o.Decision.Title})}}
}

// shortenedNotes say what happened to a request of the shortened process, above everything else.
func shortenedNotes(t ui.T, r *connection.Request) []templ.Component {
	var out []templ.Component
	if c := r.Converted; c != nil {
		var why []string
		for _, x := range c.Reasons {
			why = append(why, reasons(t, x))
		}
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("connection.converted_at", i18n.DateTime(c.At), t("connection.state."+string(c.From))), Text: strings.Join(why, " ")}))
	}
	if o := r.Objection; o != nil && o.Outcome == "" {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("connection.objection"), Text: o.Reason + " – " + o.Citation}))
	}
	if r.Order != nil {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Info, Text: t("connection.ordered", r.Order.Number)}))
	}
	return out
}

// reasons of a condition in words.
func reasons(t ui.T, c connection.Condition) string {
	var out []string
	for _, r := range c.Reasons {
		args := make([]any, len(r.Args))
		for i, a := range r.Args {
			args[i] = a
		}
		out = append(out, t("connection.why_"+r.Code, args...))
	}
	return strings.Join(out, " ")
}

// routePart says why the request goes the way it goes: as things stand now while that may change, else as the submission
// found them.
func routePart(t ui.T, v connection.View) part {
	route, all := v.Request.Route, v.Request.Conditions
	if v.Outlook != nil {
		route, all = v.Outlook.Route, v.Outlook.Conditions
	}
	if len(all) == 0 {
		return part{}
	}
	return part{Card: ui.CardProps{ID: "route", Title: t("connection.route." + string(route)), Lead: t("connection.route_lead")}, Body: []templ.Component{conditionList(t, all)}}
}

func conditionList(t ui.T, all []connection.Condition) templ.Component {
	var pairs []ui.Pair
	for _, c := range all {
		x := ui.State{Label: t("connection.pass"), Tone: ui.Good}
		if !c.Met {
			x = ui.State{Label: t("connection.fail"), Tone: ui.Warn}
		}
		pairs = append(pairs, ui.Pair{Name: t("connection.eligible_" + c.Code), Value: ui.Badge(x), Help: reasons(t, c)})
	}
	return ui.KeyValue(pairs...)
}

// stop is one place on the way of a process as people see it.
type stop struct {
	label string
	state connection.State
}

// way is the path of section 5.1a or 5.1b.
func way(r connection.Route) []stop {
	if r == connection.Shortened {
		return []stop{
			{"connection.phase.register", connection.Draft}, {"connection.phase.submitted", connection.Submitted}, {"connection.phase.security_check", connection.SecurityCheck},
			{"connection.phase.set_up", connection.Provisioning}, {"connection.phase.testing", connection.Testing}, {"connection.phase.acceptance", connection.Acceptance},
			{"connection.phase.live", connection.Live},
		}
	}
	return []stop{
		{"connection.phase.register", connection.Draft}, {"connection.phase.intake", connection.Submitted}, {"connection.phase.appraisal", connection.Appraising},
		{"connection.phase.opinion", connection.OwnerOpinion}, {"connection.phase.approval", connection.Approved}, {"connection.phase.set_up", connection.Provisioning},
		{"connection.phase.testing", connection.Testing}, {"connection.phase.acceptance", connection.Acceptance}, {"connection.phase.live", connection.Live},
	}
}

// interrupted is where an objection stopped the shortened process.
func interrupted(r *connection.Request) connection.State {
	if r.Objection != nil {
		return r.Objection.Interrupted
	}
	return connection.SecurityCheck
}

// routeOf a request; a draft has none of its own yet.
func routeOf(r *connection.Request) connection.Route {
	if r.Route == connection.Shortened {
		return connection.Shortened
	}
	return connection.Full
}

// totalOf is the time used of all limits of the route.
func totalOf(t ui.T, x connection.Running) templ.Component {
	if x.Since.IsZero() {
		return ui.Muted("–")
	}
	return ui.Text(t("connection.used_of", x.Days, x.Limit))
}

// took says how much of its limit a step used, in hours under an urgent order.
func took(t ui.T, s connection.Step) string {
	if s.LimitHours > 0 {
		return t("connection.took_hours", decimal(float64(s.UsedMinutes)/60), s.LimitHours)
	}
	return t("connection.took", s.Used, s.Limit)
}

// stateCell is the state of a request, and that it takes the shortened process.
func stateCell(t ui.T, r *connection.Request) templ.Component {
	badge := ui.Badge(stateBadge(t, r.State))
	if r.Route != connection.Shortened {
		return badge
	}
	return ui.Lines(badge, ui.Muted(t("connection.limits_of.shortened")))
}
