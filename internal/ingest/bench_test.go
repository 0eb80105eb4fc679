package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/warehouse"
	"lienthong/internal/warehouse/duck"
)

// million is a file of a million persons with eight columns; one row in a thousand is wrong.
func million(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("ma_ho,chu_ho,so_dinh_danh,gioi_tinh,ngay_sinh,ma_xa,so_nguoi,so_tien\n")
	communes := []string{"02647", "02671", "02680", "02683", "02686", "02695", "02701", "02707", "02725", "02728"}
	names := []string{"Giàng Thị Mẩy", "Vàng A Sử", "Lý Láo Tả", "Thào A Dính", "Hầu A Lử", "Nguyễn Văn Hòa", "Trần Thị Thúy"}
	for i := range rows {
		commune := communes[i%len(communes)]
		if i%1000 == 999 {
			commune = "2671"
		}
		fmt.Fprintf(&b, "H%07d,%s,9990%02d%06d,%d,15/%02d/19%02d,%s,%d,%d.50\n", i*7919%9_999_991, names[i%len(names)], i%100, i, 1, i%12+1, i%100, commune, i%9+1, i)
	}
	return b.Bytes()
}

func millionBench(b *testing.B) *bench {
	t := newBench(b, testkit.DB(b), duck.Engine{})
	d := catalogtest.Dataset(households, "Danh sách hộ nghèo")
	d.Class = dictionary.BasicPersonal
	s := catalog.Schema{
		Numbers: dictionary.StylePlain,
		Fields: []catalog.Field{
			catalogtest.Key("ma_ho", "ma_ho"), catalogtest.Field("chu_ho", "ho_ten"), catalogtest.Field("so_dinh_danh", "so_dinh_danh_ca_nhan"), catalogtest.Field("gioi_tinh", "gioi_tinh"),
			catalogtest.Field("ngay_sinh", "ngay_sinh"), catalogtest.Field("ma_xa", "ma_xa"), catalogtest.Field("so_nguoi", "so_thanh_vien"), catalogtest.Field("so_tien", "dien_tich_m2"),
		},
		Persons: []catalog.PersonCheck{{ID: "so_dinh_danh", Sex: "gioi_tinh", Birth: "ngay_sinh"}},
	}
	s.Fields[2].Person = true
	catalogtest.Reviewed(b, t.catalog, d, s)
	return t
}

// BenchmarkIngest1M measures a million rows from the checked claim to the visible version.
func BenchmarkIngest1M(b *testing.B) {
	const rows = 1_000_000
	body := million(rows)
	b.SetBytes(int64(len(body)))
	for i := range b.N {
		b.StopTimer()
		t := millionBench(b)
		in := input("a.csv")
		in.DataTime = time.Date(2026, 3, 1, 0, 0, i, 0, time.UTC)
		start := time.Now()
		d, err := t.Deliver(system("sys-05"), in, bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		received := time.Since(start)
		b.StartTimer()
		start = time.Now()
		d, err = t.Check(context.Background(), d.ID)
		if err != nil || d.State != ingest.Published || d.Counts.Accepted != rows-rows/1000 {
			b.Fatalf("%+v, %v", d, err)
		}
		b.ReportMetric(rows/time.Since(start).Seconds(), "rows/s")
		b.ReportMetric(float64(len(body))/1e6/received.Seconds(), "MB/s-received")
	}
}

// BenchmarkLookup measures reads of one record by key under a permit.
func BenchmarkLookup(b *testing.B) {
	t := millionBench(b)
	const rows = 200_000
	d, err := t.Deliver(system("sys-05"), input("a.csv"), bytes.NewReader(million(rows)))
	if err != nil {
		b.Fatal(err)
	}
	if d, err = t.Check(context.Background(), d.ID); err != nil || d.State != ingest.Published {
		b.Fatalf("%+v, %v", d, err)
	}
	columns := []access.Column{{Name: "ma_ho"}, {Name: "ma_xa"}, {Name: "so_dinh_danh", Mask: access.MaskPartial}}
	g := &access.Grant{ID: "g", Dataset: string(households), Columns: columns}
	permit, err := access.Issue(access.Request{Dataset: string(households)}, access.Decision{Allowed: true, Grant: g, Columns: columns})
	if err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	b.ResetTimer()
	start := time.Now()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1) % rows
			page, err := t.warehouse.Read(context.Background(), permit, warehouse.Query{Filters: []warehouse.Filter{{Column: "ma_ho", Op: warehouse.Equal, Values: []string{fmt.Sprintf("H%07d", i*7919%9_999_991)}}}})
			if err != nil || len(page.Records) > 1 {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "reads/s")
}

// sheetOf is the file of million as a workbook.
func sheetOf(b *testing.B, rows int) string {
	b.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(million(rows))) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		row := make([]any, len(cells))
		for i, c := range cells {
			if row[i] = c; n > 0 && i >= 6 { // numbers as numbers
				if row[i], err = strconv.ParseFloat(c, 64); err != nil {
					b.Fatal(err)
				}
			}
		}
		if n++; w.SetRow(fmt.Sprintf("A%d", n), row) != nil {
			b.Fatal("write row")
		}
	}
	name := filepath.Join(b.TempDir(), "a.xlsx")
	if err := errors.Join(w.Flush(), f.SaveAs(name)); err != nil {
		b.Fatal(err)
	}
	return name
}

// BenchmarkIngestXLSX500k measures a workbook of 500,000 rows and 8 columns, received (read once for stamps) and checked.
func BenchmarkIngestXLSX500k(b *testing.B) {
	const rows = 500_000
	name := sheetOf(b, rows)
	runtime.GC()
	for i := range b.N {
		t := millionBench(b)
		in := input("a.xlsx")
		in.DataTime = time.Date(2026, 3, 1, 0, 0, i, 0, time.UTC)
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		d, err := t.Deliver(system("sys-05"), in, f)
		_ = f.Close()
		if err != nil {
			b.Fatal(err)
		}
		received := time.Since(start)
		start = time.Now()
		if d, err = t.Check(context.Background(), d.ID); err != nil || d.State != ingest.Published || d.Counts.Accepted != rows-rows/1000 {
			b.Fatalf("%+v, %v", d, err)
		}
		b.ReportMetric(received.Seconds(), "s-received")
		b.ReportMetric(time.Since(start).Seconds(), "s-checked")
	}
}
