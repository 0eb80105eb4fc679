package ingest_test

import (
	"strings"
	"testing"

	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
)

const inTCVN3 = "H1,Gi\xb5ng Th\xde M\xc8y,,2,,02671,4\nH2,Vang A Su,,1,,02671,4\n"

// A file is converted when its sender says from what, never by a guess; the raw bytes stay.
func TestStatedEncoding(t *testing.T) {
	b := plain(t)
	b.register(t, nil)
	first := b.deliver(t, input("a.csv"), head+strings.Repeat(inTCVN3, 1))
	if first.State != ingest.Rejected {
		t.Fatalf("converted by a guess: %s", first.State)
	}
	in := input("a.csv")
	in.Encoding = "TCVN3"
	d := b.deliver(t, in, head+inTCVN3)
	if d.ID == first.ID || d.State != ingest.Published || d.Encoding != "TCVN3 (ABC)" || d.Fixes["chu_ho"]["from_tcvn3"] != 1 || d.Counts.Accepted != 2 {
		t.Fatalf("%s %+v %+v", d.State, d.Fixes, d.Refusal)
	}
	raw, err := b.content("raw/" + string(households) + "/" + string(d.ID) + ".csv")
	if err != nil || string(raw) != head+inTCVN3 {
		t.Fatalf("the raw file has changed: %v", err)
	}
	if again := b.deliver(t, in, head+inTCVN3); again.ID != d.ID {
		t.Error("the same file was taken twice")
	}
	t.Run("a row with a byte that the encoding lacks", func(t *testing.T) {
		d := b.deliver(t, in, head+inTCVN3+"H3,Vang X\x80y,,1,,02671,4\n")
		entries, err := b.Quarantine(catalogtest.Steward("H38.05"), d.ID, 0, 10)
		if err != nil || len(entries) != 1 || entries[0].Line != 4 || entries[0].Rule != "ingest.undecodable" {
			t.Fatalf("%+v, %v", entries, err)
		}
	})
	t.Run("a file that is UTF-8", func(t *testing.T) {
		d := b.deliver(t, in, head+"H1,Giàng Thị Mẩy,,2,,02671,4\n")
		if d.State != ingest.Rejected || d.Refusal.Code != "ingest.encoding_mismatch" {
			t.Fatalf("%s %+v", d.State, d.Refusal)
		}
	})
	for _, tt := range []struct{ name, encoding, body, code string }{
		{"an unknown encoding", "EBCDIC", head, "ingest.unknown_encoding"},
		{"an encoding for JSON", "VNI", `[{"a":1}]`, "ingest.encoding_of_csv"},
		{"a stamp in a font for capitals", "TCVN3", "T\xe8I M\xcbT\n" + head, "ingest.secret_marking"},
		{"a stamp in VNI", "VNI", "TUYE\xc4T MA\xc4T\n" + head, "ingest.secret_marking"},
		{"a stamp far into the file", "VNI", head + strings.Repeat("H1,Va\xf8ng A,,2,,02671,4\n", 10_000) + "TUYE\xc4T MA\xc4T\n", "ingest.secret_marking"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := input("b.csv")
			in.Encoding = tt.encoding
			if _, err := b.Deliver(system("sys-05"), in, strings.NewReader(tt.body)); !fault.Is(err, tt.code) {
				t.Fatalf("got %v", err)
			}
		})
	}
}
