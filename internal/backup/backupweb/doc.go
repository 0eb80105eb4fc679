// Package backupweb shows how it stands with backups and lets one be made now, as a page and as JSON.
//
// Owns: the page /backup and the operations under /api/v1/backup.
// Does not own: any rule (backup.Service). Where backups go is configured on the server and is never taken from a request;
// restoring is a command on the server alone.
//
// Start reading at Pages.Routes.
package backupweb
