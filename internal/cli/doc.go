// Package cli is the command line: it parses, calls app (serve, demo) or the running server's API (everything else),
// and turns errors into sentences and exit codes.
//
// Owns: commands, flags, exit codes (0 done, 1 refused or failed, 2 wrong usage, 3 a log or proof that was changed).
// Does not own: any rule. A command that changes something calls the running server like any other client, so that the
// same checks and the same evidence hold; only `audit verify` reads files itself, since it must not trust the server.
//
// Start reading at Run.
package cli
