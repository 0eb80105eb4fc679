package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"lienthong/internal/kit/secret"
)

func TestTokens(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		tok := secret.NewToken(32)
		if len(tok) != 43 || strings.ContainsAny(tok, "+/= ") || seen[tok] {
			t.Fatal(tok)
		}
		seen[tok] = true
	}
	h := secret.HashToken("abc")
	if h != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Fatal(h)
	}
	if !secret.EqualHash(h, secret.HashToken("abc")) || secret.EqualHash(h, secret.HashToken("abd")) || secret.EqualHash(h, "") || secret.EqualHash(h, h[:63]) {
		t.Fatal("comparison")
	}
}

func TestRedactedIsMaskedByEveryRoad(t *testing.T) {
	const hidden = "hunter2"
	r := secret.Redacted(hidden)
	type config struct {
		Password secret.Redacted
		List     []secret.Redacted
		Map      map[string]secret.Redacted
	}
	c := config{r, []secret.Redacted{r}, map[string]secret.Redacted{"k": r}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "a", r, "b", c, "c", &r)
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "a", r, "b", c)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{log.String(), string(asJSON), r.String(), fmt.Sprint(r, c, &c), fmt.Errorf("bad %v", r).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %[1]d", "%10s", "%c"} {
		out = append(out, fmt.Sprintf(verb, r), fmt.Sprintf(verb, c))
	}
	for _, s := range out {
		if strings.Contains(s, hidden) || strings.Contains(strings.ToLower(s), "68756e74657232") {
			t.Errorf("shown in %q", s)
		}
	}
	if r.Reveal() != hidden || string(asJSON) != `{"Password":"•••","List":["•••"],"Map":{"k":"•••"}}` {
		t.Error(string(asJSON))
	}
}
