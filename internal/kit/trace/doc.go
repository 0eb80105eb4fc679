// Package trace keeps for a while where the time of each call went, under the ids of W3C Trace Context.
//
// Owns: reading and writing the traceparent header, the steps of a call, the memory of the newest and of the slow ones.
// Does not own: what the steps are called (each room names its own), who may look (the pages), evidence (audit).
//
// Invariants:
//  1. A trace holds ids, names of steps and durations, never a value, a name or an address.
//  2. Memory is bounded; what is pushed out is gone. A trace is a help for operators and no evidence.
//  3. A traceparent that is not exactly as the standard has it counts as none: tracing never refuses a call.
//  4. What is passed on names a span of ours as the parent; nothing else of what the caller sent goes on.
//
// Start reading at Begin.
package trace
