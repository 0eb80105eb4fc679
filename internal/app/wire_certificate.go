package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"sync/atomic"

	"lienthong/internal/access"
	"lienthong/internal/certificate"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/system"
	"lienthong/internal/task"
)

// buildCertificates makes the platform's authority; the exchange ends what is bound to a certificate, and the inbox tells
// whose certificate ends soon.
func (a *App) buildCertificates() {
	a.certificates = certificate.NewService(certificate.Parts{
		DB: a.db, Log: a.audit, Clock: a.clock, Vault: a.vault, Systems: systemOwners{a.system}, Organization: a.conf.Province, Site: a.consoleURL(),
		Days: int(a.conf.CertificateDays), Hooks: certificate.Hooks{Ended: a.certificateEnded, Due: a.certificateDue, Served: a.certificateServed},
	})
	a.system.OnKeyDue(a.keyDue)
	a.vault.OnRewrap("certificate", a.certificates.Reseal)
}

func (a *App) certificateEnded(ctx context.Context, q controldb.Querier, c *certificate.Certificate) error {
	return a.exchange.RevokeBound(ctx, q, c.System, c.Thumbprint)
}

func (a *App) certificateDue(ctx context.Context, q controldb.Querier, c *certificate.Certificate, owner string) error {
	return a.task.Open(ctx, q, task.Task{
		Kind: "certificate.renew", Agency: owner, Role: access.Steward, Subject: "certificate/" + c.Serial, Path: "/system/" + c.System,
		TitleKey: "certificate.due_task", TitleArgs: []string{c.System, c.Serial[:8]}, DueAt: c.ValidTo,
	})
}

// keyDue tells the agency of a system that one of its keys ends soon. The task ends with the key.
func (a *App) keyDue(ctx context.Context, q controldb.Querier, sys *system.System, k *system.ClientKey) error {
	if !k.ValidAt(a.clock.Now()) {
		return a.task.Done(ctx, q, "system.client_key", "system.client_key/"+k.ID)
	}
	return a.task.Open(ctx, q, task.Task{
		Kind: "system.client_key", Agency: sys.Owner, Role: access.Steward, Subject: "system.client_key/" + k.ID, Path: "/system/" + sys.ID,
		TitleKey: "system.client_key_task", TitleArgs: []string{sys.Name, k.KID}, DueAt: k.ValidTo,
	})
}

func (a *App) certificateServed(ctx context.Context, q controldb.Querier, c *certificate.Certificate) error {
	return a.task.Done(ctx, q, "certificate.renew", "certificate/"+c.Serial)
}

// exchangeCertificates knows client certificates for the exchange.
type exchangeCertificates struct{ *certificate.Service }

func (c exchangeCertificates) Holder(ctx context.Context, thumbprint string) (exchange.Holder, bool, error) {
	system, until, inForce, err := c.Service.Holder(ctx, thumbprint)
	return exchange.Holder{System: system, Until: until}, inForce, err
}

// clientCertificates makes the listener ask its callers for a certificate once there is an authority that gave any. It
// asks and does not demand: clients with a secret have none. What a certificate is worth is judged at each call, so that
// a refusal is answered and recorded like any other.
func (a *App) clientCertificates(base *tls.Config) {
	type asking struct {
		pool *x509.CertPool
		conf *tls.Config
	}
	var last atomic.Pointer[asking]
	base.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		pool, err := a.certificates.Pool(hello.Context())
		if err != nil {
			return nil, err
		}
		if pool == nil {
			return nil, nil //nolint:nilnil // the base configuration, which asks for none
		}
		kept := last.Load()
		if kept == nil || !kept.pool.Equal(pool) {
			conf := base.Clone()
			conf.GetConfigForClient, conf.ClientAuth, conf.ClientCAs = nil, tls.RequestClientCert, pool
			kept = &asking{pool, conf}
			last.Store(kept)
		}
		return kept.conf, nil
	}
}
