package catalog_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func put(t testing.TB, b *catalogtest.Bench, slug, name string, change func(*catalog.Dataset)) catalog.Dataset {
	t.Helper()
	d := catalogtest.Dataset(catalog.Code("H38.05/"+slug), name)
	if change != nil {
		change(&d)
	}
	made, err := b.Create(catalogtest.Steward("H38.05"), d)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func codes(p catalog.Page) []string {
	var out []string
	for _, d := range p.Datasets {
		out = append(out, string(d.Code[7:]))
	}
	return out
}

func TestSearchPutsTheSpellingFirst(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := catalogtest.New(t, db)
		steward := catalogtest.Steward("H38.05")
		put(t, b, "a", "Bản đồ nghèo nàn của hộ", nil)           // all words as spelled, apart
		put(t, b, "b", "Danh sách hồ nghẹo", nil)                // without marks only, in the name
		put(t, b, "c", "Sổ hộ nghèo năm 2026", nil)              // the phrase as spelled
		put(t, b, "d", "Thửa đất", nil)                          // by its fields, below
		put(t, b, "e", "Điểm Đo Mưa", func(d *catalog.Dataset) { // by the description, without marks
			d.Description += " Phục vụ ho ngheo."
		})
		fields := schema()
		fields.Fields[0].Label = "Mã hộ nghèo"
		list, err := b.List(steward, catalog.Filter{Text: "Thửa"})
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		if _, err := b.DefineSchema(steward, list[0].ID, fields); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string][]string{
			"hộ nghèo":     {"c", "a", "d", "b", "e"},
			"ho ngheo":     {"e", "b", "c", "a", "d"},
			"Hộ  NGHÈO":    {"c", "a", "d", "b", "e"},
			"diem do":      {"e"},
			"Đo mưa":       {"e"},
			"ma_ho":        {"d"},
			"hộ nghèo xyz": nil,
			"100%":         nil,
			"so nong":      nil,
		} {
			page, err := b.Search(steward, catalog.Filter{Text: text})
			if err != nil || !slices.Equal(codes(page), want) || page.Total != len(want) {
				t.Errorf("%q: %v (%d), want %v, %v", text, codes(page), page.Total, want, err)
			}
		}
		// A page goes on where the one before ended, also from one rank to the next.
		var seen []string
		for after := ""; ; {
			page, err := b.Search(steward, catalog.Filter{Text: "hộ nghèo", Limit: 2, After: after})
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, codes(page)...)
			if after = page.Next; after == "" {
				break
			}
		}
		if !slices.Equal(seen, []string{"c", "a", "d", "b", "e"}) {
			t.Errorf("page by page: %v", seen)
		}
		if _, err := b.Search(steward, catalog.Filter{After: "x"}); !fault.Is(err, "catalog.bad_cursor") {
			t.Errorf("a broken cursor: %v", err)
		}
		// What is hidden is neither shown nor counted.
		if page, err := b.Search(catalogtest.Steward("H38.04"), catalog.Filter{Text: "hộ nghèo"}); err != nil || page.Total != 0 {
			t.Errorf("another agency counts %d, %v", page.Total, err)
		}
	})
}

func TestFilters(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	steward := catalogtest.Steward("H38.05")
	put(t, b, "a", "Một", nil)
	put(t, b, "b", "Hai", func(d *catalog.Dataset) {
		d.Method, d.Frequency, d.Class, d.Classification.Scope = catalog.MethodFile, catalog.Yearly, dictionary.Important, catalog.Private
	})
	for name, f := range map[string]catalog.Filter{
		"method": {Method: catalog.MethodFile}, "manual": {Manual: true}, "frequency": {Frequency: catalog.Yearly}, "class": {Class: dictionary.Important},
		"scope": {Scope: catalog.Private}, "text and class": {Text: "hai", Class: dictionary.Important},
	} {
		if page, err := b.Search(steward, f); err != nil || !slices.Equal(codes(page), []string{"b"}) {
			t.Errorf("%s: %v, %v", name, codes(page), err)
		}
	}
	if page, err := b.Search(steward, catalog.Filter{Owner: "H38.04"}); err != nil || page.Total != 0 {
		t.Errorf("owner: %d, %v", page.Total, err)
	}
	b.NameOwners(nil)
}

func TestNamesThatDifferByMarksOnly(t *testing.T) {
	b := catalogtest.New(t, testkit.DB(t))
	put(t, b, "a", "Danh sách hộ nghèo", nil)
	d := catalogtest.Dataset("H38.05/b", "Danh sach ho ngheo")
	if _, err := b.Create(catalogtest.Steward("H38.05"), d); !fault.Is(err, "catalog.name_alike") {
		t.Errorf("without marks: %v", err)
	}
	d.Name = "danh sách  hộ NGHÈO"
	if _, err := b.Create(catalogtest.Steward("H38.05"), d); !fault.Is(err, "catalog.name_taken") {
		t.Errorf("another case: %v", err)
	}
	d.Name = "Danh sách hộ nghèо" // a Cyrillic о
	if _, err := b.Create(catalogtest.Steward("H38.05"), d); !fault.Is(err, "catalog.name_lookalike") {
		t.Errorf("a look-alike letter: %v", err)
	}
}

// 5,000 datasets are searched within 50 ms at the 99th percentile, also right after a change.
func TestSearchOfThousands(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 5,000 datasets")
	}
	db := testkit.DB(t)
	b := catalogtest.New(t, db)
	one := put(t, b, "mau", "Mẫu của các tập dữ liệu", nil)
	if _, err := b.DefineSchema(catalogtest.Steward("H38.05"), one.ID, schema()); err != nil {
		t.Fatal(err)
	}
	multiply(t, db, one, 5000)
	steward := catalogtest.Steward("H38.05")
	if page, err := b.Search(steward, catalog.Filter{}); err != nil || page.Total != 5001 {
		t.Fatalf("%d, %v", page.Total, err)
	}
	var took, after []time.Duration
	texts := []string{"hộ nghèo", "ho ngheo xa 17", "thửa đất", "khong co gi", "H38.05/so-4999", "dân tộc"}
	for i := range 300 {
		if i%10 == 0 {
			put(t, b, fmt.Sprintf("moi-%d", i), fmt.Sprintf("Tập mới %d", i), nil)
		}
		start := time.Now()
		if _, err := b.Search(steward, catalog.Filter{Text: texts[i%len(texts)], Limit: 50}); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(start))
		if i%10 == 0 {
			after = append(after, time.Since(start))
		}
	}
	slices.Sort(after)
	t.Logf("right after a change: p50 %v, worst %v", after[len(after)/2], after[len(after)-1])
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	t.Logf("5,000 datasets: p50 %v, p99 %v", p50, p99)
	if p99 > 50*time.Millisecond*slack {
		t.Errorf("p99 %v", p99)
	}
}

// slack of a machine that does other work beside the test.
const slack = 4

// multiply copies a dataset under other names, past the service: 5,000 records of the log are not what is measured.
func multiply(t *testing.T, db *controldb.DB, one catalog.Dataset, n int) {
	t.Helper()
	err := db.InTx(t.Context(), func(q controldb.Querier) error {
		for i := range n {
			name := fmt.Sprintf("%s xã %d", []string{"Sổ hộ nghèo", "Thửa đất", "Học sinh bán trú", "Điểm đo mưa", "Danh sách hồ nghẹo"}[i%5], i)
			id := fmt.Sprintf("id-%05d", i)
			body := fmt.Sprintf(`{"id":%q,"code":"H38.05/so-%d","name":%q,"description":%q,"schema_version":1,"sharing":{"fields":null,"purposes":null,"levels":null},"automate_by":null}`, id, i, name, one.Description)
			const insert = `INSERT INTO catalog_dataset (id, code, name_key, search_key, sort_key, owner, state, scope, body, revision, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
			if _, err := q.ExecContext(t.Context(), insert, id, fmt.Sprintf("H38.05/so-%d", i), name, name, name, "H38.05", "reviewed", "shared", body, 1, 1, 1); err != nil {
				return err
			}
			const fields = `INSERT INTO catalog_schema (dataset, version, body, created_at, created_by) SELECT ?, version, body, created_at, created_by FROM catalog_schema WHERE dataset = ?`
			if _, err := q.ExecContext(t.Context(), fields, id, string(one.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
