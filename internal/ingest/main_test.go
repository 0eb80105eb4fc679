package ingest_test

import (
	"os"
	"testing"

	"lienthong/internal/ingest/sheet"
)

// TestMain lets the test binary be the child that reads sheets, as the program does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sheet.ChildCommand {
		os.Exit(sheet.ChildMain(os.Args[2:], os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}
