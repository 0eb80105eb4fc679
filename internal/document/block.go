package document

import (
	"fmt"
	"strconv"
	"strings"
)

// Block is one piece of content: Text, Ground, Heading, Centred, Article, Points, Lines or Table.
type Block interface {
	render(on page) ([]node, error)
}

// Text is a paragraph. An empty one is left out.
type Text string

// Ground is a legal ground before the content ("Căn cứ …;").
type Ground string

// Heading begins a part ("I. THÀNH PHẦN"); it stays on the page of what follows.
type Heading string

// Centred is a line of its own in bold ("QUYẾT ĐỊNH:").
type Centred string

// Article is a paragraph that begins with its name in bold ("Điều 1.").
type Article struct{ Label, Text string }

// Points is a list that is numbered 1. 2. 3. The numbers are text, so that they stay what others cite.
type Points []string

// Line is one thing said: "Cơ quan khai thác: Sở Y tế".
type Line struct{ Name, Value string }

// Lines says things one below the other.
type Lines []Line

// Align of a column.
type Align string

const (
	Left   Align = "left"
	Centre Align = "center"
	Right  Align = "right"
)

// Column of a table or a sheet.
type Column struct {
	Title string
	Width int   // share of the width of the page, against those of the others; 0 counts as 1
	Align Align // Left when empty
}

// Table has one row of titles, which stands again at the top of each page. A cell may hold several lines, separated by \n.
type Table struct {
	Columns []Column
	Rows    [][]string // each as long as Columns
}

func render(blocks []Block, on page) ([]node, error) {
	var out []node
	for _, b := range blocks {
		nodes, err := b.render(on)
		if err != nil {
			return nil, err
		}
		out = append(out, nodes...)
	}
	return out, nil
}

func (t Text) render(page) ([]node, error) {
	if strings.TrimSpace(string(t)) == "" {
		return nil, nil
	}
	leads := strings.HasSuffix(strings.TrimSpace(string(t)), ":") // to what follows, so both stand on one page
	return []node{paragraph{style: "Noidung", stay: leads}.node(run(string(t)))}, nil
}

func (g Ground) render(page) ([]node, error) {
	return []node{para("Noidung", italic(string(g)))}, nil
}

func (h Heading) render(page) ([]node, error) {
	return []node{para("Heading1", run(string(h)))}, nil
}

func (c Centred) render(page) ([]node, error) {
	return []node{paragraph{style: "Noidung", align: Centre, flush: true, stay: true}.node(bold(string(c)))}, nil
}

func (a Article) render(page) ([]node, error) {
	return []node{para("Noidung", bold(a.Label), run(" "+a.Text))}, nil
}

func (p Points) render(page) ([]node, error) {
	var out []node
	for i, text := range p {
		out = append(out, para("Noidung", run(strconv.Itoa(i+1)+". "+text)))
	}
	return out, nil
}

func (l Lines) render(page) ([]node, error) {
	var out []node
	for _, x := range l {
		out = append(out, para("Noidung", run(x.Name+": "), run(x.Value)))
	}
	return out, nil
}

func (t Table) render(on page) ([]node, error) {
	if len(t.Columns) == 0 {
		return nil, fmt.Errorf("document: a table without columns")
	}
	widths := t.widths(on.width())
	grid := el("w:tblGrid")
	for _, w := range widths {
		grid.kids = append(grid.kids, el("w:gridCol").with("w:w", strconv.Itoa(w)))
	}
	table := el("w:tbl", el("w:tblPr", val("w:tblStyle", "Bang"), el("w:tblW").with("w:w", strconv.Itoa(on.width()), "w:type", "dxa"),
		el("w:tblLayout").with("w:type", "fixed")), grid, t.head(widths, on))
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return nil, fmt.Errorf("document: row %d of a table has %d cells for %d columns", i+1, len(row), len(t.Columns))
		}
		cells := []node{el("w:trPr", el("w:cantSplit"))}
		for j, text := range row {
			last := i == len(t.Rows)-1 // so that what follows, such as the signature, does not stand alone on the next page
			cells = append(cells, cell(widths[j], paragraph{style: "Obang", align: t.Columns[j].Align, stay: last}.node(sized(text, on.tableSize, false))))
		}
		table.kids = append(table.kids, el("w:tr", cells...))
	}
	return []node{table, gap()}, nil
}

func (t Table) head(widths []int, on page) node {
	cells := []node{el("w:trPr", el("w:cantSplit"), el("w:tblHeader"))}
	for i, c := range t.Columns {
		cells = append(cells, cell(widths[i], paragraph{style: "Obang", align: Centre, stay: true}.node(sized(c.Title, on.tableSize, true))))
	}
	return el("w:tr", cells...)
}

// widths shares out the width of the page; what rounding leaves goes to the last column.
func (t Table) widths(whole int) []int {
	total := 0
	for _, c := range t.Columns {
		total += max(1, c.Width)
	}
	out, left := make([]int, len(t.Columns)), whole
	for i, c := range t.Columns {
		out[i] = whole * max(1, c.Width) / total
		left -= out[i]
	}
	out[len(out)-1] += left
	return out
}

func cell(width int, content ...node) node {
	return el("w:tc", append([]node{el("w:tcPr", el("w:tcW").with("w:w", strconv.Itoa(width), "w:type", "dxa"), val("w:vAlign", "center"))}, content...)...)
}
