package ingest

import (
	"cmp"
	"context"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
)

// Discovery is what a sample file shows of a dataset's fields: kinds, lengths, shapes and counts, never a value. The file
// is not kept.
type Discovery struct {
	Format  string                 `json:"format"`
	Rows    int64                  `json:"rows"`
	Persons int64                  `json:"persons"` // distinct persons, by the fields that identify them
	Numbers dictionary.NumberStyle `json:"numbers,omitempty"`
	Columns []Column               `json:"columns"`
}

// Column is what the sample shows of one column.
type Column struct {
	Header     string           `json:"header"` // as written
	Name       string           `json:"name"`   // of the field
	Label      string           `json:"label"`
	Type       dictionary.Type  `json:"type"`
	MaxLength  int              `json:"max_length"` // characters of the longest value
	Filled     int64            `json:"filled"`
	Empty      int64            `json:"empty"`
	Required   bool             `json:"required"` // no record lacks it
	Unique     bool             `json:"unique"`   // a candidate for the key: always there, never twice
	Shapes     []string         `json:"shapes"`   // how values are written: letters as a and A, digits as 9
	Candidates []Candidate      `json:"candidates"`
	Class      dictionary.Class `json:"class"` // suggested
	ClassBy    string           `json:"class_by,omitempty" enum:"element,values,header"`
	Person     bool             `json:"person_identifier,omitempty"`
}

// Candidate is an element of the dictionary that the column may be.
type Candidate struct {
	Element    dictionary.Ref `json:"element"`
	Name       string         `json:"name"`
	Confidence int            `json:"confidence"` // percent
}

const (
	maxSample      = 64 << 20
	sampledValues  = 200       // of a column, held against elements
	maxSampleCells = 5_000_000 // beyond them only counts go on
	sure           = 60        // percent from which a candidate is taken as the element
)

// Discover reads a sample (CSV, XLSX, JSON) of a dataset that is to be registered and answers its fields. Whoever may
// register datasets may; the reading is recorded, its content is not.
func (s *Service) Discover(ctx context.Context, fileName string, r io.Reader) (*Discovery, error) {
	who, err := access.Require(ctx, access.CatalogRegister)
	if err != nil {
		return nil, err
	}
	elements, err := s.elementsToMatch(ctx)
	if err != nil {
		return nil, err
	}
	sp, err := s.spool(ctx, fileName, r, maxSample)
	if err != nil {
		return nil, err
	}
	defer sp.drop()
	x := &sampleReader{seed: maphash.MakeSeed(), day: dictionary.DayOf(s.Clock.Now())}
	if err := sp.each(ctx, "", x.begin, x.take); err != nil {
		return nil, err
	}
	if x.rows == 0 {
		return nil, fault.New(fault.Invalid, "ingest.sample_empty").At("file")
	}
	err = s.Log.Note(ctx, &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelFile, Event: "catalog.discover", Actor: who.ForAudit(), Content: audit.Content{Bytes: sp.size},
		Reason: "fields of a sample file",
	})
	if err != nil {
		return nil, err
	}
	return x.discovery(sp.format, elements), nil
}

// matcher is an element with its checker.
type matcher struct {
	dictionary.Element
	checker *dictionary.Checker
}

func (s *Service) elementsToMatch(ctx context.Context) ([]matcher, error) {
	all, err := s.Dictionary.ListElements(ctx, dictionary.Filter{})
	if err != nil {
		return nil, err
	}
	ref, err := s.Dictionary.Reference(ctx)
	if err != nil {
		return nil, err
	}
	var list []matcher
	for _, e := range all {
		if e.ReplacedBy != "" {
			continue
		}
		c, err := e.Compile(ref, dictionary.StylePlain)
		if err != nil {
			return nil, err
		}
		list = append(list, matcher{e, c})
	}
	return list, nil
}

// sampleReader sees every record once.
type sampleReader struct {
	seed    maphash.Seed
	day     dictionary.Day // as of which codes are read
	columns []*seenColumn
	rows    int64
	cells   int64
}

func (x *sampleReader) begin(f Form) error {
	for i, name := range f.Header {
		name = strings.TrimSpace(name)
		if name == "" || looksLikeData(name) {
			return fault.New(fault.Invalid, "ingest.sample_no_header", i+1).At("file")
		}
		x.columns = append(x.columns, newSeenColumn(name, x.day))
	}
	return nil
}

func (x *sampleReader) take(rec record) error {
	if rec.bad != "" || len(rec.fields) != len(x.columns) {
		args := rec.args
		code := rec.bad
		if code == "" {
			code, args = "ingest.column_count", []any{rec.line, len(rec.fields), len(x.columns)}
		}
		if args == nil {
			args = []any{rec.line}
		}
		return fault.New(fault.Invalid, code, args...).At("file")
	}
	x.rows++
	x.cells += int64(len(rec.fields))
	for i, text := range rec.fields {
		x.columns[i].see(strings.TrimSpace(text), x.seed, x.cells <= maxSampleCells)
	}
	return nil
}

func (x *sampleReader) discovery(format string, elements []matcher) *Discovery {
	d := &Discovery{Format: format, Rows: x.rows}
	names := map[string]int{}
	vietnamese := false
	for _, c := range x.columns {
		col := c.column(x.rows, elements)
		if names[col.Name]++; names[col.Name] > 1 {
			col.Name += "_" + string(rune('0'+min(names[col.Name], 9)))
		}
		if col.Person {
			d.Persons = max(d.Persons, int64(len(c.distinct)))
		}
		vietnamese = vietnamese || c.vietnamese > 0
		d.Columns = append(d.Columns, col)
	}
	if vietnamese {
		d.Numbers = dictionary.StyleVietnamese
	}
	return d
}

// key is the unique column that is likeliest to be the key: one called a code or number before others, and never a measure
// or a time. -1 when there is none.
func (d *Discovery) key() int {
	best, rank := -1, 0
	for i, c := range d.Columns {
		if !c.Unique || c.Type == dictionary.Decimal || c.Type == dictionary.Date || c.Type == dictionary.Timestamp {
			continue
		}
		r := 1
		if word, _, _ := strings.Cut(c.Name, "_"); word == "ma" || word == "so" || word == "id" || c.Person {
			r = 2
		}
		if r > rank {
			best, rank = i, r
		}
	}
	return best
}

// Schema is the discovery as the draft of a schema: the best candidate is taken where it is likely enough, and the likeliest
// key. A person looks through it.
func (d *Discovery) Schema() catalog.Schema {
	s := catalog.Schema{Numbers: d.Numbers}
	key := d.key()
	for i, c := range d.Columns {
		f := catalog.Field{Name: c.Name, Label: c.Label, Class: c.Class, Required: c.Required, Person: c.Person, Key: i == key}
		if len(c.Candidates) > 0 && c.Candidates[0].Confidence >= sure {
			f.Element = c.Candidates[0].Element
		} else {
			f.Proposal = c.Header
		}
		s.Fields = append(s.Fields, f)
	}
	return s
}

// candidates are the elements that the column may be, the likeliest first.
func (c *seenColumn) candidates(elements []matcher) []Candidate {
	var list []Candidate
	for _, e := range elements {
		if score := c.score(e); score >= 30 {
			list = append(list, Candidate{e.Ref(), e.Name, score})
		}
	}
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return list[:min(len(list), 3)]
}

// score says in percent how likely the column is the element: by its name and by how its values read.
func (c *seenColumn) score(e matcher) int {
	named := max(likeness(c.folded, nameWords(e.Name)), likeness(c.folded, nameWords(string(e.Code))))
	special := e.Definition.Type == dictionary.PersonalID
	if named < 0.5 && !special {
		return 0
	}
	fit := c.fit(e.checker)
	switch {
	case named == 1:
		return int(60 + 38*fit)
	case named >= 0.5 && fit >= 0.9:
		return int(100 * (0.55*named + 0.3*fit))
	case special && fit >= 0.95 && named == 0:
		return 65
	case named >= 0.5:
		return int(50 * named)
	}
	return 0
}

// likeness is the share of words that two names have in common.
func likeness(a, b []string) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	common := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			common++
		}
	}
	return float64(common) / float64(len(a)+len(b)-common)
}
