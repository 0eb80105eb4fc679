package viewweb

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/flow"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type exportIn struct {
	Address
	UserAgent string `header:"User-Agent"`
	Body      struct {
		Purpose string   `json:"purpose" example:"PTDB"`
		Case    string   `json:"case,omitempty" doc:"Number of the case at hand; needed for data of persons"`
		Fields  []string `json:"fields,omitempty" doc:"Fields to take; all that are granted when absent"`
	}
}

type exportOut struct {
	ContentType  string `header:"Content-Type"`
	Disposition  string `header:"Content-Disposition"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

// opExport is the only way to a file (invariant 3): CSV, with the mark before and after the records.
func (p *Pages) opExport(ctx context.Context, in *exportIn) (*exportOut, error) {
	b := in.Body
	s, err := p.View.Export(ctx, flow.Look{
		ID: httpx.RequestIDOf(ctx), Dataset: in.code(), Operation: "POST " + web.APIPrefix + "/datasets/{owner}/{slug}/export", UserAgent: short(in.UserAgent),
		Purpose: b.Purpose, Case: b.Case, Columns: b.Fields,
	})
	if err != nil {
		return nil, err
	}
	who := access.ActorOf(ctx)
	mark := ui.MarkProps{Who: who.Name, Agency: p.Agency(ctx, who.Agency), At: s.At, ID: s.ID}.Line()
	file, err := csvOf(s, "# "+mark+" · "+b.Purpose)
	if err != nil {
		return nil, fmt.Errorf("write the file of %s: %w", in.code(), err)
	}
	return &exportOut{"text/csv; charset=utf-8", `attachment; filename="` + in.Slug + "-" + s.ID + `.csv"`, "no-store", file}, nil
}

func csvOf(s flow.Seen, mark string) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteString("\uFEFF") // without it spreadsheets take the file for a legacy encoding
	out := csv.NewWriter(&buf)
	out.UseCRLF = true
	head := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = c.Name
	}
	lines := [][]string{{mark}, head}
	for _, rec := range s.Records {
		line := make([]string, len(rec.Values))
		for i, v := range rec.Values {
			if v != nil {
				line[i] = ingest.SafeCell(fmt.Sprint(v))
			}
		}
		lines = append(lines, line)
	}
	err := out.WriteAll(append(lines, []string{mark}))
	return buf.Bytes(), err
}

// short bounds what is hashed of a browser's name.
func short(agent string) string { return agent[:min(len(agent), 512)] }
