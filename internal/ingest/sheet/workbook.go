package sheet

import (
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// workbook is what must be known before the rows of its first visible sheet can be read.
type workbook struct {
	p        *pack
	from1904 bool
	sheet    sheetRef
	skipped  []string // names of the other sheets
	sheets   []sheetRef
	styles   []dateForm // of each style of cells
	strings  *sharedStrings
	main     string
	want     string // name of the sheet to read; the first visible one when empty
	rels     map[string]relation
}

type sheetRef struct {
	name   string
	part   string
	hidden bool
}

type relation struct{ kind, target string }

const (
	maxStyles = 100_000
	maxSheets = 1000
)

// openWorkbook reads everything but the rows.
func openWorkbook(p *pack, want string) (*workbook, error) {
	w := &workbook{p: p, want: want}
	if err := w.kind(); err != nil {
		return nil, err
	}
	for _, read := range []func() error{w.readSheets, w.readStyles, w.readStrings} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// kind tells workbooks from other packages, and refuses those with something in them that is no data.
func (w *workbook) kind() error {
	p := w.p
	if !p.has("[Content_Types].xml") {
		return refuse(CodeNotXLSX)
	}
	for _, forbidden := range []struct{ prefix, code string }{
		{"xl/vbaproject", CodeMacro}, {"xl/macrosheets/", CodeMacro}, {"xl/activex/", CodeMacro}, {"customui/", CodeMacro},
		{"xl/externallinks/", CodeExternal}, {"xl/connections.xml", CodeExternal}, {"xl/querytables/", CodeExternal}, {"xl/embeddings/", CodeEmbedded},
	} {
		if list := p.under(forbidden.prefix); len(list) > 0 {
			return refuse(forbidden.code, shown(list[0]))
		}
	}
	for _, n := range p.names { // an archive in an archive, or an office file in it
		switch ext := strings.ToLower(path.Ext(n)); ext {
		case ".zip", ".xlsx", ".xlsm", ".xls", ".docx", ".doc", ".exe", ".dll", ".js", ".vbs", ".ole":
			return refuse(CodeEmbedded, shown(n))
		}
	}
	kind, err := w.mainType()
	if err != nil {
		return err
	}
	switch {
	case strings.Contains(kind, "macroenabled"):
		return refuse(CodeMacro, shown(w.main))
	case strings.Contains(kind, "sheet.binary"):
		return refuse(CodeOldSheet, "XLSB")
	case !strings.HasSuffix(kind, "spreadsheetml.sheet.main+xml"):
		return refuse(CodeNotXLSX)
	}
	w.rels, err = w.relations(w.main)
	return err
}

// mainType finds the main part and what it says to be.
func (w *workbook) mainType() (string, error) {
	rels, err := w.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range rels {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			w.main = r.target
		}
	}
	if w.main == "" || !w.p.has(w.main) {
		return "", refuse(CodeNotXLSX)
	}
	kind, byExtension := "", ""
	err = w.each("[Content_Types].xml", func(s *scanner, path1 string) error {
		a, err := s.attributes()
		switch {
		case err != nil:
			return err
		case path1 == "Types/Override" && strings.EqualFold(strings.TrimPrefix(a["PartName"], "/"), w.main):
			kind = a["ContentType"]
		case path1 == "Types/Default" && strings.EqualFold(a["Extension"], strings.TrimPrefix(path.Ext(w.main), ".")):
			byExtension = a["ContentType"]
		}
		return nil
	})
	if kind == "" {
		kind = byExtension
	}
	return strings.ToLower(kind), err
}

// relations are what a part points to, by id; of the package for "".
func (w *workbook) relations(from string) (map[string]relation, error) {
	name := "_rels/.rels"
	if from != "" {
		name = path.Join(path.Dir(from), "_rels", path.Base(from)+".rels")
	}
	all := map[string]relation{}
	if !w.p.has(name) {
		return all, nil
	}
	err := w.each(name, func(s *scanner, path1 string) error {
		a, err := s.attributes()
		if err != nil || path1 != "Relationships/Relationship" {
			return err
		}
		if strings.EqualFold(a["TargetMode"], "External") {
			if strings.HasSuffix(a["Type"], "/hyperlink") { // an address on a cell: it is not followed
				return nil
			}
			return refuse(CodeExternal, shown(a["Target"]))
		}
		target := a["Target"]
		if strings.HasPrefix(target, "/") {
			target = strings.TrimPrefix(path.Clean(target), "/")
		} else {
			target = path.Join(path.Dir(from), target)
		}
		if strings.HasPrefix(target, "..") {
			return refuse(CodeArchiveEntry, shown(a["Target"]))
		}
		if len(all) > maxEntries {
			return errXML
		}
		all[a["Id"]] = relation{a["Type"], target}
		return nil
	})
	return all, err
}

// each visits the start tags of a small part; path1 is the names from the root, as a/b/c.
func (w *workbook) each(name string, visit func(s *scanner, path1 string) error) error {
	in, err := w.p.open(name)
	if err != nil {
		return err
	}
	s := newScanner(in)
	var at []string
	for {
		t, err := s.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return refusalOf(err, shown(name))
		}
		switch t {
		case startTag:
			at = append(at, string(s.name))
			if err := visit(s, strings.Join(at, "/")); err != nil {
				return refusalOf(err, shown(name))
			}
		case endTag:
			at = at[:len(at)-1]
		}
	}
}

// readSheets reads the list of sheets and picks the first visible one (invariant 4).
func (w *workbook) readSheets() error {
	err := w.each(w.main, func(s *scanner, path1 string) error {
		switch path1 {
		case "workbook/workbookPr":
			a, err := s.attributes()
			w.from1904 = truth(a["date1904"])
			return err
		case "workbook/sheets/sheet":
			a, err := s.attributes()
			if err != nil {
				return err
			}
			rel := w.rels[a["id"]]
			if !strings.HasSuffix(rel.kind, "/worksheet") { // charts and dialogs hold no rows
				return nil
			}
			if len(w.sheets) >= maxSheets || !utf8.ValidString(a["name"]) {
				return errXML
			}
			w.sheets = append(w.sheets, sheetRef{a["name"], rel.target, a["state"] != "" && a["state"] != "visible"})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range w.sheets {
		if w.sheet.part == "" && !s.hidden && (w.want == "" || strings.EqualFold(s.name, w.want)) {
			w.sheet = s
			continue
		}
		w.skipped = append(w.skipped, s.name)
	}
	if w.sheet.part == "" {
		return refuse(CodeNoVisible)
	}
	return nil
}

func truth(s string) bool { return s == "1" || s == "true" }

// readStyles finds which styles show a number as a date.
func (w *workbook) readStyles() error {
	name := w.target("/styles")
	if name == "" {
		return nil
	}
	formats := map[int]dateForm{}
	return w.each(name, func(s *scanner, path1 string) error {
		switch path1 {
		case "styleSheet/numFmts/numFmt":
			a, err := s.attributes()
			if id, bad := strconv.Atoi(a["numFmtId"]); bad == nil && len(formats) < maxStyles {
				formats[id] = formOf(a["formatCode"])
			}
			return err
		case "styleSheet/cellXfs/xf":
			a, err := s.attributes()
			if err != nil || len(w.styles) >= maxStyles {
				return errXML
			}
			id, _ := strconv.Atoi(a["numFmtId"]) // none is 0, General
			form, custom := formats[id]
			if !custom {
				form = builtin(id)
			}
			w.styles = append(w.styles, form)
		}
		return nil
	})
}

// target is the part that the workbook points to with a relation of the kind, or "".
func (w *workbook) target(kind string) string {
	for _, r := range w.rels {
		if strings.HasSuffix(r.kind, kind) && w.p.has(r.target) {
			return r.target
		}
	}
	return ""
}

func (w *workbook) readStrings() error {
	w.strings = &sharedStrings{}
	name := w.target("/sharedStrings")
	if name == "" {
		return nil
	}
	in, err := w.p.open(name)
	if err != nil {
		return err
	}
	return refusalOf(w.strings.read(newScanner(in)), shown(name))
}
