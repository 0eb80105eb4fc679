// Package connectionweb shows the process of Điều 12 as pages and as JSON.
//
// Owns: the pages under /connections and the operations under /api/v1/connections.
// Does not own: any rule; connection.Service decides, the two flows span slices.
//
// Invariants:
//  1. A page offers a step only when View.Actions holds it; the service refuses it in any case when it is not allowed.
//  2. No secret passes here: the agency of a system picks it up (systemweb).
//
// Start reading at Pages.Routes.
package connectionweb
