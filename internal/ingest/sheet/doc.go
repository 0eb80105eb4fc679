// Package sheet reads spreadsheets (XLSX) and JSON deliveries in a child process that can do nothing but read.
//
// Owns: the child and its limits, the records that it passes to its parent, the reading of XLSX and JSON, what makes such
// a file hostile, the kind of file that bytes are.
// Does not own: what a row should hold (ingest), secret stamps (catalog), sentences for people (ingest).
//
// Invariants:
//  1. The bytes of such a file are taken apart in the child alone. It has an empty environment, no descriptor but the file
//     and its output, cannot open another (so no file and no network), and dies at its limits of memory and time.
//  2. The parent holds one row at a time and believes nothing that the child says without checking its length.
//  3. Nothing is guessed: a number that lost digits, a formula without a value, a merged cell or a date that does not exist
//     is told as such; a number is passed on as a number and never as text with digits added.
//  4. Of a workbook the first visible sheet is read, or the visible one that is asked for, and the others are named.
//
// Start reading at Open for the parent and ChildMain for the child.
package sheet
