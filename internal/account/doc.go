// Package account keeps people's accounts: roles, passwords, second factors and sessions (Điều 21.4a).
//
// Owns: accounts with roles in one agency, sign-in, sessions, one-time links, lock-out.
// Does not own: what a role may do (access), agencies (agency), credentials of systems (system).
//
// Invariants:
//  1. There is no default password: the first account is made with a one-time token, every other begins with a one-time
//     link.
//  2. An unknown name, a wrong password and a wrong code cost the same and are told alike.
//  3. A role that needs a second factor gives nothing to a session without one.
//  4. A code of the second factor opens one session; a session's token is new at every sign-in and kept as its hash.
//  5. A failure is counted in the transaction that finds it, so that many guesses at once get no further than one after
//     the other. Between the two steps of a sign-in there is nothing but a sealed ticket, and no session.
//  6. Disabling, a new password and changed roles end all sessions of the account before they answer.
//
// Start reading at Service.SignIn.
package account
