package catalog_test

import (
	"testing"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/testkit"
)

// A draft keeps its code, which begins with the agency that opened it, when another one takes it over: from then on the
// form of the first agency no longer reaches it.
func TestAFormDoesNotReachADraftThatWasTransferred(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
	d.Class = dictionary.SensitivePersonal
	made, err := b.Create(catalogtest.Steward("H38.05"), d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.TransferOwner(catalogtest.Approver(), made.ID, "H38.04", "sys-04", "Quyết định 5/QĐ-UBND", time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	d.Name, d.Class = "Danh sách hộ", dictionary.Normal
	if _, err := b.Import(catalogtest.Steward("H38.05"), []catalog.Entry{{Line: 2, Dataset: d}}, false); !has(err, "access.other_agency") {
		t.Fatalf("by the agency before: %v", err)
	}
	p, err := b.Profile(catalogtest.Steward("H38.04"), made.Code)
	if err != nil || p.Name != "Danh sách hộ nghèo" || p.Class != dictionary.SensitivePersonal {
		t.Fatalf("%s, %s, %v", p.Name, p.Class, err)
	}
}
