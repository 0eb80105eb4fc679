package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
)

type dictionaryCmd struct {
	Export      dictionaryExportCmd      `cmd:"" help:"Write the whole dictionary to a file."`
	ProposeList dictionaryProposeListCmd `cmd:"" help:"Propose a code list, or its next version, from a CSV or XLSX file; all lines or none."`
}

type dictionaryExportCmd struct {
	remote
	Format string `enum:"csv,json,xlsx" default:"csv" help:"csv, json or xlsx."`
	Out    string `help:"File; the standard output when left out."`
}

func (c dictionaryExportCmd) Run(ctx context.Context, s streams) error {
	body, err := c.call(ctx, http.MethodGet, "/api/v1/dictionary/export?format="+c.Format, nil, nil)
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err = s.out.Write(body)
		return err
	}
	if err := os.WriteFile(c.Out, body, 0o644); err != nil { //nolint:gosec // the dictionary is open to all agencies
		return fmt.Errorf("write the dictionary: %w", err)
	}
	return nil
}

type dictionaryProposeListCmd struct {
	remote
	Name      string `required:"" help:"Name of the list, such as loai_rung."`
	Title     string `help:"Title; that of the list there is when left out."`
	Standard  string `help:"Source standard."`
	Reason    string `required:"" help:"Why; at least 10 characters."`
	Effective string `help:"First day, yyyy-MM-dd; when it is approved, when left out."`
	File      string `arg:"" type:"existingfile" help:"CSV (UTF-8) or XLSX with the columns code, label and perhaps valid_from, valid_to."`
}

func (c dictionaryProposeListCmd) Run(ctx context.Context, s streams) error {
	file, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	at, err := c.read()
	if err != nil {
		return err
	}
	kind := "text/csv"
	if bytes.HasPrefix(file, []byte("PK")) {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	q := url.Values{"name": {c.Name}, "title": {c.Title}, "standard": {c.Standard}, "reason": {c.Reason}, "effective_from": {c.Effective}}
	body, err := send(ctx, at, http.MethodPost, "/api/v1/code-lists/import?"+q.Encode(), kind, bytes.NewReader(file), nil)
	if err != nil {
		return err
	}
	return printJSON(s.out, body)
}
