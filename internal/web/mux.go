package web

import (
	"errors"
	"fmt"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// NewMux checks the route table, gives the shell its menu and answers with the whole site. Call it once.
func NewMux(s *Shell, routes []Route, apis ...*API) (http.Handler, error) {
	all, err := Table(s, routes, apis...)
	if err != nil {
		return nil, err
	}
	st := &site{shell: s, mux: http.NewServeMux()}
	var wrong []error
	for _, rt := range all {
		if err := errors.Join(rt.check(), st.register(rt)); err != nil {
			wrong = append(wrong, err)
		}
	}
	for _, key := range missingLabels(all, s.deps.Catalog) {
		wrong = append(wrong, fmt.Errorf("menu label %s has no sentence", key))
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("route table: %w", errors.Join(wrong...))
	}
	s.menu = all
	return s.around(st), nil
}

// Table is every route of the site, the shell's own and the API's included: what `lienthong routes` lists.
func Table(s *Shell, routes []Route, apis ...*API) ([]Route, error) {
	all := append(s.ownRoutes(), routes...)
	for _, a := range apis {
		more, err := a.finish()
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// site finds the route of a request.
type site struct {
	shell *Shell
	mux   *http.ServeMux
}

// register adds a route to the mux; the mux's panic about a pattern becomes an error that names the route.
func (st *site) register(rt Route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("route %s %s: %v", rt.Method, rt.Pattern, p)
		}
	}()
	st.mux.HandleFunc(rt.Method+" "+rt.Pattern, func(w http.ResponseWriter, r *http.Request) {
		st.shell.serve(w, r, rt)
	})
	return nil
}

func (st *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := st.mux.Handler(r); pattern != "" {
		st.mux.ServeHTTP(w, r)
		return
	}
	// The mux would answer in plain text; only its status and its list of methods are of use.
	probe := &unsent{header: http.Header{}}
	st.mux.ServeHTTP(probe, r)
	refusal := fault.New(fault.NotFound, "web.no_page")
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		refusal = fault.New(fault.Method, "web.method_not_allowed")
	}
	ctx, err := st.shell.deps.Authenticate(r)
	if err == nil {
		r = r.WithContext(ctx) // the error page then keeps the reader's menu
	}
	st.shell.fail(w, r, refusal, isAPI(r))
}

// serve authenticates, checks the permission beside the path and calls the handler. The service checks again and is the
// authority.
func (s *Shell) serve(w http.ResponseWriter, r *http.Request, rt Route) {
	a, _ := w.(*answer)
	if a != nil {
		a.pattern = rt.Pattern
	}
	s.limit(w, r, rt)
	if brokenAddress(r) {
		s.fail(w, r, fault.New(fault.Malformed, "web.address_no_text"), rt.JSON)
		return
	}
	if nulAddress(r) {
		s.fail(w, r, nulFault(fault.Malformed), rt.JSON)
		return
	}
	if !rt.anonymous {
		ctx, err := s.deps.Authenticate(r)
		if err != nil {
			s.fail(w, r, fmt.Errorf("find who calls: %w", err), rt.JSON)
			return
		}
		r = r.WithContext(ctx)
		if a != nil {
			a.actor = access.ActorOf(ctx).ID
		}
	}
	if _, err := access.Require(r.Context(), rt.Permission); err != nil {
		s.fail(w, r, err, rt.JSON)
		return
	}
	if err := rt.Handler(w, withPast(r, rt.past)); err != nil {
		s.fail(w, r, err, rt.JSON)
	}
}

// unsent takes an answer that nobody is to see.
type unsent struct {
	header http.Header
	status int
}

func (u *unsent) Header() http.Header         { return u.header }
func (u *unsent) Write(p []byte) (int, error) { return len(p), nil }
func (u *unsent) WriteHeader(status int)      { u.status = status }
