package dictionary

import (
	"context"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// ListIdentifiers lists the kinds of identifiers as they hold today, by code.
func (s *Service) ListIdentifiers(ctx context.Context) ([]Identifier, error) {
	all, err := listShelved(ctx, s.db, identifierShelf, s.today())
	if err != nil {
		return nil, err
	}
	return readIdentifiers(all)
}

func readIdentifiers(all []shelved) ([]Identifier, error) {
	list := make([]Identifier, 0, len(all))
	for _, v := range all {
		i, err := readIdentifier(v)
		if err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return list, nil
}

// FindIdentifier finds a kind of identifier as it holds today.
func (s *Service) FindIdentifier(ctx context.Context, name string) (Identifier, error) {
	v, err := findShelved(ctx, s.db, identifierShelf, name, s.today())
	if err != nil {
		return Identifier{}, err
	}
	return readIdentifier(v)
}

// IdentifierHistory lists all versions of a kind of identifier, the newest first.
func (s *Service) IdentifierHistory(ctx context.Context, name string) ([]Identifier, error) {
	all, err := shelvedHistory(ctx, s.db, identifierShelf, name)
	if err != nil {
		return nil, err
	}
	return readIdentifiers(all)
}

// TryIdentifier checks a value against a kind of identifier. The value is neither kept nor recorded: it may be a person's.
func (s *Service) TryIdentifier(ctx context.Context, name string, x Trial) ([]Fact, *Problem, error) {
	i, err := s.FindIdentifier(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	facts, problem := i.Try(x, s.units)
	return facts, problem, nil
}

// FindProposal finds a proposal with its steps and comments. Proposals are open to all who read the dictionary.
func (s *Service) FindProposal(ctx context.Context, id string) (*Proposal, []Step, []Comment, error) {
	if _, err := access.Require(ctx, access.DictionaryRead); err != nil {
		return nil, nil, nil, err
	}
	p, err := findProposal(ctx, s.db, id)
	if err != nil {
		return nil, nil, nil, err
	}
	steps, err := listSteps(ctx, s.db, id)
	if err != nil {
		return nil, nil, nil, err
	}
	comments, err := listComments(ctx, s.db, id)
	return p, steps, comments, err
}

// ListProposals lists proposals, the newest first.
func (s *Service) ListProposals(ctx context.Context, f ProposalFilter) ([]*Proposal, error) {
	if _, err := access.Require(ctx, access.DictionaryRead); err != nil {
		return nil, err
	}
	return listProposals(ctx, s.db, f)
}

// OpenProposal finds the open proposal about a thing, if there is one.
func (s *Service) OpenProposal(ctx context.Context, kind Thing, subject string) (*Proposal, bool, error) {
	return openProposal(ctx, s.db, kind, subject)
}

// Impact is what a change of a thing touches, as far as the caller may see it.
func (s *Service) Impact(ctx context.Context, kind Thing, subject string) (Impact, error) {
	who, err := access.Require(ctx, access.DictionaryRead)
	if err != nil {
		return Impact{}, err
	}
	i, err := s.impact(ctx, s.db, kind, subject)
	if err != nil {
		return i, err
	}
	all := len(i.Uses)
	i.Uses = slices.DeleteFunc(i.Uses, func(u Use) bool { return u.Hidden && !who.ActsFor(u.Owner) })
	i.Withheld = all - len(i.Uses)
	datasets := datasetsOf(i.Uses)
	if s.sources.Versions != nil && len(datasets) > 0 {
		if i.Versions, err = s.sources.Versions(ctx, datasets); err != nil {
			return i, err
		}
	}
	if s.sources.Connections != nil && len(datasets) > 0 {
		i.Connections, err = s.sources.Connections(ctx, datasets)
	}
	return i, err
}

// impact reads the fields that a thing touches within the caller's transaction.
func (s *Service) impact(ctx context.Context, q controldb.Querier, kind Thing, subject string) (Impact, error) {
	i := Impact{Uses: []Use{}, Connections: []ConnectionUse{}}
	elements := []Code{Code(subject)}
	switch kind {
	case ThingCodeList:
		var err error
		if elements, err = elementsOfList(ctx, q, subject); err != nil {
			return i, err
		}
		i.Elements = elements
	case ThingIdentifier:
		return i, nil // a description; the element that holds it has an impact of its own
	}
	if s.sources.Uses == nil || len(elements) == 0 {
		return i, nil
	}
	uses, err := s.sources.Uses(ctx, q, elements)
	if err != nil {
		return i, err
	}
	i.Uses, i.Datasets = append(i.Uses, uses...), len(datasetsOf(uses))
	return i, nil
}

func datasetsOf(uses []Use) []string {
	var out []string
	for _, u := range uses {
		if !slices.Contains(out, u.Dataset) {
			out = append(out, u.Dataset)
		}
	}
	return out
}

// DiffElement compares two versions of an element.
func (s *Service) DiffElement(ctx context.Context, code Code, from, to int) ([]Change, error) {
	a, err := s.FindElement(ctx, Ref{code, from})
	if err != nil {
		return nil, err
	}
	b, err := s.FindElement(ctx, Ref{code, to})
	if err != nil {
		return nil, err
	}
	return Compare(a, b), nil
}

// DiffCodeList compares two versions of a list.
func (s *Service) DiffCodeList(ctx context.Context, name string, from, to int) ([]Change, error) {
	all, err := s.CodeListHistory(ctx, name)
	if err != nil {
		return nil, err
	}
	find := func(n int) (*CodeList, error) {
		for _, l := range all {
			if l.Version == n {
				return l, nil
			}
		}
		return nil, fault.New(fault.NotFound, "dictionary.code_list_not_found", name)
	}
	a, err := find(from)
	if err != nil {
		return nil, err
	}
	b, err := find(to)
	if err != nil {
		return nil, err
	}
	return CompareLists(*a, *b), nil
}
