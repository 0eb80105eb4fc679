package sheet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The codes of what a file or a cell can be refused for. Their sentences are ingest's.
const (
	CodeArchiveDamaged = "ingest.archive_damaged"
	CodeArchiveEntry   = "ingest.archive_entry"
	CodeArchiveMany    = "ingest.archive_too_many"
	CodeArchiveBomb    = "ingest.archive_bomb"
	CodeEncrypted      = "ingest.encrypted"
	CodeOldSheet       = "ingest.old_spreadsheet"
	CodeNotXLSX        = "ingest.not_xlsx"
	CodeMacro          = "ingest.sheet_macro"
	CodeExternal       = "ingest.sheet_external"
	CodeEmbedded       = "ingest.sheet_embedded"
	CodeXML            = "ingest.sheet_xml"
	CodeDocType        = "ingest.sheet_doctype"
	CodeReference      = "ingest.sheet_reference"
	CodeNoVisible      = "ingest.sheet_none_visible"
	CodeMergedHeader   = "ingest.sheet_merged_header"
	CodeMerged         = "ingest.sheet_merged"
	CodeCellLong       = "ingest.cell_too_long"
	CodeTooManyColumns = "ingest.too_many_columns"
	CodeEmpty          = "ingest.empty"
	CodeLimits         = "ingest.reader_limits"

	CodeJSONSyntax  = "ingest.json_syntax"
	CodeJSONKey     = "ingest.json_duplicate_key"
	CodeJSONName    = "ingest.json_forbidden_key"
	CodeJSONNumber  = "ingest.json_number"
	CodeJSONNested  = "ingest.json_nested"
	CodeJSONLong    = "ingest.json_too_long"
	CodeJSONLetters = "ingest.json_not_utf8"
	CodeJSONShape   = "ingest.json_shape"
)

// fileCodes are what the child may say about a file; anything else from it is not believed.
var fileCodes = []string{
	CodeArchiveDamaged, CodeArchiveEntry, CodeArchiveMany, CodeArchiveBomb, CodeEncrypted, CodeOldSheet, CodeNotXLSX, CodeMacro, CodeExternal, CodeEmbedded,
	CodeXML, CodeDocType, CodeReference, CodeNoVisible, CodeMergedHeader, CodeMerged, CodeCellLong, CodeTooManyColumns, CodeEmpty, CodeLimits,
	CodeJSONSyntax, CodeJSONKey, CodeJSONName, CodeJSONNumber, CodeJSONNested, CodeJSONLong, CodeJSONLetters, CodeJSONShape,
}

// Refusal is why a file cannot be read: a code and the arguments of its sentence.
type Refusal struct {
	Code string `json:"code"`
	Args []any  `json:"args,omitempty"`
}

func (r *Refusal) Error() string { return fmt.Sprintf("%s %v", r.Code, r.Args) }

// Table reports that the file is sound and its table is not: an official can mend it, and may want to see the file.
func (r *Refusal) Table() bool {
	return slices.Contains([]string{CodeMergedHeader, CodeMerged, CodeNoVisible, CodeEmpty, CodeTooManyColumns}, r.Code)
}

func refuse(code string, args ...any) *Refusal { return &Refusal{code, args} }

// refusalOf turns an error of reading a part into a refusal that names it.
func refusalOf(err error, part string) error {
	var r *Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &r):
		if r.Code == CodeDocType && len(r.Args) == 0 {
			r.Args = []any{part}
		}
		return r
	case errors.Is(err, errXML):
		return refuse(CodeXML, part)
	}
	return err
}

// shown makes a name from a file fit for a sentence.
func shown(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == 0xFFFD {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
	if r := []rune(name); len(r) > 80 {
		name = string(r[:80]) + "…"
	}
	return name
}
