package ui

import (
	"time"

	"lienthong/internal/kit/i18n"

	"github.com/a-h/templ"
)

// Sorting is the order of a column.
type Sorting string

// The orders of a column.
const (
	Unsorted Sorting = ""
	SortedUp Sorting = "ascending"
	SortDown Sorting = "descending"
)

// Column is the head of a column. With SortPath it is a link that changes the order.
type Column struct {
	Label    string
	SortPath string
	Sorted   Sorting
	Number   bool // figures, set to the right
	Hidden   bool // label for readers of the screen only (actions)
}

func (c Column) class() string {
	if c.Number {
		return "num"
	}
	return ""
}

// Row is one line of a table; its cells stand in the order of the columns.
type Row struct {
	Cells []templ.Component
	Tone  Tone // marks a line that needs attention; the reason stands in a cell
}

// TableProps is a whole table.
type TableProps struct {
	Caption     string
	ShowCaption bool // else it is said to readers of the screen only
	Columns     []Column
	Rows        []Row
	Empty       Empty // shown instead when there are no rows
	Pages       *PageLinks
}

func (p TableProps) label(i int) string {
	if i < len(p.Columns) {
		return p.Columns[i].Label
	}
	return ""
}

func (p TableProps) cellClass(i int) string {
	if i < len(p.Columns) {
		return p.Columns[i].class()
	}
	return ""
}

// Cells joins cells to a row.
func Cells(cells ...templ.Component) Row { return Row{Cells: cells} }

// Number is a whole number as a cell.
func Number(n int64) templ.Component { return Text(i18n.Number(n)) }

func machineTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
