// Package ingestweb takes deliveries of files and shows what became of them, as pages and as JSON.
//
// Owns: the pages under /ingest and the operations under /api/v1/ingest.
// Does not own: any rule; ingest.Service decides who delivers what, checks every row and hides values. Files are streamed
// from the connection to it and never held in memory.
//
// Start reading at Pages.Routes.
package ingestweb
