package document

import (
	"strconv"
	"strings"
)

// Sizes of letters in half points.
const (
	size11 = 22
	size12 = 24
	size13 = 26
	size14 = 28
)

// run is text as its paragraph's style has it.
func run(text string) node { return letters(text) }

func bold(text string) node { return letters(text, el("w:b"), el("w:bCs")) }

func italic(text string) node { return letters(text, el("w:i"), el("w:iCs")) }

// sized is text of a size of its own.
func sized(text string, size int, strong bool) node {
	return letters(text, join(when(strong, el("w:b"), el("w:bCs")), halfPoints(size))...)
}

func halfPoints(size int) []node {
	n := strconv.Itoa(size)
	return []node{val("w:sz", n), val("w:szCs", n)}
}

// letters is a run of text; \n breaks the line and \t goes to the next stop.
func letters(text string, properties ...node) node {
	r := el("w:r")
	if len(properties) > 0 {
		r.kids = append(r.kids, el("w:rPr", properties...))
	}
	for i, line := range strings.Split(clean(text), "\n") {
		if i > 0 {
			r.kids = append(r.kids, el("w:br"))
		}
		for j, piece := range strings.Split(line, "\t") {
			if j > 0 {
				r.kids = append(r.kids, el("w:tab"))
			}
			if piece != "" {
				r.kids = append(r.kids, node{name: "w:t", text: piece}.with("xml:space", "preserve"))
			}
		}
	}
	return r
}

// paragraph is what a paragraph says beyond its style.
type paragraph struct {
	style         string
	align         Align
	flush         bool // no indent of the first line
	stay          bool // on the page of what follows
	before, after int  // twentieths of a point
	left, right   int  // indents, same unit
	rule          bool // a line above
	tiny          bool // as low as a line can be
}

func para(style string, runs ...node) node { return paragraph{style: style}.node(runs...) }

// node writes the properties in the order of the schema.
func (p paragraph) node(runs ...node) node {
	pr := el("w:pPr", val("w:pStyle", p.style))
	add := func(yes bool, n ...node) { pr.kids = append(pr.kids, when(yes, n...)...) }
	add(p.stay, el("w:keepNext"))
	add(p.rule, el("w:pBdr", el("w:top").with("w:val", "single", "w:sz", "6", "w:space", "1", "w:color", "auto")))
	switch {
	case p.tiny:
		add(true, el("w:spacing").with("w:before", strconv.Itoa(p.before), "w:after", strconv.Itoa(p.after), "w:line", "40", "w:lineRule", "exact"))
	case p.before != 0 || p.after != 0:
		add(true, el("w:spacing").with("w:before", strconv.Itoa(p.before), "w:after", strconv.Itoa(p.after)))
	}
	if p.flush || p.left != 0 || p.right != 0 {
		add(true, el("w:ind").with("w:left", strconv.Itoa(p.left), "w:right", strconv.Itoa(p.right), "w:firstLine", "0"))
	}
	add(p.align != "" && p.align != Left, val("w:jc", string(p.align)))
	add(p.tiny, el("w:rPr", halfPoints(2)...))
	return el("w:p", append([]node{pr}, runs...)...)
}

// smallest is the paragraph that a file needs after a table, without taking room.
func smallest() node { return paragraph{style: "Khoi", tiny: true}.node() }

// gap is the room below a table or above a signature; it stays with what follows.
func gap() node {
	return paragraph{style: "Khoi", tiny: true, stay: true, before: 80, after: 40}.node()
}

// sectionEnd closes a section; what follows begins on a new page.
func sectionEnd(settings node) node {
	n := smallest()
	n.kids[0].kids = append(n.kids[0].kids, settings)
	return n
}

// keepWithNext holds the last paragraph on the page of the signature, so that nobody signs an empty page.
func keepWithNext(content []node) []node {
	if len(content) == 0 {
		return content
	}
	last := content[len(content)-1]
	if last.name != "w:p" || len(last.kids) == 0 || last.kids[0].name != "w:pPr" {
		return content
	}
	pr := last.kids[0]
	if len(pr.kids) < 2 || pr.kids[1].name != "w:keepNext" {
		pr.kids = append([]node{pr.kids[0], el("w:keepNext")}, pr.kids[1:]...)
	}
	last.kids = append([]node{pr}, last.kids[1:]...)
	return append(content[:len(content)-1:len(content)-1], last)
}
