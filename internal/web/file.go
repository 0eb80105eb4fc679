package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/kit/vitext"
)

// FileOut is a file to keep, as the answer of an operation.
type FileOut struct {
	ContentType  string `header:"Content-Type"`
	Disposition  string `header:"Content-Disposition"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

// File gives a file its name, which may have diacritics: programs that do not read them get the name without.
func File(name, contentType string, body []byte) *FileOut {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("/\\:*?\"<>|\r\n\t", r) {
			return '-'
		}
		return r
	}, vitext.NFC(name))
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '-'
		}
		return r
	}, vitext.Fold(name))
	return &FileOut{contentType, fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, url.PathEscape(name)), "no-store", body}
}

// Send writes the file as the answer of a page.
func (f *FileOut) Send(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", f.ContentType)
	w.Header().Set("Content-Disposition", f.Disposition)
	w.Header().Set("Cache-Control", f.CacheControl)
	if _, err := w.Write(f.Body); err != nil {
		return fmt.Errorf("send a file: %w", err)
	}
	return nil
}
