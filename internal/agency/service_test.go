package agency_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func admin() context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "u-admin", Agency: "H38.02", Roles: []access.Role{access.OpAdmin}, Auth: access.AuthTwo})
}

func service(t *testing.T, db *controldb.DB) *agency.Service {
	t.Helper()
	return agency.NewService(db, clock.Fixed(now), audittest.Log(t, db))
}

func TestProfile(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		s := service(t, db)
		got, err := s.ImportProfile(admin())
		if err != nil {
			t.Fatal(err)
		}
		communes, err := s.List(admin(), agency.Filter{Kind: agency.Commune, At: now})
		if err != nil {
			t.Fatal(err)
		}
		wards := 0
		for _, c := range communes {
			if strings.HasPrefix(c.Name, "UBND phường ") {
				wards++
			}
		}
		if len(communes) != 99 || wards != 10 {
			t.Fatalf("%d communes, %d of them wards, after %+v", len(communes), wards, got)
		}
		again, err := s.ImportProfile(admin())
		if err != nil || again.Added+again.Changed != 0 || again.Same != got.Added {
			t.Fatalf("the second import changed %+v, %v", again, err)
		}
		found, err := s.List(admin(), agency.Filter{Text: "so tu phap"})
		if err != nil || len(found) != 1 || found[0].Code != "H38.04" {
			t.Fatalf("search without diacritics found %v, %v", found, err)
		}
	})
}

func TestImportRefuses(t *testing.T) {
	const head = "code,name,kind,valid_from,parent,valid_to\n"
	cases := []struct{ name, file, code, field string }{
		{"a district", head + "H38.50,Huyện Bắc Hà,district,2025-03-01,,\n", "agency.kind_unknown", "row 2, kind"},
		{"a code in lower case", head + "h38-02,Sở Khoa học,department,2025-03-01,,\n", "agency.code_form", "row 2, code"},
		{"a cycle", head + "H38.60,Trung tâm A,service_unit,2025-03-01,H38.61,\nH38.61,Trung tâm B,service_unit,2025-03-01,H38.60,\n", "agency.parent_cycle", "row 2, parent"},
		{"overlapping validity of one name", head + "H38.60,Sở Tư pháp,department,2025-03-01,,\n", "agency.name_taken", "row 2, name"},
		{"an end before the beginning", head + "H38.60,Sở Mới,department,2025-03-01,,2024-01-01\n", "agency.validity", "row 2, valid_from"},
		{"a date that is none", head + "H38.60,Sở Mới,department,31/02/2025,,\n", "agency.date_form", "row 2, valid_from"},
		{"an unknown parent", head + "H38.60,Trung tâm A,service_unit,2025-03-01,H38.77,\n", "agency.parent_unknown", "row 2, parent"},
		{"one code twice", head + "H38.60,Sở A mới,department,2025-03-01,,\nH38.60,Sở B mới,department,2025-03-01,,\n", "agency.import_twice", "row 3, code"},
		{"a look-alike name", head + "H38.60,Sở Tư pháp mоi,department,2025-03-01,,\n", "agency.name_lookalike", "row 2, name"},
	}
	db := testkit.DB(t)
	s := service(t, db)
	if _, err := s.ImportProfile(admin()); err != nil {
		t.Fatal(err)
	}
	before, _ := s.List(admin(), agency.Filter{})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.Import(admin(), strings.NewReader(c.file))
			var f *fault.Fault
			if !errors.As(err, &f) || f.Code != "agency.import_rows" || len(f.Items) == 0 {
				t.Fatalf("got %v", err)
			}
			if f.Items[0].Code != c.code || f.Items[0].Field != c.field {
				t.Fatalf("got %s at %s", f.Items[0].Code, f.Items[0].Field)
			}
			if after, _ := s.List(admin(), agency.Filter{}); len(after) != len(before) {
				t.Fatalf("a refused import left %d new agencies", len(after)-len(before))
			}
		})
	}
	t.Run("every wrong row is named", func(t *testing.T) {
		_, err := s.Import(admin(), strings.NewReader(head+"x,A B C,department,2025-03-01,,\nH38.60,Sở Đúng,department,2025-03-01,,\ny,Sở,huyen,,,\n"))
		var f *fault.Fault
		if !errors.As(err, &f) || len(f.Items) != 5 {
			t.Fatalf("got %+v", f.Items)
		}
	})
	t.Run("without the permission", func(t *testing.T) {
		ctx := access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "u", Agency: "H38.04", Roles: []access.Role{access.Steward}})
		if _, err := s.Import(ctx, strings.NewReader(head)); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("an agency with live grants does not end", func(t *testing.T) {
		s.UseUses(func(_ context.Context, code string) ([]string, error) {
			if code == "H38.12" {
				return []string{"2 quyền đang hiệu lực"}, nil
			}
			return nil, nil
		})
		_, err := s.Import(admin(), strings.NewReader(head+"H38.12,Sở Dân tộc và Tôn giáo,department,2025-03-01,,2026-06-30\n"))
		var f *fault.Fault
		if !errors.As(err, &f) || len(f.Items) != 1 || f.Items[0].Code != "agency.in_use" {
			t.Fatalf("got %v", err)
		}
		if _, err := s.Import(admin(), strings.NewReader(head+"H38.11,\"Sở Văn hóa, Thể thao và Du lịch\",department,2025-03-01,,2026-06-30\n")); err != nil {
			t.Fatal(err)
		}
		if active, _ := s.Active(admin(), "H38.11"); active {
			t.Fatal("an ended agency is active")
		}
	})
}

func TestStewards(t *testing.T) {
	s := service(t, testkit.DB(t))
	if _, err := s.ImportProfile(admin()); err != nil {
		t.Fatal(err)
	}
	if err := s.RequireSteward(admin(), "H38.10"); !fault.Is(err, "agency.no_active_steward") {
		t.Fatalf("got %v", err)
	}
	st, err := s.Designate(admin(), agency.Steward{Agency: "H38.10", Name: "Phòng Kế hoạch", Decision: "12/QĐ-SYT", ValidFrom: now.AddDate(0, -1, 0), ValidTo: now.AddDate(0, 1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("R2.1c a hospital without its own has its parent's steward", func(t *testing.T) {
		got, err := s.ActiveSteward(admin(), "H38.10.01")
		if err != nil || got == nil || got.ID != st.ID {
			t.Fatalf("got %v, %v", got, err)
		}
	})
	t.Run("a department never inherits", func(t *testing.T) {
		if got, _ := s.ActiveSteward(admin(), "H38.05"); got != nil {
			t.Fatalf("got %v", got)
		}
	})
	t.Run("an ended designation counts no more", func(t *testing.T) {
		if err := s.EndDesignation(admin(), "H38.10", st.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.RequireSteward(admin(), "H38.10.01"); !fault.Is(err, "agency.no_active_steward") {
			t.Fatalf("got %v", err)
		}
	})
}
