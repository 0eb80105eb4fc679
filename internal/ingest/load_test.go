package ingest_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/warehouse/warehousetest"
)

func TestLoadRules(t *testing.T) {
	good, bad := "H%d,Xy,,1,,02647,3\n", "H%d,Xy,,1,,99999,3\n"
	file := func(g, b int) string {
		s := head
		for i := range g {
			s += fmt.Sprintf(good, i)
		}
		for i := range b {
			s += fmt.Sprintf(bad, 1000+i)
		}
		return s
	}
	for _, tt := range []struct {
		name      string
		rule      catalog.OnFailure
		good, bad int
		state     ingest.State
	}{
		{"one bad row holds the delivery", catalog.HoldDelivery, 99, 1, ingest.Held},
		{"one bad row is held, the rest published", catalog.HoldRows, 99, 1, ingest.Published},
		{"just enough", catalog.HoldRows, 95, 5, ingest.Published},
		{"too many bad rows hold the delivery", catalog.HoldRows, 94, 6, ingest.Held},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := plain(t)
			b.register(t, func(d *catalog.Dataset, _ *catalog.Schema) { d.Load.OnFailure = tt.rule })
			d := b.deliver(t, input("a.csv"), file(tt.good, tt.bad))
			if d.State != tt.state || !d.Counts.Balanced() {
				t.Fatalf("%s %+v", d.State, d.Counts)
			}
			_, err := b.warehouse.Current(context.Background(), string(households))
			if published := err == nil; published != (tt.state == ingest.Published) {
				t.Fatalf("visible: %v", published)
			}
		})
	}

	t.Run("an officer releases a held delivery in his name", func(t *testing.T) {
		b := plain(t)
		b.register(t, func(d *catalog.Dataset, _ *catalog.Schema) { d.Load.OnFailure = catalog.HoldDelivery })
		d := b.deliver(t, input("a.csv"), file(9, 1))
		engineer := dictionarytest.Actor("engineer-7", "H38.02", access.OpEngineer)
		if _, err := b.Release(catalogtest.Steward("H38.05"), d.ID, "đã xác minh với xã"); !fault.Is(err, "access.permission_missing") {
			t.Fatalf("the steward: %v", err)
		}
		if _, err := b.Release(engineer, d.ID, "ok"); !fault.Is(err, "ingest.reason_missing") {
			t.Fatalf("without a reason: %v", err)
		}
		if _, err := b.Release(engineer, d.ID, "đã xác minh với xã"); err != nil {
			t.Fatal(err)
		}
		d, err := b.Check(context.Background(), d.ID)
		if err != nil || d.State != ingest.Published || d.Counts.Accepted != 9 {
			t.Fatalf("%s, %v", d.State, err)
		}
		verdicts, err := b.Verdicts(engineer, d.ID)
		if err != nil || len(verdicts) != 2 || verdicts[0].Outcome != ingest.WithWarning || verdicts[0].By != "engineer-7" {
			t.Fatalf("%+v, %v", verdicts, err)
		}
		if _, err := b.Release(engineer, d.ID, "đã xác minh với xã"); !fault.Is(err, "ingest.superseded") && !fault.Is(err, "ingest.wrong_state") {
			t.Fatalf("twice: %v", err)
		}
	})

	t.Run("older data that fails as well is held again until its age is answered for", func(t *testing.T) {
		b := plain(t)
		b.register(t, func(d *catalog.Dataset, _ *catalog.Schema) { d.Load.OnFailure = catalog.HoldDelivery })
		held := b.deliver(t, input("a.csv"), file(9, 1))
		newer := input("b.csv")
		newer.DataTime = newer.DataTime.Add(time.Hour)
		b.deliver(t, newer, file(3, 0))
		engineer := dictionarytest.Actor("e", "H38.02", access.OpEngineer)
		again := func(want ingest.State) *ingest.Delivery {
			t.Helper()
			if _, err := b.Release(engineer, held.ID, "đã xác minh với xã"); err != nil {
				t.Fatal(err)
			}
			d, err := b.Check(context.Background(), held.ID)
			if err != nil || d.State != want {
				t.Fatalf("%s %+v, %v", d.State, d.Refusal, err)
			}
			return d
		}
		if d := again(ingest.Held); d.Refusal.Code != "ingest.older" || d.Newer != 1 {
			t.Fatalf("%+v", d)
		}
		if _, err := b.Release(catalogtest.Steward("H38.05"), held.ID, "đã xác minh với xã"); err != nil { // he answers for the age; the rows were answered for
			t.Fatal(err)
		}
		if d, err := b.Check(context.Background(), held.ID); err != nil || d.State != ingest.Published || d.Counts.Accepted != 9 || d.Version != 2 {
			t.Fatalf("%+v, %v", d, err)
		}
	})

	t.Run("a held delivery is withdrawn", func(t *testing.T) {
		b := plain(t)
		b.register(t, func(d *catalog.Dataset, _ *catalog.Schema) { d.Load.OnFailure = catalog.HoldDelivery })
		held := b.deliver(t, input("a.csv"), file(9, 1))
		if d, err := b.Withdraw(catalogtest.Steward("H38.05"), held.ID, "sẽ nạp lại tệp khác"); err != nil || d.State != ingest.Rejected {
			t.Fatalf("%+v, %v", d, err)
		}
	})
}

// Older data takes the place of newer only when its owner's steward or an engineer says so; data of the future never comes in.
func TestTheTimeOfTheDataDecides(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := newBench(t, db, warehousetest.Plain{})
		b.register(t, nil)
		at := func(name string, when time.Time) ingest.DeliveryInput {
			in := input(name)
			in.DataTime = when
			return in
		}
		now := time.Now()
		_, err := b.Deliver(system("sys-05"), at("mai.csv", now.Add(24*time.Hour)), strings.NewReader(head+"H1,Xy,,1,,02647,3\n"))
		if !fault.Is(err, "ingest.data_time_future") || fault.Of(err).Field != "data_time" || len(filesUnder(t, b.folder)) != 0 {
			t.Fatalf("data of tomorrow: %v", err)
		}
		first := b.deliver(t, at("a.csv", now), head+"H1,Xy,,1,,02647,3\n")
		if same := b.deliver(t, at("b.csv", now.Add(-time.Second).Truncate(time.Minute)), head+"H1,Xy,,1,,02647,4\n"); first.State != ingest.Published || same.State != ingest.Published && now.Second() > 0 {
			t.Fatalf("the same minute: %s %s", first.State, same.State)
		}
		old := b.deliver(t, at("c.csv", now.Add(-48*time.Hour)), head+"H1,Xy,,1,,02647,5\n")
		if old.State != ingest.Held || old.Refusal == nil || old.Refusal.Code != "ingest.older" || old.Newer != 2 || old.VersionID != "" {
			t.Fatalf("older data: %s %+v", old.State, old)
		}
		v, err := b.warehouse.Current(context.Background(), string(households))
		if err != nil || v.Number != 2 {
			t.Fatalf("version %d, %v", v.Number, err)
		}
		steward := catalogtest.Steward("H38.05")
		verdicts, err := b.Verdicts(steward, old.ID)
		if err != nil || len(verdicts) != 1 || verdicts[0].Outcome != ingest.HeldBack || verdicts[0].Newer != 2 || !verdicts[0].OnlyOlder {
			t.Fatalf("%+v, %v", verdicts, err)
		}
		if _, err := b.Release(catalogtest.Steward("H38.04"), old.ID, "khôi phục số liệu gốc"); err == nil {
			t.Fatal("the steward of another agency released it")
		}
		if _, err := b.Release(steward, old.ID, "ok"); !fault.Is(err, "ingest.reason_missing") {
			t.Fatalf("without a reason: %v", err)
		}
		// A still newer version comes before the release is checked: what he answered for is not this one.
		if _, err := b.Release(steward, old.ID, "khôi phục số liệu gốc"); err != nil {
			t.Fatal(err)
		}
		b.deliver(t, at("d.csv", now.Add(time.Minute)), head+"H1,Xy,,1,,02647,6\n")
		old, err = b.Check(context.Background(), old.ID)
		if err != nil || old.State != ingest.Held || old.Newer != 3 {
			t.Fatalf("%s %+v, %v", old.State, old, err)
		}
		if _, err := b.Release(steward, old.ID, "khôi phục số liệu gốc"); err != nil {
			t.Fatal(err)
		}
		old, err = b.Check(context.Background(), old.ID)
		if err != nil || old.State != ingest.Published || old.Version != 4 {
			t.Fatalf("%s %+v, %v", old.State, old, err)
		}
		verdicts, err = b.Verdicts(steward, old.ID)
		if err != nil || verdicts[0].Outcome != ingest.WithWarning || verdicts[0].By == "" || verdicts[0].Reason != "khôi phục số liệu gốc" {
			t.Fatalf("%+v, %v", verdicts, err)
		}
	})
}

// The administrative units as two real datasets.
func TestAdministrativeUnits(t *testing.T) {
	b := plain(t)
	provinces := catalogtest.Dataset("H38.02/tinh", "Danh mục tỉnh, thành phố")
	catalogtest.Reviewed(t, b.catalog, provinces, catalog.Schema{Fields: []catalog.Field{
		catalogtest.Key("code", "ma_tinh"), catalogtest.Field("name", "ten_don_vi_hanh_chinh"), catalogtest.Field("full_name", "ten_day_du_don_vi_hanh_chinh"),
		catalogtest.Field("code_name", "slug"), catalogtest.Field("communes", "so_luong"),
	}})
	communes := catalogtest.Dataset("H38.02/xa", "Danh mục xã, phường")
	catalogtest.Reviewed(t, b.catalog, communes, catalog.Schema{Fields: []catalog.Field{
		catalogtest.Key("code", "ma_xa"), catalogtest.Field("name", "ten_don_vi_hanh_chinh"), catalogtest.Field("full_name", "ten_day_du_don_vi_hanh_chinh"),
		catalogtest.Field("kind", "loai_don_vi_hanh_chinh"), catalogtest.Field("province_code", "ma_tinh"),
	}})
	for file, want := range map[string]ingest.Counts{"provinces.csv": {Read: 34, Accepted: 34}, "communes.csv": {Read: 3321, Accepted: 3321}} {
		body, err := dictionary.UnitFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code := catalog.Code("H38.02/tinh")
		if file == "communes.csv" {
			code = "H38.02/xa"
		}
		in := ingest.DeliveryInput{Dataset: code, System: "sys-02", NotSecret: true, FileName: file, DataTime: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
		d, err := b.Deliver(system("sys-02"), in, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if d, err = b.Check(context.Background(), d.ID); err != nil || d.State != ingest.Published || d.Counts != want {
			t.Fatalf("%s: %s %+v %v, %v", file, d.State, d.Counts, d.Rules, err)
		}
	}

	// The same file with planted errors: every one is found and nothing else.
	body, err := dictionary.UnitFile("communes.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(body)), "\n")
	lines[10] = lines[10][1:]                                               // a lost zero
	lines[20] = "02641,Lào Cai,Phường Lào Cai,Phường,15"                    // ended on 1 July 2025
	lines[30] = strings.Replace(lines[30], "Phường", "Thị trấn", 2)         // a kind that is no more
	lines[40] = lines[40][:5] + "," + strings.Repeat("ă", 101) + ",x,Xã,01" // too long
	lines = append(lines, lines[50])                                        // twice
	in := ingest.DeliveryInput{Dataset: "H38.02/xa", System: "sys-02", NotSecret: true, DataTime: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)}
	d, err := b.Deliver(system("sys-02"), in, strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	d, err = b.Check(context.Background(), d.ID)
	if err != nil || d.Counts != (ingest.Counts{Read: 3322, Accepted: 3317, Rejected: 4, Duplicates: 1}) {
		t.Fatalf("%+v %v, %v", d.Counts, d.Rules, err)
	}
	for _, rule := range []string{"dictionary.lost_leading_zero", "dictionary.unit_not_in_force", "dictionary.unknown_code", "dictionary.too_long"} {
		if d.Rules[rule] != 1 {
			t.Errorf("%s: %d", rule, d.Rules[rule])
		}
	}
}

func TestRecordDateDecidesTheCommune(t *testing.T) {
	b := plain(t)
	d := catalogtest.Dataset("H38.05/thua-dat", "Thửa đất")
	s := catalog.Schema{DateField: "ngay_cap", Fields: []catalog.Field{catalogtest.Key("ma", "ma_dinh_danh_noi_bo"), catalogtest.Field("ma_xa", "ma_xa"), catalogtest.Field("ngay_cap", "ngay_cap")}}
	d.Load.MinValidShare = 0
	d.Class = dictionary.InternalUse
	catalogtest.Reviewed(t, b.catalog, d, s)
	in := input("a.csv")
	in.Dataset = "H38.05/thua-dat"
	got := b.deliver(t, in, "ma,ma_xa,ngay_cap\n1,02671,01/03/2023\n2,02671,\n3,02641,01/03/2023\n4,02641,01/03/2026\n5,02671,01/03/2026\n")
	if got.Counts != (ingest.Counts{Read: 5, Accepted: 3, Rejected: 2}) || got.Rules["dictionary.unit_needs_date"] != 1 || got.Rules["dictionary.unit_not_in_force"] != 1 {
		t.Fatalf("%+v %v", got.Counts, got.Rules)
	}
}
