package app

import (
	"context"
	"io"
	"reflect"
	"sort"
	"strings"
	"testing"

	"lienthong/internal/audit/history"
	"lienthong/internal/web"
)

// built is the whole program in a folder of the test's own.
func built(t *testing.T) *App {
	t.Helper()
	conf, _, err := LoadConfig("", nil, map[string]string{"data_dir": t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Build(context.Background(), Options{Config: conf, Out: io.Discard, Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// What officials read in a history is words: every member that may change has a name.
func TestEveryKeptMemberHasAName(t *testing.T) {
	a := built(t)
	c, err := a.buildConsole()
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	for _, p := range c.pasts {
		for _, path := range history.Paths(p.Sample) {
			if strings.HasSuffix(path, "*") {
				continue
			}
			own, shared := web.MemberKey(p.Kind, path)
			if !a.words.Has(own) && !a.words.Has(shared) {
				missing[shared+"   ("+p.Kind+" "+path+")"] = true
			}
		}
	}
	for key := range missing {
		t.Errorf("no name: %s", key)
	}
}

// A kind that is kept and shown nowhere would be a history that nobody can read.
func TestEveryKeptKindIsShown(t *testing.T) {
	a := built(t)
	c, err := a.buildConsole()
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, p := range c.pasts {
		shown = append(shown, p.Kind)
	}
	sort.Strings(shown)
	kept := a.audit.Kept()
	sort.Strings(kept)
	if !reflect.DeepEqual(shown, kept) {
		t.Errorf("kept  %v\nshown %v", kept, shown)
	}
}
