package canon

import (
	"net/http"
	"strings"

	"lienthong/internal/kit/fault"
)

// Header names of the exchange's own contract.
const (
	Purpose = "Lienthong-Purpose"
	Case    = "Lienthong-Case"
	Officer = "Lienthong-Officer"

	// Traceparent of W3C Trace Context is read, and replaced towards providers.
	Traceparent = "Traceparent"
)

// The headers that are kept. Everything else a client sends (identity and forwarding headers, method overrides,
// underscored twins, Range, Connection) ends here and is seen by nobody.
var kept = map[string]bool{
	"Accept": true, "Accept-Language": true, "Authorization": true, "Content-Type": true,
	"If-Match": true, "If-None-Match": true, "Idempotency-Key": true, "User-Agent": true,
	Purpose: true, Case: true, Officer: true, Traceparent: true,
}

func readHeader(h http.Header) (http.Header, error) {
	if len(h["Upgrade"]) > 0 || len(h["Http2-Settings"]) > 0 {
		return nil, fault.New(fault.Denied, "exchange.upgrade_refused")
	}
	for _, v := range h["Content-Encoding"] {
		if !strings.EqualFold(v, "identity") {
			return nil, fault.New(fault.Malformed, "exchange.encoding_refused")
		}
	}
	count, size := 0, 0
	out := make(http.Header, 8)
	for name, values := range h {
		count += len(values)
		for _, v := range values {
			size += len(name) + len(v) + 4
		}
		if !kept[name] {
			continue
		}
		if len(values) > 1 && name != "Accept" && name != "Accept-Language" {
			return nil, fault.New(fault.Malformed, "exchange.header_duplicate", name)
		}
		if !visible(values[0]) {
			return nil, fault.New(fault.Malformed, "exchange.header_text", name)
		}
		out[name] = values[:1:1]
	}
	if count > MaxHeaders || size > MaxHead {
		return nil, fault.New(fault.LargeHead, "exchange.head_too_large")
	}
	return out, nil
}

func visible(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < ' ' && c != '\t') || c >= 0x7f {
			return false
		}
	}
	return true
}
