package crash

import (
	"net/http"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/acceptance/invariant"
)

const answerBody = `{"data":[{"ma":"tram-01","lo":"nguon","gia_tri":7,"ghi_chu_noi_bo":"không được ra ngoài"}]}`

// serveProvider registers the source's own service and answers for it. The provider notes how far the log had come when
// a call arrived, and, when it is armed, has the server killed while the call stands before it.
func (w *world) serveProvider() {
	w.t.Helper()
	w.provider = harness.NewRecorder(w.t, func(r *http.Request) (int, http.Header, []byte) {
		w.arrived(r)
		return http.StatusOK, http.Header{"Content-Type": {"application/json"}}, []byte(answerBody)
	})
	w.must(w.engineer.Post("/api/v1/exchange/services", m{
		"id": "", "version": 0, "status": "active", "owner": owner, "system": source, "name": "so-lieu", "dataset": dataset, "base": w.provider.URL + "/api", "addresses": []string{"127.0.0.0/8"},
		"operations": []m{{"method": "GET", "path": "/tram", "records": "$.data"}},
	}))
}

func (w *world) arrived(r *http.Request) {
	mark := w.mark()
	w.mu.Lock()
	h := w.round
	if h != nil {
		h.saw(invariant.Seen{ID: r.Header.Get("X-Request-Id"), Tag: r.Header.Get("Lienthong-Case"), At: time.Now(), Mark: mark})
	}
	fire := w.armed == 1
	if w.armed > 0 {
		w.armed--
	}
	trigger, release := w.trigger, w.release
	w.mu.Unlock()
	if fire {
		close(trigger)
		<-release // the server dies while this call waits for its answer
	}
}

// arm lets the n-th call from now fire the trigger.
func (w *world) arm(n int, release <-chan struct{}) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed, w.trigger, w.release = n, make(chan struct{}), release
	return w.trigger
}

func (w *world) record(h *history) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.round = h
	w.armed = 0
}
