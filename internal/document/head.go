package document

import (
	"strconv"
	"strings"
	"unicode"
)

// Parts of the head: the agency at the left, the national title at the right (Phụ lục I, mục II).
const (
	nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto  = "Độc lập - Tự do - Hạnh phúc"

	agencyShare = 42 // of the width, in hundredths
)

func (p Paper) head(on page) []node {
	left := on.width() * agencyShare / 100
	right := on.width() - left
	agency := []node{}
	if p.Superior != "" {
		agency = append(agency, block(sized(balanced(strings.ToUpper(p.Superior), size12, left), size12, false)))
	}
	name := balanced(strings.ToUpper(p.Agency), size12, left)
	agency = append(agency, block(sized(name, size12, true)), ruleBelow(lastLine(name, size12, left)*2/5, left))
	state := []node{block(sized(nation, size12, true)), block(sized(motto, size13, true)), ruleBelow(widthOf(motto, size13), right)}
	rows := []node{el("w:tr", cellTop(left, agency...), cellTop(right, state...))}
	if below := p.belowHead(left, right); below != nil {
		rows = append(rows, *below)
	}
	return []node{frame(rows, left, right)}
}

// belowHead is the row of number and date; an official letter has its summary below the number.
func (p Paper) belowHead(left, right int) *node {
	var number, date []node
	if p.Number != "" {
		number = append(number, blockAfter(60, sized(p.numberLine(), size13, false)))
	}
	if p.Type == "" && p.Summary != "" {
		number = append(number, blockAfter(120, sized(balanced("V/v "+p.Summary, size12, left*9/10), size12, false)))
	}
	if p.Place != "" {
		date = append(date, blockAfter(60, letters(p.placeAndDate(), join([]node{el("w:i"), el("w:iCs")}, halfPoints(size13))...)))
	}
	if number == nil && date == nil {
		return nil
	}
	if number == nil {
		number = []node{smallest()}
	}
	if date == nil {
		date = []node{smallest()}
	}
	row := el("w:tr", cellTop(left, number...), cellTop(right, date...))
	return &row
}

// title is the kind of document and what it is about, with a line beneath.
func (p Paper) title(on page) []node {
	if p.Type == "" {
		return nil
	}
	out := []node{paragraph{style: "Khoi", align: Centre, stay: true, before: 240}.node(sized(strings.ToUpper(p.Type), size14, true))}
	last := strings.ToUpper(p.Type)
	if p.Summary != "" {
		out = append(out, block(sized(balanced(p.Summary, size14, on.width()*4/5), size14, true)))
		last = balanced(p.Summary, size14, on.width()*4/5)
	}
	return append(out, ruleBelow(lastLine(last, size14, on.width())*2/5, on.width()), paragraph{style: "Khoi", tiny: true, after: 120}.node())
}

// addressees: one stands on the line itself, several below each other.
func (p Paper) addressees() []node {
	switch len(p.To) {
	case 0:
		return nil
	case 1:
		return []node{paragraph{style: "Khoi", align: Centre, before: 240, after: 240}.node(run("Kính gửi: " + strings.TrimRight(p.To[0], ".;") + "."))}
	}
	const indent = 2268 // 40 mm
	out := []node{paragraph{style: "Khoi", before: 240, left: indent, stay: true}.node(run("Kính gửi:"))}
	for i, to := range p.To {
		end, after := ";", 0
		if i == len(p.To)-1 {
			end, after = ".", 240
		}
		out = append(out, paragraph{style: "Khoi", left: indent + 567, after: after}.node(run("- "+strings.TrimRight(to, ".;")+end)))
	}
	return out
}

// head of an annex: its number, its title, what it belongs to.
func (a Annex) head(i, of int, on page) []node {
	name := "Phụ lục"
	if of > 1 {
		name += " " + roman(i+1)
	}
	out := []node{block(sized(name, size14, true)), block(sized(balanced(strings.ToUpper(a.Title), size14, on.width()*4/5), size14, true))}
	last := balanced(strings.ToUpper(a.Title), size14, on.width()*4/5)
	if a.With != "" {
		last = "(" + a.With + ")"
		out = append(out, block(italic(last)))
	}
	return append(out, ruleBelow(lastLine(last, size14, on.width())*2/5, on.width()), paragraph{style: "Khoi", tiny: true, after: 160}.node())
}

func roman(n int) string {
	var b strings.Builder
	for _, d := range []struct {
		value int
		sign  string
	}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= d.value; n -= d.value {
			b.WriteString(d.sign)
		}
	}
	return b.String()
}

// block is a centred line of the head.
func block(r node) node { return blockAfter(0, r) }

func blockAfter(after int, r node) node {
	return paragraph{style: "Khoi", align: Centre, stay: true, after: after, before: after}.node(r)
}

// ruleBelow is a drawn line of a length, centred in the width: a border of an empty paragraph, which no editing moves.
func ruleBelow(length, width int) node {
	side := max(0, (width-min(length, width))/2)
	return paragraph{style: "Khoi", rule: true, tiny: true, stay: true, before: 60, left: side, right: side}.node()
}

func cellTop(width int, content ...node) node {
	return el("w:tc", append([]node{el("w:tcPr", el("w:tcW").with("w:w", strconv.Itoa(width), "w:type", "dxa"))}, content...)...)
}

// frame is a table that is not seen: it holds blocks side by side.
func frame(rows []node, widths ...int) node {
	grid, whole := el("w:tblGrid"), 0
	for _, w := range widths {
		grid.kids = append(grid.kids, el("w:gridCol").with("w:w", strconv.Itoa(w)))
		whole += w
	}
	none := el("w:tblCellMar", el("w:left").with("w:w", "0", "w:type", "dxa"), el("w:right").with("w:w", "0", "w:type", "dxa"))
	t := el("w:tbl", el("w:tblPr", el("w:tblW").with("w:w", strconv.Itoa(whole), "w:type", "dxa"), el("w:tblLayout").with("w:type", "fixed"), none), grid)
	for _, r := range rows {
		r.kids = append([]node{el("w:trPr", el("w:cantSplit"))}, r.kids...)
		t.kids = append(t.kids, r)
	}
	return t
}

// widthOf tells about how wide a line of bold letters is, in twentieths of a point; rules are drawn by it.
func widthOf(text string, size int) int {
	thousandths := 0
	for _, r := range clean(text) {
		switch {
		case r == ' ' || r == ',' || r == '.' || r == 'i' || r == 'l' || r == 'I':
			thousandths += 290
		case unicode.IsUpper(r):
			thousandths += 725
		default:
			thousandths += 500
		}
	}
	return thousandths * size * 10 / 1000
}

// balanced breaks a text that is wider than its place into lines of about one length, as a typist would.
func balanced(text string, size, width int) string {
	words := strings.Fields(text)
	lines := (widthOf(text, size) + width - 1) / width
	if lines < 2 || strings.Contains(text, "\n") {
		return text
	}
	aim := widthOf(text, size) / lines
	var out strings.Builder
	line := ""
	for _, w := range words {
		longer := strings.TrimSpace(line + " " + w)
		if line != "" && (widthOf(longer, size) > width || widthOf(line, size)+widthOf(" "+w, size)/2 > aim) {
			out.WriteString(line + "\n")
			longer = w
		}
		line = longer
	}
	return out.String() + line
}

// lastLine is the width of the longest line that the text makes within a width.
func lastLine(text string, size, width int) int {
	longest := 0
	for line := range strings.SplitSeq(text, "\n") {
		longest = max(longest, min(widthOf(line, size), width))
	}
	return longest
}
