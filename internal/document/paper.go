package document

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/kit/i18n"
)

// Kinds of files, for the header Content-Type.
const (
	TypeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	TypeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// Paper is one administrative document. Its parts are those of Nghị định 30/2020/NĐ-CP, Phụ lục I, in their order.
type Paper struct {
	Superior string    // agency above the one that issues, in any case; empty: none is named
	Agency   string    // agency that issues
	Number   string    // number and symbol, "05/BC-SKHCN"; "/BC-SKHCN" leaves the number to the clerk; empty: no such line
	Place    string    // place of issue; empty: no line of place and date, as in minutes
	Date     time.Time // day of issue; zero leaves day and month to the clerk
	Type     string    // kind of document, "BIÊN BẢN"; empty: an official letter, whose summary stands below the number
	Summary  string    // what it is about (trích yếu)
	To       []string  // addressees (kính gửi)
	Body     []Block
	// Signatures: one stands at the right with the recipients at its left; several stand side by side, two in a row,
	// in the order given, with the recipients beneath.
	Signatures []Signature
	Recipients []string // "Như trên", "Lưu: VT"; the signs that begin and end a line are added
	Annexes    []Annex
}

// Signature is the place where one person signs.
type Signature struct {
	Capacity string // "TM. ỦY BAN NHÂN DÂN", "KT. GIÁM ĐỐC", or the party that signs; may be empty
	Position string // "GIÁM ĐỐC"; lines are separated by \n
	Note     string // in brackets beneath, "đã xác nhận trên hệ thống ngày …"; may be empty
	Name     string // may be empty
}

// Annex follows the signature on a page of its own, with pages numbered anew.
type Annex struct {
	Title string
	With  string // "Kèm theo Quyết định số … ngày …"; empty: not said
	Wide  bool   // the page lies on its side
	Body  []Block
}

// DOCX is the paper as a file for Word and LibreOffice. It refuses a paper that lacks its agency, what it is, or its
// content, and a table whose rows do not fit its columns: mistakes of the caller, not of a user.
func (p Paper) DOCX() ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	body, err := p.body()
	if err != nil {
		return nil, err
	}
	main := part(el("w:document", el("w:body", body...)).with("xmlns:w", wordSpace, "xmlns:r", officeRel))
	const word = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	return pack([]file{
		{"[Content_Types].xml", contentTypes(
			[2]string{"/word/document.xml", word + "document.main+xml"},
			[2]string{"/word/styles.xml", word + "styles+xml"},
			[2]string{"/word/settings.xml", word + "settings+xml"},
			[2]string{"/word/header1.xml", word + "header+xml"},
			[2]string{"/word/header2.xml", word + "header+xml"},
			[2]string{"/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"},
		)},
		{"_rels/.rels", rootRelations("word/document.xml")},
		{"docProps/core.xml", coreProperties(strings.TrimSpace(p.Type+" "+p.Summary), p.Agency, p.Date)},
		{"word/document.xml", main},
		{"word/_rels/document.xml.rels", relations(
			[2]string{officeRel + "/styles", "styles.xml"},
			[2]string{officeRel + "/settings", "settings.xml"},
			[2]string{officeRel + "/header", "header1.xml"},
			[2]string{officeRel + "/header", "header2.xml"},
		)},
		{"word/styles.xml", styles()},
		{"word/settings.xml", settings()},
		{"word/header1.xml", pageNumber()},
		{"word/header2.xml", noPageNumber()},
	})
}

func (p Paper) check() error {
	switch {
	case strings.TrimSpace(p.Agency) == "":
		return errors.New("document: a paper without its agency")
	case strings.TrimSpace(p.Type+p.Summary) == "":
		return errors.New("document: a paper without type and summary")
	case len(p.Body) == 0:
		return errors.New("document: a paper without content")
	}
	return nil
}

// body is the paper from its head to its last annex; each section ends with its own page settings.
func (p Paper) body() ([]node, error) {
	page := portrait
	content, err := render(p.Body, page)
	if err != nil {
		return nil, err
	}
	out := join(p.head(page), p.title(page), p.addressees(), keepWithNext(content), p.signatures(page))
	if len(p.Annexes) == 0 {
		return append(out, smallest(), page.settings(false)), nil
	}
	out = append(out, sectionEnd(page.settings(false)))
	for i, a := range p.Annexes {
		on := portrait
		if a.Wide {
			on = landscape
		}
		inner, err := render(a.Body, on)
		if err != nil {
			return nil, fmt.Errorf("annex %d: %w", i+1, err)
		}
		out = join(out, a.head(i, len(p.Annexes), on), inner)
		if i < len(p.Annexes)-1 {
			out = append(out, sectionEnd(on.settings(true)))
		} else {
			out = append(out, smallest(), on.settings(true))
		}
	}
	return out, nil
}

// placeAndDate is "Lào Cai, ngày 05 tháng 02 năm 2026": days below ten and the first two months have a zero before them.
func (p Paper) placeAndDate() string {
	if p.Date.IsZero() {
		return p.Place + ", ngày       tháng       năm          "
	}
	d := p.Date.In(i18n.Zone)
	month := fmt.Sprint(int(d.Month()))
	if d.Month() < 3 {
		month = "0" + month
	}
	return fmt.Sprintf("%s, ngày %02d tháng %s năm %d", p.Place, d.Day(), month, d.Year())
}

// numberLine is "Số: 05/BC-SKHCN", with room for the clerk where the number is not yet given.
func (p Paper) numberLine() string {
	if strings.HasPrefix(p.Number, "/") {
		return "Số:          " + p.Number
	}
	return "Số: " + p.Number
}
