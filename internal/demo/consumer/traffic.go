package consumer

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// Step is one kind of call of the demo's traffic.
type Step struct {
	Name   string
	Weight int // how often among the others
	Call   func(ctx context.Context, r *rand.Rand) (Answer, error)
}

// Traffic keeps a demo alive: calls of consuming systems, most of them allowed and some refused.
type Traffic struct {
	steps []Step
	total int
	every time.Duration
	seed  uint64

	mu     sync.Mutex
	counts map[string]map[int]int
}

// NewTraffic makes so many calls each second, chosen from the steps by their weight.
func NewTraffic(seed uint64, perSecond float64, steps ...Step) (*Traffic, error) {
	if perSecond <= 0 || perSecond > 100 {
		return nil, errors.New("the traffic of a demo is between 0 and 100 calls each second")
	}
	t := &Traffic{steps: steps, every: time.Duration(float64(time.Second) / perSecond), seed: seed, counts: map[string]map[int]int{}}
	for _, s := range steps {
		t.total += s.Weight
	}
	if t.total < 0 {
		return nil, errors.New("a step of the traffic has a negative weight")
	}
	return t, nil
}

// Run calls until the context ends. One call follows another, so that a slow platform is not flooded. Without any step
// that has a weight it only waits.
func (t *Traffic) Run(ctx context.Context) error {
	if t.total == 0 {
		<-ctx.Done()
		return nil
	}
	r := rand.New(rand.NewPCG(t.seed, 3)) //nolint:gosec // which call comes next is no secret
	tick := time.NewTicker(t.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			t.Once(ctx, r)
		}
	}
}

// Once makes one call.
func (t *Traffic) Once(ctx context.Context, r *rand.Rand) {
	s := t.choose(r.IntN(t.total))
	a, err := s.Call(ctx, r)
	if ctx.Err() != nil {
		return
	}
	status := a.Status
	if err != nil { // no answer came: the platform is being restarted, or refuses the token
		status = 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts[s.Name] == nil {
		t.counts[s.Name] = map[int]int{}
	}
	t.counts[s.Name][status]++
}

func (t *Traffic) choose(n int) Step {
	for _, s := range t.steps {
		if n -= s.Weight; n < 0 {
			return s
		}
	}
	return t.steps[len(t.steps)-1]
}

// Counts tells how often each step was answered with which status; 0 stands for no answer.
func (t *Traffic) Counts() map[string]map[int]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make(map[string]map[int]int, len(t.counts))
	for name, by := range t.counts {
		out[name] = make(map[int]int, len(by))
		for status, n := range by {
			out[name][status] = n
		}
	}
	return out
}
