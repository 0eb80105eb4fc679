package exchangeweb

import (
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/trace"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// stepsView shows where the time of one call went; only who runs the platform sees it.
type stepsView struct {
	Facts []ui.Pair
	Table ui.TableProps
}

func (p *Pages) stepsOf(t ui.T, id string) *stepsView {
	if p.traces == nil {
		return nil
	}
	table := ui.TableProps{
		Caption: t("exchange.steps"), Columns: []ui.Column{{Label: t("exchange.step")}, {Label: t("exchange.took"), Number: true}},
		Empty: ui.Empty{Icon: ui.IconDeadline, Title: t("exchange.steps_gone")},
	}
	kept, found := p.traces.Find(id)
	if !found {
		return &stepsView{Table: table}
	}
	for _, s := range kept.Steps() {
		table.Rows = append(table.Rows, ui.Cells(ui.Text(t("exchange.step."+s.Name)), ui.Text(millis(s.Took))))
	}
	table.Rows = append(table.Rows, ui.Cells(ui.Text(t("exchange.took_all")), ui.Text(millis(kept.Took))))
	return &stepsView{Facts: []ui.Pair{{Name: t("exchange.trace_id"), Value: ui.Copyable(kept.ID())}}, Table: table}
}

// millis shows a duration with three decimals, as numbers are written here: 1.234,567.
func millis(d time.Duration) string {
	micro := d.Microseconds()
	rest := strconv.FormatInt(1000+micro%1000, 10)[1:]
	return i18n.Number(micro/1000) + "," + rest
}

func (p *Pages) listSlow(w http.ResponseWriter, r *http.Request) error {
	t := p.shell.T(r)
	var slow []*trace.Call
	lead := ""
	if p.traces != nil {
		slow = p.traces.Slow()
		lead = t("exchange.slow_lead", i18n.Number(p.traces.SlowFrom().Milliseconds()))
	}
	table := ui.TableProps{
		Caption: t("exchange.slow"),
		Columns: []ui.Column{{Label: t("exchange.when")}, {Label: t("exchange.operation")}, {Label: t("exchange.status")}, {Label: t("exchange.took"), Number: true}, {Label: t("exchange.slowest_step")}},
		Empty:   ui.Empty{Icon: ui.IconDeadline, Title: t("exchange.no_slow")},
	}
	for _, c := range slow {
		longest := trace.Step{Name: "read"}
		for _, s := range c.Steps() {
			if s.Took > longest.Took {
				longest = s
			}
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{
			ui.LinkTwo(i18n.DateTime(c.At), "/exchange/calls/"+c.Request, short(c.Request)), ui.Mono(c.What), ui.Two(strconv.Itoa(c.Status), c.Code),
			ui.Text(millis(c.Took)), ui.Two(t("exchange.step."+longest.Name), millis(longest.Took)+" ms"),
		}})
	}
	return p.shell.Render(w, r, web.Page{Title: t("exchange.slow"),
		Crumbs: []ui.Crumb{{Label: t("exchange.monitor"), Path: "/exchange"}, {Label: t("exchange.slow")}},
		Body:   slowPage(ui.Head{Title: t("exchange.slow"), Lead: lead}, table)})
}

// traceBody is the trace of a call as other programs read it.
type traceBody struct {
	ID     string      `json:"id" doc:"W3C trace id; the caller's where it sent a valid traceparent"`
	Parent string      `json:"parent,omitempty" doc:"Span of the caller"`
	Took   int64       `json:"took_us"`
	Steps  []traceStep `json:"steps"`
}

type traceStep struct {
	Name string `json:"name"`
	Took int64  `json:"took_us"`
}

func (p *Pages) traceOf(id string) *traceBody {
	if p.traces == nil {
		return nil
	}
	c, found := p.traces.Find(id)
	if !found {
		return nil
	}
	out := &traceBody{ID: c.ID(), Parent: c.Parent(), Took: c.Took.Microseconds()}
	for _, s := range c.Steps() {
		out.Steps = append(out.Steps, traceStep{s.Name, s.Took.Microseconds()})
	}
	return out
}
