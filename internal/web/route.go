package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"lienthong/internal/access"
)

// HandlerFunc serves a route. An error it returns is answered in one place.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Route is one line of the route table.
type Route struct {
	Method     string
	Pattern    string // path in the form of http.ServeMux
	Permission access.Permission
	Nav        *Nav // place in the menu, if it has one
	Handler    HandlerFunc
	MaxBody    int64 // bytes; 0 means DefaultBody
	Slow       bool  // an upload or download, which may take long over a slow line
	JSON       bool  // an operation of the API: its errors are problems

	past      *Past
	anonymous bool // static files: nobody is looked up
}

// DefaultBody is the most that a form may carry.
const DefaultBody = 1 << 20

// Get is a page that changes nothing.
func Get(pattern string, p access.Permission, h HandlerFunc) Route {
	return Route{Method: http.MethodGet, Pattern: pattern, Permission: p, Handler: h}
}

// Post is a form that changes something.
func Post(pattern string, p access.Permission, h HandlerFunc) Route {
	return Route{Method: http.MethodPost, Pattern: pattern, Permission: p, Handler: h}
}

// InMenu puts the page into the menu.
func (rt Route) InMenu(n Nav) Route {
	rt.Nav = &n
	return rt
}

// Accepting raises the size of the body for uploads, and gives them time.
func (rt Route) Accepting(bytes int64) Route {
	rt.MaxBody, rt.Slow = bytes, true
	return rt
}

// Slowly gives a download time.
func (rt Route) Slowly() Route {
	rt.Slow = true
	return rt
}

// Line is the route as `lienthong routes` lists it.
func (rt Route) Line() string {
	return fmt.Sprintf("%-6s %-56s %s", rt.Method, rt.Pattern, rt.Permission)
}

// check upholds invariant 1 and what ServeMux would only find by panicking.
func (rt Route) check() error {
	switch {
	case rt.Permission == "":
		return fmt.Errorf("route %s %s names no permission; a public page says access.Public", rt.Method, rt.Pattern)
	case rt.Handler == nil:
		return fmt.Errorf("route %s %s has no handler", rt.Method, rt.Pattern)
	case !strings.HasPrefix(rt.Pattern, "/"):
		return fmt.Errorf("route %s %q does not begin with /", rt.Method, rt.Pattern)
	case rt.Nav != nil && (rt.Method != http.MethodGet || strings.Contains(strings.ReplaceAll(rt.Pattern, "{$}", ""), "{")):
		return fmt.Errorf("route %s %s cannot stand in the menu: only pages without parameters can", rt.Method, rt.Pattern)
	case rt.Nav != nil && !slices.Contains(groups, rt.Nav.Group):
		return fmt.Errorf("route %s %s stands in the unknown menu group %q", rt.Method, rt.Pattern, rt.Nav.Group)
	case rt.Nav != nil && !rt.Nav.Icon.Known():
		return fmt.Errorf("route %s %s has the unknown icon %q", rt.Method, rt.Pattern, rt.Nav.Icon)
	}
	return nil
}

// path is the address of a page without parameters.
func (rt Route) path() string { return strings.TrimSuffix(rt.Pattern, "{$}") }
