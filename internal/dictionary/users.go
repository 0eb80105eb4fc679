package dictionary

import (
	"context"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
)

// Use is a field of a dataset that names an element.
type Use struct {
	Dataset string `json:"dataset"`
	Name    string `json:"name"`
	Owner   string `json:"owner"`
	State   string `json:"state"`
	Schema  int    `json:"schema_version"`
	Pending bool   `json:"pending,omitempty"` // in a schema that is not in force yet
	Field   string `json:"field"`
	Label   string `json:"label"`
	Element Ref    `json:"element"`
	Hidden  bool   `json:"-"` // a registration that only its own agency and the operator see
}

// ConnectionUse is a live connection over a dataset that is touched.
type ConnectionUse struct {
	Number   string `json:"number"`
	Path     string `json:"path"`
	Consumer string `json:"consumer"`
	Dataset  string `json:"dataset"`
}

// Impact is what a change of an element or a code list touches; it is shown before anybody approves (R11.6b).
type Impact struct {
	Elements    []Code          `json:"elements,omitempty"` // that take their codes from the list
	Uses        []Use           `json:"fields"`
	Datasets    int             `json:"datasets"`
	Versions    int             `json:"published_versions"` // stored versions of those datasets, whose columns keep the old meaning
	Connections []ConnectionUse `json:"connections"`
	Withheld    int             `json:"withheld,omitempty"` // fields of registrations that the reader may not see
}

// Notice is what people are told who follow a thing or whose data uses it.
type Notice struct {
	Key       string
	Accounts  []string
	Agencies  []string // their stewards
	TitleKey  string
	TitleArgs []string
	Path      string
	Subject   string
}

// Sources are what the dictionary asks of other slices; app wires them. A nil one answers nothing.
type Sources struct {
	Calendar *clock.Calendar
	// Uses lists the fields, in force or pending, that name one of the elements.
	Uses func(ctx context.Context, q controldb.Querier, elements []Code) ([]Use, error)
	// Connections lists the live connections over the datasets.
	Connections func(ctx context.Context, datasets []string) ([]ConnectionUse, error)
	// Versions counts the stored versions of the datasets.
	Versions func(ctx context.Context, datasets []string) (int, error)
	// Agencies lists the codes of the agencies that can be consulted.
	Agencies func(ctx context.Context) ([]string, error)
	// Stepped keeps the inbox true in the transaction of a step.
	Stepped func(ctx context.Context, q controldb.Querier, p *Proposal) error
	// Tell gives a notice in the caller's transaction.
	Tell func(ctx context.Context, q controldb.Querier, n Notice) error
}

// Use gives the service what other slices tell it.
func (s *Service) Use(src Sources) { s.sources = src }

func (s *Service) tell(ctx context.Context, q controldb.Querier, n Notice) error {
	if s.sources.Tell == nil || len(n.Accounts)+len(n.Agencies) == 0 {
		return nil
	}
	return s.sources.Tell(ctx, q, n)
}

func (s *Service) deadline(now time.Time, days int) (time.Time, error) {
	if s.sources.Calendar == nil {
		return now.AddDate(0, 0, days), nil
	}
	return s.sources.Calendar.AddWorkingDays(now, days)
}
