package document

import "strconv"

const sheetSpace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

// Styles of cells, by their place in the list of sheetStyles.
const (
	cellTitle = iota + 1
	cellSubtitle
	cellHead
	cellText
	cellCentre
	cellRight
	cellNumber  // with signs between thousands, as the reader's language has them
	cellOrdinal // a number of order
)

func sheetStyles() []byte {
	plain := func(size string, more ...node) node {
		return el("font", append(more, el("sz").with("val", size), el("name").with("val", "Times New Roman"), el("family").with("val", "1"))...)
	}
	side := func(name string) node { return el(name, el("color").with("auto", "1")).with("style", "thin") }
	return part(el("styleSheet",
		el("fonts", plain("12"), plain("14", el("b")), plain("12", el("b")), plain("13", el("i"))).with("count", "4"),
		el("fills", el("fill", el("patternFill").with("patternType", "none")), el("fill", el("patternFill").with("patternType", "gray125"))).with("count", "2"),
		el("borders", el("border", el("left"), el("right"), el("top"), el("bottom"), el("diagonal")),
			el("border", side("left"), side("right"), side("top"), side("bottom"), el("diagonal"))).with("count", "2"),
		el("cellStyleXfs", el("xf").with("numFmtId", "0", "fontId", "0", "fillId", "0", "borderId", "0")).with("count", "1"),
		el("cellXfs",
			format(0, 0, "0", "left", false),
			format(1, 0, "49", "center", true), // cellTitle
			format(3, 0, "49", "center", true), // cellSubtitle
			format(2, 1, "49", "center", true), // cellHead
			format(0, 1, "49", "left", true),   // cellText
			format(0, 1, "49", "center", true), // cellCentre
			format(0, 1, "49", "right", true),  // cellRight
			format(0, 1, "3", "right", false),  // cellNumber
			format(0, 1, "1", "center", false), // cellOrdinal
		).with("count", "9"),
		el("cellStyles", el("cellStyle").with("name", "Normal", "xfId", "0", "builtinId", "0")).with("count", "1"),
	).with("xmlns", sheetSpace))
}

// format of a cell. Text is of the kind "@" and marked as quoted, so that it stays text when somebody edits it.
func format(font, border int, kind, align string, wrap bool) node {
	a := el("alignment").with("horizontal", align, "vertical", "center")
	if wrap {
		a = a.with("wrapText", "1")
	}
	x := el("xf", a).with("numFmtId", kind, "fontId", strconv.Itoa(font), "fillId", "0", "borderId", strconv.Itoa(border), "xfId", "0")
	if kind == "49" {
		x = x.with("quotePrefix", "1")
	}
	return x.with("applyNumberFormat", "1", "applyFont", "1", "applyBorder", "1", "applyAlignment", "1")
}
