// Package canon makes the one request that router, policy, evidence and upstream all see.
//
// Owns: the canonical request (method, segments, query list, host, header allow-list), the refusal of
// every request line, path, query and header that two programs could read in two ways, and the guard on
// accepted connections that sees the bytes before net/http normalises them.
// Does not own: routes, authentication, decisions, the body's content.
//
// Invariants:
//  1. A Request is built once, by Rules.Read; nothing later looks at the raw address or header again.
//  2. Two different spellings of one resource never both pass: a spelling is either canonical or refused.
//  3. What goes upstream is written from the Request (Request.Target), never copied from the client.
//  4. Exactly one framing of a message passes the guard; after a refusal the connection is closed.
//
// Start reading at Rules.Read, then Guard.
package canon
