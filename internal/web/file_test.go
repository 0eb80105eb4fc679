package web_test

import (
	"net/http/httptest"
	"testing"

	"lienthong/internal/web"
)

func TestFileKeepsItsNameInBothForms(t *testing.T) {
	w := httptest.NewRecorder()
	if err := web.File("Biên bản 05/BB\".docx", "text/plain", []byte("x")).Send(w); err != nil {
		t.Fatal(err)
	}
	want := `attachment; filename="bien ban 05-bb-.docx"; filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n%2005-BB-.docx`
	if got := w.Header().Get("Content-Disposition"); got != want || w.Body.String() != "x" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s\nwant %s", got, want)
	}
}
