package connection

import (
	"context"
	"time"
)

// InForce is the version of the configuration by which calls are served. During set-up it is the newest one; of a
// connection in operation the one that a second person has reviewed, so that a proposed change changes nothing yet.
type InForce struct {
	Version    int64      `json:"version"`
	Parameters Parameters `json:"parameters"`
}

func (r *Request) apply(c Config) { r.InForce = &InForce{Version: c.Version, Parameters: c.Parameters} }

// newest takes a further version: what serves in operation stays reviewed and in force until the second person agrees.
func (r *Request) newest(c Config) {
	r.Config = c.Version
	if !r.Operating() {
		r.Reviewed = 0
		r.apply(c)
	}
}

// Operating reports a connection that people use: what changes needs a second person before it takes effect.
func (r *Request) Operating() bool { return r.State == Live || r.State == Suspended }

// Pending reports a proposed version that waits for the second person while another one serves.
func (r *Request) Pending() bool {
	return r.Operating() && r.InForce != nil && r.Config != r.InForce.Version && r.Config != r.Declined
}

// Tuning is what the exchange applies to each call of a connection: the most records of one page and how long a provider
// may take. Zero means that the connection sets none of its own.
type Tuning struct {
	PageMost int64
	Timeout  time.Duration
}

// Tuning of a connection as it is in force now; a change is seen by the next call of this process, by that of other nodes
// within half a second.
func (s *Service) Tuning(ctx context.Context, id string) (Tuning, error) {
	l, err := s.lives.Find(ctx, id)
	return l.tuning, err
}
