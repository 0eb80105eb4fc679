package httpx

import (
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/kit/i18n"
)

// AcceptLang is the better liked of our languages in Accept-Language; Vietnamese when neither or both alike are named.
func AcceptLang(r *http.Request) i18n.Lang {
	var vi, en float64
	for part := range strings.SplitSeq(first(r.Header.Get("Accept-Language"), 256), ",") {
		tag, q := weigh(part)
		switch base, _, _ := strings.Cut(tag, "-"); base {
		case "vi":
			vi = max(vi, q)
		case "en":
			en = max(en, q)
		}
	}
	if en > vi {
		return i18n.En
	}
	return i18n.Vi
}

// PrefersJSON reports that the caller would rather read JSON than a page. Who accepts everything, as curl does, gets a
// page only on pages and JSON on the API, so the answer then is other.
func PrefersJSON(r *http.Request, other bool) bool {
	var json, html float64
	for part := range strings.SplitSeq(first(r.Header.Get("Accept"), 1024), ",") {
		kind, q := weigh(part)
		switch {
		case kind == "application/json", strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json"):
			json = max(json, q)
		case kind == "text/html", kind == "application/xhtml+xml":
			html = max(html, q)
		}
	}
	if json == html {
		return other
	}
	return json > html
}

// weigh reads "text/html;q=0.8" as the lower-case value and its weight.
func weigh(part string) (string, float64) {
	value, params, _ := strings.Cut(part, ";")
	q := 1.0
	for p := range strings.SplitSeq(params, ";") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(p), "q="); ok {
			w, err := strconv.ParseFloat(v, 64)
			if err != nil || w < 0 || w > 1 {
				w = 0
			}
			q = w
		}
	}
	return strings.ToLower(strings.TrimSpace(value)), q
}

func first(s string, n int) string { return s[:min(len(s), n)] }
