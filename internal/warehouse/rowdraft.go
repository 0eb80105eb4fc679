package warehouse

import (
	"crypto/aes"
	"errors"
	"fmt"
	"io"
	"net/url"

	_ "github.com/ncruces/go-sqlite3/vfs/xts" // the file system of row files in the making
	"golang.org/x/crypto/xts"
)

// A row file in the making is written page by page in any order, so it is encrypted sector by sector (AES-256-XTS) under
// a key of its own that is in memory only. What is published is sealed anew, with every chunk verified when it is read.
const (
	rowDraft   = "rows.draft"
	rowKeySize = 64
	rowSector  = 512 // of the xts file system
)

func draftRows(path string) string {
	return (&url.URL{Scheme: "file", Path: path, OmitHost: true}).String() + "?vfs=xts"
}

// openDraftRows reads the finished draft in clear.
func openDraftRows(r io.Reader, key []byte) (io.Reader, error) {
	c, err := xts.NewCipher(aes.NewCipher, key)
	if err != nil {
		return nil, fmt.Errorf("open the draft of the rows: %w", err)
	}
	return &draftReader{r: r, c: c, buf: make([]byte, 64<<10)}, nil
}

type draftReader struct {
	r      io.Reader
	c      *xts.Cipher
	buf    []byte
	plain  []byte // what of buf is not given out yet
	sector uint64
}

func (d *draftReader) Read(p []byte) (int, error) {
	if len(d.plain) == 0 {
		n, err := io.ReadFull(d.r, d.buf)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, err
		}
		if n%rowSector != 0 {
			return 0, fmt.Errorf("the draft of the rows ends within a sector")
		}
		for at := 0; at < n; at += rowSector {
			d.c.Decrypt(d.buf[at:at+rowSector], d.buf[at:at+rowSector], d.sector)
			d.sector++
		}
		d.plain = d.buf[:n]
	}
	n := copy(p, d.plain)
	d.plain = d.plain[n:]
	return n, nil
}
