// Package demo loads the demo's world into a platform through its own services, each step by the person whose part it
// is, so that permissions and the separation of duties are really exercised.
//
// Owns: the order of loading, the requests of the demo and where each of them stops, the traffic of the calling systems.
// Does not own: what is in the world (world), the agencies' systems (provider), the platform.
//
// Invariants:
//  1. Nothing is written past the services: what the demo shows, an agency could have done.
//  2. Loading again adds only what is missing, so that a demo that was stopped half-way is taken up.
//  3. Secrets of credentials stay in memory; a restarted demo issues new ones.
//
// Start reading at Seed.
package demo
