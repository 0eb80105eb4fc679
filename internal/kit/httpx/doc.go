// Package httpx is what every listener of the program has in common: request id, problem answers, security headers,
// language of the caller, server limits.
//
// Owns: the JSON shape of an error (RFC 9457), the headers of T62, the id that ties an answer to a log line.
// Does not own: pages and routes (internal/web), the canonical request of the exchange (internal/exchange).
//
// Invariants:
//  1. An error leaves as JSON through WriteProblem only; a cause never leaves at all.
//  2. The request id is made here and never taken from the caller, who could otherwise forge a line of the log.
//  3. The security headers are set before the handler runs, so that every answer has them, 404 and 500 included.
//
// Start reading at WriteProblem.
package httpx
