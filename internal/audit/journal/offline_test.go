package journal

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestAFolderIsExportedAndProvedWithoutOpeningIt(t *testing.T) {
	x := buildTampered(t)
	to := filepath.Join(t.TempDir(), "copy")
	if err := ExportFolder(context.Background(), x.dir, to, testVerifier(t)); err != nil {
		t.Fatal(err)
	}
	if report := mustVerify(t, to, VerifyOptions{}); !report.OK() || report.Records != int64(x.records) {
		t.Fatalf("the copy does not pass: %+v", report)
	}
	if err := ExportFolder(context.Background(), x.dir, to, testVerifier(t)); err == nil {
		t.Error("a copy was written over another one")
	}
	bodies, _ := x.bodies(t)
	for _, seq := range []int64{0, 57, int64(x.records) - 1} {
		p, body, err := ProveIn(to, testVerifier(t), seq)
		if err != nil || string(body) != string(bodies[seq]) {
			t.Fatalf("record %d of the copy: %q, %v", seq, body, err)
		}
		if err := p.Check(testVerifier(t)); err != nil {
			t.Errorf("proof of record %d: %v", seq, err)
		}
	}
	if _, _, err := ProveIn(to, testVerifier(t), int64(x.records)); err == nil {
		t.Error("a record behind the checkpoint was proved")
	}
}

func TestVerifyNamesAnotherKeyBesideTheLog(t *testing.T) {
	x := buildTampered(t)
	key, err := KeyBeside(x.dir)
	if err != nil || key != testVerifier(t) {
		t.Fatalf("the key beside the log is %q, %v", key, err)
	}
	other := "example.test/audit/1+00000000+" + key[len(key)-44:]
	if err := os.WriteFile(filepath.Join(x.dir, keyFile), []byte(other+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, bad := mustVerify(t, x.dir, VerifyOptions{}).First()
	if !bad || first.File != keyFile {
		t.Fatalf("another key beside the log: %v", first)
	}
}
