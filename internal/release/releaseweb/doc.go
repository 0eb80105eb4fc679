// Package releaseweb shows the lists of the province and their releases, and takes the steps of their way, as pages and as
// JSON.
//
// Owns: the pages under /release and the operations under /api/v1/releases.
// Does not own: any rule; release.Service decides who sees what and which step is possible.
//
// Start reading at Pages.Routes.
package releaseweb
