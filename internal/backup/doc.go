// Package backup keeps a second life of the platform: one encrypted file holds all of it, and makes it anew on an empty
// machine.
//
// Owns: the format of backups, the backup key and its recovery key, making, checking and unpacking a backup, when the next
// is due and which have expired.
// Does not own: what is copied (controldb.Dump, journal.Export, blob.Sealed), opening the restored folder (app).
//
// A backup is one file: magic | length and head in JSON, in clear | chunks. The head says when it was made, where, and for
// which recovery key. The chunks (1 MiB, AES-256-GCM) carry a stream of entries; the nonce of a chunk is its number and
// whether it is the last, its context the head, so that none can be changed, moved, left out, added or cut off.
//
//	entry   u32 length | name and mode in JSON | pieces of u32 length and bytes, ended by length 0
//	entries control/<table> (gzip), secrets/…, audit/… (gzip), raw/…, warehouse/…, papers/…, last manifest.json
//
// The key of a file comes from HPKE (RFC 9180) to the backup key: X25519 with ML-KEM-768, so that a copy taken today does
// not open to tomorrow's machines, HKDF-SHA-256, AES-256-GCM. It is in the standard library. age was looked at and would
// have fitted, but encrypts with ChaCha20-Poly1305 where the regulation's profile here names AES-256-GCM.
//
// The server has the public half only. Who takes the machine cannot open the backups; the recovery key is kept elsewhere.
//
// What is at the same moment: the control store is copied in one transaction; the log afterwards, so that it holds every
// record of what the store holds and perhaps a few more; files after the log, so that none that the store names was made
// later. Files and records beyond the store are what the platform clears or reports at a start in any case.
//
// Invariants:
//  1. A backup under its name is whole, was read again and compared, and has its record in the log.
//  2. Nothing of a backup is given out before its chunk is verified; nothing is unpacked before all of it is.
//  3. A backup goes into an empty folder and an empty store only, and a folder half unpacked does not start.
//  4. That a restore took place is in the restored log before the platform runs.
//
// Start reading at Service.Create, then Unpack.
package backup
