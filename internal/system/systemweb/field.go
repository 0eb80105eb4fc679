package systemweb

import (
	"strconv"

	"lienthong/internal/system"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func reasonField(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	return []templ.Component{ui.Textarea(ui.Field{
		Name: "reason", Label: t("system.reason"), Hint: t("system.reason_hint"), Value: f.Reason, Error: errs.Of("reason"), Required: true, Rows: 3, MaxLength: 1000,
	})}
}

func startLevel(s *system.System) actForm {
	return actForm{Level: s.Level, Decision: s.LevelDecision, ValidTo: dayText(s.LevelValidTo), CheckedAt: dayText(s.CheckedAt)}
}

func levelFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	level := ui.Choice{Field: ui.Field{Name: "level", Label: t("system.level"), Error: errs.Of("level"), Required: true}}
	for n := 1; n <= 5; n++ {
		level.Options = append(level.Options, ui.Option{Value: strconv.Itoa(n), Label: t("system.level_n", n), On: f.Level == n})
	}
	return []templ.Component{
		ui.Radios(level),
		ui.Input(ui.Field{Name: "decision", Label: t("system.level_decision"), Hint: t("system.level_decision_hint"), Value: f.Decision, Error: errs.Of("decision"), Required: true, MaxLength: 200}),
		ui.Input(ui.Field{Name: "valid_to", Label: t("system.level_to"), Hint: t("system.to_hint"), Value: f.ValidTo, Error: errs.Of("valid_to"), Required: true, Type: "date"}),
		ui.Input(ui.Field{Name: "checked_at", Label: t("system.checked"), Value: f.CheckedAt, Error: errs.Of("checked_at"), Optional: true, Type: "date"}),
	}
}

// startCredential proposes a year.
func (p *Pages) startCredential(*system.System) actForm {
	return actForm{ValidTo: dayText(p.clock.Now().AddDate(1, 0, 0))}
}

func credentialFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	return append([]templ.Component{methodField(t, f, errs)}, credentialEnd(t, f, errs)...)
}

// credentialEnd asks what a credential or key is for and until when.
func credentialEnd(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	return []templ.Component{
		ui.Input(ui.Field{Name: "label", Label: t("system.credential_label"), Hint: t("system.credential_label_hint"), Value: f.Label, Error: errs.Of("label"), MaxLength: 120, Optional: true}),
		ui.Input(ui.Field{Name: "valid_to", Label: t("system.credential_to"), Hint: t("system.credential_to_hint"), Value: f.ValidTo, Error: errs.Of("valid_to"), Required: true, Type: "date"}),
	}
}

func keyFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	return []templ.Component{ui.Textarea(ui.Field{
		Name: "jwk", Label: t("system.jwk"), Hint: t("system.jwk_hint"), Value: f.JWK, Error: errs.Of("jwk"), Required: true, Rows: 8, MaxLength: 8000,
	})}
}
