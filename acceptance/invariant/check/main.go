// Command check judges a history that the crash test kept, or that another driver wrote in the same form, against an
// access log: go run ./acceptance/invariant/check -history history.json -audit DATA/audit -key KEY.
//
// It exits with 1 and names the first violation when a rule is broken, with 2 when it cannot judge.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"lienthong/acceptance/invariant"
)

func main() {
	history := flag.String("history", "", "history as JSON")
	dir := flag.String("audit", "", "folder of the access log, or of an export of it")
	key := flag.String("key", "", "public key of the log")
	kept := flag.String("kept", "", "signed checkpoint that was kept elsewhere")
	flag.Parse()
	broken, err := judge(*history, *dir, *key, *kept)
	if err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(2)
	}
	for _, v := range broken {
		fmt.Println(v)
	}
	if len(broken) > 0 {
		os.Exit(1)
	}
	fmt.Println("I1 to I8 hold")
}

func judge(history, dir, key, kept string) ([]invariant.Violation, error) {
	text, err := os.ReadFile(history)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	var h invariant.History
	if err := json.Unmarshal(text, &h); err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	var notes [][]byte
	if kept != "" {
		note, err := os.ReadFile(kept)
		if err != nil {
			return nil, fmt.Errorf("read the kept checkpoint: %w", err)
		}
		notes = append(notes, note)
	}
	e, err := invariant.ReadEvidence(dir, key, notes, 0)
	if err != nil {
		return nil, err
	}
	return invariant.Check(h, e), nil
}
