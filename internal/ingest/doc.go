// Package ingest takes deliveries of files, keeps them raw, checks every row and publishes what may pass.
//
// Owns: receiving a file, its encoding and structure, the checks of each row against the elements of the dataset's
// schema, quarantine, the verdict, the states of a delivery.
// Does not own: what a dataset and its schema are (catalog), how a value is read (dictionary), versions (warehouse).
//
// Invariants:
//  1. Only the dataset's official source system delivers (Điều 13.4).
//  2. What was received is kept as it came, byte for byte, and never changed.
//  3. A file with a state-secret stamp is not kept; an incident is opened (Điều 1.4).
//  4. rows read = accepted + rejected + duplicates, or nothing is published.
//  5. A delivery is published whole or not at all: version, verdict and state change in one transaction.
//  6. The same file or idempotency key twice changes nothing and answers the first delivery.
//  7. A rejected row is told with line, column, value and rule; nothing is repaired on the way.
//  8. Files other than CSV are taken apart in a confined child alone (package sheet).
//  9. What stands in a header is kept, and what a rule says besides the value is shown, only where it is a name of the schema or of a
//     register; what may be somebody's data is told by its place.
//  10. Data that is older than the version in use replaces it only when somebody says so, with a reason; data from the
//     future is refused.
//
// Start reading at Service.Deliver, then Service.Check.
package ingest
