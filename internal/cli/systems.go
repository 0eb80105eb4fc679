package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
)

type systemsCmd struct {
	List       systemsListCmd   `cmd:"" help:"List systems with what traffic shows of them."`
	Import     systemsImportCmd `cmd:"" help:"Import systems from a CSV or XLSX file; all lines or none."`
	Compliance complianceCmd    `cmd:"" help:"What was found of the four obligations of each dataset of the catalogue in force."`
}

type systemsListCmd struct {
	remote
	Status string `help:"not_connected, testing, connected, idle or disconnected."`
	Level  string `help:"none, valid, expiring, lapsed or exception."`
	Text   string `arg:"" optional:"" help:"Part of the name, with or without diacritics."`
}

func (c systemsListCmd) Run(ctx context.Context, s streams) error {
	var got struct {
		Systems []struct {
			ID, Name, Owner, Status string
			LevelState              string `json:"level_state"`
		}
	}
	q := url.Values{"q": {c.Text}}
	for name, value := range map[string]string{"status": c.Status, "level": c.Level} {
		if value != "" {
			q.Set(name, value)
		}
	}
	body, err := c.call(ctx, http.MethodGet, "/api/v1/systems?"+q.Encode(), nil, &got)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, body)
	}
	for _, one := range got.Systems {
		fmt.Fprintf(s.out, "%-24s %-10s %-14s %-10s %s\n", one.ID, one.Owner, one.Status, one.LevelState, one.Name)
	}
	return nil
}

type systemsImportCmd struct {
	remote
	File string `arg:"" type:"existingfile" help:"CSV (UTF-8) or XLSX; the template is on the page \"Nhập từ tệp\"."`
}

func (c systemsImportCmd) Run(ctx context.Context, s streams) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	at, err := c.read()
	if err != nil {
		return err
	}
	body, err := send(ctx, at, http.MethodPost, "/api/v1/systems/import", "application/octet-stream", f, nil)
	if err != nil {
		return err
	}
	return printJSON(s.out, body)
}

type complianceCmd struct {
	remote
	Owner string `help:"Code of the owner agency."`
	Light string `help:"met, unmet or not_assessed."`
}

func (c complianceCmd) Run(ctx context.Context, s streams) error {
	var got struct {
		Datasets []struct {
			Dataset  string
			Findings map[string]struct{ Light string }
		}
	}
	q := url.Values{"limit": {"1000"}}
	for name, value := range map[string]string{"owner": c.Owner, "light": c.Light} {
		if value != "" {
			q.Set(name, value)
		}
	}
	body, err := c.call(ctx, http.MethodGet, "/api/v1/catalog/compliance?"+q.Encode(), nil, &got)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, body)
	}
	for _, d := range got.Datasets {
		fmt.Fprintf(s.out, "%-40s", d.Dataset)
		for _, k := range []string{"connected", "standardised", "updated", "quality"} {
			fmt.Fprintf(s.out, " %s=%s", k, d.Findings[k].Light)
		}
		fmt.Fprintln(s.out)
	}
	return nil
}
