// Package dictionarytest gives tests a dictionary with the standard elements over a real evidence log.
package dictionarytest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
)

// Log opens an evidence log tied to the store; it ends with the test.
func Log(t testing.TB, db *controldb.DB) *audit.Log {
	t.Helper()
	log, err := audit.Open(t.TempDir(), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	if err := log.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	return log
}

// Actor puts a person of an agency with the roles into a context.
func Actor(id, agency string, roles ...access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: id, Name: id, Agency: agency, Roles: roles, Auth: access.AuthTwo})
}

// Job acts as the platform's own work, which alone changes the register without the process.
func Job() context.Context {
	return access.WithActor(context.Background(), access.JobActor("test"))
}

// Service gives a dictionary with the standard elements.
func Service(t testing.TB, db *controldb.DB, log *audit.Log) *dictionary.Service {
	t.Helper()
	s, err := dictionary.NewService(db, log, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Prepare(Job()); err != nil {
		t.Fatal(err)
	}
	if err := s.Seed(Job(), "H38.02"); err != nil {
		t.Fatal(err)
	}
	return s
}
