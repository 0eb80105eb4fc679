// Package connection is the process of Điều 12: how a system of one agency comes to read the data of another.
//
// Owns: the request with its number, need, appraisal, owner's opinion, approved scope, versions of the configuration,
// test runs, acceptance; the one table of transitions; deadlines in working days; the life after acceptance.
// Does not own: datasets (catalog), systems and their credentials (system), agencies (agency), grants (access), the
// calls themselves (exchange). What it needs of them it asks through Sources, wired in app.
//
// Invariants:
//  1. The state changes only through a row of the table in machine.go: its guard, its permission, its side, its duty.
//  2. Nobody performs two separated duties on one request (register, appraise, approve, accept; approve, provision),
//     and a version of the configuration is reviewed by somebody other than its author.
//  3. Nothing is live in the full process without the owner's opinion (or the decision of the authority asked), an
//     approval, a reviewed configuration, a passed run of the platform's own tests against that configuration, and the
//     confirmations of three different people.
//  4. The approved scope lies within the requested one; a grant is made of the approved scope and nothing else, only
//     by flow.GrantConnection (archtest holds it), in the transaction that moves the request to provisioning.
//     A right of level UPDATE holds operations of providers that change data, one of level USE those that read; only
//     registered ones, each callable in a test with fictional data.
//  5. When the connection is suspended, resumed or ended, its grants follow in the same transaction.
//  6. Steps, configurations and test runs are only ever added.
//  7. Test reports hold names of fields, counts and evidence ids, never values of records.
//  8. In the shortened process (shortened.go) six conditions hold at every step before the acceptance is over; when one
//     falls away the request begins the full process at the appraisal, with the reason, and what was set up is taken back.
//     The check of security and privacy takes the place of appraisal and opinion; tests and acceptance stay.
//  9. A request follows the owner of its data, as a step of its own, before anybody takes the next one.
//  10. Of a connection in operation a changed configuration serves only after a second person has reviewed it (in_force.go),
//     and its scope stays the granted one.
//  11. A personal field is approved only with a stated and a judged impact (impact.go), and tells no more than was judged.
//
// Start reading at machine.go, then shortened.go, then Service.
package connection
