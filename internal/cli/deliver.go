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
	File        string `arg:"" type:"existingfile" help:"CSV (UTF-8), XLSX or JSON file."`
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
	var header []string
	if c.Key != "" {
		header = []string{"Idempotency-Key", c.Key}
	}
	var got delivery
	if _, err := send(ctx, at, http.MethodPost, "/api/v1/ingest/deliveries?"+query.Encode(), "application/octet-stream", f, &got, header...); err != nil {
		return err
	}
	return c.wait(ctx, s, got.ID)
}

type delivery struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Counts struct {
		Read       int64 `json:"read"`
		Accepted   int64 `json:"accepted"`
		Rejected   int64 `json:"rejected"`
		Duplicates int64 `json:"duplicates"`
	} `json:"counts"`
	Version int64 `json:"version"`
	Refusal struct {
		Code string `json:"code"`
	} `json:"refusal"`
	Detail string `json:"refusal_detail"`
}

// wait asks until the delivery is checked, then tells what became of it.
func (c deliverCmd) wait(ctx context.Context, s streams, id string) error {
	for until := time.Now().Add(time.Duration(c.WaitSeconds) * time.Second); ; {
		var got struct{ Delivery delivery }
		body, err := c.call(ctx, http.MethodGet, "/api/v1/ingest/deliveries/"+url.PathEscape(id), nil, &got)
		if err != nil {
			return err
		}
		if got.Delivery.State != "received" && got.Delivery.State != "checking" {
			return c.tell(s, got.Delivery, body)
		}
		if time.Now().After(until) {
			return fmt.Errorf("delivery %s is still %s; look at it in the console", id, got.Delivery.State)
		}
		select {
		case <-time.After(300 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c deliverCmd) tell(s streams, d delivery, body []byte) error {
	if c.JSON {
		if err := printJSON(s.out, body); err != nil {
			return err
		}
	} else {
		n := d.Counts
		fmt.Fprintf(s.out, "delivery %s: %s; rows in %d = accepted %d + rejected %d + duplicates %d\n", d.ID, d.State, n.Read, n.Accepted, n.Rejected, n.Duplicates)
	}
	switch {
	case d.State == "published":
		if !c.JSON {
			fmt.Fprintf(s.out, "published as version %d\n", d.Version)
		}
		return nil
	case d.Refusal.Code != "":
		return fmt.Errorf("the delivery was not published: %s (%s)", d.Detail, d.Refusal.Code)
	}
	return errors.New("the delivery was not published; its page in the console tells why and what can be done")
}
