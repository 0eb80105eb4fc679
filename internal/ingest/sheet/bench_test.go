package sheet_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lienthong/internal/ingest/sheet"
)

// households writes a workbook of eight columns as a spreadsheet program would.
func households(t testing.TB, name string, n int) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	head := []any{"ma_ho", "chu_ho", "so_dinh_danh", "gioi_tinh", "ngay_sinh", "ma_xa", "so_nguoi", "so_tien"}
	if err := w.SetRow("A1", head); err != nil {
		t.Fatal(err)
	}
	names := []string{"Giàng Thị Mẩy", "Vàng A Sử", "Lý Láo Tả", "Thào A Dính", "Hầu A Lử", "Nguyễn Văn Hòa", "Trần Thị Thúy"}
	for i := range n {
		row := []any{
			fmt.Sprintf("H%07d", i), names[i%len(names)] + fmt.Sprint(i%977), fmt.Sprintf("9990%02d%06d", i%100, i), i%2 + 1,
			excelize.Cell{StyleID: date, Value: 20000 + i%20000}, fmt.Sprintf("%05d", 2647+i%60), i%9 + 1, float64(i) + 0.5,
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
}

// rss is the memory that this process holds now, in bytes.
func rss(t testing.TB) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var kb int64
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	t.Fatal("no VmRSS")
	return 0
}

// BenchmarkXLSX500k measures 500,000 rows of 8 columns from the start of the child to the last row.
func BenchmarkXLSX500k(b *testing.B) {
	const n = 500_000
	name := filepath.Join(b.TempDir(), "a.xlsx")
	households(b, name, n)
	for b.Loop() {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		start, before := time.Now(), rss(b)
		r, err := sheet.Open(context.Background(), f, sheet.Options{Format: sheet.FormatXLSX, Seen: func(bool, string) error { return nil }})
		if err != nil {
			b.Fatal(err)
		}
		rows, most := 0, before
		for {
			if _, err := r.Next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			if rows++; rows%50_000 == 0 {
				most = max(most, rss(b))
			}
		}
		if rows != n {
			b.Fatalf("%d rows", rows)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
		_ = f.Close()
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &used); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/500k")
		b.ReportMetric(float64(most-before)/1e6, "MB-parent")
		b.ReportMetric(float64(used.Maxrss)/1e3, "MB-child")
	}
}
