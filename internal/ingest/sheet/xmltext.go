package sheet

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// attr takes the next attribute of a start tag off. Declarations of name spaces are passed over.
func (s *scanner) attr() (name, value []byte, ok bool, err error) {
	for {
		name, value, ok, err = s.oneAttr()
		if !ok || !bytes.HasPrefix(name, []byte("xmlns")) {
			return local(name), value, ok, err
		}
	}
}

func (s *scanner) oneAttr() (name, value []byte, ok bool, err error) {
	rest := bytes.TrimLeft(s.attrs, " \t\r\n")
	if len(rest) == 0 {
		s.attrs = nil
		return nil, nil, false, nil
	}
	eq := bytes.IndexByte(rest, '=')
	if eq <= 0 {
		return nil, nil, false, errXML
	}
	name = bytes.TrimRight(rest[:eq], " \t\r\n")
	rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
	if len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
		return nil, nil, false, errXML
	}
	close1 := bytes.IndexByte(rest[1:], rest[0])
	if close1 < 0 {
		return nil, nil, false, errXML
	}
	value = rest[1 : 1+close1]
	s.attrs = rest[close1+2:]
	if bytes.IndexByte(value, '<') >= 0 {
		return nil, nil, false, errXML
	}
	if bytes.IndexByte(value, '&') >= 0 {
		if value, err = s.unescape(value); err != nil {
			return nil, nil, false, err
		}
		value = bytes.Clone(value)
	}
	return name, value, true, nil
}

// attributes are all of a start tag by local name; for tags that are rare.
func (s *scanner) attributes() (map[string]string, error) {
	all := map[string]string{}
	for {
		name, value, ok, err := s.attr()
		if err != nil || !ok {
			return all, err
		}
		if len(all) >= maxAttrs {
			return nil, errXML
		}
		all[string(name)] = string(value)
	}
}

// unescape resolves the five entities and characters by number, and makes line ends one.
func (s *scanner) unescape(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return raw, nil
	}
	out := s.scratch[:0]
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\r':
			if i+1 >= len(raw) || raw[i+1] != '\n' {
				out = append(out, '\n')
			}
		case '&':
			end := bytes.IndexByte(raw[i:min(len(raw), i+12)], ';')
			if end < 2 {
				return nil, errXML
			}
			r, err := entity(string(raw[i+1 : i+end]))
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
			i += end
		default:
			out = append(out, raw[i])
		}
	}
	s.scratch = out
	return out, nil
}

func entity(name string) (rune, error) {
	switch name {
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "amp":
		return '&', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, refuse(CodeDocType)
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || n >= 0xD800 && n < 0xE000 || n < ' ' && n != '\t' && n != '\n' && n != '\r' {
		return 0, errXML
	}
	return rune(n), nil
}
