package history

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Change is one member that a change made otherwise. Field is its path, with the name of an entry of a list in square
// brackets: "items[01].label".
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Value is one member of a state.
type Value struct {
	Field string
	Text  string
}

// Compare lists what is otherwise, members in alphabetical order of their paths; before may be empty.
func Compare(before, after []byte, rules Rules) ([]Change, error) {
	was, err := Flatten(before)
	if err != nil {
		return nil, err
	}
	is, err := Flatten(after)
	if err != nil {
		return nil, err
	}
	old := make(map[string]string, len(was))
	for _, v := range was {
		old[v.Field] = v.Text
	}
	var out []Change
	for _, v := range is {
		text, had := old[v.Field]
		delete(old, v.Field)
		if had && text == v.Text || rules[Plain(v.Field)] == quiet {
			continue
		}
		out = append(out, Change{Field: v.Field, Before: text, After: v.Text})
	}
	for field, text := range old {
		if rules[Plain(field)] != quiet {
			out = append(out, Change{Field: field, Before: text})
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return cmp.Compare(a.Field, b.Field) })
	return out, nil
}

// Plain is a path without the names of list entries.
func Plain(field string) string {
	var b strings.Builder
	depth := 0
	for _, c := range field {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth == 0:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// Flatten lists the members of a kept state that have a value.
func Flatten(body []byte) ([]Value, error) {
	if len(body) == 0 {
		return nil, nil
	}
	v, err := read(body)
	if err != nil {
		return nil, err
	}
	var out []Value
	flatten(v, "", &out)
	return out, nil
}

func flatten(v any, path string, out *[]Value) {
	switch x := v.(type) {
	case map[string]any:
		names := make([]string, 0, len(x))
		for name := range x {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			flatten(x[name], join(path, name), out)
		}
	case []any:
		flattenList(x, path, out)
	default:
		if text := scalar(v); text != "" {
			*out = append(*out, Value{path, text})
		}
	}
}

func flattenList(list []any, path string, out *[]Value) {
	var texts []string
	seen := map[string]int{}
	for i, one := range byID(list) {
		entry, isObject := one.(map[string]any)
		if !isObject {
			texts = append(texts, scalar(one))
			continue
		}
		name := nameOf(entry, i)
		if seen[name]++; seen[name] > 1 {
			name += "#" + strconv.Itoa(seen[name])
		}
		flatten(entry, path+"["+name+"]", out)
	}
	if text := strings.Join(texts, ", "); text != "" {
		*out = append(*out, Value{path, text})
	}
}

// byID puts entries with an id in its order, which is that of their making: of two with one name the older keeps the name
// without a number, wherever the list shows it.
func byID(list []any) []any {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b any) int {
		x, isObject := a.(map[string]any)
		y, areObjects := b.(map[string]any)
		if !isObject || !areObjects {
			return 0
		}
		return cmp.Compare(scalar(x["id"]), scalar(y["id"]))
	})
	return sorted
}

// nameOf is by what an entry of a list is known when its place changes.
func nameOf(entry map[string]any, place int) string {
	if method, path := scalar(entry["method"]), scalar(entry["path"]); method != "" && path != "" {
		return method + " " + path
	}
	for _, member := range []string{"client_id", "kid", "code", "column", "field", "name", "account", "id"} {
		if text := scalar(entry[member]); text != "" {
			return strings.NewReplacer("[", "(", "]", ")").Replace(text)
		}
	}
	return "#" + strconv.Itoa(place+1)
}

func scalar(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case json.Number:
		return x.String()
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
