// Package sso speaks OpenID Connect with the identity providers that the operator configured.
//
// Owns: discovery, the request to the provider, the exchange of the code, the checks of the ID token.
// Does not own: whose account an identity belongs to, sessions, cookies (account, accountweb).
//
// Invariants:
//  1. Only the authorization code flow with PKCE (S256), state and nonce; the redirect address is one fixed address.
//  2. An ID token counts only with a signature of an allow-listed asymmetric algorithm by a key of the provider, our
//     client as audience and authorised party, the provider as issuer, our nonce, and within its time.
//  3. An e-mail address is never an identity: it can be given to somebody else, or be claimed at another provider.
//  4. A provider that does not answer refuses its own sign-ins only, and is asked again at the next one.
//
// Start reading at Provider.Finish.
package sso
