package httpx

import (
	"net/http"
	"time"
)

const (
	// ReadHeaderTimeout ends a caller that sends its headers one byte at a time.
	ReadHeaderTimeout = 10 * time.Second
	// IdleTimeout closes a kept connection that is not used.
	IdleTimeout = 90 * time.Second
	// MaxHeaderBytes bounds request line and headers together.
	MaxHeaderBytes = 32 << 10
)

// Server is a server with limits. How long a body may take differs by route, so handlers set that with
// http.ResponseController.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h,
		ReadHeaderTimeout: ReadHeaderTimeout, IdleTimeout: IdleTimeout, MaxHeaderBytes: MaxHeaderBytes,
	}
}
