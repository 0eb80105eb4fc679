package warehousetest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/blob/blobtest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/warehouse"
)

// Issue makes a permit; tests pass access.Issue, which no other code but flow may call.
type Issue func(access.Request, access.Decision) (access.Permit, error)

// Bench is a warehouse under test with its parts.
type Bench struct {
	*warehouse.Service
	DB     *controldb.DB
	Log    *audit.Log
	Files  *blob.Store
	Folder string
}

// New opens a warehouse over a fresh control store.
func New(t testing.TB, columnar warehouse.Columnar) *Bench {
	t.Helper()
	db := testkit.DB(t)
	return Over(t, db, Log(t, db), t.TempDir(), columnar)
}

// Log opens an evidence log tied to the store; it ends with the test.
func Log(t testing.TB, db *controldb.DB) *audit.Log {
	t.Helper()
	log, err := audit.Open(t.TempDir(), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	if err := log.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	return log
}

// Over opens a warehouse over parts that exist.
func Over(t testing.TB, db *controldb.DB, log *audit.Log, folder string, columnar warehouse.Columnar) *Bench {
	t.Helper()
	files, err := blob.OpenSealed(folder, blobtest.Keys{}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key := bytes.Repeat([]byte{3}, 32)
	s, err := warehouse.NewService(warehouse.Parts{
		DB: db, Files: files, Columnar: columnar, Log: log, Clock: clock.System(), Masker: access.Masker{Key: key}, Secret: key,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &Bench{Service: s, DB: db, Log: log, Files: files, Folder: folder}
}

const dataset = "H38.05/ho-ngheo"

var columns = []warehouse.Column{
	{Name: "ma_ho", Kind: warehouse.Text, Key: true},
	{Name: "so_dinh_danh", Kind: warehouse.Text, Person: true, Sensitive: true, Index: true},
	{Name: "ma_xa", Kind: warehouse.Text, Index: true},
	{Name: "ngay_sinh", Kind: warehouse.Date, Sensitive: true},
	{Name: "so_nguoi", Kind: warehouse.Integer},
	{Name: "so_tien", Kind: warehouse.Decimal, Scale: 2},
	{Name: "cap_nhat", Kind: warehouse.Time},
	{Name: "con_no", Kind: warehouse.Boolean},
}

func row(line int64, household, commune string) warehouse.Row {
	return warehouse.Row{Line: line, Cells: []warehouse.Cell{
		{Text: household}, {Text: fmt.Sprintf("9991900%05d", line)}, {Text: commune}, {Int: 7305}, {Int: line}, {Int: 100*line + 5}, {Int: 1_700_000_000_000_000}, {Null: line%2 == 0, Int: 1},
	}}
}

// Draft writes rows into a sealed draft of the contract's dataset.
func Draft(t testing.TB, b *Bench, delivery string, rows ...warehouse.Row) *warehouse.Draft {
	t.Helper()
	d, err := b.Begin(context.Background(), warehouse.DraftInput{Dataset: dataset, SchemaVersion: 1, Columns: columns, Provenance: warehouse.Provenance{
		System: "sys-1", Owner: "H38.05", Delivery: delivery, SourceTime: time.UnixMicro(1_700_000_000_000_000), LoadedAt: time.UnixMicro(1_700_000_100_000_000), RuleVersion: "1",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Append(rows); err != nil {
		t.Fatal(err)
	}
	return d
}

func publish(t testing.TB, b *Bench, d *warehouse.Draft) warehouse.Version {
	t.Helper()
	if err := d.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	v, err := b.Publish(context.Background(), warehouse.PublishInput{Draft: d, Verdict: "verdict-1", Actor: audit.Actor{Type: "job", AccountID: "job:test"}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Contract is what a warehouse with any columnar engine must do.
func Contract(t *testing.T, columnar warehouse.Columnar, issue Issue) {
	permit := func(t *testing.T, rows []access.RowRule, cols ...access.Column) access.Permit {
		t.Helper()
		g := &access.Grant{ID: "g1", Dataset: dataset, Columns: cols}
		p, err := issue(access.Request{Dataset: dataset}, access.Decision{Allowed: true, Grant: g, Columns: cols, Rows: rows})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	all := func() []access.Column {
		var list []access.Column
		for _, c := range columns {
			list = append(list, access.Column{Name: c.Name})
		}
		return list
	}
	ctx := context.Background()

	t.Run("what is published is read back as it was written", func(t *testing.T) {
		b := New(t, columnar)
		v := publish(t, b, Draft(t, b, "d1", row(3, "h3", "02671"), row(2, "h2", "02647"), row(4, "h4", "02647")))
		if v.Number != 1 || v.Rows != 3 || v.Persons() != 3 {
			t.Fatalf("version %d, %d rows, %d persons", v.Number, v.Rows, v.Persons())
		}
		page, err := b.Read(ctx, permit(t, nil, all()...), warehouse.Query{})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(page.Records[0].Values)
		if want := "[h2 999190000002 02647 1990-01-01 2 2.05 2023-11-14T22:13:20Z <nil>]"; len(page.Records) != 3 || got != want {
			t.Fatalf("%d records, first %s, want %s", len(page.Records), got, want)
		}
		if p := page.Records[0].Provenance; p.Delivery != "d1" || p.System != "sys-1" || p.Owner != "H38.05" || p.RuleVersion != "1" || p.SourceTime.IsZero() || p.LoadedAt.IsZero() || page.Records[0].Line != 2 {
			t.Fatalf("provenance %+v", p)
		}
		if err := b.Verify(ctx, v.ID); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("same key and content is a duplicate, other content withdraws both", func(t *testing.T) {
		b := New(t, columnar)
		d := Draft(t, b, "d1", row(2, "h2", "02647"))
		same, other, third := row(2, "h2", "02647"), row(2, "h2", "02671"), row(9, "h2", "02671")
		same.Line, other.Line = 3, 4
		got, err := d.Append([]warehouse.Row{same, row(5, "h5", "02647"), other, third})
		if err != nil {
			t.Fatal(err)
		}
		if got[0].Kind != warehouse.Duplicate || got[1].Kind != warehouse.Stored || got[2].Kind != warehouse.Conflict || !got[2].Newly || got[2].First.Line != 2 || got[3].Kind != warehouse.Conflict || got[3].Newly {
			t.Fatalf("%+v", got)
		}
		if v := publish(t, b, d); v.Rows != 1 {
			t.Fatalf("%d rows", v.Rows)
		}
	})

	t.Run("no verdict, no version", func(t *testing.T) {
		b := New(t, columnar)
		d := Draft(t, b, "d1", row(2, "h2", "02647"))
		if err := d.Seal(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Publish(ctx, warehouse.PublishInput{Draft: d}); !fault.Is(err, "warehouse.no_verdict") {
			t.Fatalf("got %v", err)
		}
		if _, err := b.Current(ctx, dataset); !fault.Is(err, "warehouse.no_version") {
			t.Fatalf("got %v", err)
		}
	})

	t.Run("a delivery is published once, and a refusal in its transaction leaves nothing", func(t *testing.T) {
		b := New(t, columnar)
		publish(t, b, Draft(t, b, "d1", row(2, "h2", "02647")))
		again := Draft(t, b, "d1", row(3, "h3", "02647"))
		if err := again.Seal(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Publish(ctx, warehouse.PublishInput{Draft: again, Verdict: "v"}); !fault.Is(err, "warehouse.already_published") {
			t.Fatalf("got %v", err)
		}
		if names, _ := b.Files.List(""); len(names) != 3 {
			t.Fatalf("files %v", names)
		}
	})

	t.Run("recovery sets aside what the control store does not know, and nothing else", func(t *testing.T) {
		b := New(t, columnar)
		v := publish(t, b, Draft(t, b, "d1", row(2, "h2", "02647")))
		if err := b.Files.Put(dataset+"/0191-orphan/rows.sqlite", []byte("x")); err != nil {
			t.Fatal(err)
		}
		lost, err := b.Recover(ctx)
		if err != nil || len(lost) != 1 || lost[0].Recorded {
			t.Fatalf("%+v, %v", lost, err)
		}
		if body, err := os.ReadFile(filepath.Join(lost[0].Place, "rows.sqlite")); err != nil || len(body) == 0 {
			t.Fatalf("it is not at %s: %v", lost[0].Place, err)
		}
		names, _ := b.Files.List("")
		if len(names) != 3 || !strings.Contains(names[0], string(v.ID)) {
			t.Fatalf("files %v", names)
		}
	})

	t.Run("a changed byte is found", func(t *testing.T) {
		b := New(t, columnar)
		v := publish(t, b, Draft(t, b, "d1", row(2, "h2", "02647")))
		file := filepath.Join(b.Folder, dataset, string(v.ID), warehouse.ParquetFile)
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		body[len(body)-20] ^= 1
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := b.Verify(ctx, v.ID); !fault.Is(err, "warehouse.files_damaged") {
			t.Fatalf("got %v", err)
		}
	})

	t.Run("a changed, swapped or missing row file is not served", func(t *testing.T) {
		for what, change := range map[string]func(file, other string) error{
			"changed": func(file, _ string) error {
				body, err := os.ReadFile(file)
				if err != nil {
					return err
				}
				body[len(body)/2] ^= 1
				return os.WriteFile(file, body, 0o600)
			},
			"swapped": func(file, other string) error { return os.Rename(other, file) },
			"missing": func(file, _ string) error { return os.Remove(file) },
		} {
			b := New(t, columnar)
			old := publish(t, b, Draft(t, b, "d1", row(2, "h1", "02647")))
			v := publish(t, b, Draft(t, b, "d2", row(2, "h2", "02647")))
			file := func(id warehouse.VersionID) string {
				return filepath.Join(b.Folder, dataset, string(id), "rows.sqlite")
			}
			if err := change(file(v.ID), file(old.ID)); err != nil {
				t.Fatal(err)
			}
			got, err := b.Read(ctx, permit(t, nil, access.Column{Name: "ma_ho"}), warehouse.Query{})
			if !fault.Is(err, "warehouse.files_damaged") || len(got.Records) != 0 {
				t.Errorf("%s: %v, %v", what, got.Records, err)
			}
		}
	})

	t.Run("permit", func(t *testing.T) {
		b := New(t, columnar)
		publish(t, b, Draft(t, b, "d1", row(2, "h2", "02647"), row(3, "h3", "02671"), row(4, "h4", "02647"), row(5, "h5", "02671")))
		scope := []access.RowRule{{Column: "ma_xa", In: []string{"02647"}}}
		granted := []access.Column{{Name: "ma_ho"}, {Name: "so_dinh_danh", Mask: access.MaskPartial}, {Name: "ngay_sinh", Mask: access.MaskGeneralise}}

		for _, tt := range []struct {
			name   string
			permit access.Permit
			query  warehouse.Query
			code   string
			want   string
		}{
			{"the zero permit opens nothing", access.Permit{}, warehouse.Query{}, "access.no_permit", ""},
			{"rows, columns and masks are the permit's", permit(t, scope, granted...), warehouse.Query{}, "", "[[h2 999•••••0002 1990] [h4 999•••••0004 1990]]"},
			{"columns can be narrowed", permit(t, scope, granted...), warehouse.Query{Columns: []string{"ma_ho"}}, "", "[[h2] [h4]]"},
			{"a column not granted", permit(t, scope, granted...), warehouse.Query{Columns: []string{"so_tien"}}, "warehouse.column_not_granted", ""},
			{"a filter on a column not granted", permit(t, scope, granted...), warehouse.Query{Filters: []warehouse.Filter{{Column: "ma_xa", Op: warehouse.Equal, Values: []string{"02671"}}}}, "warehouse.column_not_granted", ""},
			{"a filter on a masked column", permit(t, scope, granted...), warehouse.Query{Filters: []warehouse.Filter{{Column: "so_dinh_danh", Op: warehouse.Equal, Values: []string{"999190000002"}}}}, "warehouse.column_not_granted", ""},
			{"a filter on no column answers alike", permit(t, scope, granted...), warehouse.Query{Filters: []warehouse.Filter{{Column: `x" OR 1=1 --`, Op: warehouse.Equal, Values: []string{""}}}}, "warehouse.column_not_granted", ""},
			{"a filter cannot widen the rows", permit(t, scope, granted...), warehouse.Query{Filters: []warehouse.Filter{{Column: "ma_ho", Op: warehouse.Equal, Values: []string{"h2", "h3"}}}}, "", "[[h2 999•••••0002 1990]]"},
			{"a value is never SQL", permit(t, scope, granted...), warehouse.Query{Filters: []warehouse.Filter{{Column: "ma_ho", Op: warehouse.Equal, Values: []string{"' OR '1'='1"}}}}, "", "[]"},
			{"a range", permit(t, nil, access.Column{Name: "so_tien"}), warehouse.Query{Filters: []warehouse.Filter{{Column: "so_tien", Op: warehouse.AtLeast, Values: []string{"4.05"}}}}, "", "[[4.05] [5.05]]"},
			{"a value of another type", permit(t, nil, access.Column{Name: "so_tien"}), warehouse.Query{Filters: []warehouse.Filter{{Column: "so_tien", Op: warehouse.Less, Values: []string{"nhiều"}}}}, "warehouse.bad_filter_value", ""},
			{"a row rule on a lost column refuses", permit(t, []access.RowRule{{Column: "ma_huyen", In: []string{"1"}}}, granted...), warehouse.Query{}, "warehouse.column_gone", ""},
			{"a row rule without values shows nothing", permit(t, []access.RowRule{{Column: "ma_xa"}}, granted...), warehouse.Query{}, "", "[]"},
			{"too large a page", permit(t, nil, granted...), warehouse.Query{Limit: 10_001}, "warehouse.bad_limit", ""},
			{"a cursor that is none", permit(t, nil, granted...), warehouse.Query{After: "abc"}, "warehouse.bad_cursor", ""},
			{"null stays null under a yes-no mask", permit(t, nil, access.Column{Name: "con_no", Mask: access.MaskYesNo, Values: []string{"true"}, Not: true}), warehouse.Query{}, "", "[[<nil>] [false] [<nil>] [false]]"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				page, err := b.Read(ctx, tt.permit, tt.query)
				if tt.code != "" {
					if !fault.Is(err, tt.code) {
						t.Fatalf("got %v, want %s", err, tt.code)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				got := make([][]any, len(page.Records))
				for i, r := range page.Records {
					got[i] = r.Values
				}
				if fmt.Sprint(got) != tt.want {
					t.Fatalf("got %v, want %s", got, tt.want)
				}
			})
		}
	})

	t.Run("a permit of another dataset", func(t *testing.T) {
		b := New(t, columnar)
		publish(t, b, Draft(t, b, "d1", row(2, "h2", "02647")))
		g := &access.Grant{ID: "g2", Dataset: "H38.05/khac"}
		p, err := issue(access.Request{Dataset: "H38.05/khac"}, access.Decision{Allowed: true, Grant: g, Columns: []access.Column{{Name: "ma_ho"}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Read(ctx, p, warehouse.Query{}); !fault.Is(err, "warehouse.no_version") {
			t.Fatalf("got %v", err)
		}
	})

	t.Run("pages follow each other over a new version, and their marks hide the key", func(t *testing.T) {
		b := New(t, columnar)
		var rows []warehouse.Row
		for i := int64(2); i < 252; i++ {
			rows = append(rows, row(i, fmt.Sprintf("h%04d", i), "02647"))
		}
		publish(t, b, Draft(t, b, "d1", rows...))
		p := permit(t, nil, access.Column{Name: "so_nguoi"})
		seen, after := 0, ""
		for {
			page, err := b.Read(ctx, p, warehouse.Query{After: after, Limit: 40})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Records {
				if want := int64(seen + 2); r.Values[0] != want {
					t.Fatalf("record %d holds %v", seen, r.Values[0])
				}
				seen++
			}
			if seen == 40 {
				publish(t, b, Draft(t, b, "d2", row(2, "h2", "02647")))
				if _, err := b.Read(ctx, permit(t, nil, access.Column{Name: "so_tien"}), warehouse.Query{After: page.Next, Columns: []string{"so_tien"}}); !fault.Is(err, "warehouse.bad_cursor") {
					t.Fatalf("a mark of another question: %v", err)
				}
			}
			if after = page.Next; after == "" {
				break
			}
			if sealed, err := base64.RawURLEncoding.DecodeString(after); err != nil || bytes.Contains(sealed, []byte("h00")) {
				t.Fatalf("the mark %s shows the key", after)
			}
		}
		if seen != 250 {
			t.Fatalf("%d records", seen)
		}
		if v, err := b.Current(ctx, dataset); err != nil || v.Number != 2 {
			t.Fatalf("%d, %v", v.Number, err)
		}
	})

	t.Run("evidence gets the persons and the records of a page, also those not granted", func(t *testing.T) {
		b := New(t, columnar)
		publish(t, b, Draft(t, b, "d1", row(2, "h2", "02647"), row(3, "h3", "02647")))
		page, err := b.Lookup(ctx, permit(t, nil, access.Column{Name: "ma_ho"}), map[string]string{"ma_ho": "h3"})
		if err != nil || len(page.Records) != 1 || len(page.Subjects) != 1 || page.Subjects[0] != "999190000003" || page.Keys[0] != b.Log.PersonKey(dataset+"#h3") {
			t.Fatalf("%+v, %v", page.Subjects, err)
		}
	})
}
