package web

import (
	"net/http"
	"strings"

	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
)

const (
	langParam  = "lang"
	langMaxAge = 365 * 24 * 3600
)

// langCookie keeps the language. The prefix makes browsers refuse one that another host or plain HTTP has set.
func (s *Shell) langCookie() string {
	if s.deps.HTTPS {
		return "__Host-lang"
	}
	return "lang"
}

// language finds the reader's language: of pages the one chosen before, else Vietnamese; of the API what the caller
// accepts. ?lang= on a page chooses it and leads back to the same page.
func (s *Shell) language(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isAPI(r) {
			next.ServeHTTP(w, r.WithContext(i18n.WithLang(r.Context(), httpx.AcceptLang(r))))
			return
		}
		if !changes(r) && strings.Contains(r.URL.RawQuery, langParam+"=") && s.chooseLanguage(w, r) {
			return
		}
		lang := i18n.Vi
		if c, err := r.Cookie(s.langCookie()); err == nil && i18n.Lang(c.Value) == i18n.En {
			lang = i18n.En
		}
		next.ServeHTTP(w, r.WithContext(i18n.WithLang(r.Context(), lang)))
	})
}

// chooseLanguage answers a request for another language; a link on a foreign site chooses nothing.
func (s *Shell) chooseLanguage(w http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	lang := i18n.Lang(q.Get(langParam))
	if (lang != i18n.Vi && lang != i18n.En) || r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return false
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.langCookie(), Value: string(lang), Path: "/", MaxAge: langMaxAge,
		HttpOnly: true, Secure: s.deps.HTTPS, SameSite: http.SameSiteLaxMode,
	})
	q.Del(langParam)
	to := r.URL.EscapedPath()
	if rest := q.Encode(); rest != "" {
		to += "?" + rest
	}
	http.Redirect(w, r, SafePath(to), http.StatusSeeOther)
	return true
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, APIPrefix+"/") }
