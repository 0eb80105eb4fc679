package web

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// A name may be anything when it comes percent-encoded: U+0000, which PostgreSQL keeps in no text, bytes that are no
// UTF-8, and signs that turn "fdp.exe" into "exe.pdf" for the reader.
func TestTheNameOfAFileIsPlainText(t *testing.T) {
	for sent, want := range map[string]string{
		`filename*=UTF-8''bao%00cao.pdf`:           "baocao.pdf",
		`filename*=UTF-8''bao%E2%80%AEfdp.exe`:     "baofdp.exe",
		`filename*=UTF-8''bao%0D%0Acao.pdf`:        "baocao.pdf",
		`filename*=UTF-8''b%C3%A1o%20c%C3%A1o.pdf`: "báo cáo.pdf",
		"filename=\"a\xff.pdf\"":                   "a\uFFFD.pdf",
	} {
		body := "--x\r\nContent-Disposition: form-data; name=\"file\"; " + sent + "\r\n\r\n%PDF-\r\n--x--\r\n"
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		got, nothing := "", struct{}{}
		err := DecodeUpload(r, &nothing, func(u Upload) error { got = u.Name; return nil })
		if err != nil || got != want {
			t.Errorf("%s: %q, %v", sent, got, err)
		}
	}
}

func TestAnAddressIsText(t *testing.T) {
	_, m := api(t)
	for target, want := range map[string]int{"/api/v1/test/a%FFb": 400, "/api/v1/test/x?q=%C3%28": 400, "/api/v1/test/x?q=h%E1%BB%99": 200, "/api/v1/test/x?q=%25FF": 200} {
		if w := ask(m, "GET", target, "X-Test-Actor", "steward"); w.Code != want || want == 400 && problem(t, w).Code != "web.address_no_text" {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}
