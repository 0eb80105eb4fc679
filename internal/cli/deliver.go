package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

type deliverCmd struct {
	remote
	Dataset     string `arg:"" help:"Code of the dataset, as H38.05/ho-ngheo."`
	File        string `arg:"" type:"existingfile" help:"CSV file, UTF-8."`
	System      string `required:"" help:"Id of the official source system."`
	DataTime    string `help:"When the data was taken from its source (RFC 3339); the file's own time when absent."`
	NotSecret   bool   `help:"I declare that the file holds no state secret."`
	Key         string `help:"Idempotency key; the same key twice changes nothing."`
	WaitSeconds int    `default:"600" help:"How long to wait for the result."`
}

// Run sends the file with its checksum, so that half a file is refused, and waits for the verdict.
func (c deliverCmd) Run(ctx context.Context, s streams) error {
	if !c.NotSecret {
		return errors.New("declare with --not-secret that the file holds no state secret (Điều 1.4)")
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	at, err := c.read()
	if err != nil {
		return err
	}
	dataTime := c.DataTime
	if dataTime == "" {
		info, err := f.Stat()
		if err != nil {
			return fmt.Errorf("read the file's time: %w", err)
		}
		dataTime = info.ModTime().UTC().Format(time.RFC3339)
	}
	query := url.Values{"dataset": {c.Dataset}, "system": {c.System}, "file_name": {filepath.Base(c.File)}, "data_time": {dataTime},
		"declaration": {"not-secret"}, "sha256": {hex.EncodeToString(sum.Sum(nil))}}
	if c.Key != "" {
		query.Set("idempotency_key", c.Key)
	}
	var got delivery
	body, err := send(ctx, at, http.MethodPost, "/api/v1/ingest/deliveries?"+query.Encode(), "text/csv", f, &got)
	if err != nil {
		return err
	}
	return c.wait(ctx, s, got, body)
}

type delivery struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Read     int64  `json:"rows_in"`
	Accepted int64  `json:"accepted"`
	Rejected int64  `json:"rejected"`
	Twice    int64  `json:"duplicates"`
	Version  int64  `json:"version"`
	Code     string `json:"code"`
}

func (c deliverCmd) wait(ctx context.Context, s streams, got delivery, body []byte) error {
	for until := time.Now().Add(time.Duration(c.WaitSeconds) * time.Second); got.State == "received" || got.State == "checking"; {
		if time.Now().After(until) {
			return fmt.Errorf("delivery %s is still %s; look at it in the console", got.ID, got.State)
		}
		select {
		case <-time.After(300 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		var err error
		if body, err = c.call(ctx, http.MethodGet, "/api/v1/ingest/deliveries/"+got.ID, nil, &got); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(s.out, body)
	}
	fmt.Fprintf(s.out, "delivery %s: %s; rows in %d = accepted %d + rejected %d + duplicates %d\n", got.ID, got.State, got.Read, got.Accepted, got.Rejected, got.Twice)
	if got.State != "published" {
		return fmt.Errorf("the delivery was not published (%s)", got.Code)
	}
	fmt.Fprintf(s.out, "published as version %d\n", got.Version)
	return nil
}
