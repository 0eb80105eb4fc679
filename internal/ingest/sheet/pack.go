package sheet

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

const (
	maxEntries   = 2000
	maxDirectory = 1 << 20
	maxUnpacked  = 2 << 30 // bytes of all parts together
	maxRatio     = 100     // unpacked to packed; a sheet of real data stays below 30
	ratioFloor   = 16 << 20
)

// pack is a ZIP archive whose directory has been checked: no entry can lead outside it, stand for another, share its bytes
// with another or name a size that it does not have.
type pack struct {
	r        io.ReaderAt
	files    map[string]*zip.File // by lower-case name, as office packages compare names
	names    []string
	unpacked int64 // so far, over all parts
}

func openPack(r io.ReaderAt, size int64) (*pack, error) {
	headers, err := checkDirectory(r, size)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, refuse(CodeArchiveDamaged)
	}
	p := &pack{r: r, files: map[string]*zip.File{}}
	for _, f := range z.File {
		if err := p.admit(f, size); err != nil {
			return nil, err
		}
	}
	return p, apart(r, z.File, headers, size)
}

const (
	endSize    = 22
	headerSize = 46
	localSize  = 30
)

// checkDirectory looks at the end record and walks the directory, before anything is allocated for its entries, and gives
// where the header of each lies. The directory must reach from where the record says to the record, so that every reader
// of ZIP sees the same entries.
func checkDirectory(r io.ReaderAt, size int64) ([]int64, error) {
	end, at, err := endRecord(r, size)
	if err != nil {
		return nil, err
	}
	disks, records := binary.LittleEndian.Uint32(end[4:]), binary.LittleEndian.Uint16(end[10:])
	length, offset := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	switch {
	case records > maxEntries:
		return nil, refuse(CodeArchiveMany, int(records), maxEntries)
	case disks != 0, binary.LittleEndian.Uint16(end[8:]) != records, offset+length != at, length > maxDirectory:
		return nil, refuse(CodeArchiveDamaged)
	}
	directory := make([]byte, length)
	if _, err := r.ReadAt(directory, offset); err != nil && err != io.EOF {
		return nil, err
	}
	headers := make([]int64, 0, records)
	for range records {
		if len(directory) < headerSize || !bytes.HasPrefix(directory, []byte("PK\x01\x02")) {
			return nil, refuse(CodeArchiveDamaged)
		}
		n := headerSize + int(binary.LittleEndian.Uint16(directory[28:])) + int(binary.LittleEndian.Uint16(directory[30:])) + int(binary.LittleEndian.Uint16(directory[32:]))
		if n > len(directory) {
			return nil, refuse(CodeArchiveDamaged)
		}
		headers = append(headers, int64(binary.LittleEndian.Uint32(directory[42:])))
		directory = directory[n:]
	}
	if len(directory) != 0 {
		return nil, refuse(CodeArchiveDamaged)
	}
	return headers, nil
}

// endRecord finds the record that ends the archive and where it lies.
func endRecord(r io.ReaderAt, size int64) ([]byte, int64, error) {
	tail := make([]byte, min(size, endSize+1<<16))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return nil, 0, err
	}
	for i := len(tail) - endSize; i >= 0; i-- {
		if bytes.HasPrefix(tail[i:], []byte("PK\x05\x06")) && int(binary.LittleEndian.Uint16(tail[i+20:])) == len(tail)-i-endSize {
			return tail[i:], size - int64(len(tail)) + int64(i), nil
		}
	}
	return nil, 0, refuse(CodeArchiveDamaged)
}

// admit checks one entry of the directory.
func (p *pack) admit(f *zip.File, size int64) error {
	name := f.Name
	key := strings.ToLower(name)
	_, twice := p.files[key]
	isFolder := strings.HasSuffix(name, "/")
	switch {
	case name == "", twice, strings.ContainsAny(name, "\\\x00:"), strings.HasPrefix(name, "/"), path.Clean(name) != strings.TrimSuffix(name, "/"), strings.HasPrefix(name, ".."):
		return refuse(CodeArchiveEntry, shown(name))
	case !isFolder && !f.Mode().IsRegular(), isFolder && f.UncompressedSize64 > 0, f.Mode()&fs.ModeSymlink != 0:
		return refuse(CodeArchiveEntry, shown(name))
	case f.Flags&1 != 0:
		return refuse(CodeEncrypted)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return refuse(CodeArchiveEntry, shown(name))
	case f.UncompressedSize64 > maxUnpacked, f.CompressedSize64 > uint64(size), bomb(int64(f.UncompressedSize64), int64(f.CompressedSize64)):
		return refuse(CodeArchiveBomb, shown(name))
	}
	p.files[key] = f
	p.names = append(p.names, name)
	return nil
}

func bomb(unpacked, packed int64) bool { return unpacked > ratioFloor && unpacked > packed*maxRatio }

// apart holds that no two entries lie over each other, and that the header before each one's bytes names the same entry.
func apart(r io.ReaderAt, files []*zip.File, headers []int64, size int64) error {
	if len(files) != len(headers) {
		return refuse(CodeArchiveDamaged)
	}
	type span struct {
		from, to int64
		name     string
	}
	spans := make([]span, 0, len(files))
	for i, f := range files {
		data, err := f.DataOffset()
		if err != nil {
			return refuse(CodeArchiveDamaged)
		}
		name := make([]byte, len(f.Name))
		if _, err := r.ReadAt(name, headers[i]+localSize); err != nil || string(name) != f.Name || data < headers[i]+localSize+int64(len(name)) {
			return refuse(CodeArchiveEntry, shown(f.Name))
		}
		spans = append(spans, span{headers[i], data + int64(f.CompressedSize64), f.Name})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i, s := range spans {
		if s.to > size || i > 0 && s.from < spans[i-1].to {
			return refuse(CodeArchiveEntry, shown(s.name))
		}
	}
	return nil
}

func (p *pack) has(name string) bool { return p.files[strings.ToLower(name)] != nil }

// under lists the entries whose names begin so.
func (p *pack) under(prefix string) []string {
	var list []string
	for _, n := range p.names {
		if strings.HasPrefix(strings.ToLower(n), prefix) && !strings.HasSuffix(n, "/") {
			list = append(list, n)
		}
	}
	return list
}

// open begins to read a part.
func (p *pack) open(name string) (*part, error) {
	f := p.files[strings.ToLower(name)]
	if f == nil {
		return nil, refuse(CodeXML, shown(name))
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, refuse(CodeArchiveDamaged)
	}
	t := &part{p: p, f: f, packed: &countingReader{r: raw}, sum: crc32.NewIEEE()}
	t.r = t.packed
	if f.Method == zip.Deflate {
		t.r = flate.NewReader(t.packed)
	}
	return t, nil
}

// part is an entry being unpacked. It counts what really comes out, whatever the directory says.
type part struct {
	p      *pack
	f      *zip.File
	packed *countingReader
	r      io.Reader
	sum    interface {
		io.Writer
		Sum32() uint32
	}
	n int64
}

func (t *part) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	t.n += int64(n)
	t.p.unpacked += int64(n)
	_, _ = t.sum.Write(b[:n]) // a sum has no error
	switch {
	case t.p.unpacked > maxUnpacked, bomb(t.n, t.packed.n):
		return 0, refuse(CodeArchiveBomb, shown(t.f.Name))
	case err == io.EOF && (uint64(t.n) != t.f.UncompressedSize64 || t.sum.Sum32() != t.f.CRC32), uint64(t.n) > t.f.UncompressedSize64:
		return 0, refuse(CodeArchiveDamaged)
	case err != nil && err != io.EOF:
		return 0, refuse(CodeArchiveDamaged)
	}
	return n, err
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}
