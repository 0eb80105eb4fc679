package duck_test

import (
	"context"
	"os"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/warehouse"
	"lienthong/internal/warehouse/duck"
	"lienthong/internal/warehouse/warehousetest"
)

func TestContract(t *testing.T) { warehousetest.Contract(t, duck.Engine{}, access.Issue) }

func TestTypesAndBoundsInTheFile(t *testing.T) {
	folder := t.TempDir()
	w, err := duck.Engine{}.Create(context.Background(), folder, []warehouse.Column{
		{Name: "k", Kind: warehouse.Integer, Key: true}, {Name: "d", Kind: warehouse.Decimal, Scale: 2}, {Name: "n", Kind: warehouse.Date}, {Name: "secret", Kind: warehouse.Text, Sensitive: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	rows := []warehouse.Row{
		{Line: 2, Cells: []warehouse.Cell{{Int: 1}, {Int: 999_999_999_999_999_999}, {Int: 0}, {Text: "a'b"}}},
		{Line: 3, Cells: []warehouse.Cell{{Int: 2}, {Int: -5}, {Null: true}, {Text: "c"}}},
	}
	if err := w.Append(rows); err != nil {
		t.Fatal(err)
	}
	n, stats, err := w.Seal(context.Background(), warehouse.Provenance{System: "o'k"})
	if err != nil || n != 2 {
		t.Fatalf("%d, %v", n, err)
	}
	if d := stats[1]; d.Min != "-0.05" || d.Max != "9999999999999999.99" {
		t.Errorf("decimal bounds %+v", d)
	}
	if s := stats[3]; s.Min != "" || s.Max != "" || s.Distinct != 2 {
		t.Errorf("a sensitive column shows values: %+v", s)
	}
	if stats[2].Nulls != 1 {
		t.Errorf("nulls %+v", stats[2])
	}
	head := make([]byte, 4)
	f, err := os.Open(folder + "/" + warehouse.ParquetFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Read(head); err != nil || string(head) != "PAR1" {
		t.Errorf("head %q, %v", head, err)
	}
}
