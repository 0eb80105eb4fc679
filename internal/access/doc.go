// Package access answers one question for every channel: may this caller do this, for this purpose, on this data, now?
//
// Owns: actors and their roles, permissions, the purposes of exploitation, grants, sharing policies of datasets, Decide, Permit, quotas.
// Does not own: who somebody is (account, system), what a dataset is (catalog), the record of what was decided (audit),
// the order decide → record → permit (flow).
//
// Invariants:
//  1. Default deny: nothing is allowed that no rule allows; an unknown role, level, purpose or field is a refusal.
//  2. Decide is pure and total: same request and facts, same decision, and no input makes it panic.
//  3. The eight checks run in the order of the regulation's permission model, and the first that fails is named.
//  4. A Permit exists only for an allowed decision whose record is durable; only package flow may make one (archtest).
//  5. A grant row never changes but for its status; what changes becomes the next version.
//  6. A person reads data of persons on screen only for a named case and with a second factor; a mask is lifted only where
//     the grant says so, for a record that was looked up, with a reason.
//  7. Levels are four separate rights (Điều 21.3): SHARE does not imply UPDATE, UPDATE does not imply USE.
//  8. What an allowed decision may use up is taken off the grant's quotas before the decision is final; counters only go
//     forward, and what a call did not use comes back.
//  9. Where the owner of a dataset has a sharing policy in force, a grant outside it exists only with a recorded consent.
//
// Start reading at Decide.
package access
