// Package supportweb shows the regulation's terms with what puts them to work.
//
// Owns: the page /support/terms and the operation /api/v1/support/terms.
// Does not own: the terms; support holds them.
//
// Start reading at Pages.Routes.
package supportweb
