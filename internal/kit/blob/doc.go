// Package blob keeps immutable files so that what was acknowledged survives a power cut.
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
//  4. One process writes to a store; others may read.
//
// Start reading at Store.Create.
package blob
