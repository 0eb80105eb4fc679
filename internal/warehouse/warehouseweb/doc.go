// Package warehouseweb shows the versions in the shared warehouse: where each came from, what is in it, whether its files
// are whole; as pages and as JSON. It shows no records.
//
// Owns: the pages under /warehouse and the operations on versions under /api/v1/datasets.
// Does not own: publication and reading (warehouse, flow), what a dataset is (catalog).
//
// Invariant: the smallest and largest value of a column are data, so only the owner agency and the operator see them.
//
// Start reading at Pages.Routes.
package warehouseweb
