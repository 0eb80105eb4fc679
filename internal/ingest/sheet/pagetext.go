package sheet

import (
	"bytes"
	"io"
	"strings"
)

// readMerges refuses merged cells in the table: their value stands in one cell and is meant for all.
func (t *table) readMerges() error {
	for {
		k, err := t.s.next()
		switch {
		case err != nil:
			return broken(err)
		case k == endTag && len(t.s.stack) == 1:
			return nil
		case k != startTag:
			continue
		}
		a, err := t.s.attributes()
		if err != nil {
			return err
		}
		if err := t.checkMerge(a["ref"]); err != nil {
			return err
		}
	}
}

func (t *table) checkMerge(ref string) error {
	from, to, isRange := strings.Cut(ref, ":")
	if !isRange || !t.shut {
		return nil
	}
	column1, row1, ok1 := reference([]byte(from))
	column2, row2, ok2 := reference([]byte(to))
	switch {
	case !ok1 || !ok2 || column2 < column1 || row2 < row1:
		return refuse(CodeReference, shown(ref))
	case t.n == 0, column1 == column2 && row1 == row2, column2 < t.first, column1 >= t.first+t.n:
		return nil
	case int64(row1) <= t.head && t.head <= int64(row2):
		return refuse(CodeMergedHeader, shown(ref))
	case int64(row2) > t.head && int64(row1) <= t.last:
		return refuse(CodeMerged, shown(ref))
	}
	return nil
}

// readPageTexts tells what stands at the head and foot of printed pages, where stamps are put.
func (t *table) readPageTexts() error {
	for {
		k, err := t.s.next()
		switch {
		case err != nil:
			return broken(err)
		case k == endTag && len(t.s.stack) == 1:
			return nil
		case k == chars && t.scan:
			if err := t.out.text(frameHead, pageText(t.s.text)); err != nil {
				return err
			}
		}
	}
}

// pageText takes the codes of a page head out: &C, &"Arial,Bold", &12.
func pageText(b []byte) []byte {
	var out []byte
	for i := 0; i < len(b); i++ {
		if b[i] != '&' || i+1 == len(b) {
			out = append(out, b[i])
			continue
		}
		i++
		switch c := b[i]; {
		case c == '&':
			out = append(out, '&')
		case c == '"':
			if end := bytes.IndexByte(b[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case c >= '0' && c <= '9':
			for i+1 < len(b) && b[i+1] >= '0' && b[i+1] <= '9' {
				i++
			}
		case c == 'L' || c == 'C' || c == 'R':
			out = append(out, '\n') // three separate texts
		}
	}
	return out
}

// tellTexts tells the texts of a workbook that are not cells of its table: names, properties, drawings, comments, the other
// sheets. They are searched for stamps by the parent.
func (w *workbook) tellTexts(out *frames) error {
	for _, s := range w.sheets {
		if err := out.text(frameHead, []byte(s.name)); err != nil {
			return err
		}
	}
	for i := range w.strings.ends {
		text, _ := w.strings.at(i)
		if err := out.text(frameBody, []byte(text)); err != nil {
			return err
		}
	}
	for _, name := range w.p.names {
		lower := strings.ToLower(name)
		letter := byte(frameBody)
		switch {
		case !strings.HasSuffix(lower, ".xml"), lower == strings.ToLower(w.sheet.part), strings.HasSuffix(lower, "/sharedstrings.xml"), strings.HasSuffix(lower, "/styles.xml"):
			continue
		case strings.HasPrefix(lower, "docprops/"), strings.HasPrefix(lower, "xl/drawings/"), lower == strings.ToLower(w.main):
			letter = frameHead
		}
		if err := w.tellPart(out, name, letter); err != nil {
			return refusalOf(err, shown(name))
		}
	}
	return nil
}

// tellPart tells the texts of a part; runs of one paragraph are one text.
func (w *workbook) tellPart(out *frames, name string, letter byte) error {
	in, err := w.p.open(name)
	if err != nil {
		return err
	}
	s := newScanner(in)
	var text []byte
	flush := func(as byte) error {
		defer func() { text = text[:0] }()
		return out.text(as, text)
	}
	for form := 0; ; { // depth inside the properties of a run, whose tags end no text
		k, err := s.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case k == startTag && (form > 0 || string(s.name) == "rPr"):
			form++
		case form > 0:
			if k == endTag {
				form--
			}
		case k == chars && len(text)+len(s.text) <= maxCell:
			text = append(text, s.text...)
		case k == chars: // more than a stamp could be; what is left begins a new text
			if err := flush(letter); err != nil {
				return err
			}
			text = append(text, s.text...)
		case k == endTag:
			switch string(s.name) {
			case "t", "r":
			case "f", "v": // formulas and numbers
				text = text[:0]
			case "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter":
				text = pageText(text)
				err = flush(frameHead)
			default:
				err = flush(letter)
			}
			if err != nil {
				return err
			}
		}
	}
}

// text sends a text that is searched; one that stands out in full length is not needed.
func (f *frames) text(letter byte, text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	if letter == frameHead && len(text) > maxShown {
		if err := f.send(frameBody, text); err != nil {
			return err
		}
		text = text[:maxShown]
	}
	return f.send(letter, text)
}

// read tells how many bytes of the file have been read.
func (f *frames) read(n int64) error { return f.sendJSON(frameRead, n) }
