package blob

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// Reader reads the content of a file, from its beginning or from any place. Of a sealed file every chunk is verified
// before a byte of it is given out. ReadAt may be called from several goroutines; Read and Seek belong to one.
type Reader struct {
	name string
	file *os.File
	head head
	c    cipher.AEAD // nil for a store that is not sealed
	size int64
	last int64 // number of the last chunk

	mu    sync.Mutex
	have  int64 // number of the chunk in plain, -1 for none
	plain []byte
	raw   []byte
	err   error // the first damage

	at int64 // of Read and Seek
}

// newReader takes over the file and closes it on an error.
func newReader(f *os.File, keys Keys, name string) (*Reader, error) {
	r := &Reader{name: name, file: f, have: -1}
	if err := r.open(keys); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

func (r *Reader) open(keys Keys) error {
	info, err := r.file.Stat()
	if err != nil {
		return fmt.Errorf("open blob %s: %w", r.name, err)
	}
	r.size = info.Size()
	if keys == nil {
		return nil
	}
	if r.head, err = readHead(r.file, keys, r.name); err != nil {
		return err
	}
	used(keys, r.head.keyID, ForOpen)
	if r.c, err = aead(r.head.fileKey); err != nil {
		return err
	}
	body, full := info.Size()-headSize, int64(r.head.chunk+tagSize)
	r.last = (body - 1) / full
	if rest := body - r.last*full; body < tagSize || rest < tagSize || (rest == tagSize && r.last > 0) {
		return damaged(r.name, fmt.Errorf("the file is cut off"))
	}
	r.size = body - (r.last+1)*tagSize
	return nil
}

// Size is the length of the content.
func (r *Reader) Size() (int64, error) { return r.size, nil }

// Err is the damage that reading has met, for callers that read through another library.
func (r *Reader) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close ends reading.
func (r *Reader) Close() error { return r.file.Close() }

// ReadAt reads at a place.
func (r *Reader) ReadAt(p []byte, off int64) (int, error) {
	if r.c == nil {
		return r.file.ReadAt(p, off)
	}
	if off < 0 {
		return 0, fmt.Errorf("read blob %s: negative place", r.name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for n < len(p) {
		if off >= r.size {
			return n, io.EOF
		}
		chunk := off / int64(r.head.chunk)
		if err := r.load(chunk); err != nil {
			return n, err
		}
		m := copy(p[n:], r.plain[off-chunk*int64(r.head.chunk):])
		n, off = n+m, off+int64(m)
	}
	return n, nil
}

// load verifies and opens one chunk.
func (r *Reader) load(chunk int64) error {
	if r.err != nil {
		return r.err
	}
	if r.have == chunk {
		return nil
	}
	r.have = -1
	size := r.head.chunk
	if chunk == r.last {
		size = int(r.size - chunk*int64(r.head.chunk))
	}
	if r.raw == nil {
		r.raw, r.plain = make([]byte, r.head.chunk+tagSize), make([]byte, 0, r.head.chunk)
	}
	raw := r.raw[:size+tagSize]
	if _, err := r.file.ReadAt(raw, headSize+chunk*int64(r.head.chunk+tagSize)); err != nil {
		return fmt.Errorf("read blob %s: %w", r.name, err)
	}
	plain, err := r.c.Open(r.plain[:0], r.head.nonce(chunk, chunk == r.last), raw, r.head.prefix)
	if err != nil {
		r.err = damaged(r.name, fmt.Errorf("chunk %d: %w", chunk, err))
		return r.err
	}
	r.plain, r.have = plain, chunk
	return nil
}

// Read goes on reading.
func (r *Reader) Read(p []byte) (int, error) {
	if r.c != nil && r.size == 0 { // the one empty chunk is verified too
		r.mu.Lock()
		defer r.mu.Unlock()
		if err := r.load(0); err != nil {
			return 0, err
		}
		return 0, io.EOF
	}
	n, err := r.ReadAt(p, r.at)
	r.at += int64(n)
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// Seek moves the place of Read.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.at, fmt.Errorf("seek in blob %s: negative place", r.name)
	}
	r.at = offset
	return offset, nil
}

// Plain gives the content as a file of the operating system, for a reader in another process. Of a sealed file it is a
// nameless one in the scratch folder, which vanishes when the last process that holds it closes it or is killed.
func (r *Reader) Plain(scratch string) (*os.File, error) {
	if r.c == nil {
		return os.Open(r.file.Name())
	}
	f, err := os.CreateTemp(scratch, "plain-")
	if err != nil {
		return nil, classify("open blob "+r.name+" for a child", err)
	}
	err = os.Remove(f.Name())
	if err == nil {
		_, err = io.Copy(f, io.NewSectionReader(r, 0, r.size))
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(classify("open blob "+r.name+" for a child", err), f.Close())
	}
	return f, nil
}
