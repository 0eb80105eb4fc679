// Package taskweb shows the inbox of an agency and the notices of a person, as pages and as JSON.
//
// Owns: the pages under /tasks and the operations under /api/v1/tasks.
// Does not own: any rule; task.Service decides who sees what.
//
// Start reading at Pages.Routes.
package taskweb
