// Package agencyweb shows the register of agencies and takes its changes, as pages and as JSON.
//
// Owns: the pages under /agency and the operations under /api/v1/agencies.
// Does not own: any rule; agency.Service decides who may change what and what is wrong with it.
//
// Invariants:
//  1. A day that a person types means its first moment in Viet Nam.
//  2. An import shows every wrong row, never only the first.
//
// Start reading at Pages.Routes.
package agencyweb
