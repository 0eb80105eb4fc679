// Package system is the register of information systems (Điều 8) and their credentials.
//
// Owns: systems with owner, group, layer and source addresses; the dossiers of their security levels (Điều 26.2a); what
// traffic shows of each and the plan of those that are not connected (Điều 8.3a); clients with their secrets and keys,
// officers' keys.
// Does not own: routes to a provider's services (exchange), lists issued by decision, agencies, certificates (certificate).
//
// Invariants:
//  1. A system's id is permanent and never given to another, so no grant is ever inherited.
//  2. A secret is random, kept as its hash, shown once; an unknown client costs as much as a wrong secret.
//  3. A revoked or expired credential opens nothing from the moment the revocation has answered.
//  4. A security level counts only while its approval or exception is valid.
//  5. A credential begins without a secret. Somebody of the system's own agency picks it up, once; the operator, who makes
//     the credential, never sees it. A change of the secret leaves the old one seven days.
//  6. A client proves itself in one way. A key belongs to one system for ever and to one use: a revoked one never comes back.
//  7. A status is what traffic shows; no call sets one.
//  8. A security level comes into force only by a dossier that one person proposed and another recorded with its decision.
//     Exceptions last 90 days together, from the first one on, until a level is approved.
//
// Start reading at Service.
package system
