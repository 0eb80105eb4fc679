package catalog_test

import (
	"sync"
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

// holding is a reviewed dataset of an agency that holds the fields.
func holding(t *testing.T, b *catalogtest.Bench, code catalog.Code, fields ...catalog.Field) catalog.Dataset {
	t.Helper()
	d := catalogtest.Dataset(code, "Dữ liệu "+string(code))
	d.Class = dictionary.SensitivePersonal
	return catalogtest.Reviewed(t, b, d, catalog.Schema{Fields: fields})
}

func TestOneOfficialSource(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := catalogtest.New(t, db)
		first := holding(t, b, "H38.05/ho-ngheo", catalogtest.Key("ma_ho", "ma_ho"), catalogtest.Field("dan_toc", "dan_toc"))
		second := holding(t, b, "H38.04/ho-khac", catalogtest.Key("ma_ho", "ma_ho"), catalogtest.Field("dan_toc", "dan_toc"), catalogtest.Field("so", "so_thanh_vien"))
		one, two := catalogtest.Steward("H38.05"), catalogtest.Steward("H38.04")
		elements := []dictionary.Code{"dan_toc"}
		for code, call := range map[string]func() error{
			"access.other_agency":    func() error { _, err := b.DeclareSources(two, first.ID, "ho_gia_dinh", elements, "QĐ"); return err },
			"catalog.entity_unknown": func() error { _, err := b.DeclareSources(one, first.ID, "cay_coi", elements, "QĐ"); return err },
			"catalog.source_not_held": func() error {
				_, err := b.DeclareSources(one, first.ID, "ho_gia_dinh", []dictionary.Code{"so_tien"}, "QĐ")
				return err
			},
			"catalog.source_basis_missing": func() error { _, err := b.DeclareSources(one, first.ID, "ho_gia_dinh", elements, " "); return err },
		} {
			if err := call(); !has(err, code) {
				t.Errorf("%s: %v", code, err)
			}
		}
		if _, err := b.DeclareSources(one, first.ID, "ho_gia_dinh", elements, "Nghị định 07/2021/NĐ-CP"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.ConfirmSources(one, first.ID); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("the owner confirms: %v", err)
		}
		if _, err := b.ConfirmSources(catalogtest.Appraiser(), first.ID); err != nil {
			t.Fatal(err)
		}
		_, err := b.DeclareSources(two, second.ID, "ho_gia_dinh", elements, "Quyết định riêng")
		if !fault.Is(err, "catalog.official_source_exists") || fault.Of(err).Kind != fault.Conflict || fault.Of(err).Args[1] != first.Code {
			t.Fatalf("a second source: %v", err)
		}
		if _, err := b.DeclareSources(two, second.ID, "nguoi", elements, "Quyết định riêng"); err != nil {
			t.Fatalf("the same element of another entity: %v", err)
		}
		if _, err := b.MarkReplica(two, second.ID, first.Code); err != nil {
			t.Fatal(err)
		}
		left, err := b.Sources(two, catalog.SourceFilter{Dataset: second.Code, State: catalog.SourceDeclared})
		if err != nil || len(left) != 0 {
			t.Fatalf("a copy claims %v, %v", left, err)
		}
		if copies, err := b.Replicas(two, []catalog.Code{first.Code}); err != nil || len(copies[first.Code]) != 1 {
			t.Fatalf("%v, %v", copies, err)
		}
		if _, err := b.MarkReplica(one, first.ID, second.Code); !has(err, "catalog.replica_unfit") {
			t.Fatalf("a copy of a copy: %v", err)
		}
		if err := b.DisputeSource(two, second.ID, "dan_toc", "ho_gia_dinh", "Số liệu hai nơi khác nhau"); err != nil || b.Incidents.Count() != 1 {
			t.Fatalf("%v, %d incidents", err, b.Incidents.Count())
		}
		if _, err := b.MarkReplica(two, second.ID, ""); err != nil {
			t.Fatal(err)
		}
		head := dictionarytest.Actor("head", "H38.04", access.AgencyHead)
		day := time.Now()
		if _, err := b.TransferSource(head, "dan_toc", "ho_gia_dinh", second.ID, "QĐ 9", day); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("an agency takes a source: %v", err)
		}
		if _, err := b.TransferSource(catalogtest.Approver(), "dan_toc", "ho_gia_dinh", second.ID, " ", day); !fault.Is(err, "catalog.decision_missing") {
			t.Fatalf("without a decision: %v", err)
		}
		if _, err := b.TransferSource(catalogtest.Approver(), "dan_toc", "ho_gia_dinh", second.ID, "Quyết định 9/QĐ-UBND", day); err != nil {
			t.Fatal(err)
		}
		now, err := b.Sources(one, catalog.SourceFilter{Element: "dan_toc", Entity: "ho_gia_dinh"})
		if err != nil || len(now) != 1 || now[0].Dataset != second.Code {
			t.Fatalf("%+v, %v", now, err)
		}
		ended, err := b.Sources(one, catalog.SourceFilter{Element: "dan_toc", Entity: "ho_gia_dinh", State: catalog.SourceEnded})
		if err != nil || len(ended) != 1 || ended[0].Dataset != first.Code || ended[0].To.IsZero() {
			t.Fatalf("%+v, %v", ended, err)
		}
	})
}

// Two claims of the same element, confirmed at the same moment: one becomes official.
func TestSourcesAtOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := catalogtest.New(t, db)
		var made []catalog.Dataset
		for i, code := range []catalog.Code{"H38.05/mot", "H38.04/hai", "H38.02/ba"} {
			d := holding(t, b, code, catalogtest.Key("ma_ho", "ma_ho"), catalogtest.Field("dan_toc", "dan_toc"), catalogtest.Field("x", []dictionary.Code{"ho_ten", "ngay_sinh", "dia_chi"}[i]))
			if _, err := b.DeclareSources(catalogtest.Steward(d.Owner), d.ID, "ho_gia_dinh", []dictionary.Code{"dan_toc"}, "Quyết định"); err != nil {
				t.Fatal(err)
			}
			made = append(made, d)
		}
		var wg sync.WaitGroup
		errs := make([]error, len(made))
		for i, d := range made {
			wg.Go(func() { _, errs[i] = b.ConfirmSources(catalogtest.Appraiser(), d.ID) })
		}
		wg.Wait()
		good := 0
		for _, err := range errs {
			switch {
			case err == nil:
				good++
			case fault.Of(err).Kind != fault.Conflict:
				t.Errorf("got %v", err)
			}
		}
		if good != 1 {
			t.Errorf("%d became official: %v", good, errs)
		}
	})
}

func TestWhoUsesAnElement(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	d := holding(t, b, "H38.05/ho-ngheo", catalogtest.Key("ma_ho", "ma_ho"), catalogtest.Field("dan_toc", "dan_toc"))
	uses, err := b.Uses(catalogtest.Appraiser(), b.DB, []dictionary.Code{"dan_toc", "ho_ten"})
	if err != nil || len(uses) != 1 || uses[0].Dataset != string(d.Code) || uses[0].Field != "dan_toc" {
		t.Fatalf("%+v, %v", uses, err)
	}
}
