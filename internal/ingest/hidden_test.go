package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/warehouse/warehousetest"
)

// A file that begins with data where its header should be: nothing of the first person reaches a store in clear, a page or
// an answer.
func TestAFileWithoutHeaderTellsNobody(t *testing.T) {
	const row = "H1,Giàng Thị Mẩy,999190000123,2,31/12/1990,02671,4\n"
	db := testkit.DB(t)
	b := newBench(t, db, warehousetest.Plain{})
	b.register(t, nil)
	cells := []any{"H1", "Giàng Thị Mẩy", "999190000123", "2", "31/12/1990", "02671", 4}
	for name, body := range map[string]string{
		"csv":              row + row,
		"xlsx":             workbook(t, [][]any{cells, cells}, nil),
		"json":             `[{"H1":1,"Giàng Thị Mẩy":2,"999190000123":3}]`,
		"one name of many": "ma_ho,Giàng Thị Mẩy,999190000123,2,31/12/1990,02671,4\n" + row,
		"a name twice":     strings.Replace(head, "so_nguoi", "MA_HO", 1) + row,
	} {
		d := b.deliver(t, input(name+".csv"), body)
		if d.State != ingest.Rejected || d.Refusal == nil {
			t.Fatalf("%s: %s", name, d.State)
		}
		var kept string
		if err := db.QueryRowContext(context.Background(), `SELECT body FROM ingest_delivery WHERE id = ?`, string(d.ID)).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		shown, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		for where, text := range map[string]string{"control store": kept, "answer": string(shown), "sentence": fmt.Sprint(d.Refusal.Args)} {
			for _, secret := range []string{"Giàng", "999190000123", "31/12/1990"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s: the %s holds %s: %s", name, where, secret, text)
				}
			}
		}
	}
	d := b.deliver(t, input("z.csv"), "ma_ho,chu_ho,Giàng Thị Mẩy,gioi_tinh,ngay_sin,ma_xa,so_nguoi\n"+row)
	if got := fmt.Sprint(d.Form.Header, d.Refusal.Args); got != "[ma_ho chu_ho #3 gioi_tinh #5 ma_xa so_nguoi] [so_dinh_danh, ngay_sinh 3, 5 (≈ ngay_sinh)]" {
		t.Errorf("what is told: %s", got)
	}
}

// Whoever may not see a value is not told it by the arguments of the rule that it breaks.
func TestRulesTellNothingOfHiddenValues(t *testing.T) {
	b := plain(t)
	b.register(t, func(d *catalog.Dataset, s *catalog.Schema) {
		d.Load.OnFailure = catalog.HoldDelivery
		s.DateField = "ngay_sinh"
	})
	d := b.deliver(t, input("a.csv"), head+
		"H1,Xy,99919000012,2,31/12/1990,02671,4\n"+ // lost zero: how many digits
		"H2,Xy,1234567,2,31/12/1990,02671,4\n"+ // length
		"H3,Xy,,2,,02683,4\n"+ // an old code without a day names its two units
		"H4,Xy,,2,01/01/1930,02671,4\n"+ // the day of the record
		"H5,Xy,,7,,99999,-1\n")
	if d.Counts.Rejected < 4 {
		t.Fatalf("%+v %v", d.Counts, d.Rules)
	}
	sentences, err := i18n.NewCatalog(ingest.Messages, dictionary.Messages)
	if err != nil {
		t.Fatal(err)
	}
	say := func(code string, args ...any) string { return sentences.Say(i18n.Vi, code, args...) }
	outsider := dictionarytest.Actor("q", "H38.02", access.OpQuality)
	seen, err := b.Quarantine(catalogtest.Steward("H38.05"), d.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := b.Quarantine(outsider, d.ID, 0, 100)
	if err != nil || len(hidden) != len(seen) {
		t.Fatalf("%d entries of %d, %v", len(hidden), len(seen), err)
	}
	var file bytes.Buffer
	if err := b.WriteErrors(outsider, d.ID, &file, say); err != nil {
		t.Fatal(err)
	}
	told := 0
	for i, e := range seen {
		for j, arg := range e.Args {
			if hidden[i].Args[j] == "•••" {
				told++
				if text := fmt.Sprint(arg); len(text) > 2 && strings.Contains(file.String(), text) {
					t.Errorf("%s: the error file tells %s", e.Rule, text)
				}
			}
		}
		t.Log(e.Rule, e.Args, say(hidden[i].Rule, hidden[i].Args...))
	}
	if told < 4 {
		t.Errorf("%d arguments are hidden: %v", told, hidden)
	}
}
