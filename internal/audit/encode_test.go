package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

func fullRecord() *Record {
	return &Record{
		Kind: KindDecision, ID: "01JXC5T8M3W4Q9Z7K2B6A1N0RD", Of: "a", Request: "b", At: time.Date(2026, 8, 12, 2, 14, 7, 381e6, time.UTC), ClockOK: true,
		Channel: ChannelGateway, Event: "data.read",
		Actor:   Actor{"system", "sys-tthc-01", "Hệ thống giải quyết TTHC", "H38.01", "system_account", "mtls"},
		Client:  Client{"tthc", "10.20.3.14", "ua", "9f2c"},
		Target:  Target{"H38.04/khai-sinh", "3", "H38.04", "KN-2026-0017", "Q-000231", "2026-0017/KNDL", "POST /data/khai-sinh/lookup"},
		Purpose: Purpose{"DVC-TTHC.HS-BAN-TRU", "H38.99.07-260812-0007", "1.000656"},
		Content: Content{[]string{"ho_ten", "ngay_sinh"}, "so_dinh_danh=hmac", []string{"k2:5b1e"}, true, "k2", 1, 2, 412, "sha256:00", []string{"basic_personal"}, []string{"so_dinh_danh"},
			time.Date(2026, 8, 12, 1, 55, 0, 0, time.UTC)},
		Decision: Decision{Allow, ReasonOK, "2026.08.1"}, Result: Result{"200", "x.y"}, Duration: 84,
		Anomaly: Anomaly{[]string{"night"}, 7, []string{"r1"}, "SC-1"}, Subject: "access.grant/1", Reason: "lý do", Detail: map[string]string{"b": "2", "a": "1"},
		Version: 3, State: "sha256:01", Changes: []Changed{{"name", "Sở A", "Sở B"}, {Field: "kind", After: "commune"}},
	}
}

func TestEncodeAgreesWithTheStruct(t *testing.T) {
	r := fullRecord()
	v := reflect.ValueOf(*r)
	for i := range v.NumField() {
		if v.Field(i).IsZero() && v.Type().Field(i).Name != "Seq" {
			t.Fatalf("the test record leaves %s empty", v.Type().Field(i).Name)
		}
	}
	body := Encode(r)
	back, err := Decode(body)
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if !reflect.DeepEqual(r, back) {
		t.Errorf("came back as\n%+v\nnot\n%+v", back, r)
	}
	if again := Encode(back); !bytes.Equal(again, body) {
		t.Errorf("second encoding differs:\n%s\n%s", again, body)
	}
	// The standard encoder over the same tags gives the same bytes, but for the fixed width of times.
	var std bytes.Buffer
	enc := json.NewEncoder(&std)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(strings.TrimSpace(std.String()), "01:55:00Z", "01:55:00.000Z")
	if string(body) != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
}

func TestEncodeOfEmptyRecordIsJSON(t *testing.T) {
	body := Encode(&Record{Kind: KindChange})
	if string(body) != `{"kind":"change","clock_ok":false}` {
		t.Errorf("got %s", body)
	}
}

func TestHostileTextStaysInsideItsRecord(t *testing.T) {
	for name, hostile := range map[string]string{
		"line break":         "a\r\n{\"kind\":\"decision\"}",
		"terminal escape":    "\x1b[2J\x1b]0;x\x07",
		"quote":              `","decision":{"result":"allow"},"x":"`,
		"direction":          "a\u202egpj.exe\u2066b",
		"line separator":     "a\u2028b\u2029c",
		"broken UTF-8":       "a\xff\xfe\xc3",
		"zero":               "a\x00b",
		"one megabyte":       strings.Repeat("A", 1<<20),
		"long in Vietnamese": strings.Repeat("ờ", 5000),
		"delete and C1":      "a\x7f\u0085b",
	} {
		r := &Record{Kind: KindDecision, ID: "x", Event: hostile, Actor: Actor{Name: hostile}, Detail: map[string]string{hostile: hostile}, Decision: Decision{Result: Deny},
			Content: Content{Fields: []string{hostile}}}
		body := Encode(r)
		if !json.Valid(body) || len(body) > 8000 {
			t.Errorf("%s: %d bytes, not one JSON record: %.200s", name, len(body), body)
			continue
		}
		for _, c := range string(body) {
			if c < 0x20 || c == 0x7f || hidden(c) {
				t.Errorf("%s: character %U stands unescaped", name, c)
			}
		}
		back, err := Decode(body)
		if err != nil || back.Decision.Result != Deny || back.ID != "x" {
			t.Errorf("%s: came back as %+v, %v", name, back, err)
		}
		if len(hostile) > maxText && !strings.Contains(back.Event, "[cut, ") {
			t.Errorf("%s: the cut is not marked", name)
		}
		if p := peek(body); p.id != "x" || p.kind != KindDecision || !p.deny {
			t.Errorf("%s: peek was deceived: %+v", name, p)
		}
	}
}

func TestPeekIsNotDeceivedIntoADenial(t *testing.T) {
	body := Encode(&Record{Kind: KindDecision, ID: "x", Reason: `"decision":{"result":"deny"`, Decision: Decision{Result: Allow}})
	if peek(body).deny {
		t.Error("a text made an allowed decision look refused")
	}
}

func TestScrub(t *testing.T) {
	for in, want := range map[string]string{
		"số 999012345678 của":                  "số [id] của",
		"so_dinh_danh=999012345678":            "so_dinh_danh=[id]",
		"/lookup/999012345678/x":               "/lookup/[id]/x",
		"999012345678":                         "[id]",
		"CMND 999123456.":                      "CMND [id].",
		"20260812 và 1234567890123":            "20260812 và 1234567890123",
		"0191f3a2-7c11-7d21-9f00-123456789012": "0191f3a2-7c11-7d21-9f00-123456789012",
		"k1:999012345678ab":                    "k1:999012345678ab",
		"999012345678,999012345679":            "[id],[id]",
		"":                                     "",
	} {
		if got := Scrub(in); got != want {
			t.Errorf("Scrub(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPersonKeyIsKeyedAndStable(t *testing.T) {
	l := &Log{opts: testOptions()}
	l.opts.PersonKeyID = "k1"
	a, b := l.PersonKey("999012345678"), l.PersonKey(" 999 012 345 678 ")
	if a != b || !strings.HasPrefix(a, "k1:") || len(a) != 3+64 || strings.Contains(a, "999012345678") {
		t.Errorf("%s, %s", a, b)
	}
	l.opts.PersonKey = bytes.Repeat([]byte{3}, 32)
	if l.PersonKey("999012345678") == a {
		t.Error("another key gives the same hash")
	}
}

func TestPublicIP(t *testing.T) {
	for in, want := range map[string]string{"203.0.113.77": "203.0.113.0/24", "2001:db8:1:2::3": "2001:db8:1::/48", "::ffff:203.0.113.9": "203.0.113.0/24", "x": ""} {
		if got := PublicIP(in); got != want {
			t.Errorf("PublicIP(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("a", "b", "c")
	f.Add("\xff\"\\\u2028", strings.Repeat("ệ", 400), "999012345678")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		r := &Record{Kind: KindDecision, ID: a, Event: b, Reason: c, Content: Content{Fields: []string{a, b}}, Detail: map[string]string{a: b, c: a}}
		body := Encode(r)
		back, err := Decode(body)
		if err != nil {
			t.Fatalf("%v in %q", err, body)
		}
		if bytes.ContainsAny(body, "\n\r") {
			t.Fatalf("line break in %q", body)
		}
		if len(a)+len(b)+len(c) < 300 && len(back.Detail) == len(r.Detail) {
			if again := Encode(back); !bytes.Equal(again, body) {
				t.Fatalf("not canonical:\n%q\n%q", body, again)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	r := fullRecord()
	b.ReportAllocs()
	for b.Loop() {
		Encode(r)
	}
	b.ReportMetric(float64(len(Encode(r))), "bytes")
}

// randomRecord is a call of one of a few systems on one of a few datasets.
func randomRecord(r *rand.Rand, n int) *Record {
	return &Record{
		Channel: ChannelGateway, Event: "data.read",
		Actor:    Actor{Type: "system", AccountID: fmt.Sprintf("sys-%d", r.IntN(5)), Name: "Hệ thống thử", AgencyCode: "H38.01", Role: "system_account", Auth: "mtls"},
		Target:   Target{Dataset: fmt.Sprintf("H38.04/ds-%d", r.IntN(3)), Owner: "H38.04", Connection: fmt.Sprintf("KN-%d", r.IntN(4)), Grant: "Q-1", Operation: "POST /lookup"},
		Purpose:  Purpose{Code: "DVC", CaseRef: fmt.Sprintf("HS-%d", n)},
		Content:  Content{Fields: []string{"ho_ten", "ngay_sinh"}, SubjectKeys: []string{fmt.Sprintf("k1:%04x", r.IntN(20))}},
		Decision: Decision{Result: Allow, Reason: ReasonOK, PolicyVersion: "1"},
	}
}
