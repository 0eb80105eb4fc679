package release_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/release"
)

// Whoever administers the machine can change a row with one statement; what was issued says so.
func TestAReleaseChangedPastThePlatformGivesNoRight(t *testing.T) {
	for name, change := range map[string]string{
		"an entry":      `UPDATE release_entry SET body = REPLACE(body, '"QLNN"', '"MOI"') WHERE subject = 'H38.05/ho-ngheo'`,
		"its place":     `UPDATE release_entry SET held = 1, change = 'added' WHERE subject = 'H38.09/bi-bo'`,
		"one more":      `INSERT INTO release_entry SELECT release_id, 'H38.05/chen', owner, held, candidate, change, members, reason, digest, exact_key, search_key, sort_key, body FROM release_entry WHERE subject = 'H38.05/ho-ngheo'`,
		"one less":      `DELETE FROM release_entry WHERE subject = 'H38.05/ho-ngheo'`,
		"the day":       `UPDATE release_release SET effective_at = effective_at - 1`,
		"the decision":  `UPDATE release_release SET body = REPLACE(body, '88/Q', '89/Q')`,
		"a file's hash": `UPDATE release_file SET sha256 = 'aa' WHERE kind = 'docx'`,
	} {
		t.Run(name, func(t *testing.T) {
			testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
				b := newBench(t, db)
				b.offered[release.Catalogue] = []release.Entry{dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo"), dataset("H38.09/bi-bo", "Bị bỏ"), dataset("H38.09/truong-hoc", "Trường học")}
				r := b.must(b.Open(preparer, release.Catalogue))
				r = b.must(b.LeaveOut(preparer, refOf(r), "H38.09/bi-bo", "Chưa đủ căn cứ"))
				r = b.must(b.Consult(preparer, refOf(r), b.clock.Now().AddDate(0, 0, 7)))
				r = b.must(b.Close(preparer, refOf(r), "Đã họp thống nhất"))
				r = b.must(b.Approve(approver, refOf(r)))
				b.must(b.Record(recorder, refOf(r), decision("88/QĐ-UBND", monday, monday), signed))
				if _, found := b.listed(b.Service, release.Catalogue, "H38.09/truong-hoc"); !found {
					t.Fatal("not listed")
				}
				job := access.WithActor(context.Background(), access.JobActor("release"))
				if altered, err := b.Verify(job); err != nil || len(altered) != 0 {
					t.Fatalf("as issued: %v %v", altered, err)
				}
				b.exec(change)
				if altered, err := b.Verify(job); err != nil || fmt.Sprint(altered) != "[catalogue-1]" {
					t.Fatalf("not found: %v %v", altered, err)
				}
				if _, err := b.Verify(job); err != nil || fmt.Sprint(b.altered) != "[catalogue-1 content]" {
					t.Fatalf("told: %v %v", b.altered, err)
				}
				for _, s := range []*release.Service{b.Service, b.service()} {
					if _, found := b.listed(s, release.Catalogue, "H38.09/truong-hoc"); found {
						t.Error("an altered release lists")
					}
					if v, err := s.Find(schools, release.Catalogue, 1); err != nil || !v.Altered {
						t.Errorf("not shown: %+v %v", v, err)
					}
					if _, altered, err := s.Lines(schools, release.Catalogue, 1, release.Filter{}); err != nil || !altered {
						t.Errorf("its lines do not say so: %v", err)
					}
					if _, _, err := s.ReadFile(schools, release.Catalogue, 1, release.FileDOCX); !fault.Is(err, "release.file_altered") {
						t.Errorf("its file is given out: %v", err)
					}
				}
			})
		})
	}
}

// A change of a row that is being shown is seen at once, before the job looks.
func TestALineChangedSinceItWasReadIsShownAsAltered(t *testing.T) {
	b := newBench(t, testkit.DB(t))
	b.offered[release.Catalogue] = []release.Entry{dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")}
	b.issued(release.Catalogue, "88/QĐ-UBND", monday)
	b.listed(b.Service, release.Catalogue, "H38.05/ho-ngheo")
	b.exec(`UPDATE release_entry SET body = REPLACE(body, 'monthly', 'yearly')`)
	if _, altered, err := b.Lines(schools, release.Catalogue, 1, release.Filter{}); err != nil || !altered || len(b.altered) != 1 {
		t.Fatalf("%v %v %v", altered, b.altered, err)
	}
	if l, found := b.listed(b.Service, release.Catalogue, "H38.05/ho-ngheo"); !found || l.Entry.Frequency != "monthly" {
		t.Fatalf("the entry as issued: %+v %v", l, found)
	}
}

func TestTheOpenListIsAGate(t *testing.T) {
	testkit.Engines(t, openGate)
}

func openGate(t *testing.T, db *controldb.DB) {
	b := newBench(t, db)
	b.offered[release.Open] = []release.Entry{dataset("H38.10/tram-y-te", "Trạm y tế")}
	if _, err := b.RequireOpen(context.Background(), "H38.10/tram-y-te"); !fault.Is(err, "release.not_in_open_catalogue") || fault.Of(err).Kind != fault.Conflict {
		t.Fatalf("before there is a list: %v", err)
	}
	b.issued(release.Open, "70/QĐ-UBND", monday)
	if l, err := b.RequireOpen(context.Background(), "H38.10/tram-y-te"); err != nil || l.Decision != "70/QĐ-UBND" {
		t.Fatalf("%+v %v", l, err)
	}
	if _, err := b.RequireOpen(context.Background(), "H38.09/hoc-sinh"); !fault.Is(err, "release.not_in_open_catalogue") {
		t.Fatalf("outside the list: %v", err)
	}
	own, other := as("steward-10", "H38.10", access.Steward), farming
	if _, err := b.Propose(other, "H38.10/tram-y-te"); !fault.Is(err, "access.other_agency") {
		t.Fatalf("for another agency: %v", err)
	}
	made, err := b.Propose(own, "H38.10/tram-y-te")
	if err != nil || made.Decision != "70/QĐ-UBND" {
		t.Fatalf("%+v %v", made, err)
	}
	if _, err := b.Propose(own, "H38.10/tram-y-te"); !fault.Is(err, "release.publication_stands") {
		t.Fatalf("twice: %v", err)
	}
	if err := b.TakeBack(other, made.ID, "thử"); !fault.Is(err, "release.publication_not_found") {
		t.Fatalf("taken back by another agency: %v", err)
	}
	b.offered[release.Open] = []release.Entry{dataset("H38.10/benh-vien", "Bệnh viện")}
	b.clock.Shift(time.Hour)
	b.issued(release.Open, "71/QĐ-UBND", monday)
	if all, err := b.Publications(own, "", 10); err != nil || len(all) != 1 || all[0].Listed {
		t.Fatalf("after the list dropped it: %+v %v", all, err)
	}
	if err := b.TakeBack(own, made.ID, "Không còn trong danh mục"); err != nil {
		t.Fatal(err)
	}
	if all, err := b.Publications(other, "", 10); err != nil || len(all) != 0 {
		t.Fatalf("another agency sees it: %+v %v", all, err)
	}
}

// Decisions ask it for each call: it must cost nothing.
func TestAListOfFiveThousandAnswersFromMemory(t *testing.T) {
	b := newBench(t, testkit.DB(t))
	for n := range 5000 {
		b.offered[release.Catalogue] = append(b.offered[release.Catalogue], dataset(fmt.Sprintf("H38.05/tap-%04d", n), fmt.Sprintf("Tập dữ liệu số %d", n)))
	}
	b.issued(release.Catalogue, "88/QĐ-UBND", monday)
	b.listed(b.Service, release.Catalogue, "H38.05/tap-0001")
	start := time.Now()
	for n := range 10_000 {
		if _, found := b.listed(b.Service, release.Catalogue, fmt.Sprintf("H38.05/tap-%04d", n%5000)); !found {
			t.Fatal("not listed")
		}
	}
	if took := time.Since(start) / 10_000; took > 50*time.Microsecond {
		t.Errorf("one answer takes %v", took)
	}
	start = time.Now()
	p, altered, err := b.Lines(schools, release.Catalogue, 1, release.Filter{Text: "tap du lieu so 49", Limit: 50})
	if took := time.Since(start); err != nil || altered || len(p.Lines) != 50 || p.Next == "" || took > 200*time.Millisecond {
		t.Errorf("a page of the search: %d lines in %v, %v", len(p.Lines), took, err)
	}
}

func TestTheSearchFindsWithoutMarksAndExactFirst(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := newBench(t, db)
		b.offered[release.Catalogue] = []release.Entry{dataset("H38.05/a", "Báo cáo về hổ Ngheo"), dataset("H38.05/b", "Danh sách hộ nghèo"), dataset("H38.05/c", "Trường học")}
		b.issued(release.Catalogue, "88/QĐ-UBND", monday)
		var got []string
		for after := ""; ; {
			p, _, err := b.Lines(schools, release.Catalogue, 1, release.Filter{Text: "hộ nghèo", After: after, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range p.Lines {
				got = append(got, l.Subject)
			}
			if after = p.Next; after == "" {
				break
			}
		}
		if fmt.Sprint(got) != "[H38.05/b H38.05/a]" {
			t.Fatalf("exact first: %v", got)
		}
		if p, _, err := b.Lines(schools, release.Catalogue, 1, release.Filter{Text: "ho ngheo"}); err != nil || len(p.Lines) != 2 {
			t.Fatalf("without marks: %d %v", len(p.Lines), err)
		}
	})
}
