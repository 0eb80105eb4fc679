package provider

import (
	"context"
	"errors"
	"fmt"

	"lienthong/internal/demo/world"
)

// Province runs the systems of all agencies that have data.
type Province struct {
	servers []*Server
}

// StartAll starts every system of the world that has data to serve, each on a port of its own. The authorization is what
// each of them asks for; any is accepted when it is empty.
func StartAll(ctx context.Context, w *world.World, authorization string) (*Province, error) {
	p := &Province{}
	for _, sys := range w.Systems {
		if !Serves(w, sys.ID) {
			continue
		}
		s, err := Start(ctx, w, sys.ID, Options{Authorization: authorization})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("start the province: %w", err), p.Close())
		}
		p.servers = append(p.servers, s)
	}
	return p, nil
}

// Servers lists them in the order of the world's systems.
func (p *Province) Servers() []*Server { return p.servers }

// System finds a running system; nil when it does not run.
func (p *Province) System(id string) *Server {
	for _, s := range p.servers {
		if s.System == id {
			return s
		}
	}
	return nil
}

// Close stops all.
func (p *Province) Close() error {
	var errs []error
	for _, s := range p.servers {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
