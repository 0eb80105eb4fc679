package ingest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
)

func stated(body string) ingest.DeliveryInput {
	in := input("a.csv")
	sum := sha256.Sum256([]byte(body))
	in.Size, in.SHA256 = int64(len(body)), hex.EncodeToString(sum[:])
	return in
}

// R14.3c: an upload over a weak line goes on where it broke off, also after a restart.
func TestUploadGoesOnWhereItBroke(t *testing.T) {
	b := plain(t)
	b.register(t, nil)
	ctx := catalogtest.Steward("H38.05")
	body := head + "H1,Giàng Thị Mẩy,,2,,02671,4\n"
	u, err := b.BeginUpload(ctx, stated(body))
	if err != nil || u.Offset != 0 || u.Size != int64(len(body)) {
		t.Fatalf("%+v, %v", u, err)
	}
	broken := io.MultiReader(strings.NewReader(body[:20]), iotest.ErrReader(errors.New("line is down")))
	if _, err := b.AddPiece(ctx, u.ID, 0, broken, ""); !fault.Is(err, "ingest.upload_broken") {
		t.Fatalf("got %v", err)
	}
	if err := b.Recover(context.Background()); err != nil { // a restart
		t.Fatal(err)
	}
	if u, err = b.FindUpload(ctx, u.ID); err != nil || u.Offset != 20 {
		t.Fatalf("%+v, %v", u, err)
	}
	if _, err := b.FinishUpload(ctx, u.ID); !fault.Is(err, "ingest.upload_unfinished") {
		t.Fatalf("got %v", err)
	}
	for _, at := range []int64{0, 19, 21} {
		if now, err := b.AddPiece(ctx, u.ID, at, strings.NewReader(body[20:]), ""); !fault.Is(err, "ingest.upload_offset") || now.Offset != 20 {
			t.Fatalf("at %d: %v", at, err)
		}
	}
	if _, err := b.AddPiece(ctx, u.ID, 20, strings.NewReader(body[20:]+"more"), ""); !fault.Is(err, "ingest.upload_longer") {
		t.Fatalf("got %v", err)
	}
	if _, err := b.FindUpload(system("sys-05"), u.ID); !fault.Is(err, "ingest.upload_not_found") {
		t.Fatalf("another account goes on with it: %v", err)
	}
	if u, err = b.AddPiece(ctx, u.ID, 20, strings.NewReader(body[20:]), ""); err != nil || u.Offset != u.Size {
		t.Fatalf("%+v, %v", u, err)
	}
	d, err := b.FinishUpload(ctx, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = b.Check(context.Background(), d.ID); err != nil || d.State != ingest.Published || d.Counts.Accepted != 1 {
		t.Fatalf("%+v, %v", d, err)
	}
	if files := filesUnder(t, filepath.Join(b.folder, "upload")); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
}

func TestUploadsThatDoNotPassLeaveNothing(t *testing.T) {
	for _, tt := range []struct {
		name, body, code string
		change           func(*ingest.DeliveryInput)
	}{
		{"another file than was stated", head, "ingest.wrong_sha256", func(in *ingest.DeliveryInput) { in.SHA256 = strings.Repeat("ab", 32) }},
		{"a stamp", "TỐI MẬT\n" + head, "ingest.secret_marking", nil},
		{"no table", "%PDF-1.7", "ingest.not_a_table", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := plain(t)
			b.register(t, nil)
			in := stated(tt.body)
			if tt.change != nil {
				tt.change(&in)
			}
			ctx := system("sys-05")
			u, err := b.BeginUpload(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.AddPiece(ctx, u.ID, 0, strings.NewReader(tt.body), ""); err != nil {
				t.Fatal(err)
			}
			if _, err := b.FinishUpload(ctx, u.ID); !fault.Is(err, tt.code) {
				t.Fatalf("got %v", err)
			}
			if files := filesUnder(t, b.folder); len(files) != 0 {
				t.Errorf("%d files are left", len(files))
			}
		})
	}
}

func TestUploadsAreBounded(t *testing.T) {
	b := plain(t)
	b.register(t, nil)
	ctx := system("sys-05")
	if _, err := b.BeginUpload(ctx, input("a.csv")); !fault.Is(err, "ingest.upload_facts") {
		t.Errorf("got %v", err)
	}
	if _, err := b.BeginUpload(system("sys-04"), stated(head)); !fault.Is(err, "ingest.not_official_source") {
		t.Errorf("got %v", err)
	}
	huge := stated(head)
	huge.Size = 1 << 40
	if _, err := b.BeginUpload(ctx, huge); !fault.Is(err, "ingest.too_large") {
		t.Errorf("got %v", err)
	}
	var last *ingest.Upload
	for range 10 {
		u, err := b.BeginUpload(ctx, stated(head))
		if err != nil {
			t.Fatal(err)
		}
		last = u
	}
	if _, err := b.BeginUpload(ctx, stated(head)); !fault.Is(err, "ingest.upload_many") {
		t.Errorf("got %v", err)
	}
	if err := b.DropUpload(ctx, last.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.BeginUpload(ctx, stated(head)); err != nil {
		t.Errorf("got %v", err)
	}
	for _, id := range []string{"", "..", "../raw", "x/y", last.ID} {
		if _, err := b.FindUpload(ctx, id); !fault.Is(err, "ingest.upload_not_found") {
			t.Errorf("%q: %v", id, err)
		}
	}
}
