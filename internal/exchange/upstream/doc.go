// Package upstream calls a registered provider and nobody else.
//
// Owns: the dial check, time limits, the header lists both ways, the pause after failures, the bound on answers.
// Does not own: which provider serves a route (exchange), what of the answer may leave (filter).
//
// Invariants:
//  1. Only the registered base address is called; the resolved address is judged when it is dialled, so a name that
//     changes its mind, a numeric spelling or a redirect gains nothing.
//  2. No redirect is followed, no proxy variable is read, no cookie is kept, nothing is decompressed unasked.
//  3. An unsafe call of which a byte was sent is never sent again.
//  4. What identifies the caller is written by us, once; the caller's own credentials stay here.
//
// Start reading at New, then Provider.Call.
package upstream
