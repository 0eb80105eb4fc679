package document

import "strconv"

const wordSpace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

// mm is a length in twentieths of a point.
func mm(n int) int { return n * 1440 * 10 / 254 }

// page is A4 upright or on its side.
type page struct {
	wide      bool
	tableSize int // letters of tables, half points
}

var (
	portrait  = page{tableSize: size13}             //nolint:gochecknoglobals // constants that Go cannot declare as such
	landscape = page{wide: true, tableSize: size12} //nolint:gochecknoglobals // same
)

// Margins in millimetres (Phụ lục I, mục I.4): top and bottom 20-25, left 30-35, right 15-20.
const (
	marginTop, marginBottom, marginLeft, marginRight = 20, 20, 30, 15
	marginHeader                                     = 10
	paperShort, paperLong                            = 11906, 16838 // A4 in twentieths of a point
)

// width of the text.
func (p page) width() int {
	whole := paperShort
	if p.wide {
		whole = paperLong
	}
	return whole - mm(marginLeft) - mm(marginRight)
}

// settings of a section. Pages are numbered from 1, and the first shows no number (Phụ lục I, mục I.7).
func (p page) settings(annex bool) node {
	size := el("w:pgSz").with("w:w", strconv.Itoa(paperShort), "w:h", strconv.Itoa(paperLong))
	if p.wide {
		size = el("w:pgSz").with("w:w", strconv.Itoa(paperLong), "w:h", strconv.Itoa(paperShort), "w:orient", "landscape")
	}
	n := func(v int) string { return strconv.Itoa(mm(v)) }
	return el("w:sectPr", join(
		[]node{
			el("w:headerReference").with("w:type", "default", "r:id", "rId3"),
			el("w:headerReference").with("w:type", "first", "r:id", "rId4"),
			val("w:type", "nextPage"), size,
			el("w:pgMar").with("w:top", n(marginTop), "w:right", n(marginRight), "w:bottom", n(marginBottom), "w:left", n(marginLeft),
				"w:header", n(marginHeader), "w:footer", n(marginHeader), "w:gutter", "0"),
		},
		when(annex, el("w:pgNumType").with("w:start", "1")),
		[]node{el("w:titlePg")},
	)...)
}

func styles() []byte {
	font := el("w:rFonts").with("w:ascii", "Times New Roman", "w:hAnsi", "Times New Roman", "w:eastAsia", "Times New Roman", "w:cs", "Times New Roman")
	lang := el("w:lang").with("w:val", "vi-VN", "w:eastAsia", "vi-VN", "w:bidi", "ar-SA")
	defaults := el("w:docDefaults",
		el("w:rPrDefault", el("w:rPr", append(append([]node{font}, halfPoints(size14)...), lang)...)),
		el("w:pPrDefault", el("w:pPr", el("w:spacing").with("w:before", "0", "w:after", "0", "w:line", "240", "w:lineRule", "auto"))))
	return part(el("w:styles", defaults,
		style("Normal", "Normal", "", el("w:pPr")).with("w:default", "1"),
		style("Noidung", "Nội dung", "Normal", el("w:pPr", el("w:spacing").with("w:before", "60", "w:after", "60", "w:line", "264", "w:lineRule", "auto"),
			el("w:ind").with("w:firstLine", strconv.Itoa(mm(10))), val("w:jc", "both"))),
		style("Heading1", "heading 1", "Noidung", el("w:pPr", el("w:keepNext"), el("w:spacing").with("w:before", "120", "w:after", "60"), val("w:outlineLvl", "0")),
			el("w:b"), el("w:bCs")),
		style("Khoi", "Khối thể thức", "Normal", el("w:pPr")),
		style("Obang", "Ô bảng", "Normal", el("w:pPr", el("w:spacing").with("w:before", "20", "w:after", "20"))),
		tableStyle(),
	).with("xmlns:w", wordSpace))
}

func style(id, name, on string, paragraph node, letters ...node) node {
	s := el("w:style", val("w:name", name)).with("w:type", "paragraph", "w:styleId", id)
	if on != "" {
		s.kids = append(s.kids, val("w:basedOn", on))
	}
	s.kids = append(s.kids, el("w:qFormat"))
	if len(paragraph.kids) > 0 {
		s.kids = append(s.kids, paragraph)
	}
	if len(letters) > 0 {
		s.kids = append(s.kids, el("w:rPr", letters...))
	}
	return s
}

func tableStyle() node {
	borders := el("w:tblBorders")
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		borders.kids = append(borders.kids, el("w:"+side).with("w:val", "single", "w:sz", "4", "w:space", "0", "w:color", "auto"))
	}
	margins := el("w:tblCellMar")
	for _, side := range []string{"left", "right"} {
		margins.kids = append(margins.kids, el("w:"+side).with("w:w", "85", "w:type", "dxa"))
	}
	return el("w:style", val("w:name", "Bảng"), el("w:tblPr", borders, margins)).with("w:type", "table", "w:customStyle", "1", "w:styleId", "Bang")
}

// settings: the mode of today's Word, so that it does not open the paper as an old one; no update of fields is asked for.
func settings() []byte {
	mode := el("w:compatSetting").with("w:name", "compatibilityMode", "w:uri", "http://schemas.microsoft.com/office/word", "w:val", "15")
	return part(el("w:settings", val("w:defaultTabStop", strconv.Itoa(mm(10))), el("w:compat", mode), el("w:themeFontLang").with("w:val", "vi-VN")).with("xmlns:w", wordSpace))
}

// pageNumber stands in the middle of the top margin.
func pageNumber() []byte {
	r := func(inner node) node { return el("w:r", el("w:rPr", halfPoints(size14)...), inner) }
	return part(el("w:hdr", paragraph{style: "Khoi", align: Centre}.node(
		r(el("w:fldChar").with("w:fldCharType", "begin")),
		r(node{name: "w:instrText", text: " PAGE "}.with("xml:space", "preserve")),
		r(el("w:fldChar").with("w:fldCharType", "separate")),
		r(node{name: "w:t", text: "2"}),
		r(el("w:fldChar").with("w:fldCharType", "end")),
	)).with("xmlns:w", wordSpace))
}

func noPageNumber() []byte {
	return part(el("w:hdr", paragraph{style: "Khoi", align: Centre}.node()).with("xmlns:w", wordSpace))
}
