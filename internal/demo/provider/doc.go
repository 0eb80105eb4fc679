// Package provider runs the demo's agencies' systems: real HTTP servers on loopback that answer from the world's data.
//
// Owns: the JSON services of the systems, updates by their owners, and the ways in which a system misbehaves.
// Does not own: the data (world), the platform that calls the services.
//
// Invariants:
//  1. A server listens on loopback only.
//  2. An update changes the system's own records and nothing of the world, so that a restarted system starts afresh.
//  3. A behaviour can be switched while calls run; each call sees one behaviour from beginning to end.
//
// Start reading at Start, then Behaviour.
package provider
