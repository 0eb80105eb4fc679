package reviewweb

import (
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/review"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func (p *Pages) showSettings(w http.ResponseWriter, r *http.Request) error {
	now, err := p.review.FindSettings(r.Context())
	if err != nil {
		return err
	}
	return p.settings(w, r, now, nil)
}

type settingsForm struct {
	Revision        int64 `form:"revision"`
	RegularMonths   int64 `form:"regular_months"`
	ProtectedMonths int64 `form:"protected_months"`
	AnswerDays      int64 `form:"answer_days"`
	EventDays       int64 `form:"event_days"`
	AskDays         int64 `form:"ask_days"`
	UnusedDays      int64 `form:"unused_days"`
	QuotaFactor     int64 `form:"quota_factor"`
}

func (p *Pages) changeSettings(w http.ResponseWriter, r *http.Request) error {
	var f settingsForm
	err := web.Decode(r, &f)
	in := review.Settings{
		Revision: f.Revision, RegularMonths: f.RegularMonths, ProtectedMonths: f.ProtectedMonths, AnswerDays: f.AnswerDays, EventDays: f.EventDays, AskDays: f.AskDays,
		UnusedDays: f.UnusedDays, QuotaFactor: f.QuotaFactor,
	}
	if err == nil {
		_, err = p.review.ChangeSettings(r.Context(), in)
	}
	if err != nil {
		return p.settings(w, r, in, err)
	}
	http.Redirect(w, r, "/reviews/settings", http.StatusSeeOther)
	return nil
}

func (p *Pages) settings(w http.ResponseWriter, r *http.Request, s review.Settings, refusal error) error {
	errs, status, err := p.refusedForm(r, refusal)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	may := access.ActorOf(r.Context()).Can(access.SettingsChange)
	v := oneView{Head: ui.Head{Title: t("review.settings"), Lead: t("review.settings_lead")}}
	f := &formView{Form: ui.FormProps{Action: "/reviews/settings", Submit: t("review.settings_do"), Errors: errs, Hidden: []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(s.Revision, 10)}}}}
	var pairs []ui.Pair
	for _, x := range []struct {
		name string
		v    int64
	}{
		{"protected_months", s.ProtectedMonths}, {"regular_months", s.RegularMonths}, {"answer_days", s.AnswerDays}, {"event_days", s.EventDays}, {"ask_days", s.AskDays},
		{"unused_days", s.UnusedDays}, {"quota_factor", s.QuotaFactor},
	} {
		value := strconv.FormatInt(x.v, 10)
		pairs = append(pairs, ui.Pair{Name: t("past.review.settings." + x.name), Text: value})
		f.Numbers = append(f.Numbers, ui.Field{Name: x.name, Label: t("past.review.settings." + x.name), Value: value, Error: errs.Of(x.name), Required: true, Short: true, InputMode: "numeric"})
	}
	if may {
		v.Cards = []cardView{{Card: ui.CardProps{Title: t("review.settings")}, Form: f}}
	} else {
		v.Cards = []cardView{{Card: ui.CardProps{Title: t("review.settings")}, Pairs: pairs}}
		v.Notes = []ui.Note{{Tone: ui.Info, Title: t("review.settings_read"), Text: t("review.settings_read_text")}}
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("review.settings"), Crumbs: []ui.Crumb{{Label: t("review.campaigns"), Path: campaignsPath}, {Label: t("review.settings")}}, Body: onePage(v), Status: status,
	})
}
