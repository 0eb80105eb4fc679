// Package incidentweb shows the register of incidents and takes their steps, as pages and as JSON.
//
// Owns: the pages under /incident and the operations under /api/v1/incident.
// Does not own: any rule; incident.Service decides who sees what and which step is possible.
//
// Start reading at Pages.Routes.
package incidentweb
