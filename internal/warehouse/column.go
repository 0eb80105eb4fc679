package warehouse

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
)

// Kind is how a column is stored.
type Kind string

const (
	Text    Kind = "text"
	Integer Kind = "integer"
	Decimal Kind = "decimal" // unscaled integer, Scale digits after the point
	Date    Kind = "date"    // days since 1 January 1970
	Time    Kind = "time"    // microseconds UTC
	Boolean Kind = "boolean" // 0 or 1
)

// Column describes a column of a version.
type Column struct {
	Name      string `json:"name"`
	Label     string `json:"label,omitempty"`
	Kind      Kind   `json:"kind"`
	Scale     int    `json:"scale,omitempty"`
	Key       bool   `json:"key,omitempty"`
	Index     bool   `json:"index,omitempty"`     // often filtered: gets an index of its own
	Person    bool   `json:"person,omitempty"`    // identifies a person
	Sensitive bool   `json:"sensitive,omitempty"` // its values do not appear in statistics
}

// Cell is one stored value: text in Text, everything else in Int.
type Cell struct {
	Null bool
	Int  int64
	Text string
}

func (c Cell) same(other Cell) bool {
	return c.Null && other.Null || c == other
}

// Row is one row of a delivery with the line of the file where it began.
type Row struct {
	Line  int64
	Cells []Cell
}

// Ident is the only way in which a name gets into SQL: engines ignore the case of identifiers, so only lower case exists.
func Ident(name string) (string, error) {
	if !nameable(name) {
		return "", fmt.Errorf("%q cannot be the name of a column", name)
	}
	return `"` + name + `"`, nil
}

func nameable(name string) bool {
	if name == "" || len(name) > 80 || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	for i := 0; i < len(name); i++ {
		if b := name[i]; b != '_' && (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			return false
		}
	}
	return true
}

// checkColumns refuses columns that cannot be stored.
func checkColumns(columns []Column) error {
	seen, keys := map[string]bool{}, 0
	for _, c := range columns {
		if _, err := Ident(c.Name); err != nil {
			return err
		}
		if strings.HasPrefix(c.Name, "_") || seen[c.Name] {
			return fmt.Errorf("column %s is reserved or given twice", c.Name)
		}
		seen[c.Name] = true
		if c.Key {
			keys++
		}
		switch c.Kind {
		case Text, Integer, Decimal, Date, Time, Boolean:
		default:
			return fmt.Errorf("column %s: unknown kind %q", c.Name, c.Kind)
		}
	}
	if keys == 0 {
		return fmt.Errorf("no column is a key")
	}
	return nil
}

// keyPlaces lists the places of the key columns.
func keyPlaces(columns []Column) []int {
	var places []int
	for i, c := range columns {
		if c.Key {
			places = append(places, i)
		}
	}
	return places
}

// Written is the canonical text of a cell: plain numbers, ISO dates, RFC 3339 moments.
func (c Column) Written(v Cell) string {
	switch {
	case v.Null:
		return ""
	case c.Kind == Text:
		return v.Text
	case c.Kind == Decimal:
		return decimalText(v.Int, c.Scale)
	case c.Kind == Date:
		return time.Unix(v.Int*86400, 0).UTC().Format("2006-01-02")
	case c.Kind == Time:
		return time.UnixMicro(v.Int).UTC().Format(time.RFC3339Nano)
	case c.Kind == Boolean:
		return strconv.FormatBool(v.Int != 0)
	}
	return strconv.FormatInt(v.Int, 10)
}

// answer is the value as it leaves unmasked: text, a whole number, a truth value or nil. Decimals are text, so that no
// reader rounds them.
func (c Column) answer(v Cell) any {
	switch {
	case v.Null:
		return nil
	case c.Kind == Integer:
		return v.Int
	case c.Kind == Boolean:
		return v.Int != 0
	}
	return c.Written(v)
}

// parse reads a value of a filter, which is written in canonical form.
func (c Column) parse(s string) (Cell, error) {
	bad := fault.New(fault.Invalid, "warehouse.bad_filter_value", c.Name).At(c.Name)
	switch c.Kind {
	case Text:
		return Cell{Text: s}, nil
	case Integer:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return Cell{}, bad
		}
		return Cell{Int: n}, nil
	case Decimal:
		n, ok := parseDecimal(s, c.Scale)
		if !ok {
			return Cell{}, bad
		}
		return Cell{Int: n}, nil
	case Date:
		t, err := time.Parse("2006-01-02", s)
		if err != nil {
			return Cell{}, bad
		}
		return Cell{Int: t.Unix() / 86400}, nil
	case Time:
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return Cell{}, bad
		}
		return Cell{Int: t.UnixMicro()}, nil
	}
	switch s {
	case "true", "1":
		return Cell{Int: 1}, nil
	case "false", "0":
		return Cell{}, nil
	}
	return Cell{}, bad
}

func decimalText(unscaled int64, scale int) string {
	s := strconv.FormatInt(unscaled, 10)
	if scale == 0 {
		return s
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if len(s) <= scale {
		s = strings.Repeat("0", scale-len(s)+1) + s
	}
	return sign + s[:len(s)-scale] + "." + s[len(s)-scale:]
}

func parseDecimal(s string, scale int) (int64, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	for len(fraction) > scale && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	if len(fraction) > scale || whole == "" || whole == "-" || strings.HasPrefix(whole, "+") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10, 64)
	return n, err == nil
}
