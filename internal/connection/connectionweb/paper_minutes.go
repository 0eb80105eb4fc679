package connectionweb

import (
	"fmt"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/document"
	"lienthong/internal/kit/i18n"
)

// minutes of the acceptance: who took part, what was accepted, what the tests found, the conclusion (Điều 12.2d).
func (w writer) minutes() document.Paper {
	r, m := w.v.Request, w.v.Request.Minutes
	head := w.p.registers.Letterhead(w.ctx, "")
	if c, has := m.Participants[connection.Operator]; has {
		head = w.p.registers.Letterhead(w.ctx, c.By.Agency)
	}
	paper := head.Paper()
	paper.Number, paper.Place = m.Number, "" // minutes bear time and place in their text
	paper.Type, paper.Summary = w.t("connection.paper_minutes_type"), w.t("connection.paper_minutes_summary", r.Number)
	at := m.At.In(i18n.Zone)
	paper.Body = []document.Block{
		document.Ground(w.t("connection.paper_ground_regulation", head.Regulation)),
		document.Ground(w.t("connection.paper_ground_request", r.Number, w.agency(r.Agency))),
		document.Text(w.t("connection.paper_minutes_time", fmt.Sprintf("%02d", at.Hour()), fmt.Sprintf("%02d", at.Minute()), i18n.Date(m.At))),
		document.Heading(w.t("connection.paper_parties")), w.participants(),
		document.Heading(w.t("connection.paper_object")), w.object(),
		document.Text(w.t("connection.paper_fields")), w.fields(),
		document.Heading(w.t("connection.paper_results")),
	}
	paper.Body = append(paper.Body, w.results()...)
	paper.Body = append(paper.Body,
		document.Heading(w.t("connection.paper_conclusion")),
		document.Text(w.t("connection.paper_conclusion_text", i18n.DateTime(r.LiveSince), w.validity())),
		document.Text(w.t("connection.paper_made", head.Agency)))
	for _, side := range []connection.Side{connection.Requester, connection.Owner, connection.Operator} {
		if c, has := m.Participants[side]; has {
			paper.Signatures = append(paper.Signatures, document.Signature{
				Capacity: w.t("connection.paper_for", w.t("connection.side."+string(side))), Note: w.t("connection.paper_confirmed", i18n.DateTime(c.At)), Name: c.By.Name,
			})
		}
	}
	paper.Recipients = []string{w.agency(r.Agency), w.agency(r.Owner), w.t("connection.paper_archive")}
	return paper
}

func (w writer) participants() document.Block {
	r, m := w.v.Request, w.v.Request.Minutes
	agencies := map[connection.Side]string{connection.Requester: r.Agency, connection.Owner: r.Owner}
	t := document.Table{Columns: []document.Column{
		{Title: w.t("connection.paper_side"), Width: 3}, {Title: w.t("connection.paper_agency"), Width: 4},
		{Title: w.t("connection.paper_person"), Width: 3}, {Title: w.t("connection.paper_when"), Width: 3, Align: document.Centre},
	}}
	for _, side := range []connection.Side{connection.Operator, connection.Owner, connection.Requester} {
		row := []string{w.t("connection.side." + string(side)), w.agency(agencies[side]), "", ""}
		if c, has := m.Participants[side]; has {
			row = []string{row[0], w.agency(c.By.Agency), c.By.Name, i18n.DateTime(c.At)}
		} else if m.OwnerSilent && side == connection.Owner {
			row[2] = w.t("connection.owner_silent")
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// scope is what the accepted version of the configuration holds.
func (w writer) scope() connection.Scope {
	for _, c := range w.v.Configs {
		if c.Version == w.v.Request.Minutes.Config {
			return c.Scope
		}
	}
	if w.v.Request.Approved != nil {
		return *w.v.Request.Approved
	}
	return connection.Scope{}
}

func (w writer) validity() string { s := w.scope(); return dates(s.From, s.To) }

func (w writer) object() document.Block {
	n, s := w.v.Request.Need, w.scope()
	levels := make([]string, len(s.Levels))
	for i, l := range s.Levels {
		levels[i] = w.t("connection.level." + string(l))
	}
	lines := document.Lines{
		{Name: w.t("connection.dataset"), Value: w.dataset()},
		{Name: w.t("connection.consumer"), Value: w.consumer()},
		{Name: w.t("connection.purposes"), Value: w.codes(w.p.registers.Purposes(i18n.WithLang(w.ctx, i18n.Vi)), s.Purposes)},
		{Name: w.t("connection.legal_basis"), Value: n.LegalBasis},
		{Name: w.t("connection.level"), Value: strings.Join(levels, ", ")},
		{Name: w.t("connection.method"), Value: w.word("connection.method.", string(n.Method))},
		{Name: w.t("connection.frequency"), Value: w.word("connection.frequency.", string(n.Frequency))},
		{Name: w.t("connection.validity"), Value: w.validity()},
		{Name: w.t("connection.l_calls_per_minute"), Value: i18n.Number(s.CallsPerMinute)},
		{Name: w.t("connection.l_calls_per_day"), Value: i18n.Number(s.CallsPerDay)},
		{Name: w.t("connection.rows"), Value: orAll(w.t, s.Rows)},
	}
	var said document.Lines
	for _, l := range lines {
		if l.Value != "" {
			said = append(said, l)
		}
	}
	return said
}

// fields are those that leave, each with the way in which it does.
func (w writer) fields() document.Block {
	t := document.Table{Columns: []document.Column{
		{Title: w.t("connection.paper_no"), Width: 1, Align: document.Centre}, {Title: w.t("connection.paper_field"), Width: 5},
		{Title: w.t("connection.class"), Width: 4}, {Title: w.t("connection.l_mask"), Width: 4},
	}}
	for i, c := range w.scope().Columns {
		f := w.v.Dataset.FieldOr(c.Name)
		mask := w.t("connection.mask." + string(c.Mask))
		if c.Mask != access.MaskNone && c.Out() != c.Name {
			mask += ": " + c.Out()
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(i + 1), f.Label + " (" + c.Name + ")", w.t("connection.class." + string(f.Class)), mask})
	}
	return t
}

// results of the run that the confirmations rest on.
func (w writer) results() []document.Block {
	m := w.v.Request.Minutes
	for _, run := range w.v.Runs {
		if run.Seq != m.Run {
			continue
		}
		st, ac, sa := run.Stability, run.Accuracy, run.Safety
		verdict := func(pass bool) string {
			if pass {
				return w.t("connection.pass")
			}
			return w.t("connection.fail")
		}
		return []document.Block{
			document.Text(w.t("connection.paper_run", run.Seq, i18n.DateTime(run.Ended), m.Config)),
			document.Table{
				Columns: []document.Column{{Title: w.t("connection.paper_criterion"), Width: 3}, {Title: w.t("connection.paper_measured"), Width: 8}, {Title: w.t("connection.col_result"), Width: 2, Align: document.Centre}},
				Rows: [][]string{
					{w.t("connection.stability"), w.t("connection.stability_note", st.Calls, st.Errors, st.P95Millis, st.MaxP95), verdict(st.Pass)},
					{w.t("connection.accuracy"), w.t("connection.accuracy_note", ac.Percent, ac.Compared, ac.Records, ac.MinPercent), verdict(ac.Pass)},
					{w.t("connection.safety"), w.t("connection.safety_note", sa.Denied, sa.Cases), verdict(sa.Pass)},
				},
			},
			document.Text(w.t("connection.paper_hash", m.RunHash)),
		}
	}
	return []document.Block{document.Text(w.t("connection.paper_hash", m.RunHash))}
}
