package warehouse

import (
	"context"
	"sync"
	"time"
)

// maxAge is how long another node's publication may go unseen here.
const maxAge = 500 * time.Millisecond

const maxCached = 1000

// cache spares the control store on reads: versions never change, and which is current is asked again after maxAge.
type cache struct {
	mu         sync.Mutex
	versions   map[VersionID]*Version
	current    map[string]seenVersion
	generation int64 // counts local publications, so that an answer from before one is not kept after it
}

type seenVersion struct {
	version *Version
	at      time.Time
}

func newCache() *cache {
	return &cache{versions: map[VersionID]*Version{}, current: map[string]seenVersion{}}
}

// published forgets what is current for a dataset.
func (c *cache) published(dataset string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	delete(c.current, dataset)
}

// purged forgets a version whose content goes.
func (c *cache) purged(dataset string, id VersionID) {
	c.published(dataset)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.versions, id)
}

func (s *Service) cachedCurrent(ctx context.Context, dataset string) (*Version, error) {
	c := s.cache
	c.mu.Lock()
	seen, there := c.current[dataset]
	generation := c.generation
	c.mu.Unlock()
	if there && time.Since(seen.at) < maxAge {
		return seen.version, nil
	}
	at := time.Now()
	v, err := currentVersion(ctx, s.db, dataset)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == generation {
		if len(c.current) >= maxCached {
			clear(c.current)
		}
		c.current[dataset] = seenVersion{&v, at}
	}
	return &v, nil
}

func (s *Service) cachedVersion(ctx context.Context, id VersionID) (*Version, error) {
	c := s.cache
	c.mu.Lock()
	v, there := c.versions[id]
	c.mu.Unlock()
	if there {
		return v, nil
	}
	found, err := findVersion(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.versions) >= maxCached {
		clear(c.versions)
	}
	c.versions[id] = &found
	return &found, nil
}
