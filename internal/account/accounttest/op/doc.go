// Package op runs a real OpenID provider on the loopback for tests of single sign-on: discovery, keys, authorization code
// with PKCE and signed ID tokens are those of github.com/zitadel/oidc; people and codes are kept in memory.
//
// Owns: the provider's storage, its sign-in page, and ways to make it misbehave.
// Does not own: the checks of what it says (account/sso).
//
// Invariants:
//  1. Tests only; nothing that is shipped imports it.
//  2. Without Forge every answer is the library's own.
//
// Start reading at Start.
package op
