package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lienthong/internal/demo"
	"lienthong/internal/demo/demoweb"
	"lienthong/internal/demo/provider"
	"lienthong/internal/demo/world"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
)

// callsPerSecond of the demo's consuming systems.
const callsPerSecond = 1.5

// makeWorld generates the demo's province before anything is announced, since its people are on the first page.
func (a *App) makeWorld() error {
	if !a.opts.populated() {
		return nil
	}
	w, err := world.Generate(uint64(a.opts.Demo.Seed), world.Demo()) //nolint:gosec // any bit pattern is a seed
	if err != nil {
		return fmt.Errorf("make the demo's world: %w", err)
	}
	a.world = w
	return nil
}

// demoPages are mounted in the demo only.
func (a *App) demoPages(shell *web.Shell) slicePages {
	return demoweb.New(shell, a.world.Accounts, a.clock, func(code string) string { return a.agencyName(context.Background(), code) })
}

// demoPath leads from the sign-in page to the accounts of the demonstration; empty on a real platform.
func (a *App) demoPath() string {
	if !a.opts.populated() {
		return ""
	}
	return "/demo"
}

// announceDemo prints the sign-ins of each role after the addresses.
func (a *App) announceDemo() {
	out := a.opts.Out
	fmt.Fprintf(out, "\ndemo of a fictional province, seed %d; every account has the password: %s\n", a.world.Seed, world.Password)
	fmt.Fprintf(out, "codes of the second factor: %s/demo\n\n", a.consoleURL())
	for _, p := range a.world.Accounts {
		var roles []string
		for _, r := range p.Roles {
			roles = append(roles, a.words.Say(i18n.Vi, web.RoleKey(r)))
		}
		fmt.Fprintf(out, "  %-22s %s\n", p.Username, strings.Join(roles, ", "))
	}
	fmt.Fprintln(out)
}

// liveDemo starts the agencies' systems, loads the world through the platform's own services and keeps calling.
func (a *App) liveDemo(ctx context.Context) error {
	province, err := provider.StartAll(ctx, a.world, "")
	if err != nil {
		return err
	}
	p := demo.Platform{
		Clock: a.clock, Access: a.access, Agency: a.agency, Account: a.account, System: a.system, Dictionary: a.dictionary, Catalog: a.catalog,
		Ingest: a.ingest, Incidents: a.incident, Connections: a.connections, Exchange: a.exchange, Releases: a.releases, Privacy: a.privacy, Reviews: a.review, Grants: a.grants, Tests: a.tests, ExchangeURL: a.exchangeURL(),
		Say: func(format string, args ...any) { fmt.Fprintf(a.opts.Out, format+"\n", args...) },
	}
	loaded, err := demo.Seed(ctx, p, a.world, province)
	if ctx.Err() != nil {
		return province.Close()
	}
	if err != nil {
		return errors.Join(err, province.Close())
	}
	if a.opts.Demo.Large {
		if err := demo.Large(ctx, p, loaded, a.db, demo.FullSize()); err != nil {
			return errors.Join(err, province.Close())
		}
	}
	fmt.Fprintf(a.opts.Out, "demo: ready; systems of agencies call the exchange now\n")
	traffic, err := loaded.Traffic(p, callsPerSecond)
	if err != nil {
		return errors.Join(err, province.Close())
	}
	return errors.Join(traffic.Run(ctx), province.Close())
}
