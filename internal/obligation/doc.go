// Package obligation finds whether each dataset of the issued catalogue meets the four obligations of Điều 7.4: connected
// through the LGSP, standardised by the dictionary, updated in time, good enough.
//
// Owns: the rules of the four lights, what was found last and at the end of each day.
// Does not own: the facts (catalog, dictionary, ingest, warehouse, audit, through Sources), the list (release), tasks.
//
// Invariants:
//  1. A light is green only for a fact that was seen; without a source it is not assessed.
//  2. A finding says what it rests on.
//  3. What becomes unmet opens a task in the transaction that keeps the finding, and what is unmet no more ends it.
//  4. An agency sees its own findings; the operator, the auditor and the leadership see all.
//
// Start reading at Evaluate.
package obligation
