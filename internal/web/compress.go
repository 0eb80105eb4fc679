package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// worthCompressing is the size below which a page gains nothing.
const worthCompressing = 1400

// writeCompressed sends a page that is whole in memory. Requests that another site started are answered plainly, so that
// the length of the answer tells that site nothing about what is in it (BREACH).
func writeCompressed(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	site := r.Header.Get("Sec-Fetch-Site")
	if len(body) >= worthCompressing && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && (site == "" || site == "none" || site == "same-origin") {
		var buf bytes.Buffer
		zip := gzip.NewWriter(&buf)
		_, _ = zip.Write(body) // a buffer takes everything
		_ = zip.Close()
		body = buf.Bytes()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader has gone; there is nobody to tell
	}
}
