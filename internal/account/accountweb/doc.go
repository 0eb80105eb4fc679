// Package accountweb shows sign-in, one's own account and the accounts of all agencies, as pages and as JSON.
//
// Owns: the pages /sign-in, /sign-out, /set-up, /password, /me and /account, the operations below /api/v1/account,
// the session's cookie.
// Does not own: any rule; account.Service decides who may sign in and who may change what.
//
// Invariants:
//  1. A secret is shown once, in the answer to the form that made it, and never stands in an address that a browser
//     keeps: the one-time link is the only exception and works once.
//  2. The second step of a sign-in is reached only with the sealed ticket of the first.
//  3. A sign-in ends the session that the browser brought along.
//  4. A single sign-on is finished by the browser that began it: a sealed cookie holds what must match. The way to a
//     provider is a link and never the answer to a form, which the content security policy would stop.
//  5. Everything but passkeys works without script; the forms of passkeys are shown by script only.
//
// Start reading at Pages.Routes.
package accountweb
