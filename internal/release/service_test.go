package release_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/release"
)

func TestTheWayOfARelease(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := newBench(t, db)
		b.offered[release.Catalogue] = []release.Entry{dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo"), dataset("H38.09/truong-hoc", "Danh sách trường học")}
		r := b.must(b.Open(preparer, release.Catalogue))
		if r.Number != 1 || r.State != release.Draft || r.Counts != (release.Counts{Held: 2, Added: 2}) {
			t.Fatalf("the draft: %+v", r)
		}
		if _, err := b.Find(schools, release.Catalogue, 1); !fault.Is(err, "release.not_found") {
			t.Fatalf("a draft that is gathered is shown to another agency: %v", err)
		}
		if _, err := b.Open(preparer, release.Catalogue); !fault.Is(err, "release.draft_exists") {
			t.Fatalf("a second draft: %v", err)
		}
		if _, err := b.Approve(approver, refOf(r)); !fault.Is(err, "release.wrong_state") {
			t.Fatalf("a draft nobody was asked about: %v", err)
		}
		r = b.must(b.Consult(preparer, refOf(r), b.clock.Now().AddDate(0, 0, 7)))
		if len(b.asked) != 2 {
			t.Fatalf("asked: %v", b.asked)
		}
		if _, err := b.LeaveOut(preparer, refOf(r), "H38.05/ho-ngheo", "thử"); !fault.Is(err, "release.not_editable") {
			t.Fatalf("an entry changed during the consultation: %v", err)
		}
		commentsAreAnswered(t, b, r)
		if _, found := b.listed(b.Service, release.Catalogue, "H38.05/ho-ngheo"); found {
			t.Fatal("a draft lists")
		}
		r = b.must(b.Record(recorder, release.Ref{List: release.Catalogue, Number: 1}, decision("88/QĐ-UBND", monday, monday.AddDate(0, 0, 10)), signed))
		takesEffectByItself(t, b, r)
	})
}

// commentsAreAnswered goes from the consultation to an approved draft.
func commentsAreAnswered(t *testing.T, b *bench, r *release.Release) {
	t.Helper()
	ref := release.Ref{List: r.List, Number: r.Number}
	if _, err := b.Comment(hospital, ref, "", "Đề nghị bổ sung dữ liệu"); !fault.Is(err, "release.not_consulted") {
		t.Fatalf("who was not asked comments: %v", err)
	}
	if _, err := b.Comment(schools, ref, "H38.09/khong-co", "Đề nghị bổ sung dữ liệu"); !fault.Is(err, "release.entry_not_found") {
		t.Fatalf("a comment on nothing: %v", err)
	}
	if err := b.Agree(farming, ref); err != nil {
		t.Fatal(err)
	}
	c, err := b.Comment(schools, ref, "H38.09/truong-hoc", "Đề nghị cập nhật hằng quý")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Agree(schools, ref); !fault.Is(err, "release.comments_given") {
		t.Fatalf("agreement after a comment: %v", err)
	}
	if len(b.asked) != 0 {
		t.Fatalf("tasks stay: %v", b.asked)
	}
	if said, err := b.Consultation(farming, r.List, r.Number); err != nil || len(said.Comments) != 0 || len(said.Opinions) != 1 {
		t.Fatalf("an agency sees what another said: %+v %v", said, err)
	}
	r = b.must(b.Close(preparer, ref, "")) // all have answered
	if _, err := b.Approve(approver, refOf(r)); !fault.Is(err, "release.comments_open") {
		t.Fatalf("approved with a comment open: %v", err)
	}
	if _, err := b.Answer(preparer, ref, c.ID, release.Rejected, ""); !fault.Is(err, "release.answer_missing") {
		t.Fatalf("rejected without a reason: %v", err)
	}
	b.must(b.Answer(preparer, ref, c.ID, release.Rejected, "Trường học đổi trong năm học"))
	both := as("preparer", "H38.02", access.OpApprover)
	if _, err := b.Approve(both, ref); !fault.Is(err, "release.own_draft") {
		t.Fatalf("who prepared approves: %v", err)
	}
	b.must(b.Approve(approver, ref))
	self := as("approver", "H38.02", access.OpApprover)
	if _, err := b.Record(self, ref, decision("88/QĐ-UBND", monday, monday), signed); !fault.Is(err, "release.own_approval") {
		t.Fatalf("who approved records: %v", err)
	}
}

func takesEffectByItself(t *testing.T, b *bench, r *release.Release) {
	t.Helper()
	if _, found := b.listed(b.Service, release.Catalogue, "H38.05/ho-ngheo"); found || len(b.effects) != 0 {
		t.Fatalf("in force before its day: %v", b.effects)
	}
	v, err := b.Find(schools, release.Catalogue, 1)
	if err != nil || v.Standing != release.Coming {
		t.Fatalf("%+v %v", v, err)
	}
	b.clock.Shift(10 * 24 * time.Hour)
	l, found := b.listed(b.Service, release.Catalogue, "H38.05/ho-ngheo")
	if !found || l.Decision != "88/QĐ-UBND" || l.Number != 1 || l.Entry.Method != "api" || !l.Effective.Equal(r.Decision.Effective) {
		t.Fatalf("on its day: %+v %v", l, found)
	}
	job := access.WithActor(context.Background(), access.JobActor("release"))
	b.refuse = errors.New("a dataset is locked")
	if err := b.TakeEffect(job); err == nil {
		t.Fatal("a failure is not told")
	}
	b.refuse = nil
	for range 2 {
		if err := b.TakeEffect(job); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"catalogue-1 +[H38.05/ho-ngheo H38.09/truong-hoc] -[]"}; !slices.Equal(b.effects, want) {
		t.Fatalf("what followed: %v", b.effects)
	}
}

func TestANewReleaseTellsWhatChangedAndTheOldOneStays(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := newBench(t, db)
		poor, gone, left := dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo"), dataset("H38.05/thua-dat", "Thửa đất"), dataset("H38.09/truong-hoc", "Trường học")
		b.offered[release.Catalogue] = []release.Entry{poor, gone, left}
		b.issued(release.Catalogue, "88/QĐ-UBND", monday)
		before := b.exports(1)
		b.clock.Shift(48 * time.Hour)
		poor.Frequency, poor.OwnerName = "weekly", "Sở khác"
		fresh := dataset("H38.09/hoc-sinh", "Học sinh")
		b.offered[release.Catalogue] = []release.Entry{poor, left, fresh}
		r := b.must(b.Open(preparer, release.Catalogue))
		if r.Number != 2 || r.Counts != (release.Counts{Held: 3, Added: 1, Changed: 1, Removed: 1}) {
			t.Fatalf("the second draft: %+v", r.Counts)
		}
		r = b.must(b.LeaveOut(preparer, refOf(r), left.Subject, "Chưa đủ căn cứ"))
		r = b.must(b.Collect(preparer, refOf(r)))
		if r.Counts != (release.Counts{Held: 2, Added: 1, Changed: 1, Removed: 2}) {
			t.Fatalf("what was left out came back by itself: %+v", r.Counts)
		}
		if _, err := b.TakeIn(preparer, refOf(r), gone.Subject); err == nil {
			t.Fatal("what the register no longer offers came back")
		}
		differences, err := b.Compare(preparer, release.Catalogue, 1, 2)
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, d := range differences {
			said = append(said, fmt.Sprint(d.Subject, " ", d.Change, " ", d.Reason, d.Differences))
		}
		want := "H38.05/ho-ngheo changed [{owner_name Cơ quan H38.05 Sở khác} {frequency monthly weekly}]|H38.09/hoc-sinh added []|H38.05/thua-dat removed"
		if got := strings.Join(said, "|"); !strings.HasPrefix(got, want) || !strings.Contains(got, "H38.09/truong-hoc removed Chưa đủ căn cứ") {
			t.Fatalf("differences: %s", got)
		}
		r = b.must(b.Consult(preparer, refOf(r), b.clock.Now().AddDate(0, 0, 7)))
		if _, err := b.Close(preparer, refOf(r), ""); !fault.Is(err, "release.consultation_runs") {
			t.Fatalf("ended early without a reason: %v", err)
		}
		b.clock.Shift(8 * 24 * time.Hour)
		if err := b.Agree(farming, release.Ref{List: r.List, Number: 2}); !fault.Is(err, "release.consultation_over") {
			t.Fatalf("an opinion after the deadline: %v", err)
		}
		r = b.must(b.Close(preparer, refOf(r), ""))
		r = b.must(b.Approve(approver, refOf(r)))
		if _, err := b.Record(recorder, refOf(r), decision("90/QĐ-UBND", monday.AddDate(0, 0, -3), monday.AddDate(0, 0, -2)), signed); !fault.Is(err, "release.effective_order") {
			t.Fatalf("in force before the one it replaces: %v", err)
		}
		if _, err := b.Record(recorder, refOf(r), decision("88/QĐ-UBND", monday, b.clock.Now()), signed); !fault.Is(err, "release.decision_taken") {
			t.Fatalf("one decision for two releases: %v", err)
		}
		b.must(b.Record(recorder, refOf(r), decision("90/QĐ-UBND", monday, b.clock.Now()), signed))
		if want := "catalogue-2 +[H38.09/hoc-sinh] -[H38.05/thua-dat H38.09/truong-hoc]"; b.effects[len(b.effects)-1] != want {
			t.Fatalf("what followed: %v", b.effects)
		}
		b.oldStays(before)
	})
}

// exports reads every file of a release.
func (b *bench) exports(number int64) map[string][]byte {
	b.t.Helper()
	out := map[string][]byte{}
	v, err := b.Find(schools, release.Catalogue, number)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range v.Files {
		got, body, err := b.ReadFile(schools, release.Catalogue, number, f.Kind)
		if err != nil {
			b.t.Fatal(err)
		}
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != got.SHA256 || int64(len(body)) != got.Size {
			b.t.Fatalf("%s does not have its digest", f.Kind)
		}
		out[f.Kind] = body
	}
	if len(out) != 5 { // the papers of the submission are the operator's
		b.t.Fatalf("an agency is given %d files", len(out))
	}
	return out
}

func (b *bench) oldStays(before map[string][]byte) {
	b.t.Helper()
	after := b.exports(1)
	for kind, body := range before {
		if !bytes.Equal(body, after[kind]) {
			b.t.Fatalf("%s of the superseded release is not what it was", kind)
		}
	}
	v, err := b.Find(schools, release.Catalogue, 1)
	if err != nil || v.Standing != release.Superseded || v.Altered {
		b.t.Fatalf("the old release: %+v %v", v, err)
	}
	if _, found := b.listed(b.Service, release.Catalogue, "H38.05/thua-dat"); found {
		b.t.Fatal("what was removed is still listed")
	}
	if l, found := b.listed(b.Service, release.Catalogue, "H38.05/ho-ngheo"); !found || l.Entry.Frequency != "weekly" || l.Decision != "90/QĐ-UBND" {
		b.t.Fatalf("the new entry: %+v %v", l, found)
	}
}

func TestADecisionIsRefusedWithAllItsMistakes(t *testing.T) {
	b := newBench(t, testkit.DB(t))
	b.offered[release.Catalogue] = []release.Entry{dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")}
	r := b.approved(release.Catalogue)
	_, err := b.Record(recorder, refOf(r), release.Decision{Number: "tám tám", Date: monday.AddDate(0, 0, 1), Effective: monday.AddDate(0, 0, -1)}, release.Signed{Name: "x.docx", Content: []byte("PK")})
	var codes []string
	for _, f := range fault.Of(err).Items {
		codes = append(codes, f.Field+" "+f.Code)
	}
	want := []string{"number release.decision_number", "date release.decision_date", "effective release.effective_date", "signer release.signer_missing", "file release.file_not_pdf"}
	if !slices.Equal(codes, want) {
		t.Fatalf("%v", codes)
	}
	if v, err := b.Find(preparer, release.Catalogue, 1); err != nil || v.State != release.Approved || len(v.Files) != 3 {
		t.Fatalf("half of a refused decision stayed: %+v %v", v, err)
	}
}

func TestADraftThatTheRegisterLeftBehindIsNotApproved(t *testing.T) {
	b := newBench(t, testkit.DB(t))
	b.offered[release.Catalogue] = []release.Entry{dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")}
	r := b.must(b.Open(preparer, release.Catalogue))
	r = b.must(b.Consult(preparer, refOf(r), b.clock.Now().AddDate(0, 0, 7)))
	r = b.must(b.Close(preparer, refOf(r), "Đã họp thống nhất"))
	b.offered[release.Catalogue][0].Method = "file"
	if _, err := b.Approve(approver, refOf(r)); !fault.Is(err, "release.register_moved") {
		t.Fatalf("approved what is no longer so: %v", err)
	}
	r = b.must(b.Collect(preparer, refOf(r)))
	stale := release.Ref{List: r.List, Number: r.Number, Revision: r.Revision - 1}
	if _, err := b.Approve(approver, stale); !fault.Is(err, "release.changed_meanwhile") {
		t.Fatalf("approved what was not seen: %v", err)
	}
	b.must(b.Approve(approver, refOf(r)))
	if _, err := b.Reopen(preparer, refOf(r), ""); err == nil {
		t.Fatal("reopened without a reason")
	}
	r = b.must(b.Reopen(preparer, release.Ref{List: r.List, Number: 1}, "UBND tỉnh yêu cầu bổ sung"))
	r = b.must(b.Discard(preparer, refOf(r), "Làm lại từ đầu"))
	if r = b.must(b.Open(preparer, release.Catalogue)); r.Number != 1 {
		t.Fatalf("the draft after one that was given up has the number %d", r.Number)
	}
}
