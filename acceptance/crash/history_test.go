package crash

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"lienthong/acceptance/invariant"
)

// history is what the clients and the provider of one round saw, kept while they see it.
type history struct {
	mu sync.Mutex
	invariant.History
}

func (h *history) called(c invariant.Call) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Calls = append(h.Calls, c)
}

func (h *history) saw(s invariant.Seen) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Seen = append(h.Seen, s)
}

// wrote keeps what became of a change that somebody asked for: acknowledged, refused, or nobody knows.
func (h *history) wrote(w invariant.Write, status int, err error) {
	w.Ended = time.Now()
	w.Acked = err == nil && status >= 200 && status < 300
	w.Refused = err == nil && status >= 400 && status < 500
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Writes = append(h.Writes, w)
}

// caller calls the exchange and remembers everything that it sees.
type caller struct {
	w    *world
	h    *history
	http *http.Client
}

func newCaller(w *world, h *history) *caller {
	return &caller{w, h, &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}}
}

// call makes one call and reads its whole answer. What broke off is kept as far as it came.
func (c *caller) call(req *http.Request, kept invariant.Call) (invariant.Call, []byte) {
	kept.Began = time.Now()
	if kept.Tag != "" {
		req.Header.Set("Lienthong-Case", kept.Tag)
	}
	if kept.Purpose != "" {
		req.Header.Set("Lienthong-Purpose", kept.Purpose)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		kept.Ended = time.Now()
		c.h.called(kept)
		return kept, nil
	}
	defer resp.Body.Close()
	kept.Head = c.w.mark()
	kept.Status, kept.ID = resp.StatusCode, resp.Header.Get("X-Request-Id")
	body, err := io.ReadAll(resp.Body)
	kept.Ended = time.Now()
	if kept.Whole = err == nil; kept.Whole {
		sum := sha256.Sum256(body)
		kept.Digest = "sha256:" + hex.EncodeToString(sum[:])
		read(&kept, body)
	}
	c.h.called(kept)
	return kept, body
}

// read takes from a body what the rules speak of: the code of a problem, and which loads the rows came with.
func read(kept *invariant.Call, body []byte) {
	var doc struct {
		Code    string
		Records []struct{ Lo string }
	}
	if json.Unmarshal(body, &doc) != nil {
		return
	}
	kept.Code = doc.Code
	if kept.Status != http.StatusOK || kept.Provider || len(doc.Records) == 0 {
		return
	}
	kept.Batches = map[string]int{}
	for _, r := range doc.Records {
		kept.Batches[loadKey(r.Lo)]++
	}
}

func loadKey(key string) string { return "load/" + key }
