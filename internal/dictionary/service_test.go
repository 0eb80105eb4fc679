package dictionary_test

import (
	"context"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func TestElements(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		log := dictionarytest.Log(t, db)
		s, ctx := dictionarytest.Service(t, db, log), dictionarytest.Job()
		before := log.Journal().Size()
		if err := s.Seed(ctx, "H38.02"); err != nil {
			t.Fatalf("a second seeding: %v", err)
		}
		if log.Journal().Size() != before {
			t.Fatal("a second seeding changed something")
		}
		first, err := s.LatestElement(ctx, "dan_toc")
		if err != nil || first.Rule.Class != dictionary.SensitivePersonal {
			t.Fatalf("dan_toc: %+v, %v", first, err)
		}

		t.Run("anyone may not change", func(t *testing.T) {
			if _, err := s.CreateElement(context.Background(), first); !fault.Is(err, "access.sign_in_required") {
				t.Fatalf("got %v", err)
			}
		})
		t.Run("no person changes without the process", func(t *testing.T) {
			for _, role := range access.AllRoles() {
				if role == access.SystemJob {
					continue
				}
				if _, err := s.CreateElement(dictionarytest.Actor("p", "H38.02", role), first); !fault.Is(err, "access.permission_missing") {
					t.Errorf("%s creates: %v", role, err)
				}
			}
		})
		t.Run("a code is given once", func(t *testing.T) {
			if _, err := s.CreateElement(ctx, first); !fault.Is(err, "dictionary.code_taken") {
				t.Fatalf("got %v", err)
			}
		})
		t.Run("found without marks", func(t *testing.T) {
			list, err := s.ListElements(ctx, dictionary.Filter{Text: "so dinh danh"})
			if err != nil || len(list) != 1 || list[0].Code != "so_dinh_danh_ca_nhan" {
				t.Fatalf("%v, %v", list, err)
			}
		})
		t.Run("a percent sign is no wildcard", func(t *testing.T) {
			if list, err := s.ListElements(ctx, dictionary.Filter{Text: "%"}); err != nil || len(list) != 0 {
				t.Fatalf("%d, %v", len(list), err)
			}
		})
		t.Run("everything wrong is told at once", func(t *testing.T) {
			_, err := s.CreateElement(ctx, dictionary.Element{Code: "Sai Mã", Definition: dictionary.Definition{Type: "số"}})
			if f := fault.Of(err); f.Code != "input.several" || len(f.Items) < 5 {
				t.Fatalf("got %v", err)
			}
		})
	})
}

func TestSuggestClass(t *testing.T) {
	for _, tt := range []struct {
		name    string
		fields  []dictionary.Class
		persons int64
		want    dictionary.Class
	}{
		{"ethnicity of more than 100,000 persons is core", []dictionary.Class{dictionary.Normal, dictionary.SensitivePersonal}, 100_001, dictionary.Core},
		{"ethnicity of 10,000 persons is important", []dictionary.Class{dictionary.SensitivePersonal}, 10_000, dictionary.Important},
		{"names of 99,999 persons stay basic", []dictionary.Class{dictionary.BasicPersonal}, 99_999, dictionary.BasicPersonal},
		{"names of a million persons are core", []dictionary.Class{dictionary.BasicPersonal}, 1_000_000, dictionary.Core},
		{"no persons", []dictionary.Class{dictionary.InternalUse}, 5_000_000, dictionary.InternalUse},
	} {
		if got := dictionary.SuggestClass(tt.fields, tt.persons); got != tt.want {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}
