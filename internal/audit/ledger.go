package audit

import "sync"

// ledger knows what is under way: decisions without an outcome, changes between outbox and journal. For each it keeps
// a seq that its record cannot be below, so that the next start need not read the whole journal to find the open ones.
type ledger struct {
	mu    sync.Mutex
	below map[string]int64
}

func newLedger() *ledger { return &ledger{below: make(map[string]int64)} }

func (l *ledger) begin(id string, size int64) {
	l.mu.Lock()
	l.below[id] = size
	l.mu.Unlock()
}

func (l *ledger) end(id string) {
	l.mu.Lock()
	delete(l.below, id)
	l.mu.Unlock()
}

// low is the seq from which the next start must read, given the journal's size as it was before the call.
func (l *ledger) low(size int64) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, seq := range l.below {
		size = min(size, seq)
	}
	return size
}
