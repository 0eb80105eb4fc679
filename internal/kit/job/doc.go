// Package job runs work in the background: tasks that are enqueued in the transaction of the change that needs them,
// and work that repeats.
//
// Owns: the tables job_task and job_schedule, leases, retries, the tasks given up (state dead), the workers.
// Does not own: what a task does, and as whom; the handler puts its named system actor into the context.
//
// Invariants:
//  1. A task exists if and only if the transaction that enqueued it committed.
//  2. A task runs at least once; a handler may see it again after a crash, so it is written to be repeated, or ends with
//     Task.Complete in its own transaction, which then happens exactly once.
//  3. A task that failed for the last time stays as dead, with its reason, until someone retries or discards it.
//  4. Run answers only when every handler has returned. A task cut off by the end is ready again at once.
//  5. A payload holds ids, never personal data: it lies in the control store in the clear.
//
// The queue is a table of our own and not a library's: libraries take *sql.DB or *sql.Tx and bring a schema with triggers,
// BYTEA and the database's clock, while enqueueing must join a transaction of controldb.Querier on either engine, and
// leases must follow the injected clock.
//
// Start reading at Queue.Enqueue, then Queue.step.
package job
