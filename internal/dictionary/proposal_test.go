package dictionary_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

// office is a dictionary with a clock and what other slices were told.
type office struct {
	*dictionary.Service
	clock   *clock.Adjustable
	uses    []dictionary.Use
	mu      sync.Mutex
	notices []dictionary.Notice
}

func newOffice(t *testing.T, db *controldb.DB) *office {
	t.Helper()
	o := &office{clock: clock.NewAdjustable(clock.Fixed(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)))}
	s, err := dictionary.NewService(db, dictionarytest.Log(t, db), o.clock)
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func(context.Context) error{s.Prepare, func(ctx context.Context) error { return s.Seed(ctx, "H38.02") }} {
		if err := do(dictionarytest.Job()); err != nil {
			t.Fatal(err)
		}
	}
	calendar, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	s.Use(dictionary.Sources{
		Calendar: calendar,
		Uses: func(_ context.Context, _ controldb.Querier, elements []dictionary.Code) ([]dictionary.Use, error) {
			var out []dictionary.Use
			for _, u := range o.uses {
				if slices.Contains(elements, u.Element.Code) {
					out = append(out, u)
				}
			}
			return out, nil
		},
		Agencies: func(context.Context) ([]string, error) { return []string{"H38.04", "H38.05"}, nil },
		Tell: func(_ context.Context, _ controldb.Querier, n dictionary.Notice) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			if !slices.ContainsFunc(o.notices, func(x dictionary.Notice) bool { return x.Key == n.Key }) {
				o.notices = append(o.notices, n)
			}
			return nil
		},
	})
	o.Service = s
	return o
}

var (
	steward   = dictionarytest.Actor("steward", "H38.05", access.Steward)
	other     = dictionarytest.Actor("other", "H38.04", access.Steward)
	appraiser = dictionarytest.Actor("appraiser", "H38.02", access.OpAppraiser)
	approver  = dictionarytest.Actor("approver", "H38.02", access.OpApprover)
)

func element(code dictionary.Code) *dictionary.Element {
	return &dictionary.Element{
		Code: code, Name: "Diện tích rừng", Meaning: "Diện tích rừng của chủ rừng theo kết quả kiểm kê",
		Definition: dictionary.Definition{Type: dictionary.Text, MaxLength: 40}, Rule: dictionary.Rule{Owner: "H38.05", Class: dictionary.Normal},
	}
}

// publish takes what is proposed through the whole process.
func (o *office) publish(t *testing.T, in dictionary.Proposing, effective dictionary.Day) *dictionary.Proposal {
	t.Helper()
	if in.Reason == "" {
		in.Reason = "Cần cho việc kiểm kê rừng"
	}
	p, err := o.Propose(steward, in)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = o.Consult(appraiser, p.ID, p.Revision, 3, nil); err != nil {
		t.Fatal(err)
	}
	if p, err = o.CloseConsultation(appraiser, p.ID, p.Revision, "Các cơ quan đã trả lời đủ"); err != nil {
		t.Fatal(err)
	}
	if p, err = o.Approve(approver, p.ID, p.Revision, effective); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheWayOfAProposal(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		o := newOffice(t, db)
		in := dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Create, Element: element("dien_tich_rung"), Reason: "Cần cho việc kiểm kê rừng"}
		analyst := dictionarytest.Actor("analyst", "H38.05", access.Analyst)
		if _, err := o.Propose(analyst, in); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("an analyst proposes: %v", err)
		}
		p, err := o.Propose(steward, in)
		if err != nil || p.State != dictionary.Proposed || p.Number != "2026-0001/TĐ" || p.Label != "1.0.0" {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := o.Propose(other, in); !fault.Is(err, "dictionary.proposal_open") {
			t.Fatalf("a second proposal about it: %v", err)
		}
		if _, err := o.Consult(steward, p.ID, 0, 3, nil); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("a steward reviews: %v", err)
		}
		if _, err := o.Approve(approver, p.ID, 0, dictionary.NoDay); !fault.Is(err, "dictionary.wrong_state") {
			t.Fatalf("approved without consultation: %v", err)
		}
		if _, err := o.Return(appraiser, p.ID, 0, "ngắn"); !fault.Is(err, "dictionary.reason_missing") {
			t.Fatalf("returned without comments: %v", err)
		}
		if p, err = o.Return(appraiser, p.ID, 0, "Hãy ghi rõ đơn vị tính"); err != nil || p.State != dictionary.Returned {
			t.Fatalf("%v, %v", p, err)
		}
		in.Element.Definition = dictionary.Definition{Type: dictionary.Decimal, Precision: 12, Scale: 2, Unit: "ha"}
		if _, err := o.ChangeProposal(other, p.ID, p.Revision, in); !fault.Is(err, "access.other_agency") {
			t.Fatalf("another agency changes it: %v", err)
		}
		if _, err := o.ChangeProposal(steward, p.ID, p.Revision-1, in); !fault.Is(err, "dictionary.proposal_changed") {
			t.Fatalf("a change of an old revision: %v", err)
		}
		if p, err = o.ChangeProposal(steward, p.ID, p.Revision, in); err != nil || p.State != dictionary.Proposed {
			t.Fatalf("%v, %v", p, err)
		}
		if p, err = o.Consult(appraiser, p.ID, p.Revision, 3, []string{"H38.04"}); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Comment(other, p.ID, dictionary.Disagree, ""); !fault.Is(err, "dictionary.comment_missing") {
			t.Fatalf("disagrees without a reason: %v", err)
		}
		if p, err = o.Comment(other, p.ID, dictionary.Amend, "Nên thêm ngày kiểm kê"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Approve(approver, p.ID, p.Revision, dictionary.NoDay); !fault.Is(err, "dictionary.still_consulting") {
			t.Fatalf("approved before the deadline: %v", err)
		}
		o.clock.Shift(7 * 24 * time.Hour)
		if _, err := o.Comment(other, p.ID, dictionary.Agree, ""); !fault.Is(err, "dictionary.not_consulting") {
			t.Fatalf("a comment after the deadline: %v", err)
		}
		if p, err = o.Approve(approver, p.ID, p.Revision, dictionary.NoDay); err != nil || p.State != dictionary.Published {
			t.Fatalf("%v, %v", p, err)
		}
		e, err := o.LatestElement(steward, "dien_tich_rung")
		if err != nil || e.Version != 1 || e.Label != "1.0.0" || e.Definition.Unit != "ha" {
			t.Fatalf("%+v, %v", e, err)
		}
		_, steps, comments, err := o.FindProposal(steward, p.ID)
		if err != nil || len(steps) != 5 || len(comments) != 1 {
			t.Fatalf("%d steps, %d comments, %v", len(steps), len(comments), err)
		}
	})
}

func TestTwoPeopleDecide(t *testing.T) {
	o := newOffice(t, testkit.DB(t))
	in := dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Create, Element: element("cua_van_hanh"), Reason: "Cần cho cơ quan vận hành"}
	own, err := o.Propose(approver, in)
	if err != nil {
		t.Fatal(err)
	}
	both := dictionarytest.Actor("both", "H38.02", access.OpAppraiser, access.OpApprover)
	if own, err = o.Consult(both, own.ID, 0, 1, nil); err != nil {
		t.Fatal(err)
	}
	if own, err = o.CloseConsultation(both, own.ID, 0, "Chỉ cơ quan vận hành dùng"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Approve(approver, own.ID, 0, dictionary.NoDay); !fault.Is(err, "dictionary.own_proposal") {
		t.Fatalf("the proposer approves: %v", err)
	}
	if _, err := o.Approve(both, own.ID, 0, dictionary.NoDay); !fault.Is(err, "dictionary.own_review") {
		t.Fatalf("the reviewer approves: %v", err)
	}
	in.Element = element("cua_tham_dinh")
	mine, err := o.Propose(appraiser, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Consult(appraiser, mine.ID, 0, 1, nil); !fault.Is(err, "dictionary.own_proposal") {
		t.Fatalf("the proposer reviews: %v", err)
	}
}

func TestAVersionHoldsFromItsDay(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		o := newOffice(t, db)
		before, err := o.LatestElement(steward, "ghi_chu")
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Subscribe(other, dictionary.ThingElement, "ghi_chu", true); err != nil {
			t.Fatal(err)
		}
		if err := o.Subscribe(other, dictionary.ThingElement, "khong_co", true); !fault.Is(err, "dictionary.element_not_found") {
			t.Fatalf("a subscription to nothing: %v", err)
		}
		e := before
		e.Name = "Ghi chú thêm"
		e.Definition.MaxLength = max(before.Definition.MaxLength-1, 10)
		day := dictionary.DayOf(o.clock.Now()) + 10
		in := dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Revise, Base: before.Version, Element: &e, Level: dictionary.Minor, Reason: "Rút ngắn cho vừa biểu mẫu"}
		if _, err := o.Propose(steward, in); !fault.Is(err, "dictionary.level_too_low") {
			t.Fatalf("a narrower length as minor: %v", err)
		}
		in.Level = ""
		p := o.publish(t, in, day)
		if p.Label != "2.0.0" || p.Level != dictionary.Major {
			t.Fatalf("%s, %s", p.Label, p.Level)
		}
		now, err := o.LatestElement(steward, "ghi_chu")
		if err != nil || now.Version != before.Version {
			t.Fatalf("%+v, %v", now.Ref(), err)
		}
		if len(o.notices) != 1 || !slices.Contains(o.notices[0].Accounts, "other") {
			t.Fatalf("told %+v", o.notices)
		}
		o.clock.Shift(10 * 24 * time.Hour)
		if now, err = o.LatestElement(steward, "ghi_chu"); err != nil || now.Version != before.Version+1 || now.Name != "Ghi chú thêm" {
			t.Fatalf("on its day %+v, %v", now.Ref(), err)
		}
		for range 2 {
			if err := o.TakeEffect(dictionarytest.Job()); err != nil {
				t.Fatal(err)
			}
		}
		if len(o.notices) != 2 || o.notices[1].TitleKey != "dictionary.notice.effective" {
			t.Fatalf("told %+v", o.notices)
		}
		old, err := o.FindElement(steward, before.Ref())
		if err != nil || old.Name != before.Name {
			t.Fatalf("the version before: %q, %v", old.Name, err)
		}
	})
}

func TestWhatIsUsedIsNotRemoved(t *testing.T) {
	o := newOffice(t, testkit.DB(t))
	o.uses = []dictionary.Use{{Dataset: "H38.05/rung", Owner: "H38.05", Field: "ghi_chu", Element: dictionary.Ref{Code: "ghi_chu", Version: 1}}}
	if err := o.Remove(steward, "ghi_chu"); !fault.Is(err, "dictionary.element_used") || fault.Of(err).Args[2] != "H38.05/rung" {
		t.Fatalf("used: %v", err)
	}
	if err := o.Remove(steward, "slug"); !fault.Is(err, "dictionary.element_published") {
		t.Fatalf("published: %v", err)
	}
	retire := dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Retire, Subject: "ghi_chu", Reason: "Không còn cần thiết nữa"}
	if _, err := o.Propose(steward, retire); !fault.Is(err, "dictionary.replacement_missing") {
		t.Fatalf("retired without a replacement: %v", err)
	}
	retire.Replacement = "ghi_chu"
	if _, err := o.Propose(steward, retire); !fault.Is(err, "dictionary.replacement_unfit") {
		t.Fatalf("replaced by itself: %v", err)
	}
	retire.Replacement = "dia_chi"
	o.publish(t, retire, dictionary.NoDay)
	if e, err := o.LatestElement(steward, "ghi_chu"); err != nil || e.ReplacedBy != "dia_chi" || e.Label != "1.1.0" {
		t.Fatalf("%+v, %v", e, err)
	}
	in := dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Create, Element: element("chua_ban_hanh"), Reason: "Cần cho việc kiểm kê rừng"}
	p, err := o.Propose(steward, in)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Remove(other, "chua_ban_hanh"); !fault.Is(err, "access.other_agency") {
		t.Fatalf("another agency removes it: %v", err)
	}
	if err := o.Remove(steward, "chua_ban_hanh"); err != nil {
		t.Fatal(err)
	}
	if p, _, _, err = o.FindProposal(steward, p.ID); err != nil || p.State != dictionary.Withdrawn {
		t.Fatalf("%v, %v", p, err)
	}
}

func TestCodeListsKeepTheirCodes(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		o := newOffice(t, db)
		list, err := o.FindCodeList(steward, "phan_loai_ho")
		if err != nil {
			t.Fatal(err)
		}
		less := *list
		less.Items = slices.Clone(list.Items)[:1]
		in := dictionary.Proposing{Kind: dictionary.ThingCodeList, Action: dictionary.Revise, Base: 1, List: &less, Reason: "Bỏ mã không còn dùng"}
		if _, err := o.Propose(steward, in); fault.Of(err).Kind != fault.Conflict {
			t.Fatalf("codes that vanish: %v", err)
		}
		more := *list
		more.Items = append(slices.Clone(list.Items), dictionary.CodeItem{Code: "MOI", Label: "Hộ mới thoát nghèo"})
		in.List = &more
		day := dictionary.DayOf(o.clock.Now()) + 5
		if p := o.publish(t, in, day); p.Label != "1.1.0" || len(p.Changes) != 1 || p.Changes[0].Level != dictionary.Minor {
			t.Fatalf("%+v", p)
		}
		ref, err := o.Reference(steward)
		if err != nil || len(ref.Lists["phan_loai_ho"].Items) != len(list.Items) {
			t.Fatalf("before its day, %v", err)
		}
		o.clock.Shift(5 * 24 * time.Hour)
		if ref, err = o.Reference(steward); err != nil || len(ref.Lists["phan_loai_ho"].Items) != len(list.Items)+1 {
			t.Fatalf("on its day, %v", err)
		}
		changes, err := o.DiffCodeList(steward, "phan_loai_ho", 1, 2)
		if err != nil || len(changes) != 1 || changes[0].Field != "item:MOI" {
			t.Fatalf("%+v, %v", changes, err)
		}
	})
}

func TestLevelsOfChanges(t *testing.T) {
	base := *element("x_y")
	base.Definition = dictionary.Definition{Type: dictionary.Integer, Min: "1", Max: "10", MaxLength: 5, Pattern: "[0-9]+"}
	for _, tt := range []struct {
		name   string
		change func(*dictionary.Element)
		want   dictionary.Level
	}{
		{"a name", func(e *dictionary.Element) { e.Name = "Tên khác" }, dictionary.Patch},
		{"another type", func(e *dictionary.Element) { e.Definition.Type = dictionary.Text }, dictionary.Major},
		{"a larger maximum", func(e *dictionary.Element) { e.Definition.Max = "11" }, dictionary.Minor},
		{"a smaller maximum", func(e *dictionary.Element) { e.Definition.Max = "9" }, dictionary.Major},
		{"no maximum", func(e *dictionary.Element) { e.Definition.Max = "" }, dictionary.Minor},
		{"a larger minimum", func(e *dictionary.Element) { e.Definition.Min = "2" }, dictionary.Major},
		{"longer", func(e *dictionary.Element) { e.Definition.MaxLength = 6 }, dictionary.Minor},
		{"shorter", func(e *dictionary.Element) { e.Definition.MaxLength = 4 }, dictionary.Major},
		{"another pattern", func(e *dictionary.Element) { e.Definition.Pattern = "[0-9]*" }, dictionary.Major},
		{"no pattern", func(e *dictionary.Element) { e.Definition.Pattern = "" }, dictionary.Minor},
		{"more protected", func(e *dictionary.Element) { e.Rule.Class = dictionary.BasicPersonal }, dictionary.Major},
		{"a unit where there was none", func(e *dictionary.Element) { e.Definition.Unit = "m" }, dictionary.Minor},
	} {
		now := base
		tt.change(&now)
		if got := dictionary.LevelOf(dictionary.Compare(base, now)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	for from, to := range map[string]string{"": "1.0.0", "1.2.3": "2.0.0"} {
		if got := dictionary.Raise(from, dictionary.Major); got != to {
			t.Errorf("%s: %s", from, got)
		}
	}
}
