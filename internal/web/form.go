package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// Decode reads a form (or the query of a GET) into the struct that dst points to, by its tags `form:"name"`. Texts are
// trimmed and brought to NFC. A number that is none, and a form that cannot be read, are faults.
//
// Fields may be string, []string, bool (true for any value but "", "0" and "false"), int and int64; embedded structs are
// read too.
func Decode(r *http.Request, dst any) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return DecodeUpload(r, dst, nil)
	}
	if err := r.ParseForm(); err != nil {
		return unreadable(err)
	}
	return fill(r.Form, dst)
}

// Upload is one file of a form as it arrives. Read it before the next is asked for; it is never kept on disk by the
// shell.
type Upload struct {
	Field string
	Name  string // as the sender called it; show it, never use it as a path
	Type  string // as the sender called it
	Body  io.Reader
}

// DecodeUpload reads a form with files. Its texts must stand before its files, as they do when the file field comes last
// on the page; then dst is filled when file is called for each.
func DecodeUpload(r *http.Request, dst any, file func(Upload) error) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return unreadable(err)
	}
	values, filled, room := url.Values{}, false, int64(DefaultBody)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return unreadable(err)
		}
		if part.FileName() == "" {
			if room, err = readText(part, values, room); err != nil {
				return err
			}
			continue
		}
		if file == nil {
			continue
		}
		if !filled {
			if err := fill(values, dst); err != nil {
				return err
			}
			filled = true
		}
		up := Upload{Field: part.FormName(), Name: fileName(part.FileName()), Type: part.Header.Get("Content-Type"), Body: part}
		if err := file(up); err != nil {
			return err
		}
	}
	if filled {
		return nil
	}
	return fill(values, dst)
}

// fileName is what a file is called, as it may be kept and shown: valid text without characters that control a terminal, end
// a text early or turn the direction of writing, in which "fdp.exe" reads as "exe.pdf".
func fileName(given string) string {
	return vitext.NFC(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(given, "\uFFFD")))
}

func readText(part *multipart.Part, values url.Values, room int64) (int64, error) {
	text, err := io.ReadAll(io.LimitReader(part, room+1))
	if err != nil {
		return 0, unreadable(err)
	}
	if room -= int64(len(text)); room < 0 {
		return 0, fault.New(fault.TooLarge, "web.body_too_large", megabytes(DefaultBody))
	}
	values.Add(part.FormName(), string(text))
	return room, nil
}

// unreadable keeps the fault of a body that is too large apart from a broken one.
func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return classify(err)
	}
	return fault.New(fault.Malformed, "web.form_unreadable").Because(err)
}

func fill(values url.Values, dst any) error {
	var faults []*fault.Fault
	fillStruct(values, reflect.ValueOf(dst).Elem(), &faults)
	return fault.Collect(faults...)
}

func fillStruct(values url.Values, v reflect.Value, faults *[]*fault.Fault) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := field.Tag.Get("form")
		switch {
		case field.Anonymous && field.Type.Kind() == reflect.Struct:
			fillStruct(values, v.Field(i), faults)
		case name != "":
			if f := fillField(v.Field(i), values[name], name); f != nil {
				*faults = append(*faults, f)
			}
		}
	}
}

func fillField(v reflect.Value, given []string, name string) *fault.Fault {
	for _, s := range given {
		if strings.Contains(s, "\x00") {
			return nulFault(fault.Invalid).At(name)
		}
	}
	text := ""
	if len(given) > 0 {
		text = clean(given[0])
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(text != "" && text != "0" && text != "false")
	case reflect.Int, reflect.Int64:
		if text == "" {
			v.SetInt(0)
			return nil
		}
		n, err := strconv.ParseInt(strings.ReplaceAll(text, ".", ""), 10, 64) // people write 1.234.567
		if err != nil {
			return fault.New(fault.Invalid, "web.not_a_number").At(name)
		}
		v.SetInt(n)
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), 0, len(given))
		for _, s := range given {
			if s = clean(s); s != "" {
				list = reflect.Append(list, reflect.ValueOf(s).Convert(v.Type().Elem()))
			}
		}
		v.Set(list)
	default:
		panic("web: form field " + name + " has a type that forms do not carry: " + v.Type().String())
	}
	return nil
}

func clean(s string) string {
	return strings.TrimSpace(vitext.NFC(strings.ToValidUTF8(s, "\uFFFD")))
}
