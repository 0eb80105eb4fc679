package auditweb

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// searchForm is what is asked of the log.
type searchForm struct {
	Reason  string `form:"reason" json:"reason" doc:"Why the log is read; it is recorded"`
	Dataset string `form:"dataset" json:"dataset,omitempty"`
	Actor   string `form:"actor" json:"actor,omitempty" doc:"Account or system id"`
	Agency  string `form:"agency" json:"agency,omitempty" doc:"Code of the consuming agency"`
	Purpose string `form:"purpose" json:"purpose,omitempty"`
	Request string `form:"request" json:"request,omitempty" doc:"Call id"`
	Person  string `form:"person" json:"person,omitempty" doc:"Identifier of a person; only its keyed hash is used"`
	From    string `form:"from" json:"from,omitempty" format:"date"`
	To      string `form:"to" json:"to,omitempty" format:"date" doc:"Last day, included"`
	Result  string `form:"result" json:"result,omitempty" enum:"allow,deny,"`
	Event   string `form:"event" json:"event,omitempty"`
	Cursor  string `form:"cursor" json:"cursor,omitempty"`
}

func (p *Pages) filter(f searchForm) (audit.Filter, error) {
	out := audit.Filter{
		Dataset: strings.TrimSpace(f.Dataset), Actor: strings.TrimSpace(f.Actor), Agency: strings.TrimSpace(f.Agency), Purpose: strings.TrimSpace(f.Purpose),
		RequestID: strings.TrimSpace(f.Request), Result: f.Result, Event: f.Event, Cursor: f.Cursor, Limit: 50,
	}
	if person := strings.TrimSpace(f.Person); person != "" { // invariant 2
		out.PersonKey = p.log.PersonKey(person)
	}
	var err error
	if out.From, err = day(f.From, "from"); err != nil {
		return out, err
	}
	if out.To, err = day(f.To, "to"); err != nil {
		return out, err
	}
	if !out.To.IsZero() {
		out.To = out.To.AddDate(0, 0, 1)
	}
	return out, nil
}

func day(text, field string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, i18n.Zone)
	if err != nil {
		return t, fault.New(fault.Invalid, "audit.filter_invalid", field).At(field)
	}
	return t, nil
}

func (p *Pages) showLog(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, searchForm{}, ui.FormErrors{}, nil, http.StatusOK)
}

func (p *Pages) searchLog(w http.ResponseWriter, r *http.Request) error {
	var form searchForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	found, err := p.search(r.Context(), form)
	if e, refused := p.shell.Refused(r, err); refused {
		return p.render(w, r, form, e, nil, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return p.render(w, r, form, ui.FormErrors{}, &found, http.StatusOK)
}

func (p *Pages) search(ctx context.Context, form searchForm) (audit.Page, error) {
	who, err := access.Require(ctx, access.AuditRead)
	if err != nil {
		return audit.Page{}, err
	}
	filter, err := p.filter(form)
	if err != nil {
		return audit.Page{}, err
	}
	return p.log.Search(ctx, who.ForAudit(), form.Reason, filter)
}

func (p *Pages) render(w http.ResponseWriter, r *http.Request, form searchForm, e ui.FormErrors, found *audit.Page, status int) error {
	t := p.shell.T(r)
	v := logView{
		T: t, Head: ui.Head{Title: t("audit.title"), Lead: t("audit.lead")}, Proof: p.proof(t), Keys: p.keys(t), Witnesses: p.witnesses(t),
		MaySearch: access.ActorOf(r.Context()).Can(access.AuditRead), Form: form, Errors: e, Found: found != nil,
	}
	v.Alarm = p.log.Alarm()
	if err := p.log.Serves(); err != nil {
		v.Closed = fault.Of(err).Error()
	}
	if found != nil {
		v.Table = p.table(r, t, *found, form.Reason)
		v.Next, v.Archives = found.Next, p.archives(t, found.Archives)
	}
	return p.shell.Render(w, r, web.Page{Title: t("audit.title"), Crumbs: []ui.Crumb{{Label: t("audit.title")}}, Body: logPage(v), Status: status})
}

func (p *Pages) table(r *http.Request, t ui.T, found audit.Page, reason string) ui.TableProps {
	props := ui.TableProps{
		Caption: t("audit.records"),
		Columns: []ui.Column{{Label: t("audit.col_event")}, {Label: t("audit.col_who")}, {Label: t("audit.col_what")}, {Label: t("audit.col_purpose")},
			{Label: t("audit.col_result")}},
		Empty: ui.Empty{Icon: ui.IconSearch, Title: t("audit.none"), Text: t("audit.none_text")},
	}
	purpose, dataset := namesOf(r.Context(), p.purposes), namesOf(r.Context(), p.datasets)
	for _, item := range found.Items {
		exchange := item.ID
		if item.Kind != audit.KindDecision && item.Of != "" {
			exchange = item.Of
		}
		trace := ui.Button(ui.Action{Label: t("audit.trace_open"), Path: "/audit/trace", Post: true, Kind: ui.Small, Icon: ui.IconProof,
			Fields: []ui.Hidden{{Name: "request", Value: exchange}, {Name: "reason", Value: reason}}})
		props.Rows = append(props.Rows, ui.Row{Tone: rowTone(item), Cells: []templ.Component{
			ui.Lines(ui.Text(eventName(t, item.Event)), ui.Moment(item.At), ui.Muted(t("audit.seq", item.Seq))),
			ui.Two(actorName(t, item.Actor), p.agencyOf(r.Context(), item.Actor)), ui.Two(dataset(what(item)), strings.Join(item.Content.Fields, ", ")),
			ui.Two(purpose(item.Purpose.Code), item.Purpose.CaseRef), ui.Stack(ui.Badge(resultState(t, item)), trace),
		}})
	}
	return props
}

// actorName calls a background job by what it is; its code stands beneath.
func actorName(t ui.T, a audit.Actor) string {
	if strings.HasPrefix(a.AccountID, "job:") {
		return t(web.RoleKey(access.SystemJob))
	}
	return a.Name
}

func (p *Pages) agencyOf(ctx context.Context, a audit.Actor) string {
	if a.AgencyCode == "" {
		return a.AccountID
	}
	return p.agency(ctx, a.AgencyCode)
}

func what(item audit.Item) string {
	if item.Target.Dataset != "" {
		return item.Target.Dataset
	}
	return item.Subject
}

func rowTone(item audit.Item) ui.Tone {
	if item.Decision.Result == audit.Deny {
		return ui.Warn
	}
	return ""
}

func resultState(t ui.T, item audit.Item) ui.State {
	switch item.Decision.Result {
	case audit.Allow:
		return ui.State{Label: t("audit.result.allow"), Tone: ui.Good}
	case audit.Deny:
		label := t("audit.result.deny")
		if item.Decision.Reason != "" {
			label += ": " + t("access.check."+item.Decision.Reason)
		}
		return ui.State{Label: label, Tone: ui.Bad}
	}
	return ui.State{Label: t("audit.result.change"), Tone: ui.Info}
}

func (p *Pages) traceExchange(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Request string `form:"request"`
		Reason  string `form:"reason"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	items, err := p.follow(r.Context(), form.Reason, form.Request)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	var events []ui.Event
	for _, item := range items {
		events = append(events, p.event(r.Context(), t, item))
		if item.Outcome != nil {
			events = append(events, p.event(r.Context(), t, audit.Item{Record: item.Outcome}))
		}
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("audit.trace"), Crumbs: []ui.Crumb{{Label: t("audit.title"), Path: "/audit"}, {Label: t("audit.trace")}},
		Body: tracePage(traceView{T: t, Head: ui.Head{Eyebrow: form.Request, Title: t("audit.trace")}, Events: events}),
	})
}

func (p *Pages) follow(ctx context.Context, reason, exchange string) ([]audit.Item, error) {
	who, err := access.Require(ctx, access.AuditRead)
	if err != nil {
		return nil, err
	}
	return p.log.Follow(ctx, who.ForAudit(), reason, strings.TrimSpace(exchange))
}

func (p *Pages) event(ctx context.Context, t ui.T, item audit.Item) ui.Event {
	e := ui.Event{When: item.At, Who: actorName(t, item.Actor) + " · " + p.agencyOf(ctx, item.Actor), Icon: ui.IconAudit}
	switch item.Kind {
	case audit.KindOutcome:
		e.What = t("audit.outcome", item.Result.Status, item.Content.Records, item.Content.Persons, item.Duration)
		e.Who, e.Icon, e.Tone = "", ui.IconDone, ui.Good
		if item.Result.ErrorCode != "" || item.Result.Status == audit.StatusUnknown {
			e.Tone, e.Icon = ui.Warn, ui.IconWarning
		}
	case audit.KindDecision:
		state := resultState(t, item)
		e.What, e.Tone = t("audit.decision", state.Label), state.Tone
	default:
		e.What = eventName(t, item.Event) + " · " + item.Subject
	}
	e.Detail = strings.Join(nonEmpty(item.Target.Operation, namesOf(ctx, p.datasets)(item.Target.Dataset), namesOf(ctx, p.purposes)(item.Purpose.Code), item.Purpose.CaseRef, item.Result.ErrorCode,
		strings.Join(item.Content.Fields, ", "), item.Content.Filter), " · ")
	return e
}

func nonEmpty(parts ...string) []string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (p *Pages) verifyLog(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.verify(r.Context()); err != nil {
		return err
	}
	return web.Redirect(w, r, "/audit")
}

// verify reads the whole log. It is the running server that reads, so records of the last half second are not signed yet.
func (p *Pages) verify(ctx context.Context) (journal.Report, error) {
	who, err := access.Require(ctx, access.AuditVerify)
	if err != nil {
		return journal.Report{}, err
	}
	j := p.log.Journal()
	report, err := audit.Verify(j.Dir(), j.VerifierKey(), journal.VerifyOptions{Live: true})
	if err != nil {
		return report, err
	}
	p.mu.Lock()
	p.last = &checked{at: p.clock.Now(), report: report}
	p.mu.Unlock()
	state := "whole"
	if !report.OK() {
		state = "changed"
	}
	return report, p.log.Note(ctx, &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "log.verify", Actor: who.ForAudit(),
		Detail: map[string]string{"records": strconv.FormatInt(report.Records, 10), "state": state},
	})
}

func (p *Pages) proof(t ui.T) ui.Proof {
	out := ui.Proof{State: ui.ProofUnknown, Text: t("audit.state_none"), Action: &ui.Action{Label: t("audit.verify"), Path: "/audit/verify", Post: true, Icon: ui.IconProof}}
	if c, signed := p.log.Checkpoint(); signed {
		out.Size, out.Root = i18n.Number(c.Size), c.Root.String()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		return out
	}
	out.CheckedAt = p.last.at
	if first, bad := p.last.report.First(); bad {
		out.State, out.Text, out.FirstBad = ui.ProofBad, t("audit.state_bad"), first.String()
		return out
	}
	out.State = ui.ProofGood
	out.Text = t("audit.state_good", i18n.Number(p.last.report.Records), i18n.Number(p.last.report.Signed))
	return out
}

func (p *Pages) keys(t ui.T) []ui.Pair {
	pairs := []ui.Pair{{Name: t("audit.public_key"), Value: ui.Copyable(p.log.Journal().VerifierKey())}}
	if note, err := p.checkpoint(); err == nil {
		pairs = append(pairs, ui.Pair{Name: t("audit.checkpoint"), Value: ui.Listing(t("audit.checkpoint"), note)})
	}
	return pairs
}

func (p *Pages) checkpoint() (string, error) {
	note, err := os.ReadFile(filepath.Join(p.log.Journal().Dir(), "checkpoint"))
	return string(note), err
}
