package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/ingest/sheet"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/fault"
)

// lookAt has a child read what was written, before it is kept.
func (s *Service) lookAt(ctx context.Context, in DeliveryInput, d *Delivery, w *blob.Writer) error {
	file, err := w.Reopen()
	if err != nil {
		return err
	}
	err = errors.Join(s.look(ctx, d, file), file.Close())
	if fault.Is(err, "ingest.secret_marking") {
		w.Abort()
		return s.stamped(ctx, in, fault.Of(err))
	}
	return err
}

// sniff tells the format by the content and refuses what holds no table, whatever it is called.
func (s *Service) sniff(d *Delivery, r io.Reader) (io.Reader, error) {
	head, end := readHead(r)
	whole := io.MultiReader(bytes.NewReader(head), &endReader{r, end})
	format, instead := sheet.Sniff(head)
	d.Format = format
	switch {
	case strings.HasPrefix(instead, "XLS") && sheet.EncryptedOLE(io.LimitReader(whole, maxSearched)):
		return nil, fault.New(fault.Invalid, sheet.CodeEncrypted)
	case strings.HasPrefix(instead, "XLS"):
		return nil, fault.New(fault.Invalid, sheet.CodeOldSheet, "XLS")
	case instead != "":
		return nil, fault.New(fault.Invalid, "ingest.not_a_table", instead)
	case d.Encoding != "" && format != sheet.FormatCSV:
		return nil, fault.New(fault.Invalid, "ingest.encoding_of_csv", strings.ToUpper(format)).At("encoding")
	}
	return whole, nil
}

const maxSearched = 64 << 20

// endReader goes on reading, unless the end has been met already.
type endReader struct {
	r   io.Reader
	end error
}

func (e *endReader) Read(p []byte) (int, error) {
	if e.end != nil {
		return 0, e.end
	}
	return e.r.Read(p)
}

// noteRefused records that a file came and was not kept.
func (s *Service) noteRefused(ctx context.Context, d *Delivery, refusal *fault.Fault) error {
	return s.Log.Note(ctx, &audit.Record{
		Channel: audit.ChannelFile, Event: "ingest.deliver", Actor: access.ActorOf(ctx).ForAudit(), Target: audit.Target{Dataset: string(d.Dataset), Owner: d.Owner},
		Decision: audit.Decision{Result: audit.Deny, Reason: audit.ReasonScope}, Result: audit.Result{Status: strconv.Itoa(refusal.Kind.Status()), ErrorCode: refusal.Code},
		Content: audit.Content{Bytes: d.Size},
	})
}

// look is one whole reading of a file that only a child may take apart, before it is kept: what makes it hostile is
// refused here, and its texts are searched for stamps (invariant 3). A table that an official can mend is kept with its
// refusal.
func (s *Service) look(ctx context.Context, d *Delivery, file *os.File) error {
	select {
	case s.readers <- struct{}{}:
		defer func() { <-s.readers }()
	case <-ctx.Done():
		return fmt.Errorf("wait for a reader: %w", ctx.Err())
	}
	search := &stampSearch{}
	r, err := sheet.Open(ctx, file, sheet.Options{Format: d.Format, Seen: search.text})
	if err == nil {
		defer r.Close()
		d.Format = r.Header().Format
		err = search.all(r)
	}
	var refusal *sheet.Refusal
	switch {
	case !errors.As(err, &refusal):
		return asFault(err)
	case refusal.Table():
		d.State, d.CheckedAt, d.Refusal = Rejected, d.ReceivedAt, &Refusal{Code: refusal.Code, Args: refusal.Args}
		return nil
	case refusal.Code == sheet.CodeArchiveBomb || refusal.Code == sheet.CodeArchiveMany || refusal.Code == sheet.CodeLimits:
		return fault.New(fault.TooLarge, refusal.Code, refusal.Args...)
	}
	return asFault(err)
}
