package task

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/mail"
)

// line is one item of a message.
type line struct {
	Kind  string // "Việc mới", "Đã quá hạn"
	Title string
	Due   string // empty without a deadline
	Link  string
}

func (s *Service) title(lang i18n.Lang, key string, texts []string) string {
	args := make([]any, len(texts))
	for i, a := range texts {
		args[i] = a
	}
	return s.mail.Say(lang, key, args...)
}

func (s *Service) taskLine(set MailSetting, t Task) line {
	if t.ID == "" {
		return line{}
	}
	return line{Kind: s.mail.Say(set.Lang, "task.mail_new_task"), Title: s.title(set.Lang, t.TitleKey, t.TitleArgs), Due: s.due(set.Lang, t.DueAt), Link: s.mail.Base + t.Path}
}

func (s *Service) noticeLine(set MailSetting, n Notice) line {
	kind := "task.told"
	switch {
	case n.Critical:
		kind = "task.told_critical"
	case n.Task.ID != "":
		kind = "task.stage." + n.Stage.String()
	}
	return line{Kind: s.mail.Say(set.Lang, kind), Title: s.title(set.Lang, n.TitleKey, n.TitleArgs), Due: s.due(set.Lang, n.Task.DueAt), Link: s.mail.Base + n.Path}
}

func (s *Service) due(lang i18n.Lang, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return s.mail.Say(lang, "task.mail_due", i18n.DateTime(at))
}

// compose makes one message of several lines. It names no person and no value; what there is to see stands behind the
// links, after signing in.
func (s *Service) compose(set MailSetting, lines []line, id string, now time.Time) mail.Message {
	say := s.speaker(set.Lang)
	subject := lines[0].Kind + ": " + lines[0].Title
	if len(lines) > 1 {
		subject = say("task.mail_subject_many", len(lines))
	}
	foot := say("task.mail_foot", s.mail.Base+"/tasks/mail")
	var text strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&text, "%s: %s\n", l.Kind, l.Title)
		if l.Due != "" {
			fmt.Fprintln(&text, l.Due)
		}
		fmt.Fprintf(&text, "%s\n\n", l.Link)
	}
	fmt.Fprintf(&text, "-- \n%s\n", foot)
	return mail.Message{To: set.Address, ID: id, At: now, Subject: "[" + s.mail.Place + "] " + subject, Text: text.String(), HTML: page(set.Lang, lines, foot)}
}

// letter is the same text for readers of HTML: no pictures, no styles from elsewhere, nothing that follows the reader.
var letter = template.Must(template.New("letter").Parse(`<!doctype html><html lang="{{.Lang}}"><meta charset="utf-8"><body>
{{range .Lines}}<p><b>{{.Kind}}</b>: <a href="{{.Link}}">{{.Title}}</a>{{if .Due}}<br>{{.Due}}{{end}}</p>
{{end}}<hr><p><small>{{.Foot}}</small></p></body></html>`))

func page(lang i18n.Lang, lines []line, foot string) string {
	var out strings.Builder
	if err := letter.Execute(&out, map[string]any{"Lang": string(lang), "Lines": lines, "Foot": foot}); err != nil {
		return "" // the plain text says the same
	}
	return out.String()
}

func (s *Service) tryMessage(set MailSetting) mail.Message {
	say := s.speaker(set.Lang)
	return mail.Message{To: set.Address, ID: ids.New() + "@" + s.mail.Host, At: s.clock.Now(), Subject: say("task.mail_try_subject", s.mail.Place), Text: say("task.mail_try_text", s.mail.Base)}
}
