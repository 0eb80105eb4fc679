package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lienthong.toml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("flag beats environment beats file beats default", func(t *testing.T) {
		write("province = \"Tỉnh A\"\n[console]\nlisten = \"127.0.0.1:1\"\n[exchange]\nlisten = \"127.0.0.1:2\"\nhosts = [\"a.test\", \"b.test\"]\n")
		c, origins, err := LoadConfig(file, []string{"LIENTHONG_EXCHANGE_LISTEN=127.0.0.1:3", "HOME=/root"}, map[string]string{"log_level": "warn"})
		if err != nil {
			t.Fatal(err)
		}
		if c.Province != "Tỉnh A" || c.ConsoleListen != "127.0.0.1:1" || c.ExchangeListen != "127.0.0.1:3" || c.LogLevel != "warn" || len(c.ExchangeHosts) != 2 {
			t.Fatalf("%+v", c)
		}
		if origins["data_dir"] != "default" || origins["exchange.listen"] != "environment LIENTHONG_EXCHANGE_LISTEN" || !strings.HasPrefix(origins["province"], "file ") {
			t.Fatalf("%v", origins)
		}
	})
	t.Run("an unknown key is an error with a suggestion", func(t *testing.T) {
		write("[console]\nlisen = \"127.0.0.1:1\"\n")
		_, _, err := LoadConfig(file, nil, nil)
		if err == nil || !strings.Contains(err.Error(), `did you mean "console.listen"`) {
			t.Fatalf("%v", err)
		}
	})
	t.Run("every mistake is listed at once", func(t *testing.T) {
		write("")
		_, _, err := LoadConfig(file, []string{"LIENTHONG_PROVINC=x"}, map[string]string{"ingest.max_bytes": "many", "portal.listen": "nowhere"})
		for _, want := range []string{"LIENTHONG_PROVINC", "ingest.max_bytes", "portal.listen"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("%s is missing in %v", want, err)
			}
		}
	})
	t.Run("a secret is never printed", func(t *testing.T) {
		c, origins, err := LoadConfig("", nil, map[string]string{"database_url": "postgres://u:geheim@db/x"})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Settings(origins) {
			if strings.Contains(s.Value, "geheim") {
				t.Fatalf("%+v", s)
			}
		}
	})
}

// The operator's guide documents every key with its default.
func TestConfigIsDocumented(t *testing.T) {
	guide, err := os.ReadFile("../../docs/operator.md")
	if err != nil {
		t.Fatal(err)
	}
	for key, f := range configFields(&Config{}) {
		if !strings.Contains(string(guide), "| `"+key+"` | `"+f.def+"` |") {
			t.Errorf("docs/operator.md has no row | `%s` | `%s` | …", key, f.def)
		}
	}
}
