// Package meter counts and times what the platform does, in the text that Prometheus and its kin read.
//
// Owns: families of counters and histograms with labels, values that are read only when somebody asks, the text.
// Does not own: what is counted (each room does its own), who may read it (app).
//
// Invariants:
//  1. A family has a bounded number of series; whatever comes after stands under "other". So a label that an outsider
//     can choose costs no more memory than one that is ours.
//  2. A label holds a route pattern, a code, a state or a kind, never the id of a person or a case and never an address.
//  3. Counting never fails and never waits for the disk or the network.
//
// Start reading at Set.
package meter
