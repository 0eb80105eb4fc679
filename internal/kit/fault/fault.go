// Package fault is the one error type that people and other systems may see.
//
// Owns: the kinds of refusal, the stable code of each, the field it concerns.
// Does not own: the sentences (kit/i18n) and the responses (kit/httpx).
//
// Invariants:
//  1. Anything that is not a Fault is Internal: our bug, shown only as a reference.
//  2. Code is stable: "slice.reason", in lower case. It is translation key, grep key and metric label.
//  3. Cause and Args never reach a log or a page unless the sentence of the code names them.
//
// Start reading at Fault.
package fault

import (
	"errors"
	"fmt"
	"net/http"
)

// Kind says whose mistake it is and so which HTTP status answers it.
type Kind int

const (
	Internal        Kind = iota // ours: 500
	Invalid                     // the input is wrong: 422
	Malformed                   // the request itself cannot be read: 400
	Unauthenticated             // we do not know who calls: 401
	Denied                      // we know, and may not: 403
	NotFound                    // 404
	Method                      // 405
	Conflict                    // the state forbids it: 409
	TooLarge                    // 413
	Limited                     // quota or rate: 429
	Unavailable                 // we or a provider cannot now: 503
	BadGateway                  // a provider answered something that may not pass: 502
	Timeout                     // a provider did not answer in time: 504
	Misdirected                 // the host is not ours: 421
	LongURI                     // the address is longer than we read: 414
	LargeHead                   // the headers are more than we read: 431
)

var statuses = map[Kind]int{
	Internal: http.StatusInternalServerError, Invalid: http.StatusUnprocessableEntity, Malformed: http.StatusBadRequest,
	Unauthenticated: http.StatusUnauthorized, Denied: http.StatusForbidden, NotFound: http.StatusNotFound,
	Method: http.StatusMethodNotAllowed, Conflict: http.StatusConflict, TooLarge: http.StatusRequestEntityTooLarge,
	Limited: http.StatusTooManyRequests, Unavailable: http.StatusServiceUnavailable, BadGateway: http.StatusBadGateway,
	Timeout: http.StatusGatewayTimeout, Misdirected: http.StatusMisdirectedRequest,
	LongURI: http.StatusRequestURITooLong, LargeHead: http.StatusRequestHeaderFieldsTooLarge,
}

// Status is the HTTP status of the kind.
func (k Kind) Status() int { return statuses[k] }

// Fault is a refusal with a stable code. Args fill the sentence's {0}, {1}, …
type Fault struct {
	Kind  Kind
	Code  string
	Field string // form field, JSON pointer or column, where one is to blame
	Args  []any
	Cause error    // logged, never shown
	Items []*Fault // further faults of the same input, each with its own Field
}

// New makes a fault. Code is "slice.reason".
func New(kind Kind, code string, args ...any) *Fault {
	return &Fault{Kind: kind, Code: code, Args: args}
}

// At names the field to blame.
func (f *Fault) At(field string) *Fault {
	f.Field = field
	return f
}

// Because keeps the technical cause for the log.
func (f *Fault) Because(err error) *Fault {
	f.Cause = err
	return f
}

func (f *Fault) Error() string {
	switch {
	case f.Field != "" && f.Cause != nil:
		return fmt.Sprintf("%s at %s: %v", f.Code, f.Field, f.Cause)
	case f.Field != "":
		return f.Code + " at " + f.Field
	case f.Cause != nil:
		return fmt.Sprintf("%s: %v", f.Code, f.Cause)
	}
	return f.Code
}

func (f *Fault) Unwrap() error { return f.Cause }

// Of finds the fault in an error. Anything else becomes Internal with the error as cause.
func Of(err error) *Fault {
	if err == nil {
		return nil
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Kind: Internal, Code: "internal", Cause: err}
}

// Is reports whether err is a fault with that code.
func Is(err error, code string) bool {
	var f *Fault
	return errors.As(err, &f) && f.Code == code
}

// Collect joins the faults of one input: nil when there is none, the fault itself when there is one,
// else a fault with the first one's kind and code "input.several" that carries all of them.
func Collect(faults ...*Fault) error {
	var found []*Fault
	for _, f := range faults {
		if f != nil {
			found = append(found, f)
		}
	}
	switch len(found) {
	case 0:
		return nil
	case 1:
		return found[0]
	}
	return &Fault{Kind: found[0].Kind, Code: "input.several", Args: []any{len(found)}, Items: found}
}
