package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lienthong/internal/ingest/sheet"
)

const (
	quick    = 2 * time.Second // T48; of processor time, since other tests share the machine
	headroom = 128 << 20
)

// hostile reads a file and holds what every hostile file must leave unharmed: time and this process's memory.
func hostile(t *testing.T, body []byte, format string) outcome {
	t.Helper()
	start, before := worked(t), rss(t)
	got := read(t, body, sheet.Options{Format: format})
	if d := worked(t) - start; d > quick {
		t.Errorf("took %v", d)
	}
	if grown := rss(t) - before; grown > headroom {
		t.Errorf("this process grew by %d MB", grown>>20)
	}
	return got
}

// worked is the processor time of this process and of its children that have ended.
func worked(t testing.TB) time.Duration {
	t.Helper()
	var all time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			t.Fatal(err)
		}
		all += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return all
}

// small is a sheet of two columns and one record.
func small() *book {
	return newBook(rows(`<row>` + inline("a", "b") + `</row><row>` + inline("1", "2") + `</row>`))
}

// patched replaces bytes of an archive, in all places.
func patched(t testing.TB, b *book, from, to string) []byte {
	t.Helper()
	body := b.bytes(t)
	if !bytes.Contains(body, []byte(from)) {
		t.Fatalf("%q is not there", from)
	}
	return bytes.ReplaceAll(body, []byte(from), []byte(to))
}

// raw builds an archive with headers as given over bytes as given.
func raw(t testing.TB, entries ...func(*zip.Writer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		if err := e(z); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func entry(h zip.FileHeader, body []byte) func(*zip.Writer) error {
	return func(z *zip.Writer) error {
		if h.UncompressedSize64 == 0 {
			h.UncompressedSize64 = uint64(len(body))
		}
		h.CompressedSize64 = uint64(len(body))
		w, err := z.CreateRaw(&h)
		if err == nil {
			_, err = w.Write(body)
		}
		return err
	}
}

// bomb is a stream that unpacks to n MiB of comments.
func bomb(t testing.TB, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, 9)
	if err != nil {
		t.Fatal(err)
	}
	blank := bytes.Repeat([]byte("<!--x-->"), 1<<17)
	for range 2 {
		if _, err := w.Write(blank); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	once := out.Len()
	if _, err := w.Write(blank); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return append(bytes.Clone(out.Bytes()[:once]), bytes.Repeat(out.Bytes()[once:], n-2)...)
}

// T48 and T49: archives.
func TestHostileArchives(t *testing.T) {
	deflated := func(name string, size uint64, body []byte) func(*zip.Writer) error {
		return entry(zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: size}, body)
	}
	plainEntry := func(name string, mode fs.FileMode) func(*zip.Writer) error {
		h := zip.FileHeader{Name: name}
		h.SetMode(mode)
		return entry(h, []byte("x"))
	}
	with := func(extra func(*zip.Writer) error, without ...string) []byte {
		b := small()
		var all []func(*zip.Writer) error
		for _, name := range b.order {
			if slices.Contains(without, name) {
				continue
			}
			all = append(all, func(z *zip.Writer) error {
				w, err := z.Create(name)
				if err == nil {
					_, err = io.WriteString(w, b.parts[name])
				}
				return err
			})
		}
		return raw(t, append(all, extra)...)
	}
	fourGB := bomb(t, 4096)
	good := small().bytes(t)
	many := make([]func(*zip.Writer) error, 3000)
	for i := range many {
		many[i] = plainEntry(fmt.Sprintf("f%d", i), 0o644)
	}
	nested := good
	for i := range 10 {
		nested = raw(t, entry(zip.FileHeader{Name: fmt.Sprintf("%d.zip", i)}, nested))
	}
	for _, tt := range []struct {
		name string
		body []byte
		code string
	}{
		{"4 GB from 4 MB", with(deflated("xl/media/a.xml", 4096<<20, fourGB)), sheet.CodeArchiveBomb},
		{"a sheet of 4 GB that lies about its size", with(deflated("xl/worksheets/sheet1.xml", 1000, fourGB), "xl/worksheets/sheet1.xml"), sheet.CodeArchiveDamaged},
		{"a part of 4 GB that is no bomb by its directory", with(entry(zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, UncompressedSize64: 100 << 20}, fourGB), "xl/worksheets/sheet1.xml"), sheet.CodeArchiveBomb},
		{"a size of 2^63", with(deflated("a.xml", 1<<63, []byte("x"))), sheet.CodeArchiveBomb},
		{"a size of 3 GB", with(deflated("a.xml", 3<<30, []byte("x"))), sheet.CodeArchiveBomb},
		{"archives ten deep", nested, sheet.CodeNotXLSX},
		{"an archive inside", with(plainEntry("xl/a.zip", 0o644)), sheet.CodeEmbedded},
		{"3,000 entries", raw(t, many...), sheet.CodeArchiveMany},
		{"a path upward", with(plainEntry("../../etc/cron.d/x", 0o644)), sheet.CodeArchiveEntry},
		{"a path upward inside", with(plainEntry("xl/../../x", 0o644)), sheet.CodeArchiveEntry},
		{"an absolute path", with(plainEntry("/etc/passwd", 0o644)), sheet.CodeArchiveEntry},
		{"a drive", with(plainEntry("C:/x", 0o644)), sheet.CodeArchiveEntry},
		{"backslashes", with(plainEntry("..\\x", 0o644)), sheet.CodeArchiveEntry},
		{"a name with NUL", with(plainEntry("a\x00b", 0o644)), sheet.CodeArchiveEntry},
		{"a symbolic link", with(plainEntry("xl/link", fs.ModeSymlink|0o777)), sheet.CodeArchiveEntry},
		{"a device", with(plainEntry("xl/null", fs.ModeDevice|fs.ModeCharDevice|0o666)), sheet.CodeArchiveEntry},
		{"an entry twice", with(plainEntry("xl/workbook.xml", 0o644)), sheet.CodeArchiveEntry},
		{"an entry twice in other letters", with(plainEntry("XL/Workbook.XML", 0o644)), sheet.CodeArchiveEntry},
		{"an unknown method", with(entry(zip.FileHeader{Name: "a", Method: 99}, []byte("x"))), sheet.CodeArchiveEntry},
		{"an entry under a password", with(entry(zip.FileHeader{Name: "a", Flags: 1}, []byte("x"))), sheet.CodeEncrypted},
		{"bytes before the archive", append([]byte("PK\x03\x04 GIF89a"), good...), sheet.CodeArchiveDamaged},
		{"bytes behind the archive", append(bytes.Clone(good), "<script>"...), sheet.CodeArchiveDamaged},
		{"half an archive", good[:len(good)/2], sheet.CodeArchiveDamaged},
		{"only an end", []byte("PK\x05\x06" + strings.Repeat("\x00", 18)), sheet.CodeNotXLSX},
		{"a broken sum", brokenSum(good), sheet.CodeArchiveDamaged},
		{"a directory that hides entries", hiddenEntries(good), sheet.CodeArchiveDamaged},
		{"another name before the bytes", otherLocalName(good), sheet.CodeArchiveEntry},
		{"two entries over the same bytes", overlapping(t), sheet.CodeArchiveEntry},
		{"a document of another kind", raw(t, plainEntry("word/document.xml", 0o644)), sheet.CodeNotXLSX},
		{"nothing but a beginning", []byte("PK\x03\x04"), sheet.CodeArchiveDamaged},
		{"an OLE container", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 4096)...), sheet.CodeArchiveDamaged},
	} {
		t.Run(tt.name, func(t *testing.T) { refused(t, hostile(t, tt.body, sheet.FormatXLSX), tt.code) })
	}
}

// brokenSum changes the CRC in the directory of the first entry.
func brokenSum(good []byte) []byte {
	b := bytes.Clone(good)
	b[bytes.Index(b, []byte("PK\x01\x02"))+16] ^= 0xFF
	return b
}

// hiddenEntries lets the end record count one entry less than the directory holds.
func hiddenEntries(good []byte) []byte {
	b := bytes.Clone(good)
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	n := binary.LittleEndian.Uint16(b[end+10:]) - 1
	binary.LittleEndian.PutUint16(b[end+8:], n)
	binary.LittleEndian.PutUint16(b[end+10:], n)
	return b
}

// otherLocalName changes the name before an entry's bytes and leaves the directory as it is.
func otherLocalName(good []byte) []byte {
	return bytes.Replace(good, []byte("xl/styles.xml"), []byte("xl/stylez.xml"), 1)
}

// overlapping points the second entry of the directory at the bytes of the first.
func overlapping(t testing.TB) []byte {
	t.Helper()
	b := raw(t, entry(zip.FileHeader{Name: "aa"}, []byte("same")), entry(zip.FileHeader{Name: "ab"}, []byte("same")))
	b = bytes.ReplaceAll(b, []byte("ab"), []byte("aa"))
	second := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[second+42:], 0)
	return b
}

// T46 and T48: what stands in the parts.
func TestHostileWorkbooks(t *testing.T) {
	part := func(name, body string) *book { return small().set(name, body) }
	sheetOf := func(inner string) *book { return newBook(rows(`<row>` + inline("a", "b") + `</row>` + inner)) }
	const dtd = `<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>`
	rel := func(attrs string) string {
		return `<Relationships xmlns="x"><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId9" ` + attrs + `/></Relationships>`
	}
	types := func(main string) string {
		return strings.Replace(small().parts["[Content_Types].xml"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", main, 1)
	}
	for _, tt := range []struct {
		name string
		b    *book
		code string
	}{
		{"row 2147483647", sheetOf(`<row r="2147483647"><c><v>1</v></c></row>`), sheet.CodeReference},
		{"row -1", sheetOf(`<row r="-1"><c><v>1</v></c></row>`), sheet.CodeReference},
		{"row 0", sheetOf(`<row r="0"/>`), sheet.CodeReference},
		{"row 1048577", sheetOf(`<row r="1048577"/>`), sheet.CodeReference},
		{"rows backward", sheetOf(`<row r="5"/><row r="4"/>`), sheet.CodeReference},
		{"a row twice", sheetOf(`<row r="1"/>`), sheet.CodeReference},
		{"a column behind the last", sheetOf(`<row r="2"><c r="XFE2"><v>1</v></c></row>`), sheet.CodeReference},
		{"a column of many letters", sheetOf(`<row r="2"><c r="` + strings.Repeat("Z", 5000) + `2"><v>1</v></c></row>`), sheet.CodeReference},
		{"a cell of another row", sheetOf(`<row r="2"><c r="A3"><v>1</v></c></row>`), sheet.CodeReference},
		{"a cell without a row", sheetOf(`<row r="2"><c r="A"><v>1</v></c></row>`), sheet.CodeReference},
		{"a cell twice", sheetOf(`<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>`), sheet.CodeReference},
		{"a text that is not there", sheetOf(`<row r="2"><c t="s"><v>2</v></c></row>`), sheet.CodeReference},
		{"text -1", sheetOf(`<row r="2"><c t="s"><v>-1</v></c></row>`), sheet.CodeReference},
		{"text 4294967296", sheetOf(`<row r="2"><c t="s"><v>4294967296</v></c></row>`), sheet.CodeReference},
		{"no number", sheetOf(`<row r="2"><c><v>NaN</v></c></row>`), sheet.CodeReference},
		{"1e999", sheetOf(`<row r="2"><c><v>1e999</v></c></row>`), sheet.CodeReference},
		{"a number in base sixteen", sheetOf(`<row r="2"><c><v>0x1F</v></c></row>`), sheet.CodeReference},
		{"a cell of 100 MB", sheetOf(`<row r="2">` + inline(strings.Repeat("abcdefghij", 10<<20)) + `</row>`), sheet.CodeArchiveBomb},
		{"a cell of 1 MB", sheetOf(`<row r="2">` + inline(strings.Repeat("<![CDATA[abcdefghij]]>", 100<<10)) + `</row>`), sheet.CodeCellLong},
		{"20,000 cells", sheetOf(`<row r="2">` + strings.Repeat(`<c><v>1</v></c>`, 20_000) + `</row>`), sheet.CodeReference},
		{"a header of 2,000 columns", newBook(rows(`<row>` + strings.Repeat(inline("a"), 2000) + `</row>`)), sheet.CodeTooManyColumns},
		{"a macro", part("xl/vbaProject.bin", "x"), sheet.CodeMacro},
		{"a macro sheet", part("xl/macrosheets/sheet1.xml", "<x/>"), sheet.CodeMacro},
		{"a workbook that may have macros", part("[Content_Types].xml", types("application/vnd.ms-excel.sheet.macroEnabled.main+xml")), sheet.CodeMacro},
		{"a binary workbook", part("[Content_Types].xml", types("application/vnd.ms-excel.sheet.binary.macroDisabled.main")), sheet.CodeOldSheet},
		{"another document", part("[Content_Types].xml", types("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")), sheet.CodeNotXLSX},
		{"an external link", part("xl/externalLinks/externalLink1.xml", "<x/>"), sheet.CodeExternal},
		{"a connection", part("xl/connections.xml", "<x/>"), sheet.CodeExternal},
		{"a relation to the outside", part("xl/_rels/workbook.xml.rels", rel(`Type="http://x/externalLinkPath" Target="http://192.0.2.1/x" TargetMode="External"`)), sheet.CodeExternal},
		{"a relation upward", part("xl/_rels/workbook.xml.rels", rel(`Type="http://x/worksheet" Target="../../../etc/passwd"`)), sheet.CodeArchiveEntry},
		{"an OLE object", part("xl/embeddings/oleObject1.bin", "\xD0\xCF\x11\xE0"), sheet.CodeEmbedded},
		{"no sheet", part("xl/workbook.xml", `<workbook `+ns+`><sheets/></workbook>`), sheet.CodeNoVisible},
		{"only hidden sheets", part("xl/workbook.xml", `<workbook `+ns+`><sheets><sheet name="a" sheetId="1" state="veryHidden" r:id="rId1"/></sheets></workbook>`), sheet.CodeNoVisible},
		{"an empty sheet", newBook(rows("")), sheet.CodeEmpty},
		{"entities", part("xl/sharedStrings.xml", dtd+`<sst><si><t>&b;</t></si></sst>`), sheet.CodeDocType},
		{"entities in the sheet", small().set("xl/worksheets/sheet1.xml", strings.Replace(dtd, "sst", "worksheet", 1)+rows("")), sheet.CodeDocType},
		{"a billion laughs", part("xl/workbook.xml", `<!DOCTYPE w [<!ENTITY a "`+strings.Repeat("ha", 1000)+`"><!ENTITY b "`+strings.Repeat("&a;", 1000)+`">]><workbook>&b;</workbook>`), sheet.CodeDocType},
		{"an entity from outside", part("xl/workbook.xml", `<!DOCTYPE w SYSTEM "file:///etc/passwd"><workbook/>`), sheet.CodeDocType},
		{"a parameter entity", part("xl/styles.xml", `<!DOCTYPE s [<!ENTITY % p SYSTEM "http://192.0.2.1/x"> %p;]><styleSheet/>`), sheet.CodeDocType},
		{"an entity without a declaration", part("xl/sharedStrings.xml", `<sst><si><t>&xxe;</t></si></sst>`), sheet.CodeDocType},
		{"100,000 levels", part("xl/sharedStrings.xml", strings.Repeat("<a>", 100_000)), sheet.CodeXML},
		{"UTF-16", part("xl/workbook.xml", "\xFF\xFE<\x00w\x00/\x00>\x00"), sheet.CodeXML},
		{"UTF-7", part("xl/workbook.xml", `<?xml version="1.0" encoding="UTF-7"?>+ADw-workbook+AD4-`), sheet.CodeXML},
		{"letters that are not UTF-8", part("xl/sharedStrings.xml", "<sst><si><t>\xFF</t></si></sst>"), sheet.CodeXML},
		{"tags that do not match", part("xl/workbook.xml", `<workbook><sheets></workbook></sheets>`), sheet.CodeXML},
		{"two roots", part("xl/styles.xml", `<styleSheet/><styleSheet/>`), sheet.CodeXML},
		{"half a part", part("xl/styles.xml", `<styleSheet><cellXfs>`), sheet.CodeXML},
		{"half a tag", part("xl/styles.xml", `<styleSheet a="`), sheet.CodeXML},
		{"a character that is none", part("xl/sharedStrings.xml", `<sst><si><t>&#0;</t></si></sst>`), sheet.CodeXML},
		{"a tag of 2 MB", part("xl/styles.xml", `<styleSheet a="`+strings.Repeat("0123456789abcdef", 128<<10)+`"/>`), sheet.CodeXML},
	} {
		t.Run(tt.name, func(t *testing.T) { refused(t, hostile(t, tt.b.bytes(t), sheet.FormatXLSX), tt.code) })
	}
}

// Sound workbooks that look strange are read.
func TestStrangeButSoundWorkbooks(t *testing.T) {
	var million strings.Builder
	million.WriteString(`<sst ` + ns + ` count="4294967295" uniqueCount="4294967295">`)
	for i := range 1_000_000 {
		fmt.Fprintf(&million, `<si><t>%d</t></si>`, i)
	}
	million.WriteString(`</sst>`)
	for _, tt := range []struct {
		name string
		b    *book
		cell string
	}{
		{"a million texts", newBook(rows(`<row>`+inline("a", "b")+`</row><row><c t="s"><v>999999</v></c><c/></row>`)).set("xl/sharedStrings.xml", million.String()), "999999"},
		{"an include is a tag like others", newBook(rows(`<row>` + inline("a", "b") + `</row><row><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>` + inline("1") + `</row>`)), "1"},
		{"a dimension that lies", newBook(strings.Replace(rows(`<row>`+inline("a", "b")+`</row><row>`+inline("1")+`</row>`), "<sheetData>", `<dimension ref="A1:XFD1048576"/><sheetData>`, 1)), "1"},
		{"prefixes and single quotes", newBook(`<x:worksheet xmlns:x='y'><x:sheetData><x:row><x:c t='inlineStr'><x:is><x:t>a</x:t></x:is></x:c></x:row><x:row r='7'><x:c r='A7' ><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>`), "1"},
		{"a hyperlink", small().set("xl/_rels/workbook.xml.rels", strings.Replace(small().parts["xl/_rels/workbook.xml.rels"], "</Relationships>", `<Relationship Id="h" Type="http://x/hyperlink" Target="http://192.0.2.1" TargetMode="External"/></Relationships>`, 1)), "1"},
		{"days from 1904", newBook(rows(`<row>`+inline("a")+`</row><row><c s="1"><v>43538</v></c></row>`)).set("xl/workbook.xml", `<workbook `+ns+`><workbookPr date1904="1"/><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>`), "2023-03-15"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := hostile(t, tt.b.bytes(t), sheet.FormatXLSX)
			if got.err != nil || len(got.rows) != 1 || got.rows[0].Cells[0].Text != tt.cell {
				t.Fatalf("%+v, %v", got.rows, got.err)
			}
		})
	}
}

// A child that dies or speaks nonsense is told from a file that is wrong.
func TestAFileThatNeedsMoreThanTheLimits(t *testing.T) {
	got := read(t, small().bytes(t), sheet.Options{Format: "nonsense"})
	var r *sheet.Refusal
	if got.err == nil || errors.As(got.err, &r) {
		t.Fatalf("got %v", got.err)
	}
	var texts strings.Builder // more text than is kept, in a form that packs badly enough to be no bomb
	texts.WriteString(`<sst>`)
	line := strings.Repeat("0123456789abcdefghijklmnopqrstuvwxyz", 400)
	for i := 0; texts.Len() < 180<<20; i++ {
		fmt.Fprintf(&texts, `<si><t>%s%x</t></si>`, line[i%97:], i*2654435761)
	}
	texts.WriteString(`</sst>`)
	got = read(t, small().set("xl/sharedStrings.xml", texts.String()).bytes(t), sheet.Options{Format: sheet.FormatXLSX})
	if !errors.As(got.err, &r) || r.Code != sheet.CodeLimits && r.Code != sheet.CodeArchiveBomb {
		t.Fatalf("got %v", got.err)
	}
}
