package dictionaryweb

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
)

// proposalForm is a proposal as a person fills it in. Its names are those of the faults, so that an error leads to its field.
type proposalForm struct {
	Kind        string `form:"kind"`
	Action      string `form:"action"`
	Subject     string `form:"subject"`
	Replacement string `form:"replacement"`
	Base        int64  `form:"base"`
	Revision    int64  `form:"revision"`
	Reason      string `form:"reason"`
	Level       string `form:"level"`
	Effective   string `form:"effective_from"`
	Dataset     string `form:"dataset"`
	Field       string `form:"field"`

	Code     string `form:"code"` // of an element or a kind of identifier
	Name     string `form:"name"` // of both; of a list its code
	Meaning  string `form:"meaning"`
	Type     string `form:"type"`
	Format   string `form:"format"`
	Min      int64  `form:"min_length"`
	Max      int64  `form:"max_length"`
	Pattern  string `form:"pattern"`
	Digits   int64  `form:"precision"`
	Scale    int64  `form:"scale"`
	Least    string `form:"min"`
	Most     string `form:"max"`
	Unit     string `form:"unit"`
	CodeList string `form:"code_list"`
	House    bool   `form:"household"`
	Owner    string `form:"owner"`
	Class    string `form:"class"`
	Standard string `form:"standard"`
	Master   string `form:"master_code"`

	Title string `form:"title"` // of a list
	Items string `form:"items"` // code;label;first day;last day, one each line

	Issuer    string `form:"issuer"`
	Legal     string `form:"legal_reference"`
	Checksum  string `form:"checksum"`
	Sample    string `form:"sample"`
	Confirmed bool   `form:"confirmed"`
	Element   string `form:"element"`
	Elsewhere string `form:"elsewhere"`
}

// ofElement, ofList and ofIdentifier fill the form with what there is.
func (f *proposalForm) ofElement(e dictionary.Element) {
	d := e.Definition
	f.Code, f.Name, f.Meaning, f.Type, f.Format = string(e.Code), e.Name, e.Meaning, string(d.Type), d.Format
	f.Min, f.Max, f.Pattern, f.Digits, f.Scale = int64(d.MinLength), int64(d.MaxLength), d.Pattern, int64(d.Precision), int64(d.Scale)
	f.Least, f.Most, f.Unit, f.CodeList, f.House = d.Min, d.Max, d.Unit, d.CodeList, d.HouseholdB
	f.Owner, f.Class, f.Standard, f.Master = e.Rule.Owner, string(e.Rule.Class), e.Rule.Standard, e.Rule.Master
}

func (f *proposalForm) ofList(l dictionary.CodeList) {
	f.Name, f.Title, f.Standard = l.Name, l.Title, l.Standard
	var b strings.Builder
	for _, i := range l.Items {
		line := []string{i.Code, i.Label, i.ValidFrom.String(), i.ValidTo.String()}
		for len(line) > 2 && line[len(line)-1] == "" {
			line = line[:len(line)-1]
		}
		b.WriteString(strings.Join(line, ";") + "\n")
	}
	f.Items = b.String()
}

func (f *proposalForm) ofIdentifier(i dictionary.Identifier) {
	f.Code, f.Name, f.Meaning, f.Issuer, f.Legal = i.Name, i.Title, i.Meaning, i.Issuer, i.Legal
	f.Pattern, f.Max, f.Checksum, f.Sample, f.Class = i.Pattern, int64(i.MaxLength), string(i.Checksum), i.Sample, string(i.Class)
	f.Confirmed, f.Element, f.Elsewhere = i.Confirmed, string(i.Element), i.Elsewhere
}

func (f proposalForm) element() *dictionary.Element {
	return &dictionary.Element{
		Code: dictionary.Code(f.Code), Name: f.Name, Meaning: f.Meaning,
		Definition: dictionary.Definition{
			Type: dictionary.Type(f.Type), Format: f.Format, MinLength: int(f.Min), MaxLength: int(f.Max), Pattern: f.Pattern, Precision: int(f.Digits), Scale: int(f.Scale),
			Min: f.Least, Max: f.Most, Unit: f.Unit, CodeList: f.CodeList, HouseholdB: f.House,
		},
		Rule: dictionary.Rule{Owner: f.Owner, Class: dictionary.Class(f.Class), Standard: f.Standard, Master: f.Master},
	}
}

func (f proposalForm) identifier() *dictionary.Identifier {
	return &dictionary.Identifier{
		Name: f.Code, Title: f.Name, Meaning: f.Meaning, Issuer: f.Issuer, Legal: f.Legal, Pattern: f.Pattern, MaxLength: int(f.Max), Checksum: dictionary.Checksum(f.Checksum),
		Sample: f.Sample, Class: dictionary.Class(f.Class), Confirmed: f.Confirmed, Element: dictionary.Code(f.Element), Elsewhere: f.Elsewhere,
	}
}

// proposing reads the form. The codes of a list come from the file when there is one, else from the lines typed.
func (p *Pages) formProposing(ctx context.Context, f proposalForm, file []byte) (dictionary.Proposing, error) {
	in := dictionary.Proposing{
		Kind: dictionary.Thing(f.Kind), Action: dictionary.Action(f.Action), Subject: f.Subject, Replacement: f.Replacement, Base: int(f.Base), Reason: f.Reason,
		Level: dictionary.Level(f.Level), Origin: dictionary.Origin{Dataset: f.Dataset, Field: f.Field},
	}
	var wrong []*fault.Fault
	if f.Effective != "" {
		day, problem := dictionary.ParseDay(f.Effective)
		if problem != nil {
			wrong = append(wrong, problem.Fault("effective_from"))
		}
		in.Effective = day
	}
	switch {
	case in.Action == dictionary.Retire:
	case in.Kind == dictionary.ThingElement:
		in.Element = f.element()
	case in.Kind == dictionary.ThingIdentifier:
		in.Identifier = f.identifier()
	case in.Kind == dictionary.ThingCodeList:
		items, err := typedItems(ctx, f.Items, file)
		if err != nil {
			return in, err // the table of wrong lines stands for itself
		}
		in.List = &dictionary.CodeList{Name: f.Name, Title: f.Title, Standard: f.Standard, Items: items}
	}
	return in, fault.Collect(wrong...)
}

func typedItems(ctx context.Context, lines string, file []byte) ([]dictionary.CodeItem, error) {
	if len(file) > 0 {
		return itemsOf(ctx, bytes.NewReader(file))
	}
	if strings.TrimSpace(lines) == "" {
		return nil, fault.New(fault.Invalid, "dictionary.code_list_empty").At("items")
	}
	items, err := itemsOfCSV([]byte("code;label;valid_from;valid_to\n" + lines))
	var rows *dictionary.ImportRefused
	if err != nil && !errors.As(err, &rows) {
		f := *fault.Of(err)
		return nil, f.At("items")
	}
	return items, err
}

// sent reads a form with or without a file.
func sent(r *http.Request, f *proposalForm) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil, web.Decode(r, f)
	}
	var file []byte
	err := web.DecodeUpload(r, f, func(u web.Upload) (err error) {
		if u.Field == "file" && file == nil {
			file, err = io.ReadAll(io.LimitReader(u.Body, fileSize+1))
		}
		return err
	})
	return file, err
}

func (p *Pages) newProposal(w http.ResponseWriter, r *http.Request) error {
	var f proposalForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	f.Kind, f.Action = cmp.Or(f.Kind, string(dictionary.ThingElement)), cmp.Or(f.Action, string(dictionary.Create))
	if err := p.prefill(r, &f); err != nil {
		return err
	}
	return p.proposalFormPage(w, r, f, nil, nil)
}

// prefill puts what there is into the form of a change.
func (p *Pages) prefill(r *http.Request, f *proposalForm) error {
	if f.Action == string(dictionary.Create) {
		if f.Kind == string(dictionary.ThingElement) {
			f.Type, f.Class = cmp.Or(f.Type, string(dictionary.Text)), cmp.Or(f.Class, string(dictionary.Normal))
			f.Owner = cmp.Or(f.Owner, access.ActorOf(r.Context()).Agency)
		}
		return nil
	}
	switch dictionary.Thing(f.Kind) {
	case dictionary.ThingElement:
		all, err := p.dictionary.ElementHistory(r.Context(), dictionary.Code(f.Subject))
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.New(fault.NotFound, "dictionary.element_not_found", f.Subject)
		}
		f.Base = int64(all[0].Version)
		f.ofElement(all[0])
	case dictionary.ThingCodeList:
		all, err := p.dictionary.CodeListHistory(r.Context(), f.Subject)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.New(fault.NotFound, "dictionary.code_list_not_found", f.Subject)
		}
		f.Base = int64(all[0].Version)
		f.ofList(*all[0])
	case dictionary.ThingIdentifier:
		all, err := p.dictionary.IdentifierHistory(r.Context(), f.Subject)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.New(fault.NotFound, "dictionary.identifier_not_found", f.Subject)
		}
		f.Base = int64(all[0].Version)
		f.ofIdentifier(all[0])
	}
	return nil
}

func (p *Pages) createProposal(w http.ResponseWriter, r *http.Request) error {
	var f proposalForm
	file, err := sent(r, &f)
	if err != nil {
		return err
	}
	in, err := p.formProposing(r.Context(), f, file)
	if err != nil {
		return p.proposalFormPage(w, r, f, nil, err)
	}
	made, err := p.dictionary.Propose(r.Context(), in)
	if err != nil {
		return p.proposalFormPage(w, r, f, nil, err)
	}
	http.Redirect(w, r, proposalPath(made.ID), http.StatusSeeOther)
	return nil
}

func (p *Pages) editProposal(w http.ResponseWriter, r *http.Request) error {
	x, f, err := p.kept(r)
	if err != nil {
		return err
	}
	return p.proposalFormPage(w, r, f, x, nil)
}

// kept is a proposal as its form shows it.
func (p *Pages) kept(r *http.Request) (*dictionary.Proposal, proposalForm, error) {
	x, _, _, err := p.dictionary.FindProposal(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, proposalForm{}, err
	}
	f := proposalForm{
		Kind: string(x.Kind), Action: string(x.Action), Subject: x.Subject, Base: int64(x.Base), Revision: x.Revision, Reason: x.Reason, Level: string(x.Level), Effective: x.Effective.String(),
		Dataset: x.Origin.Dataset, Field: x.Origin.Field,
	}
	switch {
	case x.Element != nil:
		f.ofElement(*x.Element)
		f.Replacement = string(x.Element.ReplacedBy)
	case x.List != nil:
		f.ofList(*x.List)
		f.Replacement = x.List.ReplacedBy
	case x.Identifier != nil:
		f.ofIdentifier(*x.Identifier)
		f.Replacement = x.Identifier.ReplacedBy
	}
	return x, f, nil
}

func (p *Pages) changeProposal(w http.ResponseWriter, r *http.Request) error {
	x, kept, err := p.kept(r)
	if err != nil {
		return err
	}
	f := proposalForm{}
	file, err := sent(r, &f)
	if err != nil {
		return err
	}
	f.Kind, f.Action, f.Dataset, f.Field = kept.Kind, kept.Action, kept.Dataset, kept.Field
	in, err := p.formProposing(r.Context(), f, file)
	if err != nil {
		return p.proposalFormPage(w, r, f, x, err)
	}
	if _, err := p.dictionary.ChangeProposal(r.Context(), x.ID, f.Revision, in); err != nil {
		return p.proposalFormPage(w, r, f, x, err)
	}
	http.Redirect(w, r, proposalPath(x.ID), http.StatusSeeOther)
	return nil
}
