// Package flow holds one file per use case that spans slices.
//
// Owns: the order of steps that several slices take together; above all decide → record → permit.
// Does not own: any rule or table of its own.
//
// Invariants:
//  1. Gate.Open is the only place that issues an access.Permit, and it does so only after the decision's record is
//     durable (archtest holds it).
//  2. A refused decision is recorded like an allowed one.
//  3. People's screens go through the same door as systems' calls (ViewData); an identifier leaves it only as a keyed hash.
//  4. When the record cannot be written, nothing is allowed.
//
// Start reading at Gate.Open.
package flow
