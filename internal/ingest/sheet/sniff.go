package sheet

import (
	"bytes"
	"io"
)

// FormatCSV is every text that is neither JSON nor one of the kinds that hold no table.
const FormatCSV = "csv"

// Sniff tells what a file is by its first bytes, whatever its name says: the format under which it may be read, or the
// name of what it is instead.
func Sniff(head []byte) (format, instead string) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return FormatXLSX, ""
	case bytes.HasPrefix(head, oleMagic):
		return "", "XLS (OLE)"
	}
	for _, k := range foreign {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return "", k.name
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "", "TAR"
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if len(text) == 0 {
		return FormatCSV, ""
	}
	switch rest := bytes.TrimLeft(text[1:], " \t\r\n"); text[0] {
	case '<':
		return "", markupName(text)
	case '{':
		if len(rest) == 0 || rest[0] == '"' || rest[0] == '}' {
			return FormatJSON, ""
		}
	case '[':
		if len(rest) == 0 || bytes.IndexByte([]byte(`{[]"-0123456789`), rest[0]) >= 0 {
			return FormatJSON, ""
		}
	}
	return FormatCSV, ""
}

var oleMagic = []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")

var foreign = []struct{ magic, name string }{
	{"%PDF", "PDF"}, {"\x1F\x8B", "GZIP"}, {"Rar!\x1A", "RAR"}, {"7z\xBC\xAF\x27\x1C", "7z"}, {"BZh", "BZIP2"}, {"\xFD7zXZ", "XZ"}, {"\x28\xB5\x2F\xFD", "ZSTD"},
	{"\x89PNG", "PNG"}, {"\xFF\xD8\xFF", "JPEG"}, {"GIF8", "GIF"}, {"\x7FELF", "ELF"}, {"MZ\x90", "EXE"}, {"SQLite format 3\x00", "SQLite"}, {"PAR1", "Parquet"},
	{"{\\rtf", "RTF"}, {"#!/", "Script"},
}

func markupName(text []byte) string {
	lower := bytes.ToLower(text[:min(len(text), 1024)])
	switch {
	case bytes.Contains(lower, []byte("<svg")):
		return "SVG"
	case bytes.Contains(lower, []byte("<html")), bytes.Contains(lower, []byte("<!doctype html")), bytes.Contains(lower, []byte("<table")):
		return "HTML"
	}
	return "XML"
}

// EncryptedOLE reports whether an OLE container holds a workbook under a password: its folder names the package.
func EncryptedOLE(r io.Reader) bool {
	var name []byte // "EncryptedPackage" in UTF-16LE
	for _, c := range "EncryptedPackage" {
		name = append(name, byte(c), 0)
	}
	buf := make([]byte, 256<<10)
	for kept := 0; ; {
		n, err := r.Read(buf[kept:])
		if bytes.Contains(buf[:kept+n], name) {
			return true
		}
		if err != nil {
			return false
		}
		kept = copy(buf, buf[max(0, kept+n-len(name)):kept+n])
	}
}
