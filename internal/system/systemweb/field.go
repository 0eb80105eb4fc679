package systemweb

import (
	"lienthong/internal/system"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func reasonField(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	return []templ.Component{ui.Textarea(ui.Field{
		Name: "reason", Label: t("system.reason"), Hint: t("system.reason_hint"), Value: f.Reason, Error: errs.Of("reason"), Required: true, Rows: 3, MaxLength: 1000,
	})}
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
