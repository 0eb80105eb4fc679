package acceptance

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"encoding/base64"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/testkit/browser"
)

// LIENTHONG_TEST_PICTURES names a folder that keeps a picture of every page that these tests open.
const picturesEnv = "LIENTHONG_TEST_PICTURES"

// visitor looks at pages in a real browser.
type visitor struct {
	t    *testing.T
	b    *browser.Browser
	base string
	seen int
}

func newVisitor(t *testing.T, base string) *visitor {
	return &visitor{t: t, b: browser.New(t), base: base}
}

// become signs the browser in as somebody; an empty token is nobody.
func (v *visitor) become(token, lang string) {
	v.b.Forget()
	if token != "" {
		v.b.Carry(v.base, &http.Cookie{Name: "lienthong", Value: token})
	}
	v.b.Carry(v.base, &http.Cookie{Name: "lang", Value: lang})
}

// look opens a page on a desk and on a phone.
func (v *visitor) look(name, path string) {
	v.t.Helper()
	v.b.Width(1280)
	v.b.Open(v.base + path)
	v.judge(name, 1280)
	v.b.Width(360)
	v.judge(name, 360)
}

// judge holds the page that is open against what every page owes.
func (v *visitor) judge(name string, width int) {
	v.t.Helper()
	v.seen++
	for _, found := range v.b.Violations() {
		v.t.Errorf("%s at %d: %s", name, width, found)
	}
	for _, said := range v.b.Complaints() {
		v.t.Errorf("%s at %d: %s", name, width, said)
	}
	if wide := v.b.Wide(); wide != "" {
		v.t.Errorf("%s at %d: wider than the screen: %s", name, width, wide)
	}
	if v.b.Say(`document.querySelectorAll("[style], style, script:not([src])").length`) != "0" {
		v.t.Errorf("%s at %d: style or script within the page", name, width)
	}
	v.keep(name, width)
}

func (v *visitor) keep(name string, width int) {
	dir := os.Getenv(picturesEnv)
	if dir == "" {
		return
	}
	png, err := base64.StdEncoding.DecodeString(v.b.Picture())
	if err != nil {
		v.t.Fatal(err)
	}
	file := strings.NewReplacer("/", "_", "{", "", "}", "", "$", "", " ", "-").Replace(name)
	if err := os.WriteFile(filepath.Join(dir, file+map[bool]string{true: "-360", false: ""}[width == 360]+".png"), png, 0o600); err != nil {
		v.t.Fatal(err)
	}
}

var (
	linkTo   = regexp.MustCompile(`(?:href|hx-get)="(/[^"#]*)`)
	segments = regexp.MustCompile(`\{[^}]+\}`)
)

// matcher of a route's pattern.
func (r route) matcher() *regexp.Regexp {
	text := regexp.QuoteMeta(strings.TrimSuffix(r.pattern, "{$}"))
	return regexp.MustCompile("^" + regexp.MustCompile(`\\\{[^}]+\\\}`).ReplaceAllString(text, "[^/]+") + "$")
}

// page reports whether a route answers people with a page.
func (r route) page() bool {
	return r.method == http.MethodGet && !r.api() && !strings.HasPrefix(r.pattern, "/static/") && !strings.HasPrefix(r.pattern, "/certificate/") && !strings.HasPrefix(r.pattern, "/audit/log/") &&
		r.pattern != "/livez" && r.pattern != "/readyz" && !strings.HasSuffix(r.pattern, ".csv") && !strings.HasSuffix(r.pattern, ".json") && !strings.HasSuffix(r.pattern, ".docx") && !strings.HasSuffix(r.pattern, ".xlsx") &&
		!strings.HasSuffix(r.pattern, "/files/{kind}") && !strings.HasPrefix(r.pattern, "/catalog/template/") && !strings.HasSuffix(r.pattern, "/paper") && r.pattern != "/ingest/template" && r.pattern != "/ingest/{id}/progress" // files, and a part of a page
}

// find is a page that somebody can open: which pattern, at which path, by whom.
type find struct{ path, token string }

// walk follows links from the first page, tries what no link led to, and gives one page of every pattern.
func walk(t *testing.T, routes []route, base string, people map[string]string) map[string]find {
	t.Helper()
	found, ids := map[string]find{}, map[string][]string{} // ids: paths that links lead to, by the pattern they fit
	matchers := map[string]*regexp.Regexp{}
	for _, r := range routes {
		if r.page() {
			matchers[r.pattern] = r.matcher()
		}
	}
	patternOf := func(path string) string {
		best := ""
		for p, m := range matchers {
			if m.MatchString(path) && (best == "" || strings.Count(p, "{") < strings.Count(best, "{")) {
				best = p
			}
		}
		return best
	}
	names := make([]string, 0, len(people))
	for name := range people {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c := harness.NewClient(t, base)
		if people[name] != "" {
			c = c.With("Cookie", "lienthong="+people[name])
		}
		queue, tried := []string{"/"}, map[string]int{}
		for len(queue) > 0 {
			path := queue[0]
			queue = queue[1:]
			a := c.Get(path)
			if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
				continue
			}
			if p := patternOf(strings.SplitN(path, "?", 2)[0]); p != "" && found[p].path == "" {
				found[p] = find{path, people[name]}
			}
			for _, m := range linkTo.FindAllStringSubmatch(string(a.Body), -1) {
				next := html.UnescapeString(m[1])
				u, err := url.Parse(next)
				if err != nil || u.Query().Has("lang") {
					continue
				}
				p := patternOf(u.Path)
				if p == "" || tried[p] >= 6 || slices.Contains(ids[p], name+next) {
					continue
				}
				tried[p]++
				ids[p] = append(ids[p], name+next)
				queue = append(queue, next)
			}
		}
	}
	for p := range matchers {
		if found[p].path != "" {
			continue
		}
		for _, path := range guesses(p, found, ids) {
			for _, name := range names {
				c := harness.NewClient(t, base).With("Cookie", "lienthong="+people[name])
				if a := c.Get(path); found[p].path == "" && a.Status == http.StatusOK && strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
					found[p] = find{path, people[name]}
				}
			}
		}
	}
	return found
}

// guesses are paths of a pattern to which no link led: with the ids that links to its parent had.
func guesses(pattern string, found map[string]find, ids map[string][]string) []string {
	at := strings.LastIndex(pattern, "/")
	parent, step := pattern[:at], pattern[at:]
	if !strings.Contains(pattern, "{") {
		return []string{strings.TrimSuffix(pattern, "{$}")}
	}
	var list []string
	for _, known := range append(ids[parent], found[parent].path) {
		if i := strings.Index(known, "/"); i >= 0 && !strings.Contains(step, "{") {
			list = append(list, strings.SplitN(known[i:], "?", 2)[0]+step)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Every page of the route table, as a person reaches it by links, on a desk and on a phone: axe finds nothing, nothing is
// wider than the screen, nothing breaks the policy of contents.
func TestEveryPageIsFitToBeSeen(t *testing.T) {
	s := harness.Start(t, harness.Options{Demo: true})
	soon(t, "the demo", func() bool { return strings.Contains(s.Output(), "demo: ready") || !s.Alive() })
	open := harness.NewClient(t, s.Console)
	people := map[string]string{"": ""}
	for _, name := range []string{"quantri.hethong", "vanhanh.thamdinh", "vanhanh.pheduyet", "vanhanh.kythuat", "vanhanh.kythuat2", "vanhanh.antoan", "thanhtra.kiemtra",
		"ubnd.lanhdao", "nnmt.daumoi", "nnmt.lanhdao", "giaoduc.daumoi", "giaoduc.lanhdao", "yte.daumoi", "yte.lanhdao", "motcua.yty", "bacha.canbo", "nhathau.datlich"} {
		var got struct{ Token string }
		ok(t, open.Post("/api/v1/account/sign-in", m{"username": name, "password": demoPassword, "code": demoCode(t, open, name)}), http.StatusOK).Into(t, &got)
		people[name] = got.Token
	}
	routes := routesOf(t)
	found := walk(t, routes, s.Console, people)
	v := newVisitor(t, s.Console)
	token, sees := "none yet", 0
	for _, r := range routes {
		f, reached := found[r.pattern]
		if !reached {
			continue
		}
		sees++
		if f.token != token {
			token = f.token
			v.become(token, "vi")
		}
		v.look(r.pattern, f.path)
	}
	t.Logf("%d pages seen by links", sees)
	for _, r := range routes {
		if _, reached := found[r.pattern]; r.page() && !reached && unlinked(r.pattern) == "" {
			t.Errorf("nobody could open %s", r.pattern)
		}
	}
	for _, page := range []string{"", "/dataset", "/request", "/empty", "/form", "/map", "/mark", "/sign-in", "/forbidden", "/broken"} {
		v.look("gallery"+page, "/gallery"+page)
	}
	v.become(people["bacha.canbo"], "vi")
	v.look("forbidden", "/account/new")
	v.look("not found", "/catalog/H38.05/khong-co")
	v.become(people["nnmt.daumoi"], "vi")
	for _, path := range []string{"/catalog/new", "/connections/new", "/ingest/new"} {
		v.b.Width(1280)
		v.b.Open(v.base + path)
		v.b.Say(`(f => { f.noValidate = true; document.title = "sent"; f.requestSubmit() })(document.querySelector("main form[method=post]"))`)
		v.b.Until(`document.readyState === "complete" && document.title !== "sent"`)
		v.judge("refused "+path, 1280)
		v.b.Width(360)
		v.judge("refused "+path, 360)
	}
}

// unlinked says why nothing of a living demo leads to a page.
func unlinked(pattern string) string {
	switch {
	case strings.HasPrefix(pattern, "/sign-in/") || strings.HasPrefix(pattern, "/password/") || pattern == "/set-up" || strings.HasPrefix(pattern, "/me/identities"):
		return "a step on the way in"
	case pattern == "/access/purposes/{code}/history":
		return "nobody has added a purpose in the demo"
	case strings.HasPrefix(pattern, "/release/publications/{id}"):
		return "nobody of the demo has asked to publish openly: its open data list is not issued"
	case strings.HasPrefix(pattern, "/catalog/unowned/{id}"):
		return "all data of the demo has an owner (R20.2)"
	case pattern == "/catalog/import/{id}":
		return "a filled-in form, which lives a day"
	case strings.HasPrefix(pattern, "/catalog/report"):
		return "leads on, or lies under the pattern of a dataset; register's own tests open each report"
	case strings.HasPrefix(pattern, "/access/templates/"):
		return "no agency of the demo has a sharing policy; acceptance of R20.4b opens them"
	case strings.HasPrefix(pattern, "/reviews/excess/{grant}") || strings.HasPrefix(pattern, "/reviews/asks/{id}"):
		return "no right of the demo is beyond its use yet, and no owner has asked; acceptance of R21.2c and R20.4a opens them"
	case strings.HasSuffix(pattern, "/diff"):
		return "nothing of the demo's dictionary has a second version in force; acceptance of R11.6b opens it"
	case pattern == "/system/{id}/level/{lid}/file/{which}":
		return "a file"
	case pattern == "/system/{id}/credential/{cid}/revoke":
		return "a step behind the page of a system, which the walk opens for others of the demo's systems"
	case pattern == "/me/second-factor":
		return "for those who have none; the empty platform shows it"
	case strings.HasSuffix(pattern, "/pick-up") || strings.HasSuffix(pattern, "/client-key/{kid}/revoke") || strings.HasPrefix(pattern, "/system/{id}/certificate"):
		return "a credential that none of the demo's systems has"
	case segments.MatchString(pattern) && strings.HasPrefix(pattern, "/connections/"):
		return "a step that none of the demo's requests is at"
	case strings.HasPrefix(pattern, "/catalog/{owner}/{slug}/"):
		return "a step that none of the demo's datasets is at"
	}
	return ""
}

// uiWords are the words of the interface, without what the platform holds or people are called.
const uiWords = `[...document.querySelectorAll("nav, h1, h2, h3, label, legend, button, th, dt, summary, main p, main small, title")]
	.filter((e) => !e.closest("[lang=vi], svg, td, option, pre, code, .person")).map((e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join(" ")).join("\n")`

// A person without a mouse, in a browser without scripts, signs in, finds an agency and changes the language.
func TestByKeyboardAndWithoutScript(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	admin := s.SetUpAdmin(t)
	if a := admin.Post("/agency/import/profile", ""); a.Status >= 400 {
		t.Fatal(a)
	}
	head := admin.Hire(t, "lanh.dao", "Lê Lãnh Đạo", operator, nil, "leader")
	b := browser.New(t)
	b.Call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.Width(360)
	b.Open(s.Console + "/sign-in")
	reach := func(what string) {
		t.Helper()
		for range 60 {
			if b.Say(`String(document.activeElement?.matches(`+"`"+what+"`"+`) ?? false)`) == "true" {
				if b.Say(`getComputedStyle(document.activeElement).outlineStyle`) == "none" && b.Say(`getComputedStyle(document.activeElement).boxShadow`) == "none" {
					t.Errorf("nobody sees that %s has the focus", what)
				}
				return
			}
			b.Press("Tab")
		}
		t.Fatalf("the keyboard never reaches %s on %s", what, b.Say("location.href"))
	}
	reach("[name=username]")
	b.Type(head.Username)
	reach("[name=password]")
	b.Type(harness.Password)
	b.Press("Enter")
	b.Until(`location.pathname !== "/sign-in"`)
	b.Open(s.Console + "/agency")
	reach("main input[type=search], main form input:not([type=hidden])")
	b.Type("khong co")
	b.Press("Enter")
	b.Until(`location.search.includes("khong")`)
	reach("a[href*='lang=en'], button[value=en], [name=lang]")
	b.Press("Enter")
	b.Until(`document.documentElement.lang === "en"`)
	if said := b.Complaints(); len(said) > 0 {
		t.Error(said)
	}
}

// A platform that holds nothing yet: every page says so and what to do, and speaks English when it is asked to.
func TestEmptyPagesAndTheEnglishSwitch(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	admin := s.SetUpAdmin(t)
	v := newVisitor(t, s.Console)
	for _, r := range routesOf(t) {
		if !r.page() || strings.Contains(strings.TrimSuffix(r.pattern, "{$}"), "{") {
			continue
		}
		path := strings.TrimSuffix(r.pattern, "{$}")
		v.become(admin.Token(), "en")
		v.b.Width(1280)
		v.b.Open(v.base + path)
		text := strings.NewReplacer("Tiếng Việt", "", "Lào Cai", "", "Liên thông", "", "Điều", "", "Quản Trị Viên", "", "17.1đ", "17.1").Replace(v.b.Say(uiWords))
		for _, line := range strings.Split(text, "\n") {
			if vietnamese(line) {
				t.Errorf("%s in English says: %s", r.pattern, line)
			}
		}
		v.judge("empty "+r.pattern, 1280)
		v.b.Width(360)
		v.judge("empty "+r.pattern, 360)
	}
}
