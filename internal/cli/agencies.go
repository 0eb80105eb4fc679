package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
)

type agenciesCmd struct {
	List   agenciesListCmd   `cmd:"" help:"List agencies."`
	Import agenciesImportCmd `cmd:"" help:"Import agencies from a CSV file; all rows or none."`
}

type agenciesListCmd struct {
	remote
	Kind string `help:"department, commune, service_unit, central_vertical, other or external."`
	Text string `arg:"" optional:"" help:"Part of the name, with or without diacritics."`
}

func (c agenciesListCmd) Run(ctx context.Context, s streams) error {
	var got struct {
		Agencies []struct{ Code, Name, Kind string }
	}
	body, err := c.call(ctx, http.MethodGet, "/api/v1/agencies?"+url.Values{"kind": {c.Kind}, "q": {c.Text}}.Encode(), nil, &got)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, body)
	}
	for _, a := range got.Agencies {
		fmt.Fprintf(s.out, "%-14s %-18s %s\n", a.Code, a.Kind, a.Name)
	}
	return nil
}

type agenciesImportCmd struct {
	remote
	File string `arg:"" type:"existingfile" help:"CSV file, UTF-8: code,name,kind,valid_from,parent,commune,sponsor,commitment,valid_to."`
}

func (c agenciesImportCmd) Run(ctx context.Context, s streams) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	at, err := c.read()
	if err != nil {
		return err
	}
	body, err := send(ctx, at, http.MethodPost, "/api/v1/agencies/import", "text/csv", f, nil)
	if err != nil {
		return err
	}
	return printJSON(s.out, body)
}
