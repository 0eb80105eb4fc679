package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/meter"
	"lienthong/internal/web/static"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// Authenticator finds who calls and puts the actor into the context. An error means that it could not be found out, not
// that nobody has signed in; then the context comes back without an actor.
type Authenticator func(r *http.Request) (context.Context, error)

// Deps is what the shell needs from the rest of the program.
type Deps struct {
	Catalog      *i18n.Catalog
	Log          *slog.Logger
	Clock        clock.Clock
	Authenticate Authenticator
	Site         ui.Site
	Hosts        []string                             // names at which the site answers, the official one first; none: at any
	HTTPS        bool                                 // callers reach us by HTTPS only
	SignIn       string                               // path of the sign-in page; DefaultSignIn when empty
	SignOut      string                               // path to which the sign-out form is sent; DefaultSignOut when empty
	AgencyName   func(context.Context, string) string // official name of an agency; its code when nil
	PersonName   func(context.Context, string) string // name of an account by its id; empty when it has none
	History      Recalls                              // changes of what is kept; without it things have no history
	MyPage       string                               // path of one's own account, if there is such a page
	Meters       *meter.Set                           // nil: nobody reads them
}

// Where the account pages are, unless Deps says otherwise.
const (
	DefaultSignIn  = "/sign-in"
	DefaultSignOut = "/sign-out"
)

// Shell renders pages and answers errors. Each slice's pages are built with it; NewMux then gives it the menu.
type Shell struct {
	deps   Deps
	assets *static.Files
	menu   []Route
	meters meters
}

// NewShell makes the shell around all pages.
func NewShell(d Deps) (*Shell, error) {
	if d.Catalog == nil || d.Log == nil || d.Clock == nil {
		return nil, fmt.Errorf("web: catalog, log and clock are needed")
	}
	if d.Authenticate == nil {
		d.Authenticate = func(r *http.Request) (context.Context, error) { return r.Context(), nil }
	}
	if d.SignIn == "" {
		d.SignIn = DefaultSignIn
	}
	if d.SignOut == "" {
		d.SignOut = DefaultSignOut
	}
	files, err := static.Load()
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if d.Meters == nil {
		d.Meters = meter.NewSet()
	}
	return &Shell{deps: d, assets: files, meters: newMeters(d.Meters)}, nil
}

// T speaks the language of the request.
func (s *Shell) T(r *http.Request) ui.T {
	lang := i18n.LangOf(r.Context())
	return func(key string, args ...any) string { return s.deps.Catalog.Say(lang, key, args...) }
}

// In speaks one language whatever the reader's: papers are written in that of the regulation.
func (s *Shell) In(lang i18n.Lang) ui.T {
	return func(key string, args ...any) string { return s.deps.Catalog.Say(lang, key, args...) }
}

// Page is a page inside the layout.
type Page struct {
	Title  string
	Crumbs []ui.Crumb // the way to the page without the home page; the last is the page itself
	Body   templ.Component
	Narrow bool // text and forms, not tables
	Gate   bool // before the menu: sign-in, set-up
	Lead   string
	Status int // 200 when 0
}

// Render answers with a page. It is rendered into memory first, so that a fault in the middle becomes an error page.
func (s *Shell) Render(w http.ResponseWriter, r *http.Request, p Page) error {
	frame := s.frame(r, p)
	var whole templ.Component
	if p.Gate {
		frame.Bare = true
		gate := ui.SignIn(frame, p.Title, p.Lead)
		body := p.Body
		frame.Body = templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
			return gate.Render(templ.WithChildren(ctx, body), out)
		})
	}
	whole = ui.Layout(frame)
	var buf bytes.Buffer
	if err := whole.Render(r.Context(), &buf); err != nil {
		return fmt.Errorf("render %q: %w", p.Title, err)
	}
	s.write(w, r, p.Status, buf.Bytes())
	return nil
}

// Part answers with a piece of a page, for scripts that renew one.
func (s *Shell) Part(w http.ResponseWriter, r *http.Request, c templ.Component) error {
	return s.part(w, r, http.StatusOK, c)
}

func (s *Shell) part(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var buf bytes.Buffer
	if err := c.Render(r.Context(), &buf); err != nil {
		return fmt.Errorf("render part of %s: %w", r.URL.Path, err)
	}
	s.write(w, r, status, buf.Bytes())
	return nil
}

func (s *Shell) write(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	if status == 0 {
		status = http.StatusOK
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(i18n.LangOf(r.Context())))
	h.Set("Vary", "Cookie, Accept-Encoding")
	writeCompressed(w, r, status, body)
}

func (s *Shell) frame(r *http.Request, p Page) ui.Frame {
	actor, t := access.ActorOf(r.Context()), s.T(r)
	home := ui.Crumb{Label: t("web.home"), Path: "/"}
	if len(p.Crumbs) == 0 {
		home.Path = ""
	}
	f := ui.Frame{
		Site: s.deps.Site, Assets: s.assets.Links(), Lang: i18n.LangOf(r.Context()), Title: p.Title,
		Menu: menuFor(s.menu, actor, t, r.URL.Path), Crumbs: append([]ui.Crumb{home}, p.Crumbs...),
		ViPath: inLanguage(r, i18n.Vi), EnPath: inLanguage(r, i18n.En), Narrow: p.Narrow, Body: p.Body, Tabs: s.pastTabs(r, pastIn(r)),
		SignIn: s.signInPath(r), SignOut: s.deps.SignOut, MyPage: s.deps.MyPage,
	}
	if actor.Type == access.User {
		person := ui.Person{Name: actor.Name, Agency: actor.Agency}
		if s.deps.AgencyName != nil {
			person.Agency = s.deps.AgencyName(r.Context(), actor.Agency)
		}
		if len(actor.Roles) > 0 {
			person.Role = t(RoleKey(actor.Roles[0]))
		}
		f.Person = &person
	}
	return f
}

// inLanguage is the page of the request in the other language. After a form was refused it leads to the page that GET
// shows there.
func inLanguage(r *http.Request, lang i18n.Lang) string {
	q := r.URL.Query()
	q.Set(langParam, string(lang))
	return (&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).RequestURI()
}

func (s *Shell) signInPath(r *http.Request) string {
	if r.URL.Path == s.deps.SignIn {
		return s.deps.SignIn
	}
	next := "/"
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		next = SafePath(r.URL.RequestURI())
	}
	if next == "/" {
		return s.deps.SignIn
	}
	return s.deps.SignIn + "?next=" + url.QueryEscape(next)
}

// Refused reports that err is a refusal which the form itself can show, with the errors beside the fields. Anything else
// is returned from the handler.
func (s *Shell) Refused(r *http.Request, err error) (ui.FormErrors, bool) {
	if err == nil {
		return ui.FormErrors{}, false
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.TooLarge {
		return ui.FormErrors{}, false
	}
	lang, id := i18n.LangOf(r.Context()), httpx.RequestIDOf(r.Context())
	var e ui.FormErrors
	for _, item := range httpx.Items(f) {
		text := httpx.Sentence(item, s.deps.Catalog, lang, id)
		if item.Field == "" {
			e.Text = text
			continue
		}
		e.Items = append(e.Items, ui.FieldError{Field: item.Field, Text: text})
	}
	if len(e.Items) == 0 && e.Text == "" {
		e.Text = httpx.Sentence(f, s.deps.Catalog, lang, id)
	}
	return e, true
}

// Say is a sentence in a language that does not depend on who reads: for files that are filled in and come back.
func (s *Shell) Say(lang i18n.Lang, key string, args ...any) string {
	return s.deps.Catalog.Say(lang, key, args...)
}
