package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the content security policy refuses, or would have to be loosened for.
var forbidden = map[string]*regexp.Regexp{
	"style attribute":              regexp.MustCompile(`\sstyle\??=`),
	"style element":                regexp.MustCompile(`<style\b`),
	"inline script":                regexp.MustCompile(`<script\b[^>]*>[^<]`),
	"event attribute":              regexp.MustCompile(`\son[a-z]+=`),
	"hx-on":                        regexp.MustCompile(`\bhx-on\b`),
	"js: value":                    regexp.MustCompile(`"(js|javascript):`),
	"script of templ":              regexp.MustCompile(`(?m)^script\s+\w+\(`),
	"style of templ":               regexp.MustCompile(`(?m)^css\s+\w+\(`),
	"address outside this site":    regexp.MustCompile(`(src|srcset)=["{]?\s*"?https?://`),
	"filter that evaluates a text": regexp.MustCompile(`hx-trigger="[^"]*\[`),
}

// TestTemplatesObeyThePolicy reads every template of the program, the slices' included.
func TestTemplatesObeyThePolicy(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".templ") {
			return err
		}
		found++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for what, pattern := range forbidden {
			if at := pattern.FindIndex(text); at != nil {
				t.Errorf("%s:%d: %s is forbidden", path, 1+strings.Count(string(text[:at[0]]), "\n"), what)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 8 {
		t.Fatalf("only %d templates were found", found)
	}
}

func TestForbiddenIsFound(t *testing.T) {
	for what, sample := range map[string]string{
		"style attribute": `<p style="x">`, "event attribute": `<p onclick="x">`, "inline script": `<script>x</script>`,
		"js: value": `hx-vals="js:x"`, "hx-on": `<p hx-on:click="x">`, "script of templ": "script f() {", "style element": "<style>",
	} {
		if !forbidden[what].MatchString(sample) {
			t.Errorf("%s passes: %s", what, sample)
		}
	}
}
