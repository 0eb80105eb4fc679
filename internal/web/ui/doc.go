// Package ui is the design system: components with typed parameters, in which a page author chooses content, not looks.
//
// Owns: layout, tables, forms, status, progress, charts, the map, and the few words that components say themselves.
// Does not own: routes and rights (internal/web), what a page says (each slice's web package).
//
// Invariants:
//  1. No style attribute, inline script or event attribute: the pages run under a policy that refuses them.
//  2. A state is told by word and icon; colour only repeats it.
//  3. Everything works without script; script only improves.
//  4. Texts arrive translated; components translate only their own words.
//
// Start reading at Layout; /gallery shows every component in every state.
package ui
