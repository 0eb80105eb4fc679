// Package task is the inbox "Việc của đơn vị": what waits for an agency, by when, and the urging of what is late
// (R12.6, R7.5b).
//
// Owns: tasks, their deadlines in working days, notices (those that urge and escalate, and whatever else a slice has to
// tell), who has read which.
// Does not own: the work itself. The slice whose step makes a task due opens it in the transaction of that step and ends
// it in the transaction of the next; its own audit record tells of both.
//
// Invariants:
//  1. At most one task of a kind is open for a subject, however often it is opened.
//  2. A task is open if and only if the transaction that opened it committed and none that ended it did.
//  3. Each stage (half of the time, day of the deadline, overdue) is told once to each recipient, and never of a task that
//     has ended. A later stage goes to everyone that an earlier one goes to, and one further up.
//  4. Each urging is a record of the audit log.
//  5. A person sees the tasks of the own agency, the operator those of all.
//
// Start reading at Task, then Service.Open, Service.Remind and Service.Tell.
package task
