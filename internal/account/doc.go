// Package account keeps people's accounts: roles, passwords, second factors and sessions (Điều 21.4a).
//
// Owns: accounts with roles in one agency, sign-in by password, passkey or single sign-on, sessions, one-time links,
// lock-out.
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
//  6. Disabling, a new password and changed roles end all sessions of the account before they answer. A reset takes
//     every way in away, not the password alone.
//  7. An identity of a provider opens the account to which its holder or an administrator linked it, and no other:
//     nobody is found by an e-mail address or a name, and no account is made (T27).
//  8. A new way into an account is added after its password, and its code when there is one, were given again; once it
//     has a second factor of any kind, in a session that used one.
//  9. An answer of a provider or of a passkey passes once, and only from the question that was put to it.
//  10. Nobody alone gives a role of the operator, or a way into the account of somebody who has one: one person proposes,
//     another confirms. Only while the platform is set up, before two people could confirm each other, one acts alone.
//
// Start reading at Service.SignIn, then Service.FinishSSO and Service.SignInByPasskey.
package account
