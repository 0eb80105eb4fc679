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
		c, origins, err := LoadConfig("", nil, map[string]string{"database_url": "postgres://u:geheim@db/x?sslmode=verify-full"})
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

// What other machines reach is encrypted, unless the operator says in so many words that it need not be.
func TestPlainTransportIsRefused(t *testing.T) {
	cert := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(cert, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		set  map[string]string
		want string // empty: allowed
	}{
		"this machine only":            {map[string]string{"console.listen": "127.0.0.1:1", "exchange.listen": "[::1]:2"}, ""},
		"localhost":                    {map[string]string{"console.listen": "localhost:1"}, ""},
		"every address":                {map[string]string{"console.listen": ":1"}, "console.plain_http"},
		"every IPv4 address":           {map[string]string{"exchange.listen": "0.0.0.0:1"}, "exchange.plain_http"},
		"an address of the network":    {map[string]string{"exchange.listen": "10.0.0.5:1"}, "exchange.plain_http"},
		"a name":                       {map[string]string{"console.listen": "lienthong.example:1"}, "console.plain_http"},
		"with a certificate":           {map[string]string{"console.listen": ":1", "console.tls_cert": cert, "console.tls_key": cert}, ""},
		"allowed in words":             {map[string]string{"console.listen": ":1", "console.plain_http": "true"}, ""},
		"allowed for the other one":    {map[string]string{"console.listen": ":1", "exchange.plain_http": "true"}, "console.plain_http"},
		"metrics in clear":             {map[string]string{"metrics.listen": "0.0.0.0:9187", "metrics.token_file": cert}, "metrics.tls_cert"},
		"PostgreSQL here":              {map[string]string{"database_url": "postgres://u:p@127.0.0.1/x?sslmode=disable"}, ""},
		"PostgreSQL by a socket":       {map[string]string{"database_url": "postgres:///x?host=/run/postgresql"}, ""},
		"PostgreSQL elsewhere":         {map[string]string{"database_url": "postgres://u:p@10.0.0.9/x"}, "sslmode=verify-full"},
		"PostgreSQL, not checked":      {map[string]string{"database_url": "postgres://u:p@10.0.0.9/x?sslmode=require"}, "sslmode=verify-full"},
		"PostgreSQL, another host":     {map[string]string{"database_url": "postgres://u:p@127.0.0.1/x?host=10.0.0.9"}, "sslmode=verify-full"},
		"PostgreSQL elsewhere, TLS":    {map[string]string{"database_url": "postgres://u:p@10.0.0.9/x?sslmode=verify-full"}, ""},
		"neither true nor false":       {map[string]string{"console.plain_http": "maybe"}, "neither true nor false"},
		"the password is not repeated": {map[string]string{"database_url": "postgres://u:geheim@10.0.0.9/x"}, "sslmode="},
	} {
		_, _, err := LoadConfig("", nil, c.set)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "geheim")) {
			t.Errorf("%s: %v", name, err)
		}
	}
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
