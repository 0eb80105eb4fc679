// Package blob keeps immutable files so that what was acknowledged survives a power cut.
//
// A sealed store encrypts its files (AES-256-GCM). They are cut into chunks, so that one page is read without the rest;
// the nonce of a chunk is its number and whether it is the last, and its context the file's random id, so that none can
// be changed, moved, left out, added or taken from another file. The file's random key lies in its head, wrapped by a
// key-encryption key for this file under this name: changing the key-encryption key rewrites the head only, and
// overwriting the head is the end of the content. Two slots make that safe from a power cut. Names, sizes and SHA-256
// sums stay those of the content, so that manifests, receipts and evidence can be compared with what was delivered.
//
// Owns: names inside one folder, the order of write, sync, rename and sync of the folder, the clearing of what a crash
// left behind.
// Does not own: what the files mean, and which of them are visible; a row of the control store says that.
//
// Invariants:
//  1. A name shows a whole file or none. Until Commit the bytes lie under .tmp, which no name reaches.
//  2. Commit answers when the file, its folder and every folder made on the way are on disk.
//  3. A failed sync is never tried again: the kernel may have dropped the pages and would then answer well. The store
//     refuses every later change until the program is started anew.
//  4. Of a sealed file no byte is given out before its chunk is verified; a file in clear is refused.
//  5. Content in clear lies only in the scratch folder, which is in memory where the system has such a folder, and there in
//     files without a name.
//  6. Remove destroys the key before the bytes go, and a keeper of keys that cannot record it keeps them.
//  7. What SetAside moved to lost+found is whole and out of reach of every name; only a person removes it.
//  8. One process writes to a store; others may read.
//
// Start reading at Store.Create.
package blob
