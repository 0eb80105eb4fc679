package controldb_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/migrations"
)

type tableFile struct{ *bytes.Buffer }

func (tableFile) Close() error { return nil }

type copied struct {
	files   map[string]*bytes.Buffer
	tables  []string
	rows    map[string]int64
	applied []int64
}

func dump(t *testing.T, db *controldb.DB) copied {
	t.Helper()
	c := copied{files: map[string]*bytes.Buffer{}}
	var err error
	c.rows, c.applied, err = db.Dump(context.Background(), func(table string) (io.WriteCloser, error) {
		c.files[table], c.tables = &bytes.Buffer{}, append(c.tables, table)
		return tableFile{c.files[table]}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c copied) fill(db *controldb.DB) error {
	return db.Fill(context.Background(), migrations.Files, c.applied, c.tables, func(table string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(c.files[table].Bytes())), nil
	})
}

func TestACopyFillsAnEmptyStore(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		ctx := context.Background()
		for n := range 3 {
			if _, err := db.ExecContext(ctx, `INSERT INTO vault_key (number, made_by, made_at, wrapped_at) VALUES (?, ?, ?, ?)`, n+1, fmt.Sprintf("Đặng \"Văn\"\n%d 'x'", n), int64(1)<<62+int64(n), 0); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.ExecContext(ctx, `DELETE FROM access_purpose WHERE parent <> ''`); err != nil { // a row that a migration made is gone
			t.Fatal(err)
		}
		c := dump(t, db)
		if c.rows["vault_key"] != 3 || len(c.applied) < 20 {
			t.Fatalf("%v, %v", c.rows, c.applied)
		}
		parent, child := slices.Index(c.tables, "account_account"), slices.Index(c.tables, "account_identity")
		if parent < 0 || child < parent {
			t.Fatalf("parents do not come first: %v", c.tables)
		}
		empty, err := controldb.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "control.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer empty.Close()
		if err := c.fill(empty); err != nil {
			t.Fatal(err)
		}
		again := dump(t, empty)
		if !maps.Equal(c.rows, again.rows) || !slices.Equal(c.applied, again.applied) {
			t.Fatalf("%v, want %v", again.rows, c.rows)
		}
		for table, body := range c.files {
			if !bytes.Equal(body.Bytes(), again.files[table].Bytes()) {
				t.Errorf("table %s differs:\n%s\n%s", table, body, again.files[table])
			}
		}
		if err := empty.Migrate(ctx, migrations.Files); err != nil {
			t.Fatal(err)
		}
		if err := c.fill(empty); !fault.Is(err, "controldb.not_empty") {
			t.Fatalf("a filled store: %v", err)
		}
	})
}

func TestACutCopyFillsNothing(t *testing.T) {
	ctx := context.Background()
	c := dump(t, testkit.DB(t))
	c.files["access_purpose"].Truncate(c.files["access_purpose"].Len() - 5)
	empty, err := controldb.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "control.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	if err := c.fill(empty); err == nil {
		t.Fatal("a cut table was filled in")
	}
	var n int
	if err := empty.QueryRowContext(ctx, `SELECT count(*) FROM access_grant`).Scan(&n); err != nil || n != 0 {
		t.Fatalf("%d, %v", n, err)
	}
}

func TestANewerStoreIsTold(t *testing.T) {
	c := dump(t, testkit.DB(t))
	if unknown, err := controldb.Unknown(migrations.Files, c.applied); err != nil || len(unknown) != 0 {
		t.Fatalf("%v, %v", unknown, err)
	}
	if unknown, err := controldb.Unknown(migrations.Files, append(c.applied, 9999)); err != nil || !slices.Equal(unknown, []int64{9999}) {
		t.Fatalf("%v, %v", unknown, err)
	}
}
