// Package history says what a state was and what of it a change made otherwise (X7: before, after, as of a date).
//
// Owns: the kept form of a state (JSON with sorted members, sensitive ones hashed) and the comparison of two of them.
// Does not own: the table and the moment of writing (package audit), the words of members (each slice's web package).
//
// Invariants:
//  1. A member tagged history:"hash" is kept as a keyed hash and history:"-" not at all. Members that JSON does not write,
//     unexported ones above all, are not kept: where secrets live.
//  2. The same state has the same bytes, so their digest in the evidence log tells whether a kept state was altered.
//  3. A member tagged history:"quiet" (when it was changed, its revision) is kept but makes no difference by itself.
//  4. An entry of a list is known by its own name or code; of two with one name the older one keeps it plain.
//
// Start reading at Keep and Compare.
package history
