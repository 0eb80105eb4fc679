package catalog_test

import (
	"context"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

// held is a warehouse.
type held map[catalog.Code]catalog.Holding

func (h held) Holding(_ context.Context, code catalog.Code) (catalog.Holding, bool, error) {
	x, there := h[code]
	return x, there, nil
}

func (h held) Holdings(context.Context) (map[catalog.Code]catalog.Holding, error) { return h, nil }

const whyLower = "Số liệu tổng hợp đã khử nhận dạng theo biên bản 12/BB"

func labels(d catalog.Dataset, class dictionary.Class) catalog.Proposal {
	return catalog.Proposal{Nature: d.Classification.Nature, Scope: d.Classification.Scope, Steering: d.Classification.Steering, Class: class, Reason: whyLower}
}

func TestClassOfManyPersons(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := catalogtest.New(t, db)
		steward := catalogtest.Steward("H38.05")
		d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
		d.Class, d.Persons, d.Sharing.Fields = dictionary.SensitivePersonal, 100_000, []string{"ma_ho"}
		made, err := b.Create(steward, d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.DefineSchema(steward, made.ID, schema()); err != nil {
			t.Fatal(err)
		}
		p, err := b.Profile(steward, made.Code)
		if err != nil || p.Suggestion.Class != dictionary.Core || p.Suggestion.Persons != 100_000 || p.Suggestion.Source != catalog.CountedDeclared || len(p.Missing) != 1 {
			t.Fatalf("%+v, missing %v, %v", p.Suggestion, p.Missing, err)
		}
		if _, err := b.Register(steward, made.ID, true, true); !has(err, "catalog.class_below_suggestion") {
			t.Fatalf("below the suggestion: %v", err)
		}
		low := labels(made, dictionary.SensitivePersonal)
		low.Reason = "ngắn"
		if _, err := b.Reclassify(steward, made.ID, 0, low); !has(err, "catalog.lowering_reason") {
			t.Fatalf("without a reason: %v", err)
		}
		low.Reason = whyLower
		proposed, err := b.Reclassify(steward, made.ID, 0, low)
		if err != nil || proposed.Proposal == nil || !proposed.Proposal.Lowers {
			t.Fatalf("%+v, %v", proposed.Proposal, err)
		}
		if _, err := b.Register(steward, made.ID, true, true); !has(err, "catalog.class_below_suggestion") {
			t.Fatalf("before the second person: %v", err)
		}
		both := dictionarytest.Actor("steward-H38.05", "H38.02", access.OpAppraiser) // the same account with the right to confirm
		if _, err := b.ConfirmProposal(both, made.ID, 0); !fault.Is(err, "catalog.own_proposal") {
			t.Fatalf("by the proposer: %v", err)
		}
		if _, err := b.ConfirmProposal(steward, made.ID, 0); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("by a steward: %v", err)
		}
		if _, err := b.ConfirmProposal(catalogtest.Appraiser(), made.ID, proposed.Revision-1); !fault.Is(err, "catalog.changed_meanwhile") {
			t.Fatalf("of an older revision: %v", err)
		}
		done, err := b.ConfirmProposal(catalogtest.Appraiser(), made.ID, proposed.Revision)
		if err != nil || done.Lowered == nil || done.Lowered.ConfirmedBy != "appraiser" || done.Proposal != nil {
			t.Fatalf("%+v, %v", done.Lowered, err)
		}
		if _, err := b.Register(steward, made.ID, true, true); err != nil {
			t.Fatalf("after the second person: %v", err)
		}
		// More persons than were known then: what was confirmed for fewer does not cover it when the suggestion is higher.
		if _, err := b.ConfirmProposal(catalogtest.Appraiser(), made.ID, 0); !fault.Is(err, "catalog.no_proposal") {
			t.Fatalf("again: %v", err)
		}
	})
}

func TestRaisingIsFreeAndLoweringWaits(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
	d.Class = dictionary.SensitivePersonal
	steward := catalogtest.Steward("H38.05")
	made := catalogtest.Reviewed(t, b, d, schema())

	up := labels(made, dictionary.SensitivePersonal)
	up.Fields = map[string]dictionary.Class{"ma_ho": dictionary.Important}
	if _, err := b.Reclassify(steward, made.ID, 0, up); !has(err, "catalog.class_too_low") {
		t.Fatalf("a field above its dataset: %v", err)
	}
	up.Class = dictionary.Important
	raised, err := b.Reclassify(steward, made.ID, made.Revision, up)
	if err != nil || raised.Class != dictionary.Important || raised.Proposal != nil || raised.SchemaVersion != 2 || raised.Classification.ConfirmedBy != "" {
		t.Fatalf("raised: %+v, %v", raised, err)
	}
	unsettled, err := b.Search(catalogtest.Appraiser(), catalog.Filter{Unclassified: true})
	if err != nil || unsettled.Total != 1 {
		t.Fatalf("%d to confirm, %v", unsettled.Total, err)
	}
	next := schema()
	if _, err := b.DefineSchema(steward, made.ID, next); !has(err, "catalog.field_lowered") {
		t.Fatalf("a schema that lowers a field: %v", err)
	}
	down := labels(raised, dictionary.SensitivePersonal)
	down.Fields = map[string]dictionary.Class{"ma_ho": dictionary.Normal, "dan_toc": dictionary.InternalUse, "khac": dictionary.Normal}
	if _, err := b.Reclassify(steward, made.ID, 0, down); !has(err, "catalog.unknown_field") {
		t.Fatalf("an unknown field: %v", err)
	}
	delete(down.Fields, "khac")
	waits, err := b.Reclassify(steward, made.ID, 0, down)
	if err != nil || waits.Class != dictionary.Important || waits.SchemaVersion != 2 || waits.Proposal == nil {
		t.Fatalf("nothing changes before the second person: %+v, %v", waits, err)
	}
	if _, err := b.RefuseProposal(catalogtest.Appraiser(), made.ID, 0, " "); !fault.Is(err, "catalog.reason_missing") {
		t.Fatalf("refused without a reason: %v", err)
	}
	refused, err := b.RefuseProposal(catalogtest.Appraiser(), made.ID, 0, "Chưa có biên bản")
	if err != nil || refused.Proposal != nil || refused.ProposalNote != "Chưa có biên bản" || refused.Class != dictionary.Important {
		t.Fatalf("%+v, %v", refused, err)
	}
	if _, err := b.Reclassify(steward, made.ID, 0, down); err != nil {
		t.Fatal(err)
	}
	done, err := b.ConfirmProposal(catalogtest.Appraiser(), made.ID, 0)
	if err != nil || done.Class != dictionary.SensitivePersonal || done.SchemaVersion != 3 {
		t.Fatalf("%+v, %v", done, err)
	}
	got, err := b.Describe(steward, made.Code)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := got.Schema.Field("dan_toc")
	if f.Class != dictionary.InternalUse || !f.Lowered {
		t.Fatalf("the field below its element: %+v", f)
	}
}

func TestBulkConfirmationIsWhole(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	steward := catalogtest.Steward("H38.05")
	d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
	d.Class = dictionary.SensitivePersonal
	made := catalogtest.Reviewed(t, b, d, schema())
	up := labels(made, dictionary.Important)
	if _, err := b.Reclassify(steward, made.ID, 0, up); err != nil {
		t.Fatal(err)
	}
	draft, err := b.Create(steward, catalog.Dataset{Code: "H38.05/nhap", Name: "Bản nháp", Owner: "H38.05"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.ConfirmLabels(catalogtest.Appraiser(), []catalog.Code{made.Code, draft.Code, "H38.05/khong-co"})
	if !has(err, "catalog.labels_missing") || !has(err, "catalog.not_found") {
		t.Fatalf("both faults are told: %v", err)
	}
	if got, _ := b.Find(steward, made.ID); got.Classification.ConfirmedBy != "" {
		t.Fatal("one was confirmed although another could not be")
	}
	if _, err := b.ConfirmLabels(steward, []catalog.Code{made.Code}); !fault.Is(err, "access.permission_missing") {
		t.Fatalf("by a steward: %v", err)
	}
	if _, err := b.ConfirmLabels(catalogtest.Appraiser(), []catalog.Code{made.Code}); err != nil {
		t.Fatal(err)
	}
	if asked, err := b.AskLabels(catalogtest.Appraiser(), []catalog.Code{draft.Code}); err != nil || !asked[0].LabelsAsked {
		t.Fatalf("%v", err)
	}
}

func TestLateUpdates(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
	d.Class, d.Frequency = dictionary.SensitivePersonal, catalog.Daily
	made := catalogtest.Reviewed(t, b, d, schema())
	now := time.Now()
	for _, x := range []struct {
		last time.Time
		late int
	}{{now.Add(-25 * time.Hour), 0}, {now.Add(-27 * time.Hour), 1}} { // a day, and a tenth of it
		b.UseHoldings(held{made.Code: {Version: 1, SourceTime: x.last}})
		page, err := b.Late(catalogtest.Steward("H38.04"), "", "", 10)
		if err != nil || page.Total != x.late {
			t.Fatalf("%v: %d late, %v", x.last, page.Total, err)
		}
	}
	if page, err := b.Late(catalogtest.Steward("H38.04"), "H38.04", "", 10); err != nil || page.Total != 0 {
		t.Fatalf("of another owner: %d, %v", page.Total, err)
	}
	if _, err := b.Late(context.Background(), "", "", 10); !fault.Is(err, "access.sign_in_required") {
		t.Fatalf("nobody: %v", err)
	}
}
