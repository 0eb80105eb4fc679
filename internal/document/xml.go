package document

import (
	"bytes"
	"encoding/xml"
	"strings"
	"unicode"

	"lienthong/internal/kit/vitext"
)

// node is one element of a part. The office formats are written with their usual prefixes ("w:p"), in the order that
// their schemas ask for, which the marshaller of encoding/xml cannot keep without a type for each element.
type node struct {
	name  string
	attrs []string // name, value, name, value …
	kids  []node
	text  string
}

func el(name string, kids ...node) node { return node{name: name, kids: kids} }

// with gives the node these attributes: name, value, name, value …
func (n node) with(attrs ...string) node {
	n.attrs = append(n.attrs, attrs...)
	return n
}

// val is an element that says one thing.
func val(name, value string) node { return el(name).with("w:val", value) }

// when gives the nodes if the condition holds.
func when(yes bool, nodes ...node) []node {
	if !yes {
		return nil
	}
	return nodes
}

func join(parts ...[]node) []node {
	var out []node
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// part is a whole XML file of a package.
func part(root node) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
	root.write(&b)
	return b.Bytes()
}

func (n node) write(b *bytes.Buffer) {
	b.WriteString("<" + n.name)
	for i := 0; i+1 < len(n.attrs); i += 2 {
		b.WriteString(" " + n.attrs[i] + `="`)
		_ = xml.EscapeText(b, []byte(n.attrs[i+1])) // a buffer takes everything
		b.WriteString(`"`)
	}
	if len(n.kids) == 0 && n.text == "" {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	_ = xml.EscapeText(b, []byte(n.text))
	for _, k := range n.kids {
		k.write(b)
	}
	b.WriteString("</" + n.name + ">")
}

// clean is text as it may stand in a file: NFC, without what XML 1.0 cannot hold and without invisible signs that turn
// the direction of writing.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return vitext.NFC(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == unicode.ReplacementChar, r == 0xFFFE, r == 0xFFFF, unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s))
}
