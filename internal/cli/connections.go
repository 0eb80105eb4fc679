package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
)

type connectionsCmd struct {
	List     connectionsListCmd     `cmd:"" help:"List requests with their state, holder and deadline."`
	Show     connectionsShowCmd     `cmd:"" help:"Show one request whole."`
	Register connectionsRegisterCmd `cmd:"" help:"Register a need from a JSON file (- for standard input)."`
	Step     connectionsStepCmd     `cmd:"" help:"Take a request one step on: submit, appraise, ask-owner, opinion, approve, start-check, pass-check, object, continue, order, provision, review, start-testing, test, confirm, suspend …"`
	Route    connectionsRouteCmd    `cmd:"" help:"Which process a need would take, full or shortened, and why."`
	Limits   connectionsLimitsCmd   `cmd:"" help:"Time limits of both processes; --set sets them."`
	Test     connectionsTestCmd     `cmd:"" help:"Let the platform test a connection and print every case."`
	Paper    connectionsPaperCmd    `cmd:"" help:"Save the minutes of acceptance or the written refusal of a request as DOCX."`
}

type connectionsListCmd struct {
	remote
	State string `help:"Only requests in this state."`
}

func (c connectionsListCmd) Run(ctx context.Context, s streams) error {
	body, err := c.call(ctx, http.MethodGet, "/api/v1/connections/requests?"+url.Values{"state": {c.State}}.Encode(), nil, nil)
	if err != nil {
		return err
	}
	return printJSON(s.out, body)
}

type connectionsShowCmd struct {
	remote
	ID string `arg:"" help:"Id of the request."`
}

func (c connectionsShowCmd) Run(ctx context.Context, s streams) error {
	body, err := c.call(ctx, http.MethodGet, "/api/v1/connections/requests/"+url.PathEscape(c.ID), nil, nil)
	if err != nil {
		return err
	}
	return printJSON(s.out, body)
}

type connectionsRegisterCmd struct {
	remote
	File string `arg:"" help:"JSON file with the need; - for standard input."`
}

func (c connectionsRegisterCmd) Run(ctx context.Context, s streams) error {
	need, err := readJSON(s, c.File)
	if err != nil {
		return err
	}
	body, err := c.call(ctx, http.MethodPost, "/api/v1/connections/requests", need, nil)
	if err != nil {
		return err
	}
	return printJSON(s.out, body)
}

type connectionsStepCmd struct {
	remote
	ID   string `arg:"" help:"Id of the request."`
	Verb string `arg:"" help:"The step, as the API names it."`
	File string `help:"JSON file with what the step needs; - for standard input."`
}

func (c connectionsStepCmd) Run(ctx context.Context, s streams) error {
	var input any = json.RawMessage(`{}`)
	if c.File != "" {
		read, err := readJSON(s, c.File)
		if err != nil {
			return err
		}
		input = read
	}
	body, err := c.call(ctx, http.MethodPost, "/api/v1/connections/requests/"+url.PathEscape(c.ID)+"/"+url.PathEscape(c.Verb), input, nil)
	if err != nil {
		return err
	}
	return printJSON(s.out, body)
}

type connectionsTestCmd struct {
	remote
	ID string `arg:"" help:"Id of the request."`
}

func (c connectionsTestCmd) Run(ctx context.Context, s streams) error {
	var got struct {
		Run struct {
			Cases []struct {
				Name, Expected, Code, Evidence string
				Status                         int
				Pass                           bool
			}
			Stability, Accuracy, Safety struct{ Pass bool }
			Hash                        string
		}
	}
	body, err := c.call(ctx, http.MethodPost, "/api/v1/connections/requests/"+url.PathEscape(c.ID)+"/test", nil, &got)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, body)
	}
	for _, k := range got.Run.Cases {
		verdict := "FAIL"
		if k.Pass {
			verdict = "ok"
		}
		fmt.Fprintf(s.out, "%-4s %-18s expected %-40s got %d %s\n", verdict, k.Name, k.Expected, k.Status, k.Code)
	}
	fmt.Fprintf(s.out, "stability %v, accuracy %v, safety %v\n", got.Run.Stability.Pass, got.Run.Accuracy.Pass, got.Run.Safety.Pass)
	if !got.Run.Stability.Pass || !got.Run.Accuracy.Pass || !got.Run.Safety.Pass {
		return errors.New("a verdict failed; the request goes back to set-up")
	}
	return nil
}

func readJSON(s streams, file string) (json.RawMessage, error) {
	in := s.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("open the file: %w", err)
		}
		defer f.Close()
		in = f
	}
	body, err := io.ReadAll(io.LimitReader(in, 4<<20))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if !json.Valid(body) {
		return nil, errors.New("the file is not JSON")
	}
	return body, nil
}
