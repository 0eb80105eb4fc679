// Package vault holds the keys that the files of the platform are encrypted with at rest, and changes them.
//
// Owns: which key-encryption key is current, its history, the change to a new one and the re-wrapping of files' keys.
// Does not own: the master key (kit/secret), how a file is encrypted (kit/blob), which files there are (ingest, warehouse).
//
// Why this way: every file has a random key of its own, wrapped in its head by a key-encryption key. So a change of key
// touches a few hundred bytes of a file and never its content; destroying a file's key is purging the file; and no store
// opens the files of another, since each store has key-encryption keys of its own. Key-encryption keys are derived by
// name from the master key: there is one secret to keep a copy of, and none that can be missing when it is needed.
//
// Invariants:
//  1. The record of a new key is written in the transaction that makes it current.
//  2. An older key stays good for reading; new files are wrapped by the current one only.
//  3. A key counts as replaced everywhere only after every store has been gone through without a fault.
//  4. What is done with keys is in the log: each made, opened at a start, changed and destroyed one with a record of its own;
//     the others by key, purpose and hour: one record at the first use, one with the number at the end.
//  5. A key that another node made is used here within seconds.
//
// A record for every file opened would drown the log and say less than the access log itself, which has who read what and
// why; an hour is short enough to tell when a key was at work.
//
// Start reading at Service.Rotate.
package vault
