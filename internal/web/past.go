package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

// Past is a kind of thing whose every change is kept (X7). Its page gets a tab with its history and shows, with ?as_of=, the
// state at a date; its API gets both too.
type Past struct {
	Kind       string // of its subject in the history, "agency"; also the key of its words
	Page       string // pattern of its page, "/agency/{code}"
	API        string // pattern below APIPrefix of the operation that finds one, "/agencies/{code}"
	Permission access.Permission
	Sample     any               // a zero state: what members there may be
	Values     map[string]string // member to the prefix of the messages that name its values
	// Of finds the thing for whoever asks, by the parameters of the pattern; it refuses like the page does.
	Of func(ctx context.Context, param func(name string) string) (PastOf, error)
}

// PastOf is one thing with a history.
type PastOf struct {
	ID       string // within the kind: subject of its records is Kind/ID
	Title    string
	Path     string // its page, if it has one
	ListKey  string // message that names the list to which it belongs
	ListPath string
	Agencies []string // whose people see its history beside the operator and the auditor; none: whoever sees the thing
}

// Recalls reads histories; audit.Log does.
type Recalls interface {
	History(ctx context.Context, subject string, before int64, limit int) ([]audit.Version, error)
	StateAt(ctx context.Context, subject string, at time.Time) (*audit.Version, error)
}

const asOfParam = "as_of"

// WithPasts gives things their history: a page and an operation for it, and ?as_of= on those that show the thing.
func (s *Shell) WithPasts(routes []Route, api *API, pasts []Past) []Route {
	for _, p := range pasts {
		for i := range routes {
			if routes[i].Method == http.MethodGet && routes[i].Pattern == p.Page {
				routes[i].past = &p
				routes[i].Handler = s.orAsOf(p, routes[i].Handler)
			}
		}
		page := Get(p.Page+"/history", p.Permission, func(w http.ResponseWriter, r *http.Request) error { return s.showHistory(w, r, p) })
		page.past = &p
		routes = append(routes, page)
		api.past(p)
	}
	return routes
}

// orAsOf shows the state at a date where one is asked for.
func (s *Shell) orAsOf(p Past, now HandlerFunc) HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !r.URL.Query().Has(asOfParam) {
			return now(w, r)
		}
		if r.URL.Query().Get(asOfParam) == "" { // the field was left empty
			http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
			return nil
		}
		return s.showAsOf(w, r, p)
	}
}

// pastOf judges, as of now, whether the caller may see the thing and its history.
func (s *Shell) pastOf(r *http.Request, p Past) (PastOf, error) {
	if _, err := access.Require(r.Context(), p.Permission); err != nil {
		return PastOf{}, err
	}
	of, err := p.Of(r.Context(), r.PathValue)
	if err != nil {
		return of, err
	}
	who := access.ActorOf(r.Context())
	if who.Type == access.Anyone {
		return of, fault.New(fault.Unauthenticated, "access.sign_in_required")
	}
	if len(of.Agencies) > 0 && !who.Operates() && !slices.Contains(of.Agencies, who.Agency) {
		return of, fault.New(fault.Denied, "access.other_agency", of.Agencies[0])
	}
	return of, nil
}

// asOf reads a date (its last moment in Viet Nam, or now when it is today) or a moment; the future is refused.
func (s *Shell) asOf(text string) (time.Time, error) {
	now := s.deps.Clock.Now()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		day, err := time.ParseInLocation(time.DateOnly, text, i18n.Zone)
		if err != nil {
			return at, fault.New(fault.Invalid, "web.as_of_form", text).At(asOfParam)
		}
		if day.After(now) {
			return at, fault.New(fault.Invalid, "web.as_of_future").At(asOfParam)
		}
		if at = day.AddDate(0, 0, 1).Add(-time.Microsecond); at.After(now) {
			at = now
		}
	}
	if at.After(now) {
		return at, fault.New(fault.Invalid, "web.as_of_future").At(asOfParam)
	}
	return at, nil
}

// pastTabs are the two views of a thing with a history, for whoever may open both (invariant 2).
func (s *Shell) pastTabs(r *http.Request, p *Past) []ui.Tab {
	if p == nil || s.deps.History == nil {
		return nil
	}
	if _, err := s.pastOf(r, *p); err != nil {
		return nil
	}
	t, here := s.T(r), strings.TrimSuffix(r.URL.Path, "/history")
	inHistory := here != r.URL.Path || r.URL.Query().Get(asOfParam) != ""
	return []ui.Tab{
		{Label: t("web.past_now"), Path: pathOf(here), Current: !inHistory},
		{Label: t("web.past_history"), Path: pathOf(here) + "/history", Current: inHistory},
	}
}

func pathOf(path string) string { return (&url.URL{Path: path}).EscapedPath() }

type pastKey struct{}

func withPast(r *http.Request, p *Past) *http.Request {
	if p == nil {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), pastKey{}, p))
}

func pastIn(r *http.Request) *Past {
	p, _ := r.Context().Value(pastKey{}).(*Past)
	return p
}
