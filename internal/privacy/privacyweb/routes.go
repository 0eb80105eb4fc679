package privacyweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/document"
	"lienthong/internal/kit/clock"
	"lienthong/internal/privacy"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Named is a choice in a form: a code with its name.
type Named struct{ Code, Name string }

// Registers name things of other slices; app wires them.
type Registers struct {
	Agency     func(ctx context.Context, code string) string // official name
	Purposes   func(ctx context.Context) map[string]string   // names by code, in the reader's language
	Choices    func(ctx context.Context) ([]Named, error)    // purposes that may be chosen
	Owners     func(ctx context.Context) ([]Named, error)    // agencies that own data
	Letterhead func(ctx context.Context, code string) document.Letterhead
}

// Pages of the register.
type Pages struct {
	shell     *web.Shell
	privacy   *privacy.Service
	clock     clock.Clock
	registers Registers
}

// New builds the pages.
func New(shell *web.Shell, s *privacy.Service, c clock.Clock, r Registers) *Pages {
	return &Pages{shell, s, c, r}
}

const one = "/privacy/{owner}/{slug}"

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/privacy", access.PrivacyRead, p.listEntries).InMenu(web.Nav{Group: web.GroupData, LabelKey: "privacy.register", Icon: ui.IconProof, Order: 60}),
		web.Get("/privacy/register.docx", access.PrivacyRead, p.downloadRegister(wholePaper)),
		web.Get("/privacy/register.xlsx", access.PrivacyRead, p.downloadRegister(wholeSheet)),
		web.Get(one, access.PrivacyRead, p.showEntry),
		web.Get(one+"/entry.docx", access.PrivacyRead, p.downloadEntry),
		web.Get(one+"/edit", access.PrivacyRegister, p.editEntry),
		web.Post(one+"/edit", access.PrivacyRegister, p.saveEntry),
		web.Post(one+"/send", access.PrivacyRegister, p.take(sendStep)),
		web.Post(one+"/confirm", access.PrivacyConfirm, p.take(confirmStep)),
		web.Post(one+"/return", access.PrivacyConfirm, p.take(returnStep)),
		web.Post(one+"/withdraw", access.PrivacyWithdraw, p.take(withdrawStep)),
	}
}

func path(dataset string) string { return "/privacy/" + dataset }

// Tone of a standing.
func Tone(s privacy.Standing) ui.Tone {
	switch s {
	case privacy.InForce:
		return ui.Good
	case privacy.Ending:
		return ui.Warn
	case privacy.Sent:
		return ui.Info
	case privacy.NotNeeded:
		return ui.Neutral
	}
	return ui.Bad
}

func badge(t ui.T, s privacy.Standing) ui.State {
	return ui.State{Label: t("privacy.standing." + string(s)), Tone: Tone(s)}
}
