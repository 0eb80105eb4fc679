// Package release issues the three lists of the province: the shared data catalogue (Điều 7), the list of information
// systems that must be connected (Điều 8) and the open data list (Điều 18.3d), all by one way.
//
// Owns: releases of a list from draft to decision, their entries as issued, the consultation of agencies with its comments
// and answers, the files of the submission and of each issued release, the answer to "is this listed now, and how".
// Does not own: datasets (catalog), systems (system), what being listed brings (connection, obligation), inboxes (task).
//
// Invariants:
//  1. A list has at most one draft. Everything else of it was issued by a decision, or given up.
//  2. Nothing of an issued release changes. Its entries, its decision and the digests of its files are sealed with a key of
//     the platform; a release that no longer fits its seal gives no right, is shown as altered and opens an incident.
//  3. The files of an issued release are made once, when the decision is recorded, and given out byte for byte.
//  4. A release is in force from its day on by the clock alone. The work that follows from it is done once, in one
//     transaction with the mark that it was done.
//  5. Who had a hand in a draft does not approve it; who approved it does not record its decision.
//  6. A comment of an agency is answered before the draft is approved.
//
// Start reading at Release, then Service.Open and Service.Record.
package release
