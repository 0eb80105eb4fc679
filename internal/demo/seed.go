package demo

import (
	"context"
	"errors"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/demo/consumer"
	"lienthong/internal/demo/provider"
	"lienthong/internal/demo/world"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
)

// Loaded tells what stands in the platform after loading.
type Loaded struct {
	World      *world.World
	Actors     map[string]access.Actor          // by username
	Deliveries map[string]*ingest.Delivery      // by file name
	Requests   map[string]*connection.Request   // by the plan's name
	Clients    map[string]*consumer.Client      // of the consuming systems with a live connection
	Secrets    map[string]Secret                // of the same systems
	Datasets   map[catalog.Code]catalog.Dataset // as registered
	Officers   map[string]*consumer.Officers    // of the systems whose officers are named
}

// Secret of a consuming system.
type Secret struct{ ClientID, Secret string }

// Seed loads the world. The province's systems become registered services of the exchange; without one there are none.
func Seed(ctx context.Context, p Platform, w *world.World, province *provider.Province) (*Loaded, error) {
	l := &loader{Platform: p, w: w, people: map[string]access.Actor{}, served: province != nil, loaded: &Loaded{
		World: w, Deliveries: map[string]*ingest.Delivery{}, Requests: map[string]*connection.Request{}, Clients: map[string]*consumer.Client{},
		Secrets: map[string]Secret{}, Datasets: map[catalog.Code]catalog.Dataset{}, Officers: map[string]*consumer.Officers{},
	}}
	l.loaded.Actors = l.people
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"agencies, people and stewards", l.registers},
		{"elements and code lists", l.dictionary},
		{"information systems", l.systems},
		{"datasets and their deliveries", l.datasets},
		{"governance of the dictionary", l.governance},
		{"services of the agencies' systems", func(ctx context.Context) error { return l.services(ctx, province) }},
		{"register of personal-data processing", l.processing},
		{"connection requests", l.requests},
		{"credentials of the calling systems", l.clients},
		{"connection plans", l.connectionPlans},
		{"reviews of rights", l.reviews},
	}
	for _, s := range steps {
		l.say("demo: %s", s.what)
		if err := s.do(ctx); err != nil {
			return l.loaded, fmt.Errorf("load the demo, %s: %w", s.what, explained(err))
		}
	}
	return l.loaded, nil
}

// explained adds what a collected fault holds, which its own text leaves out.
func explained(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Items) == 0 {
		return err
	}
	for _, item := range f.Items {
		err = fmt.Errorf("%w; %s: %s %v", err, item.Field, item.Code, item.Args)
	}
	return err
}

// ignore lets a refusal pass that says that the thing is there already (invariant 2).
func ignore(err error, codes ...string) error {
	for _, code := range codes {
		if fault.Is(err, code) {
			return nil
		}
	}
	return err
}
