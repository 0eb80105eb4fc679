package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"lienthong/internal/kit/httpx"
)

// stopWithin is how long calls that run may take to end after a stop was asked for.
const stopWithin = 15 * time.Second

// Serve builds the platform, listens, and returns when the context ends or a part fails.
func Serve(ctx context.Context, o Options) (err error) {
	httpx.TuneCollector()
	a, err := Build(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.access.RecoverUsage(ctx); err != nil { // before the first call, so that a restart gives no quota anew
		return err
	}
	console, err := a.consoleHandler()
	if err != nil {
		return err
	}
	exchange, err := a.exchangeServer()
	if err != nil {
		return err
	}
	// Both addresses are taken before anything is announced, so that a busy port is told at once.
	consoleAt, err := listen(ctx, a.conf.ConsoleListen, a.conf.ConsoleCert, a.conf.ConsoleKey, nil)
	if err != nil {
		return fmt.Errorf("console: %w", err)
	}
	var ask func(*tls.Config)
	if a.conf.ExchangeAsks {
		ask = a.clientCertificates
	}
	exchangeAt, err := listen(ctx, a.conf.ExchangeListen, a.conf.ExchangeCert, a.conf.ExchangeKey, ask)
	if err != nil {
		return errors.Join(fmt.Errorf("exchange: %w", err), consoleAt.Close())
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return serveUntil(running, httpx.Server("", console), consoleAt) })
	group.Go(func() error { return serveExchange(running, exchange, exchangeAt) })
	group.Go(func() error { return a.serveControl(running) })
	a.measure(exchange)
	if err := a.serveMetrics(running, group); err != nil {
		return errors.Join(err, exchangeAt.Close(), consoleAt.Close())
	}
	a.startWork(running, group)
	if err := a.announce(running); err != nil {
		return errors.Join(err, exchangeAt.Close(), consoleAt.Close())
	}
	if a.opts.populated() {
		group.Go(func() error { return a.liveDemo(running) })
	}
	return group.Wait()
}

// listen takes an address; with a certificate it speaks TLS 1.2 or newer and nothing else. more completes how it does.
func listen(ctx context.Context, addr, cert, key string, more func(*tls.Config)) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	if cert == "" {
		return l, nil
	}
	conf, err := tlsConfig(cert, key)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if more != nil {
		more(conf)
	}
	return tls.NewListener(l, conf), nil
}

// tlsConfig prefers TLS 1.3. Of TLS 1.2 only suites with forward secrecy and authenticated encryption are left: Go's own
// list still has CBC with SHA-1.
func tlsConfig(cert, key string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("read the TLS certificate: %w", err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, Renegotiation: tls.RenegotiateNever,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	}, nil
}

// serveUntil serves until the context ends, then lets the calls that run finish.
func serveUntil(ctx context.Context, srv *http.Server, l net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := srv.Shutdown(late); err != nil {
		return errors.Join(fmt.Errorf("stop: %w", err), srv.Close())
	}
	return nil
}
