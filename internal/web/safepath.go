package web

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

// SafePath cuts a place to go back to down to a path on this site, "/" when it is none (T63). Browsers read "//host",
// "/\host" and control characters as other sites, so those are refused rather than repaired.
func SafePath(next string) string {
	if len(next) > 2048 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsFunc(next, func(c rune) bool { return c < ' ' || c == 0x7F || c == '\\' }) {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return "/"
	}
	// A path that cleans itself to another place ("/..//host") is nobody's bookmark.
	if clean := path.Clean(u.Path); clean != strings.TrimSuffix(u.Path, "/") && u.Path != "/" {
		return "/"
	}
	if u.Fragment != "" {
		return u.RequestURI() + "#" + u.EscapedFragment()
	}
	return u.RequestURI()
}

// Redirect sends the reader on after a change, to a path on this site.
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, SafePath(to), http.StatusSeeOther)
	return nil
}
