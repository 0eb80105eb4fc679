// Package witness keeps logs from showing two histories (C2SP tlog-witness and tlog-cosignature v1).
//
// Owns: the witness that cosigns checkpoints of other agencies' logs, the client that asks other witnesses to cosign
// ours, the answers of the protocol.
// Does not own: trees, notes and keys (audit/merkle), our journal (audit/journal), routes (audit/auditweb).
//
// Invariants:
//  1. A witness never cosigns a tree that does not begin with the one it cosigned before for the same log, and never a
//     smaller one; checking and keeping are one step.
//  2. What was cosigned is on disk before the cosignature leaves.
//  3. A kept state that was damaged closes the witness: an empty state would cosign a roll-back.
//  4. The client believes no cosignature that does not verify, and never takes an answer for a reason to stop recording.
//
// Start reading at Witness.AddCheckpoint, then Client.Round.
package witness
