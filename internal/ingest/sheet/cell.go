package sheet

import (
	"strings"
	"unicode/utf8"
)

// cellType is a letter for the type of a cell.
func cellType(value []byte) byte {
	switch string(value) {
	case "s", "n", "b", "e", "d":
		return value[0]
	case "inlineStr":
		return 'i'
	case "str":
		return 'f'
	}
	return 'n'
}

// content reads what stands in a cell, up to its end.
func (t *table) content(kind byte, style int) (Cell, error) {
	var flags Flag
	t.value = t.value[:0]
	valued := false
	for {
		k, err := t.s.next()
		switch {
		case err != nil:
			return Cell{}, broken(err)
		case k == endTag:
			if flags&Formula != 0 && !valued {
				return Cell{Flags: flags | Uncached}, nil
			}
			c, err := t.typed(kind, style)
			c.Flags |= flags
			return c, err
		case k != startTag:
			continue
		}
		switch string(t.s.name) {
		case "v":
			valued = true
			err = t.readValue()
		case "is":
			valued = true
			t.value, err = richText(t.s, "is")
		case "f":
			flags |= Formula
			err = t.leave()
		default:
			err = t.leave()
		}
		if err != nil {
			return Cell{}, err
		}
	}
}

func (t *table) readValue() error {
	for {
		k, err := t.s.next()
		switch {
		case err != nil:
			return broken(err)
		case k == endTag:
			return nil
		case k == startTag:
			return errXML
		}
		if len(t.value)+len(t.s.text) > maxCell {
			return refuse(CodeCellLong, t.row.Line, maxCell>>10)
		}
		t.value = append(t.value, t.s.text...)
	}
}

// typed gives the value its kind (invariant 3).
func (t *table) typed(kind byte, style int) (Cell, error) {
	if len(t.value) == 0 {
		return Cell{}, nil
	}
	switch kind {
	case 's':
		i, good := count(t.value, maxStrings)
		text, found := t.w.strings.at(i)
		if !good && string(t.value) != "0" || !found {
			return Cell{}, refuse(CodeReference, t.row.Line)
		}
		return textCell(text), nil
	case 'b':
		if string(t.value) == "1" || string(t.value) == "true" {
			return Cell{Kind: Boolean, Text: "true"}, nil
		}
		return Cell{Kind: Boolean, Text: "false"}, nil
	case 'e':
		return Cell{Kind: Error, Text: shown(string(t.value))}, nil
	case 'd':
		text := strings.TrimSuffix(strings.TrimSuffix(string(t.value), ".000"), "T00:00:00")
		return Cell{Kind: Date, Text: shown(text)}, nil
	case 'i', 'f':
		text := t.value
		if kind == 'f' {
			text = unquoteHex(text)
		}
		if !utf8.Valid(text) {
			return Cell{}, errXML
		}
		return textCell(string(text)), nil
	}
	return t.number(string(t.value), style)
}

func textCell(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: s}
}

func (t *table) number(raw string, style int) (Cell, error) {
	if style < len(t.w.styles) && t.w.styles[style] != formNone {
		text, ok := moment(raw, t.w.styles[style], t.w.from1904)
		if !ok {
			return Cell{Kind: Date, Flags: NoDate, Text: shown(raw)}, nil
		}
		return Cell{Kind: Date, Text: text}, nil
	}
	text, flags, ok := plain(raw)
	if !ok {
		return Cell{}, refuse(CodeReference, t.row.Line)
	}
	return Cell{Number, flags, text}, nil
}
