package catalogweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
)

// sharingIn and limitIn are catalog.Sharing with everything optional, as a draft may be.
type sharingIn struct {
	Everyone    bool               `json:"everyone,omitempty" doc:"Every state agency of the province"`
	AgencyTypes []string           `json:"agency_types,omitempty" doc:"Kinds of agency: department, commune, …"`
	Agencies    []string           `json:"agencies,omitempty"`
	Fields      []string           `json:"fields,omitempty"`
	Rows        []catalog.RowLimit `json:"rows,omitempty"`
	Purposes    []string           `json:"purposes,omitempty"`
	Levels      []string           `json:"levels,omitempty" doc:"view, use, update, share"`
}

// Registration is what the owner says of a dataset. It is exported because the schema check reads embedded fields only
// so.
type Registration struct {
	Name           string    `json:"name"`
	Description    string    `json:"description,omitempty" doc:"At least 50 characters when registered"`
	Sharing        sharingIn `json:"sharing,omitempty"`
	Method         string    `json:"method,omitempty" enum:"api,sync_periodic,sync_event,warehouse,file,other"`
	MethodReason   string    `json:"method_reason,omitempty"`
	AutomateBy     string    `json:"automate_by,omitempty" format:"date"`
	Frequency      string    `json:"frequency,omitempty" enum:"real_time,hourly,daily,weekly,monthly,quarterly,half_yearly,yearly,on_event"`
	MaxDelay       int64     `json:"max_delay_minutes,omitempty" minimum:"0"`
	Standards      []string  `json:"standards,omitempty"`
	Formats        []string  `json:"formats,omitempty" doc:"JSON, XML, CSV, XLSX"`
	LegalBasis     string    `json:"legal_basis,omitempty"`
	Form           string    `json:"form,omitempty" enum:"table,document,image,audio,geodata,other"`
	Nature         string    `json:"nature,omitempty" enum:"master_national,master_sector,specialised"`
	Scope          string    `json:"scope,omitempty" enum:"private,shared,open"`
	Steering       bool      `json:"steering,omitempty"`
	Class          string    `json:"class,omitempty" enum:"normal,internal,basic_personal,sensitive_personal,important,core"`
	Persons        int64     `json:"persons,omitempty" minimum:"0" doc:"About how many different persons the data is about; 0 when none or not known"`
	SamplePersons  int64     `json:"sample_persons,omitempty" minimum:"0" doc:"How many different persons a sample file held"`
	OfficialSystem string    `json:"official_system,omitempty" doc:"The one system that may deliver"`
	OnFailure      string    `json:"on_failure,omitempty" enum:"hold_rows,hold_delivery"`
	MinValidShare  float64   `json:"min_valid_share,omitempty" minimum:"0" maximum:"1"`
}

func (in Registration) fill(d *catalog.Dataset) error {
	day := dictionary.NoDay
	if in.AutomateBy != "" {
		var problem *dictionary.Problem
		if day, problem = dictionary.ParseDay(in.AutomateBy); problem != nil {
			return problem.Fault("automate_by")
		}
	}
	d.Name, d.Description, d.Sharing = in.Name, in.Description, catalog.Sharing(in.Sharing)
	d.Method, d.MethodReason, d.AutomateBy = catalog.Method(in.Method), in.MethodReason, day
	d.Frequency, d.MaxDelay = catalog.Frequency(in.Frequency), catalog.Minutes(in.MaxDelay)
	d.Standards, d.Formats, d.LegalBasis, d.Form = in.Standards, in.Formats, in.LegalBasis, catalog.Form(in.Form)
	d.Classification.Nature, d.Classification.Scope, d.Classification.Steering = catalog.Nature(in.Nature), catalog.Scope(in.Scope), in.Steering
	d.Class, d.OfficialSystem, d.Persons, d.SamplePersons = dictionary.Class(in.Class), in.OfficialSystem, in.Persons, in.SamplePersons
	if d.Load = catalog.DefaultLoadRules(); in.OnFailure != "" {
		d.Load = catalog.LoadRules{OnFailure: catalog.OnFailure(in.OnFailure), MinValidShare: in.MinValidShare}
	}
	return nil
}

type createIn struct {
	Body struct {
		Slug string `json:"slug" doc:"Part of the code behind the agency's code; permanent" example:"ho-ngheo"`
		Registration
	}
}

type createOut struct {
	Status int
	Body   datasetJSON
}

func (p *Pages) opCreate(ctx context.Context, in *createIn) (*createOut, error) {
	d := catalog.Dataset{Owner: access.ActorOf(ctx).Agency}
	d.Code = codeOf(d.Owner, in.Body.Slug)
	if err := in.Body.fill(&d); err != nil {
		return nil, err
	}
	d, err := p.Catalog.Create(ctx, d)
	if err != nil {
		return nil, err
	}
	return &createOut{201, asJSON(d)}, nil
}

type changeIn struct {
	Address
	Body struct {
		Revision int64 `json:"revision" doc:"Revision that was read; another one is a conflict" minimum:"1"`
		Registration
	}
}

func (p *Pages) opChange(ctx context.Context, in *changeIn) (*oneOut, error) {
	d, err := p.Catalog.FindByCode(ctx, in.code())
	if err != nil {
		return nil, err
	}
	d.Revision = in.Body.Revision
	if err := in.Body.fill(&d); err != nil {
		return nil, err
	}
	if d, err = p.Catalog.Change(ctx, d); err != nil {
		return nil, err
	}
	return &oneOut{asJSON(d)}, nil
}

type fieldIn struct {
	Name     string `json:"name"`
	Label    string `json:"label,omitempty" doc:"Vietnamese; that of the element when left out"`
	Element  string `json:"element,omitempty" doc:"Code of the dictionary element"`
	Version  int    `json:"element_version,omitempty" doc:"Its version; the newest when left out" minimum:"1"`
	Proposal string `json:"proposal,omitempty" doc:"What is proposed to the dictionary, for a field without an element"`
	Required bool   `json:"required,omitempty"`
	Key      bool   `json:"key,omitempty"`
	Person   bool   `json:"person_identifier,omitempty"`
	Class    string `json:"class,omitempty" enum:"normal,internal,basic_personal,sensitive_personal,important,core" doc:"That of the element when left out"`
}

type defineIn struct {
	Address
	Body struct {
		Fields    []fieldIn             `json:"fields" minItems:"1" maxItems:"500"`
		Numbers   string                `json:"numbers,omitempty" enum:"plain,vietnamese"`
		DateField string                `json:"date_field,omitempty"`
		Persons   []catalog.PersonCheck `json:"persons,omitempty"`
	}
}

type fieldsCreated struct {
	Status int
	Body   catalog.Schema
}

func (p *Pages) opDefine(ctx context.Context, in *defineIn) (*fieldsCreated, error) {
	d, err := p.Catalog.FindByCode(ctx, in.code())
	if err != nil {
		return nil, err
	}
	elements, err := p.elements(ctx)
	if err != nil {
		return nil, err
	}
	s := catalog.Schema{Numbers: dictionary.NumberStyle(in.Body.Numbers), DateField: in.Body.DateField, Persons: in.Body.Persons}
	for _, x := range in.Body.Fields {
		f := catalog.Field{
			Name: x.Name, Label: x.Label, Element: dictionary.Ref{Code: dictionary.Code(x.Element), Version: x.Version}, Proposal: x.Proposal,
			Required: x.Required, Key: x.Key, Person: x.Person, Class: dictionary.Class(x.Class),
		}
		if e, found := elementOf(elements, f.Element.Code); found {
			f = completed(f, e)
		}
		s.Fields = append(s.Fields, f)
	}
	if s, err = p.Catalog.DefineSchema(ctx, d.ID, s); err != nil {
		return nil, err
	}
	return &fieldsCreated{201, s}, nil
}

// stepped takes a step of the dataset that the address names.
func (p *Pages) stepped(ctx context.Context, in Address, take func(id catalog.ID) (catalog.Dataset, error)) (*oneOut, error) {
	d, err := p.Catalog.FindByCode(ctx, in.code())
	if err != nil {
		return nil, err
	}
	if d, err = take(d.ID); err != nil {
		return nil, err
	}
	return &oneOut{asJSON(d)}, nil
}

type registerIn struct {
	Address
	Body struct {
		NotSecret bool `json:"not_secret" doc:"The caller declares that the data is no state secret"`
		Attest    bool `json:"attest" doc:"The caller answers for quality and completeness"`
	}
}

func (p *Pages) opRegister(ctx context.Context, in *registerIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) {
		return p.Catalog.Register(ctx, id, in.Body.NotSecret, in.Body.Attest)
	})
}

type returnIn struct {
	Address
	Body struct {
		Comments string `json:"comments" maxLength:"2000"`
	}
}

func (p *Pages) opReturn(ctx context.Context, in *returnIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) { return p.Catalog.Return(ctx, id, in.Body.Comments) })
}

type reviewIn struct {
	Address
	Body struct {
		Basis string `json:"basis" maxLength:"2000"`
	}
}

func (p *Pages) opReview(ctx context.Context, in *reviewIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) { return p.Catalog.Review(ctx, id, in.Body.Basis) })
}

func (p *Pages) opApprove(ctx context.Context, in *Address) (*oneOut, error) {
	return p.stepped(ctx, *in, func(id catalog.ID) (catalog.Dataset, error) { return p.Catalog.Approve(ctx, id) })
}

func (p *Pages) opAcceptSchema(ctx context.Context, in *Address) (*oneOut, error) {
	return p.stepped(ctx, *in, func(id catalog.ID) (catalog.Dataset, error) { return p.Catalog.AcceptSchema(ctx, id) })
}

type reasonIn struct {
	Address
	Body struct {
		Reason string `json:"reason" maxLength:"2000"`
	}
}

func (p *Pages) opSuspend(ctx context.Context, in *reasonIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) { return p.Catalog.Suspend(ctx, id, in.Body.Reason) })
}

func (p *Pages) opResume(ctx context.Context, in *Address) (*oneOut, error) {
	return p.stepped(ctx, *in, func(id catalog.ID) (catalog.Dataset, error) { return p.Catalog.Resume(ctx, id) })
}

type retireIn struct {
	Address
	Body struct {
		Replacement string `json:"replacement,omitempty"`
		Reason      string `json:"reason,omitempty" maxLength:"2000"`
	}
}

func (p *Pages) opRetire(ctx context.Context, in *retireIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) {
		return p.Catalog.Retire(ctx, id, catalog.Code(in.Body.Replacement), in.Body.Reason)
	})
}

func (p *Pages) opEnd(ctx context.Context, in *Address) (*oneOut, error) {
	return p.stepped(ctx, *in, func(id catalog.ID) (catalog.Dataset, error) { return p.end(ctx, id, stepForm{}) })
}

type transferIn struct {
	Address
	Body struct {
		Agency   string `json:"agency"`
		System   string `json:"official_system" doc:"Source system of the new owner"`
		Decision string `json:"decision" maxLength:"500"`
		From     string `json:"from" format:"date"`
	}
}

func (p *Pages) opTransfer(ctx context.Context, in *transferIn) (*oneOut, error) {
	return p.stepped(ctx, in.Address, func(id catalog.ID) (catalog.Dataset, error) {
		if in.Body.From == "" {
			return catalog.Dataset{}, fault.New(fault.Invalid, "catalog.transfer_day").At("from")
		}
		return p.transfer(ctx, id, stepForm{Agency: in.Body.Agency, System: in.Body.System, Decision: in.Body.Decision, From: in.Body.From})
	})
}
