// Package catalog is the register of datasets: what each is, whose it is, how it may be shared.
//
// Owns: datasets with the seven catalogue fields of Điều 7.3, their classification, life cycle and owner history, the
// immutable schema versions made of dictionary elements, the search for state-secret stamps in metadata.
// Does not own: elements (dictionary), deliveries (ingest), stored versions (warehouse), requests to use (connection).
//
// Invariants:
//  1. A dataset has exactly one owner agency at any time; the owner changes by a dated transfer with its decision.
//  2. A code is permanent and never given again; a retired dataset keeps its row for ever.
//  3. A schema version never changes; a change is the next version.
//  4. Nothing that carries a state-secret stamp is registered.
//  5. Every change of state is recorded in the same transaction as the change.
//  6. A draft or returned registration is shown to its owner agency and the operator only.
//  7. An element of an entity has at most one official source at any time; a unique index holds it (store_source.go).
//
// Start reading at Dataset, then Service.Register.
package catalog
