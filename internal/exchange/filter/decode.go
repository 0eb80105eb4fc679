package filter

import (
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"strings"

	"lienthong/internal/kit/fault"
)

// Decode opens a body's content coding. The bound on what comes out is Limits.Body, applied while it is read.
func Decode(body io.Reader, coding string) (io.Reader, error) {
	var r io.Reader
	var err error
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		var z *gzip.Reader
		if z, err = gzip.NewReader(body); err == nil {
			z.Multistream(false)
			r = z
		}
	case "deflate":
		r, err = zlib.NewReader(body)
	default:
		err = fmt.Errorf("content coding %q is not read", coding)
	}
	if err != nil {
		return nil, fault.New(fault.BadGateway, "exchange.provider_unreadable").Because(err)
	}
	return r, nil
}
