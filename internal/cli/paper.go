package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
)

type connectionsPaperCmd struct {
	remote
	ID   string `arg:"" help:"Id of the request."`
	Kind string `arg:"" enum:"minutes,refusal" help:"minutes or refusal."`
	Out  string `short:"o" required:"" type:"path" help:"File to write; one that exists is left alone."`
}

func (c connectionsPaperCmd) Run(ctx context.Context, s streams) error {
	return c.save(ctx, s, "/api/v1/connections/requests/"+url.PathEscape(c.ID)+"/"+c.Kind, c.Out)
}

// save writes what the server answers into a new file, readable by its user only.
func (r remote) save(ctx context.Context, s streams, path, file string) error {
	body, err := r.call(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("make the file: %w", err)
	}
	if _, err = f.Write(body); err == nil {
		err = f.Sync()
	}
	if end := f.Close(); err == nil {
		err = end
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	fmt.Fprintf(s.out, "%s: %d bytes\n", file, len(body))
	return nil
}
