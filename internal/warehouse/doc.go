// Package warehouse keeps the published versions of datasets and reads them under a permit.
//
// Owns: versions as sets of immutable files (Parquet, row file, manifest), making one visible whole, reading rows by key
// and page with the columns, rows and masks of the permit, statistics.
// Does not own: what a dataset is (catalog), where rows come from and which pass (ingest), who may read (access, flow).
//
// Invariants:
//  1. A version is visible whole or not at all: its files are on disk before the one row that makes it visible.
//  2. No path changes a published row. Corrections are made at the source and come with the next version. A version can
//     only be taken out of sight whole (purge), with its reason, and its number is not given again.
//  3. Every row carries its provenance: source system, owner, delivery, source time, load time, rule version.
//  4. Rows leave only through Read and Lookup, under a valid permit of the same dataset. Key and person
//     columns outside the permit are read for two things only: the page mark, which is encrypted, and Page.Subjects and
//     Page.Keys, which go to the evidence and never into an answer.
//  5. No version is published without the id of the verdict that let it pass.
//  6. A row file whose sum is not that of its manifest is never read; the sum is compared when the file is opened.
//  7. No value of a row is on a disk in clear. Published files are sealed by the store; a row file in the making is
//     encrypted under a key that is kept nowhere; the columns are written in the store's scratch folder, in memory
//     where the system has such a folder, into a file without a name; what the engine spills is encrypted. Sums in manifests are those of the content.
//
// Start reading at Service.Publish, then Service.Read.
package warehouse
