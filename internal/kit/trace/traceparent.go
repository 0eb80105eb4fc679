package trace

import "encoding/hex"

const (
	headerLen = len("00-0123456789abcdef0123456789abcdef-0123456789abcdef-00")
	sampled   = 1
)

// parse reads a traceparent as section 3.2 of Trace Context has it: lower-case hex, no zero ids, version 00 of exact
// length, higher versions by their first four fields, version ff never.
func parse(h string) (trace [16]byte, parent [8]byte, flags byte, ok bool) {
	if len(h) < headerLen || h[2] != '-' || h[35] != '-' || h[52] != '-' {
		return trace, parent, 0, false
	}
	var version, flag [1]byte
	if !unhex(version[:], h[:2]) || !unhex(trace[:], h[3:35]) || !unhex(parent[:], h[36:52]) || !unhex(flag[:], h[53:55]) {
		return trace, parent, 0, false
	}
	switch {
	case version[0] == 0xff, trace == [16]byte{}, parent == [8]byte{}:
		return trace, parent, 0, false
	case len(h) > headerLen && (version[0] == 0 || h[headerLen] != '-'):
		return trace, parent, 0, false
	}
	return trace, parent, flag[0] & sampled, true
}

func unhex(to []byte, s string) bool {
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'F' {
			return false
		}
	}
	_, err := hex.Decode(to, []byte(s))
	return err == nil
}
