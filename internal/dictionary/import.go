package dictionary

import (
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// MaxItems is the most codes that one list holds.
const MaxItems = 10_000

// Line is one line of a file of codes; its cells stand in the order of the header.
type Line struct {
	Number int // in the file, the header being the first
	Cells  []string
}

// RowError is one wrong cell of such a file.
type RowError struct {
	Row    int
	Column string
	Value  string
	Reason *fault.Fault
}

// ImportRefused is the fault dictionary.import_rows with every wrong cell; nothing of the file was taken.
type ImportRefused struct {
	Rows  []RowError
	fault *fault.Fault
}

func (r *ImportRefused) Error() string { return r.fault.Error() }
func (r *ImportRefused) Unwrap() error { return r.fault }

func refuseRows(rows []RowError) *ImportRefused {
	f := fault.New(fault.Invalid, "dictionary.import_rows", len(rows))
	for _, r := range rows {
		item := *r.Reason
		item.Field = fmt.Sprintf("row %d, %s", r.Row, r.Column)
		f.Items = append(f.Items, &item)
	}
	return &ImportRefused{rows, f}
}

// itemColumns of a file of codes; the first two are needed. Officials may write them in Vietnamese.
var itemColumns = [4][]string{{"code", "ma"}, {"label", "ten", "nhan"}, {"valid_from", "tu_ngay", "hieu_luc_tu"}, {"valid_to", "den_ngay", "hieu_luc_den"}}

// ItemsOf reads the codes of a file. Either all its lines are right, or an *ImportRefused names every wrong cell.
func ItemsOf(header []string, lines []Line) ([]CodeItem, error) {
	var at [4]int
	for c, names := range itemColumns {
		at[c] = slices.IndexFunc(header, func(h string) bool {
			return slices.Contains(names, strings.ReplaceAll(vitext.Slug(h), "-", "_"))
		})
	}
	if at[0] < 0 || at[1] < 0 {
		return nil, fault.New(fault.Invalid, "dictionary.import_columns", strings.Join(header, ", ")).At("file")
	}
	if len(lines) > MaxItems {
		return nil, fault.New(fault.Invalid, "dictionary.import_too_long", MaxItems).At("file")
	}
	var items []CodeItem
	var wrong []RowError
	seen := map[string][]CodeItem{}
	for _, l := range lines {
		cell := func(c int) string {
			if at[c] < 0 || at[c] >= len(l.Cells) {
				return ""
			}
			text, _ := cleanText(l.Cells[at[c]])
			return text
		}
		if cell(0)+cell(1)+cell(2)+cell(3) == "" {
			continue // an empty line at the end of a sheet
		}
		item, bad := ItemOf(l.Number, cell(0), cell(1), cell(2), cell(3))
		if len(bad) == 0 && slices.ContainsFunc(seen[item.Code], func(other CodeItem) bool { return overlap(other, item) }) {
			bad = append(bad, RowError{l.Number, "code", item.Code, fault.New(fault.Invalid, "dictionary.code_twice", item.Code)})
		}
		seen[item.Code] = append(seen[item.Code], item)
		items, wrong = append(items, item), append(wrong, bad...)
	}
	if len(wrong) > 0 {
		return nil, refuseRows(wrong)
	}
	if len(items) == 0 {
		return nil, fault.New(fault.Invalid, "dictionary.import_empty").At("file")
	}
	return items, nil
}

// ItemOf reads one code with its days, and says everything that is wrong with it.
func ItemOf(row int, code, label, from, to string) (CodeItem, []RowError) {
	item := CodeItem{Code: code, Label: vitext.NFC(strings.TrimSpace(label))}
	var wrong []RowError
	add := func(column, value, reason string, args ...any) {
		wrong = append(wrong, RowError{row, column, value, fault.New(fault.Invalid, reason, args...)})
	}
	if strings.TrimSpace(code) == "" {
		add("code", code, "dictionary.code_missing")
	}
	if item.Label == "" {
		add("label", label, "dictionary.label_missing")
	}
	for _, d := range []struct {
		column, text string
		to           *Day
	}{{"valid_from", from, &item.ValidFrom}, {"valid_to", to, &item.ValidTo}} {
		if d.text == "" {
			continue
		}
		day, problem := ParseDay(d.text)
		if problem != nil {
			add(d.column, d.text, problem.Code, problem.Args...)
			continue
		}
		*d.to = day
	}
	if item.ValidTo != NoDay && item.ValidTo < item.ValidFrom {
		add("valid_to", to, "dictionary.validity_reversed")
	}
	return item, wrong
}

// Fault is the error as one of the input, at its row and column.
func (r RowError) Fault() *fault.Fault {
	f := *r.Reason
	f.Field = fmt.Sprintf("items.%d.%s", r.Row, r.Column)
	return &f
}
