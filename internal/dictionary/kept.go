package dictionary

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// Past is what the history keeps of an element: the version that holds, and the one that will.
type Past struct {
	Element
	Next *Element `json:"next,omitempty"`
}

// keepElement reads an element for the history of its changes.
func keepElement(today func() Day) audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, code string) (any, error) {
			e, err := latestElement(ctx, q, Code(code), today())
			if err != nil {
				return nil, err
			}
			newest, err := newestElement(ctx, q, Code(code))
			if err != nil || newest.Version == e.Version {
				return Past{Element: e}, err
			}
			return Past{e, &newest}, nil
		},
		List: audit.Names(`SELECT DISTINCT code FROM dictionary_element ORDER BY code`),
	}
}

// PastList is what the history keeps of a code list with all its codes.
type PastList struct {
	CodeList
	Next *CodeList `json:"next,omitempty"`
}

func keepCodeList(today func() Day) audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, name string) (any, error) {
			v, newest, err := twoShelved(ctx, q, listShelf, name, today())
			if err != nil {
				return nil, err
			}
			l, err := readCodeList(v)
			if err != nil || newest.Version == v.Version {
				return PastList{CodeList: *l}, err
			}
			next, err := readCodeList(newest)
			return PastList{*l, next}, err
		},
		List: audit.Names(`SELECT DISTINCT name FROM dictionary_code_list ORDER BY name`),
	}
}

// PastIdentifier is what the history keeps of a kind of identifier.
type PastIdentifier struct {
	Identifier
	Next *Identifier `json:"next,omitempty"`
}

func keepIdentifier(today func() Day) audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, name string) (any, error) {
			v, newest, err := twoShelved(ctx, q, identifierShelf, name, today())
			if err != nil {
				return nil, err
			}
			i, err := readIdentifier(v)
			if err != nil || newest.Version == v.Version {
				return PastIdentifier{Identifier: i}, err
			}
			next, err := readIdentifier(newest)
			return PastIdentifier{i, &next}, err
		},
		List: audit.Names(`SELECT DISTINCT name FROM dictionary_identifier ORDER BY name`),
	}
}

// twoShelved reads the version that holds and the one published last.
func twoShelved(ctx context.Context, q controldb.Querier, s shelf, name string, day Day) (holds, newest shelved, err error) {
	if holds, err = findShelved(ctx, q, s, name, day); err != nil {
		return
	}
	newest, err = newestShelved(ctx, q, s, name)
	return
}

// PastProposal is what the history keeps of a proposal, with the opinions on it.
type PastProposal struct {
	Proposal
	Comments []Comment `json:"comments,omitempty"`
}

func keepProposal() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, id string) (any, error) {
			p, err := findProposal(ctx, q, id)
			if err != nil {
				return nil, err
			}
			comments, err := listComments(ctx, q, id)
			return PastProposal{*p, comments}, err
		},
		List: audit.Names(`SELECT id FROM dictionary_proposal ORDER BY id`),
	}
}
