// Package systemtest helps tests of other slices with systems.
package systemtest

import (
	"bytes"
	"io"
	"io/fs"
	"sync"

	"lienthong/internal/system"
)

// Papers is a store of attached files in memory.
type Papers struct {
	mu    sync.Mutex
	files map[string][]byte
}

// Put keeps a file.
func (p *Papers) Put(name string, data []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.files == nil {
		p.files = map[string][]byte{}
	}
	p.files[name] = bytes.Clone(data)
	return nil
}

// Remove removes a file.
func (p *Papers) Remove(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.files, name)
	return nil
}

// Open opens a file.
func (p *Papers) Open(name string) (io.ReadCloser, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	data, has := p.files[name]
	if !has {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// Len is how many files there are.
func (p *Papers) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.files)
}

// PDF is a small file that counts as one.
func PDF() *system.Attached {
	return &system.Attached{Name: "Quyết định.pdf", Body: []byte("%PDF-1.7\n%%EOF\n")}
}
