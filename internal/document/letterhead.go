package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Letterhead is what every paper of one agency begins with.
type Letterhead struct {
	Superior   string // agency above; empty: none is named
	Agency     string
	Place      string // where the agency is: the province, or the commune of a commune's committee
	Regulation string // the regulation that papers cite as their ground, by its full name
}

// Paper begins a paper of the agency.
func (l Letterhead) Paper() Paper {
	return Paper{Superior: whole(l.Superior), Agency: whole(l.Agency), Place: l.Place}
}

// Symbol is what stands for the agency in the number of a paper: SKHCN for "Sở Khoa học và Công nghệ", UBND for a
// people's committee. It is a proposal; the clerk's book of papers has the last word.
func (l Letterhead) Symbol() string {
	if strings.HasPrefix(l.Agency, "UBND ") || strings.HasPrefix(l.Agency, "Ủy ban nhân dân ") {
		return "UBND"
	}
	var b strings.Builder
	for _, w := range strings.Fields(clean(l.Agency)) {
		if w == "UBND" {
			b.WriteString(w)
		} else if strings.ToLower(w) != "và" {
			r, _ := utf8.DecodeRuneInString(w)
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

// whole writes out what registers abbreviate; the head of a paper bears the full name.
func whole(name string) string {
	if rest, short := strings.CutPrefix(name, "UBND "); short {
		return "Ủy ban nhân dân " + rest
	}
	return name
}
