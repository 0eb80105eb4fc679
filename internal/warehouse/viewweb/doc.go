// Package viewweb is where people look at records on screen: choose a dataset that their agency may see, state purpose and
// case, look up one record or read a page (Điều 21.3a). Pages and JSON go through the same use case, flow.ViewData.
//
// Owns: the pages under /warehouse/view and the operations that look at records.
// Does not own: the decision and its record (access, flow), reading and masking (warehouse), grants (connection, flow).
//
// Invariants:
//  1. An identifier stands in no address: it is posted, and no page writes it back.
//  2. Every page with values carries the mark of who sees it, when, under which record of the log; nothing keeps it.
//  3. No page leads to a file. The one operation that makes a file asks for the level USE and writes the mark into it.
//
// Start reading at Pages.look.
package viewweb
