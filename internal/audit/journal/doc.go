// Package journal keeps records on disk so that an acknowledged one is never lost and a changed one is always found.
//
// Owns: segment files, group commit, recovery after a crash, the stored hashes and signed checkpoints beside them,
// archives of old segments, tiles, exports, the offline verifier.
// Does not own: what a record says (package audit), search (audit's index).
//
// A folder:
//
//	lock                          held while a process writes
//	segment-<first seq>.log       header, then batches; a batch is one write and one fdatasync
//	tree.hashes                   stored hashes in tlog order, 32 bytes each; derived from the segments
//	checkpoint                    the newest signed checkpoint
//	archive/<first seq>/          records that have left, see archive.go
//	cosigned                      the newest checkpoint that witnesses cosigned, with their cosignatures
//	verifier.key                  the public key, for whoever kept none elsewhere
//	reserve                       occupied room, given up when the disk is full; see reserve.go
//	checkpoints                   older ones, about one a minute, each "note <length>\n<signed note>"
//
// Seq and leaf: callers encode and hash a record's body before they queue it, in their own goroutines. The body does
// not hold its seq. The writer goroutine numbers what it collected: a batch header carries the first seq, frames
// follow in order, and seq = leaf index. So nothing is encoded or hashed twice and the writer only copies and sums.
//
//	segment header  "LTJOURN1" | first seq u64 | first seq and bytes of the segment before u64 u64 | 0 u32 | crc32c u32
//	batch header    "LTB1" | count u32 | first seq u64 | bytes of all frames u32 | crc32c u32
//	frame           length u32 | crc32c u32 over seq and body | body          (all little endian)
//
// Torn tail: a batch is acknowledged only after the fdatasync that follows its write, and the next batch is written
// only after that. So a file that ends inside its last batch, or holds a hole of never-written zero blocks there,
// shows a write that no caller was told about: from the first incomplete frame on it is cut away. A damaged frame
// whose bytes are all there is no torn write but a changed file: opening refuses and names it. A tail shorter than
// the last signed checkpoint is refused as well.
//
// Invariants:
//  1. Append returns nil only when the records are on disk in at least one folder.
//  2. After a failed write or fsync a folder is never written again by this process; with none left the journal is
//     closed for good and Health says why. fsync is never retried: the kernel may have dropped the pages.
//     A write that finds the disk full (ENOSPC, EDQUOT) is no failed write as long as the reserve has a step to give: the
//     same bytes are written once more to the same place, before any sync. Without one it is a failed write.
//  3. A checkpoint covers only records that are on disk, and its tree only ever grows.
//  4. The tree is fed in journal order by one goroutine; a gap closes the journal.
//  5. A segment leaves only when its archive is on disk and verifies by itself. Stored hashes never leave.
//
// What the verifier must find is in TestMutationsAreFound and TestMutationsOfArchivesAreFound; as many as the acceptance
// asks for: LIENTHONG_TEST_MUTATIONS=10000 go test -timeout 60m -run TestMutations ./internal/audit/journal
//
// Start reading at Journal, then commit.go; for archives at archive.go.
package journal
