package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

type releasesCmd struct {
	List   releasesListCmd   `cmd:"" help:"List the releases of a list with decision, dates and digests of their files."`
	Show   releasesShowCmd   `cmd:"" help:"Show the entries of a release exactly as issued."`
	Export releasesExportCmd `cmd:"" help:"Write a file of a release, byte for byte as it was made when it was issued."`
	Open   releasesOpenCmd   `cmd:"" help:"Open the draft of the next release from the register."`
	Step   releasesStepCmd   `cmd:"" help:"Take a draft one step on: collect, leave-out, take-in, consult, close, approve, reopen, decision, discard."`
}

// ofList is the list that a command is about.
type ofList struct {
	Name string `arg:"" name:"list" enum:"catalogue,systems,open" help:"catalogue, systems or open."`
}

func (l ofList) path() string { return "/api/v1/releases/" + url.PathEscape(l.Name) }

// ofRelease is the release that a command is about.
type ofRelease struct {
	ofList
	Number int64 `arg:"" help:"Number of the release."`
}

func (r ofRelease) path() string { return fmt.Sprintf("%s/%d", r.ofList.path(), r.Number) }

type releasesListCmd struct {
	remote
	ofList
}

func (c releasesListCmd) Run(ctx context.Context, s streams) error {
	return c.print(ctx, s, http.MethodGet, c.path(), nil)
}

// print calls the server and prints what it answers.
func (r remote) print(ctx context.Context, s streams, method, path string, ask any) error {
	body, err := r.call(ctx, method, path, ask, nil)
	if err != nil {
		return err
	}
	return printJSON(s.out, body)
}

type releasesShowCmd struct {
	remote
	ofRelease
	Text   string `help:"Only entries that hold these words, with or without marks."`
	Change string `help:"Only entries that are added, changed, removed, same or left_out."`
	After  string `help:"Cursor of the page before."`
}

func (c releasesShowCmd) Run(ctx context.Context, s streams) error {
	q := url.Values{"limit": {"500"}}
	for name, value := range map[string]string{"q": c.Text, "change": c.Change, "after": c.After} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return c.print(ctx, s, http.MethodGet, c.path()+"/entries?"+q.Encode(), nil)
}

type releasesExportCmd struct {
	remote
	ofRelease
	Kind string `arg:"" help:"xlsx, docx, csv, json or decision; of a draft that is approved memo, draft_decision or annex_xlsx."`
	Out  string `short:"o" required:"" type:"path" help:"File to write; one that exists is left alone."`
}

func (c releasesExportCmd) Run(ctx context.Context, s streams) error {
	return c.save(ctx, s, c.path()+"/files/"+url.PathEscape(c.Kind), c.Out)
}

type releasesOpenCmd struct {
	remote
	ofList
}

func (c releasesOpenCmd) Run(ctx context.Context, s streams) error {
	return c.print(ctx, s, http.MethodPost, c.path(), json.RawMessage(`{}`))
}

type releasesStepCmd struct {
	remote
	ofRelease
	Verb string `arg:"" help:"The step, as the API names it."`
	File string `help:"JSON file with what the step needs; - for standard input."`
}

func (c releasesStepCmd) Run(ctx context.Context, s streams) error {
	var input any = json.RawMessage(`{}`)
	if c.File != "" {
		read, err := readJSON(s, c.File)
		if err != nil {
			return err
		}
		input = read
	}
	return c.print(ctx, s, http.MethodPost, c.path()+"/"+url.PathEscape(c.Verb), input)
}
