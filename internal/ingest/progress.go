package ingest

import "sync/atomic"

// progress is what a running delivery has done so far.
type progress struct {
	bytes, of, rows atomic.Int64
}

func (p *progress) now() Progress {
	return Progress{Bytes: p.bytes.Load(), Of: p.of.Load(), Rows: p.rows.Load()}
}

func (s *Service) begin(id ID, of int64) *progress {
	p := &progress{}
	p.of.Store(of)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[id] = p
	return p
}

func (s *Service) end(id ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, id)
}
