package catalogweb

import (
	"context"

	"lienthong/internal/catalog"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// Processing is how a dataset with personal data stands in the register of their processing (Điều 27.2). Its zero value
// is a dataset that needs no entry.
type Processing struct {
	Word   string // message key of the standing
	Tone   ui.Tone
	Serves bool   // the register does not stand in the way of serving
	Path   string // page of the entry, for whoever may see it
}

// processingParts tells whether the register of personal-data processing lets the dataset be served.
func (p *Pages) processingParts(ctx context.Context, t ui.T, code catalog.Code) ([]part, error) {
	if p.Sources.Processing == nil {
		return nil, nil
	}
	x, err := p.Sources.Processing(ctx, code)
	if err != nil || x.Word == "" {
		return nil, err
	}
	c := ui.CardProps{Title: t("catalog.processing"), Lead: t("catalog.processing_serves")}
	if !x.Serves {
		c.Lead = t("catalog.processing_stops")
	}
	if x.Path != "" {
		c.Actions = []ui.Action{{Label: t("catalog.processing_see"), Path: x.Path}}
	}
	return []part{{Card: c, Body: []templ.Component{ui.Badge(ui.State{Label: t(x.Word), Tone: x.Tone})}}}, nil
}
