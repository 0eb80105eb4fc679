// Package auditweb shows the access log (Điều 24.4): search with a reason, one exchange with its records, the state of
// the log's verification, the signed checkpoint and proofs.
//
// Owns: the pages under /audit and the operations under /api/v1/audit.
// Does not own: records, search and verification (audit).
//
// Invariants:
//  1. Nothing of a record is shown before the reading itself is recorded with its reason.
//  2. A person's identifier is sent in a form, never in an address, and only its keyed hash is searched for.
//
// Start reading at Pages.Routes.
package auditweb
