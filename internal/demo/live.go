package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"lienthong/internal/demo/provider"
	"lienthong/internal/demo/world"
)

// Options of a living demo.
type Options struct {
	Seed      uint64
	Size      world.Size // world.Demo() when zero
	PerSecond float64    // calls of the consuming systems; none when 0
}

// Run starts the agencies' systems, loads the world and keeps the traffic going until the context ends. The seed is
// printed first, so that a demo can be repeated.
func Run(ctx context.Context, p Platform, o Options) (err error) {
	say := p.Say
	if say == nil {
		say = func(string, ...any) {}
	}
	if o.Size.Households == 0 {
		o.Size = world.Demo()
	}
	say("demo: seed %d", o.Seed)
	w, err := world.Generate(o.Seed, o.Size)
	if err != nil {
		return err
	}
	province, err := provider.StartAll(ctx, w, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, province.Close()) }()
	loaded, err := Seed(ctx, p, w, province)
	if err != nil {
		if ctx.Err() != nil { // the demo was stopped while it loaded; the next start takes it up
			return nil
		}
		return err
	}
	say("demo: ready; everybody's password is %q", world.Password)
	if o.PerSecond <= 0 {
		<-ctx.Done()
		return nil
	}
	traffic, err := loaded.Traffic(p, o.PerSecond)
	if err != nil {
		return err
	}
	return traffic.Run(ctx)
}

// WriteAccounts lists who can sign in, with the secrets of the second factors.
func WriteAccounts(out io.Writer, w *world.World) error {
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "username\tagency\troles\tsecond factor\tpart")
	for _, a := range w.Accounts {
		fmt.Fprintf(t, "%s\t%s\t%v\t%s\t%s\n", a.Username, a.Agency, a.Roles, a.TOTPSecret, a.Part)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("list the demo's accounts: %w", err)
	}
	return nil
}
