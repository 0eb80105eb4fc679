// Package exchange is the gateway between agencies' systems: one listener on which data leaves the province's platform
// or a registered provider, under a grant, with evidence.
//
// Owns: the calls' contract (routes, headers, tokens, cursors), registered provider routes, access tokens of systems,
// officers' assertions, and the order of one call.
// Does not own: who a system is and its secrets (system), the decision and the permit (access, flow), rows of the
// warehouse (warehouse), the record's form (audit).
//
// Invariants:
//  1. Every call but the two health paths and the public metadata leaves exactly one decision record, and an allowed one also an outcome.
//  2. Nothing is read from the warehouse or asked of a provider without a permit of the gate. The one exception is
//     Service.Sample, for the test of a connection: reading operations alone, recorded before the provider is asked.
//  3. Router, decision, evidence and provider see the same canon.Request; nothing reads the raw address again.
//  4. What a provider or the warehouse answers leaves only through the grant's columns, rows and masks.
//  5. No identifier of a person stands in a query, a cursor or a record: look-ups are POST, cursors are sealed, records
//     hold keyed hashes, and of a caller's own texts only a checked case reference. Only a provider's own path may hold one, where its registered operation says so.
//  6. A call that changes a provider's data is sent at most once.
//  7. Within a dataset the name of an operation, method and path, belongs to one service, since grants name it so.
//  8. A signed assertion opens one time, on whatever node. A token bound to a certificate opens only on a connection that
//     was made with it, and a connection with a certificate that is not in force opens nothing.
//
// Start reading at Server.ServeHTTP, then call.open.
package exchange
