// Package audit is the record of what was done: the only evidence of the platform (Điều 24.4, 26.3d).
//
// Owns: the access record and its canonical form, the log with its three ways in, the outbox of changes, the search
// index, reading the log, how long records stay online and in archives.
// Does not own: files, group commit, archives, checkpoints and proofs (audit/journal, audit/merkle); cosignatures
// (audit/witness); who may read (package access, which imports this one).
//
// Three ways in, on a *Log that services are given (no package-level state):
//
//	log.Change(ctx, q, audit.Entry{…})  a change of state: a row in the caller's transaction, moved to the journal in
//	                                    commit order before InTx answers (controldb.DB.OnCommit)
//	                                    Kinds given to log.Keep leave the state before and after in audit_version (X7)
//	log.Decide(ctx, rec), log.Outcome(rec)  an access: the decision is on disk before any data moves, the outcome
//	                                    follows in a later commit and names the decision in Of
//	log.Note(ctx, recs…)                what belongs to no transaction: sign-in, log reading, jobs
//
// Invariants:
//  1. What cannot be recorded does not happen: Decide and Change refuse with audit.closed. With the journal closed the
//     vital events (vital.go: sign-in, taking rights away) go on: their record is durable in the outbox before the answer,
//     and the next start moves it into the journal. An outcome, a decision and a right given never wait there.
//     With the disk nearly full the same events, and what the platform records of itself or makes room with, go into the
//     journal's reserve; everything else is refused with audit.disk_full until there is room again.
//  2. A record holds no personal value: identifiers as PersonKey, free text scrubbed of what looks like one.
//  3. A change is in the journal exactly once, in commit order, also after a crash between journal and outbox.
//  4. A decision without an outcome is closed as unknown at the next start.
//  5. The search index and the start hint are derived; deleting them loses nothing but the counts of calls whose records
//     were removed from archives at the end of their time.
//  6. Records leave for archives by Archive only, after 12 months at the earliest, recorded before they go; hashes stay.
//  7. A change of a kept kind leaves number and digest of the state in its record, and the state in audit_version, in one
//     transaction; sensitive members are hashed in both (package audit/history).
//
// Start reading at Record, then Log.
package audit
