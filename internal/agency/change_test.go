package agency_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func department(code, name string) agency.Agency {
	return agency.Agency{Code: code, Name: name, Kind: agency.Department, ValidFrom: now.AddDate(-1, 0, 0)}
}

func TestCreate(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		s := service(t, db)
		if _, err := s.Create(admin(), department("H38.60", "Sở Thử nghiệm")); err != nil {
			t.Fatal(err)
		}
		cases := []struct {
			name, code string
			in         agency.Agency
		}{
			{"a code in use", "agency.code_taken", department("H38.60", "Sở Thử nghiệm khác")},
			{"section 3.2: lower case and hyphen", "agency.code_form", department("h38-02", "Sở Mã sai")},
			{"more than 35 characters", "agency.code_form", department("H38"+strings.Repeat(".ABCD", 7), "Sở Mã dài")},
			{"T42 Cyrillic letter", "agency.name_lookalike", department("H38.61", "Sở Tư phаp")},
			{"T42 zero-width letter", "agency.name_lookalike", department("H38.61", "Sở Tư\u200b pháp")},
			{"T42 right-to-left mark", "agency.name_lookalike", department("H38.61", "Sở Tư\u202e pháp")},
			{"T42 the same name spelt otherwise", "agency.name_taken", department("H38.61", "SỞ THỬ  NGHIỆM")},
			{"there are no districts", "agency.kind_unknown", agency.Agency{Code: "H38.61", Name: "UBND huyện Thử", Kind: "huyen", ValidFrom: now}},
			{"an unknown parent", "agency.parent_unknown", agency.Agency{Code: "H38.61", Name: "Trung tâm Thử", Kind: agency.ServiceUnit, Parent: "H38.99", ValidFrom: now}},
			{"a service unit without a parent", "agency.parent_missing", agency.Agency{Code: "H38.61", Name: "Trung tâm Thử", Kind: agency.ServiceUnit, ValidFrom: now}},
			{"R2.3 a vendor without sponsor and end", "agency.sponsor_missing", agency.Agency{Code: "H38.61", Name: "Công ty Thử", Kind: agency.External, ValidFrom: now}},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				_, err := s.Create(admin(), c.in)
				if !fault.Is(err, c.code) {
					t.Fatalf("got %v", err)
				}
			})
		}
		if all, _ := s.List(admin(), agency.Filter{}); len(all) != 1 {
			t.Fatalf("%d agencies after refusals", len(all))
		}
		if _, err := s.Create(admin(), department("H38.99.05", "Sở Mã đúng")); err != nil {
			t.Fatalf("section 3.2: %v", err)
		}
	})
}

func TestChange(t *testing.T) {
	s := service(t, testkit.DB(t))
	if _, err := s.Change(admin(), department("H38.60", "Sở Thử nghiệm")); !fault.Is(err, "agency.not_found") {
		t.Fatalf("got %v", err)
	}
	if _, err := s.Create(admin(), department("H38.60", "Sở Thử nghiệm")); err != nil {
		t.Fatal(err)
	}
	unit := agency.Agency{Code: "H38.60.01", Name: "Trung tâm Một", Kind: agency.ServiceUnit, Parent: "H38.60", ValidFrom: now.AddDate(0, -1, 0)}
	if _, err := s.Create(admin(), unit); err != nil {
		t.Fatal(err)
	}
	t.Run("a circle is refused", func(t *testing.T) {
		up := department("H38.60", "Sở Thử nghiệm")
		up.Parent = "H38.60.01"
		if _, err := s.Change(admin(), up); !fault.Is(err, "agency.parent_cycle") {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("it may not become an external party while it holds data", func(t *testing.T) {
		s.UseUses(func(context.Context, string) ([]string, error) { return []string{"1 tập dữ liệu"}, nil })
		defer s.UseUses(func(context.Context, string) ([]string, error) { return nil, nil })
		out := unit
		out.Kind, out.Sponsor, out.Commitment, out.ValidTo = agency.External, "H38.60", "01/CK", now.AddDate(1, 0, 0)
		out.Parent = ""
		if _, err := s.Change(admin(), out); !fault.Is(err, "agency.in_use") {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("T37 the code of an ended agency names no other", func(t *testing.T) {
		ended := unit
		ended.ValidTo = now.AddDate(0, 0, -1)
		if _, err := s.Change(admin(), ended); err != nil {
			t.Fatal(err)
		}
		other := unit
		other.Name = "Trung tâm Hai"
		if _, err := s.Change(admin(), other); !fault.Is(err, "agency.code_taken") {
			t.Fatalf("got %v", err)
		}
		if _, err := s.Create(admin(), other); !fault.Is(err, "agency.code_taken") {
			t.Fatalf("got %v", err)
		}
		file := "code,name,type,valid_from,parent\nH38.60.01,Trung tâm Hai,service_unit,2026-01-01,H38.60\n"
		_, err := s.Import(admin(), strings.NewReader(file))
		var refused *agency.ImportRefused
		if !errors.As(err, &refused) || len(refused.Rows) != 1 || refused.Rows[0].Reason.Code != "agency.code_taken" || refused.Rows[0].Row != 2 || refused.Rows[0].Value != "H38.60.01" {
			t.Fatalf("got %v", err)
		}
	})
}

func TestWhoMayChange(t *testing.T) {
	s := service(t, testkit.DB(t))
	calls := map[string]func(ctx context.Context) error{
		"Create": func(ctx context.Context) error {
			_, err := s.Create(ctx, department("H38.60", "Sở Thử"))
			return err
		},
		"Change": func(ctx context.Context) error {
			_, err := s.Change(ctx, department("H38.60", "Sở Thử"))
			return err
		},
		"Import":         func(ctx context.Context) error { _, err := s.Import(ctx, strings.NewReader("")); return err },
		"ImportProfile":  func(ctx context.Context) error { _, err := s.ImportProfile(ctx); return err },
		"Designate":      func(ctx context.Context) error { _, err := s.Designate(ctx, agency.Steward{}); return err },
		"EndDesignation": func(ctx context.Context) error { return s.EndDesignation(ctx, "H38.60", "x") },
		"Find":           func(ctx context.Context) error { _, err := s.Find(ctx, "H38.60"); return err },
		"List":           func(ctx context.Context) error { _, err := s.List(ctx, agency.Filter{}); return err },
		"Stewards":       func(ctx context.Context) error { _, err := s.Stewards(ctx, "H38.60"); return err },
		"Stewarded":      func(ctx context.Context) error { _, err := s.Stewarded(ctx, nil); return err },
	}
	steward := access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "u", Agency: "H38.60", Roles: []access.Role{access.Steward}})
	reads := map[string]bool{"Find": true, "List": true, "Stewards": true, "Stewarded": true}
	for name, call := range calls {
		if err := call(context.Background()); !fault.Is(err, "access.sign_in_required") {
			t.Errorf("%s by nobody: %v", name, err)
		}
		if err := call(steward); !reads[name] && !fault.Is(err, "access.permission_missing") {
			t.Errorf("%s by a steward: %v", name, err)
		}
	}
}

func TestStewarded(t *testing.T) {
	s := service(t, testkit.DB(t))
	if _, err := s.ImportProfile(admin()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Designate(admin(), agency.Steward{Agency: "H38.10", Name: "Phòng Kế hoạch", Decision: "12/QĐ-SYT", ValidFrom: now.AddDate(0, -1, 0)}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Designate(admin(), agency.Steward{Agency: "H38.05", Name: "Hết hạn", Decision: "1/QĐ", ValidFrom: now.AddDate(-1, 0, 0), ValidTo: now.AddDate(0, 0, -1)}); err != nil {
		t.Fatal(err)
	}
	all, err := s.List(admin(), agency.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Stewarded(admin(), all)
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]bool{"H38.10": true, "H38.10.01": true, "H38.05": false, "H38.05.01": false, "H38.04": false} {
		if got[code] != want {
			t.Errorf("%s: %v", code, got[code])
		}
	}
}
