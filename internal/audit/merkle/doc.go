// Package merkle is the tree over the evidence journal: RFC 6962 hashes, signed checkpoints, proofs.
//
// Owns: the running tree, the stored-hash file order of golang.org/x/mod/sumdb/tlog, the C2SP checkpoint as a signed note.
// Does not own: records and files (audit/journal), what a record says (audit).
//
// Invariants:
//  1. Leaf i is the record with seq i; the leaf hash is over the record's bytes and nothing else.
//  2. A checkpoint is accepted only in the one spelling in which it was signed.
//
// Start reading at Tree and Checkpoint.
package merkle
