// Package review keeps rights from outliving their reason: reviews of grants, at set times and when people, agencies, data
// or systems change (Điều 21.5c); the report of what rights hold beyond their use (Điều 21.2c); and what an owner asks of
// the operator about rights on its data (Điều 20.4a).
//
// Owns: campaigns with their items and answers, asks with their outcome, what each grant's fields were last used for, the
// settings of all this.
// Does not own: grants (access) and how one is narrowed (flow); who somebody is, what a dataset is, which agency exists
// (told by app); the inbox (task, told by app).
//
// Invariants:
//  1. A grant with no answer at the end of its campaign is suspended, by the job that runs again after every restart; the
//     record names the campaign. Each grant in its own small transaction with the mark on its item: none is forgotten and
//     none is suspended twice.
//  2. Nothing here widens a right or gives one. A grant that a review holds comes back only by an answer to that review.
//  3. Who asked for a change of a right does not confirm it, and nobody answers for a right that he or she holds or approved.
//  4. An event of the log opens at most one review, however often it is read: the record's id is the review's key.
//  5. What fields were used for follows the log; its place in the log is kept in the transaction of what was read there.
//
// Start reading at Campaign, then Service.Answer and Service.Sweep.
package review
