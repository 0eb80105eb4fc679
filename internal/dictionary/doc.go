// Package dictionary says what a piece of data is: elements, value types, code lists and administrative units.
//
// Owns: the elements of the shared data dictionary (Điều 11) in immutable versions, the proposals by which they change
// (R11.6b), the reading of a written value into a typed one, code lists with dates, kinds of identifiers (Điều 11.3), the
// administrative units before and after 1 July 2025 and the way between them.
// Does not own: which dataset uses which element (catalog), what happens to a row that fails (ingest), masks (access).
//
// Invariants:
//  1. A version of an element never changes; a change is the next version.
//  2. A value is read exactly or refused with a code; nothing is padded, rounded or guessed.
//  3. Every code of a list or unit is resolved with a day; where its meaning differs by day and none is known, it is
//     reported as ambiguous.
//  4. What reading changed (spaces, Unicode form, number or date form) is told beside the value, so that it can be counted.
//  5. At most one proposal about a thing is open, and nobody but the platform's own jobs changes the register past one.
//  6. Step, record and inbox of a proposal commit together; nobody reviews or approves what he proposed, nor approves what
//     he reviewed.
//  7. What holds is read by the day: a version with a day to come changes nothing before it, and nobody has to switch it.
//
// Start reading at Element, then Checker.Parse; for the process at Proposal, then Service.Propose.
package dictionary
