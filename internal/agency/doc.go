// Package agency is the register of agencies and units (Điều 2) and of their data stewards (Điều 20.6).
//
// Owns: agencies with kind, two-tier tree and validity; external parties with their sponsor; stewards.
// Does not own: people's accounts (account), what an agency owns (catalog, system).
//
// Invariants:
//  1. A code is permanent and never given to another agency, so nothing is ever inherited by name.
//  2. The tree has no cycle, and a commune hangs under nothing: there is no district level (since 1/7/2025).
//  3. An import changes all rows of the file or none, and names every wrong row at once.
//  4. External parties own no data (Điều 2.3).
//  5. What a central vertical agency owns or uses says that the laws concerning it apply (LegalBasis), and the province
//     neither ranks nor inspects it by default (Kind.Ranked; rankings and plans list with Filter.Ranked) (Điều 2.2).
//
// Start reading at Agency and Service.
package agency
