package backup

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
)

const (
	manifestName = "manifest.json"
	pieceSize    = 256 << 10
	maxEntryHead = 4 << 10
	maxPiece     = 1 << 20
)

// Manifest is the last entry: what the backup holds, so that nothing of it can be missing unnoticed.
type Manifest struct {
	Format      int              `json:"format"`
	CreatedAt   time.Time        `json:"created_at"`
	StoreAt     time.Time        `json:"store_at"` // the moment of the control store's copy
	Origin      string           `json:"origin"`
	VerifierKey string           `json:"verifier_key"` // of the log
	LogAtStore  int64            `json:"log_at_store"` // records when the store's copy began
	LogSize     int64            `json:"log_size"`     // records in the backup
	Migrations  []int64          `json:"migrations"`
	Tables      []string         `json:"tables"` // in the order in which they are filled
	Rows        map[string]int64 `json:"rows"`
	Gone        []string         `json:"gone,omitempty"` // files removed while the backup was made
	Entries     []Entry          `json:"entries"`
}

// Entry is one file of a backup. Size and sum are those of its content.
type Entry struct {
	Name   string `json:"name"`
	Mode   uint32 `json:"mode"`
	Packed bool   `json:"packed,omitempty"` // with gzip
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

type entryHead struct {
	Name   string `json:"name"`
	Mode   uint32 `json:"mode"`
	Packed bool   `json:"packed,omitempty"`
}

// packer writes entries, one after the other.
type packer struct {
	w       io.Writer
	entries []Entry
}

func (p *packer) begin(name string, mode uint32, packed bool) (*entryWriter, error) {
	body, err := json.Marshal(entryHead{name, mode, packed})
	if err != nil {
		return nil, fmt.Errorf("begin entry %s: %w", name, err)
	}
	if _, err := p.w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)); err != nil { //nolint:gosec // a name
		return nil, err
	}
	e := &entryWriter{p: p, entry: Entry{Name: name, Mode: mode, Packed: packed}, sum: sha256.New(), pieces: &pieces{w: p.w}}
	e.to = e.pieces
	if packed {
		if e.zip, err = gzip.NewWriterLevel(e.pieces, gzip.BestSpeed); err != nil {
			return nil, err
		}
		e.to = e.zip
	}
	return e, nil
}

// add writes a whole entry.
func (p *packer) add(name string, mode uint32, packed bool, from io.Reader) error {
	e, err := p.begin(name, mode, packed)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{e}, struct{ io.Reader }{from}, make([]byte, pieceSize)); err != nil {
		return fmt.Errorf("copy %s: %w", name, err)
	}
	return e.Close()
}

type entryWriter struct {
	p      *packer
	entry  Entry
	sum    hash.Hash
	to     io.Writer
	zip    *gzip.Writer // nil for an entry that is not packed
	pieces *pieces
}

func (e *entryWriter) Write(b []byte) (int, error) {
	n, err := e.to.Write(b)
	e.sum.Write(b[:n])
	e.entry.Size += int64(n)
	return n, err
}

func (e *entryWriter) Close() error {
	if e.zip != nil {
		if err := e.zip.Close(); err != nil {
			return err
		}
	}
	e.entry.SHA256 = hex.EncodeToString(e.sum.Sum(nil))
	e.p.entries = append(e.p.entries, e.entry)
	return e.pieces.end()
}

// pieces cuts content into pieces of known length, since the whole length is not known before its end.
type pieces struct {
	w    io.Writer
	held []byte
}

func (p *pieces) Write(b []byte) (int, error) {
	taken := 0
	for len(b) > 0 {
		n := min(len(b), pieceSize-len(p.held))
		p.held = append(p.held, b[:n]...)
		b, taken = b[n:], taken+n
		if len(p.held) == pieceSize {
			if err := p.flush(); err != nil {
				return taken, err
			}
		}
	}
	return taken, nil
}

func (p *pieces) flush() error {
	if len(p.held) == 0 {
		return nil
	}
	if _, err := p.w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p.held)))); err != nil { //nolint:gosec // one piece
		return err
	}
	_, err := p.w.Write(p.held)
	p.held = p.held[:0]
	return err
}

func (p *pieces) end() error {
	if err := p.flush(); err != nil {
		return err
	}
	_, err := p.w.Write(make([]byte, 4))
	return err
}

// unpacker reads entries.
type unpacker struct{ r io.Reader }

// each calls f for every entry with its content; f reads as much of it as it likes. It answers what was read.
func (u unpacker) each(f func(e Entry, content io.Reader) error) ([]Entry, error) {
	var read []Entry
	for {
		var size [4]byte
		_, err := io.ReadFull(u.r, size[:])
		if errors.Is(err, io.EOF) {
			return read, nil
		}
		if err != nil {
			return nil, cutOff(err)
		}
		e, err := u.one(binary.BigEndian.Uint32(size[:]), f)
		if err != nil {
			return nil, err
		}
		read = append(read, e)
	}
}

func (u unpacker) one(headLen uint32, f func(e Entry, content io.Reader) error) (Entry, error) {
	if headLen == 0 || headLen > maxEntryHead {
		return Entry{}, damaged("entry", nil)
	}
	body := make([]byte, headLen)
	if _, err := io.ReadFull(u.r, body); err != nil {
		return Entry{}, cutOff(err)
	}
	var h entryHead
	if err := json.Unmarshal(body, &h); err != nil {
		return Entry{}, damaged("entry", err)
	}
	raw := &pieceReader{r: u.r}
	var from io.Reader = raw
	if h.Packed {
		zip, err := gzip.NewReader(raw)
		if err != nil {
			return Entry{}, damaged(h.Name, err)
		}
		from = zip
	}
	e := Entry{Name: h.Name, Mode: h.Mode, Packed: h.Packed}
	sum := sha256.New()
	counted := &countReader{r: io.TeeReader(from, sum)}
	if err := f(e, counted); err != nil {
		return Entry{}, err
	}
	for _, rest := range []io.Reader{counted, raw} {
		if _, err := io.Copy(io.Discard, rest); err != nil {
			return Entry{}, cutOff(err)
		}
	}
	e.Size, e.SHA256 = counted.n, hex.EncodeToString(sum.Sum(nil))
	return e, nil
}

// cutOff names an end that comes too early; what the opener refused keeps its reason.
func cutOff(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return damaged("entry", err)
	}
	return err
}

type countReader struct {
	r io.Reader
	n int64
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// pieceReader joins the pieces of one entry.
type pieceReader struct {
	r    io.Reader
	left uint32
	end  bool
}

func (p *pieceReader) Read(b []byte) (int, error) {
	if p.end {
		return 0, io.EOF
	}
	if p.left == 0 {
		var size [4]byte
		if _, err := io.ReadFull(p.r, size[:]); err != nil {
			return 0, cutOff(err)
		}
		if p.left = binary.BigEndian.Uint32(size[:]); p.left == 0 {
			p.end = true
			return 0, io.EOF
		}
		if p.left > maxPiece {
			return 0, damaged("entry", nil)
		}
	}
	n, err := p.r.Read(b[:min(len(b), int(p.left))])
	p.left -= uint32(n) //nolint:gosec // at most left
	if errors.Is(err, io.EOF) {
		err = damaged("entry", io.ErrUnexpectedEOF)
	}
	return n, err
}

// safeName reports a relative path that stays in the folder: what a backup made by someone else could not use to write
// elsewhere.
func safeName(name string) bool {
	if name == "" || len(name) > 1000 || strings.ContainsAny(name, "\\\x00") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}
