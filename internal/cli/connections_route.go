package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

type connectionsRouteCmd struct {
	remote
	File string `arg:"" help:"JSON file with the need; - for standard input."`
}

type routeAnswer struct {
	Route      string
	Conditions []struct {
		Code    string
		Met     bool
		Reasons []struct {
			Code string
			Args []string
		}
	}
}

// Run says which process the need would take, with the reason of each of the six conditions. Nothing is kept.
func (c connectionsRouteCmd) Run(ctx context.Context, s streams) error {
	need, err := readJSON(s, c.File)
	if err != nil {
		return err
	}
	var got routeAnswer
	body, err := c.call(ctx, http.MethodPost, "/api/v1/connections/route", need, &got)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, body)
	}
	printRoute(s.out, got)
	return nil
}

func printRoute(out io.Writer, got routeAnswer) {
	fmt.Fprintln(out, got.Route)
	for _, k := range got.Conditions {
		verdict := "no"
		if k.Met {
			verdict = "ok"
		}
		fmt.Fprintf(out, "%-3s %-16s", verdict, k.Code)
		for _, r := range k.Reasons {
			fmt.Fprint(out, " ", r.Code, r.Args)
		}
		fmt.Fprintln(out)
	}
}

type connectionsLimitsCmd struct {
	remote
	Set string `help:"JSON file with full, shortened, revision and reason, to set the limits; - for standard input."`
}

// Run shows the time limits of both processes in working days, or sets them.
func (c connectionsLimitsCmd) Run(ctx context.Context, s streams) error {
	method, input := http.MethodGet, any(nil)
	if c.Set != "" {
		read, err := readJSON(s, c.Set)
		if err != nil {
			return err
		}
		method, input = http.MethodPut, read
	}
	body, err := c.call(ctx, method, "/api/v1/connections/limits", input, nil)
	if err != nil {
		return err
	}
	return printJSON(s.out, body)
}
