package dictionaryweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{
		{
			Kind: "dictionary.element", Page: "/dictionary/element/{code}", API: "/dictionary/elements/{code}", Permission: access.DictionaryRead, Sample: dictionary.Past{},
			Values: map[string]string{"type": "dictionary.type.", "class": "dictionary.class."},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				e, err := p.dictionary.LatestElement(ctx, dictionary.Code(param("code")))
				return web.PastOf{ID: string(e.Code), Title: e.Name, Path: elementPath(e.Code), ListKey: "dictionary.title", ListPath: "/dictionary"}, err
			},
		},
		{
			Kind: "dictionary.code_list", Page: "/dictionary/code-list/{name}", API: "/code-lists/{name}", Permission: access.DictionaryRead, Sample: dictionary.PastList{},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				l, err := p.dictionary.FindCodeList(ctx, param("name"))
				if err != nil {
					return web.PastOf{}, err
				}
				return web.PastOf{ID: l.Name, Title: l.Title, Path: "/dictionary/code-list/" + l.Name, ListKey: "dictionary.code_lists", ListPath: "/dictionary/code-list"}, nil
			},
		},
		{
			Kind: "dictionary.identifier", Page: "/dictionary/identifiers/{code}", API: "/dictionary/identifiers/{code}", Permission: access.DictionaryRead, Sample: dictionary.PastIdentifier{},
			Values: map[string]string{"class": "dictionary.class.", "checksum": "dictionary.checksum."},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				i, err := p.dictionary.FindIdentifier(ctx, param("code"))
				return web.PastOf{ID: i.Name, Title: i.Title, Path: identifierPath(i.Name), ListKey: "dictionary.identifiers", ListPath: "/dictionary/identifiers"}, err
			},
		},
		{
			Kind: "dictionary.proposal", Page: "/dictionary/proposals/{id}", API: "/dictionary/proposals/{id}", Permission: access.DictionaryRead, Sample: dictionary.PastProposal{},
			Values: map[string]string{"state": "dictionary.state.", "kind": "dictionary.thing.", "action": "dictionary.action.", "level": "dictionary.level.", "stance": "dictionary.stance.", "type": "dictionary.type.", "class": "dictionary.class."},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				x, _, _, err := p.dictionary.FindProposal(ctx, param("id"))
				if err != nil {
					return web.PastOf{}, err
				}
				return web.PastOf{ID: x.ID, Title: x.Number + " · " + x.Title, Path: proposalPath(x.ID), ListKey: "dictionary.proposals", ListPath: "/dictionary/proposals"}, nil
			},
		},
	}
}
