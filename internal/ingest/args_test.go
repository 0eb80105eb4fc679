package ingest

import (
	"strings"
	"testing"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/i18n"
)

// Every rule with arguments is either judged in safeArgs or hidden whole: a new rule tells nothing until somebody looked.
func TestArgumentsOfEveryRuleAreJudged(t *testing.T) {
	sentinel := []any{"a", "b", "c", "d"}
	all := 0
	for _, messages := range []i18n.Messages{Messages, dictionary.Messages} {
		for code, m := range messages {
			if !strings.Contains(m.Vi, "{0}") {
				continue
			}
			all++
			got := hideArgs(code, sentinel)
			for i, arg := range got {
				if safe := i < safeArgs(code); safe != (arg == sentinel[i]) || !safe && arg != hidden {
					t.Errorf("%s: argument %d is %v", code, i, arg)
				}
			}
		}
	}
	for _, told := range []string{"dictionary.unit_needs_date", "dictionary.unit_not_in_force", "dictionary.unit_history_unknown", "dictionary.lost_leading_zero", "dictionary.personal_id_length", "ingest.cell_error", "dictionary.unit_other_province"} {
		if safeArgs(told) != 0 {
			t.Errorf("%s tells of the value", told)
		}
	}
	if all < 40 || sentinel[0] != "a" {
		t.Fatalf("%d rules, %v", all, sentinel)
	}
}
