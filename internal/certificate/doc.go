// Package certificate is the platform's own authority: it gives systems the client certificates by which they prove
// themselves on the exchange (mutual TLS, RFC 8705).
//
// Owns: the authority's keys, the certificates it gave, their renewal and revocation, the published revocation list.
// Does not own: systems and their clients (system), what a certificate opens (exchange), the server's own certificate
// (app), keys at rest (vault).
//
// Invariants:
//  1. A certificate holds nothing of a request but its public key; name, uses and end are the platform's.
//  2. A key is certified only for whoever shows to hold it, for one system, and never again after it was revoked.
//  3. A certificate counts only as the very bytes that were given, signed by an authority of the store and in force. It
//     opens nothing from the moment its revocation has answered.
//  4. The authority's private key leaves the store sealed, and exists in clear only while it signs.
//  5. Giving, renewing and revoking are recorded in the transaction that does it, and so is the new revocation list.
//
// Start reading at Service.Issue, then Service.Holder.
package certificate
