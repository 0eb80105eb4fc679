package duck_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"lienthong/internal/warehouse"
	"lienthong/internal/warehouse/duck"
)

// What does not fit into memory goes to the disk encrypted: after a kill in mid-spill there is nothing to read.
func TestSpillIsNotInClear(t *testing.T) {
	folder := t.TempDir()
	w, err := duck.Engine{MemoryMB: 64, Threads: 1}.Create(context.Background(), folder, []warehouse.Column{
		{Name: "k", Kind: warehouse.Text, Key: true}, {Name: "ten", Kind: warehouse.Text, Sensitive: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	rows := make([]warehouse.Row, 0, 1000)
	for n := range 1_500_000 {
		rows = append(rows, warehouse.Row{Line: int64(n), Cells: []warehouse.Cell{{Text: fmt.Sprintf("999077%07d", n*7%1_500_000)}, {Text: fmt.Sprintf("Giàng Thị Mốc %06d, thôn Bản Phố, %x", n, n*2654435761)}}})
		if len(rows) == cap(rows) {
			if err := w.Append(rows); err != nil {
				t.Fatal(err)
			}
			rows = rows[:0]
		}
	}
	spilled := int64(0)
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		spilled += int64(len(body))
		if bytes.Contains(body, []byte("999077")) || bytes.Contains(body, []byte("Giàng Thị")) || bytes.Contains(body, []byte("thôn Bản")) {
			t.Errorf("%s holds rows in clear", path)
		}
		return err
	})
	if err != nil || spilled < 1<<20 {
		t.Fatalf("%d bytes were spilled, so nothing was shown: %v", spilled, err)
	}
}
