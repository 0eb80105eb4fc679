// Package dictionaryweb shows the shared data dictionary: elements with their versions, code lists, administrative units
// on a day and the way of a unit from one day to another, as pages and as JSON.
//
// Owns: the pages under /dictionary, the operations under /api/v1/dictionary and /api/v1/code-lists.
// Does not own: any rule; package dictionary resolves codes, and reports what is ambiguous instead of guessing.
//
// Start reading at Pages.Routes.
package dictionaryweb
