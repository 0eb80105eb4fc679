package catalog_test

import (
	"context"
	"slices"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func TestDraftsAreTheOwnersOwn(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := catalogtest.New(t, db)
		owner, stranger := catalogtest.Steward("H38.05"), catalogtest.Steward("H38.04")
		operator := reader(access.OpAppraiser, "H38.02")
		d := catalogtest.Dataset("H38.05/ho-ngheo", "Danh sách hộ nghèo")
		d.Class = dictionary.SensitivePersonal
		d.Sharing.Fields = []string{"ma_ho"}
		made, err := b.Create(owner, d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.DefineSchema(owner, made.ID, schema()); err != nil {
			t.Fatal(err)
		}
		for name, ctx := range map[string]context.Context{"owner": owner, "operator": operator} {
			if !sees(t, b.Service, ctx, made, name) {
				t.Errorf("the %s does not see the draft", name)
			}
		}
		for name, ctx := range map[string]context.Context{"another agency": stranger, "nobody's agency": reader(access.Analyst, "")} {
			if sees(t, b.Service, ctx, made, name) {
				t.Errorf("%s sees the draft", name)
			}
		}
		if _, err := b.Register(stranger, made.ID, true, true); !fault.Is(err, "catalog.not_found") {
			t.Errorf("another agency's step on a draft: %v", err)
		}
		same := catalogtest.Dataset("H38.04/ho-ngheo", "Danh sách HỘ NGHÈO")
		theirs, err := b.Create(stranger, same)
		if err != nil {
			t.Fatalf("a refusal tells that a hidden draft has the name: %v", err)
		}
		if _, err := b.Create(owner, catalogtest.Dataset("H38.05/ho-ngheo-hai", "Danh sách hộ nghèo")); !fault.Is(err, "catalog.name_taken") {
			t.Errorf("the own agency's draft has the name: %v", err)
		}
		if _, err := b.Register(owner, made.ID, true, true); err != nil {
			t.Fatal(err)
		}
		if !sees(t, b.Service, stranger, made, "another agency") {
			t.Error("a registration that was submitted is not in the register")
		}
		theirs.Description = "Danh sách của đơn vị khác"
		if _, err := b.Change(stranger, theirs); !fault.Is(err, "catalog.name_taken") {
			t.Errorf("a registered dataset has the name: %v", err)
		}
		if _, err := b.Return(operator, made.ID, "Thiếu căn cứ pháp lý của việc thu thập"); err != nil {
			t.Fatal(err)
		}
		if sees(t, b.Service, stranger, made, "another agency") {
			t.Error("another agency sees a registration that was returned")
		}
	})
}

func reader(role access.Role, agency string) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: string(role) + agency, Agency: agency, Roles: []access.Role{role}})
}

// sees asks in every way in which a dataset can be read; all of them must agree.
func sees(t *testing.T, s *catalog.Service, ctx context.Context, d catalog.Dataset, who string) bool {
	t.Helper()
	_, byID := s.Find(ctx, d.ID)
	_, byCode := s.FindByCode(ctx, d.Code)
	_, profile := s.Profile(ctx, d.Code)
	_, schema := s.JSONSchema(ctx, d.Code)
	list, err := s.List(ctx, catalog.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	found := slices.ContainsFunc(list, func(one catalog.Dataset) bool { return one.ID == d.ID })
	for way, err := range map[string]error{"id": byID, "code": byCode, "profile": profile, "JSON schema": schema} {
		if (err == nil) != found || err != nil && !fault.Is(err, "catalog.not_found") {
			t.Fatalf("%s: in the list %t, by %s %v", who, found, way, err)
		}
	}
	return found
}

func TestNamesCannotPassForOthers(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	owner := catalogtest.Steward("H38.05")
	for what, name := range map[string]string{
		"a Cyrillic letter": "Danh sách h\u043e nghe\u043e", "a zero width space": "Danh sách\u200b hộ nghèo", "a turn of direction": "Danh sách hộ nghèo\u202e", "NUL": "Danh sách\x00 hộ nghèo",
	} {
		if _, err := b.Create(owner, catalogtest.Dataset("H38.05/gia-danh", name)); !has(err, "catalog.name_lookalike") {
			t.Errorf("%s in the name: %v", what, err)
		}
	}
	if _, err := b.Create(owner, catalogtest.Dataset("H38.05/gia-danh", "Danh sách hộ nghèo (chuẩn 2026–2030), Đợt 1")); err != nil {
		t.Errorf("a plain Vietnamese name: %v", err)
	}
}
