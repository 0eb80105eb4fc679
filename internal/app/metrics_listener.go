package app

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/meter"
)

// shortestToken of metrics.token_file, so that nobody finds it by trying.
const shortestToken = 24

// checkMetrics upholds default deny: metrics tell how busy an agency is, so away from this machine they need a token.
func (c Config) checkMetrics() error {
	if c.MetricsListen == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(c.MetricsListen)
	if err != nil {
		return fmt.Errorf("metrics.listen: %q is not host:port", c.MetricsListen)
	}
	ip, err := netip.ParseAddr(host)
	if local := host == "localhost" || err == nil && ip.IsLoopback(); !local && c.MetricsToken == "" {
		return fmt.Errorf("metrics.token_file: is needed, because metrics.listen %q can be reached from other machines", c.MetricsListen)
	}
	if c.MetricsToken == "" {
		return nil
	}
	if _, err := readToken(c.MetricsToken); err != nil {
		return err
	}
	return nil
}

func readToken(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("metrics.token_file: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < shortestToken {
		return "", fmt.Errorf("metrics.token_file: the token in %s has fewer than %d characters", file, shortestToken)
	}
	return token, nil
}

// serveMetrics answers /metrics on a listener of its own, so that neither the open side nor a system of an agency
// reaches it.
func (a *App) serveMetrics(ctx context.Context, group *errgroup.Group) error {
	if a.conf.MetricsListen == "" {
		return nil
	}
	token := ""
	if a.conf.MetricsToken != "" {
		var err error
		if token, err = readToken(a.conf.MetricsToken); err != nil {
			return err
		}
	}
	l, err := listen(ctx, a.conf.MetricsListen, a.conf.MetricsCert, a.conf.MetricsKey, nil)
	if err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	handler := httpx.Secure(httpx.DataPolicy, a.conf.MetricsCert != "", metricsPage(a.meters, token))
	group.Go(func() error { return serveUntil(ctx, httpx.Server("", handler), l) })
	return nil
}

func metricsPage(set *meter.Set, token string) http.Handler {
	want := sha256.Sum256([]byte(token))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if scheme, sent, _ := strings.Cut(r.Header.Get("Authorization"), " "); token != "" {
			got := sha256.Sum256([]byte(sent))
			if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
				w.Header().Set("WWW-Authenticate", `Bearer realm="lienthong metrics"`)
				http.Error(w, "the token of metrics.token_file is needed", http.StatusUnauthorized)
				return
			}
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_ = set.Write(w) // the reader has gone; the next one comes by itself
	})
	return mux
}
