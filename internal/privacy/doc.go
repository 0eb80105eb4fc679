// Package privacy is the register of personal-data processing (Sổ đăng ký xử lý dữ liệu cá nhân, Điều 27.2).
//
// Owns: the entry of each dataset that holds personal data: categories, purposes, legal basis, function, source,
// recipients, retention, security measures, impact assessment, person in charge; its way from draft to force and back.
// Does not own: datasets and the classes of their fields (catalog, dictionary), the purposes (access), the decision
// whether data is served (access, which is told by Facts).
//
// Invariants:
//  1. A dataset with personal fields is served only while its entry is in force: complete for the categories that the
//     dataset has now, confirmed, not withdrawn, not past its last day. Facts tells that to the decision.
//  2. Nobody confirms what they wrote or sent themselves. The owner agency writes; its head or the operator confirms.
//  3. What is in force never changes: a change is a new version beside it, which takes its place when it is confirmed.
//  4. Every change leaves its record and the state before and after in its own transaction.
//  5. Nothing of the data itself stands in an entry: no record, no identifier of a data subject.
//
// Start reading at Content, then Service.
package privacy
