package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

type certificatesCmd struct {
	List   certificatesListCmd   `cmd:"" help:"List a system's certificates with serial number and end."`
	Issue  certificatesIssueCmd  `cmd:"" help:"Give a system a certificate for a request (CSR), or renew one."`
	Revoke certificatesRevokeCmd `cmd:"" help:"Revoke a certificate; it opens nothing once this has answered."`
}

// certificateJSON is a certificate as the API gives it.
type certificateJSON struct {
	Serial, Label, PEM string
	ValidTo            time.Time `json:"valid_to"`
	RevokedAt          time.Time `json:"revoked_at"`
	ReplacedBy         string    `json:"replaced_by"`
}

func certificatesPath(system string) string {
	return "/api/v1/systems/" + url.PathEscape(system) + "/certificates"
}

type certificatesListCmd struct {
	remote
	System string `arg:"" help:"Code of the system."`
}

func (c certificatesListCmd) Run(ctx context.Context, s streams) error {
	var got struct{ Certificates []certificateJSON }
	body, err := c.call(ctx, http.MethodGet, certificatesPath(c.System), nil, &got)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, body)
	}
	now := time.Now()
	for _, k := range got.Certificates {
		state := "valid"
		switch {
		case !k.RevokedAt.IsZero():
			state = "revoked"
		case !now.Before(k.ValidTo):
			state = "expired"
		case k.ReplacedBy != "":
			state = "replaced"
		}
		fmt.Fprintf(s.out, "%s  %-8s to %s  %s\n", k.Serial, state, k.ValidTo.Local().Format("2006-01-02 15:04"), k.Label)
	}
	return nil
}

type certificatesIssueCmd struct {
	remote
	System  string `arg:"" help:"Code of the system."`
	CSR     string `arg:"" help:"PKCS #10 request as PEM; - for standard input."`
	Label   string `help:"What it is for."`
	Days    int    `help:"How long it is good for; the platform's own term when absent."`
	Renew   string `help:"Serial number of the certificate that it takes over from."`
	Overlap int    `help:"Days that the older certificate still opens." default:"7"`
	Out     string `help:"File for the certificate; standard output when absent." type:"path"`
}

func (c certificatesIssueCmd) Run(ctx context.Context, s streams) error {
	csr, err := readText(s, c.CSR)
	if err != nil {
		return err
	}
	path, ask := certificatesPath(c.System), map[string]any{"csr": csr, "label": c.Label, "days": c.Days}
	if c.Renew != "" {
		path += "/" + url.PathEscape(c.Renew) + "/renew"
		ask["overlap_days"] = c.Overlap
	}
	var got certificateJSON
	body, err := c.call(ctx, http.MethodPost, path, ask, &got)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, body)
	}
	if c.Out == "" {
		_, err := io.WriteString(s.out, got.PEM)
		return err
	}
	if err := os.WriteFile(c.Out, []byte(got.PEM), 0o644); err != nil { //nolint:gosec // a certificate is public
		return fmt.Errorf("write the certificate: %w", err)
	}
	fmt.Fprintf(s.out, "%s  to %s  written to %s\n", got.Serial, got.ValidTo.Local().Format("2006-01-02 15:04"), c.Out)
	return nil
}

type certificatesRevokeCmd struct {
	remote
	System string `arg:"" help:"Code of the system."`
	Serial string `arg:"" help:"Serial number."`
	Code   string `required:"" enum:"key_compromise,superseded,affiliation_changed,cessation_of_operation,privilege_withdrawn" help:"key_compromise, superseded, affiliation_changed, cessation_of_operation or privilege_withdrawn."`
	Reason string `required:"" help:"Why, in at least 10 characters, without personal data."`
}

func (c certificatesRevokeCmd) Run(ctx context.Context, s streams) error {
	_, err := c.call(ctx, http.MethodPost, certificatesPath(c.System)+"/"+url.PathEscape(c.Serial)+"/revoke", map[string]string{"code": c.Code, "reason": c.Reason}, nil)
	if err == nil {
		fmt.Fprintln(s.out, "revoked; it opens nothing any more")
	}
	return err
}

func readText(s streams, file string) (string, error) {
	in := s.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("open the file: %w", err)
		}
		defer f.Close()
		in = f
	}
	body, err := io.ReadAll(io.LimitReader(in, 64<<10))
	if err != nil {
		return "", fmt.Errorf("read the file: %w", err)
	}
	return string(body), nil
}
