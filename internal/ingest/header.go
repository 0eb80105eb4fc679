package ingest

import (
	"fmt"
	"strconv"
	"strings"

	"lienthong/internal/catalog"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// places maps each field of the schema to its column in the file. Columns may stand in any order and carry the field's
// name or its Vietnamese label.
func places(header []string, schema *catalog.Schema) ([]int, error) {
	at := make([]int, len(schema.Fields))
	for i := range at {
		at[i] = -1
	}
	var unknown, missing, twice []string
	for column, written := range header {
		i := fieldOf(written, schema)
		switch {
		case i < 0:
			unknown = append(unknown, suggest(column, written, schema))
		case at[i] >= 0:
			twice = append(twice, schema.Fields[i].Name)
		default:
			at[i] = column
		}
	}
	for i, f := range schema.Fields {
		if at[i] < 0 {
			missing = append(missing, f.Name)
		}
	}
	switch {
	case len(twice) > 0:
		return nil, fault.New(fault.Invalid, "ingest.duplicate_header", list(twice))
	case len(missing) > 0 || len(unknown) > 0:
		return nil, fault.New(fault.Invalid, "ingest.wrong_header", list(missing), list(unknown))
	}
	return at, nil
}

// known names the columns of a header that the schema has, and the others by their place: a file without a header begins
// with somebody's data, which may stand in no answer and no store (invariant 9).
func known(header []string, schema *catalog.Schema) []string {
	names := make([]string, len(header))
	for column, written := range header {
		names[column] = "#" + strconv.Itoa(column+1)
		if i := fieldOf(written, schema); i >= 0 {
			names[column] = schema.Fields[i].Name
		}
	}
	return names
}

func fieldOf(written string, schema *catalog.Schema) int {
	key := vitext.Key(strings.TrimSpace(written))
	for i, f := range schema.Fields {
		if key == f.Name || key == vitext.Key(f.Label) {
			return i
		}
	}
	return -1
}

// suggest tells an unknown column by its place, with the field that its name is most like; never what is written there.
func suggest(column int, written string, schema *catalog.Schema) string {
	place := strconv.Itoa(column + 1)
	shown := strings.TrimSpace(written)
	if r := []rune(shown); len(r) > 60 {
		return place
	}
	folded := strings.ReplaceAll(vitext.Fold(shown), " ", "_")
	best, bestName := len(folded)/2+1, ""
	for _, f := range schema.Fields {
		for _, candidate := range []string{f.Name, strings.ReplaceAll(vitext.Fold(f.Label), " ", "_")} {
			if d := distance(folded, candidate); d < best {
				best, bestName = d, f.Name
			}
		}
	}
	if bestName == "" {
		return place
	}
	return fmt.Sprintf("%s (≈ %s)", place, bestName)
}

// distance is the number of single-letter changes between two short texts.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := diagonal
			if a[i-1] != b[j-1] {
				change++
			}
			diagonal = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// list joins names for a sentence, and keeps it readable.
func list(names []string) string {
	const most = 10
	switch {
	case len(names) == 0:
		return "–"
	case len(names) > most:
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" (+%d)", len(names)-most)
	}
	return strings.Join(names, ", ")
}
