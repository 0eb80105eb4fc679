// Package archtest holds the import map of the house and the few calls that only one room may make.
package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// may lists, for each slice, the slices it may import besides kit, access, audit and document. A slice missing here fails.
var may = map[string]string{
	"agency": "", "account": "agency", "system": "agency", "dictionary": "agency",
	"catalog":    "agency dictionary",
	"warehouse":  "",
	"ingest":     "catalog system dictionary quality warehouse",
	"connection": "catalog system",
	"exchange":   "connection privacy warehouse",
	"incident":   "monitor",
	"obligation": "",
	"privacy":    "catalog dictionary",
	"vault":      "", "certificate": "",
	"release": "", "support": "", "task": "", "home": "", "review": "",
	"backup": "",
}

const module = "lienthong/"

type pkg struct {
	path    string
	imports []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), "|")
		all = append(all, pkg{path, strings.Fields(imports)})
	}
	return all
}

// room is the first folder below internal; sub is what follows it.
func room(path string) (name, sub string) {
	rest, ok := strings.CutPrefix(path, module+"internal/")
	if !ok {
		return strings.TrimPrefix(path, module), ""
	}
	name, sub, _ = strings.Cut(rest, "/")
	return name, sub
}

func TestImportMap(t *testing.T) {
	base := []string{"kit", "access", "audit", "document"}
	for _, p := range packages(t) {
		name, sub := room(p.path)
		for _, imp := range p.imports {
			if !strings.HasPrefix(imp, module) {
				continue
			}
			to, toSub := room(imp)
			if !allowed(name, sub, to, toSub, base) {
				t.Errorf("%s may not import %s", p.path, imp)
			}
		}
	}
}

func allowed(name, sub, to, toSub string, base []string) bool {
	isWeb := strings.HasSuffix(sub, "web")
	switch {
	case strings.HasSuffix(toSub, "test"):
		return strings.HasSuffix(sub, "test") || strings.HasPrefix(name, "acceptance")
	case to == name:
		return !strings.HasSuffix(toSub, "web") || isWeb
	case to == "migrations":
		return name == "app" || name == "kit" && sub == "testkit"
	}
	if strings.HasPrefix(name, "acceptance") {
		return true
	}
	switch name {
	case "cmd", "cmd/lienthong":
		return to == "cli" || to == "app"
	case "cli":
		return to == "app" || slices.Contains(base, to) || to != "web"
	case "app", "archtest", "demo":
		return true
	case "kit":
		return false
	case "document":
		return to == "kit"
	case "audit":
		return to == "kit" || isWeb && pageMay(to, toSub)
	case "access":
		return to == "kit" || to == "audit" || isWeb && pageMay(to, toSub)
	case "web":
		return slices.Contains(base, to)
	case "flow":
		return !strings.HasSuffix(toSub, "web") && to != "web" && to != "app" && to != "cli"
	}
	slices_, known := may[name]
	if !known {
		return false
	}
	if slices.Contains(base, to) {
		return !strings.HasSuffix(toSub, "web")
	}
	if isWeb {
		return pageMay(to, toSub)
	}
	return slices.Contains(strings.Fields(slices_), to) && toSub == "" || strings.HasSuffix(sub, "test") && slices.Contains(strings.Fields(slices_), to)
}

// pageMay: pages may ask several slices and the shell, and use cases that span slices.
func pageMay(to, toSub string) bool {
	return to == "web" || to == "flow" || !strings.HasSuffix(toSub, "web") && to != "app" && to != "cli"
}

func TestDrivers(t *testing.T) {
	only := map[string][]string{
		"github.com/duckdb/duckdb-go/v2":       {"internal/warehouse/duck"},
		"github.com/jackc/pgx/v5/stdlib":       {"internal/kit/controldb", "internal/kit/testkit"},
		"github.com/ncruces/go-sqlite3/driver": {"internal/kit/controldb", "internal/warehouse", "internal/audit"},
	}
	for _, p := range packages(t) {
		for _, imp := range p.imports {
			rooms, held := only[imp]
			if held && !slices.Contains(rooms, strings.TrimPrefix(p.path, module)) {
				t.Errorf("%s may not import %s: only %v", p.path, imp, rooms)
			}
		}
	}
}

// test tells packages of builders and fakes, which no shipped package imports (TestImportMap).
func test(rel string) bool { return strings.HasSuffix(filepath.Dir(rel), "test") }

// Calls that only one package may make, whatever its imports: the key to data, and the creation of a right.
func TestKeptCalls(t *testing.T) {
	kept := map[string]string{
		"Issue":       "internal/flow/read_data.go",
		"CreateGrant": "internal/flow/grant_connection.go",
		"NarrowGrant": "internal/flow/narrow_grant.go",
	}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		usesAccess := slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"`+module+`internal/access"` })
		ast.Inspect(file, func(n ast.Node) bool {
			call, isCall := n.(*ast.CallExpr)
			if !isCall {
				return true
			}
			sel, isSel := call.Fun.(*ast.SelectorExpr)
			if !isSel {
				return true
			}
			if from, isName := sel.X.(*ast.Ident); sel.Sel.Name == "Issue" && (!isName || from.Name != "access") {
				return true // another noun's Issue
			}
			if home, held := kept[sel.Sel.Name]; held && usesAccess && rel != home && !strings.HasPrefix(rel, "internal/access/") && !test(rel) {
				t.Errorf("%s calls %s, which only %s may", rel, sel.Sel.Name, home)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
