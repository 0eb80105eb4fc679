// Package consumer is the client that another vendor would write against the exchange from its documentation: token by
// client credentials, the Lienthong headers, an officer's assertion, pages, and problems read by their code.
//
// Owns: the wire side of a calling system, and the demo's traffic.
// Does not own: anything of the platform; it imports no slice, so that it proves what the contract alone allows.
//
// Invariants:
//  1. No identifier of a person stands in an address: a person is looked up by POST.
//  2. A token is fetched once for its life; a call refused with 401 is tried once more with a new token.
//  3. Nothing but that is repeated by itself.
//
// Start reading at Client.Records and Client.Lookup.
package consumer
