// Package app builds every service, mounts every route and starts every worker: the only place that sees everything.
//
// Owns: configuration, the order of start and stop, the wiring of interfaces that slices declare, the three listeners,
// the lock of the data folder, the local control socket.
// Does not own: any rule.
//
// Invariants:
//  1. One server per data folder; the second is refused and told of the first.
//  2. Nothing listens before the evidence journal is open and the store is migrated.
//  3. Stop closes the listeners first and the journal last, so that every answer has its record.
//  4. Every goroutine started here ends when the context ends.
//
// Start reading at Serve.
package app
