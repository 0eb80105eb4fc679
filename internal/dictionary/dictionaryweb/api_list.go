package dictionaryweb

import (
	"context"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
)

type listJSON struct {
	Name       string     `json:"name"`
	Version    int        `json:"version"`
	Label      string     `json:"semantic_version"`
	Title      string     `json:"title"`
	Standard   string     `json:"standard,omitempty"`
	ReplacedBy string     `json:"replaced_by,omitempty"`
	Effective  string     `json:"effective_from,omitempty" format:"date" doc:"First day of this version; absent: since it was made"`
	ChangeNote string     `json:"change_note,omitempty"`
	Codes      int        `json:"codes"`
	Items      []itemJSON `json:"items,omitempty"`
}

type itemJSON struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	From  string `json:"valid_from,omitempty" format:"date"`
	To    string `json:"valid_to,omitempty" format:"date" doc:"Last day; absent while in force"`
}

func asList(l *dictionary.CodeList, items []dictionary.CodeItem) listJSON {
	out := listJSON{Name: l.Name, Version: l.Version, Label: l.Label, Title: l.Title, Standard: l.Standard, ReplacedBy: l.ReplacedBy, Effective: l.Effective.String(), ChangeNote: l.ChangeNote, Codes: len(l.Items)}
	if items != nil {
		out.Codes, out.Items = len(items), make([]itemJSON, 0, len(items))
	}
	for _, i := range items {
		out.Items = append(out.Items, itemJSON{i.Code, i.Label, i.ValidFrom.String(), i.ValidTo.String()})
	}
	return out
}

type codeListsOut struct {
	Body struct {
		CodeLists []listJSON `json:"code_lists"`
	}
}

func (p *Pages) opCodeLists(ctx context.Context, _ *struct{}) (*codeListsOut, error) {
	lists, err := p.dictionary.ListCodeLists(ctx)
	if err != nil {
		return nil, err
	}
	var out codeListsOut
	out.Body.CodeLists = make([]listJSON, 0, len(lists))
	for _, l := range lists {
		out.Body.CodeLists = append(out.Body.CodeLists, asList(l, nil))
	}
	return &out, nil
}

type codeListIn struct {
	Name    string `path:"name" example:"gioi_tinh"`
	At      string `query:"at" format:"date" doc:"Only items in force on this day"`
	Version int    `query:"version" minimum:"0" doc:"This version instead of the one that holds today"`
}

type codeListOut struct{ Body listJSON }

func (p *Pages) opCodeList(ctx context.Context, in *codeListIn) (*codeListOut, error) {
	l, err := p.listVersion(ctx, in.Name, in.Version)
	if err != nil {
		return nil, err
	}
	items := l.Items
	if in.At != "" {
		day, err := p.dayOf("at", in.At)
		if err != nil {
			return nil, err
		}
		if items = l.At(day); items == nil {
			items = []dictionary.CodeItem{}
		}
	}
	return &codeListOut{asList(l, items)}, nil
}

// listVersion finds one version of a list; 0 is the one that holds today.
func (p *Pages) listVersion(ctx context.Context, name string, version int) (*dictionary.CodeList, error) {
	if version == 0 {
		return p.dictionary.FindCodeList(ctx, name)
	}
	all, err := p.dictionary.CodeListHistory(ctx, name)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		if l.Version == version {
			return l, nil
		}
	}
	return nil, fault.New(fault.NotFound, "dictionary.code_list_not_found", name)
}

type namedIn struct {
	Name string `path:"name" example:"gioi_tinh"`
}

type listVersionsOut struct {
	Body struct {
		Versions []listJSON `json:"versions" doc:"The newest first, without their codes"`
	}
}

func (p *Pages) opListVersions(ctx context.Context, in *namedIn) (*listVersionsOut, error) {
	if _, err := p.dictionary.FindCodeList(ctx, in.Name); err != nil {
		return nil, err
	}
	all, err := p.dictionary.CodeListHistory(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	var out listVersionsOut
	for _, l := range all {
		out.Body.Versions = append(out.Body.Versions, asList(l, nil))
	}
	return &out, nil
}

type diffIn struct {
	Code string `path:"code"`
	From int    `query:"from" minimum:"1" required:"true" doc:"Version before"`
	To   int    `query:"to" minimum:"1" required:"true" doc:"Version after"`
}

type diffListIn struct {
	Name string `path:"name" example:"gioi_tinh"`
	From int    `query:"from" minimum:"1" required:"true" doc:"Version before"`
	To   int    `query:"to" minimum:"1" required:"true" doc:"Version after"`
}

type diffOut struct {
	Body struct {
		Level   dictionary.Level    `json:"level" enum:"patch,minor,major" doc:"Weightiest of the changes"`
		Changes []dictionary.Change `json:"changes"`
	}
}

func asDiff(changes []dictionary.Change) *diffOut {
	var out diffOut
	out.Body.Level, out.Body.Changes = dictionary.LevelOf(changes), changes
	if changes == nil {
		out.Body.Changes = []dictionary.Change{}
	}
	return &out
}

func (p *Pages) opDiff(ctx context.Context, in *diffIn) (*diffOut, error) {
	changes, err := p.dictionary.DiffElement(ctx, dictionary.Code(in.Code), in.From, in.To)
	if err != nil {
		return nil, err
	}
	return asDiff(changes), nil
}

func (p *Pages) opDiffList(ctx context.Context, in *diffListIn) (*diffOut, error) {
	changes, err := p.dictionary.DiffCodeList(ctx, in.Name, in.From, in.To)
	if err != nil {
		return nil, err
	}
	return asDiff(changes), nil
}

type impactOut struct{ Body dictionary.Impact }

func (p *Pages) opImpact(ctx context.Context, in *elementIn) (*impactOut, error) {
	if _, err := p.dictionary.LatestElement(ctx, dictionary.Code(in.Code)); err != nil {
		return nil, err
	}
	i, err := p.dictionary.Impact(ctx, dictionary.ThingElement, in.Code)
	return &impactOut{i}, err
}

func (p *Pages) opImpactList(ctx context.Context, in *namedIn) (*impactOut, error) {
	if _, err := p.dictionary.FindCodeList(ctx, in.Name); err != nil {
		return nil, err
	}
	i, err := p.dictionary.Impact(ctx, dictionary.ThingCodeList, in.Name)
	return &impactOut{i}, err
}

func (p *Pages) opRemove(ctx context.Context, in *elementIn) (*struct{}, error) {
	return nil, p.dictionary.Remove(ctx, dictionary.Code(in.Code))
}

type subscribeIn struct {
	Kind    dictionary.Thing `path:"kind" enum:"element,code_list,identifier"`
	Subject string           `path:"subject" doc:"Code of the element or of the kind of identifier, or name of the list"`
}

func (p *Pages) opSubscribe(ctx context.Context, in *subscribeIn) (*struct{}, error) {
	return nil, p.dictionary.Subscribe(ctx, in.Kind, in.Subject, true)
}

func (p *Pages) opUnsubscribe(ctx context.Context, in *subscribeIn) (*struct{}, error) {
	return nil, p.dictionary.Subscribe(ctx, in.Kind, in.Subject, false)
}
