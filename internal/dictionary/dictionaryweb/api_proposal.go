package dictionaryweb

import (
	"context"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
)

// elementBody is an element as somebody proposes it; code and days of the register are its own.
type elementBody struct {
	Code       string                `json:"code" example:"dien_tich_rung"`
	Name       string                `json:"name"`
	Meaning    string                `json:"meaning" doc:"Business definition"`
	Definition dictionary.Definition `json:"definition"`
	Rule       struct {
		Owner    string           `json:"owner" doc:"Code of the agency that answers for the element"`
		Class    dictionary.Class `json:"class" enum:"normal,internal,basic_personal,sensitive_personal,important,core"`
		Standard string           `json:"standard,omitempty"`
		Master   string           `json:"master_code,omitempty" doc:"Code of the field in the national master data"`
	} `json:"rule"`
}

func (b *elementBody) element() *dictionary.Element {
	if b == nil {
		return nil
	}
	return &dictionary.Element{
		Code: dictionary.Code(b.Code), Name: b.Name, Meaning: b.Meaning, Definition: b.Definition,
		Rule: dictionary.Rule{Owner: b.Rule.Owner, Class: b.Rule.Class, Standard: b.Rule.Standard, Master: b.Rule.Master},
	}
}

type listBody struct {
	Name     string     `json:"name" example:"loai_rung"`
	Title    string     `json:"title"`
	Standard string     `json:"standard,omitempty"`
	Items    []itemJSON `json:"items" maxItems:"10000"`
}

// list reads the days of a list; each that is none is told with its line.
func (b *listBody) list() (*dictionary.CodeList, error) {
	if b == nil {
		return nil, nil //nolint:nilnil // nothing was proposed of a list
	}
	l := &dictionary.CodeList{Name: b.Name, Title: b.Title, Standard: b.Standard}
	var faults []*fault.Fault
	for n, i := range b.Items {
		item, wrong := dictionary.ItemOf(n+1, i.Code, i.Label, i.From, i.To)
		for _, w := range wrong {
			faults = append(faults, w.Fault())
		}
		l.Items = append(l.Items, item)
	}
	return l, fault.Collect(faults...)
}

type identifierBody struct {
	Name      string              `json:"code" example:"ma_rung"`
	Title     string              `json:"name"`
	Meaning   string              `json:"meaning"`
	Issuer    string              `json:"issuer"`
	Legal     string              `json:"legal_reference"`
	Pattern   string              `json:"pattern" doc:"RE2 over the whole identifier"`
	MaxLength int                 `json:"max_length,omitempty"`
	Checksum  dictionary.Checksum `json:"checksum" enum:"none,personal_id,business_digit,agency_code,case_day,commune_code,province_code"`
	Sample    string              `json:"sample" doc:"Fictional; it must satisfy pattern and check"`
	Class     dictionary.Class    `json:"class" enum:"normal,internal,basic_personal,sensitive_personal,important,core"`
	Confirmed bool                `json:"confirmed,omitempty" doc:"Whether the issuer's text was checked"`
	Element   string              `json:"element,omitempty"`
	Elsewhere string              `json:"elsewhere,omitempty"`
}

func (b *identifierBody) identifier() *dictionary.Identifier {
	if b == nil {
		return nil
	}
	return &dictionary.Identifier{
		Name: b.Name, Title: b.Title, Meaning: b.Meaning, Issuer: b.Issuer, Legal: b.Legal, Pattern: b.Pattern, MaxLength: b.MaxLength, Checksum: b.Checksum,
		Sample: b.Sample, Class: b.Class, Confirmed: b.Confirmed, Element: dictionary.Code(b.Element), Elsewhere: b.Elsewhere,
	}
}

type proposeBody struct {
	Kind        dictionary.Thing  `json:"kind" enum:"element,code_list,identifier"`
	Action      dictionary.Action `json:"action" enum:"create,revise,retire"`
	Subject     string            `json:"subject,omitempty" doc:"For retire: code or name of what ends"`
	Replacement string            `json:"replacement,omitempty" doc:"For retire: code or name of what is used instead"`
	Base        int               `json:"base,omitempty" doc:"For revise: version that was changed"`
	Element     *elementBody      `json:"element,omitempty"`
	List        *listBody         `json:"code_list,omitempty"`
	Identifier  *identifierBody   `json:"identifier,omitempty"`
	Reason      string            `json:"reason"`
	Level       dictionary.Level  `json:"level,omitempty" enum:"patch,minor,major" doc:"As the changes suggest when left out; never lower"`
	Effective   string            `json:"effective_from,omitempty" format:"date" doc:"When it is approved, when left out"`
	Dataset     string            `json:"dataset,omitempty" doc:"Dataset whose field the dictionary lacks"`
	Field       string            `json:"field,omitempty"`
	Revision    int64             `json:"revision,omitempty" doc:"For a change: what was seen"`
}

func (p *Pages) proposing(b proposeBody) (dictionary.Proposing, error) {
	list, err := b.List.list()
	if err != nil {
		return dictionary.Proposing{}, err
	}
	in := dictionary.Proposing{
		Kind: b.Kind, Action: b.Action, Subject: b.Subject, Replacement: b.Replacement, Base: b.Base, Element: b.Element.element(), List: list, Identifier: b.Identifier.identifier(),
		Reason: b.Reason, Level: b.Level, Origin: dictionary.Origin{Dataset: b.Dataset, Field: b.Field},
	}
	if b.Effective != "" {
		in.Effective, err = p.dayOf("effective_from", b.Effective)
	}
	return in, err
}

// proposalJSON is a proposal with its days in words.
type proposalJSON struct {
	dictionary.Proposal
	Element    *elementJSON    `json:"element,omitempty"`
	List       *listJSON       `json:"code_list,omitempty"`
	Identifier *identifierJSON `json:"identifier,omitempty"`
	Effective  string          `json:"effective_from,omitempty" format:"date"`
	Over       bool            `json:"consultation_over,omitempty"`
}

func (p *Pages) asProposal(x *dictionary.Proposal) proposalJSON {
	out := proposalJSON{Proposal: *x, Effective: x.Effective.String(), Over: x.ConsultationOver(p.clock.Now())}
	if x.Element != nil {
		e := asElement(*x.Element)
		out.Element = &e
	}
	if x.List != nil {
		l := asList(x.List, x.List.Items)
		out.List = &l
	}
	if x.Identifier != nil {
		i := asIdentifier(*x.Identifier)
		out.Identifier = &i
	}
	return out
}

type proposeIn struct{ Body proposeBody }

type proposalOut struct{ Body proposalJSON }

func (p *Pages) answered(x *dictionary.Proposal, err error) (*proposalOut, error) {
	if err != nil {
		return nil, err
	}
	return &proposalOut{p.asProposal(x)}, nil
}

func (p *Pages) opPropose(ctx context.Context, in *proposeIn) (*proposalOut, error) {
	what, err := p.proposing(in.Body)
	if err != nil {
		return nil, err
	}
	return p.answered(p.dictionary.Propose(ctx, what))
}

type changeIn struct {
	ID   string `path:"id"`
	Body proposeBody
}

func (p *Pages) opChangeProposal(ctx context.Context, in *changeIn) (*proposalOut, error) {
	what, err := p.proposing(in.Body)
	if err != nil {
		return nil, err
	}
	return p.answered(p.dictionary.ChangeProposal(ctx, in.ID, in.Body.Revision, what))
}

type proposalsIn struct {
	Kind    dictionary.Thing `query:"kind" enum:"element,code_list,identifier"`
	Subject string           `query:"subject"`
	State   dictionary.State `query:"state" enum:"proposed,returned,consulting,published,rejected,withdrawn"`
	Agency  string           `query:"agency"`
	Dataset string           `query:"dataset"`
	After   string           `query:"after" doc:"next of the page before"`
	Limit   int              `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type proposalsOut struct {
	Body struct {
		Proposals []proposalJSON `json:"proposals" doc:"The newest first"`
		Next      string         `json:"next,omitempty" doc:"Absent on the last page"`
	}
}

func (p *Pages) opProposals(ctx context.Context, in *proposalsIn) (*proposalsOut, error) {
	all, err := p.dictionary.ListProposals(ctx, dictionary.ProposalFilter{Kind: in.Kind, Subject: in.Subject, State: in.State, Agency: in.Agency, Dataset: in.Dataset, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var out proposalsOut
	out.Body.Proposals = make([]proposalJSON, 0, len(all))
	for _, x := range all {
		out.Body.Proposals = append(out.Body.Proposals, p.asProposal(x))
	}
	if len(all) == in.Limit {
		out.Body.Next = all[len(all)-1].ID
	}
	return &out, nil
}

type byID struct {
	ID string `path:"id"`
}

type wholeProposalOut struct {
	Body struct {
		proposalJSON
		Impact   dictionary.Impact    `json:"impact" doc:"What the change touches, as far as the caller may see it"`
		Steps    []dictionary.Step    `json:"steps" doc:"The newest first"`
		Comments []dictionary.Comment `json:"comments"`
	}
}

func (p *Pages) opProposal(ctx context.Context, in *byID) (*wholeProposalOut, error) {
	x, steps, comments, err := p.dictionary.FindProposal(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	impact, err := p.dictionary.Impact(ctx, x.Kind, x.Subject)
	if err != nil {
		return nil, err
	}
	var out wholeProposalOut
	out.Body.proposalJSON, out.Body.Impact, out.Body.Steps, out.Body.Comments = p.asProposal(x), impact, steps, comments
	if comments == nil {
		out.Body.Comments = []dictionary.Comment{}
	}
	return &out, nil
}

type stepIn struct {
	ID   string    `path:"id"`
	Body *stepBody // withdraw and approve need none
}

type stepBody struct {
	Revision  int64             `json:"revision,omitempty" doc:"What was seen; a change since then is refused"`
	Comments  string            `json:"comments,omitempty" doc:"For return"`
	Reason    string            `json:"reason,omitempty" doc:"For reject and close-consultation"`
	Days      int               `json:"days,omitempty" doc:"For consult: working days"`
	Agencies  []string          `json:"agencies,omitempty" doc:"For consult: codes, or * for all; agencies whose data is touched are always asked"`
	Stance    dictionary.Stance `json:"stance,omitempty" enum:"agree,amend,disagree" doc:"For comments"`
	Text      string            `json:"text,omitempty" maxLength:"5000" doc:"For comments"`
	Effective string            `json:"effective_from,omitempty" format:"date" doc:"For approve: a later day than asked for"`
}

func (in *stepIn) body() stepBody {
	if in.Body == nil {
		return stepBody{}
	}
	return *in.Body
}

func (p *Pages) opReturn(ctx context.Context, in *stepIn) (*proposalOut, error) {
	return p.answered(p.dictionary.Return(ctx, in.ID, in.body().Revision, in.body().Comments))
}

func (p *Pages) opConsult(ctx context.Context, in *stepIn) (*proposalOut, error) {
	days := in.body().Days
	if days == 0 {
		days = dictionary.DefaultConsultation
	}
	return p.answered(p.dictionary.Consult(ctx, in.ID, in.body().Revision, days, in.body().Agencies))
}

func (p *Pages) opComment(ctx context.Context, in *stepIn) (*proposalOut, error) {
	return p.answered(p.dictionary.Comment(ctx, in.ID, in.body().Stance, in.body().Text))
}

func (p *Pages) opCloseConsultation(ctx context.Context, in *stepIn) (*proposalOut, error) {
	return p.answered(p.dictionary.CloseConsultation(ctx, in.ID, in.body().Revision, in.body().Reason))
}

func (p *Pages) opApprove(ctx context.Context, in *stepIn) (*proposalOut, error) {
	day := dictionary.NoDay
	if in.body().Effective != "" {
		var err error
		if day, err = p.dayOf("effective_from", in.body().Effective); err != nil {
			return nil, err
		}
	}
	return p.answered(p.dictionary.Approve(ctx, in.ID, in.body().Revision, day))
}

func (p *Pages) opReject(ctx context.Context, in *stepIn) (*proposalOut, error) {
	return p.answered(p.dictionary.Reject(ctx, in.ID, in.body().Revision, in.body().Reason))
}

func (p *Pages) opWithdraw(ctx context.Context, in *stepIn) (*proposalOut, error) {
	return p.answered(p.dictionary.Withdraw(ctx, in.ID, in.body().Revision))
}
