// Package web is the shell around every page and JSON operation: one route table, one way out for errors, one layout.
//
// Owns: routes and their permissions, the menu, the error page, language and cross-site rules, form decoding, the JSON
// API, static files. Its components live in web/ui.
// Does not own: what a page shows (each slice's web package), who somebody is (account), what they may do (access).
//
// Invariants:
//  1. A route that names no permission stops the program at start; a public one says access.Public.
//  2. Menu, route listing and permission check read the same table, so a page is never linked and forbidden at once.
//  3. An error becomes an answer in fail and nowhere else. A page is rendered into memory first, so a fault in the
//     middle never leaves half a page.
//  4. Whatever names a place to go back to is cut down to a path on this site (SafePath).
//  5. The past of a thing is shown to whoever may see the thing now and is of its agency, the operator or the auditor;
//     nothing can be done from a past state (past.go).
//  6. A request that changes something and comes from another site is refused before any handler sees it.
//
// Start reading at NewMux.
package web
