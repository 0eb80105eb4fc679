package cli

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

type privacyCmd struct {
	List     privacyListCmd     `cmd:"" help:"List datasets with personal data and how they stand in the register."`
	Show     privacyShowCmd     `cmd:"" help:"Show one entry, with what it lacks."`
	Save     privacySaveCmd     `cmd:"" help:"Write the draft of an entry from a JSON file (- for standard input)."`
	Send     privacySendCmd     `cmd:"" help:"Send the draft for confirmation."`
	Confirm  privacyConfirmCmd  `cmd:"" help:"Put the sent draft in force."`
	Return   privacyReturnCmd   `cmd:"" help:"Give the sent draft back."`
	Withdraw privacyWithdrawCmd `cmd:"" help:"Take an entry out of force: the dataset is not served from then on."`
	Export   privacyExportCmd   `cmd:"" help:"Save the whole register of an agency, or one entry, as DOCX or XLSX."`
}

// entryPath of a dataset, whose code has a slash.
func entryPath(dataset string) string {
	owner, slug, _ := strings.Cut(dataset, "/")
	return "/api/v1/privacy/entries/" + url.PathEscape(owner) + "/" + url.PathEscape(slug)
}

type privacyListCmd struct {
	remote
	Owner    string `help:"Only datasets of this agency."`
	Standing string `help:"Only those that stand so: none, draft, sent, withdrawn, incomplete, expired, ending, in_force."`
}

func (c privacyListCmd) Run(ctx context.Context, s streams) error {
	q := url.Values{"limit": {"500"}}
	for name, value := range map[string]string{"owner": c.Owner, "standing": c.Standing} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return c.print(ctx, s, http.MethodGet, "/api/v1/privacy/entries?"+q.Encode(), nil)
}

type privacyEntry struct {
	remote
	Dataset string `arg:"" help:"Code of the dataset, as H38.05/ho-ngheo."`
}

type privacyShowCmd struct{ privacyEntry }

func (c privacyShowCmd) Run(ctx context.Context, s streams) error {
	return c.print(ctx, s, http.MethodGet, entryPath(c.Dataset), nil)
}

type privacySaveCmd struct {
	privacyEntry
	File string `arg:"" help:"JSON file with the content; - for standard input."`
}

func (c privacySaveCmd) Run(ctx context.Context, s streams) error {
	content, err := readJSON(s, c.File)
	if err != nil {
		return err
	}
	return c.print(ctx, s, http.MethodPut, entryPath(c.Dataset), content)
}

type privacySendCmd struct{ privacyEntry }

func (c privacySendCmd) Run(ctx context.Context, s streams) error {
	return c.print(ctx, s, http.MethodPost, entryPath(c.Dataset)+"/send", nil)
}

type privacyConfirmCmd struct{ privacyEntry }

func (c privacyConfirmCmd) Run(ctx context.Context, s streams) error {
	return c.print(ctx, s, http.MethodPost, entryPath(c.Dataset)+"/confirm", nil)
}

type reasoned struct {
	Reason string `required:"" help:"Why, in at least 10 characters, without data of persons."`
}

func (r reasoned) body() map[string]string { return map[string]string{"reason": r.Reason} }

type privacyReturnCmd struct {
	privacyEntry
	reasoned
}

func (c privacyReturnCmd) Run(ctx context.Context, s streams) error {
	return c.print(ctx, s, http.MethodPost, entryPath(c.Dataset)+"/return", c.body())
}

type privacyWithdrawCmd struct {
	privacyEntry
	reasoned
}

func (c privacyWithdrawCmd) Run(ctx context.Context, s streams) error {
	return c.print(ctx, s, http.MethodPost, entryPath(c.Dataset)+"/withdraw", c.body())
}

type privacyExportCmd struct {
	remote
	What string `arg:"" help:"Code of an agency for its whole register, or of a dataset for one entry."`
	Out  string `short:"o" required:"" type:"path" help:"File to write, .docx or .xlsx; one that exists is left alone."`
}

func (c privacyExportCmd) Run(ctx context.Context, s streams) error {
	if strings.Contains(c.What, "/") {
		return c.save(ctx, s, entryPath(c.What)+"/paper", c.Out)
	}
	format := "docx"
	if strings.HasSuffix(strings.ToLower(c.Out), ".xlsx") {
		format = "xlsx"
	}
	return c.save(ctx, s, "/api/v1/privacy/registers/"+url.PathEscape(c.What)+"?format="+format, c.Out)
}
