package catalog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
)

func schema() catalog.Schema {
	return catalog.Schema{Fields: []catalog.Field{catalogtest.Key("ma_ho", "ma_ho"), catalogtest.Field("dan_toc", "dan_toc"), catalogtest.Field("so_dinh_danh", "so_dinh_danh_ca_nhan")}}
}

func has(err error, code string) bool {
	if err == nil {
		return false
	}
	f := fault.Of(err)
	if f.Code == code {
		return true
	}
	for _, item := range f.Items {
		if item.Code == code {
			return true
		}
	}
	return false
}

func TestLife(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := catalogtest.New(t, db)
		steward := catalogtest.Steward("H38.05")
		d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
		d.Class = dictionary.SensitivePersonal
		d.Sharing.Fields = []string{"ma_ho"}

		if _, err := b.Create(context.Background(), d); !fault.Is(err, "access.sign_in_required") {
			t.Fatalf("nobody: %v", err)
		}
		if _, err := b.Create(catalogtest.Steward("H38.04"), d); !fault.Is(err, "access.other_agency") {
			t.Fatalf("another agency: %v", err)
		}
		made, err := b.Create(steward, d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Create(steward, d); !fault.Is(err, "catalog.name_taken") {
			t.Fatalf("the name again: %v", err)
		}
		again := d
		again.Name = "Tên khác"
		if _, err := b.Create(steward, again); !fault.Is(err, "catalog.code_taken") {
			t.Fatalf("the code again: %v", err)
		}
		if _, err := b.Register(steward, made.ID, true, true); !has(err, "catalog.schema_missing") {
			t.Fatalf("without a schema: %v", err)
		}
		if _, err := b.DefineSchema(steward, made.ID, schema()); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Register(steward, made.ID, false, true); !has(err, "catalog.declaration_missing") {
			t.Fatalf("without the declaration: %v", err)
		}
		if _, err := b.Register(steward, made.ID, true, true); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Change(steward, made); !fault.Is(err, "catalog.not_editable") {
			t.Fatalf("a change after registration: %v", err)
		}
		if _, err := b.Review(steward, made.ID, "x"); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("review by the steward: %v", err)
		}
		if _, err := b.Return(catalogtest.Appraiser(), made.ID, " "); !fault.Is(err, "catalog.comments_missing") {
			t.Fatalf("return without comments: %v", err)
		}
		if _, err := b.Return(catalogtest.Appraiser(), made.ID, "Bổ sung mô tả"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Register(steward, made.ID, true, true); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Review(catalogtest.Appraiser(), made.ID, "Điều 7"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Approve(catalogtest.Approver(), made.ID); err != nil {
			t.Fatal(err)
		}
		catalogtest.Issued(t, b, made.Code, "Quyết định 1/QĐ-UBND")
		for range 2 {
			err := db.InTx(catalogtest.Appraiser(), func(q controldb.Querier) error {
				return b.Flowed(access.WithActor(context.Background(), access.JobActor("ingest")), q, made.Code)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.Suspend(catalogtest.Appraiser(), made.ID, "sự cố"); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Resume(catalogtest.Appraiser(), made.ID); err != nil || got.State != catalog.Published {
			t.Fatalf("%s, %v", got.State, err)
		}
		if _, err := b.Retire(catalogtest.Approver(), made.ID, "", "hết nhu cầu"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.End(catalogtest.Approver(), made.ID, 1); !fault.Is(err, "catalog.grants_left") {
			t.Fatalf("with a grant: %v", err)
		}
		if got, err := b.End(catalogtest.Approver(), made.ID, 0); err != nil || got.State != catalog.Retired {
			t.Fatalf("%s, %v", got.State, err)
		}
		if _, err := b.Create(steward, again); !fault.Is(err, "catalog.code_taken") {
			t.Fatalf("the code of a retired dataset: %v", err)
		}
		b.UseHoldings(held{made.Code: {Version: 1, Persons: 100_001}})
		profile, err := b.Profile(steward, made.Code)
		if err != nil || len(profile.Steps) != 11 || profile.SuggestedClass != dictionary.Core || profile.Mapping.Mapped != 3 {
			t.Fatalf("%d steps, %s, %+v, %v", len(profile.Steps), profile.SuggestedClass, profile.Mapping, err)
		}
	})
}

func TestRegistrationRefusals(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*catalog.Dataset)
		code   string
	}{
		{"description", func(d *catalog.Dataset) { d.Description = "Ngắn" }, "catalog.description_short"},
		{"method file without a reason", func(d *catalog.Dataset) { d.Method = catalog.MethodFile }, "catalog.method_reason_missing"},
		{"method unknown", func(d *catalog.Dataset) { d.Method = "fax" }, "catalog.method_missing"},
		{"on event without a delay", func(d *catalog.Dataset) { d.Frequency = catalog.OnEvent }, "catalog.max_delay_missing"},
		{"no frequency", func(d *catalog.Dataset) { d.Frequency = "" }, "catalog.frequency_missing"},
		{"no formats", func(d *catalog.Dataset) { d.Formats = nil }, "catalog.formats_missing"},
		{"no legal basis", func(d *catalog.Dataset) { d.LegalBasis = " " }, "catalog.legal_basis_missing"},
		{"scope without purposes", func(d *catalog.Dataset) { d.Sharing.Purposes = nil }, "catalog.sharing_purposes_missing"},
		{"scope with an unknown field", func(d *catalog.Dataset) { d.Sharing.Fields = []string{"khac"} }, "catalog.unknown_field"},
		{"not classified", func(d *catalog.Dataset) { d.Classification.Nature = "" }, "catalog.classification_missing"},
		{"class below its fields", func(d *catalog.Dataset) { d.Class = dictionary.Normal }, "catalog.class_too_low"},
		{"another agency's system", func(d *catalog.Dataset) { d.OfficialSystem = "sys-04" }, "catalog.system_of_another"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := catalogtest.New(t, testkit.DB(t))
			d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
			d.Class, d.Sharing.Fields = dictionary.SensitivePersonal, []string{"ma_ho"}
			tt.change(&d)
			made, err := b.Create(catalogtest.Steward("H38.05"), d)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.DefineSchema(catalogtest.Steward("H38.05"), made.ID, schema()); err != nil {
				t.Fatal(err)
			}
			if _, err := b.Register(catalogtest.Steward("H38.05"), made.ID, true, true); !has(err, tt.code) {
				t.Fatalf("got %v, want %s", err, tt.code)
			}
		})
	}
}

func TestStampsAreRefusedWithAnIncident(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	steward := catalogtest.Steward("H38.05")
	d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách TỐI MẬT")
	if _, err := b.Create(steward, d); !fault.Is(err, "catalog.secret_marking") || b.Incidents.Count() != 1 {
		t.Fatalf("%v, %d incidents", err, b.Incidents.Count())
	}
	d.Name = "Quy chế bảo mật"
	made, err := b.Create(steward, d)
	if err != nil {
		t.Fatal(err)
	}
	made.Description += " MẬT"
	if _, err := b.Change(steward, made); !fault.Is(err, "catalog.secret_marking") || b.Incidents.Count() != 2 {
		t.Fatalf("%v, %d incidents", err, b.Incidents.Count())
	}
	bad := schema()
	bad.Fields[1].Label = "TUYỆT MẬT"
	if _, err := b.DefineSchema(steward, made.ID, bad); !fault.Is(err, "catalog.secret_marking") || b.Incidents.Count() != 3 {
		t.Fatalf("%v, %d incidents", err, b.Incidents.Count())
	}
}

func TestReviewGuards(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	first := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
	first.Class = dictionary.SensitivePersonal
	catalogtest.Reviewed(t, b, first, schema())

	second := catalogtest.Dataset("H38.04/ho-ngheo", "Hộ nghèo bản khác")
	second.Class, second.Sharing.Fields = dictionary.SensitivePersonal, []string{"ma_ho"}
	made, err := b.Create(catalogtest.Steward("H38.04"), second)
	if err != nil {
		t.Fatal(err)
	}
	same := schema()
	same.Fields[1].Required = true
	if _, err := b.DefineSchema(catalogtest.Steward("H38.04"), made.ID, same); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Register(catalogtest.Steward("H38.04"), made.ID, true, true); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Review(catalogtest.Appraiser(), made.ID, "Điều 7"); !fault.Is(err, "catalog.second_source") {
		t.Fatalf("a second source: %v", err)
	}
	if _, err := b.Return(catalogtest.Appraiser(), made.ID, "ánh xạ"); err != nil {
		t.Fatal(err)
	}
	same.Fields[1] = catalog.Field{Name: "dan_toc", Label: "Dân tộc", Proposal: "nhóm dân tộc", Required: true, Class: dictionary.SensitivePersonal}
	if _, err := b.DefineSchema(catalogtest.Steward("H38.04"), made.ID, same); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Register(catalogtest.Steward("H38.04"), made.ID, true, true); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Review(catalogtest.Appraiser(), made.ID, "Điều 7"); !fault.Is(err, "catalog.mapping_incomplete") {
		t.Fatalf("a mandatory field not mapped: %v", err)
	}
}

func TestOwnerTransfer(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
	d.Class = dictionary.SensitivePersonal
	made := catalogtest.Reviewed(t, b, d, schema())
	head := dictionarytest.Actor("approver", "H38.02", access.OpApprover)
	if _, err := b.TransferOwner(head, made.ID, "H38.04", "sys-04", "", time.Now().Add(-time.Hour)); !fault.Is(err, "catalog.decision_missing") {
		t.Fatalf("without a decision: %v", err)
	}
	if _, err := b.TransferOwner(head, made.ID, "H38.77", "sys-04", "QĐ 5", time.Now().Add(-time.Hour)); !fault.Is(err, "catalog.owner_unknown") {
		t.Fatalf("to nobody: %v", err)
	}
	if _, err := b.TransferOwner(head, made.ID, "H38.04", "sys-05", "QĐ 5", time.Now().Add(-time.Hour)); !fault.Is(err, "catalog.system_of_another") {
		t.Fatalf("with the old owner's system: %v", err)
	}
	moved, err := b.TransferOwner(head, made.ID, "H38.04", "sys-04", "Quyết định 5/QĐ-UBND", time.Now().Add(-time.Hour))
	if err != nil || moved.Owner != "H38.04" || moved.Code != made.Code {
		t.Fatalf("%+v, %v", moved.Owner, err)
	}
	p, err := b.Profile(catalogtest.Steward("H38.04"), made.Code)
	if err != nil || len(p.Owners) != 2 || p.Owners[0].Agency != "H38.04" || p.Owners[1].Agency != "H38.05" || p.Owners[0].Decision == "" {
		t.Fatalf("%+v, %v", p.Owners, err)
	}
	if _, err := b.Suspend(catalogtest.Steward("H38.05"), made.ID, "x"); !fault.Is(err, "access.permission_missing") {
		t.Fatalf("got %v", err)
	}
}

func TestSharingScopeIsRead(t *testing.T) {
	s := catalog.Sharing{AgencyTypes: []string{"commune"}, Fields: []string{"a", "b"}, Rows: []catalog.RowLimit{{Column: "ma_xa", Own: true}}, Purposes: []string{"QLNN"}, Levels: []string{"use"}}
	inside := catalog.Ask{Agency: "H38.99.05", AgencyType: "commune", Fields: []string{"a"}, Purposes: []string{"QLNN"}, Level: "use", Rows: map[string][]string{"ma_xa": {"02671"}}, OwnUnit: map[string]string{"ma_xa": "02671"}}
	if out := s.Outside(inside); len(out) != 0 {
		t.Fatalf("inside: %v", out)
	}
	for code, change := range map[string]func(*catalog.Ask){
		"catalog.outside_field":   func(a *catalog.Ask) { a.Fields = []string{"a", "c"} },
		"catalog.outside_agency":  func(a *catalog.Ask) { a.AgencyType = "department" },
		"catalog.outside_purpose": func(a *catalog.Ask) { a.Purposes = []string{"PTDB"} },
		"catalog.outside_level":   func(a *catalog.Ask) { a.Level = "share" },
		"catalog.outside_rows":    func(a *catalog.Ask) { a.Rows = nil },
	} {
		ask := inside
		change(&ask)
		if out := s.Outside(ask); len(out) != 1 || out[0].Code != code {
			t.Errorf("%s: %v", code, out)
		}
	}
	other := inside
	other.Rows = map[string][]string{"ma_xa": {"02671", "02647"}}
	if out := s.Outside(other); len(out) != 1 {
		t.Errorf("another commune's rows: %v", out)
	}
}

func TestSchemaChangeOfPublished(t *testing.T) {
	db := testkit.DB(t)
	b := catalogtest.New(t, db)
	d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
	d.Class = dictionary.SensitivePersonal
	made := catalogtest.Reviewed(t, b, d, schema())
	if _, err := b.Approve(catalogtest.Approver(), made.ID); err != nil {
		t.Fatal(err)
	}
	catalogtest.Issued(t, b, made.Code, "QĐ 1")
	job := access.WithActor(context.Background(), access.JobActor("ingest"))
	if err := db.InTx(job, func(q controldb.Querier) error { return b.Flowed(job, q, made.Code) }); err != nil {
		t.Fatal(err)
	}
	next := schema()
	next.Fields = next.Fields[:2]
	if _, err := b.DefineSchema(catalogtest.Steward("H38.05"), made.ID, next); err != nil {
		t.Fatal(err)
	}
	got, err := b.Describe(job, made.Code)
	if err != nil || got.State != catalog.ChangePending || got.SchemaVersion != 1 || got.PendingSchema != 2 || len(got.Schema.Fields) != 3 {
		t.Fatalf("%+v, %v", got.Dataset, err)
	}
	if !next.Breaking(got.Schema) || got.Schema.Breaking(got.Schema) {
		t.Error("a lost field is a breaking change, the same schema is none")
	}
	after, err := b.AcceptSchema(catalogtest.Appraiser(), made.ID)
	if err != nil || after.SchemaVersion != 2 || after.State != catalog.Published {
		t.Fatalf("%+v, %v", after, err)
	}
	raw, err := b.JSONSchema(catalogtest.Steward("H38.05"), made.Code)
	if err != nil || !json.Valid(raw) || bytes.Contains(raw, []byte(`"so_dinh_danh"`)) {
		t.Fatalf("%s, %v", raw, err)
	}
}

func TestMessagesAreWhole(t *testing.T) {
	if _, err := i18n.NewCatalog(catalog.Messages, dictionary.Messages); err != nil {
		t.Fatal(err)
	}
	for code, text := range catalog.Messages {
		if text.Vi == "" || text.En == "" {
			t.Errorf("%s lacks a language", code)
		}
	}
}
