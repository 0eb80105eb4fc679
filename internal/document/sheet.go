package document

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Sheet is one page of an annex: lines of title, one row of column titles that stays in sight, rows.
type Sheet struct {
	Name    string   // at the foot of the window; signs that office programs refuse become spaces
	Title   []string // above the table; the first is in bold
	Columns []Column
	// Rows hold text (string) or whole numbers (int, int64), each row as long as Columns. Text stays text: one that
	// begins with = + - @ is never computed, also after somebody edits it.
	Rows [][]any
	// Choices offers, in a column of a form to be filled in, what stands in cells of another sheet: the number of the column,
	// from 0, and the cells as a formula names them ("'Mã'!$A$2:$A$7"). Other values are refused by the office program.
	Choices map[int]string
}

// maxFilledIn is how many rows of a form offer their choices.
const maxFilledIn = 2000

// Limits of the format.
const (
	maxRows = 1 << 20
	maxCell = 32_767 // characters
	maxName = 31     // characters
)

// XLSX makes one workbook of the sheets: A4 on its side, as wide as one page, titles repeated on each. It refuses rows
// that do not fit their columns, kinds of values that it does not know, and more than the format can hold.
func XLSX(sheets ...Sheet) ([]byte, error) {
	if len(sheets) == 0 {
		return nil, errors.New("document: a workbook without sheets")
	}
	const main = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	book, names := el("sheets"), el("definedNames")
	kinds := [][2]string{{"/xl/workbook.xml", main + "sheet.main+xml"}, {"/xl/styles.xml", main + "styles+xml"},
		{"/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"}}
	var rels [][2]string
	var parts []file
	taken := map[string]bool{}
	for i, s := range sheets {
		n := strconv.Itoa(i + 1)
		body, err := s.part()
		if err != nil {
			return nil, fmt.Errorf("sheet %q: %w", s.Name, err)
		}
		name := sheetName(s.Name, taken)
		book.kids = append(book.kids, el("sheet").with("name", name, "sheetId", n, "r:id", "rId"+n))
		head := strconv.Itoa(s.headRow())
		names.kids = append(names.kids, node{name: "definedName", text: "'" + strings.ReplaceAll(name, "'", "''") + "'!$" + head + ":$" + head}.
			with("name", "_xlnm.Print_Titles", "localSheetId", strconv.Itoa(i)))
		part := "worksheets/sheet" + n + ".xml"
		kinds = append(kinds, [2]string{"/xl/" + part, main + "worksheet+xml"})
		rels = append(rels, [2]string{officeRel + "/worksheet", part})
		parts = append(parts, file{"xl/" + part, body})
	}
	rels = append(rels, [2]string{officeRel + "/styles", "styles.xml"})
	workbook := part(el("workbook", book, names).with("xmlns", sheetSpace, "xmlns:r", officeRel))
	title := ""
	if len(sheets[0].Title) > 0 {
		title = sheets[0].Title[0]
	}
	return pack(append([]file{
		{"[Content_Types].xml", contentTypes(kinds...)},
		{"_rels/.rels", rootRelations("xl/workbook.xml")},
		{"docProps/core.xml", coreProperties(title, "", epoch)},
		{"xl/workbook.xml", workbook},
		{"xl/_rels/workbook.xml.rels", relations(rels...)},
		{"xl/styles.xml", sheetStyles()},
	}, parts...))
}

// sheetName is the name as office programs take it, and different from those before it.
func sheetName(name string, taken map[string]bool) string {
	name = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, clean(name))), " ")
	name = strings.Trim(name, "'")
	if name == "" {
		name = "Trang"
	}
	for n := 1; ; n++ {
		try, end := []rune(name), ""
		if n > 1 {
			end = " " + strconv.Itoa(n)
		}
		try = try[:min(len(try), maxName-len(end))]
		if out := string(try) + end; !taken[strings.ToLower(out)] {
			taken[strings.ToLower(out)] = true
			return out
		}
	}
}

// headRow is the number of the row of column titles.
func (s Sheet) headRow() int {
	if len(s.Title) == 0 {
		return 1
	}
	return len(s.Title) + 2 // one row stays empty between them
}

func (s Sheet) part() ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	widths := s.widths()
	data, err := s.rows(widths)
	if err != nil {
		return nil, err
	}
	head := s.headRow()
	pane := el("pane").with("ySplit", strconv.Itoa(head), "topLeftCell", "A"+strconv.Itoa(head+1), "activePane", "bottomLeft", "state", "frozen")
	root := el("worksheet",
		el("sheetPr", el("pageSetUpPr").with("fitToPage", "1")),
		el("sheetViews", el("sheetView", pane).with("workbookViewId", "0")),
		el("sheetFormatPr").with("defaultRowHeight", "16"),
		cols(widths), data)
	if len(s.Title) > 0 && len(s.Columns) > 1 {
		merged := el("mergeCells").with("count", strconv.Itoa(len(s.Title)))
		for i := range s.Title {
			merged.kids = append(merged.kids, el("mergeCell").with("ref", at(0, i+1)+":"+at(len(s.Columns)-1, i+1)))
		}
		root.kids = append(root.kids, merged)
	}
	if len(s.Choices) > 0 {
		root.kids = append(root.kids, s.choices())
	}
	root.kids = append(root.kids,
		el("printOptions").with("horizontalCentered", "1"),
		el("pageMargins").with("left", "1.18", "right", "0.6", "top", "0.8", "bottom", "0.8", "header", "0.4", "footer", "0.4"),
		el("pageSetup").with("paperSize", "9", "orientation", "landscape", "fitToWidth", "1", "fitToHeight", "0"),
		el("headerFooter", node{name: "oddHeader", text: `&C&"Times New Roman,Regular"&13&P`}, el("firstHeader")).with("differentFirst", "1"))
	return part(root.with("xmlns", sheetSpace)), nil
}

// choices are the lists that an office program offers below the titles.
func (s Sheet) choices() node {
	all := el("dataValidations").with("count", strconv.Itoa(len(s.Choices)))
	for column := range s.Columns {
		cells, has := s.Choices[column]
		if !has {
			continue
		}
		all.kids = append(all.kids, el("dataValidation", node{name: "formula1", text: cells}).with(
			"type", "list", "allowBlank", "1", "showErrorMessage", "1", "sqref", at(column, s.headRow()+1)+":"+at(column, s.headRow()+maxFilledIn)))
	}
	return all
}

func (s Sheet) rows(widths []int) (node, error) {
	data := el("sheetData")
	whole := 0
	for _, w := range widths {
		whole += w
	}
	for i, title := range s.Title {
		style := cellSubtitle
		if i == 0 {
			style = cellTitle
		}
		data.kids = append(data.kids, row(i+1, lines([]any{title}, []int{whole * 3 / 4}), textCell(0, i+1, title, style)))
	}
	var head []node
	titles := make([]any, len(s.Columns))
	for j, c := range s.Columns {
		head, titles[j] = append(head, textCell(j, s.headRow(), c.Title, cellHead)), c.Title+"  " // letters in bold are wider
	}
	data.kids = append(data.kids, row(s.headRow(), lines(titles, widths), head...))
	for i, values := range s.Rows {
		n := s.headRow() + 1 + i
		cells := make([]node, len(values))
		for j, v := range values {
			var err error
			if cells[j], err = s.cell(j, n, v); err != nil {
				return data, fmt.Errorf("row %d, column %d: %w", i+1, j+1, err)
			}
		}
		data.kids = append(data.kids, row(n, lines(values, widths), cells...))
	}
	return data, nil
}

// check that rows fit their columns and the format.
func (s Sheet) check() error {
	if len(s.Columns) == 0 || len(s.Rows)+s.headRow() > maxRows {
		return fmt.Errorf("document: %d columns and %d rows", len(s.Columns), len(s.Rows))
	}
	for i, values := range s.Rows {
		if len(values) != len(s.Columns) {
			return fmt.Errorf("document: row %d has %d values for %d columns", i+1, len(values), len(s.Columns))
		}
	}
	return nil
}

func (s Sheet) cell(column, n int, v any) (node, error) {
	switch v := v.(type) {
	case string:
		if utf8.RuneCountInString(v) > maxCell {
			return node{}, fmt.Errorf("document: text of %d characters, at most %d fit", utf8.RuneCountInString(v), maxCell)
		}
		style := map[Align]int{Centre: cellCentre, Right: cellRight}[s.Columns[column].Align]
		return textCell(column, n, v, max(style, cellText)), nil
	case int:
		return s.number(column, n, int64(v)), nil
	case int64:
		return s.number(column, n, v), nil
	}
	return node{}, fmt.Errorf("document: a value of type %T", v)
}

// sheetWidth is about as many characters of size 12 as A4 on its side takes within its margins.
const sheetWidth = 112

// mostWidth is what still prints on one page at a size that people read; columns are not made narrower than narrowest.
const mostWidth, narrowest = 168, 11

// widths are as wide as the longest line of a column needs, within bounds; what is left of the page goes to the columns
// of text.
func (s Sheet) widths() []int {
	out, total, wide := make([]int, len(s.Columns)), 0, 0
	for j, c := range s.Columns {
		longest := min(utf8.RuneCountInString(c.Title), 16)
		for _, r := range s.Rows {
			for line := range strings.SplitSeq(fmt.Sprint(r[j]), "\n") {
				longest = max(longest, utf8.RuneCountInString(line))
			}
		}
		out[j] = min(max(longest+3, 6), 48)
		total += out[j]
		if out[j] >= 16 {
			wide++
		}
	}
	for j := range out { // printed on one page, wider columns would be too small to read
		if total > mostWidth && out[j] > narrowest {
			out[j] = max(narrowest, out[j]*mostWidth/total)
		}
	}
	for j := range out {
		if left := sheetWidth - total; left > 0 && (wide == 0 || out[j] >= 16) {
			out[j] += left / max(1, wide+len(out)*b2i(wide == 0))
		}
	}
	return out
}

func b2i(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func cols(widths []int) node {
	out := el("cols")
	for j, w := range widths {
		n := strconv.Itoa(j + 1)
		out.kids = append(out.kids, el("col").with("min", n, "max", n, "width", strconv.Itoa(w), "customWidth", "1"))
	}
	return out
}

// lines is how many lines the fullest cell of a row takes.
func lines(values []any, widths []int) int {
	most := 1
	for j, v := range values {
		n := 0
		for line := range strings.SplitSeq(fmt.Sprint(v), "\n") {
			n += max(1, (utf8.RuneCountInString(line)+widths[j]-2)/(widths[j]-1))
		}
		most = max(most, n)
	}
	return most
}

// row of a height for so many lines: not every program works it out by itself.
func row(n, lines int, cells ...node) node {
	return el("row", cells...).with("r", strconv.Itoa(n), "ht", strconv.Itoa(min(17*lines, 408)), "customHeight", "1")
}

// textCell holds text in its own place, never a formula: invariant 2.
func textCell(column, n int, text string, style int) node {
	t := node{name: "t", text: clean(text)}.with("xml:space", "preserve")
	return el("c", el("is", t)).with("r", at(column, n), "s", strconv.Itoa(style), "t", "inlineStr")
}

func (s Sheet) number(column, n int, v int64) node {
	style := cellNumber
	if s.Columns[column].Align == Centre {
		style = cellOrdinal
	}
	return el("c", node{name: "v", text: strconv.FormatInt(v, 10)}).with("r", at(column, n), "s", strconv.Itoa(style))
}

// at is the name of a cell: column 0 of row 1 is A1.
func at(column, n int) string {
	name := ""
	for c := column + 1; c > 0; c = (c - 1) / 26 {
		name = string(rune('A'+(c-1)%26)) + name
	}
	return name + strconv.Itoa(n)
}
