// Package static serves the built style sheet, script, fonts and pictures.
//
// Owns: the committed output of assets/ (folder dist), its names with hashes, how it is cached and compressed.
// Does not own: the sources, which are in assets/.
//
// Invariants:
//  1. A name holds the hash of its content, so it may be kept for ever.
//  2. Only what the manifest lists is served.
//
// Start reading at Load.
package static

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"

	"lienthong/internal/web/ui"
)

//go:embed dist
var dist embed.FS

// Path is where the files are served.
const Path = "/static/"

// Files are the built files, in memory.
type Files struct {
	byName map[string]file
	links  ui.Assets
}

type file struct {
	kind  string
	plain []byte
	br    []byte
	gz    []byte
}

// Load reads the files that were built into the program.
func Load() (*Files, error) {
	raw, err := dist.ReadFile("dist/manifest.json")
	if err != nil {
		return nil, fmt.Errorf("read manifest of static files: %w", err)
	}
	var manifest map[string]string // source name to built name
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return nil, fmt.Errorf("read manifest of static files: %w", err)
	}
	f := &Files{byName: make(map[string]file, len(manifest))}
	for _, name := range manifest {
		one, err := read(name)
		if err != nil {
			return nil, err
		}
		f.byName[name] = one
	}
	link := func(source string) string { return Path + manifest[source] }
	f.links = ui.Assets{
		Style: link("app.css"), Script: link("app.js"), Icon: link("icon.svg"),
		FontRegular: link("be-vietnam-pro-vietnamese-400.woff2"), FontBold: link("be-vietnam-pro-latin-400.woff2"),
	}
	for _, source := range []string{"app.css", "app.js", "icon.svg", "be-vietnam-pro-vietnamese-400.woff2", "be-vietnam-pro-latin-400.woff2"} {
		if manifest[source] == "" {
			return nil, fmt.Errorf("static file %s was not built", source)
		}
	}
	return f, nil
}

func read(name string) (file, error) {
	plain, err := dist.ReadFile("dist/" + name)
	if err != nil {
		return file{}, fmt.Errorf("read static file: %w", err)
	}
	br, _ := dist.ReadFile("dist/" + name + ".br") // what is compressed already has none
	gz, _ := dist.ReadFile("dist/" + name + ".gz")
	kinds := map[string]string{
		".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2",
	}
	kind := kinds[path.Ext(name)]
	if kind == "" {
		return file{}, fmt.Errorf("static file %s has no known type", name)
	}
	return file{kind: kind, plain: plain, br: br, gz: gz}, nil
}

// Weight is the most that a first visit loads of these files, compressed.
func (f *Files) Weight() int {
	total := 0
	for _, one := range f.byName {
		if one.br != nil {
			total += len(one.br)
			continue
		}
		total += len(one.plain)
	}
	return total
}

// Links are the addresses that the layout names.
func (f *Files) Links() ui.Assets { return f.links }

// Serve answers with the file of that name; it reports false when there is none.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request, name string) bool {
	one, ok := f.byName[name]
	if !ok {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", one.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable") // invariant 1
	h.Set("Vary", "Accept-Encoding")
	body, accepts := one.plain, r.Header.Get("Accept-Encoding")
	switch {
	case one.br != nil && strings.Contains(accepts, "br"):
		body = one.br
		h.Set("Content-Encoding", "br")
	case one.gz != nil && strings.Contains(accepts, "gzip"):
		body = one.gz
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return true
}
