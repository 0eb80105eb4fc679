package ingest

import "slices"

// hideArgs hides the arguments of a rule that may tell something of the value, from whoever may not see it: an old code's
// two units, the day of a record, how many digits an identifier has. Only those are shown that come from the schema, the
// dictionary or the place of the row, so the arguments of a rule that is not named here are all hidden.
func hideArgs(rule string, args []any) []any {
	if len(args) == 0 {
		return args
	}
	shown := slices.Clone(args)
	safe := safeArgs(rule)
	for i := range shown {
		if i >= safe {
			shown[i] = hidden
		}
	}
	return shown
}

// safeArgs is how many arguments of a rule, from the first, say nothing of the value.
func safeArgs(rule string) int {
	switch rule {
	case "dictionary.too_long", "dictionary.too_short", "dictionary.pattern", "dictionary.number_too_large", "dictionary.too_precise",
		"dictionary.below_minimum", "dictionary.above_maximum", "dictionary.unit_code_form", // what the element demands
		"dictionary.unknown_code", "dictionary.code_not_in_force", "dictionary.code_needs_date": // the name of the code list
		return 1
	case "ingest.key_conflict", "ingest.quote", "ingest.undecodable", "ingest.line_too_long": // a line
		return 1
	case "ingest.column_count", "ingest.members": // the line, numbers, and names of the schema
		return 3
	}
	return 0
}
