package app

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogweb"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/privacy"
	"lienthong/internal/privacy/privacyweb"
	"lienthong/internal/task"
)

// privacyReminders: an entry ends at a midnight, so a look each hour is enough.
const privacyReminders = time.Hour

func (a *App) buildPrivacy() {
	a.privacy = privacy.NewService(privacy.Parts{DB: a.db, Log: a.audit, Clock: a.clock, Catalog: a.catalog, Purposes: a.access.Purposes, Stepped: a.privacyStepped})
}

// privacyStepped keeps the inbox true: a sent entry is the head's to confirm, one that was returned or whose end is near
// the steward's.
func (a *App) privacyStepped(ctx context.Context, q controldb.Querier, e *privacy.Entry, s privacy.Standing) error {
	subject := "privacy.entry/" + e.Dataset
	t := task.Task{Agency: e.Owner, Subject: subject, Path: "/privacy/" + e.Dataset, TitleArgs: []string{e.Dataset}, WorkingDays: 5}
	switch {
	case e.Draft.Sent():
		t.Kind, t.Role, t.TitleKey = "privacy.confirm", access.AgencyHead, "privacy.task_confirm"
	case e.Draft != nil && e.Returned != "":
		t.Kind, t.Role, t.TitleKey = "privacy.complete", access.Steward, "privacy.task_complete"
	case e.Draft == nil && e.InForce != nil && (s == privacy.Ending || s == privacy.Expired):
		t.Kind, t.Role, t.TitleKey = "privacy.review", access.Steward, "privacy.task_review"
		t.DueAt, _ = e.InForce.ValidTo.End()
	default:
		return a.task.Cancel(ctx, q, subject)
	}
	for _, kind := range []string{"privacy.confirm", "privacy.complete", "privacy.review"} {
		if kind != t.Kind {
			if err := a.task.Done(ctx, q, kind, subject); err != nil {
				return err
			}
		}
	}
	return a.task.Open(ctx, q, t)
}

// processing tells the profile of a dataset how it stands in the register; nothing for one without personal data.
func (a *App) processing(ctx context.Context, code catalog.Code) (catalogweb.Processing, error) {
	_, standing, err := a.privacy.Complete(ctx, string(code))
	if err != nil || standing == privacy.NotNeeded {
		return catalogweb.Processing{}, err
	}
	p := catalogweb.Processing{Word: "privacy.standing." + string(standing), Tone: privacyweb.Tone(standing), Serves: standing.Serves()}
	d, err := a.catalog.FindByCode(ctx, code)
	if who := access.ActorOf(ctx); err == nil && who.CanFor(access.PrivacyRead, d.Owner) {
		p.Path = "/privacy/" + string(code)
	}
	return p, err
}

func (a *App) privacyPages(shellPurposes func(context.Context) map[string]string) privacyweb.Registers {
	return privacyweb.Registers{
		Agency: a.agencyName, Purposes: shellPurposes, Letterhead: a.letterhead,
		Choices: func(ctx context.Context) ([]privacyweb.Named, error) {
			all, err := a.access.Purposes(ctx)
			var out []privacyweb.Named
			for _, x := range all {
				if x.Active {
					name := x.Name
					if i18n.LangOf(ctx) == i18n.En && x.NameEn != "" {
						name = x.NameEn
					}
					out = append(out, privacyweb.Named{Code: x.Code, Name: name})
				}
			}
			return out, err
		},
		Owners: func(ctx context.Context) ([]privacyweb.Named, error) {
			all, err := a.catalogSources().Agencies(ctx)
			var out []privacyweb.Named
			for _, x := range all {
				out = append(out, privacyweb.Named{Code: x.Code, Name: x.Name})
			}
			return out, err
		},
	}
}
