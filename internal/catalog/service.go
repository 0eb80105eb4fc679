package catalog

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/vitext"
)

// Agencies knows the bodies of the province.
type Agencies interface {
	// CanOwn reports that an agency of that code is in force and may own data.
	CanOwn(ctx context.Context, code string) (bool, error)
	// Active reports that an agency of that code is in force, and Ended that it was and is no more.
	Active(ctx context.Context, code string) (bool, error)
	Ended(ctx context.Context, code string) (bool, error)
	// RequireSteward refuses when nobody answers for the agency's data now (Điều 14.6c).
	RequireSteward(ctx context.Context, code string) error
	// LegalBasis adds to a legal basis what Điều 2.2 says of central vertical agencies, when one of the codes is theirs.
	LegalBasis(ctx context.Context, basis string, codes ...string) (string, error)
}

// Systems knows the information systems.
type Systems interface {
	// Owner is the code of the agency that owns the system; a fault when there is none.
	Owner(ctx context.Context, system string) (string, error)
}

// Incidents takes what must be looked into at once.
type Incidents interface {
	Open(ctx context.Context, kind, severity, summary string, refs map[string]string) error
}

// Parts are what the register stands on.
type Parts struct {
	DB         *controldb.DB
	Log        *audit.Log
	Clock      clock.Clock
	Dictionary *dictionary.Service
	Agencies   Agencies
	Systems    Systems
	Incidents  Incidents
}

// Changed is told of each change of a dataset in its transaction: who waits for what is others' to keep. before is zero
// for a new dataset.
type Changed func(ctx context.Context, q controldb.Querier, before, after Dataset) error

// Service keeps the register of datasets.
type Service struct {
	Parts
	index    *index
	owners   ownerNames
	holdings Holdings
	changed  Changed
	purposes func(ctx context.Context) ([]string, error)
	papers   *blob.Store
}

// NewService ties the register to its parts.
func NewService(p Parts) *Service {
	p.Log.Keep("catalog.dataset", keeper())
	p.Log.Keep("catalog.unowned", keepUnowned())
	return &Service{Parts: p, index: newIndex(p.DB), changed: func(context.Context, controldb.Querier, Dataset, Dataset) error { return nil }}
}

// OnChange says who is told of changes.
func (s *Service) OnChange(f Changed) { s.changed = f }

// Create opens a draft of a dataset.
func (s *Service) Create(ctx context.Context, d Dataset) (Dataset, error) {
	return s.CreateWith(ctx, d, nil)
}

// CreateWith opens a draft of a dataset together with its fields, where they are known already: both or neither.
func (s *Service) CreateWith(ctx context.Context, d Dataset, schema *Schema) (Dataset, error) {
	who, err := access.RequireFor(ctx, access.CatalogRegister, d.Owner)
	if err != nil {
		return Dataset{}, err
	}
	s.open(&d)
	if err := s.guard(ctx, &d); err != nil {
		return Dataset{}, err
	}
	if schema != nil {
		if err := s.ready(ctx, d, schema); err != nil {
			return Dataset{}, err
		}
	}
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		made := d
		if err := s.insert(ctx, q, who, &made, schema, OwnerPeriod{Agency: d.Owner, From: d.CreatedAt, By: who.ID}); err != nil {
			return err
		}
		d = made
		return nil
	})
	return d, err
}

// open makes a new draft of what was said about a dataset.
func (s *Service) open(d *Dataset) {
	now := s.Clock.Now()
	d.ID, d.State, d.Revision, d.SchemaVersion, d.PendingSchema, d.ReplicaOf = ID(ids.New()), Draft, 1, 0, 0, ""
	d.CreatedAt, d.ChangedAt, d.StateChangedAt = now, now, now
	d.Lowered, d.Proposal, d.ProposalNote, d.LabelsAsked = nil, nil, "", false
	if d.Load.OnFailure == "" {
		d.Load = DefaultLoadRules()
	}
	d.clean()
}

// insert adds a new draft with its first owner and, where they are known, its fields.
func (s *Service) insert(ctx context.Context, q controldb.Querier, who access.Actor, d *Dataset, schema *Schema, owner OwnerPeriod) error {
	if schema != nil {
		schema.Dataset, schema.CreatedAt, schema.CreatedBy = d.ID, d.CreatedAt, who.ID
		if err := insertSchema(ctx, q, schema); err != nil {
			return err
		}
		d.SchemaVersion = schema.Version
	}
	if err := insertDataset(ctx, q, *d); err != nil {
		return err
	}
	if err := insertOwner(ctx, q, d.ID, owner); err != nil {
		return err
	}
	if err := s.changed(ctx, q, Dataset{}, *d); err != nil {
		return err
	}
	return s.note(ctx, q, who, *d, "catalog.create", owner.Decision)
}

// clean brings the texts to their stored form.
func (d *Dataset) clean() {
	for _, text := range []*string{&d.Name, &d.Description, &d.LegalBasis, &d.MethodReason} {
		*text = vitext.NFC(strings.TrimSpace(*text))
	}
	if agency, _, _ := strings.Cut(string(d.Code), "/"); agency == "" {
		d.Code = ""
	}
}

// guard checks what holds for every saved dataset, and completes its legal basis, outside any transaction.
func (s *Service) guard(ctx context.Context, d *Dataset) error {
	if err := d.checkDraft(); err != nil {
		return s.reportStamp(ctx, d.Code, err)
	}
	ok, err := s.Agencies.CanOwn(ctx, d.Owner)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Invalid, "catalog.owner_unknown", d.Owner).At("owner")
	}
	wrong, err := s.checkScope(ctx, d.Sharing)
	if err != nil {
		return err
	}
	alike, err := s.alike(ctx, *d)
	if err != nil {
		return err
	}
	if err := fault.Collect(append(wrong, alike)...); err != nil {
		return err
	}
	d.LegalBasis, err = s.Agencies.LegalBasis(ctx, d.LegalBasis, d.Owner)
	return err
}

// alike finds another dataset whose name differs by marks only. Registrations under way of other agencies are not looked
// at (invariant 6); that no two names are the same is held by the store.
func (s *Service) alike(ctx context.Context, d Dataset) (*fault.Fault, error) {
	all, err := s.index.all(ctx)
	if err != nil {
		return nil, err
	}
	folded, exact := vitext.Fold(d.Name), vitext.Key(d.Name)
	for _, e := range all {
		if e.nameFolded == folded && e.nameExact != exact && e.id != d.ID && e.state != Retired && (!e.state.Editable() || e.owner == d.Owner) {
			return fault.New(fault.Conflict, "catalog.name_alike", e.code).At("name"), nil
		}
	}
	return nil, nil //nolint:nilnil // none is alike
}

// reportStamp opens an incident when a refusal is due to a secret stamp (invariant 4), and gives the refusal back. The
// incident has a transaction of its own, so this is never called inside one.
func (s *Service) reportStamp(ctx context.Context, code Code, refusal error) error {
	f := fault.Of(refusal)
	for _, item := range append([]*fault.Fault{f}, f.Items...) {
		if item.Code != "catalog.secret_marking" {
			continue
		}
		refs := map[string]string{"dataset": string(code), "field": item.Field}
		if err := s.Incidents.Open(ctx, "state_secret", "critical", "Mô tả tập dữ liệu mang dấu mật, hệ thống đã từ chối đăng ký.", refs); err != nil {
			return err
		}
		break
	}
	return refusal
}

// Change saves what the owner may still change: everything but code, owner and state, while draft or returned.
func (s *Service) Change(ctx context.Context, d Dataset) (Dataset, error) {
	if _, err := access.Require(ctx, access.CatalogRegister); err != nil {
		return Dataset{}, err
	}
	stored, err := findDataset(ctx, s.DB, d.ID)
	if err != nil {
		return Dataset{}, err
	}
	d.Code, d.Owner = stored.Code, stored.Owner
	d.clean()
	if err := s.guard(ctx, &d); err != nil {
		return Dataset{}, err
	}
	return s.alter(ctx, d.ID, access.CatalogRegister, "catalog.change", "", func(_ controldb.Querier, who access.Actor, now *Dataset) error {
		if !now.State.Editable() {
			return fault.New(fault.Conflict, "catalog.not_editable", now.Code, now.State)
		}
		if d.Revision != 0 && d.Revision != now.Revision {
			return fault.New(fault.Conflict, "catalog.changed_meanwhile", now.Code)
		}
		kept := *now
		*now = d
		now.Code, now.Owner, now.State, now.Revision = kept.Code, kept.Owner, kept.State, kept.Revision
		now.SchemaVersion, now.PendingSchema, now.Note = kept.SchemaVersion, kept.PendingSchema, kept.Note
		now.CreatedAt, now.StateChangedAt, now.FirstPublishedAt = kept.CreatedAt, kept.StateChangedAt, kept.FirstPublishedAt
		now.Lowered, now.Proposal, now.ProposalNote, now.LabelsAsked = kept.Lowered, kept.Proposal, kept.ProposalNote, kept.LabelsAsked
		now.ReplicaOf = kept.ReplicaOf
		now.Declaration, now.Attestation, now.RegisteredBy, now.ReviewedBy, now.Release = kept.Declaration, kept.Attestation, kept.RegisteredBy, kept.ReviewedBy, kept.Release
		if now.Classification.Nature != kept.Classification.Nature || now.Classification.Scope != kept.Classification.Scope || now.Classification.Steering != kept.Classification.Steering {
			now.Classification.SetBy, now.Classification.SetAt = who.ID, s.Clock.Now()
		}
		now.Classification.ConfirmedBy, now.Classification.ConfirmedAt = "", time.Time{}
		return nil
	})
}

// alter is one change of one dataset: permission of its owner, rule, save, record.
func (s *Service) alter(ctx context.Context, id ID, p access.Permission, event, note string, rule func(controldb.Querier, access.Actor, *Dataset) error) (Dataset, error) {
	if _, err := access.Require(ctx, p); err != nil {
		return Dataset{}, err
	}
	var d Dataset
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		var err error
		d, err = findDataset(ctx, q, id)
		if d, err = shown(access.ActorOf(ctx), d, string(id), err); err != nil {
			return err
		}
		who, err := access.RequireFor(ctx, p, d.Owner)
		if err != nil {
			return err
		}
		return s.apply(ctx, q, who, &d, event, note, rule)
	})
	return d, err
}

// apply runs a rule on a dataset that was read in the transaction, and keeps what it changed. Invariant 5: step and
// record commit with the change.
func (s *Service) apply(ctx context.Context, q controldb.Querier, who access.Actor, d *Dataset, event, note string, rule func(controldb.Querier, access.Actor, *Dataset) error) error {
	before := *d
	if err := rule(q, who, d); err != nil {
		return err
	}
	d.ChangedAt = s.Clock.Now()
	if d.State != before.State {
		d.StateChangedAt = d.ChangedAt
		step := Step{From: before.State, To: d.State, Note: note, Who: who.ID, WhoName: who.Name, At: d.ChangedAt}
		if err := insertStep(ctx, q, d.ID, step); err != nil {
			return err
		}
	}
	if err := updateDataset(ctx, q, d); err != nil {
		return err
	}
	if err := s.changed(ctx, q, before, *d); err != nil {
		return err
	}
	return s.note(ctx, q, who, *d, event, note)
}

func (s *Service) note(ctx context.Context, q controldb.Querier, who access.Actor, d Dataset, event, reason string) error {
	return s.Log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "catalog.dataset/" + string(d.Code), Agency: d.Owner, Dataset: string(d.Code), Reason: reason,
		Detail: map[string]string{"state": string(d.State)},
	})
}

// DefineSchema adds a schema version. A draft takes it at once; a dataset in force keeps its old one until AcceptSchema.
func (s *Service) DefineSchema(ctx context.Context, id ID, schema Schema) (Schema, error) {
	return s.define(ctx, id, schema, 0)
}

// DefineFromSample is DefineSchema with the number of distinct persons that the sample held.
func (s *Service) DefineFromSample(ctx context.Context, id ID, schema Schema, persons int64) (Schema, error) {
	return s.define(ctx, id, schema, persons)
}

func (s *Service) define(ctx context.Context, id ID, schema Schema, persons int64) (Schema, error) {
	who, err := access.Require(ctx, access.CatalogRegister)
	if err != nil {
		return Schema{}, err
	}
	stored, err := findDataset(ctx, s.DB, id)
	if err != nil {
		return Schema{}, err
	}
	if err := s.ready(ctx, stored, &schema); err != nil {
		return Schema{}, err
	}
	_, err = s.alter(ctx, id, access.CatalogRegister, "catalog.schema", "", func(q controldb.Querier, _ access.Actor, d *Dataset) error {
		schema.Dataset, schema.CreatedAt, schema.CreatedBy = d.ID, s.Clock.Now(), who.ID
		if persons > 0 {
			d.SamplePersons = persons
		}
		switch {
		case d.State.Editable():
			if err := insertSchema(ctx, q, &schema); err != nil {
				return err
			}
			d.SchemaVersion = schema.Version
			return nil
		case d.State == Published:
			if err := insertSchema(ctx, q, &schema); err != nil {
				return err
			}
			d.PendingSchema = schema.Version
			return d.step(ChangePending)
		}
		return fault.New(fault.Conflict, "catalog.not_editable", d.Code, d.State)
	})
	return schema, err
}

// ready completes the fields from their elements and says everything that is wrong with them.
func (s *Service) ready(ctx context.Context, d Dataset, schema *Schema) error {
	elements, err := s.Dictionary.FindElements(ctx, schema.refs())
	if err != nil {
		return err
	}
	for i, f := range schema.Fields { // a field takes the class of its element unless it is set higher
		if e, known := elements[f.Element]; known && f.Class == "" {
			schema.Fields[i].Class = e.Rule.Class
		}
	}
	if err := s.keepClasses(ctx, d, schema); err != nil {
		return err
	}
	if err := schema.check(elements); err != nil {
		return s.reportStamp(ctx, d.Code, err)
	}
	return nil
}

// keepClasses carries over which classes two people have lowered. Beyond the draft a new version lowers none: that is
// proposed by Reclassify.
func (s *Service) keepClasses(ctx context.Context, d Dataset, next *Schema) error {
	before, err := schemaOf(ctx, s.DB, d)
	if err != nil {
		return err
	}
	c := collector{}
	for i, f := range next.Fields {
		next.Fields[i].Lowered = false
		if before == nil {
			continue
		}
		old, there := before.Field(f.Name)
		if !there || old.Element.Code != f.Element.Code {
			continue
		}
		next.Fields[i].Lowered = old.Lowered && f.Class.Rank() >= old.Class.Rank()
		c.when(!d.State.Editable() && f.Class.Rank() < old.Class.Rank(), f.Name, "catalog.field_lowered", f.Name)
	}
	return c.err()
}

func (s *Schema) refs() []dictionary.Ref {
	refs := make([]dictionary.Ref, 0, len(s.Fields))
	for _, f := range s.Fields {
		refs = append(refs, f.Element)
	}
	return refs
}

// AcceptSchema puts a pending schema in force.
func (s *Service) AcceptSchema(ctx context.Context, id ID) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogReview, "catalog.schema_accept", "", func(q controldb.Querier, _ access.Actor, d *Dataset) error {
		if err := d.step(Published); err != nil {
			return err
		}
		next, err := findSchema(ctx, q, d.ID, d.PendingSchema)
		if err != nil {
			return err
		}
		if m := next.Mapping(); len(m.Missing) > 0 { // the gate of the review holds for what is shared later, too (Điều 4.5)
			return fault.New(fault.Conflict, "catalog.mapping_incomplete", strings.Join(m.Missing, ", "))
		}
		d.SchemaVersion, d.PendingSchema = d.PendingSchema, 0
		return nil
	})
}
