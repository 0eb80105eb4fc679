package support

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"lienthong/internal/kit/i18n"
)

func TestLintFindsAPlantedWord(t *testing.T) {
	for _, c := range []struct {
		name string
		text i18n.Text
		want string // forbidden word, empty for none
	}{
		{"foreign word", i18n.Text{Vi: "Dataset này chưa công bố."}, "dataset"},
		{"other name of the owner", i18n.Text{Vi: "Hãy hỏi nhà cung cấp dữ liệu."}, "nhà cung cấp dữ liệu"},
		{"other name of the platform", i18n.Text{Vi: "Gọi qua Gateway."}, "gateway"},
		{"typing error of the regulation", i18n.Text{Vi: "Xem tại Công dữ liệu mở."}, "công dữ liệu mở"},
		{"second typing error", i18n.Text{Vi: "Bảo đảm thông nhất."}, "thông nhất"},
		{"decomposed text", i18n.Text{Vi: "Ba\u0309o \u0111a\u0309m tho\u0302ng nha\u0302\u0301t."}, "thông nhất"},
		{"end of the sentence", i18n.Text{Vi: "Xem log."}, "log"},
		{"English", i18n.Text{Vi: "Kho dữ liệu dùng chung", En: "The data lake"}, "data lake"},
		{"right words", i18n.Text{Vi: "Chủ quản dữ liệu công bố tập dữ liệu trên Cổng dữ liệu mở, thống nhất với Từ điển.", En: "The gateway and the dataset"}, ""},
		{"part of an address", i18n.Text{Vi: "Mô tả tại /log/dataset và log.read, dataset_code."}, ""},
		{"part of a longer word", i18n.Text{Vi: "Logic của datasets"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			catalog, err := i18n.NewCatalog(i18n.Messages{"planted.text": c.text})
			if err != nil {
				t.Fatal(err)
			}
			found := Lint(catalog)
			switch {
			case c.want == "" && len(found) > 0:
				t.Fatalf("found %v", found)
			case c.want != "" && (len(found) != 1 || !strings.Contains(found[0], "planted.text: “"+c.want+"”")):
				t.Fatalf("found %v, want %q", found, c.want)
			}
		})
	}
}

func TestGlossaryObeysTheLint(t *testing.T) {
	_, glossary := load(t).Search("")
	for _, x := range glossary {
		for _, wrong := range LintVietnamese(x.Noun, x.Vi) {
			t.Error(wrong)
		}
	}
}

// The whole house: every sentence that any package declares, and every text that stands in a template.
func TestNoSentenceUsesAForbiddenWord(t *testing.T) {
	sentences, templates := 0, 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case strings.HasSuffix(path, ".templ"):
			templates++
			return lintTemplate(t, path)
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_templ.go"):
			n, err := lintSource(t, path)
			sentences += n
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if sentences < 100 || templates < 5 {
		t.Fatalf("only %d sentences and %d templates were read: the check looks in the wrong place", sentences, templates)
	}
}

// lintSource checks the sentences of the literals of i18n.Messages and i18n.Text in a source file.
func lintSource(t *testing.T, path string) (int, error) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return 0, err
	}
	uses := slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return strings.HasSuffix(i.Path.Value, `/kit/i18n"`) })
	if !uses {
		return 0, nil
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		pair, ok := node.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		name, isName := pair.Key.(*ast.Ident)
		value, isText := pair.Value.(*ast.BasicLit)
		if !isName || !isText || value.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(value.Value)
		if err != nil {
			return true
		}
		switch name.Name {
		case "Vi":
			n++
			report(t, LintVietnamese(path, text))
		case "En":
			report(t, lint(path, text, inEnglish))
		}
		return true
	})
	return n, nil
}

// lintTemplate checks the lines of a template that hold Vietnamese; the others are code.
func lintTemplate(t *testing.T, path string) error {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "//") || !strings.ContainsFunc(line, func(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) }) {
			continue
		}
		report(t, LintVietnamese(path, line))
	}
	return nil
}

func report(t *testing.T, found []string) {
	t.Helper()
	for _, wrong := range found {
		t.Error(wrong)
	}
}
