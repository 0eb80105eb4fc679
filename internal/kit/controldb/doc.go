// Package controldb is the transactional store of accounts, workflow, rights and registers: SQLite embedded by
// default, PostgreSQL when a URL is given.
//
// Owns: opening, migrating, transactions, the classification of database errors, and nothing else imports a driver
// of the control store.
// Does not own: any table; each slice's store.go holds its own SQL.
//
// Invariants:
//  1. A transaction that returned nil is on disk: SQLite runs WAL with synchronous=FULL, PostgreSQL with
//     synchronous_commit=on (open refuses otherwise).
//  2. SQL is written once, with ? placeholders, in the subset that both engines read alike.
//  3. InTx is BEGIN IMMEDIATE on SQLite and SERIALIZABLE with retry on PostgreSQL: its function may run more than
//     once and has no side effect outside the transaction.
//  4. Text compares bytewise on both engines (PostgreSQL must have the C collation, or open refuses).
//
// Start reading at DB.InTx.
package controldb
