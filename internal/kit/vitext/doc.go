// Package vitext is Vietnamese text: one form to store, keys to compare and order, and a watch at the door for what is
// not readable text.
//
// Owns: normal form, comparison and collation keys, slugs, the check of encodings, the recognition of look-alikes.
// Does not own: which column is compared how (each slice).
//
// Invariants:
//  1. Stored text is NFC; no key is ever shown.
//  2. Key never joins two different tones or vowels, nor a look-alike of another script with the real letter.
//  3. Keys are stable: they are stored. Another way of making them needs a migration that makes them again.
//
// Start reading at Key.
package vitext
