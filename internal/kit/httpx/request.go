package httpx

import (
	"context"
	"net/http"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// RequestIDHeader carries the request id back to the caller.
const RequestIDHeader = "X-Request-Id"

type requestIDKey struct{}

// WithRequestID puts the request id into the context.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestIDOf is the request id; empty outside a request.
func RequestIDOf(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// RequestID gives each request a fresh id, in the context and in the answer.
func RequestID(now clock.Clock, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := ids.Request(now.Now()) // Invariant 2: whatever the caller sent is ignored.
		w.Header().Set(RequestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(WithRequestID(r.Context(), id)))
	})
}

// Recorder remembers what was answered, for the line of the log and for the choice between an error page and an abort.
type Recorder struct {
	http.ResponseWriter
	Status int          // 0 while nothing was written
	Bytes  int64        // bytes of the body
	Fault  *fault.Fault // the refusal that was answered, if any
}

// WriteHeader remembers the status; informational answers do not count.
func (rec *Recorder) WriteHeader(status int) {
	if rec.Status == 0 && status >= http.StatusOK {
		rec.Status = status
	}
	rec.ResponseWriter.WriteHeader(status)
}

// Write counts what leaves.
func (rec *Recorder) Write(p []byte) (int, error) {
	if rec.Status == 0 {
		rec.Status = http.StatusOK
	}
	n, err := rec.ResponseWriter.Write(p)
	rec.Bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (rec *Recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }

// Note tells the Recorder around w, if there is one, which refusal is being answered.
func Note(w http.ResponseWriter, f *fault.Fault) {
	for {
		switch t := w.(type) {
		case *Recorder:
			t.Fault = f
			return
		case interface{ Unwrap() http.ResponseWriter }:
			w = t.Unwrap()
		default:
			return
		}
	}
}
