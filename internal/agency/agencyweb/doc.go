// Package agencyweb shows the register of agencies with its tree, import and stewards, as pages and as JSON.
//
// Owns: the pages under /agency and the operations under /api/v1/agency.
// Does not own: any rule; agency.Service decides who may change what.
//
// Start reading at Pages.Routes.
package agencyweb
