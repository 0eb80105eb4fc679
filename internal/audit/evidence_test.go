package audit

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/fault"
)

func TestEvidenceIsCheckedWithTheKeyAlone(t *testing.T) {
	l := openLog(t, t.TempDir())
	calls := fill(t, l, 30)
	calls[11] = &Record{Event: "data.read", Decision: Decision{Result: Allow}, Target: Target{Operation: "GET /a?<b>&c\u2028"}}
	if err := l.Decide(context.Background(), calls[11]); err != nil {
		t.Fatal(err)
	}
	e, err := l.ReadEvidence(context.Background(), Actor{AccountID: "auditor"}, "kiểm tra chứng cứ", calls[11].Seq)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back Evidence
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	key := l.Journal().VerifierKey()
	if err := back.Check(key); err != nil {
		t.Fatal(err)
	}
	r, err := Decode([]byte(back.Record))
	if err != nil || r.ID != calls[11].ID {
		t.Fatalf("evidence of %+v, %v", r, err)
	}
	for name, spoil := range map[string]func(*Evidence){
		"record":     func(e *Evidence) { e.Record = strings.Replace(e.Record, "allow", "allov", 1) },
		"seq":        func(e *Evidence) { e.Seq++ },
		"hash":       func(e *Evidence) { e.Record, e.Hash = "", strings.Repeat("0", len(e.Hash)) },
		"path":       func(e *Evidence) { e.Path = e.Path[1:] },
		"checkpoint": func(e *Evidence) { e.Checkpoint = e.Checkpoint[:len(e.Checkpoint)-10] + "AAAAAAAAA\n" },
	} {
		bad := back
		bad.Path = append([]string(nil), back.Path...)
		spoil(&bad)
		if bad.Check(key) == nil {
			t.Errorf("evidence with another %s was accepted", name)
		}
	}
}

func TestAProofHoldsNoRecord(t *testing.T) {
	l := openLog(t, t.TempDir())
	calls := fill(t, l, 5)
	e, err := l.Prove(context.Background(), calls[2].Seq)
	if err != nil || e.Record != "" || e.Check(l.Journal().VerifierKey()) != nil {
		t.Fatalf("%+v, %v", e, err)
	}
	before := l.Journal().Size()
	if _, err := l.ReadEvidence(context.Background(), Actor{AccountID: "auditor"}, " ", calls[2].Seq); !fault.Is(err, "audit.reason_required") || l.Journal().Size() != before {
		t.Fatalf("a record without a reason: %v", err)
	}
	full, err := l.ReadEvidence(context.Background(), Actor{AccountID: "auditor"}, "kiểm tra chứng cứ", calls[2].Seq)
	if err != nil || full.Record == "" || full.Hash != e.Hash || l.Journal().Size() != before+1 {
		t.Fatalf("%+v, %v", full, err)
	}
}

func TestExportVerifiesWhileTheLogGoesOn(t *testing.T) {
	dir := t.TempDir()
	opts := testOptions()
	opts.Journal.SegmentBytes = 20_000
	l, err := Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	fill(t, l, 100)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := l.Note(context.Background(), &Record{Event: "test.note"}); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for range 3 {
		to := t.TempDir()
		if err := l.Export(context.Background(), to); err != nil {
			t.Fatal(err)
		}
		report, err := Verify(to, l.Journal().VerifierKey(), journal.VerifyOptions{})
		if err != nil || !report.OK() || report.Records < 100 {
			t.Fatalf("export: %v %+v", err, report)
		}
	}
	if err := l.Export(context.Background(), dir); err == nil {
		t.Error("exported into a folder that is not empty")
	}
	close(stop)
	wg.Wait()
}
