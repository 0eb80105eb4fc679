package harness

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Recorder is a provider that keeps the raw bytes of every request it receives and answers what the test says.
type Recorder struct {
	URL    string
	mu     sync.Mutex
	raw    [][]byte
	answer func(r *http.Request) (status int, header http.Header, body []byte)
}

// NewRecorder listens on loopback until the test ends.
func NewRecorder(t testing.TB, answer func(r *http.Request) (int, http.Header, []byte)) *Recorder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rec := &Recorder{URL: "http://" + l.Addr().String(), answer: answer}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go rec.serve(conn)
		}
	}()
	return rec
}

// Requests gives the raw bytes of each request so far.
func (rec *Recorder) Requests() [][]byte {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return append([][]byte(nil), rec.raw...)
}

// Forget empties the record.
func (rec *Recorder) Forget() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.raw = nil
}

func (rec *Recorder) serve(conn net.Conn) {
	defer conn.Close()
	var seen bytes.Buffer
	in := bufio.NewReader(io.TeeReader(conn, &seen))
	kept := 0
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		// What the reader has buffered beyond this request belongs to the next one.
		end := seen.Len() - in.Buffered()
		rec.mu.Lock()
		rec.raw = append(rec.raw, bytes.Clone(seen.Bytes()[kept:end]))
		rec.mu.Unlock()
		kept = end
		status, header, body := rec.answer(r)
		var out bytes.Buffer
		fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
		if header == nil {
			header = http.Header{"Content-Type": {"application/json"}}
		}
		_ = header.Write(&out)
		fmt.Fprintf(&out, "Content-Length: %d\r\n\r\n", len(body))
		out.Write(body)
		if _, err := conn.Write(out.Bytes()); err != nil {
			return
		}
	}
}
