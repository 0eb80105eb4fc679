package geomap

import (
	"strings"
	"testing"
)

func TestShippedMapHasEveryCommune(t *testing.T) {
	m, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	size, codes := 0, map[string]bool{}
	for _, a := range m.Areas {
		size += len(a.Outline)
		codes[a.Code] = true
		if a.Name == "" || !strings.HasPrefix(a.Outline, "M") || !strings.HasSuffix(a.Outline, "z") {
			t.Errorf("commune %s %q: %.20s", a.Code, a.Name, a.Outline)
		}
	}
	if len(codes) != 99 {
		t.Errorf("%d communes, want 99", len(codes))
	}
	if size > 60_000 {
		t.Errorf("outlines are %d bytes", size)
	}
}

func TestOutlineIsDrawnInSteps(t *testing.T) {
	m, err := Load(strings.NewReader(`{"features":[{"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]},"properties":{"code":"1","name":"Vuông"}}]}`))
	if err != nil || m.ViewBox != "0 0 1000 1001" || m.Areas[0].Outline != "M0 1000l1000 0 0-1000-1000 0 0 1000z" {
		t.Fatalf("%v %+v", err, m)
	}
}

func TestMapThatShowsNothingIsRefused(t *testing.T) {
	for _, s := range []string{``, `{}`, `{"features":[{"geometry":{"type":"Point","coordinates":[1,2]}}]}`, `{"features":[{"geometry":{"type":"Polygon","coordinates":[[[1,1]]]}}]}`} {
		if _, err := Load(strings.NewReader(s)); err == nil {
			t.Errorf("%q is a map", s)
		}
	}
}
