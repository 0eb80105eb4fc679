package incidentweb

import (
	"time"

	"lienthong/internal/incident"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// nearest is the deadline that still runs and comes first; false when none does. Triage ends with the first step, the
// notice of a breach is owed until the incident has ended.
func nearest(i *incident.Incident) (time.Time, bool) {
	if i.State.Ended() {
		return time.Time{}, false
	}
	by := i.NoticeBy()
	if i.State == incident.Detected && !i.TriageBy.IsZero() && (by.IsZero() || i.TriageBy.Before(by)) {
		by = i.TriageBy
	}
	return by, !by.IsZero()
}

// countdown says how much time is left, and warns when less than a quarter is.
func countdown(t ui.T, now, from, by time.Time) ui.State {
	left := by.Sub(now)
	switch {
	case left < 0:
		return ui.State{Label: t("incident.late", span(t, -left)), Tone: ui.Bad}
	case left < by.Sub(from)/4:
		return ui.State{Label: t("incident.left", span(t, left)), Tone: ui.Warn}
	}
	return ui.State{Label: t("incident.left", span(t, left)), Tone: ui.Info}
}

// span is a length of time in its two largest units.
func span(t ui.T, d time.Duration) string {
	minutes := int(d / time.Minute)
	switch {
	case minutes < 60:
		return t("incident.minutes", minutes)
	case minutes < 48*60:
		return t("incident.hours", minutes/60, minutes%60)
	}
	return t("incident.days", minutes/60/24, minutes/60%24)
}

func deadlineCell(t ui.T, now time.Time, i *incident.Incident) templ.Component {
	by, runs := nearest(i)
	if !runs {
		return ui.Muted(t("incident.no_deadline"))
	}
	return ui.Group(ui.Badge(countdown(t, now, i.DetectedAt, by)), ui.Moment(by))
}

// severityState shows a severity by icon and word.
func severityState(t ui.T, s incident.Severity) ui.State {
	label := t("incident.severity." + string(s))
	switch s {
	case incident.Critical:
		return ui.State{Label: label, Tone: ui.Bad, Icon: ui.IconIncident}
	case incident.High:
		return ui.State{Label: label, Tone: ui.Warn}
	}
	return ui.State{Label: label, Tone: ui.Neutral, Icon: ui.IconInfo}
}

// stateOf shows how far the handling has come.
func stateOf(t ui.T, s incident.State) ui.State {
	label := t("incident.state." + string(s))
	switch s {
	case incident.Detected:
		return ui.State{Label: label, Tone: ui.Bad}
	case incident.Triaged, incident.Containing:
		return ui.State{Label: label, Tone: ui.Warn}
	case incident.Closed:
		return ui.State{Label: label, Tone: ui.Good}
	case incident.FalseAlarm:
		return ui.State{Label: label, Tone: ui.Neutral, Icon: ui.IconStopped}
	}
	return ui.State{Label: label, Tone: ui.Info}
}
