package dictionaryweb

import (
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// stepCards are the forms of what the reader may do with the proposal now.
func (p *Pages) stepCards(r *http.Request, t ui.T, x *dictionary.Proposal, refused refusedStep, errs ui.FormErrors) []part {
	who := access.ActorOf(r.Context())
	over := x.ConsultationOver(p.clock.Now())
	var list []part
	add := func(verb string, fields func(f filler, in stepForm) []templ.Component) {
		f, in := filler{t: t}, stepForm{Days: dictionary.DefaultConsultation, Effective: x.Effective.String()}
		if refused.verb == verb {
			f.errors, in = errs, refused.in
		}
		list = append(list, p.stepCard(t, x, verb, f, fields(f, in)))
	}
	if who.Can(access.DictionaryReview) && x.Wrote(who.ID) && x.State.Open() || who.Can(access.DictionaryApprove) && x.State == dictionary.Consulting && (x.Wrote(who.ID) || who.ID == x.ReviewedBy) {
		list = append(list, part{Body: []templ.Component{ui.Alert(ui.Note{Tone: ui.Info, Title: t("dictionary.not_you"), Text: t("dictionary.not_you_text")})}})
	}
	if who.Can(access.DictionaryReview) && !x.Wrote(who.ID) {
		switch {
		case x.State == dictionary.Proposed:
			add("consult", p.consultFields)
			add("return", commentsField)
		case x.State == dictionary.Consulting && !over:
			add("close-consultation", reasonField)
		}
	}
	if who.Can(access.DictionaryComment) && x.State == dictionary.Consulting && !over {
		add("comments", opinionFields)
	}
	if who.Can(access.DictionaryApprove) && !x.Wrote(who.ID) {
		if over && who.ID != x.ReviewedBy {
			add("approve", approveFields)
		}
		if x.State == dictionary.Proposed || x.State == dictionary.Consulting {
			add("reject", reasonField)
		}
	}
	return list
}

// stepCard is one form with its title, lead and button: dictionary.do.<verb> and dictionary.do.<verb>_lead.
func (p *Pages) stepCard(t ui.T, x *dictionary.Proposal, verb string, f filler, fields []templ.Component) part {
	props := ui.FormProps{
		Action: proposalPath(x.ID) + "/" + verb, Submit: t("dictionary.do." + verb), Errors: f.errors, Hidden: []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(x.Revision, 10)}},
		Icon:   map[string]ui.Icon{"consult": ui.IconSend, "return": ui.IconBack, "comments": ui.IconInbox, "close-consultation": ui.IconStopped, "approve": ui.IconDone, "reject": ui.IconClose}[verb],
		Danger: verb == "reject",
	}
	lead := t("dictionary.do." + verb + "_lead")
	if verb == "comments" {
		lead = t("dictionary.do.comments_lead", i18n.DateTime(x.ConsultTo))
	}
	return part{Card: ui.CardProps{ID: verb, Title: t("dictionary.do." + verb), Lead: lead}, Body: []templ.Component{form(props, fields...)}}
}

func (p *Pages) consultFields(f filler, in stepForm) []templ.Component {
	days := must(short(f.field("days", strconv.FormatInt(in.Days, 10), true)))
	days.InputMode = "numeric"
	all := f.field("everyone", "", false)
	all.Error = f.errors.Of("agencies")
	if in.Everyone {
		all.Value = "1"
	}
	return []templ.Component{ui.Input(days), ui.Checkbox(all)}
}

func text(f filler, name, value string) []templ.Component {
	x := must(f.field(name, value, true))
	x.Rows, x.MaxLength = 3, 2000
	return []templ.Component{ui.Textarea(x)}
}

func commentsField(f filler, in stepForm) []templ.Component { return text(f, "comments", in.Comments) }

func reasonField(f filler, in stepForm) []templ.Component {
	x := must(f.field("reason", in.Reason, false))
	x.Rows, x.MaxLength = 3, 2000
	return []templ.Component{ui.Textarea(x)}
}

func opinionFields(f filler, in stepForm) []templ.Component {
	stance := ui.Choice{Field: must(f.field("stance", in.Stance, false)), Options: words(f.t, "dictionary.stance.", dictionary.Stances())}
	for i := range stance.Options {
		stance.Options[i].On = stance.Options[i].Value == in.Stance
	}
	x := optional(f.field("text", in.Text, true))
	x.Rows, x.MaxLength = 4, 5000
	return []templ.Component{ui.Radios(stance), ui.Textarea(x)}
}

func approveFields(f filler, in stepForm) []templ.Component {
	day := optional(f.field("effective_from", in.Effective, true))
	day.Type, day.Short = "date", true
	return []templ.Component{ui.Input(day)}
}

// stepVerbs are the verbs of a proposal with who may take them.
func stepVerbs() map[string]access.Permission {
	return map[string]access.Permission{
		"return": access.DictionaryReview, "consult": access.DictionaryReview, "comments": access.DictionaryComment, "close-consultation": access.DictionaryReview,
		"approve": access.DictionaryApprove, "reject": access.DictionaryApprove, "withdraw": access.DictionaryPropose,
	}
}
