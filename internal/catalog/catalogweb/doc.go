// Package catalogweb shows the register of datasets and takes its steps, as pages and as JSON.
//
// Owns: the pages under /catalog and the operations under /api/v1/datasets.
// Does not own: any rule; catalog.Service decides what may be changed by whom. What other slices know of a dataset comes
// through Sources, each part with the fault that its slice answers.
//
// Start reading at Pages.Routes.
package catalogweb
