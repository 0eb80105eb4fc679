package systemweb

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/certificate"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// certificateActs are the steps on a system's certificates.
func (p *Pages) certificateActs() []act {
	if p.certificates == nil {
		return nil
	}
	start := func(*system.System) actForm {
		return actForm{Days: p.certificates.Days, Overlap: 7, Code: string(certificate.Superseded)}
	}
	return []act{
		{pattern: "/system/{id}/certificate", permission: access.SystemCredential, key: "system.certificate_issue", icon: ui.IconProof, start: start, fields: certificateFields, do: p.issueCertificate},
		{pattern: "/system/{id}/certificate/{serial}/renew", permission: access.SystemCredential, key: "system.certificate_renew", icon: ui.IconRetry, start: start, fields: renewalFields, do: p.renewCertificate},
		{pattern: "/system/{id}/certificate/{serial}/revoke", permission: access.SystemCredential, key: "system.certificate_revoke", icon: ui.IconStopped, danger: true, start: start, fields: revocationFields, do: p.revokeCertificate},
	}
}

// certificatesCard shows serial, end and state of a system's certificates.
func (p *Pages) certificatesCard(ctx context.Context, t ui.T, s *system.System, who access.Actor) (*part, error) {
	if p.certificates == nil {
		return nil, nil //nolint:nilnil // no authority, no card
	}
	list, err := p.certificates.List(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	may, now := who.Can(access.SystemCredential), p.clock.Now()
	c := &part{Card: ui.CardProps{ID: "certificates", Title: t("system.certificates"), Lead: t("system.certificates_lead"), Flush: true}, Table: ui.TableProps{
		Caption: t("system.certificates"), Columns: []ui.Column{{Label: t("system.certificate_serial")}, {Label: t("system.credential_to")}, {Label: t("system.col_state")}},
		Empty: ui.Empty{Icon: ui.IconProof, Title: t("system.certificates_none"), Text: t("system.certificates_none_text")},
	}}
	if may {
		c.Card.Actions = []ui.Action{{Label: t("system.certificate_issue"), Path: path(s.ID) + "/certificate", Icon: ui.IconAdd}}
	}
	for _, one := range list {
		at := path(s.ID) + "/certificate/" + one.Serial
		state := []templ.Component{ui.Badge(certificateState(t, one, now))}
		if one.RevokedReason != "" {
			state = append(state, ui.Muted(one.RevokedReason))
		}
		if may && one.ValidAt(now) {
			if one.ReplacedBy == "" {
				state = append(state, ui.Button(ui.Action{Label: t("system.certificate_renew"), Path: at + "/renew", Icon: ui.IconRetry}))
			}
			state = append(state, ui.Button(ui.Action{Label: t("system.revoke"), Path: at + "/revoke", Icon: ui.IconStopped, Kind: ui.Danger}))
		}
		c.Table.Rows = append(c.Table.Rows, ui.Cells(ui.Group(named(one.Serial, one.Label, ui.Link(t("system.certificate_pem"), at+"/pem"))...),
			ui.Two(i18n.DateTime(one.ValidTo), t("system.made", i18n.DateTime(one.CreatedAt))), ui.Group(state...)))
	}
	return c, nil
}

func certificateState(t ui.T, c *certificate.Certificate, now time.Time) ui.State {
	switch {
	case !c.RevokedAt.IsZero():
		return ui.State{Label: t("system.credential_state_revoked"), Tone: ui.Bad, Icon: ui.IconStopped}
	case !c.ValidAt(now):
		return ui.State{Label: t("system.credential_state_expired"), Tone: ui.Neutral, Icon: ui.IconWaiting}
	case c.ReplacedBy != "":
		return ui.State{Label: t("system.certificate_replaced"), Tone: ui.Info, Icon: ui.IconWaiting}
	case c.EndsSoon(now):
		return ui.State{Label: t("system.certificate_soon"), Tone: ui.Warn, Icon: ui.IconWaiting}
	}
	return ui.State{Label: t("system.credential_state_valid"), Tone: ui.Good}
}

// certificateFile is the certificate as the file that clients take.
func (p *Pages) certificateFile(w http.ResponseWriter, r *http.Request) error {
	list, err := p.certificates.List(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.Serial == r.PathValue("serial") {
			w.Header().Set("Content-Type", "application/x-pem-file")
			w.Header().Set("Content-Disposition", `attachment; filename="`+c.System+"-"+c.Serial[:8]+`.pem"`)
			_, err := w.Write([]byte(c.PEM))
			return err
		}
	}
	return fault.New(fault.NotFound, "certificate.not_found", r.PathValue("serial"))
}

func certificateFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	return []templ.Component{
		ui.Textarea(ui.Field{Name: "csr", Label: t("system.certificate_csr"), Hint: t("system.certificate_csr_hint"), Value: f.CSR, Error: errs.Of("csr"), Required: true, Rows: 10, MaxLength: 16000}),
		ui.Input(ui.Field{Name: "label", Label: t("system.credential_label"), Hint: t("system.certificate_label_hint"), Value: f.Label, Error: errs.Of("label"), MaxLength: 120, Optional: true}),
		ui.Input(ui.Field{Name: "days", Label: t("system.certificate_days"), Hint: t("system.certificate_days_hint", certificate.MostDays), Value: strconv.Itoa(f.Days), Error: errs.Of("days"), Required: true, Type: "number", Short: true}),
	}
}

func renewalFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	return append(certificateFields(t, f, errs), ui.Input(ui.Field{
		Name: "overlap_days", Label: t("system.certificate_overlap"), Hint: t("system.certificate_overlap_hint", certificate.MostOverlap), Value: strconv.Itoa(f.Overlap), Error: errs.Of("overlap_days"), Required: true, Type: "number", Short: true,
	}))
}

func revocationFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	c := ui.Choice{Field: ui.Field{Name: "code", Label: t("system.certificate_code"), Error: errs.Of("code"), Required: true}}
	for _, reason := range certificate.Reasons() {
		c.Options = append(c.Options, ui.Option{Value: string(reason), Label: t("certificate.reason." + string(reason)), On: f.Code == string(reason)})
	}
	return append([]templ.Component{ui.Radios(c)}, reasonField(t, f, errs)...)
}

func (p *Pages) issueCertificate(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	_, err := p.certificates.Issue(ctx, r.PathValue("id"), certificate.Ask{Request: f.CSR, Label: f.Label, Days: f.Days})
	return nil, err
}

func (p *Pages) renewCertificate(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	_, err := p.certificates.Issue(ctx, r.PathValue("id"), certificate.Ask{Request: f.CSR, Label: f.Label, Days: f.Days, Replaces: r.PathValue("serial"), Overlap: f.Overlap})
	return nil, err
}

func (p *Pages) revokeCertificate(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	return nil, p.certificates.Revoke(ctx, r.PathValue("id"), r.PathValue("serial"), certificate.Reason(f.Code), f.Reason)
}
