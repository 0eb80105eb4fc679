// Package migrations carries the control store's steps: plain portable SQL, forward only, additive first.
// Ranges: 0001 kit, 0010 access, 0020 audit, 0030 agency and account, 0040 dictionary, catalog, warehouse, ingest,
// 0070 system, 0080 connection, 0090 exchange, 0100 incident and task.
package migrations

import "embed"

// Files holds NNNN_slice_what.sql in goose's format.
//
//go:embed *.sql
var Files embed.FS
