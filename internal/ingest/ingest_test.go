package ingest_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/text/encoding/unicode"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/blob/blobtest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/warehouse"
	"lienthong/internal/warehouse/warehousetest"
)

type bench struct {
	*ingest.Service
	catalog   *catalogtest.Bench
	warehouse *warehousetest.Bench
	files     *blob.Store
	folder    string
}

// content is what a stored file holds.
func (b *bench) content(name string) ([]byte, error) {
	f, err := b.files.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func newBench(t testing.TB, db *controldb.DB, columnar warehouse.Columnar) *bench {
	t.Helper()
	c := catalogtest.New(t, db)
	b := &bench{catalog: c, warehouse: warehousetest.Over(t, db, c.Log, t.TempDir(), columnar), folder: t.TempDir()}
	files, err := blob.OpenSealed(b.folder, blobtest.Keys{}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b.files = files
	b.Service = ingest.NewService(ingest.Parts{
		DB: db, Files: files, Log: c.Log, Clock: clock.System(), Catalog: c.Service, Dictionary: c.Dictionary, Warehouse: b.warehouse.Service, Incidents: c.Incidents,
	})
	return b
}

func plain(t testing.TB) *bench { return newBench(t, testkit.DB(t), warehousetest.Plain{}) }

const households = catalog.Code("H38.05/ho-ngheo")

// register adds the dataset of most tests.
func (b *bench) register(t testing.TB, change func(*catalog.Dataset, *catalog.Schema)) {
	t.Helper()
	d := catalogtest.Dataset(households, "Danh sách hộ nghèo")
	d.Class = dictionary.SensitivePersonal
	s := catalog.Schema{
		Fields: []catalog.Field{
			catalogtest.Key("ma_ho", "ma_ho"), catalogtest.Field("chu_ho", "ho_ten"), catalogtest.Field("so_dinh_danh", "so_dinh_danh_ca_nhan"),
			catalogtest.Field("gioi_tinh", "gioi_tinh"), catalogtest.Field("ngay_sinh", "ngay_sinh"), catalogtest.Field("ma_xa", "ma_xa"), catalogtest.Field("so_nguoi", "so_thanh_vien"),
		},
		Persons: []catalog.PersonCheck{{ID: "so_dinh_danh", Sex: "gioi_tinh", Birth: "ngay_sinh"}},
	}
	s.Fields[2].Person = true
	if change != nil {
		change(&d, &s)
	}
	catalogtest.Reviewed(t, b.catalog, d, s)
}

func system(id string) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.System, ID: id, Name: id, Agency: "H38." + id[4:], Roles: []access.Role{access.SystemAccount}, Auth: access.AuthOAuth2})
}

func input(name string) ingest.DeliveryInput {
	return ingest.DeliveryInput{Dataset: households, System: "sys-05", NotSecret: true, FileName: name, DataTime: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
}

func (b *bench) deliver(t testing.TB, in ingest.DeliveryInput, body string) *ingest.Delivery {
	t.Helper()
	d, err := b.Deliver(system("sys-05"), in, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	d, err = b.Check(context.Background(), d.ID)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const head = "ma_ho,chu_ho,so_dinh_danh,gioi_tinh,ngay_sinh,ma_xa,so_nguoi\n"

// filesUnder lists every file in the folder, with its bytes.
func filesUnder(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[p], err = os.ReadFile(p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestGoodFileIsPublishedWhole(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := newBench(t, db, warehousetest.Plain{})
		b.register(t, nil)
		body := "\xEF\xBB\xBF" + strings.ReplaceAll(head, ",", ";") +
			"H1;Giàng  Thị  Mẩy;999190000123;2;31/12/1990;02671;4\r\n" +
			"\r\n" +
			"H2;\"Vàng; A \"\"Sử\"\"\";;1;;02647;\r\n"
		d := b.deliver(t, input("hộ nghèo.csv"), body)
		if d.State != ingest.Published || d.Counts != (ingest.Counts{Read: 2, Accepted: 2}) || d.Version != 1 || !d.Form.BOM || d.Form.Delimiter != ";" {
			t.Fatalf("%s %+v %+v %+v", d.State, d.Counts, d.Form, d.Refusal)
		}
		v, err := b.warehouse.OfDelivery(context.Background(), string(d.ID))
		if err != nil || v.Verdict != d.Verdict || v.Provenance.System != "sys-05" || v.Provenance.Owner != "H38.05" || v.Provenance.RuleVersion == "" || v.Persons() != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
		verdicts, err := b.Verdicts(catalogtest.Steward("H38.05"), d.ID)
		if err != nil || len(verdicts) != 1 || verdicts[0].Outcome != ingest.Passed || verdicts[0].RuleVersion != v.Provenance.RuleVersion {
			t.Fatalf("%+v, %v", verdicts, err)
		}
		about, err := b.catalog.Describe(context.Background(), households)
		if err != nil || about.FirstPublishedAt.IsZero() {
			t.Fatalf("the register does not know of the first flow: %v", err)
		}
		raw, err := b.content("raw/" + string(households) + "/" + string(d.ID) + ".csv")
		if err != nil || string(raw) != body {
			t.Fatalf("the raw file has changed: %v", err)
		}
		if d.Fixes["ngay_sinh"]["date_form"] != 1 {
			t.Fatalf("fixes %v", d.Fixes)
		}
	})
}

func TestBadRowsGoToQuarantine(t *testing.T) {
	b := plain(t)
	b.register(t, func(d *catalog.Dataset, _ *catalog.Schema) { d.Load.MinValidShare = 0.1 })
	rows := []string{
		"H1,Giàng Thị Mẩy,999190000123,2,1990-12-31,02671,4",               // 2 good
		"H2,Vàng A Sử,99190000123,1,,02647,3",                              // 3 lost zero
		"H3,Lý Láo Tả,9.9919E+11,1,,02647,3",                               // 4 scientific
		"H4,Thào A Dính,999190000123,1,1990-12-31,02647,3",                 // 5 sex contradicts
		"H5,Sùng A Chơ,999090000123,1,1991-01-01,02647,3",                  // 6 sex 0 = male; 1991 contradicts 1990
		"H6,Hầu A Lử,,1,30/02/1990,02647,3",                                // 7 no such day
		"H7,Cư A Sính,,1,,2671,3",                                          // 8 commune lost zero
		"H8,Má A Páo,,1,,02641,3",                                          // 9 commune ended
		",Giàng A Phử,,1,,02647,3",                                         // 10 no key
		"H9,Giàng A Phử,,7,,02647,ba",                                      // 11 two problems
		"H10,Giàng A Phử,,1,,02647",                                        // 12 column count
		"H11,\"Giàng\" A Phử,,1,,02647,3",                                  // 13 quote
		"H12,Giàng A Phử,,1,,02647,3",                                      // 14 good
		"H12,Giàng A Phử,,1,,02647,3",                                      // 15 duplicate
		"H13,Giàng A Phử,,1,,02647,3",                                      // 16 conflict, withdrawn
		"H13,Giàng A Phử,,1,,02647,4",                                      // 17 conflict
		"H13,Giàng A Phử,,1,,02647,5",                                      // 18 conflict
		"H14,\"=HYPERLINK(\"\"http://x\"\")\",,1,,02647,99999999999999999", // 19 too large, formula elsewhere
		"H15,Giàng A Phử,,1,,02647,=1+1",                                   // 20 formula as value
	}
	d := b.deliver(t, input("a.csv"), head+strings.Join(rows, "\n"))
	want := ingest.Counts{Read: 19, Accepted: 2, Rejected: 16, Duplicates: 1}
	if d.State != ingest.Published || d.Counts != want || !d.Counts.Balanced() {
		t.Fatalf("%s %+v, want %+v; %v", d.State, d.Counts, want, d.Rules)
	}
	steward := catalogtest.Steward("H38.05")
	entries, err := b.Quarantine(steward, d.ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, e := range entries {
		got[fmt.Sprintf("%d %s %s", e.Line, e.Field, e.Rule)] = true
		if _, known := ingest.Messages[e.Rule]; !known && dictionary.Messages[e.Rule].Vi == "" {
			t.Errorf("rule %s has no sentence", e.Rule)
		}
	}
	for _, want := range []string{
		"3 so_dinh_danh dictionary.lost_leading_zero", "4 so_dinh_danh dictionary.scientific_notation", "5 gioi_tinh dictionary.sex_contradicts_id",
		"6 ngay_sinh dictionary.birth_year_contradicts_id", "7 ngay_sinh dictionary.no_such_day", "8 ma_xa dictionary.lost_leading_zero", "9 ma_xa dictionary.unit_not_in_force",
		"10 ma_ho dictionary.required", "11 gioi_tinh dictionary.unknown_code", "11 so_nguoi dictionary.not_a_number", "12  ingest.column_count", "13  ingest.quote",
		"16 ma_ho ingest.key_conflict", "17 ma_ho ingest.key_conflict", "18 ma_ho ingest.key_conflict", "19 so_nguoi dictionary.integer_too_large", "20 so_nguoi dictionary.not_a_number",
	} {
		if !got[want] {
			t.Errorf("missing %q", want)
		}
	}
	if len(got) != 17 {
		t.Errorf("%d entries: %v", len(got), got)
	}

	t.Run("pages follow each other", func(t *testing.T) {
		first, err := b.Quarantine(steward, d.ID, 0, 5)
		if err != nil || len(first) != 5 {
			t.Fatalf("%d, %v", len(first), err)
		}
		rest, err := b.Quarantine(steward, d.ID, 5, 1000)
		if err != nil || len(rest) != len(entries)-5 || rest[0].Line != entries[5].Line {
			t.Fatalf("%d, %v", len(rest), err)
		}
	})
	t.Run("values are hidden from those who may not see them", func(t *testing.T) {
		list, err := b.Quarantine(dictionarytest.Actor("q", "H38.02", access.OpQuality), d.ID, 0, 10)
		if err != nil || list[0].Value != "•••" {
			t.Fatalf("%+v, %v", list, err)
		}
	})
	t.Run("another agency sees nothing", func(t *testing.T) {
		if _, err := b.Quarantine(catalogtest.Steward("H38.04"), d.ID, 0, 10); !fault.Is(err, "ingest.not_found") {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("the error file is inert and complete", func(t *testing.T) {
		sentences, err := i18n.NewCatalog(ingest.Messages, dictionary.Messages)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err = b.WriteErrors(steward, d.ID, &out, func(code string, args ...any) string { return sentences.Say(i18n.Vi, code, args...) })
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(bytes.NewReader(out.Bytes()[3:])).ReadAll()
		if err != nil || len(records) != 18 {
			t.Fatalf("%d records, %v", len(records), err)
		}
		for _, r := range records[1:] {
			for _, cell := range r {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("a formula: %q", cell)
				}
			}
			if r[5] == "" || strings.Contains(r[5], "{") {
				t.Errorf("no sentence: %q", r)
			}
		}
		if last := records[17]; last[3] != "'=1+1" {
			t.Errorf("the value of the last row: %q", last)
		}
	})
}

func TestWholeFileRefusals(t *testing.T) {
	good := head + "H1,Giàng Thị Mẩy,999190000123,2,1990-12-31,02671,4\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(good)
	if err != nil {
		t.Fatal(err)
	}
	utf16bare, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, body, code, arg string }{
		{"empty", "", "ingest.empty", ""},
		{"only a mark", "\xEF\xBB\xBF", "ingest.empty", ""},
		{"only a header", head, "ingest.no_rows", ""},
		{"UTF-16", utf16, "ingest.not_utf8_guess", "UTF-16"},
		{"UTF-16 without its mark", utf16bare, "ingest.not_utf8_guess", "UTF-16"},
		{"TCVN3", head + "H1,Gi\xb5ng Th\xde M\xc8y \xae\xad\xeec h\xe7 tr\xee,,2,,02671,4\n", "ingest.not_utf8_guess", "TCVN3 (ABC)"},
		{"VNI", head + "H1,Gia\xf8ng Th\xf2 Ma\xe5y \xf1\xf6\xf4\xef\x63 ho\xe3 tr\xf4\xef va\xf8 ca\xf9c ba\xfbn,,2,,02671,4\n", "ingest.not_utf8_guess", "VNI-Windows"},
		{"a stray byte", head + "H1,Gi\xffng,,2,,02671,4\n", "ingest.not_utf8", fmt.Sprint(len(head) + 5)},
		{"a letter cut off at the end", head + "H1,Gi\xc3", "ingest.not_utf8", fmt.Sprint(len(head) + 5)},
		{"NUL", head + "H1,Gi\x00ng,,2,,02671,4\n", "ingest.nul_byte", "2"},
		{"a line of 2 MB", head + "H1," + strings.Repeat("a", 2<<20) + ",,2,,02671,4\n", "ingest.line_too_long", "2"},
		{"a quote that never closes", good + "H2,\"Vàng A Sử,,1,,02647,3\nH3,Xy,,1,,02647,3\n", "ingest.unterminated_quote", "3"},
		{"100,000 columns", strings.Repeat("a,", 100_000) + "\n", "ingest.too_many_columns", "100001"},
		{"a column missing and one unknown", strings.Replace(good, "so_dinh_danh", "so_dinh_dan", 1), "ingest.wrong_header", "so_dinh_danh"},
		{"a column twice", strings.Replace(good, "chu_ho", "ma_ho", 1), "ingest.duplicate_header", "ma_ho"},
		{"no row passes", head + "H1,Xy,,1,,99999,3\n", "ingest.no_row_passes", "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := plain(t)
			b.register(t, nil)
			d := b.deliver(t, input("a.csv"), tt.body)
			if d.State != ingest.Rejected || d.Refusal == nil || d.Refusal.Code != tt.code {
				t.Fatalf("%s %+v", d.State, d.Refusal)
			}
			if tt.arg != "" && !strings.Contains(fmt.Sprint(d.Refusal.Args), tt.arg) {
				t.Errorf("arguments %v lack %s", d.Refusal.Args, tt.arg)
			}
			if _, known := ingest.Messages[tt.code]; !known {
				t.Error("no sentence")
			}
			if _, err := b.warehouse.Current(context.Background(), string(households)); !fault.Is(err, "warehouse.no_version") {
				t.Errorf("something was published: %v", err)
			}
		})
	}
}

func TestHeaderSuggestsTheNearestField(t *testing.T) {
	b := plain(t)
	b.register(t, nil)
	d := b.deliver(t, input("a.csv"), strings.Replace(head, "so_dinh_danh", "Số định dan", 1)+"H1,Xy,,1,,02647,3\n")
	if s := fmt.Sprint(d.Refusal.Args); !strings.Contains(s, "≈ so_dinh_danh") {
		t.Fatalf("no suggestion in %s", s)
	}
}

func TestStampedFileLeavesNothing(t *testing.T) {
	filler := strings.Repeat("H1,Giàng Thị Mẩy,,2,,02671,4\n", 20_000)
	for _, tt := range []struct {
		name, file, body string
		stamped          bool
	}{
		{"in the header", "a.csv", "ma_ho,TỐI MẬT\n1,2\n", true},
		{"above the header", "a.csv", "TUYỆT MẬT\n" + head, true},
		{"alone in a cell", "a.csv", "Độ mật;MẬT\n" + head, true},
		{"in the file name", "danh sách - MẬT.csv", head, true},
		{"decomposed", "a.csv", "TO\u0302\u0301I MA\u0323\u0302T\n", true},
		{"far into the file", "a.csv", head + filler + "H2,TUYỆT MẬT,,1,,02647,3\n", true},
		{"bảo mật is none", "bảo mật.csv", head + "H2,BẢO MẬT,,1,,02647,3\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := plain(t)
			b.register(t, nil)
			_, err := b.Deliver(system("sys-05"), input(tt.file), iotest.HalfReader(strings.NewReader(tt.body)))
			if !tt.stamped {
				if err != nil || b.catalog.Incidents.Count() != 0 {
					t.Fatalf("%v, %d incidents", err, b.catalog.Incidents.Count())
				}
				return
			}
			if !fault.Is(err, "ingest.secret_marking") || fault.Of(err).Kind != fault.Invalid || b.catalog.Incidents.Count() != 1 {
				t.Fatalf("%v, %d incidents", err, b.catalog.Incidents.Count())
			}
			if files := filesUnder(t, b.folder); len(files) != 0 {
				t.Errorf("files are left: %d", len(files))
			}
			if list, err := b.List(catalogtest.Steward("H38.05"), ingest.Filter{}); err != nil || len(list) != 0 {
				t.Errorf("%d deliveries, %v", len(list), err)
			}
		})
	}
}

func TestWhoMayDeliver(t *testing.T) {
	b := plain(t)
	b.register(t, nil)
	for _, tt := range []struct {
		name   string
		ctx    context.Context
		change func(*ingest.DeliveryInput)
		code   string
		status int
	}{
		{"nobody", context.Background(), nil, "access.sign_in_required", 401},
		{"another system", system("sys-04"), func(in *ingest.DeliveryInput) { in.System = "sys-04" }, "ingest.not_official_source", 403},
		{"another system in the name of the official one", system("sys-04"), nil, "ingest.not_official_source", 403},
		{"a steward for another system", catalogtest.Steward("H38.05"), func(in *ingest.DeliveryInput) { in.System = "sys-04" }, "ingest.not_official_source", 403},
		{"a steward of another agency", catalogtest.Steward("H38.04"), nil, "ingest.not_official_source", 403},
		{"a person without the right", dictionarytest.Actor("u", "H38.05", access.Analyst), nil, "access.permission_missing", 403},
		{"no declaration", system("sys-05"), func(in *ingest.DeliveryInput) { in.NotSecret = false }, "ingest.declaration_missing", 422},
		{"an unknown dataset", system("sys-05"), func(in *ingest.DeliveryInput) { in.Dataset = "H38.05/khac" }, "catalog.not_found", 404},
		{"half a file", system("sys-05"), func(in *ingest.DeliveryInput) { in.Size = 5000 }, "ingest.half_file", 422},
		{"another sum", system("sys-05"), func(in *ingest.DeliveryInput) { in.SHA256 = strings.Repeat("ab", 32) }, "ingest.wrong_sha256", 422},
		{"a sum that is none", system("sys-05"), func(in *ingest.DeliveryInput) { in.SHA256 = "xyz" }, "ingest.bad_sha256", 422},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := input("a.csv")
			if tt.change != nil {
				tt.change(&in)
			}
			_, err := b.Deliver(tt.ctx, in, strings.NewReader(head+"H1,Xy,,1,,02647,3\n"))
			if !fault.Is(err, tt.code) || fault.Of(err).Kind.Status() != tt.status {
				t.Fatalf("got %v", err)
			}
			if files := filesUnder(t, b.folder); len(files) != 0 {
				t.Errorf("%d files are left", len(files))
			}
		})
	}
	t.Run("a steward of the owner for its system", func(t *testing.T) {
		if _, err := b.Deliver(catalogtest.Steward("H38.05"), input("a.csv"), strings.NewReader(head+"H1,Xy,,1,,02647,3\n")); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a draft takes no data", func(t *testing.T) {
		d := catalogtest.Dataset("H38.05/nhap", "Bản nháp")
		if _, err := b.catalog.Create(catalogtest.Steward("H38.05"), d); err != nil {
			t.Fatal(err)
		}
		in := input("a.csv")
		in.Dataset = "H38.05/nhap"
		if _, err := b.Deliver(system("sys-05"), in, strings.NewReader("x")); !fault.Is(err, "ingest.dataset_not_live") {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("an upload that breaks off leaves nothing", func(t *testing.T) {
		before := len(filesUnder(t, b.folder))
		_, err := b.Deliver(system("sys-05"), input("a.csv"), io.MultiReader(strings.NewReader(head), iotest.ErrReader(io.ErrUnexpectedEOF)))
		if !fault.Is(err, "ingest.interrupted") || len(filesUnder(t, b.folder)) != before {
			t.Fatalf("got %v", err)
		}
	})
}

func TestRunChecksWhatIsDelivered(t *testing.T) {
	b := plain(t)
	b.register(t, nil)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	d, err := b.Deliver(system("sys-05"), input("a.csv"), strings.NewReader(head+"H1,Xy,,1,,02647,3\n"))
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.After(20 * time.Second)
	for {
		got, err := b.Find(catalogtest.Steward("H38.05"), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.State == ingest.Published {
			break
		}
		select {
		case <-deadline:
			t.Fatalf("still %s", got.State)
		case <-time.After(5 * time.Millisecond):
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestMessagesAreWhole(t *testing.T) {
	if _, err := i18n.NewCatalog(ingest.Messages, warehouse.Messages, catalog.Messages, dictionary.Messages); err != nil {
		t.Fatal(err)
	}
	for _, messages := range []i18n.Messages{ingest.Messages, warehouse.Messages} {
		for code, text := range messages {
			if text.Vi == "" || text.En == "" {
				t.Errorf("%s lacks a language", code)
			}
		}
	}
}
