// Package support explains the platform in the regulation's own words: the definitions of Điều 3, the glossary, and the
// check that no sentence of the interface uses another word for the same thing (R3.0).
//
// Owns: the definitions with the features that implement them, the glossary, the list of forbidden synonyms.
// Does not own: the sentences themselves; each slice declares its own.
//
// Invariants:
//  1. A definition stands word for word as in the regulation, its spelling included.
//  2. A Vietnamese sentence of the interface calls a thing by its term; Lint names every other.
//
// Start reading at Terms.Search, then Lint.
package support
