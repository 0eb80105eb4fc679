package ingest

import (
	"hash/maphash"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/vitext"
)

// seenColumn counts what a column of a sample holds. Values stay in memory while the file is read, and nowhere after it.
type seenColumn struct {
	header string
	folded []string // words of the header
	day    dictionary.Day

	filled, empty int64
	longest       int
	repeated      bool
	distinct      map[uint64]struct{} // keyed hashes; the key lives as long as the reading
	values        []string            // some distinct ones, to hold against elements
	shapes        map[string]int

	integers, decimals, vietnamese, dates, moments, booleans, persons, contacts int64
}

func newSeenColumn(header string, day dictionary.Day) *seenColumn {
	return &seenColumn{header: header, folded: nameWords(header), day: day, distinct: map[uint64]struct{}{}, shapes: map[string]int{}}
}

// nameWords are the words of a name without marks: "Số định danh cá nhân" and so_dinh_danh_ca_nhan have the same.
func nameWords(name string) []string {
	return strings.FieldsFunc(vitext.Fold(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

var (
	wholeNumber   = regexp.MustCompile(`^-?[0-9]{1,18}$`)
	plainDecimal  = regexp.MustCompile(`^-?[0-9]+\.[0-9]+$`)
	localDecimal  = regexp.MustCompile(`^-?[0-9]{1,3}(\.[0-9]{3})*,[0-9]+$|^-?[0-9]+,[0-9]+$|^-?[0-9]{1,3}(\.[0-9]{3}){2,}$`)
	dayText       = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4})$`)
	momentText    = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}|^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}`)
	truthText     = regexp.MustCompile(`(?i)^(true|false|có|không|đúng|sai)$`)
	personText    = regexp.MustCompile(`^[0-9]{12}$`)
	contactText   = regexp.MustCompile(`^(0|\+84)[0-9 .]{8,12}$|^[^@\s]+@[^@\s]+\.[a-zA-Z]+$`)
	dataOfAHeader = []*regexp.Regexp{wholeNumber, plainDecimal, localDecimal, dayText, momentText, personText, contactText}
)

// looksLikeData reports that what should be the name of a column is a value.
func looksLikeData(header string) bool {
	return slices.ContainsFunc(dataOfAHeader, func(p *regexp.Regexp) bool { return p.MatchString(header) })
}

func (c *seenColumn) see(text string, seed maphash.Seed, closely bool) {
	if text == "" {
		c.empty++
		return
	}
	c.filled++
	c.longest = max(c.longest, utf8.RuneCountInString(text))
	for _, kind := range []struct {
		count *int64
		form  *regexp.Regexp
	}{{&c.integers, wholeNumber}, {&c.decimals, plainDecimal}, {&c.vietnamese, localDecimal}, {&c.dates, dayText}, {&c.moments, momentText}, {&c.booleans, truthText}, {&c.persons, personText}, {&c.contacts, contactText}} {
		if kind.form.MatchString(text) {
			*kind.count++
		}
	}
	if c.repeated && c.persons < c.filled { // neither a key nor an identifier of persons any more
		return
	}
	hash := maphash.String(seed, text)
	if _, twice := c.distinct[hash]; twice {
		c.repeated = true
		return
	}
	if !closely && c.persons < c.filled {
		return
	}
	c.distinct[hash] = struct{}{}
	if len(c.values) < sampledValues {
		c.values = append(c.values, text)
		if s := shape(text); len(c.shapes) < sampledValues || c.shapes[s] > 0 {
			c.shapes[s]++
		}
	}
}

// shape is how a value is written, without the value: letters as a and A, digits as 9. Runs are kept short.
func shape(text string) string {
	var b strings.Builder
	last, run := rune(0), 0
	for _, r := range text {
		k := r
		switch {
		case unicode.IsDigit(r):
			k = '9'
		case unicode.IsUpper(r):
			k = 'A'
		case unicode.IsLetter(r):
			k = 'a'
		case unicode.IsMark(r):
			continue
		}
		if k != last {
			last, run = k, 0
		}
		if run++; run <= 12 && b.Len() < 40 {
			b.WriteRune(k)
		}
	}
	return b.String()
}

// fit is the share of the values seen that the element reads.
func (c *seenColumn) fit(checker *dictionary.Checker) float64 {
	if len(c.values) == 0 {
		return 0.5 // nothing speaks for or against it
	}
	read := 0
	for _, v := range c.values {
		if _, problem := checker.Parse(v, c.day); problem == nil {
			read++
		}
	}
	return float64(read) / float64(len(c.values))
}

// column is what is told of it.
func (c *seenColumn) column(rows int64, elements []matcher) Column {
	col := Column{
		Header: c.header, Name: catalog.FieldName(c.header), Label: c.header, Type: c.kind(), MaxLength: c.longest, Filled: c.filled, Empty: c.empty,
		Required: c.empty == 0, Unique: c.empty == 0 && !c.repeated && rows > 1 && int64(len(c.distinct)) == rows, Shapes: c.commonShapes(), Candidates: c.candidates(elements),
	}
	if col.Name == "" {
		col.Name = "truong"
	}
	c.protect(&col, elements)
	return col
}

// kind is the type in which most values are written.
func (c *seenColumn) kind() dictionary.Type {
	all := func(n int64) bool { return c.filled > 0 && n*100 >= c.filled*95 }
	switch {
	case all(c.persons):
		return dictionary.PersonalID
	case all(c.integers) && !c.leadingZero():
		return dictionary.Integer
	case all(c.integers + c.decimals + c.vietnamese):
		if c.decimals+c.vietnamese > 0 {
			return dictionary.Decimal
		}
		return dictionary.Text
	case all(c.dates):
		return dictionary.Date
	case all(c.moments):
		return dictionary.Timestamp
	case all(c.booleans):
		return dictionary.Boolean
	}
	return dictionary.Text
}

// leadingZero reports codes that are written in digits: 02683 is no number.
func (c *seenColumn) leadingZero() bool {
	return slices.ContainsFunc(c.values, func(v string) bool { return len(v) > 1 && v[0] == '0' })
}

func (c *seenColumn) commonShapes() []string {
	shapes := make([]string, 0, len(c.shapes))
	for s := range c.shapes {
		shapes = append(shapes, s)
	}
	slices.SortFunc(shapes, func(a, b string) int {
		if c.shapes[a] != c.shapes[b] {
			return c.shapes[b] - c.shapes[a]
		}
		return strings.Compare(a, b)
	})
	return shapes[:min(len(shapes), 2)]
}

// Words of a header that speak of persons, where the dictionary has no element for them (Luật 91/2025/QH15).
var (
	sensitiveWords = []string{"dan toc", "ton giao", "suc khoe", "benh", "khuyet tat", "nhom mau", "chinh tri", "van tay", "sinh trac"}
	personalWords  = []string{"ho ten", "ho va ten", "ten nguoi", "ngay sinh", "gioi tinh", "so dinh danh", "cccd", "cmnd", "dien thoai", "email", "dia chi", "noi o", "hon nhan", "chu ho"}
)

// protect suggests the class: of the element, of what the values are, or of what the header says.
func (c *seenColumn) protect(col *Column, elements []matcher) {
	col.Class = dictionary.Normal
	col.Person = c.kind() == dictionary.PersonalID
	if len(col.Candidates) > 0 && col.Candidates[0].Confidence >= sure {
		for _, e := range elements {
			if e.Ref() == col.Candidates[0].Element {
				col.Class, col.ClassBy = e.Rule.Class, "element"
				col.Person = col.Person || e.Definition.Type == dictionary.PersonalID
				if !strings.ContainsAny(c.header, " ") && vitext.Fold(c.header) == c.header {
					col.Label = e.Name // the header is a code name
				}
			}
		}
	}
	if c.filled > 0 && (c.persons*100 >= c.filled*95 || c.contacts*100 >= c.filled*95) && col.Class.Rank() < dictionary.BasicPersonal.Rank() {
		col.Class, col.ClassBy = dictionary.BasicPersonal, "values"
	}
	words := " " + strings.Join(c.folded, " ") + " "
	has := func(list []string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return strings.Contains(words, " "+w+" ") })
	}
	switch {
	case has(sensitiveWords) && col.Class.Rank() < dictionary.SensitivePersonal.Rank():
		col.Class, col.ClassBy = dictionary.SensitivePersonal, "header"
	case has(personalWords) && col.Class.Rank() < dictionary.BasicPersonal.Rank():
		col.Class, col.ClassBy = dictionary.BasicPersonal, "header"
	}
}
