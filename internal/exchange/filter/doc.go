// Package filter lets out of a provider's JSON answer only what a grant names.
//
// Owns: the plan compiled from a grant (columns, rows, masks, key), the one-pass reader of JSON, content decoding with a bound.
// Does not own: the grant and the masks' rules (access), who is asked (upstream), the evidence (the caller writes it).
//
// Invariants:
//  1. Default drop: a field, an envelope field or a row leaves only if the plan names it; a row whose filter field is missing is dropped.
//  2. All or nothing: an answer that is not one well-formed JSON text of the shape the contract declares lets nothing out.
//  3. A value that leaves unmasked is byte-equal to the provider's: numbers and escapes are never re-written.
//  4. A field name is compared after its escapes are resolved; a name that comes twice in one object refuses the answer.
//  5. Memory is bounded by Limits, whatever the provider sends.
//
// Start reading at Compile, then Plan.Apply.
package filter
