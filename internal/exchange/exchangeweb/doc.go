// Package exchangeweb shows what goes through the exchange: calls per connection and day, single calls for those who
// may see them, and the registered services of providers.
//
// Owns: the pages under /exchange and the operations under /api/v1/exchange.
// Does not own: the figures (audit's counts) and the routes (exchange).
//
// Invariant: an agency sees the calls of its own systems and those on its own datasets, the operator all; a call's page
// shows the decision and its reason, never a value.
//
// Start reading at Pages.Routes.
package exchangeweb
