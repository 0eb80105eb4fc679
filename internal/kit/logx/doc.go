// Package logx is the program's log: one JSON record per event, in which nobody can forge a line and no citizen's number
// stands by accident.
//
// Owns: escaping, truncation and masking of what is logged.
// Does not own: what is worth logging (house style: start-up, then warnings and errors); the evidence of access (audit).
//
// Invariants:
//  1. No control, direction or invisible character leaves raw; a record is one line.
//  2. A text longer than Limit bytes is cut, with a mark that says so.
//  3. What looks like a 12-digit personal number, a telephone number or an e-mail address is masked in every text.
//     This is the net below; callers still do not log personal data.
//
// Start reading at New.
package logx
