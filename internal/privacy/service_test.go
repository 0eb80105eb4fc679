package privacy_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/privacy"
)

var noon = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)

type world struct {
	t       *testing.T
	db      *controldb.DB
	clock   *clock.Adjustable
	catalog *catalog.Service
	privacy *privacy.Service
	steps   []privacy.Standing
}

type bodies struct{}

func (bodies) CanOwn(context.Context, string) (bool, error)  { return true, nil }
func (bodies) Active(context.Context, string) (bool, error)  { return true, nil }
func (bodies) Ended(context.Context, string) (bool, error)   { return false, nil }
func (bodies) RequireSteward(context.Context, string) error  { return nil }
func (bodies) Owner(context.Context, string) (string, error) { return owner, nil }
func (bodies) LegalBasis(_ context.Context, basis string, _ ...string) (string, error) {
	return basis, nil
}
func (bodies) Open(context.Context, string, string, string, map[string]string) error { return nil }

const owner, dataset = "H38.05", "H38.05/ho-ngheo"

func newWorld(t *testing.T, db *controldb.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: clock.NewAdjustable(clock.Fixed(noon))}
	log, err := audit.Open(t.TempDir(), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1", Now: w.clock.Now},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	if err := log.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	words, err := dictionary.NewService(db, log, w.clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := words.Seed(access.WithActor(context.Background(), access.JobActor("first start")), "H38.02"); err != nil {
		t.Fatal(err)
	}
	w.catalog = catalog.NewService(catalog.Parts{DB: db, Log: log, Clock: w.clock, Dictionary: words, Agencies: bodies{}, Systems: bodies{}, Incidents: bodies{}})
	w.privacy = privacy.NewService(privacy.Parts{
		DB: db, Log: log, Clock: w.clock, Catalog: w.catalog,
		Purposes: func(context.Context) ([]access.Purpose, error) {
			return []access.Purpose{{Code: "QLNN", Active: true}, {Code: "PTDB"}}, nil
		},
		Stepped: func(_ context.Context, _ controldb.Querier, _ *privacy.Entry, s privacy.Standing) error {
			w.steps = append(w.steps, s)
			return nil
		},
	})
	return w
}

func as(id string, agency string, roles ...access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: id, Name: "Người " + id, Agency: agency, Roles: roles, Auth: access.AuthTwo})
}

var (
	steward = as("steward", owner, access.Steward)
	head    = as("head", owner, access.AgencyHead)
)

// register adds a dataset; with elements of the dictionary its fields get their classes.
func (w *world) register(code string, elements ...dictionary.Code) catalog.Dataset {
	w.t.Helper()
	d, err := w.catalog.Create(steward, catalog.Dataset{Code: catalog.Code(code), Name: "Tập " + code, Owner: owner, LegalBasis: "Nghị định 07/2021/NĐ-CP"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.schema(d.ID, elements...)
	return d
}

func (w *world) schema(id catalog.ID, elements ...dictionary.Code) {
	w.t.Helper()
	var s catalog.Schema
	for i, e := range elements {
		s.Fields = append(s.Fields, catalog.Field{Name: string(e), Label: string(e), Element: dictionary.Ref{Code: e, Version: 1}, Key: i == 0})
	}
	if _, err := w.catalog.DefineSchema(steward, id, s); err != nil {
		w.t.Fatal(err)
	}
}

func complete() privacy.Content {
	return privacy.Content{
		Categories: []privacy.Category{privacy.Basic}, Purposes: []string{"QLNN"}, LegalBasis: "Điều 8 Nghị định 07/2021/NĐ-CP", Function: "Quản lý hộ nghèo", Source: "UBND cấp xã", Recipients: []string{"Sở Y tế"},
		Months: 60, Measures: []privacy.Measure{"masking"}, Impact: privacy.Impact{Status: privacy.ImpactDone, Number: "01/ĐGTĐ", Date: "2026-01-05"},
		Officer: privacy.Officer{Name: "Nguyễn Thử", Position: "Trưởng phòng"}, ValidTo: "2027-01-31",
	}
}

func (w *world) inForce(code string) {
	w.t.Helper()
	for _, step := range []func() error{
		func() error { _, err := w.privacy.Save(steward, code, complete(), 0); return err },
		func() error { _, err := w.privacy.Send(steward, code, 0); return err },
		func() error { _, err := w.privacy.Confirm(head, code, 0); return err },
	} {
		if err := step(); err != nil {
			w.t.Fatalf("%v %+v", err, fault.Of(err).Items)
		}
	}
}

func (w *world) facts(code string) access.Processing {
	w.t.Helper()
	d, err := w.catalog.Describe(context.Background(), catalog.Code(code))
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.privacy.Facts(context.Background(), d)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) standing(code string) privacy.Standing {
	w.t.Helper()
	v, err := w.privacy.Find(steward, code)
	if err != nil {
		w.t.Fatal(err)
	}
	return v.Standing
}

func wants(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%v, want %s", err, code)
	}
}

func TestTheWayOfAnEntry(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		w.register(dataset, "ma_ho", "ho_ten")
		if s := w.standing(dataset); s != privacy.None {
			t.Fatalf("without an entry it is %s", s)
		}
		if p := w.facts(dataset); !p.Needed || p.Register != "" {
			t.Fatalf("%+v", p)
		}
		_, err := w.privacy.Send(steward, dataset, 0)
		wants(t, err, "privacy.nothing_to_send")
		w.inForce(dataset)
		if p := w.facts(dataset); p.Register != access.RegisterInForce || !p.Until.Equal(time.Date(2027, 1, 31, 17, 0, 0, 0, time.UTC)) {
			t.Fatalf("in force: %+v", p)
		}
		if purposes, err := w.privacy.Registered(context.Background(), dataset); err != nil || len(purposes) != 1 || purposes[0] != "QLNN" {
			t.Errorf("purposes %v %v", purposes, err)
		}
		if fmt.Sprint(w.steps) != "[draft sent in_force]" {
			t.Errorf("the inbox heard %v", w.steps)
		}
		_, err = w.privacy.Withdraw(head, dataset, 0, "Chờ đánh giá tác động lại")
		if err != nil || w.facts(dataset).Register != access.RegisterWithdrawn {
			t.Fatalf("withdrawn: %v %+v", err, w.facts(dataset))
		}
		_, err = w.privacy.Withdraw(head, dataset, 0, "Chờ đánh giá tác động lại")
		wants(t, err, "privacy.not_in_force")
		if purposes, _ := w.privacy.Registered(context.Background(), dataset); purposes != nil {
			t.Errorf("purposes of a withdrawn entry: %v", purposes)
		}
	})
}

func TestEveryEndOfAnEntry(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		d := w.register(dataset, "ma_ho", "ho_ten")
		w.inForce(dataset)
		at := func(day time.Time) privacy.Standing {
			w.clock.Shift(day.Sub(noon) - w.clock.Offset())
			return w.standing(dataset)
		}
		for _, c := range []struct {
			at   time.Time
			want privacy.Standing
		}{
			{noon, privacy.InForce}, {time.Date(2027, 1, 1, 16, 0, 0, 0, time.UTC), privacy.InForce}, {time.Date(2027, 1, 1, 18, 0, 0, 0, time.UTC), privacy.Ending},
			{time.Date(2027, 1, 31, 16, 59, 59, 0, time.UTC), privacy.Ending}, {time.Date(2027, 1, 31, 17, 0, 0, 0, time.UTC), privacy.Expired},
		} {
			if got := at(c.at); got != c.want {
				t.Errorf("at %s it is %s, want %s", c.at, got, c.want)
			}
		}
		w.steps = nil
		w.clock.Shift(time.Date(2027, 1, 20, 0, 0, 0, 0, time.UTC).Sub(noon) - w.clock.Offset())
		if err := w.privacy.Remind(access.WithActor(context.Background(), access.JobActor("privacy reminders"))); err != nil || fmt.Sprint(w.steps) != "[ending]" {
			t.Errorf("reminded of %v %v", w.steps, err)
		}
		w.clock.Shift(-w.clock.Offset())
		w.schema(d.ID, "ma_ho", "ho_ten", "dan_toc") // sensitive, which the entry does not name
		if s := w.standing(dataset); s != privacy.Incomplete || w.facts(dataset).Register != access.RegisterIncomplete {
			t.Errorf("with a sensitive field it is %s", s)
		}
	})
}

func TestWhoMayWhat(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.register(dataset, "ma_ho", "ho_ten")
	w.register("H38.05/cho", "ma_ho")
	both := as("both", owner, access.AgencyHead, access.PrivacyOfficer)
	stranger := as("stranger", "H38.10", access.Steward, access.AgencyHead)
	for name, c := range map[string]struct {
		err  func() error
		code string
	}{
		"nobody":                                {func() error { _, err := w.privacy.Save(context.Background(), dataset, complete(), 0); return err }, "access.sign_in_required"},
		"without right":                         {func() error { _, err := w.privacy.Save(head, dataset, complete(), 0); return err }, "access.permission_missing"},
		"another agency":                        {func() error { _, err := w.privacy.Find(as("x", "H38.10", access.OpSecurity), dataset); return err }, ""},
		"a draft dataset of others is not told": {func() error { _, err := w.privacy.Save(stranger, dataset, complete(), 0); return err }, "catalog.not_found"},
		"no personal data":                      {func() error { _, err := w.privacy.Save(steward, "H38.05/cho", complete(), 0); return err }, "privacy.not_needed"},
		"own content": {func() error {
			if _, err := w.privacy.Save(both, dataset, complete(), 0); err != nil {
				return err
			}
			if _, err := w.privacy.Send(steward, dataset, 0); err != nil {
				return err
			}
			_, err := w.privacy.Confirm(both, dataset, 0)
			if _, back := w.privacy.Return(head, dataset, 0, "Bổ sung bên nhận dữ liệu"); back != nil {
				return back
			}
			return err
		}, "privacy.confirm_own"},
		"old revision": {func() error { _, err := w.privacy.Save(steward, dataset, complete(), 99); return err }, "privacy.changed_meanwhile"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.err(); c.code == "" && err != nil || c.code != "" && !fault.Is(err, c.code) {
				t.Errorf("%v, want %q", err, c.code)
			}
		})
	}
}

// Every member that an entry needs is named when it is missing, all at once.
func TestWhatIsMissingIsNamed(t *testing.T) {
	all := privacy.Content{}.Missing([]privacy.Category{privacy.Basic, privacy.Sensitive})
	if len(all) != 13 {
		t.Errorf("%d members of an empty entry are missing", len(all))
	}
	if left := complete().Missing([]privacy.Category{privacy.Basic}); len(left) != 0 {
		t.Errorf("a complete entry lacks %v", left)
	}
	for name, change := range map[string]func(*privacy.Content){
		"categories": func(c *privacy.Content) { c.Categories = nil }, "purposes": func(c *privacy.Content) { c.Purposes = nil }, "legal_basis": func(c *privacy.Content) { c.LegalBasis = "x" },
		"function": func(c *privacy.Content) { c.Function = "" }, "source": func(c *privacy.Content) { c.Source = "" }, "recipients": func(c *privacy.Content) { c.Recipients = nil },
		"retention_months": func(c *privacy.Content) { c.Months = 0 }, "measures": func(c *privacy.Content) { c.Measures = nil }, "measures_note": func(c *privacy.Content) { c.Measures = []privacy.Measure{"other"} },
		"impact_assessment.status": func(c *privacy.Content) { c.Impact.Status = privacy.ImpactInProgress }, "impact_assessment.number": func(c *privacy.Content) { c.Impact.Number = "" },
		"impact_assessment.date": func(c *privacy.Content) { c.Impact.Date = "" }, "impact_assessment.note": func(c *privacy.Content) { c.Impact = privacy.Impact{Status: privacy.ImpactNotRequired} },
		"person_in_charge.name": func(c *privacy.Content) { c.Officer.Name = "" }, "person_in_charge.position": func(c *privacy.Content) { c.Officer.Position = "" }, "valid_to": func(c *privacy.Content) { c.ValidTo = "" },
	} {
		c := complete()
		change(&c)
		if got := c.Missing([]privacy.Category{privacy.Basic}); len(got) != 1 || got[0].Field != name {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The list shows datasets without an entry too, follows every change, and pages.
func TestRegisterList(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			w.register("H38.05/"+name, "ma_ho", "ho_ten")
		}
		w.register("H38.05/khong", "ma_ho")
		w.inForce("H38.05/c")
		all, counts, err := w.privacy.List(steward, privacy.Filter{})
		if err != nil || len(all) != 5 || counts[privacy.None] != 4 || counts[privacy.InForce] != 1 {
			t.Fatalf("%d %v %v", len(all), counts, err)
		}
		var codes []string
		for after := ""; ; {
			page, _, err := w.privacy.List(steward, privacy.Filter{After: after, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page {
				codes = append(codes, v.Dataset.Code)
				after = v.Dataset.Code
			}
			if len(page) < 2 {
				break
			}
		}
		if fmt.Sprint(codes) != "[H38.05/a H38.05/b H38.05/c H38.05/d H38.05/e]" {
			t.Errorf("pages %v", codes)
		}
		if found, _, _ := w.privacy.List(steward, privacy.Filter{Standing: privacy.InForce, Text: "TAP h38.05/C"}); len(found) != 1 || found[0].Dataset.Code != "H38.05/c" {
			t.Errorf("found %v", found)
		}
		if found, _, _ := w.privacy.List(as("y", "H38.10", access.Steward), privacy.Filter{}); len(found) != 0 {
			t.Errorf("another agency sees %v", found)
		}
	})
}
