// Package systemweb shows the register of information systems, their security level and credentials, as pages and as JSON.
//
// Owns: the pages under /system and the operations under /api/v1/systems.
// Does not own: any rule; system.Service decides who may change what.
//
// Invariants:
//  1. A secret passes through once, in the answer to the request that made it: never in an address, never kept, never cached.
//  2. A day that a person types means its first moment in Viet Nam.
//
// Start reading at Pages.Routes.
package systemweb
