package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// What a tag asks for.
const (
	hash  = "hash"
	leave = "-"
	quiet = "quiet"

	anyKey = "*" // not a tag: the member is a map
)

// Keep gives the kept form of a state. hashed is the keyed hash for sensitive values.
func Keep(state any, hashed func(string) string) ([]byte, error) {
	raw, err := json.Marshal(state)
	if err != nil {
		return nil, fmt.Errorf("write state: %w", err)
	}
	v, err := read(raw)
	if err != nil {
		return nil, err
	}
	mask(v, "", RulesOf(state), hashed)
	out, err := json.Marshal(v) // maps: members come out sorted, which is invariant 2
	if err != nil {
		return nil, fmt.Errorf("write state: %w", err)
	}
	return out, nil
}

func read(raw []byte) (any, error) {
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	return v, nil
}

// mask upholds invariant 1.
func mask(v any, path string, rules Rules, hashed func(string) string) {
	switch x := v.(type) {
	case map[string]any:
		for name, value := range x {
			at := join(path, rules.segment(path, name))
			switch rules[at] {
			case leave:
				delete(x, name)
			case hash:
				x[name] = hideAll(value, hashed)
			default:
				mask(value, at, rules, hashed)
			}
		}
	case []any:
		for _, one := range x {
			mask(one, path, rules, hashed)
		}
	}
}

// hideAll hashes every value below a sensitive member; what is empty stays empty.
func hideAll(v any, hashed func(string) string) any {
	switch x := v.(type) {
	case map[string]any:
		for name := range x {
			x[name] = hideAll(x[name], hashed)
		}
		return x
	case []any:
		for i := range x {
			x[i] = hideAll(x[i], hashed)
		}
		return x
	case nil, bool:
		return x
	}
	text := scalar(v)
	if text == "" {
		return v
	}
	return hashed(text)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Rules are the tags of a type by path ("need.contact.phone"); lists do not count in a path, keys of maps are "*".
type Rules map[string]string

// segment is the name below path as rules know it: any key of a map is "*".
func (r Rules) segment(path, name string) string {
	if r[join(path, "*")] != "" {
		return "*"
	}
	return name
}

const deepest = 8 // a type may contain itself

// RulesOf reads the tags of a state's type.
func RulesOf(state any) Rules {
	rules := Rules{}
	walk(reflect.TypeOf(state), "", 0, func(path string, f reflect.StructField) {
		if rule := f.Tag.Get("history"); rule != "" {
			rules[path] = rule
		} else if kindOf(f.Type) == reflect.Map {
			rules[join(path, "*")] = anyKey
		}
	})
	return rules
}

// Paths lists the paths of all kept members of a type, in the order of the struct.
func Paths(state any) []string {
	rules, seen := RulesOf(state), map[string]bool{}
	var out []string
	walk(reflect.TypeOf(state), "", 0, func(path string, _ reflect.StructField) {
		if !seen[path] && rules[path] != leave {
			seen[path] = true
			out = append(out, path)
		}
	})
	return out
}

func walk(t reflect.Type, path string, depth int, each func(path string, f reflect.StructField)) {
	for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map) {
		if t.Kind() == reflect.Map {
			path = join(path, "*")
		}
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct || depth > deepest || t.PkgPath() == "time" {
		return
	}
	for f := range fields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
			continue
		case f.Anonymous && name == "":
			walk(f.Type, path, depth+1, each)
			continue
		case !f.IsExported():
			continue
		case name == "":
			name = f.Name
		}
		at := join(path, name)
		each(at, f)
		walk(f.Type, at, depth+1, each)
	}
}

func kindOf(t reflect.Type) reflect.Kind {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind()
}

func fields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}
