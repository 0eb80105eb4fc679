package ingest

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/ingest/sheet"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
)

// Deliver takes a file. When it answers, the file is on disk as it came and a worker will check it; a file that cannot
// be read as text is answered as rejected. A repeated file or key answers the first delivery (invariant 6).
func (s *Service) Deliver(ctx context.Context, in DeliveryInput, r io.Reader) (*Delivery, error) {
	who, about, err := s.admit(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := s.Log.Serves(); err != nil { // before the file takes the room that is left
		return nil, err
	}
	now := s.Clock.Now()
	if in.DataTime.After(now.Add(clockSkew)) {
		return nil, fault.New(fault.Invalid, "ingest.data_time_future", i18n.DateTime(in.DataTime)).At("data_time")
	}
	if in.IdempotencyKey != "" {
		first, found, err := findByKey(ctx, s.DB, in.Dataset, "key:"+in.IdempotencyKey)
		if err != nil {
			return nil, err
		}
		if found {
			return sameFile(first, in.SHA256)
		}
	}
	if stamp, found := catalog.SecretStamp(norm.NFC.String(in.FileName)); found {
		return nil, s.stamped(ctx, in, stampFault(stamp))
	}
	old, err := legacyOf(in.Encoding)
	if err != nil {
		return nil, err
	}
	d := &Delivery{
		ID: ID(ids.New()), Dataset: in.Dataset, Owner: about.Owner, System: in.System, SchemaVersion: about.SchemaVersion, FileName: shortName(in.FileName),
		DataTime: in.DataTime.UTC(), DeclaredBy: who.ID, DeclaredName: who.Name, ReceivedAt: now, State: Received,
	}
	if in.DataTime.IsZero() {
		d.DataTime = now
	}
	if old != nil {
		d.Encoding = old.name
	}
	r, err = s.sniff(d, &contextReader{ctx, r})
	if err == nil {
		err = s.keepRaw(ctx, in, d, r)
	}
	if f := fault.Of(err); err != nil && ctx.Err() == nil && f.Code != "ingest.secret_marking" && f.Kind != fault.Internal {
		err = errors.Join(err, s.noteRefused(ctx, d, f))
	}
	if err != nil {
		return nil, err
	}
	return s.enter(ctx, in, d)
}

// clockSkew is how far the clock of a source may be before ours.
const clockSkew = 5 * time.Minute

// admit holds who may deliver what (invariant 1).
func (s *Service) admit(ctx context.Context, in DeliveryInput) (access.Actor, catalog.Described, error) {
	who, err := access.Require(ctx, access.IngestDeliver)
	if err != nil {
		return who, catalog.Described{}, err
	}
	about, err := s.Catalog.Describe(ctx, in.Dataset)
	if err != nil {
		return who, about, err
	}
	official := in.System == about.OfficialSystem
	if who.Type == access.System { // a system speaks for itself only
		official = official && who.ID == in.System
	} else {
		official = official && who.CanFor(access.IngestDeliver, about.Owner)
	}
	switch {
	case !official:
		refused := &audit.Record{
			Channel: audit.ChannelFile, Event: "ingest.deliver", Actor: who.ForAudit(), Target: audit.Target{Dataset: string(in.Dataset), Owner: about.Owner},
			Decision: audit.Decision{Result: audit.Deny, Reason: audit.ReasonGrant}, Result: audit.Result{Status: "403", ErrorCode: "ingest.not_official_source"},
		}
		if err := s.Log.Note(ctx, refused); err != nil {
			return who, about, err
		}
		return who, about, fault.New(fault.Denied, "ingest.not_official_source", in.Dataset).At("system")
	case !in.NotSecret:
		return who, about, fault.New(fault.Invalid, "ingest.declaration_missing").At("not_secret")
	case !about.State.Live():
		return who, about, fault.New(fault.Conflict, "ingest.dataset_not_live", in.Dataset)
	case about.Schema == nil:
		return who, about, fault.New(fault.Conflict, "ingest.no_schema", in.Dataset)
	case len(in.IdempotencyKey) > 200:
		return who, about, fault.New(fault.Invalid, "ingest.key_too_long").At("idempotency_key")
	}
	return who, about, nil
}

// sameFile answers the first delivery of a key, unless the sender says that the file is another one.
func sameFile(first *Delivery, declared string) (*Delivery, error) {
	if declared != "" && !strings.EqualFold(declared, first.SHA256) {
		return nil, fault.New(fault.Conflict, "ingest.key_reused", first.ID).At("idempotency_key")
	}
	return first, nil
}

// keepRaw streams the file through the gate onto the disk (invariant 2). Of a stamped file nothing stays (invariant 3).
func (s *Service) keepRaw(ctx context.Context, in DeliveryInput, d *Delivery, r io.Reader) error {
	p := s.begin(d.ID, in.Size)
	defer s.end(d.ID)
	w, err := s.Files.Create(d.rawName())
	if err != nil {
		return err
	}
	defer w.Abort()
	g := newGate(r, s.MaxBytes, func(n int64) { p.bytes.Store(n) })
	if g.legacy, err = legacyOf(d.Encoding); err != nil {
		return err
	}
	switch d.Format {
	case sheet.FormatXLSX:
		g.form = packed
	case sheet.FormatJSON:
		g.form = freeText
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{g}, make([]byte, 256<<10)); err != nil {
		w.Abort()
		if fault.Is(err, "ingest.secret_marking") {
			return s.stamped(ctx, in, fault.Of(err))
		}
		var f *fault.Fault
		if errors.As(err, &f) {
			return err
		}
		return fault.New(fault.Invalid, "ingest.interrupted").Because(err)
	}
	d.Size, d.SHA256 = w.Size(), w.SHA256()
	if in.Size > 0 && in.Size != d.Size {
		return fault.New(fault.Invalid, "ingest.half_file", d.Size, in.Size)
	}
	if sum := strings.ToLower(strings.TrimSpace(in.SHA256)); sum != "" && sum != d.SHA256 {
		if b, err := hex.DecodeString(sum); err != nil || len(b) != 32 {
			return fault.New(fault.Invalid, "ingest.bad_sha256").At("sha256")
		}
		return fault.New(fault.Invalid, "ingest.wrong_sha256").At("sha256")
	}
	if g.refusal != nil {
		d.State, d.CheckedAt = Rejected, d.ReceivedAt
		d.Refusal = &Refusal{Code: g.refusal.Code, Args: g.refusal.Args}
	}
	if d.Format != sheet.FormatCSV && d.Size > 0 {
		if err := s.lookAt(ctx, in, d, w); err != nil {
			return err
		}
	}
	return w.Commit()
}

// stamped records that a stamped file came and was not kept: who and when, never what.
func (s *Service) stamped(ctx context.Context, in DeliveryInput, refusal *fault.Fault) error {
	refs := map[string]string{"dataset": string(in.Dataset), "system": in.System}
	if err := s.Incidents.Open(ctx, "state_secret", "critical", "Tệp nạp vào tập dữ liệu "+string(in.Dataset)+" mang dấu mật. Hệ thống đã từ chối và không lưu nội dung.", refs); err != nil {
		return err
	}
	rec := &audit.Record{
		Channel: audit.ChannelFile, Event: "ingest.deliver", Actor: access.ActorOf(ctx).ForAudit(), Target: audit.Target{Dataset: string(in.Dataset)},
		Decision: audit.Decision{Result: audit.Deny, Reason: audit.ReasonSecret}, Result: audit.Result{Status: "422", ErrorCode: refusal.Code},
	}
	if err := s.Log.Note(ctx, rec); err != nil {
		return err
	}
	return refusal
}

// enter makes the delivery known. A file or key that came meanwhile wins, and this one's bytes go.
func (s *Service) enter(ctx context.Context, in DeliveryInput, d *Delivery) (*Delivery, error) {
	key := "id:" + string(d.ID)
	if in.IdempotencyKey != "" {
		key = "key:" + in.IdempotencyKey
	}
	var first *Delivery
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		first = nil
		same, found, err := findByKey(ctx, q, d.Dataset, key)
		if err == nil && !found {
			same, found, err = findSame(ctx, q, d)
		}
		if err != nil {
			return err
		}
		if found {
			first = same
			return nil
		}
		if err := insertDelivery(ctx, q, d, key); err != nil {
			return err
		}
		return s.note(ctx, q, d, "ingest.deliver", "")
	})
	switch {
	case err != nil && controldb.IsUnique(err): // the same key at the same moment on another node
		if same, found, again := findByKey(ctx, s.DB, d.Dataset, key); again == nil && found {
			first = same
		} else {
			return nil, errors.Join(err, again)
		}
	case err != nil: // whether it was committed is not certain; Recover removes the file if it was not
		return nil, err
	}
	if first != nil {
		if err := s.Files.Remove(d.rawName()); err != nil {
			return nil, fmt.Errorf("remove the second copy of delivery %s: %w", first.ID, err)
		}
		return sameFile(first, d.SHA256)
	}
	if d.State == Received {
		s.wakeUp()
	}
	return d, nil
}

// shortName keeps the last part of a file name, without what could not be shown.
func shortName(name string) string {
	name = norm.NFC.String(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 200 {
		name = string(r[:200])
	}
	return name
}

// contextReader ends a slow upload with its request.
type contextReader struct {
	ctx context.Context //nolint:containedctx // lives as long as one call of Deliver
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
