// Package incident keeps what went wrong, from detection to closure (requirements section 5.5).
//
// Owns: incidents, their kinds, severities and states, every step with who and when.
// Does not own: what detects them (any slice calls Open through an interface of its own), what contains them (access,
// connection).
//
// Invariants:
//  1. The clock of an incident starts at its detection, and detection is never changed.
//  2. A state is reached only by a step of the table; each step is kept.
//  3. The summary holds no personal value: it names datasets, systems and counts.
//  4. The same open incident (kind and fingerprint) is not opened twice; the second detection is a step of the first.
//
// Start reading at Service.Open.
package incident
