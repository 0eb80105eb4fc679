package catalog_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func TestDataWithoutAnOwner(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := catalogtest.New(t, db)
		store, err := blob.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		b.UsePapers(store)
		const about = "Số liệu điểm đo mưa cũ của các huyện, đang lưu ở máy chủ Trung tâm và chưa rõ ai quản lý."
		if _, err := b.ReportUnowned(reader(access.Analyst, "H38.05"), "Điểm đo mưa", about); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("by an analyst: %v", err)
		}
		if _, err := b.ReportUnowned(catalogtest.Steward("H38.05"), "", "ngắn"); !has(err, "catalog.name_missing") || !has(err, "catalog.description_short") {
			t.Fatalf("empty: %v", err)
		}
		u, err := b.ReportUnowned(catalogtest.Steward("H38.05"), "Điểm đo mưa", about)
		if err != nil {
			t.Fatal(err)
		}
		yesterday := time.Now().Add(-24 * time.Hour)
		in := catalog.Assignment{Agency: "H38.04", Slug: "diem-do-mua", Decision: "31/QĐ-UBND ngày 20/11/2026", From: yesterday}
		if _, err := b.AssignOwner(catalogtest.Approver(), u.ID, 0, in); !fault.Is(err, "catalog.unowned_not_proposed") {
			t.Fatalf("without a proposal: %v", err)
		}
		if _, err := b.ProposeOwner(catalogtest.Appraiser(), u.ID, "H38.77", ""); !has(err, "catalog.owner_unknown") || !has(err, "catalog.reason_missing") {
			t.Fatalf("nobody: %v", err)
		}
		if u, err = b.ProposeOwner(catalogtest.Appraiser(), u.ID, "H38.04", "Theo chức năng của Sở"); err != nil || u.State != catalog.UnownedProposed {
			t.Fatalf("%+v, %v", u, err)
		}
		if _, err := b.AssignOwner(dictionarytest.Actor("appraiser", "H38.02", access.OpApprover), u.ID, 0, in); !fault.Is(err, "catalog.own_assignment") {
			t.Fatalf("by the proposer: %v", err)
		}
		if _, err := b.AssignOwner(dictionarytest.Actor("head", "H38.04", access.AgencyHead), u.ID, 0, in); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("by an agency's head: %v", err)
		}
		bad := catalog.Assignment{Agency: "H38.04", Slug: "Sai Mã"}
		if _, err := b.AssignOwner(catalogtest.Approver(), u.ID, 0, bad); !has(err, "catalog.decision_missing") || !has(err, "catalog.bad_code") || !has(err, "catalog.transfer_day") {
			t.Fatalf("incomplete: %v", err)
		}
		in.PaperIs, in.Paper = "quyết định.pdf", strings.NewReader("%PDF-1.7 ...")
		done, err := b.AssignOwner(catalogtest.Approver(), u.ID, u.Revision, in)
		if err != nil || done.Became != "H38.04/diem-do-mua" || done.Paper == nil {
			t.Fatalf("%+v, %v", done, err)
		}
		p, err := b.Profile(catalogtest.Steward("H38.04"), done.Became)
		if err != nil || p.State != catalog.Draft || len(p.Owners) != 1 || p.Owners[0].Decision != in.Decision {
			t.Fatalf("%+v, %v", p.Owners, err)
		}
		paper, body, err := b.OpenPaper(catalogtest.Steward("H38.05"), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(body)
		if body.Close(); paper.Name != "quyết định.pdf" || string(text) != "%PDF-1.7 ..." {
			t.Fatalf("%+v, %q", paper, text)
		}
		if _, err := b.AssignOwner(catalogtest.Approver(), u.ID, 0, in); !fault.Is(err, "catalog.unowned_assigned") {
			t.Fatalf("again: %v", err)
		}
		found, orphans, err := b.WithoutOwner(catalogtest.Approver())
		if err != nil || len(found)+len(orphans) != 0 {
			t.Fatalf("%v, %v, %v", found, orphans, err)
		}
	})
}

// The store itself takes no dataset without an owner.
func TestTheStoreHoldsAnOwner(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := catalogtest.New(t, db)
		made := put(t, b, "a", "Một", nil)
		if _, err := db.ExecContext(t.Context(), `UPDATE catalog_dataset SET owner = '' WHERE id = ?`, string(made.ID)); err == nil {
			t.Error("a dataset lost its owner")
		}
		if _, err := db.ExecContext(t.Context(), `UPDATE catalog_owner SET agency = '' WHERE dataset = ?`, string(made.ID)); err == nil {
			t.Error("the history lost an owner")
		}
		if _, err := b.Create(dictionarytest.Actor("x", "", access.Steward), catalog.Dataset{Code: "H38.05/x", Name: "X"}); !fault.Is(err, "catalog.owner_required") {
			t.Errorf("no owner: %v", err)
		}
	})
}

func TestDatasetOfAnEndedAgency(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
	d.Class = dictionary.SensitivePersonal
	made := catalogtest.Reviewed(t, b, d, schema())
	if _, err := b.ProposeOwner(catalogtest.Appraiser(), string(made.Code), "H38.04", "Sáp nhập"); !fault.Is(err, "catalog.owner_active") {
		t.Fatalf("an active owner: %v", err)
	}
	b.Agencies.(catalogtest.Agencies)["H38.05"] = false // it has ended
	_, orphans, err := b.WithoutOwner(catalogtest.Appraiser())
	if err != nil || len(orphans) != 1 || orphans[0].Question != nil {
		t.Fatalf("%+v, %v", orphans, err)
	}
	u, err := b.ProposeOwner(catalogtest.Appraiser(), string(made.Code), "H38.04", "Sáp nhập")
	if err != nil || u.Dataset != made.Code {
		t.Fatalf("%+v, %v", u, err)
	}
	in := catalog.Assignment{Agency: "H38.04", System: "sys-05", Decision: "5/QĐ-UBND", From: time.Now().Add(-time.Hour)}
	if _, err := b.AssignOwner(catalogtest.Approver(), u.ID, 0, in); !fault.Is(err, "catalog.system_of_another") {
		t.Fatalf("with the old owner's system: %v", err)
	}
	in.System = "sys-04"
	if _, err := b.AssignOwner(catalogtest.Approver(), u.ID, 0, in); err != nil {
		t.Fatal(err)
	}
	got, err := b.Find(catalogtest.Steward("H38.04"), made.ID)
	if err != nil || got.Owner != "H38.04" || got.OfficialSystem != "sys-04" {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, orphans, err := b.WithoutOwner(catalogtest.Appraiser()); err != nil || len(orphans) != 0 {
		t.Fatalf("%+v, %v", orphans, err)
	}
}
