package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

type paging struct {
	Limit int `form:"limit"`
}

type sample struct {
	paging
	Name   string   `form:"name"`
	Sure   bool     `form:"sure"`
	Rows   int64    `form:"rows"`
	Fields []string `form:"field"`
	Own    string
}

func posted(values url.Values) *http.Request {
	r := httptest.NewRequest("POST", "/", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestDecode(t *testing.T) {
	var f sample
	err := Decode(posted(url.Values{"name": {"  Hoa\u0300 Bi\u0300nh "}, "sure": {"1"}, "rows": {"1.234.567"}, "field": {"a", "", "b"}, "Own": {"x"}}), &f)
	if err != nil || f.Name != "Hoà Bình" || !f.Sure || f.Rows != 1234567 || !slices.Equal(f.Fields, []string{"a", "b"}) || f.Own != "" {
		t.Fatalf("%v %+v", err, f)
	}
	if err := Decode(posted(url.Values{"rows": {"nhiều"}}), &f); !fault.Is(err, "web.not_a_number") || fault.Of(err).Field != "rows" {
		t.Fatalf("%v", err)
	}
	if err := Decode(posted(url.Values{"name": {"\xff\xfe"}}), &f); err != nil || strings.Contains(f.Name, "\xff") {
		t.Fatalf("%v %q", err, f.Name)
	}
}

func TestDecodeUploadStreamsTheFile(t *testing.T) {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("name", "Đợt 1")
	part, _ := m.CreateFormFile("file", "dữ liệu.csv")
	_, _ = part.Write([]byte("a;b\n1;2\n"))
	_ = m.Close()
	r := httptest.NewRequest("POST", "/", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	var f sample
	seen := ""
	err := DecodeUpload(r, &f, func(u Upload) error {
		b, err := io.ReadAll(u.Body)
		seen = f.Name + "|" + u.Field + "|" + u.Name + "|" + string(b)
		return err
	})
	if err != nil || seen != "Đợt 1|file|dữ liệu.csv|a;b\n1;2\n" {
		t.Fatalf("%v %q", err, seen)
	}
}

func TestBodyThatIsTooLarge(t *testing.T) {
	m := newHouse(t).mux(t, Post("/a", access.Public, func(w http.ResponseWriter, r *http.Request) error {
		var f sample
		return Decode(r, &f)
	}))
	r := posted(url.Values{"name": {strings.Repeat("a", DefaultBody+1)}})
	r.URL.Path = "/a"
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	if w.Code != 413 {
		t.Fatalf("status %d", w.Code)
	}
}

func TestRefusedFormShowsEachField(t *testing.T) {
	s := newHouse(t).shell
	r := httptest.NewRequest("POST", "/", nil)
	e, ok := s.Refused(r, fault.Collect(fault.New(fault.Invalid, "test.taken", "7").At("code"), fault.New(fault.Invalid, "web.not_a_number").At("rows")))
	if !ok || e.Of("code") != "Mã 7 đã được dùng." || e.Of("rows") == "" || e.Text != "" {
		t.Fatalf("%v %+v", ok, e)
	}
	if e, ok := s.Refused(r, fault.New(fault.Conflict, "test.taken", "7")); !ok || e.Text != "Mã 7 đã được dùng." {
		t.Fatalf("%v %+v", ok, e)
	}
	for _, err := range []error{nil, io.EOF, fault.New(fault.Denied, "test.taken"), fault.New(fault.NotFound, "test.taken")} {
		if _, ok := s.Refused(r, err); ok {
			t.Errorf("%v is shown in the form", err)
		}
	}
}
