// Package secret makes, keeps and compares what must not be known to others.
//
// Owns: the installation's master key and the keys derived from it, random tokens and their hashes, passwords, the mask
// of a secret in logs.
// Does not own: who may sign in (account), which grant a credential belongs to (access), keys of outside bodies.
//
// Invariants:
//  1. The master key is made once, is on disk before it is first used, and is readable by the program's user only.
//  2. Of tokens and passwords only hashes are stored; comparisons take the same time whatever they find.
//  3. A Redacted prints as a mask by every road that prints, logs or encodes it.
//
// Start reading at Open.
package secret
