package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

// fail answers an error: the only place that does (invariant 3).
func (s *Shell) fail(w http.ResponseWriter, r *http.Request, err error, json bool) {
	f := classify(err)
	httpx.Note(w, f)
	if a, ok := w.(*answer); ok && a.Status != 0 {
		// Part of the answer has left, so the only honest end is one that the caller sees as broken.
		panic(http.ErrAbortHandler)
	}
	clearBody(w)
	switch {
	case httpx.PrefersJSON(r, json):
		httpx.WriteProblem(w, r, s.deps.Catalog, f)
	case r.Header.Get("HX-Request") == "true":
		s.errorPart(w, r, f)
	case f.Kind == fault.Unauthenticated && access.ActorOf(r.Context()).Type == access.Anyone && r.URL.Path != s.deps.SignIn:
		http.Redirect(w, r, s.signInPath(r), http.StatusSeeOther)
	default:
		s.errorPage(w, r, f)
	}
}

// classify turns the errors of net/http that mean a refusal into faults.
func classify(err error) *fault.Fault {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return fault.New(fault.TooLarge, "web.body_too_large", megabytes(tooLarge.Limit)).Because(err)
	}
	return fault.Of(err)
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// clearBody drops what a handler said about a body that is not sent after all.
func clearBody(w http.ResponseWriter) {
	for _, name := range []string{"Content-Length", "Content-Encoding", "Content-Disposition", "Etag", "Last-Modified"} {
		w.Header().Del(name)
	}
	w.Header().Set("Cache-Control", "no-store")
}

func (s *Shell) errorPage(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	lang, id := i18n.LangOf(r.Context()), httpx.RequestIDOf(r.Context())
	title := httpx.Title(f.Kind, s.deps.Catalog, lang)
	permission := ""
	if f.Code == "access.permission_missing" && len(f.Args) > 0 {
		permission = fmt.Sprint(f.Args[0])
		f = fault.New(f.Kind, f.Code, s.permissionName(lang, permission))
	}
	failure := ui.Failure{
		Status: f.Kind.Status(), Title: title, Text: httpx.Sentence(f, s.deps.Catalog, lang, id), Code: f.Code, Reference: id,
		Next: s.nextStep(lang, f.Kind), BackPath: backPath(r), Permission: permission,
	}
	for _, item := range f.Items {
		failure.Items = append(failure.Items, ui.FieldError{Field: item.Field, Text: httpx.Sentence(item, s.deps.Catalog, lang, id)})
	}
	page := Page{Title: title, Crumbs: []ui.Crumb{{Label: title}}, Body: ui.ErrorPage(failure), Narrow: true, Status: failure.Status}
	if err := s.Render(w, r, page); err != nil {
		panic(fmt.Errorf("the error page cannot be rendered: %w", err)) // a component of ours is broken; tests render it
	}
}

// permissionName says a permission in words, "Nhật ký truy cập, khai thác: kiểm chứng"; its code where it has none.
func (s *Shell) permissionName(lang i18n.Lang, code string) string {
	noun, verb, _ := strings.Cut(code, ".")
	noun, verb = "access.noun."+noun, "access.verb."+verb
	if !s.deps.Catalog.Has(noun) || !s.deps.Catalog.Has(verb) {
		return code
	}
	return s.deps.Catalog.Say(lang, noun) + ": " + s.deps.Catalog.Say(lang, verb)
}

// errorPart answers a script that renews a part of a page: the error in its place, or the whole page anew when the reader
// is no longer signed in.
func (s *Shell) errorPart(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	if f.Kind == fault.Unauthenticated {
		w.Header().Set("HX-Refresh", "true")
		w.WriteHeader(f.Kind.Status())
		return
	}
	lang, id := i18n.LangOf(r.Context()), httpx.RequestIDOf(r.Context())
	note := ui.Note{Tone: ui.Bad, Title: httpx.Title(f.Kind, s.deps.Catalog, lang), Text: httpx.Sentence(f, s.deps.Catalog, lang, id)}
	if err := s.part(w, r, f.Kind.Status(), ui.Alert(note)); err != nil {
		panic(fmt.Errorf("the error cannot be rendered: %w", err)) // a component of ours is broken; tests render it
	}
}

// nextStep says what to do about a kind of fault.
func (s *Shell) nextStep(lang i18n.Lang, k fault.Kind) string {
	key := map[fault.Kind]string{
		fault.Internal: "web.next_internal", fault.Denied: "web.next_denied", fault.NotFound: "web.next_not_found",
		fault.Method: "web.next_method", fault.Conflict: "web.next_conflict", fault.Invalid: "web.next_invalid",
		fault.TooLarge: "web.next_too_large", fault.Limited: "web.next_wait", fault.Unavailable: "web.next_wait",
		fault.BadGateway: "web.next_wait", fault.Timeout: "web.next_wait",
	}[k]
	if key == "" {
		key = "web.next_not_found"
	}
	return s.deps.Catalog.Say(lang, key)
}

// backPath is the page of this site from which the reader came, if any.
func backPath(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	if u.Path == r.URL.Path && r.Method == http.MethodGet {
		return ""
	}
	return SafePath(u.RequestURI())
}
