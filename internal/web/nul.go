package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf8"

	"lienthong/internal/kit/fault"
)

// U+0000 is refused at the door, wherever it stands: PostgreSQL keeps no text that holds it, SQLite and programs in C cut
// a text there, and no person ever types it.

// nulAddress tells an address with U+0000 in its path or query.
func nulAddress(r *http.Request) bool {
	return strings.Contains(r.URL.Path, "\x00") || strings.Contains(r.URL.RawQuery, "%00") || strings.Contains(r.URL.RawQuery, "\x00")
}

// brokenAddress tells an address whose path or query is no UTF-8, which PostgreSQL keeps and compares in no text.
func brokenAddress(r *http.Request) bool {
	query, err := url.QueryUnescape(r.URL.RawQuery)
	return !utf8.ValidString(r.URL.Path) || err == nil && !utf8.ValidString(query)
}

func nulFault(kind fault.Kind) *fault.Fault { return fault.New(kind, "web.nul_character") }

// nulIn finds U+0000 in the texts of an operation's input and names the place, "body.name".
func nulIn(in any) (place string, found bool) { return nulWalk(reflect.ValueOf(in), "") }

func nulWalk(v reflect.Value, at string) (string, bool) {
	switch v.Kind() {
	case reflect.String:
		return at, strings.Contains(v.String(), "\x00")
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return nulWalk(v.Elem(), at)
		}
	case reflect.Slice, reflect.Array:
		return nulInList(v, at)
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if place, found := nulWalk(key, at); found {
				return place, true
			}
			if place, found := nulWalk(v.MapIndex(key), join(at, fmt.Sprint(key))); found {
				return place, true
			}
		}
	case reflect.Struct:
		return nulInStruct(v, at)
	}
	return "", false
}

func nulInList(v reflect.Value, at string) (string, bool) {
	if v.Type().Elem().Kind() == reflect.Uint8 { // JSON that is read later
		if v.Kind() == reflect.Slice && (bytes.Contains(v.Bytes(), []byte(`\u0000`)) || bytes.Contains(v.Bytes(), []byte{0})) {
			return at, true
		}
		return "", false
	}
	for i := range v.Len() {
		if place, found := nulWalk(v.Index(i), fmt.Sprintf("%s[%d]", at, i)); found {
			return place, true
		}
	}
	return "", false
}

func nulInStruct(v reflect.Value, at string) (string, bool) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		inner := at
		if !field.Anonymous {
			inner = join(at, nameOf(field))
		}
		if place, found := nulWalk(v.Field(i), inner); found {
			return place, true
		}
	}
	return "", false
}

// nameOf is how callers write a field.
func nameOf(f reflect.StructField) string {
	for _, tag := range []string{"json", "path", "query", "header"} {
		if name, _, _ := strings.Cut(f.Tag.Get(tag), ","); name != "" && name != "-" {
			return name
		}
	}
	return strings.ToLower(f.Name)
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}
