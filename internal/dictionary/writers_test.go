package dictionary_test

import (
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

// Whoever puts a colleague's proposal right has written what is then reviewed and approved, so does neither.
func TestWhoChangesAProposalDecidesNothing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		o := newOffice(t, db)
		second := dictionarytest.Actor("second", "H38.02", access.OpAppraiser)
		head := dictionarytest.Actor("head", "H38.02", access.OpApprover)
		in := dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Create, Element: element("dien_tich_rung"), Reason: "Cần cho việc kiểm kê rừng"}
		p, err := o.Propose(dictionarytest.Actor("engineer", "H38.02", access.OpEngineer), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range []struct{ name string }{{"appraiser"}, {"approver"}} {
			in.Element.Meaning += " " + by.name
			who := appraiser
			if by.name == "approver" {
				who = approver
			}
			if p, err = o.ChangeProposal(who, p.ID, p.Revision, in); err != nil {
				t.Fatalf("%s: %v", by.name, err)
			}
		}
		if _, err := o.Consult(appraiser, p.ID, p.Revision, 3, nil); !fault.Is(err, "dictionary.own_proposal") {
			t.Fatalf("reviewed by a writer: %v", err)
		}
		if p, err = o.Consult(second, p.ID, p.Revision, 3, nil); err != nil {
			t.Fatal(err)
		}
		if p, err = o.CloseConsultation(second, p.ID, p.Revision, "Các cơ quan đã trả lời đủ"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Approve(approver, p.ID, p.Revision, dictionary.NoDay); !fault.Is(err, "dictionary.own_proposal") {
			t.Fatalf("approved by a writer: %v", err)
		}
		if _, err := o.Approve(head, p.ID, p.Revision, dictionary.NoDay); err != nil {
			t.Fatalf("approved by another: %v", err)
		}
	})
}
