// Package invariant decides, from three independent accounts of the same time, whether the platform kept its promises:
// what clients saw, what the provider behind the exchange saw, and what the access log says.
//
// Owns: the form of a history, reading the evidence of a data folder, the rules I1 to I8.
// Does not own: making load and faults (acceptance/crash), the verification of files (internal/audit/journal).
//
// The rules:
//
//	I1  a call that was answered with data has exactly one allowed decision, with its caller, purpose, dataset and digest
//	I2  what reached the provider or a client was in the log before
//	I3  the log claims nothing that did not happen, and every allowed access has exactly one end
//	I4  what was acknowledged is there, once, as it was acknowledged
//	I5  a load is visible whole or not at all
//	I6  a right that was taken away stays away
//	I7  the log is whole and unchanged from its first record, and never shrinks
//	I8  what was not acknowledged is there whole or not at all, in the store and in the log alike
//
// Invariants:
//  1. Check reads and never repairs; a history that it cannot judge is a violation, not a pass.
//  2. Each rule is proven to find its violation: the tests plant one of each kind.
//
// Start reading at History, then Check.
package invariant
