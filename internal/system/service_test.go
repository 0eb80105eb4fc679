package system_test

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/system"
	"lienthong/internal/system/systemtest"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// register of agencies: those named are active.
type register map[string]bool

func (r register) Active(_ context.Context, code string) (bool, error) { return r[code], nil }

type world struct {
	*system.Service
	clock    *clock.Adjustable
	agencies register
	papers   systemtest.Papers
}

func newWorld(t *testing.T, db *controldb.DB) *world {
	t.Helper()
	w := &world{clock: clock.NewAdjustable(clock.Fixed(now)), agencies: register{"H38.02": true, "H38.04": true, "H38.09": true}}
	w.Service = system.NewService(db, w.clock, audittest.Log(t, db), w.agencies)
	w.UsePapers(&w.papers)
	return w
}

func as(agency string, roles ...access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "u-" + string(roles[0]), Agency: agency, Roles: roles, Auth: access.AuthTwo})
}

func engineer() context.Context { return as("H38.02", access.OpEngineer) }
func security() context.Context { return as("H38.02", access.OpSecurity) }

func procedures() system.System {
	return system.System{ID: "tthc", Name: "Hệ thống giải quyết thủ tục hành chính", Owner: "H38.02", Category: system.Procedures, Layer: system.LayerUse}
}

func (w *world) registered(t *testing.T) *system.System {
	t.Helper()
	got, err := w.Register(engineer(), procedures())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRegister(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		in := procedures()
		in.Level, in.LevelDecision, in.LevelValidTo = 5, "1/QĐ", now.AddDate(1, 0, 0)
		got, err := w.Register(engineer(), in)
		if err != nil {
			t.Fatal(err)
		}
		if got.Level != 0 || got.LevelDecision != "" {
			t.Fatal("a level was taken over without an approval of its own")
		}
		with := func(change func(*system.System)) system.System {
			s := system.System{ID: "ho-tich", Name: "Hệ thống hộ tịch điện tử", Owner: "H38.04", Category: system.Sector, Layer: system.LayerSource}
			change(&s)
			return s
		}
		cases := []struct {
			name, code string
			in         system.System
		}{
			{"T37 an id in use", "system.id_taken", with(func(s *system.System) { s.ID = "tthc" })},
			{"a name in use", "system.name_taken", with(func(s *system.System) { s.Name = procedures().Name })},
			{"a name in use, spelt with other case", "system.name_taken", with(func(s *system.System) { s.Name = "HỆ THỐNG GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH" })},
			{"capital letters in the id", "system.id_form", with(func(s *system.System) { s.ID = "HoTich" })},
			{"an id that is a page's address", "system.id_form", with(func(s *system.System) { s.ID = "new" })},
			{"T42 look-alike letter in the name", "system.name_lookalike", with(func(s *system.System) { s.Name = "Hệ thống hộ tịсh" })},
			{"a group outside Điều 8.2", "system.category_unknown", with(func(s *system.System) { s.Category = "g" })},
			{"an unknown layer", "system.layer_unknown", with(func(s *system.System) { s.Layer = "x" })},
			{"no owner", "system.owner_missing", with(func(s *system.System) { s.Owner = "" })},
			{"an owner that has ended", "system.owner_inactive", with(func(s *system.System) { s.Owner = "H38.77" })},
			{"an address that is none", "system.address_form", with(func(s *system.System) { s.Address = "javascript:alert(1)" })},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				if _, err := w.Register(engineer(), c.in); !fault.Is(err, c.code) {
					t.Fatalf("got %v", err)
				}
			})
		}
		if all, err := w.List(engineer(), system.Filter{}); err != nil || len(all) != 1 {
			t.Fatalf("%d systems after refusals, %v", len(all), err)
		}
		if _, err := w.Register(engineer(), with(func(*system.System) {})); err != nil {
			t.Fatal(err)
		}
		found, err := w.List(engineer(), system.Filter{Text: "ho tich dien tu"})
		if err != nil || len(found) != 1 || found[0].ID != "ho-tich" {
			t.Fatalf("search without diacritics: %v, %v", found, err)
		}
		if found, _ := w.List(engineer(), system.Filter{Category: system.Procedures}); len(found) != 1 || found[0].ID != "tthc" {
			t.Fatalf("by group: %v", found)
		}
		if found, _ := w.List(engineer(), system.Filter{Text: "%"}); len(found) != 0 {
			t.Fatalf("%% matched %d", len(found))
		}
	})
}

func TestChangeKeepsWhatHasCallsOfItsOwn(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.registered(t)
	w.approved(t, 3, now.AddDate(1, 0, 0))
	if _, err := w.Suspend(security(), "tthc", "Dấu hiệu bị chiếm quyền"); err != nil {
		t.Fatal(err)
	}
	in := procedures()
	in.Technology, in.Sources = "Go", []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
	in.Level, in.Suspended, in.LevelDecision = 5, false, "tự ghi"
	got, err := w.Change(engineer(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got.Level != 3 || got.LevelDecision != "12/QĐ-UBND" || !got.Suspended || got.Technology != "Go" || !got.CreatedAt.Equal(now) {
		t.Fatalf("got %+v", got)
	}
	facts, err := w.AccountFacts(context.Background(), "tthc")
	if err != nil || !facts.Suspended || len(facts.Addresses) != 1 || facts.Addresses[0] != in.Sources[0] {
		t.Fatalf("got %+v, %v", facts, err)
	}
	in.ID = "khong-co"
	if _, err := w.Change(engineer(), in); !fault.Is(err, "system.not_found") {
		t.Fatalf("got %v", err)
	}
}

func TestFactsOfAnUnknownSystemAndAnEndedOwner(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.registered(t)
	if f, err := w.Facts(context.Background(), "khong-co"); f != nil || err != nil {
		t.Errorf("an unknown system: %+v, %v", f, err)
	}
	w.agencies["H38.02"] = false
	if f, _ := w.Facts(context.Background(), "tthc"); f.AgencyActive {
		t.Error("the owner has ended and its system goes on")
	}
}

func TestCredentials(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		w.registered(t)
		ctx := context.Background()
		for name, end := range map[string]time.Time{"in the past": now, "beyond two years": now.AddDate(2, 0, 2)} {
			if _, err := w.IssueCredential(engineer(), "tthc", "khóa", end); !fault.Is(err, "system.credential_validity") {
				t.Errorf("%s: %v", name, err)
			}
		}
		first, second := w.issued(t, "khóa cũ", now.AddDate(0, 1, 0)), w.issued(t, "khóa mới", now.AddDate(1, 0, 0))
		check := func(i system.Issued) error {
			_, err := w.CheckSecret(ctx, i.Credential.ClientID, i.Secret.Reveal())
			return err
		}
		t.Run("old and new overlap", func(t *testing.T) {
			if check(first) != nil || check(second) != nil {
				t.Fatal("a secret in force was refused")
			}
		})
		t.Run("wrong secrets and unknown clients are told alike", func(t *testing.T) {
			_, wrong := w.CheckSecret(ctx, first.Credential.ClientID, second.Secret.Reveal())
			_, unknown := w.CheckSecret(ctx, "tthc.none", first.Secret.Reveal())
			_, empty := w.CheckSecret(ctx, "", "")
			for _, err := range []error{wrong, unknown, empty} {
				if err == nil || err.Error() != "system.client_invalid" {
					t.Errorf("got %v", err)
				}
			}
		})
		t.Run("the store holds no secret", func(t *testing.T) {
			var n int
			if err := db.QueryRowContext(ctx, `SELECT count(*) FROM system_credential WHERE secret_hash = ? OR secret_hash = ''`, first.Secret.Reveal()).Scan(&n); err != nil || n != 0 {
				t.Fatalf("%d, %v", n, err)
			}
			if strings.Contains(first.Secret.String(), first.Secret.Reveal()) {
				t.Fatal("a secret prints in clear")
			}
		})
		t.Run("T21 revocation works when it has answered", func(t *testing.T) {
			ended := ""
			w.OnRevoke(func(_ context.Context, _ controldb.Querier, _, credential string) error {
				ended = credential
				return nil
			})
			if err := w.RevokeCredential(engineer(), "tthc", first.Credential.ID, "Lộ khóa trong thư điện tử"); err != nil {
				t.Fatal(err)
			}
			if !fault.Is(check(first), "system.client_invalid") || ended != first.Credential.ID {
				t.Fatal("the revoked secret still opens, or its tokens live on")
			}
			if _, err := w.Actor(ctx, "tthc", first.Credential.ID); !fault.Is(err, "system.client_invalid") {
				t.Fatalf("got %v", err)
			}
			if check(second) != nil {
				t.Fatal("the other secret went with it")
			}
			if err := w.RevokeCredential(engineer(), "tthc", first.Credential.ID, "Lộ khóa trong thư điện tử"); !fault.Is(err, "system.credential_revoked") {
				t.Fatalf("got %v", err)
			}
		})
		t.Run("a credential of another system", func(t *testing.T) {
			if err := w.RevokeCredential(engineer(), "khac", second.Credential.ID, "Thu hồi nhầm hệ thống"); !fault.Is(err, "system.credential_not_found") {
				t.Fatalf("got %v", err)
			}
			if _, err := w.Actor(ctx, "khac", second.Credential.ID); !fault.Is(err, "system.client_invalid") {
				t.Fatalf("got %v", err)
			}
		})
		t.Run("an ended credential opens nothing", func(t *testing.T) {
			w.clock.Shift(366 * 24 * time.Hour)
			defer w.clock.Shift(-366 * 24 * time.Hour)
			if !fault.Is(check(second), "system.client_invalid") {
				t.Fatal("it does")
			}
		})
	})
}

func TestOneOfManyRevocationsWins(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		w.registered(t)
		got, err := w.IssueCredential(engineer(), "tthc", "khóa", now.AddDate(0, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		const many = 8
		results := make([]error, many)
		var wg sync.WaitGroup
		for i := range many {
			wg.Go(func() {
				results[i] = w.RevokeCredential(engineer(), "tthc", got.ID, "Thu hồi cùng một lúc")
			})
		}
		wg.Wait()
		won := 0
		for _, err := range results {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, "system.credential_revoked"):
				t.Errorf("got %v", err)
			}
		}
		if won != 1 {
			t.Fatalf("%d revocations were recorded", won)
		}
	})
}

func TestRevokeConnectionTakesItsCredentialsOnly(t *testing.T) {
	db := testkit.DB(t)
	w := newWorld(t, db)
	w.registered(t)
	who := access.ActorOf(engineer())
	issue := func(connection string) (out system.Issued) {
		t.Helper()
		if err := db.InTx(context.Background(), func(q controldb.Querier) (err error) {
			out.Credential, err = w.Issue(engineer(), q, who, "tthc", connection, "khóa", now.AddDate(0, 1, 0))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return w.pickedUp(t, out.Credential)
	}
	one, other := issue("c-1"), issue("c-2")
	if err := db.InTx(context.Background(), func(q controldb.Querier) error {
		return w.RevokeConnection(engineer(), q, who, "tthc", "c-1", "Kết nối đã chấm dứt")
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.CheckSecret(context.Background(), one.Credential.ClientID, one.Secret.Reveal()); !fault.Is(err, "system.client_invalid") {
		t.Fatalf("got %v", err)
	}
	if _, err := w.CheckSecret(context.Background(), other.Credential.ClientID, other.Secret.Reveal()); err != nil {
		t.Fatal(err)
	}
}

func TestSuspension(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.registered(t)
	if _, err := w.Suspend(security(), "tthc", "ngắn"); !fault.Is(err, "system.reason_missing") {
		t.Fatalf("got %v", err)
	}
	if _, err := w.Suspend(security(), "tthc", "Dấu hiệu bị chiếm quyền"); err != nil {
		t.Fatal(err)
	}
	if f, _ := w.Facts(context.Background(), "tthc"); !f.Suspended {
		t.Fatal("it is not suspended when the call has answered")
	}
	if _, err := w.Resume(security(), "tthc", "x"); !fault.Is(err, "system.reason_missing") {
		t.Fatalf("got %v", err)
	}
	if _, err := w.Resume(security(), "tthc", "Đã xử lý và kiểm tra lại"); err != nil {
		t.Fatal(err)
	}
	if f, _ := w.Facts(context.Background(), "tthc"); f.Suspended {
		t.Fatal("it is still suspended")
	}
}

func TestWhoMay(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.registered(t)
	calls := map[string]func(ctx context.Context) error{
		"Register": func(ctx context.Context) error { _, err := w.Register(ctx, procedures()); return err },
		"Change":   func(ctx context.Context) error { _, err := w.Change(ctx, procedures()); return err },
		"ProposeLevel": func(ctx context.Context) error {
			_, err := w.ProposeLevel(ctx, "tthc", proposal(), nil)
			return err
		},
		"RecordLevel": func(ctx context.Context) error {
			_, err := w.RecordLevel(ctx, "tthc", "x", decision(), systemtest.PDF())
			return err
		},
		"ReturnLevel": func(ctx context.Context) error {
			_, err := w.ReturnLevel(ctx, "tthc", "x", "lý do đủ dài")
			return err
		},
		"WithdrawLevel": func(ctx context.Context) error { _, err := w.WithdrawLevel(ctx, "tthc", "x"); return err },
		"Dossiers":      func(ctx context.Context) error { _, err := w.Dossiers(ctx, "tthc"); return err },
		"OpenPaper":     func(ctx context.Context) error { _, _, err := w.OpenPaper(ctx, "tthc", "x", "dossier"); return err },
		"SetPlan":       func(ctx context.Context) error { _, err := w.SetPlan(ctx, "tthc", system.Plan{}); return err },
		"Import": func(ctx context.Context) error {
			_, err := w.Import(ctx, []system.ImportRow{{Line: 2, Cells: map[string]string{}}})
			return err
		},
		"ListStandings": func(ctx context.Context) error { _, _, err := w.ListStandings(ctx, system.Filter{}); return err },
		"FindStanding":  func(ctx context.Context) error { _, err := w.FindStanding(ctx, "tthc"); return err },
		"Progress":      func(ctx context.Context) error { _, err := w.Progress(ctx, true, 30); return err },
		"Suspend":       func(ctx context.Context) error { _, err := w.Suspend(ctx, "tthc", "lý do đủ dài"); return err },
		"Resume":        func(ctx context.Context) error { _, err := w.Resume(ctx, "tthc", "lý do đủ dài"); return err },
		"IssueCredential": func(ctx context.Context) error {
			_, err := w.IssueCredential(ctx, "tthc", "x", now.AddDate(0, 1, 0))
			return err
		},
		"PickUp":           func(ctx context.Context) error { _, err := w.PickUp(ctx, "tthc", "x"); return err },
		"Rotate":           func(ctx context.Context) error { _, err := w.Rotate(ctx, "tthc", "x"); return err },
		"RevokeCredential": func(ctx context.Context) error { return w.RevokeCredential(ctx, "tthc", "x", "lý do đủ dài") },
		"AddOfficerKey":    func(ctx context.Context) error { _, err := w.AddOfficerKey(ctx, "tthc", "{}"); return err },
		"RemoveOfficerKey": func(ctx context.Context) error { return w.RemoveOfficerKey(ctx, "tthc", "k") },
		"Find":             func(ctx context.Context) error { _, err := w.Find(ctx, "tthc"); return err },
		"List":             func(ctx context.Context) error { _, err := w.List(ctx, system.Filter{}); return err },
		"Credentials":      func(ctx context.Context) error { _, err := w.Credentials(ctx, "tthc"); return err },
	}
	reads := map[string]bool{"Find": true, "List": true, "ListStandings": true, "FindStanding": true, "Progress": true}
	for name, call := range calls {
		if err := call(context.Background()); !fault.Is(err, "access.sign_in_required") {
			t.Errorf("%s by nobody: %v", name, err)
		}
		err := call(as("H38.04", access.Steward))
		if reads[name] {
			if err != nil {
				t.Errorf("%s by a steward: %v", name, err)
			}
			continue
		}
		if fault.Is(err, "system.import_rows") { // names the row that is another agency's
			continue
		}
		if f := fault.Of(err); f == nil || f.Kind != fault.Denied {
			t.Errorf("%s by a steward of another agency: %v", name, err)
		}
	}
}

func TestVendorSeesItsAgencysSystemsOnly(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.registered(t)
	other := system.System{ID: "ho-tich", Name: "Hệ thống hộ tịch điện tử", Owner: "H38.04", Category: system.Sector, Layer: system.LayerSource}
	if _, err := w.Register(engineer(), other); err != nil {
		t.Fatal(err)
	}
	vendor := as("H38.04", access.Vendor)
	all, err := w.List(vendor, system.Filter{})
	if err != nil || len(all) != 1 || all[0].ID != "ho-tich" {
		t.Fatalf("got %v, %v", all, err)
	}
	if all, _ := w.List(vendor, system.Filter{Owner: "H38.02"}); len(all) != 0 {
		t.Fatalf("it sees another agency's: %v", all)
	}
	if _, err := w.Find(vendor, "ho-tich"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Find(vendor, "tthc"); !fault.Is(err, "system.not_found") {
		t.Fatalf("got %v", err)
	}
	if _, err := w.Credentials(vendor, "ho-tich"); err == nil {
		t.Fatal("a vendor lists credentials")
	}
}
