package catalogweb

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
)

// sentTables are the forms as they were read.
type sentTables struct {
	Datasets *ingest.Table `json:"datasets,omitempty"`
	Fields   *ingest.Table `json:"fields,omitempty"`
}

// formReader turns the texts of forms into entries of an import, and says of each cell what cannot be read.
type formReader struct {
	say      func(key string) string // in Vietnamese, the language of the template
	agency   string                  // of the sender
	elements []dictionary.Element
	wrong    []*fault.Fault // of a whole form
}

// place finds the columns of a form in a table: by title or by name, in any order.
func (x *formReader) place(t *ingest.Table, entries []entry) map[string]int {
	at := map[string]int{}
	for i, title := range t.Header {
		key := vitext.Fold(title)
		if key == "" {
			continue
		}
		found := slices.IndexFunc(entries, func(e entry) bool { return vitext.Fold(e.title) == key || e.field == strings.TrimSpace(title) })
		if found < 0 {
			x.wrong = append(x.wrong, fault.New(fault.Invalid, "catalog.import_column", shortText(title)).At("file"))
			continue
		}
		at[entries[found].field] = i
	}
	var missing []string
	for _, e := range entries {
		if _, there := at[e.field]; e.needed && !there {
			missing = append(missing, e.title)
		}
	}
	if len(missing) > 0 {
		x.wrong = append(x.wrong, fault.New(fault.Invalid, "catalog.import_header", strings.Join(missing, ", ")).At("file"))
	}
	return at
}

func shortText(s string) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return string(r)
}

// line is one row of a form with what was wrong in it.
type line struct {
	x        *formReader
	at       map[string]int
	row      ingest.TableRow
	entries  []entry
	ofFields bool
	wrong    []catalog.CellFault
}

func (l *line) text(field string) string {
	i, there := l.at[field]
	if !there || i >= len(l.row.Cells) {
		return ""
	}
	return vitext.NFC(strings.TrimSpace(l.row.Cells[i]))
}

func (l *line) bad(field, code string, args ...any) {
	l.wrong = append(l.wrong, catalog.CellFault{OfFields: l.ofFields, Line: l.row.Line, Field: field, Value: shortText(l.text(field)), Fault: fault.New(fault.Invalid, code, args...).At(field)})
}

// word reads a word of a list, or its code.
func (l *line) word(field, text string) string {
	if text == "" {
		return ""
	}
	i := slices.IndexFunc(l.entries, func(e entry) bool { return e.field == field })
	e := l.entries[i]
	var offered []string
	for _, code := range e.codes {
		words := l.x.say(e.prefix + code)
		if code == text || vitext.Fold(words) == vitext.Fold(text) {
			return code
		}
		offered = append(offered, words)
	}
	l.bad(field, "catalog.import_word", shortText(text), strings.Join(offered, "; "))
	return ""
}

func (l *line) choice(field string) string { return l.word(field, l.text(field)) }

func (l *line) list(field string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(l.text(field), func(r rune) bool { return r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (l *line) words(field string) []string {
	var out []string
	for _, part := range l.list(field) {
		if code := l.word(field, part); code != "" {
			out = append(out, code)
		}
	}
	return out
}

// yes reads Có or Không; otherwise is what an empty cell means.
func (l *line) yes(field string, otherwise bool) bool {
	switch vitext.Fold(l.text(field)) {
	case "":
		return otherwise
	case "co", "yes", "x", "1", "true":
		return true
	case "khong", "no", "0", "false":
		return false
	}
	l.bad(field, "catalog.import_yes_no")
	return otherwise
}

func (l *line) number(field string) int64 {
	text := strings.ReplaceAll(l.text(field), ".", "")
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		l.bad(field, "catalog.import_number")
		return 0
	}
	return n
}

func (l *line) day(field string) dictionary.Day {
	text := l.text(field)
	if text == "" {
		return dictionary.NoDay
	}
	if i := strings.IndexByte(text, 'T'); i == len(time.DateOnly) { // a date cell of an office program
		text = text[:i]
	}
	day, problem := dictionary.ParseDay(text)
	if problem != nil {
		for _, layout := range []string{"02/01/2006", "2/1/2006"} {
			if at, err := time.ParseInLocation(layout, text, i18n.Zone); err == nil {
				return dictionary.DayOf(at)
			}
		}
		l.bad(field, "catalog.import_date")
		return dictionary.NoDay
	}
	return day
}

// entries reads both forms.
func (x *formReader) entries(t sentTables) ([]catalog.Entry, error) {
	var list []catalog.Entry
	if t.Datasets != nil {
		at := x.place(t.Datasets, datasetEntries())
		for _, row := range t.Datasets.Rows {
			l := &line{x: x, at: at, row: row, entries: datasetEntries()}
			if !blank(row) {
				list = append(list, l.dataset())
			}
		}
	}
	if t.Fields != nil {
		at := x.place(t.Fields, fieldEntries())
		for _, row := range t.Fields.Rows {
			if !blank(row) {
				l := &line{x: x, at: at, row: row, entries: fieldEntries(), ofFields: true}
				list = x.field(list, l)
			}
		}
	}
	return list, fault.Collect(x.wrong...)
}

func blank(row ingest.TableRow) bool {
	return row.Wrong == nil && !slices.ContainsFunc(row.Cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// code is the whole code for what stands in the form: with or without the agency's own.
func (x *formReader) code(text string) catalog.Code {
	if strings.Contains(text, "/") {
		return catalog.Code(text)
	}
	return codeOf(x.agency, text)
}

func (l *line) dataset() catalog.Entry {
	if l.row.Wrong != nil {
		l.wrong = append(l.wrong, catalog.CellFault{Line: l.row.Line, Field: "row", Fault: l.row.Wrong})
	}
	if l.text("code") == "" {
		l.bad("code", "catalog.import_code")
	}
	d := catalog.Dataset{
		Code: l.x.code(l.text("code")), Owner: l.x.agency, Name: l.text("name"), Description: l.text("description"), Sharing: l.sharing(),
		Method: catalog.Method(l.choice("method")), MethodReason: l.text("method_reason"), AutomateBy: l.day("automate_by"),
		Frequency: catalog.Frequency(l.choice("frequency")), MaxDelay: catalog.Minutes(l.number("max_delay")), Standards: l.list("standards"),
		LegalBasis: l.text("legal_basis"), Form: catalog.Form(l.choice("form")), Class: dictionary.Class(l.choice("class")), Persons: l.number("persons"),
		OfficialSystem: l.text("official_system"), Load: catalog.DefaultLoadRules(),
	}
	for _, f := range l.list("formats") {
		d.Formats = append(d.Formats, strings.ToUpper(f))
	}
	d.Classification.Nature, d.Classification.Scope, d.Classification.Steering = catalog.Nature(l.choice("nature")), catalog.Scope(l.choice("scope")), l.yes("steering", false)
	return catalog.Entry{Line: l.row.Line, Dataset: d, Wrong: l.wrong}
}

func (l *line) sharing() catalog.Sharing {
	s := catalog.Sharing{Purposes: l.list("sharing.purposes"), Levels: l.words("sharing.levels")}
	for _, part := range l.list("sharing.who") {
		switch {
		case vitext.Fold(part) == vitext.Fold(l.x.say(everyoneWord)) || part == everyone:
			s.Everyone = true
		case dictionary.ValidAgencyCode(part):
			s.Agencies = append(s.Agencies, part)
		default:
			if kind := l.word("sharing.who", part); kind != "" {
				s.AgencyTypes = append(s.AgencyTypes, kind)
			}
		}
	}
	return s
}

// field adds a row of the form of fields to its dataset's entry.
func (x *formReader) field(list []catalog.Entry, l *line) []catalog.Entry {
	if l.row.Wrong != nil {
		l.wrong = append(l.wrong, catalog.CellFault{OfFields: true, Line: l.row.Line, Field: "row", Fault: l.row.Wrong})
	}
	if l.text("dataset") == "" {
		l.bad("dataset", "catalog.import_code")
	}
	code := x.code(l.text("dataset"))
	at := slices.IndexFunc(list, func(e catalog.Entry) bool { return e.Dataset.Code == code })
	if at < 0 {
		list = append(list, catalog.Entry{Dataset: catalog.Dataset{Code: code, Owner: x.agency}})
		at = len(list) - 1
	}
	f := catalog.Field{
		Name: l.text("name"), Label: l.text("label"), Proposal: l.text("proposal"), Required: l.yes("required", false), Key: l.yes("key", false),
		Person: l.yes("person", false), Class: dictionary.Class(l.choice("class")),
	}
	if code := l.text("element"); code != "" {
		f.Element = refOf(code)
		if e, found := elementOf(x.elements, f.Element.Code); found {
			f = completed(f, e)
		}
	} else if f.Class == "" {
		f.Class = dictionary.Normal
	}
	shared := l.yes("shared", true)
	list[at].Fields = append(list[at].Fields, catalog.FieldEntry{Line: l.row.Line, Field: f, Shared: shared})
	list[at].Wrong = append(list[at].Wrong, l.wrong...)
	return list
}

// readForms is everything that the forms say.
func (p *Pages) readForms(who access.Actor, elements []dictionary.Element, t sentTables) ([]catalog.Entry, error) {
	x := &formReader{say: func(key string) string { return p.shell.Say(i18n.Vi, key) }, agency: who.Agency, elements: elements}
	return x.entries(t)
}
